"""Voting for outlines: FFT correlation of an ink map with templates of known size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from pipeline.inspection.ink import FloatMap
from pipeline.inspection.outline import Outline, Shape

# Weights of a template: the border's band, the bare paper outside it, the gap between border and lettering.
_BAND_MM = 0.75
_OUTSIDE = (0.9, 2.6, 0.6)
_INSIDE = (0.9, 2.0, 0.25)
_LEAST_SHARE = 0.4  # of an outline that lies on the page
_SIZE_STEPS = (96, 120, 160, 200, 240, 300, 360, 400, 480, 600)  # few, for every one needs its own spectra
_SQUARE_PX = 240  # up to which a map is made square, for the same reason


@dataclass(frozen=True)
class Vote:
    """A place where an outline may lie, in mm, and the mean ink found on its band less that beside it.

    `close` = it follows the ink itself, so that a fit need not look far and must not fall for the letters inside.
    """

    outline: Outline
    score: float
    close: bool = False


@dataclass(frozen=True)
class PageEdges:
    """Where a map lies on its page, all in mm: ink beyond the page is unknown, not absent."""

    left: float
    top: float
    width: float
    height: float

    def near(self, window: tuple[int, int], scale: float, reach: float) -> bool:
        """Whether an outline of this half size centred in the window could leave the page."""
        right, bottom = self.left + window[1] / scale, self.top + window[0] / scale
        return min(self.left, self.top, self.width - right, self.height - bottom) < reach


def _signed_distance(outline: Outline, scale: float, half: int) -> FloatMap:
    """Distance in mm from the outline (negative inside) on a square grid centred on it."""
    grid = (np.arange(-half, half + 1) / scale).astype(np.float32)
    x, y = np.meshgrid(grid, grid)
    cos, sin = np.cos(outline.angle), np.sin(outline.angle)
    u, v = x * cos + y * sin, -x * sin + y * cos
    if outline.shape == "square":
        return np.asarray(np.maximum(np.abs(u) - outline.a, np.abs(v) - outline.b), dtype=np.float32)
    radius = np.hypot(u / outline.a, v / outline.b)
    slope = np.maximum(np.hypot(u / outline.a**2, v / outline.b**2), 1e-3)
    return np.asarray((radius - 1) * np.maximum(radius, 1e-3) / slope, dtype=np.float32)


def _half(outline: Outline, scale: float) -> int:
    """Half the size of its template in px."""
    return int(np.ceil((max(outline.extent) + _OUTSIDE[1] + 0.5) * scale))


def _template(outline: Outline, scale: float) -> FloatMap:
    """Signed template whose band sums to one."""
    half = _half(outline, scale)
    distance = _signed_distance(outline, scale, half)
    band = (np.abs(distance) <= _BAND_MM).astype(np.float32)
    outside = ((distance > _OUTSIDE[0]) & (distance <= _OUTSIDE[1])).astype(np.float32)
    inside = ((distance < -_INSIDE[0]) & (distance >= -_INSIDE[1])).astype(np.float32)
    band /= max(float(band.sum()), 1.0)
    signed = band - _OUTSIDE[2] * outside / max(float(outside.sum()), 1.0)
    signed -= _INSIDE[2] * inside / max(float(inside.sum()), 1.0)
    return np.asarray(signed, dtype=np.float32)


@lru_cache(maxsize=512)
def _spectrum(outline: Outline, scale: float, shape: tuple[int, int]) -> FloatMap:
    """Factors for a spectrum in the packed form of cv2.dft that correlate it with the template.

    The template looks the same turned by 180 degrees, so that its spectrum is real: one factor for both parts.
    """
    template = _template(outline, scale)
    half = template.shape[0] // 2
    canvas = np.zeros(shape, np.float32)
    canvas[: template.shape[0], : template.shape[1]] = template
    canvas = np.roll(canvas, (-half, -half), axis=(0, 1))
    packed = np.asarray(cv2.dft(canvas), dtype=np.float32)
    packed[:, 2:-1:2] = packed[:, 1:-1:2]
    for column in (0, -1):  # these two hold their complex numbers one below the other
        packed[2:-1:2, column] = packed[1:-1:2, column]
    return packed


def _correlate(spectrum: FloatMap, template: FloatMap, shape: tuple[int, int]) -> FloatMap:
    flags = cv2.DFT_INVERSE | cv2.DFT_SCALE | cv2.DFT_REAL_OUTPUT
    full = cv2.dft(cv2.multiply(spectrum, template), flags=flags, nonzeroRows=shape[0])
    return np.asarray(full[: shape[0], : shape[1]], dtype=np.float32)


def _side_share(distance: FloatMap, reach: float) -> FloatMap:
    """Share of a circle of radius `reach` lying on the near side of a straight edge `distance` away from its centre."""
    return np.asarray(1 - np.arccos(np.clip(distance / reach, -1, 1)) / np.pi, dtype=np.float32)


@lru_cache(maxsize=64)
def _weight(reach: tuple[float, float], scale: float, window: tuple[int, int], page: PageEdges) -> FloatMap:
    """What makes up for the part of an outline beyond the page, for every centre; 0 where too little of it is on.

    Kept, because whole pages are mostly of one size.
    """
    reach_x, reach_y = reach
    x = (np.arange(window[1], dtype=np.float32) + 0.5) / scale + page.left
    y = (np.arange(window[0], dtype=np.float32) + 0.5) / scale + page.top
    across = _side_share(x, reach_x) + _side_share(page.width - x, reach_x) - 1
    down = _side_share(y, reach_y) + _side_share(page.height - y, reach_y) - 1
    share = np.outer(down, across)
    return np.where(share >= _LEAST_SHARE, 1 / np.maximum(share, _LEAST_SHARE), 0).astype(np.float32)


def _grid(extent: int, outlines: Sequence[Outline], scale: float) -> int:
    """Size of a map on which a correlation never wraps around; always even."""
    half = max(_half(outline, scale) for outline in outlines)
    wanted = max(extent, half + 1) + half
    return next((size for size in _SIZE_STEPS if size >= wanted), 2 * cv2.getOptimalDFTSize(-(-wanted // 2)))


def vote(
    ink: FloatMap,
    scale: float,
    outlines: Sequence[Outline],
    least: float,
    count: int,
    page: PageEdges | None = None,
    apart_mm: float = 5.0,
) -> list[Vote]:
    """Best places for the given outlines (their centres are ignored), strongest first, at least `apart_mm` apart.

    With `page`, the score is taken over the part of the outline that lies on the page (>= 40 %).
    """
    window = (ink.shape[0], ink.shape[1])
    shape = (_grid(window[0], outlines, scale), _grid(window[1], outlines, scale))
    if max(shape) <= _SQUARE_PX:
        shape = (max(shape), max(shape))
    canvas = np.zeros(shape, np.float32)
    canvas[: window[0], : window[1]] = ink
    spectrum = np.asarray(cv2.dft(canvas, nonzeroRows=window[0]), dtype=np.float32)
    best = np.full(window, -1.0, np.float32)
    which = np.zeros(window, np.int16)
    for index, outline in enumerate(outlines):
        score = _correlate(spectrum, _spectrum(outline, scale, shape), window)
        if page is not None and page.near(window, scale, max(outline.extent)):
            score = np.asarray(cv2.multiply(score, _weight(outline.extent, scale, window, page)), dtype=np.float32)
        np.copyto(which, index, where=score > best)
        cv2.max(best, score, dst=best)
    return _peaks(best, which, outlines, scale, least, count, apart_mm)


def _peaks(
    best: FloatMap,
    which: np.ndarray[tuple[int, ...], np.dtype[np.int16]],
    outlines: Sequence[Outline],
    scale: float,
    least: float,
    count: int,
    apart_mm: float,
) -> list[Vote]:
    votes: list[Vote] = []
    left = best.copy()
    for _ in range(count):
        _, score, _, (x, y) = cv2.minMaxLoc(left)
        if score < least:
            break
        kind = outlines[int(which[y, x])]
        at = Outline(kind.shape, (x + 0.5) / scale, (y + 0.5) / scale, kind.a, kind.b, kind.angle)
        votes.append(Vote(at, float(score)))
        cv2.circle(left, (x, y), max(1, round(apart_mm * scale)), -1.0, -1)
    return votes


def _centred(shape: Shape, a: float, b: float, degrees: float = 0.0) -> Outline:
    return Outline(shape, 0.0, 0.0, a, b, float(np.deg2rad(degrees)))


@lru_cache(maxsize=1)
def circles() -> tuple[Outline, ...]:
    """Round seals from 24 to 62 mm; the border's middle line lies half a millimetre inside its edge."""
    return tuple(_centred("round", radius, radius) for radius in np.arange(12.0, 31.0, 0.75).tolist())


@lru_cache(maxsize=1)
def ovals() -> tuple[Outline, ...]:
    """Oval seals 45x30, 40x30 and 30x20 mm and near relatives, turned up to 40 degrees."""
    sizes = ((22.0, 14.5), (19.5, 14.5), (21.0, 16.0), (18.5, 12.5), (16.0, 12.0), (14.5, 9.5))
    return tuple(_centred("oval", a, b, degrees) for a, b in sizes for degrees in range(-39, 40, 13))


@lru_cache(maxsize=2)
def squares(*, large: bool) -> tuple[Outline, ...]:
    """Square name seals from 15 to 19 mm, or to 26 mm if `large`, turned up to 24 degrees.

    Apart, because the letters inside a large frame outvote it as a small one.
    """
    sides = (10.5, 11.5, 12.5) if large else (7.5, 8.5, 9.5)
    return tuple(_centred("square", half, half, degrees) for half in sides for degrees in range(-24, 25, 8))
