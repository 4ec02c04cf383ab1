"""Whether every slice shows its own part of a known seal: correlation with a whole impression, one rotation for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.compose import Composition
from pipeline.inspection.ink import FloatMap
from pipeline.inspection.letters import Sector, has_other_letter, sectors_of, unlike_letters
from pipeline.inspection.overlay import AROUND, INKED, PX, Field, Piece, piece_of, rotations, scores_of, strokes
from pipeline.inspection.own_size import is_of_size
from pipeline.inspection.seals import SealMark
from pipeline.inspection.strips import EdgeInk
from pipeline.model import Edge

_STEP_DEG = 3.0
_FINE_DEG = np.arange(-4.0, 5.0)  # around the common rotation: strokes no longer meet where it is 2 degrees off
# Measured on 23 simulated documents of up to 15 sheets at 150 to 300 dpi, a third of them scanned badly, and on slices
# cut from other seals or from the same seal turned by 5 to 60 degrees, laid in the same places.
# Medians over the slices: genuine 0.896 and more, -0.094 and less; others 0.764 and less, 0.034 and more.
_SAME, _SAME_GAIN = 0.82, -0.03
# 165 genuine slices: correlation 0.78 and more, gain of another rotation 0.03 and less. Of 330 of other seals 204 fall
# short of the first, 272 of the second; of 167 turned ones 158 and 163.
_FOREIGN, _DOUBTFUL = (0.6, 0.12), (0.72, 0.06)  # correlation below, gain of another rotation above
_AWAY_STEPS = 3
# Strokes of slices with lettering: 172 of 175 genuine ones reached both (all of them 0.722 and more, three with a few
# strokes lead by less), 2 of 348 of other seals, none of 178 turned otherwise. Looking for each slice's own rotation
# 2 degrees around the common one instead of 1 let in a third.
_TELLING, _TELLING_LEAD = 0.68, 0.06
# With less a slice is still likelier this seal's than another's. Three of 183 genuine ones with lettering led by 0.03
# to 0.06 only, one of a bad scan agreed to 0.66. Of 380 of other seals, those apart that all else betrays, none led by
# 0.005 to 0.06, and one led by more but agreed to 0.60 only; of 187 turned otherwise none did either.
_LIKELY, _LIKELY_LEAD = 0.63, 0.02
_PLACED_LEAD = 0.15  # with less the slice may slide along its few strokes
# Lettering in mm2: most of a slice that shows none, most of what the impression has there when all is counted (genuine
# ones 2.6 and less), and so little that nothing is left to correlate.
_BARE_MM2, _FEW_MM2, _NOTHING_MM2 = 1.0, 3.5, 0.3
# Seams of two careless scans of sheets 5 mm wide differed by more than 1.6 mm, so wide slices are given more.
_LEAST_SEAMS, _HOLE_MM, _HOLE = 3, 1.6, 0.6  # of the usual slice
_LEAST_WIDTH_MM = 2.0
_SAME_SIZE_MM = 1.2  # of half axes
_LEAST_INK_MM2 = 2.0


@dataclass(frozen=True)
class Look:
    """How the strokes of a slice agree: correlation at the common rotation, its lead over all clearly other ones.

    `lettering` = ink of the ring of lettering in mm2 but for the seams; `start`, `end` = where the slice lies, in mm
    from the impression's centre; `letters` = lettering with the seams, that of the impression if it has more;
    `of_size` = a border that curves as the impression's, known for wide slices that have nothing else.
    """

    near: float = 0.0
    lead: float = 0.0
    lettering: float = 0.0
    start: float = 0.0
    end: float = 0.0
    letters: float = np.inf
    of_size: bool = False

    @property
    def tells(self) -> bool:
        """Whether the slice alone is known for one of the impression's."""
        return self.near >= _TELLING and self.lead >= _TELLING_LEAD

    @property
    def likely(self) -> bool:
        """Whether it is likelier the impression's than another's, but not known to be."""
        return self.near >= _LIKELY and self.lead >= _LIKELY_LEAD and not (self.tells or self.bare)

    @property
    def placed(self) -> bool:
        """Whether where it lies is known to a few tenths of a mm."""
        return self.tells and self.lead >= _PLACED_LEAD

    @property
    def bare(self) -> bool:
        """Whether it shows no lettering where the impression has none either: all seals of its size do."""
        alike = self.letters < (_FEW_MM2 if self.near >= _TELLING else _NOTHING_MM2)
        return not self.tells and self.lettering < _BARE_MM2 and alike


@dataclass(frozen=True)
class Agreement:
    """Correlation of every comparable slice with the impression at the rotation that suits all best.

    `gain` = how much better the slice alone would agree at a clearly different rotation; negative when genuine.
    `sectors` = every sector of its lettering, about a character each, with its correlation. `looks` = what each slice
    of the seal tells by itself, in the order of the slices.
    """

    pages: tuple[int, ...]
    correlation: tuple[float, ...]
    gain: tuple[float, ...]
    sectors: tuple[tuple[Sector, ...], ...]
    looks: Mapping[int, Look]
    typical: float
    whole_page: int

    @property
    def same_die(self) -> bool:
        """Whether the impression is of the die that the slices are of."""
        return self.typical >= _SAME and float(np.median(self.gain)) <= _SAME_GAIN

    @property
    def bare(self) -> tuple[int, ...]:
        """Pages whose slice is nothing but border, where the impression is as well."""
        return tuple(page for page, look in self.looks.items() if look.bare)

    @property
    def of_size(self) -> tuple[int, ...]:
        """Those of the bare pages whose border is of a seal of this size."""
        return tuple(page for page, look in self.looks.items() if look.bare and look.of_size)

    @property
    def untold(self) -> tuple[int, ...]:
        """Pages whose slice bears lettering that alone could as well be another seal's."""
        return tuple(page for page, look in self.looks.items() if not (look.tells or look.bare))

    @property
    def likely(self) -> tuple[int, ...]:
        """Those of the untold pages whose lettering suits this seal better than turned otherwise, if not by much."""
        return tuple(page for page, look in self.looks.items() if look.likely)

    @property
    def apart(self) -> tuple[tuple[int, int], ...]:
        """Neighbouring pages between which more of the seal is missing than a scanner takes at the other seams."""
        placed = [(at, page, look) for at, (page, look) in enumerate(self.looks.items()) if look.placed]
        widths = [look.end - look.start for look in self.looks.values()]
        # Between two that are surely placed there may be others, as wide as they are wherever they lie.
        known = [
            (a, b, k - i, two.start - one.end - sum(widths[i + 1 : k])) for (i, a, one), (k, b, two) in pairwise(placed)
        ]
        if len(known) < _LEAST_SEAMS:
            return ()
        usual = float(np.median([gap / seams for _, _, seams, gap in known]))
        beyond = np.array([gap - seams * usual for _, _, seams, gap in known])
        # A slice laid too far to one side lacks there what it has too much on the other.
        lent = np.minimum(np.concatenate([[0.0], beyond, [0.0]]), 0)
        sheet = float(np.median(widths))
        wide = beyond + lent[:-2] + lent[2:] > max(_HOLE_MM, _HOLE * sheet)
        return tuple((a, b) for (a, b, *_), flag in zip(known, wide, strict=True) if flag)

    @property
    def other_letters(self) -> tuple[int, ...]:
        """Pages whose slice has characters where the impression has none or others."""
        return tuple(page for page, sectors in zip(self.pages, self.sectors, strict=True) if has_other_letter(sectors))

    def unlike(self, turns: Sequence[float]) -> tuple[int, ...]:
        """Which of the characters at these turns (degrees clockwise from the top) the impression does not confirm."""
        return unlike_letters((sector for sectors in self.sectors for sector in sectors), turns)

    def _outside(self, least: float, most_gain: float) -> tuple[int, ...]:
        """Pages that fall short; none when the impression is not of the same die."""
        if not self.same_die:
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


def _curve(piece: Piece, ink: FloatMap, field: Field) -> NDArray[np.float64]:
    """Best correlation of a slice's `ink` within +-1.4 mm for every rotation."""
    reach = AROUND
    inner = (field.at(step)[reach:-reach, reach:-reach] for step in range(len(field.turned)))
    return np.array([scores_of(np.ascontiguousarray(part), ink, piece.ring).max() for part in inner], np.float64)


@dataclass(frozen=True)
class _Impression:
    """A whole impression turned to be compared: in steps all around, and its strokes alike."""

    mark: SealMark
    radius: float
    turned: Sequence[FloatMap]
    strokes: Sequence[FloatMap]

    @classmethod
    def of(cls, mark: SealMark, radius: float) -> _Impression:
        turned = rotations(mark, radius, np.arange(0, 360, _STEP_DEG))
        return cls(mark, radius, turned, [strokes(one) for one in turned])

    def around(self, degrees: float) -> list[FloatMap]:
        """The impression in fine steps around a rotation."""
        return rotations(self.mark, self.radius, degrees + _FINE_DEG)


def _common(curves: NDArray[np.float64]) -> int:
    """The rotation that suits all slices best."""
    return int((np.median(curves, axis=0) if len(curves) > 2 else curves.mean(axis=0)).argmax())


def _near_and_away(curves: NDArray[np.float64], best: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How each slice does at the common rotation, and the best of it at a clearly other one."""
    centred = np.roll(curves, -best, axis=1)
    near = np.take(centred, [-1, 0, 1], axis=1, mode="wrap").max(axis=1)
    return near, centred[:, _AWAY_STEPS : 1 - _AWAY_STEPS].max(axis=1)


def _agreed(pieces: Mapping[int, Piece], all_pages: Sequence[int], seal: _Impression) -> Agreement | None:
    """The rotation common to all slices, and how each does there."""
    wide = {p: one for p, one in pieces.items() if one.width >= _LEAST_WIDTH_MM and one.lettering >= _LEAST_INK_MM2}
    if len(wide) < 2:
        return None
    fields = {page: Field.of(piece, seal.radius, seal.turned) for page, piece in wide.items()}
    curves = np.stack([_curve(piece, piece.ink, fields[page]) for page, piece in wide.items()])
    best = _common(curves)
    near, away = _near_and_away(curves, best)
    fine = seal.around(best * _STEP_DEG)
    looks, middle = _looked_at(pieces, seal, best, fine)
    sectors = tuple(
        sectors_of(piece, seal.radius, Field.of(piece, seal.radius, fine), middle) for piece in wide.values()
    )
    return Agreement(
        tuple(wide),
        tuple(np.round(near, 3).tolist()),
        tuple(np.round(away - near, 3).tolist()),
        sectors,
        {page: looks.get(page, Look()) for page in all_pages},
        float(np.median(near)),
        seal.mark.page,
    )


def _laid(piece: Piece, ink: FloatMap, field: Field, steps: Sequence[int]) -> tuple[float, int, tuple[int, int]]:
    """Best correlation of a slice's `ink` at these rotations, at which it is, and its place in the field in px."""
    best, at, place = -1.0, steps[0], (0, 0)
    for step in steps:
        part = np.ascontiguousarray(field.at(step)[AROUND:-AROUND, AROUND:-AROUND])
        _, value, _, where = cv2.minMaxLoc(scores_of(part, ink, piece.ring))
        if value > best:
            best, at, place = value, step, (int(where[0]), int(where[1]))
    return best, at, place


def _any_letters(piece: Piece, field: Field, step: int, place: tuple[int, int]) -> float:
    """Lettering in mm2 of the slice or of the impression where it lies, whichever has more; seams and all."""
    x, y = place[0] + AROUND, place[1] + AROUND
    rows, columns = piece.ink.shape
    under = field.at(step)[y : y + rows, x : x + columns]
    return max(float((part * piece.zone > INKED).sum()) / PX**2 for part in (piece.ink, under))


def _looked_at(
    pieces: Mapping[int, Piece], seal: _Impression, best: int, turned: Sequence[FloatMap]
) -> tuple[dict[int, Look], int]:
    """What the strokes of every slice tell at the common rotation, and the place of that in `turned`."""
    fine = [strokes(one) for one in turned]
    own = {page: strokes(piece.ink) for page, piece in pieces.items()}
    fields = {page: Field.of(piece, seal.radius, fine) for page, piece in pieces.items()}
    close = np.stack([_curve(piece, own[page], fields[page]) for page, piece in pieces.items()])
    middle = int(np.clip(_common(close), 1, len(fine) - 2))
    looks = {}
    for page, piece in pieces.items():
        around = _curve(piece, own[page], Field.of(piece, seal.radius, seal.strokes))[np.newaxis]
        near, step, place = _laid(piece, own[page], fields[page], range(middle - 1, middle + 2))
        lead = near - float(_near_and_away(around, best)[1][0])
        letters = _any_letters(piece, Field.of(piece, seal.radius, turned), step, place)
        start = piece.start + (place[0] - (fields[page].size[0] - piece.ink.shape[1]) // 2) / PX
        look = Look(near, lead, piece.lettering, start, start + piece.width, letters)
        looks[page] = replace(look, of_size=look.bare and is_of_size(piece, turned[step], seal.radius))
    return looks, middle


def agreement(
    by_page: Mapping[int, EdgeInk], edge: Edge, composed: Composition, marks: Sequence[SealMark]
) -> Agreement | None:
    """How the slices agree with the whole impression that suits them best; None without a comparable impression."""
    radius = composed.fit.radius
    outline = composed.outline
    usable = [
        mark
        for mark in marks
        if (mark.shape, mark.visible > 0.9) == (outline.shape, True)
        and abs(mark.diameter / 2 - max(outline.a, outline.b)) < _SAME_SIZE_MM
        and abs(min(mark.width, mark.height) / 2 - min(outline.a, outline.b)) < _SAME_SIZE_MM
    ]
    cut = {piece.page: piece_of(by_page[piece.page], edge, composed, at) for at, piece in enumerate(composed.slices)}
    pieces = {page: piece for page, piece in cut.items() if piece is not None}
    agreed = [_agreed(pieces, composed.pages, _Impression.of(mark, radius)) for mark in usable[:3]]
    return max((one for one in agreed if one is not None), key=lambda one: one.typical, default=None)
