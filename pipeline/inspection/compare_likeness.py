"""How alike patches of two maps are, and where a patch lies that is nearly in its place.

Normalised correlation from sums of squared differences: exact, and a hundredth of the time that a search by Fourier
transform takes for one place. Print that was registered lies a pixel off at most, so a few places are all it takes.
"""

from __future__ import annotations

from math import floor, sqrt
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.model import Pixels

Place = tuple[float, float, float]  # shift (dx, dy) in px, and normalised correlation there
PLAIN = 0.85  # correlation from which the top that was climbed is the place; below it the whole reach is searched
_SQUARED = cv2.NORM_L2SQR
_CUBIC = -0.75  # OpenCV's own kernel


class Pattern:
    """A patch to look for; never empty."""

    __slots__ = ("_count", "_patch", "_power", "_spread", "_sum")

    def __init__(self, patch: Pixels) -> None:
        self._patch, self._count = patch, patch.size
        self._sum, self._power = sums(patch)
        self._spread = self._count * self._power - self._sum * self._sum

    def likeness(self, seen: Pixels) -> float:
        """Normalised correlation -1..1 with a patch of the same size; 0 where either has no contrast."""
        return self.likeness_to(seen, *sums(seen))

    def likeness_to(self, seen: Pixels, total: float, power: float) -> float:
        """The same with the patch's `sums` known."""
        spread = self._count * power - total * total
        if spread <= 0 or self._spread <= 0:
            return 0.0
        shared = (power + self._power - cv2.norm(seen, self._patch, _SQUARED)) / 2
        return float((self._count * shared - self._sum * total) / sqrt(spread * self._spread))


def sums(patch: Pixels) -> tuple[float, float]:
    """Sum of a patch and of its squares."""
    return cv2.sumElems(patch)[0], cv2.norm(patch, _SQUARED)


def find_near(scan: Pixels, patch: Pixels, corner: tuple[int, int], reach: int) -> Place:
    """Shift from `corner` (x, y in px of the scan) at which a patch lies, at most `reach` px away.

    Climbed from the corner; searched all over where that ends on no plain top. The reach must lie within the scan.
    """
    return _climbed(scan, patch, corner, reach) or _searched(scan, patch, corner, reach)


def _climbed(scan: Pixels, patch: Pixels, corner: tuple[int, int], reach: int) -> Place | None:
    pattern, (height, width) = Pattern(patch), patch.shape
    known: dict[tuple[int, int], float] = {}

    def at(x: int, y: int) -> float:
        if (x, y) not in known:
            left, top = corner[0] + x, corner[1] + y
            known[x, y] = pattern.likeness(scan[top : top + height, left : left + width])
        return known[x, y]

    x, y, best = 0, 0, at(0, 0)
    while max(abs(x), abs(y)) < reach:
        around = ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1))
        scores = [at(*place) for place in around]
        most = max(scores)
        if most <= best:
            left, right, above, below = scores
            return (x + vertex(left, best, right), y + vertex(above, best, below), best) if best >= PLAIN else None
        (x, y), best = around[scores.index(most)], most
    return None


def _searched(scan: Pixels, patch: Pixels, corner: tuple[int, int], reach: int) -> Place:
    left, top = corner[0] - reach, corner[1] - reach
    area = scan[top : top + patch.shape[0] + 2 * reach, left : left + patch.shape[1] + 2 * reach]
    scores = cv2.matchTemplate(area, patch, cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(scores)
    dx, dy = x - reach + _peak(scores[y, :], x), y - reach + _peak(scores[:, x], y)
    return dx, dy, float(best) if np.isfinite(best) else 0.0


def contrast(picture: Pixels) -> float:
    """From the lightest to the darkest pixel; numpy takes longer for it than for the comparison of a character."""
    least, most, _, _ = cv2.minMaxLoc(picture)
    return most - least


def vertex(before: float, here: float, after: float) -> float:
    """Offset of a parabola's top from the middle of three samples, -0.5..0.5."""
    bend = before - 2 * here + after
    return max(-0.5, min(0.5, (before - after) / (2 * bend))) if bend < -1e-9 else 0.0


def moved_by(patch: Pixels, dx: float, dy: float) -> Pixels:
    """A patch moved by less than a pixel (cubic; its edge repeats beyond it)."""
    (across, left), (down, above) = _taps(dx), _taps(dy)
    anchor = (1 - left, 1 - above)
    result = cv2.sepFilter2D(patch, cv2.CV_8U, across, down, anchor=anchor, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(result, dtype=np.uint8)


def _taps(shift: float) -> tuple[NDArray[np.float32], int]:
    """Weights of four neighbours, and how far the second of them lies from the pixel."""
    first = floor(-shift)
    f, a = -shift - first, _CUBIC
    outer = ((a * (f + 1) - 5 * a) * (f + 1) + 8 * a) * (f + 1) - 4 * a
    inner = ((a + 2) * f - (a + 3)) * f * f + 1
    other = ((a + 2) * (1 - f) - (a + 3)) * (1 - f) * (1 - f) + 1
    return np.array([outer, inner, other, 1 - outer - inner - other], dtype=np.float32), first


def _peak(scores: NDArray[Any], at: int) -> float:
    if not 0 < at < len(scores) - 1:
        return 0.0
    before, here, after = scores[at - 1 : at + 2].tolist()
    return vertex(before, here, after)
