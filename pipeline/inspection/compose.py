"""What slices in a given order amount to: one joint circle or oval, and what keeps them from being one impression."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.inspection.circle import (
    LEAST_RADIUS,
    MOST_RADIUS,
    CircleFit,
    Envelope,
    Floats,
    Squeeze,
    before,
    fit_circle,
)
from pipeline.inspection.outline import Outline

RESIDUAL_MM = 0.38
CLOSE_SHARE = 0.5
GAPS_MM = (-1.4, 2.8)
CAP_MM = 2.8
COVER = (0.78, 1.15)
DRIFT_MM = 6.0
_SHIFTED_MM = 7.8  # between the heights of pages on a scanner's bed
# First and last seams of genuine documents (68) differed from the others by up to 0.29 mm in clean scans, by 0.86 or
# less in nine of ten; seals of two sizes differ by 2 mm and more, and their slices by half of that.
_LEAST_SEAMS, _OFF_MM = 3, 0.9
# Where the border runs nearly straight a slice is laid less surely: seams of 91 genuine ones within 8 mm of the centre
# differed by up to 1.6 mm, in two by more than 1.3 mm. Of 96 made 1 mm smaller or larger in radius 83 did not compose
# at all, and three of the others lay within that.
_CENTRAL_MM, _OFF_CENTRAL_MM = 8.0, 1.3
# Height to width of ovals lying or standing at the edge, 3:2 and 4:3, turned a little.
_OVAL_RATIOS = ((0.58, 0.84), (1.2, 1.6))
_STRETCHES, _FINER = (0.92, 0.96, 1.0, 1.04, 1.08), (0.98, 1.02)
_CHORD_SPREAD_MM = 0.6


@dataclass(frozen=True)
class Composition:
    """Slices in order with their circle; `faults` names what keeps them from being one impression.

    With `oval` the fit is of slices squeezed so that the oval becomes a circle.
    """

    slices: tuple[Envelope, ...]
    holes: tuple[bool, ...]
    fit: CircleFit
    faults: tuple[str, ...]
    oval: Squeeze | None = None

    @property
    def pages(self) -> tuple[int, ...]:
        """Pages in the order composed."""
        return tuple(piece.page for piece in self.slices)

    @property
    def whole(self) -> bool:
        """One complete impression."""
        return not self.faults

    @property
    def shifted(self) -> bool:
        """Complete but for pages that lie higher or lower, as careless scans shift them."""
        return self.faults == ("drift",) and self.fit.drift <= _SHIFTED_MM

    @property
    def starts(self) -> Floats:
        """Left limits of the slices from the seal's centre, in mm on paper."""
        return self.fit.starts / (self.oval.across if self.oval else 1.0)

    @property
    def heights(self) -> Floats:
        """Height of the seal's centre on every page, in mm on paper along the turned edge."""
        if self.oval is None:
            return self.fit.y
        lefts = np.array([piece.left for piece in self.slices])
        centres = before(self.slices) + self.fit.x / self.oval.across - lefts
        return np.asarray(self.fit.y + self.oval.shear * centres, dtype=np.float64)

    @property
    def outline(self) -> Outline:
        """Outer edge of the seal around the origin, in mm on paper."""
        radius = self.fit.radius
        if self.oval is None:
            return Outline("round", 0.0, 0.0, radius, radius)
        across, shear = self.oval.across, self.oval.shear
        shape = np.array([[across**2 + shear**2, -shear], [-shear, 1.0]])
        values, axes = np.linalg.eigh(shape)  # the smallest value belongs to the longest axis
        angle = float(np.arctan2(axes[1, 0], axes[0, 0]))
        long, short = (float(radius / np.sqrt(value)) for value in values)
        return Outline("oval", 0.0, 0.0, long, short, (angle + np.pi / 2) % np.pi - np.pi / 2)

    def off_seam(self, pages: Container[int]) -> tuple[int, ...]:
        """Those of `pages` whose slice lies closer to a neighbour or further away than slices of this seal do.

        Pressed in the same place, the first slice of a larger or smaller seal begins where that does.
        """
        gaps = self.fit.gaps
        if len(gaps) < _LEAST_SEAMS:
            return ()
        off = np.abs(gaps - np.median(gaps))
        beside = np.maximum(np.concatenate([[0.0], off]), np.concatenate([off, [0.0]]))
        central = np.abs(self.fit.starts + self.fit.ends) / 2 < _CENTRAL_MM
        beside = beside > np.where(central, _OFF_CENTRAL_MM, _OFF_MM)
        return tuple(page for page, flag in zip(self.pages, beside, strict=True) if flag and page in pages)

    @property
    def badness(self) -> float:
        """For comparing orders: the cost of the fit plus what the faults weigh."""
        return self.fit.cost + 3.0 * len(self.faults)


def compose_slices(
    slices: Sequence[Envelope], holes: Sequence[bool] | None = None, known_radius: float | None = None, rounds: int = 18
) -> Composition:
    """Fit one circle to the slices in this order and list the faults."""
    open_gaps = tuple(holes) if holes is not None else (False,) * (len(slices) - 1)
    fit = fit_circle(slices, open_gaps, known_radius, rounds)
    return Composition(tuple(slices), open_gaps, fit, tuple(_faults(slices, open_gaps, fit)))


def compose_oval(slices: Sequence[Envelope], known: tuple[float, float] | None = None) -> Composition | None:
    """The slices as one oval impression, whole or shifted; None if they are none of a size in use.

    `known` = long and short half axis in mm of a whole impression that may be of the same seal.
    """
    tall = float(max((piece.bottom - piece.top).max() for piece in slices))
    wide = float(before(slices)[-1] + slices[-1].width)
    ratio = tall / max(wide, 1.0)
    if not any(low <= ratio <= high for low, high in _OVAL_RATIOS):
        return None
    shear = _shear(slices)
    if known is not None:
        tied = [_oval(slices, Squeeze(across, shear), radius) for across, radius in _squeezes(*known, shear)]
        best = min(tied, key=lambda trial: trial.badness, default=None)
        if best is not None and (best.whole or best.shifted):
            return best
    best = min((_oval(slices, Squeeze(ratio * by, shear)) for by in _STRETCHES), key=lambda trial: trial.badness)
    assert best.oval is not None
    finer = [_oval(slices, Squeeze(best.oval.across * by, shear)) for by in _FINER]
    best = min([best, *finer], key=lambda trial: trial.badness)
    return best if best.whole or best.shifted else None


def _squeezes(a: float, b: float, shear: float) -> list[tuple[float, float]]:
    """How an oval of these half axes must be squeezed when its chords shear so, lying or standing; radius in mm."""
    total, product = a**-2 + b**-2, (a * b) ** -2
    root = total**2 - 4 * product * (1 + shear**2)
    if root < 0:  # more shear than an oval of this shape can have
        return []
    squares = [(total + sign * float(np.sqrt(root))) / (2 * product) for sign in (-1, 1)]
    return [(square / (a * b), float(np.sqrt(square))) for square in squares]


def _oval(slices: Sequence[Envelope], squeeze: Squeeze, radius: float | None = None) -> Composition:
    squeezed, closed = squeeze.applied(slices), (False,) * (len(slices) - 1)
    fit = fit_circle(squeezed, known_radius=radius)
    return Composition(tuple(slices), closed, fit, tuple(_faults(squeezed, closed, fit)), squeeze)


def _shear(slices: Sequence[Envelope]) -> float:
    """Slope of the line on which the middles of an oval's chords lie, from within the slices: pages may be shifted."""
    x = np.concatenate([piece.x - piece.x.mean() for piece in slices])
    middles = [(piece.top + piece.bottom) / 2 for piece in slices]
    y = np.concatenate([middle - middle.mean() for middle in middles])
    slope, weight = 0.0, np.ones(len(x))
    for _ in range(6):
        slope = float((weight * x * y).sum() / max((weight * x * x).sum(), 1e-6))
        weight = 1 / (1 + ((y - slope * x) / _CHORD_SPREAD_MM) ** 2)
    return slope


def _faults(slices: Sequence[Envelope], holes: Sequence[bool], fit: CircleFit) -> list[str]:
    faults = []
    if not LEAST_RADIUS < fit.radius < MOST_RADIUS:
        faults.append("radius")
    narrow = np.array([piece.width for piece in slices]) < 1.2
    strayed = (fit.residual > RESIDUAL_MM) | (fit.close < CLOSE_SHARE)
    # A sliver has few columns, some of them only lettering; it may stray a little further.
    strayed &= ~(narrow & (fit.residual < 1.0))
    if strayed.any():
        faults.append("outline")
    closed = [gap for gap, hole in zip(fit.gaps, holes, strict=True) if not hole]
    if closed and not (GAPS_MM[0] <= min(closed) and max(closed) <= GAPS_MM[1]):
        faults.append("gaps")
    if abs(fit.left_cap) > CAP_MM:
        faults.append("left_cap")
    if abs(fit.right_cap) > CAP_MM:
        faults.append("right_cap")
    if not any(holes) and not COVER[0] <= fit.coverage <= COVER[1]:
        faults.append("coverage")
    if fit.drift > DRIFT_MM:
        faults.append("drift")
    return faults


def strayed_pages(composition: Composition) -> tuple[int, ...]:
    """Pages whose slice does not follow the common circle."""
    fit = composition.fit
    bad = (fit.residual > RESIDUAL_MM) | (fit.close < CLOSE_SHARE)
    return tuple(piece.page for piece, flag in zip(composition.slices, bad, strict=True) if flag)
