"""Whether every slice shows its own part of a known seal: correlation with a whole impression, one rotation for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.compose import Composition
from pipeline.inspection.ink import FloatMap
from pipeline.inspection.overlay import AROUND, INKED, PX, Field, Piece, piece_of, rotations, scores_of, strokes
from pipeline.inspection.seals import SealMark
from pipeline.inspection.strips import EdgeInk
from pipeline.model import Edge

_STEP_DEG = 3.0
_FINE_DEG = np.arange(-4.0, 5.0)  # around the common rotation: strokes no longer meet where it is 2 degrees off
# Medians over the slices: genuine ones of 20 simulated documents 0.83 and more, at other rotations 0.04 and more below;
# another company's (7 documents) at most 0.77, and about as good at other rotations.
_SAME, _SAME_GAIN = 0.78, -0.03
# Single genuine slices: correlation >= 0.7, gain of another rotation <= 0.08; other ones (20) 0.74 and less.
_FOREIGN, _DOUBTFUL = (0.5, 0.15), (0.65, 0.08)  # correlation below, gain of another rotation above
_AWAY_STEPS = 3
# Strokes of single slices of 1.5 mm and more: genuine ones with lettering (51 of 7 documents) agree to 0.74 and more,
# by 0.09 and more better than at other rotations; of 144 cut from other seals or turned otherwise one reached this.
_TELLING, _TELLING_LEAD = 0.68, 0.06
_PLACED_LEAD = 0.15  # with less the slice may slide along its few strokes
_BARE_MM2 = 1.0
# Seams of two careless scans of sheets 5 mm wide differed by more than 1.6 mm, so wide slices are given more.
_LEAST_SEAMS, _HOLE_MM, _HOLE = 3, 1.6, 0.6  # of the usual slice
# A name that differs in two characters agrees as a whole: every character is compared, in sectors as wide as one.
_SECTOR, _SECTOR_MM2, _SECTOR_INK_MM2 = 15.0, 8.0, 1.5  # degrees; least area and ink
_HALF_LETTER = 5.0  # degrees on either side of a character's middle that are surely its own
# The worst sector of 51 genuine documents agreed to 0.70; of 167 whose seal differs in two characters or in one (械 for
# 器械 put 机械 or 科技) to 0.67 and less.
_POOR_SECTOR = 0.68
_LEAST_WIDTH_MM = 2.5
_SAME_SIZE_MM = 1.2  # of half axes
_LEAST_INK_MM2 = 2.0


Sector = tuple[int, float]  # number, clockwise from three o'clock, and correlation


@dataclass(frozen=True)
class Look:
    """How the strokes of a slice agree: correlation at the common rotation, its lead over all clearly other ones.

    `lettering` = ink of the ring of lettering in mm2; `start`, `end` = where the slice lies on the impression, in mm
    from its centre.
    """

    near: float = 0.0
    lead: float = 0.0
    lettering: float = 0.0
    start: float = 0.0
    end: float = 0.0

    @property
    def tells(self) -> bool:
        """Whether the slice alone is known for one of the impression's."""
        return self.near >= _TELLING and self.lead >= _TELLING_LEAD

    @property
    def placed(self) -> bool:
        """Whether where it lies is known to a few tenths of a mm."""
        return self.tells and self.lead >= _PLACED_LEAD

    @property
    def bare(self) -> bool:
        """Whether it shows no lettering where the impression has none either: all seals of its size do."""
        return not self.tells and self.near >= _TELLING and self.lettering < _BARE_MM2


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
    def untold(self) -> tuple[int, ...]:
        """Pages whose slice bears lettering that alone could as well be another seal's."""
        return tuple(page for page, look in self.looks.items() if not (look.tells or look.bare))

    @property
    def apart(self) -> tuple[tuple[int, int], ...]:
        """Neighbouring pages between which more of the seal is missing than a scanner takes at the other seams."""
        looks = list(self.looks.items())
        known = [(a, b, two.start - one.end) for (a, one), (b, two) in pairwise(looks) if one.placed and two.placed]
        if len(known) < _LEAST_SEAMS:
            return ()
        beyond = np.array([gap for _, _, gap in known]) - float(np.median([gap for _, _, gap in known]))
        # A slice laid too far to one side lacks there what it has too much on the other.
        lent = np.minimum(np.concatenate([[0.0], beyond, [0.0]]), 0)
        sheet = float(np.median([look.end - look.start for look in self.looks.values()]))
        wide = beyond + lent[:-2] + lent[2:] > max(_HOLE_MM, _HOLE * sheet)
        return tuple((a, b) for (a, b, _), flag in zip(known, wide, strict=True) if flag)

    @property
    def other_letters(self) -> tuple[int, ...]:
        """Pages whose slice has characters where the impression has none or others."""
        rows = zip(self.pages, self.sectors, strict=True)
        return tuple(page for page, sectors in rows if any(value < _POOR_SECTOR for _, value in sectors))

    def unlike(self, turns: Sequence[float]) -> tuple[int, ...]:
        """Which of the characters at these turns (degrees clockwise from the top) the impression does not confirm."""
        worst: dict[int, float] = {}
        for at, value in (sector for sectors in self.sectors for sector in sectors):
            worst[at] = min(value, worst.get(at, 1.0))
        reached = [
            {int((turn + side - 90) % 360 // _SECTOR) for side in (-_HALF_LETTER, _HALF_LETTER)} for turn in turns
        ]
        return tuple(
            at
            for at, sectors in enumerate(reached)
            if not any(sector in worst for sector in sectors)
            or any(worst.get(sector, 1.0) < _POOR_SECTOR for sector in sectors)
        )

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


def _sectors(piece: Piece, radius: float, field: Field, common: int) -> tuple[Sector, ...]:
    """Correlation of each sector with letters with that of the impression, laid where the whole slice fits best."""
    reach, (rows, columns) = AROUND, piece.ink.shape
    best, under = -1.0, cv2.copyMakeBorder(piece.ink, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=0)
    for step in (common - 1, common, common + 1):
        part = field.at(step)
        scores = scores_of(np.ascontiguousarray(part[reach:-reach, reach:-reach]), piece.ink, piece.ring)
        _, value, _, (x, y) = cv2.minMaxLoc(scores)
        if value > best:
            best, under = value, part[y : y + rows + 2 * reach, x : x + columns + 2 * reach]
    fine, there = strokes(piece.ink), strokes(np.ascontiguousarray(under))
    down, across = np.ogrid[:rows, :columns]
    sector = np.degrees(np.arctan2(down - radius * PX, across + piece.start * PX)) % 360 // _SECTOR
    inked = (piece.ring > 0) & (np.maximum(piece.ink, under[reach:-reach, reach:-reach]) > INKED)
    found = []
    for at in range(round(360 / _SECTOR)):
        mask = (sector == at) & (piece.ring > 0)
        if mask.sum() >= _SECTOR_MM2 * PX**2 and (mask & inked).sum() >= _SECTOR_INK_MM2 * PX**2:
            found.append((at, round(_of_sector(fine, mask, there), 3)))
    return tuple(found)


def _of_sector(own: FloatMap, mask: NDArray[np.bool_], there: FloatMap) -> float:
    """Best correlation of the masked part with `there`, which has `AROUND` px more around."""
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    part = mask[y : y + height, x : x + width].astype(np.float32)
    near = there[y : y + height + 2 * AROUND, x : x + width + 2 * AROUND]
    return float(
        scores_of(np.ascontiguousarray(near), np.ascontiguousarray(own[y : y + height, x : x + width]), part).max()
    )


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
    looks, middle = _looked_at(pieces, seal, best, [strokes(one) for one in fine])
    sectors = tuple(_sectors(piece, seal.radius, Field.of(piece, seal.radius, fine), middle) for piece in wide.values())
    return Agreement(
        tuple(wide),
        tuple(np.round(near, 3).tolist()),
        tuple(np.round(away - near, 3).tolist()),
        sectors,
        {page: looks.get(page, Look()) for page in all_pages},
        float(np.median(near)),
        seal.mark.page,
    )


def _laid(piece: Piece, ink: FloatMap, field: Field, steps: Sequence[int]) -> tuple[float, float]:
    """Best correlation of a slice's `ink` at these rotations, and how far to the right in mm it lies there."""
    best, shift = -1.0, 0.0
    for step in steps:
        part = np.ascontiguousarray(field.at(step)[AROUND:-AROUND, AROUND:-AROUND])
        scores = scores_of(part, ink, piece.ring)
        _, value, _, (x, _) = cv2.minMaxLoc(scores)
        if value > best:
            best, shift = value, (x - scores.shape[1] // 2) / PX
    return best, shift


def _looked_at(
    pieces: Mapping[int, Piece], seal: _Impression, best: int, fine: Sequence[FloatMap]
) -> tuple[dict[int, Look], int]:
    """What the strokes of every slice tell at the common rotation, and the place of that in `fine`."""
    own = {page: strokes(piece.ink) for page, piece in pieces.items()}
    fields = {page: Field.of(piece, seal.radius, fine) for page, piece in pieces.items()}
    close = np.stack([_curve(piece, own[page], fields[page]) for page, piece in pieces.items()])
    middle = int(np.clip(_common(close), 1, len(fine) - 2))
    looks = {}
    for page, piece in pieces.items():
        around = _curve(piece, own[page], Field.of(piece, seal.radius, seal.strokes))[np.newaxis]
        near, shift = _laid(piece, own[page], fields[page], range(middle - 1, middle + 2))
        lead = near - float(_near_and_away(around, best)[1][0])
        looks[page] = Look(near, lead, piece.lettering, piece.start + shift, piece.start + shift + piece.width)
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
