"""The lettering of a seal unwrapped to a straight band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.ink import FloatMap
from pipeline.inspection.outline import Outline, points_and_normals
from pipeline.inspection.ring_apart import BEYOND_MM, inside
from pipeline.inspection.ring_arc import (
    ARC_PAD,
    COLUMNS,
    HALF_LETTER,
    HIDDEN,
    LETTERS_MM,
    Span,
    is_even,
    name_rows,
    places_of,
    widest,
)
from pipeline.inspection.ring_axis import axes
from pipeline.inspection.ring_ink import SCALE, Patch
from pipeline.inspection.ring_straight import grid, waviness

_DEPTH_MM = 9.5  # how far inside the border of a 40 mm seal the lettering can reach
_BORDERS_MM = 3.4  # of a 40 mm seal, by when even the inner of two borders has ended
_INKED, _LEAST_RING, _RING_ROW = 0.4, 0.5, 0.6  # share of inked columns of a border's row, of that of the best row
_LEAST_LEVEL = 0.1  # density of a border that can be told from noise


@dataclass(frozen=True)
class Unrolled:
    """Lettering of a seal, clockwise from the outline's top: rows run from the border inwards, 12 px/mm.

    `ink`, `lean`, `filled`, `thinned` = the patch's, 1 = as dark as seal or border; `first`, `last` = columns of the
    name (last may exceed the width: it wraps), `others` = other columns it may have, `top`, `bottom` = its rows,
    `inner` = first row inside the border, `hidden` = share of each column's letters off the picture or under ink that
    cannot be told from theirs, `covered` = off the picture or under any other seal, `axis` = turns one of which is the
    seal's middle, if known, `sure` = which of them is, `column_mm` = width of a column along the middle of the letters,
    `coarse` = the patch's.
    """

    ink: FloatMap
    lean: FloatMap
    filled: FloatMap
    thinned: FloatMap
    first: int
    last: int
    top: int
    bottom: int
    inner: int
    hidden: FloatMap
    covered: FloatMap
    others: tuple[Span, ...] = ()
    axis: tuple[float, ...] = ()
    sure: bool = False
    column_mm: float = 0.1
    coarse: bool = False

    def turns(self, count: int) -> tuple[float, ...]:
        """Degrees clockwise from the outline's top at which the middles of `count` characters of the name stand."""
        first, span = self.first + ARC_PAD, self.last - self.first - 2 * ARC_PAD
        return tuple((first + span * (at + 0.5) / count) / COLUMNS * 360 % 360 for at in range(count))

    def pitch(self, count: int, span: Span) -> float:
        """Letter heights from one of `count` characters in some columns to the next."""
        width = (span[1] - span[0] - 2 * ARC_PAD) / max(count, 1)
        return width * self.column_mm * SCALE / max(self.bottom - self.top, 1)

    @property
    def middle(self) -> float:
        """Turn (0..1 clockwise from the outline's top) of the middle of the name."""
        return ((self.first + self.last) / 2 / COLUMNS) % 1.0

    @property
    def span(self) -> Span:
        """Columns of the name."""
        return self.first, self.last

    @property
    def whole(self) -> bool:
        """Whether the name, and a character's width at all its possible ends, is to be seen."""
        return is_even(self.span, self.axis) and self._clear(self.hidden)

    @property
    def alone(self) -> bool:
        """Whether it is to be seen on the page by itself."""
        return self.whole and self._clear(self.covered)

    def _clear(self, lost: FloatMap) -> bool:
        first, last = widest((self.span, *self.others))
        around = np.arange(first - 2 * HALF_LETTER, last + 2 * HALF_LETTER) % COLUMNS
        return bool((lost[around] < HIDDEN).all())

    @property
    def upright(self) -> bool:
        """Whether the turn of `middle` is beyond doubt."""
        return self.whole or self.sure

    def band(self, ink: FloatMap, span: Span) -> FloatMap:
        """The name's rows of one of the maps in some columns."""
        return ink[self.top : self.bottom, np.arange(*span) % COLUMNS]


def unroll(patch: Patch) -> Unrolled | None:
    """Unwrap the border zone along the outline's normals, uniform in arc length; None if no name is on the arc."""
    outline, unit = patch.outline, min(patch.outline.a, patch.outline.b) / 20.0
    points, normals = points_and_normals(outline, COLUMNS)
    points = points + normals * waviness(patch, points, normals, unit)[:, None]
    x, y = grid(points, normals, np.arange(0, _DEPTH_MM * unit, 1 / SCALE))
    ink = _levelled(sampled(patch.ink, x, y), patch.level)
    inner = border_end(ink, unit)
    lean, filled, thinned = (
        _evened(sampled(each, x, y), inner, patch.level) for each in (patch.lean, patch.filled, patch.thinned)
    )
    rows = slice(*(inner + int(LETTERS_MM[at] * unit * SCALE) for at in (0, -1)))
    hidden, covered = (
        unseen(patch, x[rows], y[rows], BEYOND_MM, others).mean(axis=0, dtype=np.float32)
        for others in (patch.hiding, patch.beside)
    )
    axis = axes(patch)
    places = places_of(lean, inner, unit, hidden, axis)
    if places is None:
        return None
    first, last = places.spans[0]
    band = name_rows(lean[:, np.arange(first, last) % COLUMNS], inner, unit)
    if band is None:
        return None
    depth = sum(band) / 2 / SCALE
    column_mm = 2 * np.pi * max((outline.a + outline.b) / 2 - depth, 3) / COLUMNS
    return Unrolled(
        ink, lean, filled, thinned, first, last, *band, inner, hidden, covered,
        places.spans[1:], axis, places.sure, column_mm, patch.coarse,
    )  # fmt: skip


def _levelled(ink: FloatMap, level: float) -> FloatMap:
    return np.asarray(np.clip(ink / level, 0, 1), dtype=np.float32)


def border_end(ink: FloatMap, unit: float) -> int:
    """First row inside the border, the innermost one where there are two: a border is inked all round."""
    reach = max(3, int(_BORDERS_MM * unit * SCALE))
    covered = (ink[:reach] > _INKED).mean(axis=1)
    best = float(covered.max())
    if best < _LEAST_RING:
        mean = ink.mean(axis=1)
        top = int(mean[:reach].argmax())
        return next((row for row in range(top, len(mean)) if mean[row] < 0.5 * mean[top]), reach)
    last = int(np.flatnonzero(covered >= max(_LEAST_RING, _RING_ROW * best))[-1])
    return next((row for row in range(last, reach) if covered[row] < 0.5 * covered[last]), reach)


def _evened(ink: FloatMap, inner: int, level: float) -> FloatMap:
    """1 = as dark as the border typically is, or as the seal, whose letters may be lighter than its border."""
    border = float(np.median(ink[:inner].max(axis=0)))
    return _levelled(ink, max(min(border, level), _LEAST_LEVEL))


def sampled(ink: FloatMap, x: FloatMap, y: FloatMap) -> FloatMap:
    """Ink of the patch at places in px, none beyond it."""
    return np.asarray(cv2.remap(ink, x, y, cv2.INTER_LINEAR, borderValue=0), dtype=np.float32)


def unseen(
    patch: Patch, x: FloatMap, y: FloatMap, beyond_mm: float = 0.0, others: Sequence[Outline] | None = None
) -> NDArray[np.bool_]:
    """Which places are off the picture, or under other seals and so far beyond; `others` = not only those that hide."""
    height, width = patch.ink.shape
    gone = (x < 0) | (y < 0) | (x > width - 1) | (y > height - 1)
    for other in patch.hiding if others is None else others:
        gone |= inside(other.grown(beyond_mm), x / np.float32(SCALE), y / np.float32(SCALE))
    return np.asarray(gone)
