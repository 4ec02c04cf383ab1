"""The characters of a slice one by one beside those of a whole impression.

A name that differs in two characters agrees as a whole: the ring is compared in sectors as wide as one character.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.ink import FloatMap
from pipeline.inspection.overlay import AROUND, INKED, PX, Field, Piece, scores_of, strokes

_SECTOR, _SECTOR_MM2, _SECTOR_INK_MM2 = 15.0, 8.0, 1.5  # degrees; least area and ink
# The digits of a seal's code stand outside of this part of its radius, all of a name reaches further in. Digits of
# 1.5 mm dissolve in a bad scan (genuine ones agreed to 0.44), and tell seals of one company apart, not companies.
_DIGITS, _DEEP_MM2 = 0.8, 0.5
_HALF_LETTER = 5.0  # degrees on either side of a character's middle that are surely its own
# The worst sector of 51 genuine documents agreed to 0.70; of 167 whose seal differs in two characters or in one (械 for
# 器械 put 机械 or 科技) to 0.67 and less. Since slices end where their ink does: 12 genuine ones, a third of them
# scanned badly, 0.74 and more, 24 others 0.61 and less.
_POOR_SECTOR = 0.68

Sector = tuple[int, float]  # number, clockwise from three o'clock, and correlation


def sectors_of(piece: Piece, radius: float, field: Field, common: int) -> tuple[Sector, ...]:
    """Correlation of each sector with letters with that of the impression, laid where the whole slice fits best."""
    rows, columns = piece.ink.shape
    under = _beneath(piece, field, common)
    fine, there = strokes(piece.ink), strokes(np.ascontiguousarray(under))
    down, across = np.ogrid[:rows, :columns]
    sector = np.degrees(np.arctan2(down - radius * PX, across + piece.start * PX)) % 360 // _SECTOR
    deep = np.hypot(down - radius * PX, across + piece.start * PX) < _DIGITS * radius * PX
    inked = (piece.ring > 0) & (np.maximum(piece.ink, under[AROUND:-AROUND, AROUND:-AROUND]) > INKED)
    found = []
    for at in range(round(360 / _SECTOR)):
        mask = (sector == at) & (piece.ring > 0)
        wide = mask.sum() >= _SECTOR_MM2 * PX**2 and (mask & inked).sum() >= _SECTOR_INK_MM2 * PX**2
        if wide and (mask & inked & deep).sum() >= _DEEP_MM2 * PX**2:
            found.append((at, round(_of_sector(fine, mask, there), 3)))
    return tuple(found)


def _beneath(piece: Piece, field: Field, common: int) -> FloatMap:
    """The impression where the slice fits best, with `AROUND` px more around."""
    rows, columns = piece.ink.shape
    best, under = -1.0, cv2.copyMakeBorder(piece.ink, *(AROUND,) * 4, cv2.BORDER_CONSTANT, value=0)
    for step in (common - 1, common, common + 1):
        part = field.at(step)
        scores = scores_of(np.ascontiguousarray(part[AROUND:-AROUND, AROUND:-AROUND]), piece.ink, piece.ring)
        _, value, _, (x, y) = cv2.minMaxLoc(scores)
        if value > best:
            best, under = value, part[y : y + rows + 2 * AROUND, x : x + columns + 2 * AROUND]
    return np.asarray(under, dtype=np.float32)


def _of_sector(own: FloatMap, mask: NDArray[np.bool_], there: FloatMap) -> float:
    """Best correlation of the masked part with `there`, which has `AROUND` px more around."""
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    part = mask[y : y + height, x : x + width].astype(np.float32)
    near = there[y : y + height + 2 * AROUND, x : x + width + 2 * AROUND]
    return float(
        scores_of(np.ascontiguousarray(near), np.ascontiguousarray(own[y : y + height, x : x + width]), part).max()
    )


def has_other_letter(sectors: Iterable[Sector]) -> bool:
    """Whether a slice has characters where the impression has none or others."""
    return any(value < _POOR_SECTOR for _, value in sectors)


def unlike_letters(sectors: Iterable[Sector], turns: Sequence[float]) -> tuple[int, ...]:
    """Which of the characters at these turns (degrees clockwise from the top) no sector confirms."""
    worst: dict[int, float] = {}
    for at, value in sectors:
        worst[at] = min(value, worst.get(at, 1.0))
    reached = [{int((turn + side - 90) % 360 // _SECTOR) for side in (-_HALF_LETTER, _HALF_LETTER)} for turn in turns]
    return tuple(
        at
        for at, own in enumerate(reached)
        if not any(sector in worst for sector in own) or any(worst.get(sector, 1.0) < _POOR_SECTOR for sector in own)
    )
