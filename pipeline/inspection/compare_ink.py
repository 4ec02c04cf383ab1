"""Ink the form does not have: pen strokes on or beside the print, told from dust, folds, staples and punch holes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.compare_field import BORDER
from pipeline.inspection.compare_paper import FRAME, in_pt
from pipeline.inspection.compare_sheet import Sheet
from pipeline.model import Box

MM = FRAME * 72 / 25.4  # px per mm
FAINT, STRONG = 0.22, 0.35  # darkness beyond the print that counts as ink, and as a pen's
LIGHT, LINE = 0.12, 6.0  # darkness of a line of a sixth of a millimetre, and mm from which it is no fibre or smudge
SPECK = 2.0  # mm; smaller is dust (16 px at 200 dpi)
SPECK_AREA = 130.0  # px²
PEN = 7.0  # mm a stroke or a group of strokes must reach to be a pen's beyond doubt
PEN_AREA = 260.0  # px² of ink
JOIN = 22  # px between strokes of one hand
GAP = (5, 9)  # px, height and width, of a gap in a pen's line
WARP = 9  # px about the reach of the form's rules in which a hairline is one of them
LEAST = 8  # px of the longer side; smaller ink is not looked at
RIM = 4.0  # mm along the paper's edge where scanners leave shadows
MARGIN = 20.0  # mm at the edge where holes are punched and staples sit

Counts = Callable[[tuple[int, int, int], float], bool]


@dataclass(frozen=True)
class Stroke:
    """A group of strokes; `box` in pt of the reference's frame, `pen` when large and dark enough to be writing."""

    box: Box
    pen: bool
    on_print: bool
    strength: float


def strokes(sheet: Sheet, printed: Sequence[Box], free: Sequence[Box]) -> list[Stroke]:
    """Ink beyond the print, outside the `free` boxes (blanks, seals, slices, explained text); all boxes in frame pt."""
    bold, thin = _inked(sheet, FAINT, free, _is_bold), _inked(sheet, LIGHT, free, _is_long)
    on_print = np.zeros(bold.shape, np.uint8)
    for box in printed:
        area(on_print, box)[...] = 1
    groups = _joined(bold)
    thin[groups > 0] = 0
    if sheet.rules is not None:  # they are as thin, and lie up to 1.3 mm off where a worn scanner warps the page
        thin[cv2.dilate(sheet.rules, np.ones((WARP, WARP), np.uint8)) > 0] = 0
    return [*_grouped(bold, groups, on_print, sheet), *_grouped(thin, _joined(thin), on_print, sheet)]


def _inked(sheet: Sheet, least: float, free: Sequence[Box], counts: Counts) -> NDArray[np.uint8]:
    """1 where strokes are that count: what is neither the form's own, nor dust, nor a hole or staple."""
    mask = _darker(sheet, least)
    clear(mask, free)
    # Rules are long and thin: where the paper is warped they lie beside their place further than any letter does.
    if sheet.rules is not None:
        cv2.subtract(mask, sheet.rules, dst=mask)
    kept = np.zeros_like(mask)
    for rows in _bands(mask):
        # Strokes of the print cut a pen line into pieces; the gaps are as wide as they are.
        closed = cv2.morphologyEx(mask[rows], cv2.MORPH_CLOSE, np.ones(GAP, np.uint8))
        kept[rows] = _counted(np.asarray(closed, dtype=np.uint8), rows.start, sheet, counts)
    return kept


def _joined(kept: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Strokes of one hand hang together."""
    if not cv2.countNonZero(kept):
        return kept
    return np.asarray(cv2.dilate(kept, np.ones((JOIN, JOIN), np.uint8)), dtype=np.uint8)


def _grouped(
    kept: NDArray[np.uint8], groups: NDArray[np.uint8], on_print: NDArray[np.uint8], sheet: Sheet
) -> list[Stroke]:
    if not cv2.countNonZero(kept):
        return []
    count, labels = cv2.connectedComponents(groups)
    parts = (kept * (labels == label) for label in range(1, count))
    return [_stroke(part, on_print, sheet) for part in parts if part.any()]


def _is_bold(size: tuple[int, int, int], strength: float) -> bool:
    """Larger than dust and somewhere as dark as a pen; `size` = width, height and px of ink."""
    large = max(size[:2]) >= SPECK * MM * 0.7 or size[2] >= SPECK_AREA / 2
    return large and strength >= STRONG


def _is_long(size: tuple[int, int, int], strength: float) -> bool:
    """A hairline, however pale: a fine pen's or pencil's line through words, a ruled line."""
    del strength
    return max(size[:2]) >= LINE * MM


def _darker(sheet: Sheet, least: float) -> NDArray[np.uint8]:
    """1 where there is more ink beyond the print than `least`."""
    levels = np.arange(256, dtype=np.uint8) * sheet.ink.unit
    return np.asarray(cv2.LUT(sheet.ink.beyond, (levels > least).astype(np.uint8)), dtype=np.uint8)


def _bands(mask: NDArray[np.uint8]) -> list[slice]:
    """Rows with ink and a gap's height of empty ones about them: strokes lie in one, and most of a page is empty."""
    inked = np.flatnonzero(mask.max(axis=1))
    groups = np.split(inked, np.flatnonzero(np.diff(inked) > 2 * GAP[0]) + 1) if len(inked) else []
    return [slice(max(int(group[0]) - GAP[0], 0), int(group[-1]) + GAP[0] + 1) for group in groups]


def _counted(mask: NDArray[np.uint8], top: int, sheet: Sheet, counts: Counts) -> NDArray[np.uint8]:
    """The strokes that count of a band that begins at row `top`."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    height, width = sheet.scan.shape
    keep = np.zeros(count, np.uint8)
    for label in np.flatnonzero(stats[1:, 2:4].max(axis=1) >= LEAST) + 1:
        x, y, w, h, area = (int(value) for value in stats[label])
        dark = sheet.ink.beyond[top + y : top + y + h, x : x + w][labels[y : y + h, x : x + w] == label]
        place = (x - BORDER, top + y - BORDER, w, h)
        stroke = counts((w, h, area), float(dark.max() * sheet.ink.unit))
        keep[label] = stroke and not _is_hardware(place, area, width - 2 * BORDER, height - 2 * BORDER)
    return np.asarray(keep[labels], dtype=np.uint8) if keep.any() else np.zeros_like(mask)


def _is_hardware(place: tuple[int, int, int, int], area: int, width: int, height: int) -> bool:
    """Punch holes, staples in a corner, folds and scanner lines from edge to edge."""
    x, y, w, h = place
    margin = MARGIN * MM
    near_side = x + w < margin or x > width - margin
    near_end = y + h < margin or y > height - margin
    shorter, longer = min(w, h), max(w, h)
    round_hole = shorter > 4 * MM and longer < min(8.5 * MM, 1.35 * shorter) and area > 0.3 * w * h
    staple = max(w, h) < 15 * MM and min(w, h) < 2.5 * MM and near_side and near_end
    fold = min(w, h) < 2 * MM and (w > 0.93 * width - 2 * RIM * MM or h > 0.93 * height - 2 * RIM * MM)
    return fold or staple or (round_hole and (near_side or near_end))


def _stroke(ink: NDArray[np.uint8], on_print: NDArray[np.uint8], sheet: Sheet) -> Stroke:
    x, y, w, h = cv2.boundingRect(ink)
    part = ink[y : y + h, x : x + w].astype(bool)
    values = sheet.extra[y : y + h, x : x + w][part]
    area = int(part.sum())
    strength = float(np.quantile(values, 0.9))
    covered = float(on_print[y : y + h, x : x + w][part].mean())
    pen = max(w, h) >= PEN * MM and area >= PEN_AREA and strength >= STRONG
    return Stroke(in_pt(x - BORDER, y - BORDER, w, h), pen, covered > 0.5, strength)


def clear(mask: NDArray[np.uint8], free: Sequence[Box], step: int = 1) -> None:
    """Take the paper's rim and the `free` boxes (pt of the frame) out of a map of ink with a value every `step` px."""
    rim = (round(RIM * MM) + BORDER) // step
    mask[:rim] = mask[-rim:] = 0
    mask[:, :rim] = mask[:, -rim:] = 0
    for box in free:
        area(mask, box, step)[...] = 0


def area(mask: NDArray[np.uint8], box: Box, step: int = 1) -> NDArray[np.uint8]:
    """The part of such a map under a box in pt of the frame."""
    x0, y0, x1, y1 = (max(round(side * FRAME) + BORDER, 0) // step for side in box)
    return mask[y0:y1, x0:x1]
