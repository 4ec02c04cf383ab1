"""Whether a page on which no text was read is bare: the back of a duplex sheet, with dust, holes and staples at most.

The page detector passes over a line that stands alone on a sheet, so that its silence proves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.compare_paper import darkness, shade
from pipeline.inspection.ink import resized
from pipeline.model import Box, Picture

BARE_DPI = 150.0
_MM = BARE_DPI / 25.4
_EDGE_MM = 4.0  # from the edges, where shadows of the sheet lie
_SHEET_MM = 60.0  # shortest side of a sheet that may be printed on both sides
# Print of the other side that shows through with a twentieth of its toner, a seal with a fifth of its ink, stay below.
_DARK, _COLOURED = 55, 90
_JOIN_MM = 1.5  # gap between strokes of one piece of writing
_LONG_MM, _INK_MM2 = 2.5, 1.2  # of writing; specks are 0.4 mm wide, hairs of 6 mm have 0.75 mm2
_BORDER_MM, _HOLE_MM, _DISC = 28.0, (3.5, 9.0), 0.55  # where holes are punched, their sides, filled share of a disc
_STAPLE_MM, _WIRE = (1.6, 16.0), 0.7  # most thickness and length of a staple, filled share of its rectangle

Mask = NDArray[np.bool_]


def is_bare(picture: Picture, free: Sequence[Box] = ()) -> bool:
    """Whether no writing, drawing or coloured ink is on the page, outside the `free` boxes (pt)."""
    pixels = resized(picture, _MM)
    _, green, blue = cv2.split(pixels)  # thin red strokes are sharp here, and pale where hues are compared
    coloured = shade(np.asarray(cv2.min(green, blue), dtype=np.uint8))
    inked = np.asarray((darkness(Picture(pixels, BARE_DPI)) > _DARK) | (coloured > _COLOURED))
    if min(inked.shape) < _SHEET_MM * _MM:
        return False
    edge = round(_EDGE_MM * _MM)
    inked[:edge], inked[-edge:], inked[:, :edge], inked[:, -edge:] = False, False, False, False
    for x0, top, x1, bottom in free:
        left, right, upper, lower = (round(side * BARE_DPI / 72) for side in (x0, x1, top, bottom))
        inked[max(upper - edge, 0) : lower + edge, max(left - edge, 0) : right + edge] = False
    return not any(_is_writing(inked, piece) for piece in _pieces(inked))


def _pieces(inked: Mask) -> list[tuple[slice, slice]]:
    """Rows and columns of ink that belongs together."""
    side = 2 * round(_JOIN_MM * _MM / 2) + 1
    joined = cv2.dilate(inked.astype(np.uint8), np.ones((side, side), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    return [(slice(y, y + height), slice(x, x + width)) for x, y, width, height, _ in stats[1:count].tolist()]


def _is_writing(inked: Mask, piece: tuple[slice, slice]) -> bool:
    """Neither too small nor a punched hole nor a staple."""
    part = inked[piece]
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    tall, wide = ((int(at[-1]) - int(at[0]) + 1) / _MM for at in (rows, columns))
    ink = float(part.sum()) / _MM**2
    if max(tall, wide) < _LONG_MM or ink < _INK_MM2:
        return False
    if not _at_border(inked, piece):
        return True
    low, high = sorted((tall, wide))
    disc = _HOLE_MM[0] <= low and high <= min(_HOLE_MM[1], 1.4 * low) and ink >= _DISC * tall * wide
    thin, long = _sides(part)
    staple = thin <= _STAPLE_MM[0] and long <= _STAPLE_MM[1] and ink >= _WIRE * thin * long
    return not (disc or staple)


def _at_border(inked: Mask, piece: tuple[slice, slice]) -> bool:
    reach = _BORDER_MM * _MM
    height, width = inked.shape
    rows, columns = piece
    return bool(
        rows.stop <= reach or columns.stop <= reach or rows.start >= height - reach or columns.start >= width - reach
    )


def _sides(part: Mask) -> tuple[float, float]:
    """Sides in mm, the shorter first, of the narrowest rectangle, at any angle, about the ink."""
    thin, long = sorted(cv2.minAreaRect(np.argwhere(part).astype(np.float32))[1])
    return (thin + 1) / _MM, (long + 1) / _MM
