"""One circle laid jointly over slices of a seal: one radius, one centre per page, neighbours touching."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_RADIUS, MOST_RADIUS = 13.0, 31.5
_SCALE_MM = 0.35  # residuals well above this no longer pull
_GAP_MM, _GAP_SPREAD = 0.4, 0.9  # scanners lose a little at every seam
_DRIFT_SPREAD = 2.0
_MOST_COLUMNS = 18


@dataclass(frozen=True)
class Envelope:
    """Ink of one slice: column positions, upper and lower ends of the ink per column, in mm; x grows to the edge."""

    page: int
    x: Floats
    top: Floats
    bottom: Floats
    left: float
    right: float

    @property
    def width(self) -> float:
        """Extent across the edge in mm."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Largest chord in mm."""
        return float(np.quantile(self.bottom - self.top, 0.9))


@dataclass(frozen=True)
class Squeeze:
    """What makes an oval a circle: x by `across`, and y less `shear` mm for every mm from the first slice's start."""

    across: float
    shear: float

    def applied(self, slices: Sequence[Envelope]) -> list[Envelope]:
        """The slices as they would be of the circle."""
        squeezed = []
        for piece, start in zip(slices, before(slices), strict=True):
            lift = self.shear * (start + piece.x - piece.left)
            squeezed.append(
                Envelope(
                    piece.page, piece.x * self.across, piece.top - lift, piece.bottom - lift,
                    piece.left * self.across, piece.right * self.across,
                )
            )  # fmt: skip
        return squeezed


def before(slices: Sequence[Envelope]) -> Floats:
    """Where every slice starts when they are laid side by side in mm."""
    widths = np.array([piece.width for piece in slices])
    return np.concatenate([[0.0], np.cumsum(widths[:-1] + _GAP_MM)])


@dataclass(frozen=True)
class CircleFit:
    """How slices compose: `starts`, `ends` = their limits in the seal's own frame (centre 0), residuals in mm."""

    radius: float
    x: Floats
    y: Floats
    starts: Floats
    ends: Floats
    residual: Floats
    close: Floats
    cost: float

    @property
    def gaps(self) -> Floats:
        """Paper missing between neighbours in mm; negative = overlap."""
        return self.starts[1:] - self.ends[:-1]

    @property
    def left_cap(self) -> float:
        """Part of the seal before the first slice in mm."""
        return float(self.starts[0] + self.radius)

    @property
    def right_cap(self) -> float:
        """Part of the seal after the last slice in mm."""
        return float(self.radius - self.ends[-1])

    @property
    def coverage(self) -> float:
        """Sum of the slice widths over the diameter."""
        return float((self.ends - self.starts).sum() / (2 * self.radius))

    @property
    def drift(self) -> float:
        """Largest difference of height between pages in mm."""
        return float(self.y.max() - self.y.min())


@dataclass(frozen=True)
class _Points:
    slice: NDArray[np.int64]
    x: Floats
    y: Floats
    weight: Floats


def _points(slices: Sequence[Envelope]) -> _Points:
    index, xs, ys, weights = [], [], [], []
    for number, piece in enumerate(slices):
        pick = np.unique(np.linspace(0, len(piece.x) - 1, min(len(piece.x), _MOST_COLUMNS)).round().astype(int))
        x = np.concatenate([piece.x[pick], piece.x[pick]])
        index.append(np.full(len(x), number))
        xs.append(x)
        ys.append(np.concatenate([piece.top[pick], piece.bottom[pick]]))
        weights.append(np.full(len(x), 1.0 / np.sqrt(len(x) / 12)))
    return _Points(np.concatenate(index), np.concatenate(xs), np.concatenate(ys), np.concatenate(weights))


def _radial(points: _Points, radius: float, cx: Floats, cy: Floats) -> tuple[Floats, Floats, Floats]:
    dx, dy = points.x - cx[points.slice], points.y - cy[points.slice]
    rho = np.maximum(np.hypot(dx, dy), 1e-6)
    return rho - radius, dx / rho, dy / rho


def _prior_rows(
    slices: Sequence[Envelope], holes: Sequence[bool], radius: float, cx: Floats, cy: Floats, known: float | None
) -> tuple[Floats, Floats]:
    """Residuals and Jacobian of what is expected: touching neighbours, equal heights, a usual radius."""
    count = len(slices)
    lefts, rights = np.array([s.left for s in slices]), np.array([s.right for s in slices])
    rows, residuals = [], []
    for i in range(count - 1):
        spread = 6.0 if holes[i] else _GAP_SPREAD
        row = np.zeros(1 + 2 * count)
        row[1 + i], row[2 + i] = 1 / spread, -1 / spread
        rows.append(row)
        gap = (lefts[i + 1] - cx[i + 1]) - (rights[i] - cx[i])
        residuals.append((gap - _GAP_MM) / spread)
    middle = float(np.median(cy))
    for i in range(count):
        row = np.zeros(1 + 2 * count)
        row[1 + count + i] = 1 / _DRIFT_SPREAD
        rows.append(row)
        residuals.append((cy[i] - middle) / _DRIFT_SPREAD)
    row = np.zeros(1 + 2 * count)
    spread = 8.0 if known is None else 0.15
    row[0] = 1 / spread
    rows.append(row)
    residuals.append((radius - (20.5 if known is None else known)) / spread)
    return np.array(residuals), np.array(rows)


def _solve(
    slices: Sequence[Envelope],
    points: _Points,
    holes: Sequence[bool],
    start: tuple[float, Floats, Floats],
    known: float | None,
    rounds: int,
) -> tuple[float, Floats, Floats, float]:
    radius, cx, cy = start[0], start[1].copy(), start[2].copy()
    count = len(slices)
    cost = np.inf
    for turn in range(rounds):
        scale = _SCALE_MM * (4.0 if turn < rounds // 3 else 2.0 if turn < 2 * rounds // 3 else 1.0)
        residual, nx, ny = _radial(points, radius, cx, cy)
        robust = points.weight / (1 + (residual / scale) ** 2)
        jacobian = np.zeros((len(residual), 1 + 2 * count))
        rows = np.arange(len(residual))
        jacobian[:, 0] = -1
        jacobian[rows, 1 + points.slice] = -nx
        jacobian[rows, 1 + count + points.slice] = -ny
        prior, prior_jacobian = _prior_rows(slices, holes, radius, cx, cy, known)
        weight = robust / _SCALE_MM**2
        normal = jacobian.T @ (jacobian * weight[:, None]) + prior_jacobian.T @ prior_jacobian
        gradient = jacobian.T @ (residual * weight) + prior_jacobian.T @ prior
        step = np.linalg.solve(normal + 1e-3 * np.eye(len(normal)), gradient)
        step = np.clip(step, -4, 4)
        radius = float(np.clip(radius - step[0], 10, 34))
        cx -= step[1 : 1 + count]
        cy -= step[1 + count :]
    residual, _, _ = _radial(points, radius, cx, cy)
    prior, _ = _prior_rows(slices, holes, radius, cx, cy, known)
    saturated = np.tanh((residual / (2 * _SCALE_MM)) ** 2) * points.weight
    cost = float(saturated.sum() + 0.15 * np.minimum(prior**2, 9).sum())
    return radius, cx, cy, cost


def _starts(slices: Sequence[Envelope], known: float | None) -> list[tuple[float, Floats, Floats]]:
    """Radius and centres to start from: slices laid side by side, from the left, from the right, or in the middle."""
    begins = before(slices)
    total = begins[-1] + slices[-1].width
    tallest = max(piece.height for piece in slices) / 2
    radii = {round(known, 1)} if known else {round(max(tallest, 14.0), 1), round(max(tallest * 1.06, total / 2, 14), 1)}
    cy = np.array([float(np.median((piece.top + piece.bottom) / 2)) for piece in slices])
    lefts = np.array([piece.left for piece in slices])
    starts = []
    for radius in sorted(min(r, MOST_RADIUS) for r in radii):
        for offset in {-radius, round(radius - total, 2), round(-total / 2, 2)}:
            starts.append((radius, lefts - (offset + begins), cy))
    return starts


def fit_circle(
    slices: Sequence[Envelope],
    holes: Sequence[bool] | None = None,
    known_radius: float | None = None,
    rounds: int = 18,
) -> CircleFit:
    """The circle that fits the slices in the given order; `holes[i]`: pages are missing between slice i and i + 1."""
    gaps_open = list(holes) if holes is not None else [False] * (len(slices) - 1)
    points = _points(slices)
    solved = [_solve(slices, points, gaps_open, start, known_radius, rounds) for start in _starts(slices, known_radius)]
    radius, cx, cy, cost = min(solved, key=lambda item: item[3])
    residual, _, _ = _radial(points, radius, cx, cy)
    medians = np.array([np.median(np.abs(residual[points.slice == i])) for i in range(len(slices))])
    close = np.array([np.mean(np.abs(residual[points.slice == i]) < 0.5) for i in range(len(slices))])
    starts = np.array([piece.left for piece in slices]) - cx
    ends = np.array([piece.right for piece in slices]) - cx
    return CircleFit(radius, cx, cy, starts, ends, medians, close, cost)
