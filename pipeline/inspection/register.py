"""Where the reference page lies on the scanned page: an affine map, from matched text or from image features."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.compare_runs import Aligned
from pipeline.model import Box, Pixels, Reference

Matrix = NDArray[np.float64]
Affine = tuple[float, float, float, float, float, float]
FEATURE_DPI = 100.0
LEAST_ANCHORS = 8
LEAST_INLIERS = 14  # enough for repetitive hanzi, where most matches are wrong
REACH = 3.0  # pt within which an anchor agrees: the recogniser places characters no better
STRETCH = (0.85, 1.15)  # "fit to page" prints at 94-97 %; outside this it is another layout
SHEAR = 0.03


@dataclass(frozen=True)
class Registration:
    """Reference points to page points (pt, origin top-left): x' = a x + b y + c, y' = d x + e y + f.

    `residual` is the median error in pt; `matched` the share 0..1 of the reference's text found in its place.
    """

    page: int
    reference_page: int
    matrix: Affine
    residual: float
    matched: float

    def place(self, box: Box) -> Box:
        """Box on the reference page to box on the scanned page."""
        return _through(self.matrix, box)

    def back(self, box: Box) -> Box:
        """Box on the scanned page to box on the reference page."""
        return _through(_numbers(cv2.invertAffineTransform(self.array)), box)

    @classmethod
    def of(cls, page: int, reference_page: int, matrix: Matrix, residual: float, matched: float) -> Registration:
        """From a 2x3 matrix."""
        return cls(page, reference_page, _numbers(matrix), residual, matched)

    @property
    def array(self) -> Matrix:
        """The map as a 2x3 matrix."""
        return np.array(self.matrix, dtype=np.float64).reshape(2, 3)


def registered_box(registrations: Mapping[int, Registration], reference_page: int, box: Box) -> tuple[int, Box] | None:
    """Page and box where a box of the reference lies in the scan; None when its page is not there."""
    fitting = [found for found in registrations.values() if found.reference_page == reference_page]
    if not fitting:
        return None
    best = max(fitting, key=lambda found: found.matched)
    return (best.page, best.place(box))


def blank_boxes(registrations: Mapping[int, Registration], reference: Reference) -> dict[str, tuple[int, Box]]:
    """Where each blank of the form lies on the scanned pages (pt), by name; blanks of absent pages are left out."""
    placed = {blank.name: registered_box(registrations, blank.page, blank.box) for blank in reference.blanks}
    return {name: place for name, place in placed.items() if place is not None}


def from_text(aligned: Aligned) -> Matrix | None:
    """Affine map from characters found in the right order; None when they do not lie as in the reference."""
    anchors = _anchors(aligned)
    if len(anchors) < LEAST_ANCHORS:
        return None
    source, target = np.array([first for first, _ in anchors]), np.array([second for _, second in anchors])
    return fitted(source, target, REACH, max(LEAST_ANCHORS, 0.5 * len(anchors)))


def from_features(reference: Pixels, page: Pixels) -> Matrix | None:
    """Affine map (pt) between two grey pictures at `FEATURE_DPI`, by SIFT; for pages that no text anchors."""
    sift = cv2.SIFT.create(nfeatures=2500)
    points, marks = sift.detectAndCompute(reference, None)
    others, other_marks = sift.detectAndCompute(page, None)
    if marks is None or other_marks is None or len(points) < LEAST_INLIERS or len(others) < LEAST_INLIERS:
        return None
    matches = cv2.BFMatcher(cv2.NORM_L2).knnMatch(_root(marks), _root(other_marks), k=2)
    good = [pair[0] for pair in matches if len(pair) == 2 and pair[0].distance < 0.85 * pair[1].distance]
    if len(good) < LEAST_INLIERS:
        return None
    scale = 72.0 / FEATURE_DPI
    source = np.array([points[match.queryIdx].pt for match in good]) * scale
    target = np.array([others[match.trainIdx].pt for match in good]) * scale
    return fitted(source, target, 2.0, LEAST_INLIERS)


def is_upright(matrix: Matrix) -> bool:
    """Whether the map is a plausible print and scan: little stretch, shear and turn."""
    along, down = np.hypot(matrix[0, 0], matrix[1, 0]), np.hypot(matrix[0, 1], matrix[1, 1])
    turn = abs(np.arctan2(matrix[1, 0], matrix[0, 0]))
    shear = abs(matrix[0, 0] * matrix[0, 1] + matrix[1, 0] * matrix[1, 1]) / (along * down)
    return bool(STRETCH[0] < along < STRETCH[1] and STRETCH[0] < down < STRETCH[1] and shear < SHEAR and turn < 0.2)


def least_squares(source: Sequence[tuple[float, float]], target: Sequence[tuple[float, float]]) -> tuple[Matrix, float]:
    """Affine map of matched points that are already trusted, and its median error in their unit."""
    design = np.c_[np.array(source), np.ones(len(source))]
    aims = np.array(target)
    keep = np.ones(len(design), dtype=bool)
    for _ in range(3):
        solved, *_ = np.linalg.lstsq(design[keep], aims[keep], rcond=None)
        errors = np.linalg.norm(design @ solved - aims, axis=1)
        keep = errors <= max(3 * float(np.median(errors)), 1e-6)
    return np.asarray(solved.T), float(np.median(errors))


def _anchors(aligned: Aligned) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Centres of characters inside unbroken matches of at least four; shorter ones match by chance."""
    anchors: list[tuple[tuple[float, float], tuple[float, float]]] = []
    block: list[tuple[tuple[float, float], tuple[float, float]]] = []
    previous = (-2, -2)
    for pair in (*aligned.pairs, (-9, -9)):
        if pair != (previous[0] + 1, previous[1] + 1):
            anchors += block if len(block) >= 4 else []
            block = []
        if pair[0] >= 0:
            block.append((_centre(aligned.expected[pair[0]].box), _centre(aligned.found[pair[1]].box)))
        previous = pair
    return anchors


def fitted(source: Matrix, target: Matrix, reach: float, least: float) -> Matrix | None:
    """Affine map of (n, 2) points that at least `least` follow within `reach`; None when it is no print and scan."""
    similar, inside = cv2.estimateAffinePartial2D(source, target, method=cv2.RANSAC, ransacReprojThreshold=reach)
    if similar is None or inside.sum() < least:
        return None
    keep = np.linalg.norm(source @ similar[:, :2].T + similar[:, 2] - target, axis=1) < 2 * reach
    spread = np.ptp(source[keep], axis=0)
    matrix: Matrix = np.asarray(similar, dtype=np.float64)
    if keep.sum() >= 3 * LEAST_ANCHORS and spread.min() > 100:
        matrix, _ = least_squares(list(map(tuple, source[keep])), list(map(tuple, target[keep])))
    return matrix if is_upright(matrix) else None


def _numbers(matrix: NDArray[Any]) -> Affine:
    a, b, c, d, e, f = (float(value) for value in matrix.ravel())
    return (a, b, c, d, e, f)


def _through(matrix: Affine, box: Box) -> Box:
    """The upright box around the mapped one; plain numbers, because pages have thousands of boxes."""
    a, b, c, d, e, f = matrix
    ax, bx = (a * box[0], a * box[2]), (b * box[1], b * box[3])
    ay, by = (d * box[0], d * box[2]), (e * box[1], e * box[3])
    return (min(ax) + min(bx) + c, min(ay) + min(by) + f, max(ax) + max(bx) + c, max(ay) + max(by) + f)


def _centre(box: Box) -> tuple[float, float]:
    return ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)


def _root(descriptors: NDArray[Any]) -> NDArray[np.float32]:
    """RootSIFT (Arandjelović & Zisserman 2012)."""
    return np.asarray(np.sqrt(descriptors / np.maximum(descriptors.sum(axis=1, keepdims=True), 1e-6)), dtype=np.float32)


def moved(boxes: Iterable[Box], matrix: Matrix) -> list[Box]:
    """Boxes through an affine map, each by its centre and scale, so that skew does not grow them."""
    points = [(box, _centre(box)) for box in boxes]
    stretch = (float(np.hypot(matrix[0, 0], matrix[1, 0])), float(np.hypot(matrix[0, 1], matrix[1, 1])))
    result = []
    for box, (x, y) in points:
        across, down = (box[2] - box[0]) * stretch[0] / 2, (box[3] - box[1]) * stretch[1] / 2
        new_x, new_y = matrix @ (x, y, 1.0)
        result.append((float(new_x - across), float(new_y - down), float(new_x + across), float(new_y + down)))
    return result
