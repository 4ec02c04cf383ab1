"""Signs that an impression was never pressed on this paper: a picture that repeats, ink without any grain."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.ecc import laid_on, turn_and_stretch
from pipeline.inspection.ink import FloatMap, resized, scale_of
from pipeline.inspection.ring_ink import SCALE, cut_patch
from pipeline.inspection.seals import SealMark
from pipeline.model import PageSource, Picture, Pixels, Repeated

# Two presses of one simulated die at the very same angle agree to at most 0.992, scanned twice, and skew turns one by
# 0.1 degrees and more; one picture laid twice on scans agrees to 0.980-0.999 (JPEG) at 0.02 degrees and less.
ALIKE = 0.985
_ROUGHLY = 0.93  # of the patches as found, before they are laid on one another
_TURN_DEG, _STRETCH = 0.05, 5e-4
_SIZE_MM = 0.6
_WHOLE = 0.98
_PX = 8.0  # px/mm of the comparison
_SHIFT = 3  # px of a patch
_SOFT_PX = 3
_PAGE_PX_PER_MM = 2.0
_SAME_SCAN = 1.5  # mean difference of two pictures of one scan

# Of 16 simulated scans half of the neighbouring pixels in ink differ by 2 levels and more, in print too; in a picture
# laid on the scan in one colour by none.
_LEAST_PAIRS = 400
_RED, _PRINT = 25.0, 110  # R - max(G, B) of ink, and the level below which all channels of print lie
_CORE_PX = 3
_PAPER_GRAIN = 0.5  # levels (rms) below which the paper has no grain either


def repeated(marks: Sequence[SealMark], pictures: PageSource) -> tuple[Repeated, ...]:
    """Pairs of impressions that are one picture; a page that was scanned in twice as a whole is none of them."""
    whole = [mark for mark in marks if mark.visible >= _WHOLE]
    found = []
    for one, other in combinations(whole, 2):
        if one.shape != other.shape or abs(one.diameter - other.diameter) > _SIZE_MM or _rough(one, other) < _ROUGHLY:
            continue
        first, second = pictures.picture(one.page), pictures.picture(other.page)
        value = _agreement(_sharp(first, one), _sharp(second, other))
        if value >= ALIKE and not (one.page != other.page and _one_scan(first, second)):
            found.append(Repeated(pages=(one.page, other.page), boxes=(one.box, other.box), likeness=round(value, 4)))
    return tuple(found)


def is_flat(picture: Picture, mark: SealMark) -> bool:
    """Whether the ink has one and the same colour throughout, while paper and print of the page have grain.

    Compression in layers paints ink flat, but print as well; without print nothing is concluded.
    """
    scale = scale_of(picture)
    height, width = picture.pixels.shape[:2]
    reach = mark.diameter / 2 + 2
    rows = slice(max(0, int((mark.y - reach) * scale)), min(height, int((mark.y + reach) * scale) + 1))
    columns = slice(max(0, int((mark.x - reach) * scale)), min(width, int((mark.x + reach) * scale) + 1))
    ink = _grain(picture.pixels[rows, columns], _inked(picture.pixels[rows, columns]))
    if ink is None or ink > 0:
        return False
    dark = np.asarray(picture.pixels.max(axis=2) < _PRINT)
    printed = _grain(picture.pixels, np.asarray(cv2.erode(dark.astype(np.uint8), np.ones((3, 3))) > 0))
    return printed is not None and printed > 0 and _paper_has_grain(picture.pixels)


def _inked(part: Pixels) -> NDArray[np.bool_]:
    """The inside of red strokes, without print beneath them."""
    rgb = part.astype(np.float32)
    soft = np.asarray(cv2.GaussianBlur(rgb[..., 0] - rgb[..., 1:].max(axis=2), (0, 0), 1.0))
    strong = soft[soft > _RED]
    if not strong.size:
        return np.zeros(soft.shape, np.bool_)
    core = cv2.erode((soft > 0.6 * np.quantile(strong, 0.7)).astype(np.uint8), np.ones((_CORE_PX, _CORE_PX)))
    beneath = cv2.dilate((part[..., 0] < _PRINT).astype(np.uint8), np.ones((5, 5)))
    return np.asarray((np.asarray(core) > 0) & (np.asarray(beneath) == 0))


def _grain(pixels: Pixels, where: NDArray[np.bool_]) -> float | None:
    """Median difference between neighbours in the channel that differs most; None where there are too few."""
    pairs = where[:, 1:] & where[:, :-1]
    if np.count_nonzero(pairs) < _LEAST_PAIRS:
        return None
    rows, columns = np.nonzero(pairs)
    apart = np.abs(pixels[rows, columns + 1].astype(np.int16) - pixels[rows, columns].astype(np.int16))
    return float(np.median(apart, axis=0).max())


def _paper_has_grain(pixels: Pixels) -> bool:
    light = pixels[::2, :, 1]
    bare = light > np.median(light) - 25
    pairs = bare[:, 1:] & bare[:, :-1]
    apart = np.diff(light.astype(np.float32), axis=1)[pairs]
    return bool(apart.size > _LEAST_PAIRS and np.sqrt((apart**2).mean() / 2) > _PAPER_GRAIN)


def _rough(one: SealMark, other: SealMark) -> float:
    """Correlation of the patches as they lie."""
    size = min(one.patch.shape[0], other.patch.shape[0])
    first, second = (_middle(mark.patch.astype(np.float32), size) for mark in (one, other))
    inner = np.ascontiguousarray(first[_SHIFT:-_SHIFT, _SHIFT:-_SHIFT])
    return float(cv2.matchTemplate(second, inner, cv2.TM_CCOEFF_NORMED).max())


def _middle(ink: FloatMap, size: int) -> FloatMap:
    off = (ink.shape[0] - size) // 2
    return np.ascontiguousarray(ink[off : off + size, off : off + size])


def _sharp(picture: Picture, mark: SealMark) -> FloatMap:
    """The ink without print, its centre in the middle."""
    patch = cut_patch(picture, mark)
    half = int((mark.diameter / 2 + 1.5) * _PX)
    grid = (np.arange(-half, half + 1) / _PX).astype(np.float32)
    x, y = np.meshgrid(grid + patch.outline.x, grid + patch.outline.y)
    soft = cv2.GaussianBlur(patch.ink, (0, 0), 0.4 * SCALE / _PX)
    ink = cv2.remap(soft, x * SCALE - 0.5, y * SCALE - 0.5, cv2.INTER_LINEAR, borderValue=0)
    return np.asarray(ink / patch.level, dtype=np.float32)


def _agreement(first: FloatMap, second: FloatMap) -> float:
    """Correlation of two impressions laid on one another; 0 unless they lie alike to a hair's breadth."""
    size = min(first.shape[0], second.shape[0])
    start = np.eye(2, 3, dtype=np.float32)
    found = laid_on(_middle(first, size), _middle(second, size), start, _SOFT_PX)
    if found is None:
        return 0.0
    turn, stretch = turn_and_stretch(found[1])
    return found[0] if abs(turn) <= _TURN_DEG and abs(stretch - 1) <= _STRETCH else 0.0


def _one_scan(first: Picture, second: Picture) -> bool:
    one, other = resized(first, _PAGE_PX_PER_MM), resized(second, _PAGE_PX_PER_MM)
    if one.shape != other.shape:
        return False
    return float(cv2.absdiff(one, other).mean()) <= _SAME_SCAN
