"""Ink the form does not have: pen strokes on or beside the print, told from dust, folds, staples and punch holes."""

from __future__ import annotations

from collections.abc import Sequence
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
SPECK = 2.0  # mm; smaller is dust (16 px at 200 dpi)
SPECK_AREA = 130.0  # px²
PEN = 7.0  # mm a stroke or a group of strokes must reach to be a pen's beyond doubt
PEN_AREA = 260.0  # px² of ink
JOIN = 22  # px between strokes of one hand
RULE = 13  # px about the form's rules in which ink is theirs
RIM = 4.0  # mm along the paper's edge where scanners leave shadows
MARGIN = 20.0  # mm at the edge where holes are punched and staples sit


@dataclass(frozen=True)
class Stroke:
    """A group of strokes; `box` in pt of the reference's frame, `pen` when large and dark enough to be writing."""

    box: Box
    pen: bool
    on_print: bool
    strength: float


def strokes(sheet: Sheet, printed: Sequence[Box], free: Sequence[Box]) -> list[Stroke]:
    """Ink beyond the print, outside the `free` boxes (blanks, seals, slices, explained text); all boxes in frame pt."""
    mask = (sheet.extra > FAINT).astype(np.uint8)
    clear(mask, free)
    # Rules are long and thin: where the paper is warped they lie beside their place further than any letter does.
    mask[cv2.dilate((sheet.graphics > 60).astype(np.uint8), np.ones((RULE, RULE), np.uint8)) > 0] = 0
    # Strokes of the print cut a pen line into pieces; the gaps are as wide as they are.
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 9), np.uint8)))
    kept = _without_dust(mask, sheet)
    if not kept.any():
        return []
    groups = cv2.dilate(kept, np.ones((JOIN, JOIN), np.uint8))
    count, labels = cv2.connectedComponents(groups)
    on_print = np.zeros(mask.shape, np.uint8)
    for box in printed:
        area(on_print, box)[...] = 1
    return [_stroke(kept * (labels == label), on_print, sheet) for label in range(1, count)]


def _without_dust(mask: NDArray[np.uint8], sheet: Sheet) -> NDArray[np.uint8]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    height, width = mask.shape
    keep = np.zeros(count, np.uint8)
    large = (stats[:, 2:4].max(axis=1) >= SPECK * MM * 0.7) | (stats[:, 4] >= SPECK_AREA / 2)
    for label in np.flatnonzero(large[1:]) + 1:
        x, y, w, h, area = (int(value) for value in stats[label])
        strength = float(sheet.extra[y : y + h, x : x + w][labels[y : y + h, x : x + w] == label].max())
        place = (x - BORDER, y - BORDER, w, h)
        if strength < STRONG or _is_hardware(place, area, width - 2 * BORDER, height - 2 * BORDER):
            continue
        keep[label] = 1
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
