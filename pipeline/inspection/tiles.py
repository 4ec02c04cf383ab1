"""Patches of coloured ink on a page that are large enough to hold a seal."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.inspection.ink import FAINT, FloatMap

JOIN_MM = 4.0
_SPECK_PX = 3
_LEAST_INK_MM2 = 15.0
_LEAST_LENGTH_MM = 14.0
_RULE_MM = 24.0  # longer than the flat part of any round seal's border
LONG_RULE_MM = 27.0  # longer than the frame of any name seal
_RULE_THICK_MM = 2.5
_SOLID_SHARE = 0.4  # of a line that belongs to thicker ink, from which it is no rule


@dataclass(frozen=True)
class Tile:
    """Bounding box in mm of ink that hangs together, and its ink area in mm2."""

    x0: float
    y0: float
    x1: float
    y1: float
    ink: float

    def depth_from_edge(self, width: float, height: float, reach: float = 3.0) -> float | None:
        """How deep it goes into a page from an edge it touches within `reach` mm; None if it touches none."""
        depths = []
        if self.x0 <= reach:
            depths.append(self.x1)
        if width - self.x1 <= reach:
            depths.append(width - self.x0)
        if self.y0 <= reach:
            depths.append(self.y1)
        if height - self.y1 <= reach:
            depths.append(height - self.y0)
        return min(depths) if depths else None


def without_rules(ink: FloatMap, scale: float, least_mm: float = _RULE_MM) -> FloatMap:
    """The ink map with straight thin lines (tables, letterhead rules) of at least `least_mm` taken out."""
    mask = (ink > FAINT).astype(np.uint8)
    length, thick = int(least_mm * scale), int(_RULE_THICK_MM * scale)
    lines = np.zeros_like(mask)
    for long_size, thick_size in (((length, 1), (1, thick)), ((1, length), (thick, 1))):
        line = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones(long_size[::-1], np.uint8)))
        if not cv2.countNonZero(line):
            continue
        slab = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones(thick_size[::-1], np.uint8)))
        count, labels = cv2.connectedComponents(line)
        # Strips between the letters of a solid seal are thin here and there, but not on their whole length.
        solid = np.bincount(labels[slab > 0], minlength=count) > _SOLID_SHARE * np.bincount(labels.ravel())
        lines[(line > 0) & (slab == 0) & ~solid[labels]] = 1
    if not lines.any():
        return ink
    spread = np.asarray(cv2.dilate(lines, np.ones((3, 3), np.uint8)))
    return np.where(spread > 0, np.float32(0), ink).astype(np.float32)


def tiles(ink: FloatMap, scale: float, faint: float = FAINT, least: float = _LEAST_INK_MM2) -> list[Tile]:
    """Tiles of ink joined over gaps of 4 mm, largest first; specks and tiles of less than `least` mm2 are dropped."""
    mask = (ink > faint).astype(np.uint8)
    if not cv2.countNonZero(mask):
        return []
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] >= _SPECK_PX
    keep[0] = False
    mask = np.asarray(keep.astype(np.uint8)[np.asarray(labels)])
    size = int(JOIN_MM * scale) | 1
    joined = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    inked = np.bincount(labels[mask.view(np.bool_)], minlength=count) / scale**2
    found = []
    for index in range(1, count):
        x, y, width, height = (int(v) for v in stats[index, :4])
        rim = size // 2
        x0, x1 = max(0, x + rim), min(mask.shape[1], x + width - rim)
        y0, y1 = max(0, y + rim), min(mask.shape[0], y + height - rim)
        tile = Tile(x0 / scale, y0 / scale, x1 / scale, y1 / scale, float(inked[index]))
        long = _LEAST_LENGTH_MM * min(1.0, least / _LEAST_INK_MM2)
        if tile.ink >= least and max(x1 - x0, y1 - y0) >= long * scale:
            found.append(tile)
    return sorted(found, key=lambda tile: -tile.ink)
