"""Slices cut out to be laid on a whole impression, and the impression turned; only its ring of lettering counts.

Border, star and the paper between are alike in all seals of a kind: with them another company's seal of the same size
agreed to 0.8.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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

PX = 6.0  # px/mm of the comparison
INKED = 0.08
AROUND = 3  # px to look around
_SEAM = 2  # columns: ink fades where paper ends, which cost genuine slices 0.1 to 0.2 of their correlation
# Colour bleeds beyond where ink ends, by 1 mm where a scan is coded badly: there the impression has letters.
_HALF = 0.5
_SHIFT_MM = 1.4
_BORDER_MM = 1.8
_LETTERING = 0.45  # of the radius: further in stand the star and the lines below it
_STROKES_MM = 0.6  # what is wider than strokes is alike in all dense characters


def _scaled(ink: NDArray[np.float32], factor: float) -> FloatMap:
    return np.asarray(cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.float32)


def rotations(mark: SealMark, radius: float, degrees: Iterable[float]) -> list[FloatMap]:
    """The impression at `PX`, turned clockwise; its centre in the middle, an oval squeezed to the circle.

    A round one keeps its size: as measured by outlines, slices seem larger by up to 2 %.
    """
    ink = _scaled((mark.patch / 255).astype(np.float32), PX / PATCH)
    half = int((radius + _SHIFT_MM + 1) * PX)
    size = 2 * half + 1
    middle = (ink.shape[1] - 1) / 2
    squeeze = np.diag([mark.width, mark.height]) / (2 * radius) if mark.shape == "oval" else np.eye(2)
    own = _turn(np.deg2rad(mark.angle)) @ squeeze
    turned = []
    for angle in degrees:
        back = own @ _turn(np.deg2rad(angle))
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
    away = np.hypot(columns - x, rows - y) / PX
    return ((away < radius - _BORDER_MM) & (away > _LETTERING * radius)).astype(np.float32)


@dataclass(frozen=True)
class Piece:
    """Ink of a slice at `PX`; rows centred on the circle, which starts at `start` mm.

    `zone` = where its ring of lettering is, `ring` = the same but for the seams.
    """

    ink: FloatMap
    zone: FloatMap
    ring: FloatMap
    start: float

    @property
    def width(self) -> float:
        """In mm."""
        return float(self.ink.shape[1]) / PX

    @property
    def lettering(self) -> float:
        """Inked area of the ring of lettering in mm2."""
        return float((self.ink * self.ring > INKED).sum()) / PX**2


def piece_of(page: EdgeInk, edge: Edge, composed: Composition, index: int) -> Piece | None:
    """One slice; None without coloured ink at its edge."""
    strip = page.strip(edge)
    piece, fit = composed.slices[index], composed.fit
    if strip is None:
        return None
    if composed.oval is not None:
        return _ringed(_squeezed(strip, composed, index), float(fit.starts[index]), fit.radius)
    x0 = strip.ink.shape[1] + round(piece.left * SCALE)
    x1 = strip.ink.shape[1] + round(piece.right * SCALE)
    first = round((fit.y[index] - fit.radius - strip.start_mm) * SCALE)
    rows = int(2 * fit.radius * SCALE)
    part = np.zeros((rows, x1 - x0), np.float32)
    low, high = max(0, first), min(strip.ink.shape[0], first + rows)
    if high <= low:
        return None
    part[low - first : high - first] = strip.ink[low:high, x0:x1].astype(np.float32) / 255
    return _ringed(_scaled(part, PX / SCALE), float(fit.starts[index]), fit.radius)


def _ringed(laid: FloatMap, begin: float, radius: float) -> Piece:
    first, end = _inked(laid)
    ink, start = np.ascontiguousarray(laid[:, first:end]), begin + first / PX
    zone = _lettering(ink.shape, -start * PX, radius * PX, radius)
    ring = zone.copy()
    ring[:, :_SEAM], ring[:, -_SEAM:] = 0, 0
    return Piece(ink, zone, ring, start)


def _inked(ink: FloatMap) -> tuple[int, int]:
    """First column and the one after the last in which the border is as dark as a slice ends: about half."""
    darkest = ink.max(axis=0)
    columns = np.flatnonzero(darkest >= _HALF * np.median(darkest))
    return int(columns[0]), int(columns[-1]) + 1


def _squeezed(strip: EdgeStrip, composed: Composition, index: int) -> FloatMap:
    """A slice of an oval as one of a circle at `PX`, rows centred on it."""
    piece, fit, oval = composed.slices[index], composed.fit, composed.oval
    assert oval is not None
    size = (round((fit.ends[index] - fit.starts[index]) * PX), int(2 * fit.radius * PX))
    # From a pixel of the result to mm of the page, then to a pixel of the strip.
    along = 1 / (PX * oval.across)
    begin = float(before(composed.slices)[index])
    down = float(fit.y[index]) - fit.radius - strip.start_mm + oval.shear * begin
    matrix = np.array(
        [
            [along * SCALE, 0.0, strip.ink.shape[1] + piece.left * SCALE],
            [oval.shear * along * SCALE, SCALE / PX, down * SCALE],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    ink = strip.ink.astype(np.float32) / 255
    return np.asarray(cv2.warpAffine(ink, matrix, size, flags=flags), dtype=np.float32)


@dataclass(frozen=True)
class Field:
    """The part of the impression's rotations in which a slice is looked for; `x`, `y` = its corner there, in px."""

    turned: Sequence[FloatMap]
    x: int
    y: int
    size: tuple[int, int]

    @classmethod
    def of(cls, piece: Piece, radius: float, turned: Sequence[FloatMap]) -> Field:
        """Where a slice of a seal of this radius in mm lies, and 1.4 mm around."""
        half, shift = turned[0].shape[0] // 2, int(_SHIFT_MM * PX)
        x, y = round(half + piece.start * PX) - shift, round(half - radius * PX) - shift
        return cls(turned, x, y, (piece.ink.shape[1] + 2 * shift, piece.ink.shape[0] + 2 * shift))

    def at(self, step: int) -> FloatMap:
        """The picture at one rotation, with `AROUND` px around the field; blank beyond the impression."""
        whole = self.turned[step % len(self.turned)]
        left, top = self.x - AROUND, self.y - AROUND
        right, bottom = self.x + self.size[0] + AROUND, self.y + self.size[1] + AROUND
        part = whole[max(top, 0) : bottom, max(left, 0) : right]
        beyond = (max(-top, 0), max(bottom - whole.shape[0], 0), max(-left, 0), max(right - whole.shape[1], 0))
        return np.asarray(cv2.copyMakeBorder(part, *beyond, cv2.BORDER_CONSTANT, value=0), dtype=np.float32)


def scores_of(window: FloatMap, ink: FloatMap, mask: FloatMap) -> NDArray[np.float32]:
    """Correlation of the masked ink at every place within the window."""
    scores = cv2.matchTemplate(window, ink, cv2.TM_CCOEFF_NORMED, mask=mask)
    return np.where(np.abs(scores) <= 1.0, scores, np.float32(0.0))  # where either is blank the division fails


def strokes(ink: FloatMap) -> FloatMap:
    """What in the ink is no wider than strokes."""
    return np.asarray(ink - cv2.GaussianBlur(ink, (0, 0), _STROKES_MM * PX), dtype=np.float32)
