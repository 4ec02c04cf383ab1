"""Which page of which blank form a picture shows, and how it lies: found coarse to fine, without reading a word.

At 50 dpi the turn comes from the rows' own contrast and the shift from one correlation over the whole page; blocks of
the page at 100 dpi then give the affine map. What does not fit is simply not known: the page is read instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import cv2
import numpy as np

from pipeline.inspection.register import Matrix, fitted
from pipeline.model import Pixels

COARSE, FINE = 50.0, 100.0  # dpi
MARGIN = 14  # px at 50 dpi (7 mm) by which a page may lie off, all round
TURN, TURNS = 0.2, 8  # degrees of skew: steps, and how many to either side
KNOWN = 0.55  # correlation from which a page is taken for a form's; other pages of a form reach 0.35
CLEAR = 0.75  # correlation from which no other page need be asked
BLOCK, STEP, REACH = (
    (96, 40),
    80,
    9,
)  # px at 100 dpi: width and height of a block, their distance, how far one may be off
BLOCK_INK = 6.0  # mean darkness of a block that can be found again
BLOCK_SURE = 0.6
FEW_ROWS = 3  # of the rows of blocks, one in so many is enough on most pages
LEAST_FEW, LEAST_BLOCKS = 30, 12  # blocks found again on those, and on all rows

Point = tuple[float, float]


@dataclass(frozen=True)
class Look:
    """Darkness of one page at both resolutions; `size` = width and height in pt."""

    coarse: Pixels
    fine: Pixels
    size: tuple[float, float]

    @cached_property
    def core(self) -> Pixels:
        """The inner part of the coarse picture, softened: what a page is likened to."""
        return _softened(self.coarse)[MARGIN:-MARGIN, MARGIN:-MARGIN]


@dataclass(frozen=True)
class Found:
    """Index of the page asked for, its correlation, and the map from its points to the picture's."""

    index: int
    score: float
    matrix: Matrix


def look_of(dark: Pixels, dpi: float) -> Look:
    """From a page's darkness at its own resolution."""
    fine = _scaled(dark, FINE / dpi)
    return Look(_scaled(fine, COARSE / FINE), fine, (dark.shape[1] * 72 / dpi, dark.shape[0] * 72 / dpi))


def locate(page: Look, forms: Sequence[Look], order: Sequence[int]) -> Found | None:
    """The form's page that this is; `order` = indices to try, likely ones first; None when none fits."""
    turn = _turn(page.coarse)
    height, width = page.coarse.shape
    about = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1.0)
    soft = _softened(np.asarray(cv2.warpAffine(page.coarse, about, (width, height)), dtype=np.uint8))
    best: tuple[float, int, tuple[int, int]] | None = None
    for index in order:
        score, shift = _correlation(soft, forms[index].core)
        if best is None or score > best[0]:
            best = (score, index, shift)
        if score > CLEAR:
            break
    if best is None or best[0] < KNOWN:
        return None
    score, index, shift = best
    rough = np.asarray(cv2.invertAffineTransform(about), dtype=np.float64)
    rough[:, 2] += rough[:, :2] @ shift
    rough[:, 2] *= 72 / COARSE
    matrix = _refined(page.fine, forms[index].fine, rough)
    return None if matrix is None else Found(index, score, matrix)


def _scaled(dark: Pixels, factor: float) -> Pixels:
    return np.asarray(cv2.resize(dark, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _softened(dark: Pixels) -> Pixels:
    return np.asarray(cv2.GaussianBlur(dark, (0, 0), 1.2), dtype=np.uint8)


def _turn(coarse: Pixels) -> float:
    """Degrees (counter-clockwise, as OpenCV turns) that make the rows level: there the row sums differ most."""
    height, width = coarse.shape
    inner = np.ascontiguousarray(coarse[height // 12 : -height // 12, width // 12 : -width // 12])
    rows, columns = inner.shape

    @cache
    def contrast(step: int) -> float:
        about = cv2.getRotationMatrix2D((columns / 2, rows / 2), TURN * step, 1.0)
        sums = cv2.reduce(cv2.warpAffine(inner, about, (columns, rows)), 1, cv2.REDUCE_SUM, dtype=cv2.CV_32F).ravel()
        return float(np.square(np.diff(sums)).sum())

    best = max(range(-TURNS, TURNS + 1, 2), key=contrast)
    best = max((step for step in range(best - 1, best + 2) if abs(step) <= TURNS), key=contrast)
    if abs(best) == TURNS:
        return TURN * best
    before, here, after = contrast(best - 1), contrast(best), contrast(best + 1)
    bend = before - 2 * here + after
    return TURN * (best + (before - after) / (2 * bend)) if bend < 0 else TURN * best


def _correlation(soft: Pixels, inner: Pixels) -> tuple[float, tuple[int, int]]:
    """Best correlation of the form's inner part with the page, and the page's shift in px at 50 dpi."""
    if inner.size == 0 or soft.shape[0] < inner.shape[0] or soft.shape[1] < inner.shape[1] or np.ptp(inner) < 20:
        return 0.0, (0, 0)
    scores = cv2.matchTemplate(soft, inner, cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(scores)
    return float(best), (x - MARGIN, y - MARGIN)


def _refined(page: Pixels, form: Pixels, rough: Matrix) -> Matrix | None:
    """Affine map (pt) from blocks of the form found again in the page laid level by the rough map."""
    height, width = form.shape
    to_page = rough.copy()
    to_page[:, 2] *= FINE / 72
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    level = np.asarray(cv2.warpAffine(page, to_page, (width, height), flags=flags, borderValue=0), dtype=np.uint8)
    tops = range(REACH, height - BLOCK[1] - REACH, STEP // 2)
    source, target = _blocks(level, form, tops[::FEW_ROWS])
    if len(source) < LEAST_FEW:
        source, target = _blocks(level, form, tops)
    if len(source) < LEAST_BLOCKS:
        return None
    scale = 72 / FINE
    there = np.array(target) * scale
    return fitted(np.array(source) * scale, there @ rough[:, :2].T + rough[:, 2], 1.5, LEAST_BLOCKS)


def _blocks(level: Pixels, form: Pixels, tops: Sequence[int]) -> tuple[list[Point], list[Point]]:
    """Middles of the form's blocks, in rows at `tops`, that were found on the page, and where; px at 100 dpi."""
    source: list[Point] = []
    target: list[Point] = []
    for top in tops:
        for left in range(REACH, form.shape[1] - BLOCK[0] - REACH, STEP):
            block = form[top : top + BLOCK[1], left : left + BLOCK[0]]
            if cv2.mean(block)[0] < BLOCK_INK:
                continue
            area = level[top - REACH : top + BLOCK[1] + REACH, left - REACH : left + BLOCK[0] + REACH]
            _, best, _, (x, y) = cv2.minMaxLoc(cv2.matchTemplate(area, block, cv2.TM_CCOEFF_NORMED))
            if best > BLOCK_SURE:
                centre = (left + BLOCK[0] / 2, top + BLOCK[1] / 2)
                source.append(centre)
                target.append((centre[0] + x - REACH, centre[1] + y - REACH))
    return source, target
