"""Whether every slice shows its own part of a known seal: correlation with a whole impression, one rotation for all.

Only the ring of lettering is compared. Border, star and the paper between are alike in all seals of a kind: with them
another company's seal of the same size agreed to 0.8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.circle import before
from pipeline.inspection.compose import Composition
from pipeline.inspection.ink import FloatMap
from pipeline.inspection.seals import PATCH, SealMark
from pipeline.inspection.strips import SCALE, EdgeInk, EdgeStrip
from pipeline.model import Edge

_PX = 6.0  # px/mm of the comparison
_STEP_DEG = 3.0
_SHIFT_MM = 1.4
_BORDER_MM = 1.8
_LETTERING = 0.45  # of the radius: further in stand the star and the lines below it
# Medians over the slices: genuine ones of 20 simulated documents 0.83 and more, at other rotations 0.04 and more below;
# another company's (7 documents) at most 0.77, and about as good at other rotations.
_SAME, _SAME_GAIN = 0.78, -0.03
# Single genuine slices: correlation >= 0.7, gain of another rotation <= 0.08; other ones (20) 0.74 and less.
_FOREIGN, _DOUBTFUL = (0.5, 0.15), (0.65, 0.08)  # correlation below, gain of another rotation above
_AWAY_STEPS = 3
# A name that differs in two characters agrees as a whole: every character is compared, in sectors as wide as one.
_SECTOR, _SECTOR_MM2, _SECTOR_INK_MM2 = 15.0, 8.0, 1.5  # degrees; least area and ink
_HALF_LETTER = 5.0  # degrees on either side of a character's middle that are surely its own
_SECTOR_REACH = 3  # px to look around
_STROKES_MM = 0.6  # what is wider than strokes is alike in all dense characters
# Of 20 genuine documents one had a sector below 0.4 and two below 0.57; other companies had one below 0.22, and 科技
# put for 器械 two of at most 0.51 and 0.54. A name that differs in one character may still pass for the same.
_OTHER_SECTOR, _POOR_SECTOR = 0.4, 0.57
_LEAST_WIDTH_MM = 2.5
_SAME_SIZE_MM = 1.2  # of half axes
_LEAST_INK_MM2 = 2.0


Sector = tuple[int, float]  # number, clockwise from three o'clock, and correlation


@dataclass(frozen=True)
class Agreement:
    """Correlation of every comparable slice with the impression at the rotation that suits all best.

    `gain` = how much better the slice alone would agree at a clearly different rotation; negative when genuine.
    `sectors` = every sector of its lettering, about a character each, with its correlation.
    """

    pages: tuple[int, ...]
    correlation: tuple[float, ...]
    gain: tuple[float, ...]
    sectors: tuple[tuple[Sector, ...], ...]
    typical: float
    whole_page: int

    @property
    def same_die(self) -> bool:
        """Whether the impression is of the die that the slices are of."""
        return self.typical >= _SAME and float(np.median(self.gain)) <= _SAME_GAIN

    @property
    def other_letters(self) -> tuple[int, ...]:
        """Pages whose slice has characters where the impression has none or others."""
        poor = [value for sectors in self.sectors for _, value in sectors if value < _POOR_SECTOR]
        if len(poor) < 2 and min(poor, default=1.0) >= _OTHER_SECTOR:
            return ()
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


def _scaled(ink: NDArray[np.float32], factor: float) -> FloatMap:
    return np.asarray(cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.float32)


def _rotations(mark: SealMark, radius: float) -> list[FloatMap]:
    """The impression at `_PX`, turned in steps; its centre in the middle, an oval squeezed to the circle."""
    ink = _scaled((mark.patch / 255).astype(np.float32), _PX / PATCH)
    half = int((radius + _SHIFT_MM + 1) * _PX)
    size = 2 * half + 1
    middle = (ink.shape[1] - 1) / 2
    own = _turn(np.deg2rad(mark.angle)) @ np.diag([mark.width, mark.height]) / (2 * radius)
    turned = []
    for degrees in np.arange(0, 360, _STEP_DEG):
        back = own @ _turn(np.deg2rad(degrees))
        matrix = np.column_stack([back, middle - back @ [half, half]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        turned.append(np.asarray(cv2.warpAffine(ink, matrix, (size, size), flags=flags), dtype=np.float32))
    return turned


def _turn(angle: float) -> NDArray[np.float64]:
    """Rotation by `angle` radians clockwise."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])


def _lettering(shape: tuple[int, ...], x: float, y: float, radius: float) -> FloatMap:
    """1 where the ring of lettering around a centre (px) lies, 0 elsewhere."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    away = np.hypot(columns - x, rows - y) / _PX
    return ((away < radius - _BORDER_MM) & (away > _LETTERING * radius)).astype(np.float32)


@dataclass(frozen=True)
class _Piece:
    """Ink of a slice at `_PX`, and its ring of lettering; rows centred on the circle, which starts at `start` mm."""

    ink: FloatMap
    ring: FloatMap
    start: float


def _piece(page: EdgeInk, edge: Edge, composed: Composition, index: int) -> _Piece | None:
    """One slice; None if it shows too little lettering to compare."""
    strip = page.strip(edge)
    piece, fit = composed.slices[index], composed.fit
    if strip is None or piece.width < _LEAST_WIDTH_MM:
        return None
    if composed.oval is not None:
        return _checked(_squeezed(strip, composed, index), float(fit.starts[index]), fit.radius)
    x0 = strip.ink.shape[1] + round(piece.left * SCALE)
    x1 = strip.ink.shape[1] + round(piece.right * SCALE)
    first = round((fit.y[index] - fit.radius - strip.start_mm) * SCALE)
    rows = int(2 * fit.radius * SCALE)
    part = np.zeros((rows, x1 - x0), np.float32)
    low, high = max(0, first), min(strip.ink.shape[0], first + rows)
    if high <= low:
        return None
    part[low - first : high - first] = strip.ink[low:high, x0:x1].astype(np.float32) / 255
    return _checked(_scaled(part, _PX / SCALE), float(fit.starts[index]), fit.radius)


def _checked(ink: FloatMap, start: float, radius: float) -> _Piece | None:
    ring = _lettering(ink.shape, -start * _PX, radius * _PX, radius)
    enough = float((ink * ring > 0.08).sum()) / _PX**2 >= _LEAST_INK_MM2
    return _Piece(ink, ring, start) if enough else None


def _squeezed(strip: EdgeStrip, composed: Composition, index: int) -> FloatMap:
    """A slice of an oval as one of a circle at `_PX`, rows centred on it."""
    piece, fit, oval = composed.slices[index], composed.fit, composed.oval
    assert oval is not None
    size = (round((fit.ends[index] - fit.starts[index]) * _PX), int(2 * fit.radius * _PX))
    # From a pixel of the result to mm of the page, then to a pixel of the strip.
    along = 1 / (_PX * oval.across)
    begin = float(before(composed.slices)[index])
    down = float(fit.y[index]) - fit.radius - strip.start_mm + oval.shear * begin
    matrix = np.array(
        [
            [along * SCALE, 0.0, strip.ink.shape[1] + piece.left * SCALE],
            [oval.shear * along * SCALE, SCALE / _PX, down * SCALE],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    ink = strip.ink.astype(np.float32) / 255
    return np.asarray(cv2.warpAffine(ink, matrix, size, flags=flags), dtype=np.float32)


@dataclass(frozen=True)
class _Field:
    """The part of the impression's rotations in which a slice is looked for; `x`, `y` = its corner there, in px."""

    turned: Sequence[FloatMap]
    x: int
    y: int
    size: tuple[int, int]

    @classmethod
    def of(cls, piece: _Piece, radius: float, turned: Sequence[FloatMap]) -> _Field:
        half, shift = turned[0].shape[0] // 2, int(_SHIFT_MM * _PX)
        x, y = round(half + piece.start * _PX) - shift, round(half - radius * _PX) - shift
        return cls(turned, x, y, (piece.ink.shape[1] + 2 * shift, piece.ink.shape[0] + 2 * shift))

    def at(self, step: int) -> FloatMap:
        """The picture at one rotation, with `_SECTOR_REACH` px around the field; blank beyond the impression."""
        whole = self.turned[step % len(self.turned)]
        left, top = self.x - _SECTOR_REACH, self.y - _SECTOR_REACH
        right, bottom = self.x + self.size[0] + _SECTOR_REACH, self.y + self.size[1] + _SECTOR_REACH
        part = whole[max(top, 0) : bottom, max(left, 0) : right]
        beyond = (max(-top, 0), max(bottom - whole.shape[0], 0), max(-left, 0), max(right - whole.shape[1], 0))
        return np.asarray(cv2.copyMakeBorder(part, *beyond, cv2.BORDER_CONSTANT, value=0), dtype=np.float32)


def _scores(window: FloatMap, ink: FloatMap, mask: FloatMap) -> NDArray[np.float32]:
    scores = cv2.matchTemplate(window, ink, cv2.TM_CCOEFF_NORMED, mask=mask)
    return np.where(np.abs(scores) <= 1.0, scores, np.float32(0.0))  # where either is blank the division fails


def _curve(piece: _Piece, field: _Field) -> NDArray[np.float64]:
    """Best correlation within +-1.4 mm for every rotation."""
    reach = _SECTOR_REACH
    inner = (field.at(step)[reach:-reach, reach:-reach] for step in range(len(field.turned)))
    return np.array([_scores(np.ascontiguousarray(part), piece.ink, piece.ring).max() for part in inner], np.float64)


def _sectors(piece: _Piece, radius: float, field: _Field, common: int) -> tuple[Sector, ...]:
    """Correlation of each sector with letters with that of the impression, laid where the whole slice fits best."""
    reach, (rows, columns) = _SECTOR_REACH, piece.ink.shape
    best, under = -1.0, cv2.copyMakeBorder(piece.ink, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=0)
    for step in (common - 1, common, common + 1):
        part = field.at(step)
        scores = _scores(np.ascontiguousarray(part[reach:-reach, reach:-reach]), piece.ink, piece.ring)
        _, value, _, (x, y) = cv2.minMaxLoc(scores)
        if value > best:
            best, under = value, part[y : y + rows + 2 * reach, x : x + columns + 2 * reach]
    fine, there = _strokes(piece.ink), _strokes(np.ascontiguousarray(under))
    down, across = np.ogrid[:rows, :columns]
    sector = np.degrees(np.arctan2(down - radius * _PX, across + piece.start * _PX)) % 360 // _SECTOR
    inked = (piece.ring > 0) & (np.maximum(piece.ink, under[reach:-reach, reach:-reach]) > 0.08)
    found = []
    for at in range(round(360 / _SECTOR)):
        mask = (sector == at) & (piece.ring > 0)
        if mask.sum() >= _SECTOR_MM2 * _PX**2 and (mask & inked).sum() >= _SECTOR_INK_MM2 * _PX**2:
            found.append((at, round(_of_sector(fine, mask, there), 3)))
    return tuple(found)


def _strokes(ink: FloatMap) -> FloatMap:
    return np.asarray(ink - cv2.GaussianBlur(ink, (0, 0), _STROKES_MM * _PX), dtype=np.float32)


def _of_sector(own: FloatMap, mask: NDArray[np.bool_], there: FloatMap) -> float:
    """Best correlation of the masked part with `there`, which has `_SECTOR_REACH` px more around."""
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    part = mask[y : y + height, x : x + width].astype(np.float32)
    near = there[y : y + height + 2 * _SECTOR_REACH, x : x + width + 2 * _SECTOR_REACH]
    return float(
        _scores(np.ascontiguousarray(near), np.ascontiguousarray(own[y : y + height, x : x + width]), part).max()
    )


def _agreed(pieces: Mapping[int, _Piece], radius: float, turned: Sequence[FloatMap], whole_page: int) -> Agreement:
    """The rotation common to all slices, and how each does there."""
    fields = {page: _Field.of(piece, radius, turned) for page, piece in pieces.items()}
    curves = np.stack([_curve(piece, fields[page]) for page, piece in pieces.items()])
    common = np.median(curves, axis=0) if len(curves) > 2 else curves.mean(axis=0)
    best = int(common.argmax())
    centred = np.roll(curves, -best, axis=1)
    near = np.take(centred, [-1, 0, 1], axis=1, mode="wrap").max(axis=1)
    away = centred[:, _AWAY_STEPS : 1 - _AWAY_STEPS].max(axis=1)
    correlation, gain = np.round(near, 3), np.round(away - near, 3)
    sectors = tuple(_sectors(piece, radius, fields[page], best) for page, piece in pieces.items())
    typical = float(np.median(near))
    return Agreement(tuple(pieces), tuple(correlation.tolist()), tuple(gain.tolist()), sectors, typical, whole_page)


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
    cut = {piece.page: _piece(by_page[piece.page], edge, composed, at) for at, piece in enumerate(composed.slices)}
    pieces = {page: piece for page, piece in cut.items() if piece is not None}
    if len(pieces) < 2:
        return None
    found = [_agreed(pieces, radius, _rotations(mark, radius), mark.page) for mark in usable[:3]]
    return max(found, key=lambda one: one.typical, default=None)
