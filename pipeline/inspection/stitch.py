"""The picture a reviewer sees: the slices of a straddle seal laid side by side, with page numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from pipeline.inspection.circle import Envelope
from pipeline.inspection.compose import GAPS_MM, Composition
from pipeline.inspection.slices import Band
from pipeline.inspection.strips import SCALE, EdgeInk, turned_back
from pipeline.model import Pixels

_MARGIN_MM = 2.0
_HEAD_PX = 22
_SEAM = (120, 170, 255)


def _piece(page: EdgeInk, band: Band, piece: Envelope, middle: float, half: float) -> Pixels | None:
    """The slice cut out of its page, `half` mm above and below `middle`; white where the strip ends."""
    strip = page.strip(band.edge)
    if strip is None:
        return None
    height = int(2 * half * SCALE)
    x0 = max(0, strip.rgb.shape[1] + int(np.floor(piece.left * SCALE)))
    x1 = min(strip.rgb.shape[1], strip.rgb.shape[1] + int(np.ceil(piece.right * SCALE)))
    first = round((middle - half - strip.start_mm) * SCALE)
    result = np.full((height, max(1, x1 - x0), 3), 255, np.uint8)
    top, bottom = max(0, first), min(strip.rgb.shape[0], first + height)
    if bottom > top and x1 > x0:
        result[top - first : bottom - first] = strip.rgb[top:bottom, x0:x1]
    return result


def _headed(pieces: Sequence[tuple[int | None, Pixels]]) -> Pixels:
    """Pictures side by side under their page numbers, a thin seam between them; None = a gap."""
    height = pieces[0][1].shape[0]
    columns: list[Pixels] = []
    for _, picture in pieces:
        width = max(picture.shape[1], 4)
        column = np.full((height + _HEAD_PX, width, 3), 255, np.uint8)
        column[_HEAD_PX:, : picture.shape[1]] = picture
        columns += [column, np.full((height + _HEAD_PX, 1, 3), _SEAM, np.uint8)]
    sheet = np.ascontiguousarray(np.concatenate(columns[:-1], axis=1))
    x, free = 0, 0
    for (page, _), column in zip(pieces, columns[::2], strict=True):
        label = str(page) if page is not None else "?"
        width = cv2.getTextSize(label, cv2.FONT_HERSHEY_SIMPLEX, 0.42, 1)[0][0]
        at = x + max(0, (column.shape[1] - width) // 2)
        if at >= free:
            cv2.putText(sheet, label, (at, 15), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 1, cv2.LINE_AA)
            free = at + width + 4
        x += column.shape[1] + 1
    return sheet


def _with_gaps(
    pieces: Sequence[tuple[int, Pixels]], composition: Composition | None
) -> list[tuple[int | None, Pixels]]:
    """White where a part of the seal is missing between pages, as wide as it is."""
    gaps: dict[int, float] = {}
    if composition is not None and composition.pages == tuple(page for page, _ in pieces):
        open_ = zip(composition.pages, composition.fit.gaps, composition.holes, strict=False)
        gaps = {page: float(gap) for page, gap, hole in open_ if hole and gap > GAPS_MM[1]}
    result: list[tuple[int | None, Pixels]] = []
    for page, picture in pieces:
        result.append((page, picture))
        if page in gaps:
            result.append((None, np.full((picture.shape[0], int(gaps[page] * SCALE), 3), 255, np.uint8)))
    return result


def stitched(
    by_page: Mapping[int, EdgeInk], band: Band, slices: Sequence[Envelope], composition: Composition | None
) -> Pixels | None:
    """Slices side by side at 6 px/mm, heights aligned by the fitted centres, turned as they lie on the page."""
    half = band.half + _MARGIN_MM + 2
    middles = {piece.page: float(np.median((piece.top + piece.bottom) / 2)) for piece in slices}
    if composition is not None:
        middles |= {p.page: float(y) for p, y in zip(composition.slices, composition.heights, strict=True)}
    cut = [(p.page, _piece(by_page[p.page], band, p, middles[p.page], half)) for p in slices]
    pieces = _with_gaps([(page, picture) for page, picture in cut if picture is not None], composition)
    if not pieces:
        return None
    if band.edge == "right":
        return _headed(pieces)
    if band.edge == "left":
        return _headed([(page, turned_back(picture, "left")) for page, picture in reversed(pieces)])
    flat = np.concatenate([picture for _, picture in pieces], axis=1)
    return turned_back(flat, band.edge)
