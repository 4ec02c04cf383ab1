"""The scan laid over the reference to a fraction of a pixel: row segments found again, a smooth field through them.

Frame = the reference page at `FRAME_DPI`; a shift (dx, dy) in px says where a point of the frame is found in the scan
after the affine registration. Each rung of the ladder is needed: without any of them unchanged print differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.compare_likeness import Pattern, contrast, find_near, sums
from pipeline.inspection.compare_paper import in_px
from pipeline.inspection.compare_text import HOLE, Mark
from pipeline.model import Box, Pixels

Floats = NDArray[np.float64]
SEGMENT = 7  # characters
BORDER = 64  # px around both pictures, so that a search never leaves them
SURE = 0.75  # NCC from which a segment counts as found
FIRST_REACH, FAR_REACH, SECOND_REACH = 14, 38, 5  # px
SAMPLE = 40  # segments that tell the blur
BLURS = (0.35, 0.7, 1.0, 1.3, 1.7, 2.2, 2.8)  # px
FIRST_STEP = 2  # an office scanner's


@dataclass(frozen=True)
class Segment:
    """Up to seven neighbouring characters of one row: indices into the reference's marks, their common box in px."""

    members: tuple[int, ...]
    box: tuple[int, int, int, int]

    @property
    def centre(self) -> tuple[float, float]:
        """In px of the frame."""
        return ((self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2)


def segments(expected: Sequence[Mark]) -> list[Segment]:
    """Cut the rows of the reference."""
    found: list[Segment] = []
    group: list[int] = []
    for at, mark in enumerate(expected):
        broken = bool(group) and (
            len(group) == SEGMENT
            or mark.line != expected[group[-1]].line
            or mark.box[0] - expected[group[-1]].box[2] > 1.5 * (mark.box[3] - mark.box[1])
        )
        if group and (broken or mark.char == HOLE):
            found.append(_segment(group, expected))
            group = []
        if mark.char != HOLE:
            group.append(at)
    return [*found, _segment(group, expected)] if group else found


def find(
    reference: Pixels,
    scan: Pixels,
    box: tuple[int, int, int, int],
    at: tuple[float, float],
    reach: int,
    border: int = BORDER,
) -> tuple[float, float, float]:
    """Shift (dx, dy) near `at` where the box of the reference is found in the scan, and its NCC (0 for empty boxes).

    Both pictures carry the `border`; the shift is interpolated below the pixel.
    """
    x0, y0, x1, y1 = (side + border for side in box)
    template = reference[max(y0, 0) : y1, max(x0, 0) : x1]
    left, top = x0 + round(at[0]) - reach, y0 + round(at[1]) - reach
    right, bottom = x1 + round(at[0]) + reach, y1 + round(at[1]) + reach
    height, width = scan.shape
    if template.size == 0 or left < 0 or top < 0 or right > width or bottom > height or contrast(template) < 40:
        return (at[0], at[1], 0.0)
    dx, dy, ncc = find_near(scan, template, (left + reach, top + reach), reach)
    return (dx + round(at[0]), dy + round(at[1]), ncc)


def found_shifts(reference: Pixels, scan: Pixels, parts: Sequence[Segment], starts: Floats, reach: int) -> Floats:
    """(n, 3): shift and NCC of every segment, searched around `starts` (n, 2)."""
    rows = [
        find(reference, scan, part.box, (start[0], start[1]), reach) for part, start in zip(parts, starts, strict=True)
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, 3)


def search(reference: Pixels, scan: Pixels, parts: Sequence[Segment]) -> Floats:
    """First search over the whole page, on `halved` maps; where most is not found near, farther off, on 60 segments.

    Only then: rows that an inserted line pushed down must not bend the field of those that stayed.
    """
    shifts = np.array([_far(reference, scan, part, FIRST_REACH) for part in parts], dtype=np.float64).reshape(-1, 3)
    lost = np.flatnonzero((shifts[:, 2] <= SURE) & (shifts[:, 2] != 0))
    if len(lost) > 0.5 * np.count_nonzero(shifts[:, 2]):
        for at in lost[:: max(1, len(lost) // 60)].tolist():
            other = _far(reference, scan, parts[at], FAR_REACH)
            if other[2] > max(SURE, shifts[at, 2]):
                shifts[at] = other
    return shifts


def _far(reference: Pixels, scan: Pixels, part: Segment, reach: int) -> tuple[float, float, float]:
    x0, y0, x1, y1 = part.box
    box = (x0 // 2, y0 // 2, -(-x1 // 2), -(-y1 // 2))
    dx, dy, ncc = find(reference, scan, box, (0.0, 0.0), reach // 2, BORDER // 2)
    return 2 * dx, 2 * dy, ncc


def smooth_field(parts: Sequence[Segment], shifts: Floats, size: tuple[int, int]) -> Floats | None:
    """Cubic (fewer points: lower) polynomial through the sure shifts, on a coarse grid; None when too few are sure."""
    sure = shifts[:, 2] > SURE
    if np.count_nonzero(sure) < 6:
        return None
    points = np.array([part.centre for part in parts])[sure]
    values = shifts[sure, :2]
    degree = 3 if len(points) >= 50 and np.ptp(points[:, 1]) > 0.5 * size[1] else 1
    keep = np.ones(len(points), dtype=bool)
    for _ in range(4):
        solved, *_ = np.linalg.lstsq(_terms(points[keep], size, degree), values[keep], rcond=None)
        errors = np.abs(_terms(points, size, degree) @ solved - values).max(axis=1)
        keep = errors <= max(3 * float(np.median(errors)), 0.7)
    grid_x = np.linspace(-BORDER, size[0] + BORDER, 48)
    grid_y = np.linspace(-BORDER, size[1] + BORDER, 64)
    mesh = np.stack(np.meshgrid(grid_x, grid_y), axis=-1).reshape(-1, 2)
    low, high = values[keep].min(axis=0) - 3, values[keep].max(axis=0) + 3
    return np.clip(_terms(mesh, size, degree) @ solved, low, high).reshape(64, 48, 2)


def best_blur(reference: Pixels, scan: Pixels, parts: Sequence[Segment]) -> float:
    """Blur (sigma in px) that makes the crisp reference look most like the scan, on a sample of sure segments."""
    sample = parts[:: max(1, len(parts) // SAMPLE)]
    shifts = found_shifts(reference, scan, sample, np.zeros((len(sample), 2)), SECOND_REACH)
    sure: list[int] = np.flatnonzero(shifts[:, 2] > SURE).tolist()
    if not sure:
        return 1.0
    patches = []
    for at in sure:
        x0, y0, x1, y1 = (side + BORDER for side in sample[at].box)
        x, y = x0 + round(shifts[at, 0]), y0 + round(shifts[at, 1])
        windows = [scan[y + j : y + j + y1 - y0, x + i : x + i + x1 - x0] for j in (-1, 0, 1) for i in (-1, 0, 1)]
        patches.append((reference[y0 - 8 : y1 + 8, x0 - 8 : x1 + 8], [(window, *sums(window)) for window in windows]))

    @cache
    def likeness(step: int) -> float:
        total = 0.0
        for patch, windows in patches:
            soft = Pattern(np.asarray(cv2.GaussianBlur(patch, (0, 0), BLURS[step])[8:-8, 8:-8], dtype=np.uint8))
            total += max(soft.likeness_to(*window) for window in windows)
        return total

    best = FIRST_STEP
    for step in (1, -1):  # likeness has one top
        while 0 <= best + step < len(BLURS) and likeness(best + step) > likeness(best):
            best += step
    if not 0 < best < len(BLURS) - 1:
        return BLURS[best]
    near = range(best - 1, best + 2)
    bend = np.polyfit([BLURS[step] for step in near], [likeness(step) for step in near], 2)
    return round(float(np.clip(-bend[1] / (2 * bend[0]), BLURS[best - 1], BLURS[best + 1])), 2)


def box_px(box: Box) -> tuple[int, int, int, int]:
    """A character box in px of the frame, never empty."""
    x0, y0, x1, y1 = in_px(box)
    return (x0, y0, max(x1, x0 + 3), max(y1, y0 + 3))


def _segment(group: list[int], expected: Sequence[Mark]) -> Segment:
    boxes = [expected[at].box for at in group]
    union = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    return Segment(tuple(group), box_px(union))


def _terms(points: Floats, size: tuple[int, int], degree: int) -> Floats:
    x, y = 2 * points[:, 0] / size[0] - 1, 2 * points[:, 1] / size[1] - 1
    powers = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
    return np.stack([x**i * y**j for i, j in powers], axis=1)
