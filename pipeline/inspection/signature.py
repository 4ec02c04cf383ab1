"""Handwriting in a place of the form: what remains when seal ink, print and ruled lines are taken away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.inspection.ink import FloatMap, ink_maps, paper_colour, resize_by, scale_of
from pipeline.model import Box, Picture, Pixels, Signature

SCALE = 8.0  # px/mm
MM_PER_POINT = 25.4 / 72
_DARK = 0.16
_LINE_MM = 14.0
_LEAST_BLOB_MM2 = 0.25
_MOST_SKEW = 0.03
_SPLINTER_MM = (4.0, 0.75)  # longer and thinner than this is a rest of a ruled line, not a stroke
_PRINT_GROW_MM = 0.6
_SIGNATURE = (14.0, 5.0)  # ink in mm2, extent in mm
_AROUND_MM = 6.0


@dataclass(frozen=True)
class InkInBox:
    """Handwriting in a place: its area in mm2, longest extent in mm, box in pt (None when empty), red ink beside it."""

    area_mm2: float
    extent_mm: float
    box: Box | None
    seal_mm2: float

    @property
    def present(self) -> bool:
        """Enough ink for a date or a short entry."""
        return self.area_mm2 > 6.0 and self.extent_mm > 3.0


def _ruler(length: int, rise: int, upright: bool) -> Pixels:
    """A line of `length` px that leaves the axis by `rise` px: scans are rarely straight."""
    kernel = np.zeros((abs(rise) + 1, length), np.uint8)
    first = 0 if rise >= 0 else abs(rise)
    cv2.line(kernel, (0, first), (length - 1, abs(rise) - first), 1, 1)
    return np.ascontiguousarray(kernel.T) if upright else kernel


def _without_lines(mask: Pixels) -> Pixels:
    """Ruled lines and table borders out, at any small skew."""
    result = mask.copy()
    length = int(_LINE_MM * SCALE)
    most = int(np.ceil(length * _MOST_SKEW))
    for upright in (False, True):
        across = (1, 3) if upright else (3, 1)
        tolerant = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones(across[::-1], np.uint8))
        lines = np.zeros_like(mask)
        for rise in range(-most, most + 1):
            found = cv2.morphologyEx(tolerant, cv2.MORPH_OPEN, _ruler(length, rise, upright))
            lines = np.maximum(lines, np.asarray(found, dtype=np.uint8))
        spread = cv2.dilate(lines, np.ones(across, np.uint8))
        result = np.where(np.asarray(spread) > 0, 0, result).astype(np.uint8)
    return result


def _pieces(mask: Pixels) -> Pixels:
    """Strokes: specks and straight thin remains of ruled lines dropped."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] >= _LEAST_BLOB_MM2 * SCALE**2
    keep[0] = False
    for index in np.flatnonzero(keep):
        x, y, width, height = (int(v) for v in stats[index, :4])
        if max(width, height) < _SPLINTER_MM[0] * SCALE:
            continue
        part = np.column_stack(np.nonzero(labels[y : y + height, x : x + width] == index)[::-1]).astype(np.float32)
        sides = cv2.minAreaRect(part)[1]
        keep[index] = min(sides) > _SPLINTER_MM[1] * SCALE
    return np.asarray(keep[labels], dtype=np.uint8)


def _region(picture: Picture, box: Box) -> tuple[FloatMap, FloatMap, float, float]:
    """Dark ink and seal ink of a place with its surroundings at 8 px/mm, and the region's origin in mm."""
    scale = scale_of(picture)
    height, width = picture.pixels.shape[:2]
    x0, top, x1, bottom = (value * MM_PER_POINT for value in box)
    px0, py0 = max(0, int((x0 - _AROUND_MM) * scale)), max(0, int((top - _AROUND_MM) * scale))
    px1, py1 = min(width, int((x1 + _AROUND_MM) * scale) + 1), min(height, int((bottom + _AROUND_MM) * scale) + 1)
    if px1 - px0 < 2 or py1 - py0 < 2:
        empty = np.zeros((1, 1), np.float32)
        return empty, empty, x0, top
    fine = resize_by(picture.pixels[py0:py1, px0:px1], SCALE / scale)
    maps = ink_maps(fine, SCALE, paper_colour(fine, SCALE))
    return maps.black, maps.red, px0 / scale, py0 / scale


def has_ink(picture: Picture, box: Box, printed: Sequence[Box] = ()) -> InkInBox:
    """Handwriting within `box` (pt of the upright page); `printed` = boxes of the form's own text to leave out."""
    dark, red, left, top = _region(picture, box)
    mask = (dark > _DARK).astype(np.uint8)
    mask = _without_lines(mask)
    for words in printed:
        x0, y0, x1, y1 = (value * MM_PER_POINT for value in words)
        grow = _PRINT_GROW_MM
        rows = slice(max(0, int((y0 - grow - top) * SCALE)), max(0, int((y1 + grow - top) * SCALE) + 1))
        mask[rows, max(0, int((x0 - grow - left) * SCALE)) : max(0, int((x1 + grow - left) * SCALE) + 1)] = 0
    x0, y0, x1, y1 = (value * MM_PER_POINT for value in box)
    rows = slice(max(0, int((y0 - top) * SCALE)), max(0, int((y1 - top) * SCALE)))
    columns = slice(max(0, int((x0 - left) * SCALE)), max(0, int((x1 - left) * SCALE)))
    inside = np.zeros_like(mask)
    inside[rows, columns] = 1
    kept = _pieces(mask & inside)
    seal = float((red[rows, columns] > 0.08).sum()) / SCALE**2
    ys, xs = np.nonzero(kept)
    if not len(xs):
        return InkInBox(0.0, 0.0, None, seal)
    extent = max(int(xs.max() - xs.min()), int(ys.max() - ys.min())) + 1
    found = (
        float(left + xs.min() / SCALE) / MM_PER_POINT,
        float(top + ys.min() / SCALE) / MM_PER_POINT,
        float(left + (xs.max() + 1) / SCALE) / MM_PER_POINT,
        float(top + (ys.max() + 1) / SCALE) / MM_PER_POINT,
    )
    return InkInBox(float(len(xs)) / SCALE**2, extent / SCALE, found, seal)


def find_signature(picture: Picture, box: Box, page: int, field: str, printed: Sequence[Box] = ()) -> Signature | None:
    """Handwriting in a signing place; whose it is cannot be said. None when there is too little ink."""
    found = has_ink(picture, box, printed)
    if found.box is None or found.area_mm2 <= _SIGNATURE[0] or found.extent_mm <= _SIGNATURE[1]:
        return None
    thick, wide = found.area_mm2 / (3 * _SIGNATURE[0]), found.extent_mm / (4 * _SIGNATURE[1])
    strength = (min(thick, 1.0) + min(wide, 1.0)) / 2
    return Signature(page=page, box=found.box, field=field, confidence=round(0.5 + 0.49 * strength, 3))
