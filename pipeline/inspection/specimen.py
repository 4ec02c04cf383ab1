"""What a party's seal looks like, kept so that later impressions can be laid beside it; whose it is is never said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.ecc import Matrix23, laid_on, turn_and_stretch
from pipeline.inspection.ink import FloatMap, scale_of
from pipeline.inspection.outline import Outline, profile
from pipeline.inspection.ring import turn_of
from pipeline.inspection.ring_ink import SCALE, cut_patch
from pipeline.inspection.ring_unroll import unroll
from pipeline.inspection.seals import POINTS_PER_MM, SealMark
from pipeline.model import Box, Picture, Pixels, Seal

PX = 8.0  # px/mm of a specimen
MARGIN_MM = 1.0  # paper around the seal
FULL = 170  # grey level of ink as dark as the seal's own level; darker spots are not cut off
_LEAST_VISIBLE = 0.95
_RING = (0.42, 1.5)  # lettering: from this share of the radius to so many mm inside the border
_STROKES_MM = 0.6  # what is wider than strokes is alike in all dense characters
_COLUMNS = 1080
_SOFT_PX = 5
_SECTOR, _SECTOR_INK_MM2, _INKED, _REACH = 15.0, 1.5, 0.35, 3  # degrees, about a character; px to look around
_LEAST_SECTORS = 12
# Sectors of 46 pairs of simulated impressions of one die: median 0.67 and more; the worst of worn seals scanned badly
# 0.56 of the median, in ordinary scans 0.72. Another company: median below 0.4; two characters of the name changed: the
# worst sector at most 0.43 of the median of 0.9; one character 0.38-0.78; another code only: two sectors near 0.62.
AGREES, _EVEN = 0.80, 0.80
DIFFERS, _OTHER_LETTER, _OTHER_LETTERS = 0.5, 0.5, 0.67
_SURE = (0.7, 0.85)  # medians from which one sector, or two, may speak against the rest
_SAME_MM, _OTHER_MM = 1.0, 2.0  # differences of the axes; a scan is out of scale by 1 % at most
_MOST_TURN = 4.0  # degrees of an oval, whose own axis is known


@dataclass(frozen=True)
class Likeness:
    """Whether two impressions agree; `score` = typical correlation of their sectors, `turn` = degrees between them.

    `apart` = sectors (degrees clockwise from the middle of the first one's name) that show something else.
    """

    outcome: Literal["agrees", "differs", "unknown"]
    score: float
    turn: float = 0.0
    apart: tuple[int, ...] = ()


def specimen(picture: Picture, seal: Seal, corner: tuple[float, float] = (0.0, 0.0)) -> bytes | None:
    """A PNG of the ink, 8 px/mm, the middle of the name on top; None for a seal that cannot be compared.

    `corner` = where the picture's top left lies on the page (pt), for a picture that is a part of it.
    """
    if seal.shape not in ("round", "oval") or seal.visible < _LEAST_VISIBLE or seal.diameter_mm < 2 * _RING[1]:
        return None
    mark = _mark(picture, seal, corner)
    patch = cut_patch(picture, mark)
    turn = turn_of(patch, unroll(patch))
    if turn is None:
        return None
    shape = (round((mark.height + 2 * MARGIN_MM) * PX) | 1, round((mark.width + 2 * MARGIN_MM) * PX) | 1)
    rows, columns = (np.arange(size) - size // 2 for size in shape)
    across, down = np.meshgrid(columns / PX, rows / PX)
    cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    x, y = patch.outline.x + across * cos - down * sin, patch.outline.y + across * sin + down * cos
    soft = cv2.GaussianBlur(patch.ink, (0, 0), 0.4 * SCALE / PX)
    x, y = (x * SCALE - 0.5).astype(np.float32), (y * SCALE - 0.5).astype(np.float32)
    ink = cv2.remap(soft, x, y, cv2.INTER_LINEAR, borderValue=0)
    levels = np.clip(ink / patch.level * FULL, 0, 255).astype(np.uint8)
    return bytes(cv2.imencode(".png", levels)[1])


def likeness(first: bytes, second: bytes) -> Likeness:
    """How two specimens agree, at the rotation that suits them best; ValueError for bytes that are none."""
    one, other = _opened(first), _opened(second)
    apart_mm = max(abs(a - b) for a, b in zip(one.shape, other.shape, strict=True)) / PX
    if apart_mm > _OTHER_MM:
        return Likeness("differs", 0.0)
    size = (max(one.shape[0], other.shape[0]), max(one.shape[1], other.shape[1]))
    axes = (one.shape[1] / PX / 2 - MARGIN_MM, one.shape[0] / PX / 2 - MARGIN_MM)
    round_ = abs(axes[0] - axes[1]) * PX < 2
    one, other = _framed(one, size), _framed(other, size)
    start = _turned(size, _best_turn(one, other, min(axes)) if round_ else 0.0)
    found = laid_on(_softened(one), _softened(other), start, _SOFT_PX)
    if found is None:
        return Likeness("unknown", 0.0)
    turn, _ = turn_and_stretch(found[1])
    laid = cv2.warpAffine(other, found[1], size[::-1], flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    sectors = _sectors(one, np.asarray(laid, dtype=np.float32), axes)
    if len(sectors) < _LEAST_SECTORS or (not round_ and abs(turn) > _MOST_TURN):
        return Likeness("unknown", 0.0, round(turn, 1))
    return _judged(sectors, apart_mm, round(turn, 1))


def _judged(sectors: dict[int, float], apart_mm: float, turn: float) -> Likeness:
    values = sorted(sectors.values())
    typical = float(np.median(values))
    score = round(typical, 3)
    apart = tuple(at for at, value in sectors.items() if value <= _OTHER_LETTERS * typical)
    other_letter = typical >= _SURE[0] and values[0] <= _OTHER_LETTER * typical
    other_letters = typical >= _SURE[1] and values[1] <= _OTHER_LETTERS * typical
    if typical < DIFFERS:
        return Likeness("differs", score, turn)
    if other_letter or other_letters:
        return Likeness("differs", score, turn, apart)
    even = values[0] >= _EVEN * typical
    if typical >= AGREES and even and apart_mm <= _SAME_MM:
        return Likeness("agrees", score, turn)
    return Likeness("unknown", score, turn, apart)


def _mark(picture: Picture, seal: Seal, corner: tuple[float, float]) -> SealMark:
    """The seal where it lies in the picture."""
    left, top = corner
    box: Box = (seal.box[0] - left, seal.box[1] - top, seal.box[2] - left, seal.box[3] - top)
    width, height = (box[2] - box[0]) / POINTS_PER_MM, (box[3] - box[1]) / POINTS_PER_MM
    x, y = box[0] / POINTS_PER_MM + width / 2, box[1] / POINTS_PER_MM + height / 2
    long = seal.diameter_mm
    short, angle = long, 0.0
    if seal.shape == "oval":
        # of an ellipse the squares of the half sides of its box add up like those of its half axes
        short = float(np.sqrt(max(width**2 + height**2 - long**2, (0.4 * long) ** 2)))
        angle = _tilt(picture, (x, y), (long, short), (width, height))
    return SealMark(
        page=seal.page, shape="oval" if seal.shape == "oval" else "round", colour=seal.colour, x=x, y=y, width=long,
        height=short, angle=angle, support=seal.inked, visible=seal.visible, confidence=seal.confidence, box=box,
        patch=np.zeros((1, 1), np.uint8),
    )  # fmt: skip


def _tilt(picture: Picture, at: tuple[float, float], axes: tuple[float, float], sides: tuple[float, float]) -> float:
    """Degrees clockwise of an oval's long axis: its box tells how much, its border to which side."""
    long, short = axes
    share = (sides[0] ** 2 - short**2) / max(long**2 - short**2, 1e-6)
    tilt = float(np.degrees(np.arccos(np.sqrt(np.clip(share, 0, 1)))))
    red = picture.pixels.astype(np.float32)
    ink = np.asarray(255 - red.min(axis=2), dtype=np.float32)
    offsets = np.array([-0.6, -0.3])

    def on_border(degrees: float) -> float:
        outline = Outline("oval", *at, long / 2, short / 2, float(np.radians(degrees)))
        return float(profile(ink, scale_of(picture), outline, offsets)[0].mean())

    return max((tilt, -tilt), key=on_border)


def _opened(png: bytes) -> FloatMap:
    grey = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE) if png else None
    if grey is None or min(grey.shape[:2]) < 2 * (MARGIN_MM + 2 * _RING[1]) * PX:
        raise ValueError("not a specimen of a seal")
    return np.asarray(grey / FULL, dtype=np.float32)


def _framed(ink: FloatMap, size: tuple[int, int]) -> FloatMap:
    """The same ink amid as much paper as makes it of this size."""
    top, left = (size[0] - ink.shape[0]) // 2, (size[1] - ink.shape[1]) // 2
    bottom, right = size[0] - ink.shape[0] - top, size[1] - ink.shape[1] - left
    framed = cv2.copyMakeBorder(ink, top, bottom, left, right, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(framed, dtype=np.float32)


def _softened(ink: FloatMap) -> FloatMap:
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), 1.0), dtype=np.float32)


def _strokes(ink: FloatMap) -> FloatMap:
    return np.asarray(ink - cv2.GaussianBlur(ink, (0, 0), _STROKES_MM * PX), dtype=np.float32)


def _turned(size: tuple[int, int], degrees: float) -> Matrix23:
    """The map that finds in a picture what another shows `degrees` further clockwise."""
    middle = ((size[1] - 1) / 2, (size[0] - 1) / 2)
    return np.asarray(cv2.getRotationMatrix2D(middle, -degrees, 1.0), dtype=np.float32)


def _best_turn(one: FloatMap, other: FloatMap, radius: float) -> float:
    """Degrees clockwise from the first to the second at which their rings of lettering correlate best."""
    first, second = (np.fft.rfft(_strokes(_ring(ink, radius)), axis=1) for ink in (one, other))
    curve = np.fft.irfft((np.conj(first) * second).sum(axis=0), _COLUMNS)
    return float(curve.argmax()) / _COLUMNS * 360


def _ring(ink: FloatMap, radius: float) -> FloatMap:
    """The lettering unrolled: one column per third of a degree, clockwise from the top."""
    away = np.arange(_RING[0] * radius, radius - _RING[1], 1 / PX)[:, None] * PX
    turn = np.arange(_COLUMNS)[None] / _COLUMNS * 2 * np.pi
    x, y = ink.shape[1] // 2 + away * np.sin(turn), ink.shape[0] // 2 - away * np.cos(turn)
    return np.asarray(cv2.remap(ink, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR), dtype=np.float32)


def _sectors(one: FloatMap, other: FloatMap, axes: tuple[float, float]) -> dict[int, float]:
    """Correlation of every sector with lettering, by its first degree clockwise from the top."""
    rows, columns = np.mgrid[: one.shape[0], : one.shape[1]]
    across, down = (columns - one.shape[1] // 2) / PX, (rows - one.shape[0] // 2) / PX
    inside = np.hypot(across / (axes[0] - _RING[1]), down / (axes[1] - _RING[1])) < 1
    ring = inside & (np.hypot(across / axes[0], down / axes[1]) > _RING[0])
    sector = np.degrees(np.arctan2(across / axes[0], -down / axes[1])) % 360 // _SECTOR
    inked = np.maximum(one, other) > _INKED
    first, second = _strokes(one), _strokes(other)
    found = {}
    for at in range(round(360 / _SECTOR)):
        mask = ring & (sector == at)
        if (mask & inked).sum() >= _SECTOR_INK_MM2 * PX**2:
            found[round(at * _SECTOR)] = round(_of_sector(first, second, mask), 3)
    return found


def _of_sector(first: FloatMap, second: FloatMap, mask: NDArray[np.bool_]) -> float:
    """Best correlation of the masked part with the second map, which may lie a little off there."""
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    part = np.ascontiguousarray(first[y : y + height, x : x + width])
    weight = mask[y : y + height, x : x + width].astype(np.float32)
    near: Pixels | FloatMap = second[max(y - _REACH, 0) : y + height + _REACH, max(x - _REACH, 0) : x + width + _REACH]
    scores = cv2.matchTemplate(np.ascontiguousarray(near), part, cv2.TM_CCOEFF_NORMED, mask=weight)
    sound = scores[np.abs(scores) <= 1.0]  # where either is blank the division fails
    return float(sound.max()) if sound.size else 0.0
