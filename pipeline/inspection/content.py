"""Whether every slice shows its own part of a known seal: correlation with a whole impression, one rotation for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.compose import Composition
from pipeline.inspection.ink import FloatMap
from pipeline.inspection.seals import PATCH, SealMark
from pipeline.inspection.strips import SCALE, EdgeInk
from pipeline.model import Edge

_PX = 3.0  # px/mm of the comparison
_STEP_DEG = 3.0
_SHIFT_MM = 1.4
_BORDER_MM = 1.8  # the border is alike in every seal
SAME_SEAL = 0.8  # median correlation from which the impression is taken to be of the same die
# Genuine slices of 34 simulated documents (206): correlation >= 0.78, another rotation never better (gain <= 0).
_FOREIGN, _DOUBTFUL = (0.5, 0.06), (0.62, 0.02)  # correlation below, gain of another rotation above
_AWAY_STEPS = 3
_LEAST_WIDTH_MM = 2.5
_LEAST_INK_MM2 = 3.0


@dataclass(frozen=True)
class Agreement:
    """Correlation of every comparable slice with the impression at the rotation that suits all best.

    `gain` = how much better the slice alone would agree at a clearly different rotation; negative when genuine.
    """

    pages: tuple[int, ...]
    correlation: tuple[float, ...]
    gain: tuple[float, ...]
    typical: float
    whole_page: int

    def _outside(self, least: float, most_gain: float) -> tuple[int, ...]:
        """Pages that fall short; none when the impression is not of the same die."""
        if self.typical < SAME_SEAL:
            return ()
        rows = zip(self.pages, self.correlation, self.gain, strict=True)
        return tuple(page for page, value, gain in rows if value < least or gain > most_gain)

    @property
    def foreign(self) -> tuple[int, ...]:
        """Pages whose slice shows another seal, or the same seal turned otherwise."""
        return self._outside(*_FOREIGN)

    @property
    def doubtful(self) -> tuple[int, ...]:
        """Pages whose slice agrees too little to be believed."""
        return self._outside(*_DOUBTFUL)


def _scaled(ink: NDArray[np.float32], factor: float) -> FloatMap:
    return np.asarray(cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.float32)


def _rotations(mark: SealMark, radius: float) -> list[FloatMap]:
    """The impression without its border at `_PX`, turned in steps; its centre in the middle."""
    ink = _scaled((mark.patch / 255).astype(np.float32), _PX / PATCH)
    half = int((radius + _SHIFT_MM + 1) * _PX)
    size = 2 * half + 1
    middle = (ink.shape[1] - 1) / 2
    factor = 2 * radius / mark.diameter
    turned = []
    for degrees in np.arange(0, 360, _STEP_DEG):
        matrix = cv2.getRotationMatrix2D((middle, middle), float(degrees), factor)
        matrix[:, 2] += half - middle
        picture = cv2.warpAffine(ink, matrix, (size, size), flags=cv2.INTER_LINEAR)
        turned.append(_masked(np.asarray(picture, dtype=np.float32), half, half, radius))
    return turned


def _masked(ink: FloatMap, x: float, y: float, radius: float) -> FloatMap:
    rows, columns = np.ogrid[: ink.shape[0], : ink.shape[1]]
    inside = (columns - x) ** 2 + (rows - y) ** 2 < ((radius - _BORDER_MM) * _PX) ** 2
    return np.where(inside, ink, 0).astype(np.float32)


def _slice_ink(page: EdgeInk, edge: Edge, composed: Composition, index: int) -> FloatMap | None:
    """One slice without its border, rows centred on the circle; None if it shows too little to compare."""
    strip = page.strip(edge)
    piece, fit = composed.slices[index], composed.fit
    if strip is None or piece.width < _LEAST_WIDTH_MM:
        return None
    x0 = strip.ink.shape[1] + round(piece.left * SCALE)
    x1 = strip.ink.shape[1] + round(piece.right * SCALE)
    first = round((fit.y[index] - fit.radius - strip.start_mm) * SCALE)
    rows = int(2 * fit.radius * SCALE)
    part = np.zeros((rows, x1 - x0), np.float32)
    low, high = max(0, first), min(strip.ink.shape[0], first + rows)
    if high <= low:
        return None
    part[low - first : high - first] = strip.ink[low:high, x0:x1].astype(np.float32) / 255
    small = _scaled(part, _PX / SCALE)
    bare = _masked(small, -fit.starts[index] * _PX, fit.radius * _PX, fit.radius)
    return bare if float((bare > 0.08).sum()) / _PX**2 >= _LEAST_INK_MM2 else None


def _curve(small: FloatMap, start: float, radius: float, turned: Sequence[FloatMap]) -> NDArray[np.float64]:
    """Best correlation within +-1.4 mm for every rotation."""
    half = turned[0].shape[0] // 2
    shift = int(_SHIFT_MM * _PX)
    x0 = round(half + start * _PX) - shift
    y0 = round(half - radius * _PX) - shift
    x1, y1 = x0 + small.shape[1] + 2 * shift, y0 + small.shape[0] + 2 * shift
    pad = max(0, -x0, -y0, x1 - turned[0].shape[1], y1 - turned[0].shape[0])
    values = []
    for picture in turned:
        wide = cv2.copyMakeBorder(picture, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0) if pad else picture
        window = wide[y0 + pad : y1 + pad, x0 + pad : x1 + pad]
        score = cv2.matchTemplate(window, small, cv2.TM_CCOEFF_NORMED)
        values.append(float(np.nan_to_num(score).max()))
    return np.array(values)


def _agreed(pages: tuple[int, ...], curves: NDArray[np.float64], whole_page: int) -> Agreement:
    """The rotation common to all curves (one row per slice), and how each slice does there."""
    common = np.median(curves, axis=0) if len(curves) > 2 else curves.mean(axis=0)
    centred = np.roll(curves, -int(common.argmax()), axis=1)
    near = np.take(centred, [-1, 0, 1], axis=1, mode="wrap").max(axis=1)
    away = centred[:, _AWAY_STEPS : 1 - _AWAY_STEPS].max(axis=1)
    correlation, gain = np.round(near, 3), np.round(away - near, 3)
    return Agreement(pages, tuple(correlation.tolist()), tuple(gain.tolist()), float(np.median(near)), whole_page)


def agreement(
    by_page: Mapping[int, EdgeInk], edge: Edge, composed: Composition, marks: Sequence[SealMark]
) -> Agreement | None:
    """How the slices agree with the whole impression that suits them best; None without a comparable impression."""
    radius = composed.fit.radius
    usable = [m for m in marks if m.shape == "round" and m.visible > 0.9 and abs(m.diameter / 2 - radius) < 1.2]
    best: Agreement | None = None
    smalls = [_slice_ink(by_page[p.page], edge, composed, i) for i, p in enumerate(composed.slices)]
    for mark in usable[:3]:
        turned = _rotations(mark, radius)
        curves = {
            composed.slices[i].page: _curve(small, float(composed.fit.starts[i]), radius, turned)
            for i, small in enumerate(smalls)
            if small is not None
        }
        if len(curves) < 2:
            continue
        found = _agreed(tuple(curves), np.stack(list(curves.values())), mark.page)
        if best is None or found.typical > best.typical:
            best = found
    return best
