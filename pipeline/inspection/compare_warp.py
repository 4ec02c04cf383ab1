"""A scan's darkness drawn in the frame of its form's page."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from pipeline.inspection.compare_field import BORDER, Floats
from pipeline.inspection.compare_paper import FRAME, FRAME_DPI
from pipeline.inspection.register import Matrix
from pipeline.model import Pixels

TILE = 192  # px in which a smooth field is as good as straight: off by a hundredth of a pixel on warped sheets
_FLAGS = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


def warped(dark: Pixels, dpi: float, matrix: Matrix, size: tuple[int, int], field: Floats | None = None) -> Pixels:
    """Scan darkness in the frame of `size` (width, height) px, with `BORDER` around; `field` (h, w, 2) adds a shift."""
    width, height = size[0] + 2 * BORDER, size[1] + 2 * BORDER
    to_page = frame_to_page(matrix, dpi)
    to_page[:, 2] -= to_page[:, :2] @ (BORDER, BORDER)
    if field is None:
        return np.asarray(cv2.warpAffine(dark, to_page, (width, height), flags=_FLAGS, borderValue=0), dtype=np.uint8)
    result = np.zeros((height, width), np.uint8)
    xs, ys = _edges(width), _edges(height)
    shifts = _at(field, xs, ys, (width, height))
    for row, (top, bottom) in enumerate(pairwise(ys)):
        for column, (left, right) in enumerate(pairwise(xs)):
            tile = to_page @ _straight(shifts[row : row + 2, column : column + 2], (left, top, right, bottom))
            part = result[top:bottom, left:right]
            cv2.warpAffine(dark, tile, part.shape[::-1], dst=part, flags=_FLAGS, borderValue=0)
    return result


def _edges(length: int) -> list[int]:
    return [*range(0, length, TILE), length]


def _at(field: Floats, xs: list[int], ys: list[int], size: tuple[int, int]) -> Floats:
    """The shift at the crossings of the tiles' edges; `field` covers the whole `size`."""
    across = (np.array(xs) + 0.5) * field.shape[1] / size[0] - 0.5
    down = (np.array(ys) + 0.5) * field.shape[0] / size[1] - 0.5
    x, y = np.meshgrid(across.astype(np.float32), down.astype(np.float32))
    return np.asarray(cv2.remap(field, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), dtype=np.float64)


def _straight(corners: Floats, tile: tuple[int, int, int, int]) -> Matrix:
    """3x3 map from px of a tile to px of the frame with the shift added, as straight as the four corners allow."""
    left, top, right, bottom = tile
    along = (corners[:, 1] - corners[:, 0]).mean(axis=0) / (right - left)
    down = (corners[1] - corners[0]).mean(axis=0) / (bottom - top)
    start = corners.mean(axis=(0, 1)) - along * (right - left) / 2 - down * (bottom - top) / 2
    return np.array(
        [[1 + along[0], down[0], left + start[0]], [along[1], 1 + down[1], top + start[1]], [0.0, 0.0, 1.0]]
    )


def roughly_warped(dark: Pixels, dpi: float, matrix: Matrix, size: tuple[int, int]) -> Pixels:
    """The scan in the frame, with its border, at half the resolution: enough to see how far segments lie off."""
    to_page = frame_to_page(matrix, dpi)
    to_page[:, 2] += to_page[:, :2] @ (0.5 - BORDER, 0.5 - BORDER)  # the middle of a pixel that covers two by two
    if dpi < FRAME_DPI - 1:  # scans this coarse have nothing to lose
        to_page[:, :2] *= 2
    else:
        dark = halved(dark)
        to_page[:, 2] = (to_page[:, 2] - 0.5) / 2
    shape = ((size[0] + 2 * BORDER) // 2, (size[1] + 2 * BORDER) // 2)
    return np.asarray(cv2.warpAffine(dark, to_page, shape, flags=_FLAGS, borderValue=0), dtype=np.uint8)


def frame_to_page(matrix: Matrix, dpi: float) -> Matrix:
    """Frame px to page px for a registration in pt."""
    result = matrix.copy()
    result[:, :2] *= dpi / 72.0 / FRAME
    result[:, 2] *= dpi / 72.0
    return result


def halved(picture: Pixels) -> Pixels:
    """A map with its border at half its resolution, in which far searches cost a tenth."""
    return np.asarray(cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def bordered(picture: Pixels) -> Pixels:
    """The picture with `BORDER` px of paper around it."""
    grown = cv2.copyMakeBorder(picture, BORDER, BORDER, BORDER, BORDER, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(grown, dtype=np.uint8)
