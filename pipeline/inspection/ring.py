"""Reading an impression: the ring unwrapped to a straight line, the line across, the code, the kind of seal."""

from __future__ import annotations

import re
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.ink import FloatMap, InkMaps, ink_maps, resize_by, scale_of
from pipeline.inspection.outline import Outline, points_and_normals
from pipeline.inspection.seals import SealMark
from pipeline.model import Picture, Pixels, ReadText, Seal, SealKind, TextReader

SCALE = 12.0  # px/mm of the patch
_COLUMNS = 1080
_ARC_PAD = 10  # columns left free on both sides of the name
_HEIGHT = 48
_WIDTHS = (1.0, 1.25, 1.6)
_MARGIN_MM = 8.0
_DEPTH_MM = 9.5  # how far inside the border of a 40 mm seal the lettering can reach
# Rows inside the border that name characters reach; the first pair is deeper than the small code digits go.
_LETTER_ROWS_MM = ((3.1, 5.0), (1.2, 4.4))
_CODE = re.compile(r"\d{6,18}")
_INNER_KINDS: tuple[tuple[str, SealKind], ...] = (("合同", "contract"), ("财务", "finance"), ("发票", "invoice"))
_DEPARTMENT = re.compile(r"(部|科|处|室|项目|分公司)(章|专用章)?$")


@dataclass(frozen=True)
class Unrolled:
    """Lettering of a seal, clockwise from the outline's top: rows run from the border inwards, 12 px/mm.

    `first`, `last` = columns of the name (last may exceed the width: it wraps), `top`, `bottom` = its rows.
    """

    ink: FloatMap
    first: int
    last: int
    top: int
    bottom: int

    def turns(self, count: int) -> tuple[float, ...]:
        """Degrees clockwise from the outline's top at which the middles of `count` characters of the name stand."""
        first, span = self.first + _ARC_PAD, self.last - self.first - 2 * _ARC_PAD
        return tuple((first + span * (at + 0.5) / count) / int(self.ink.shape[1]) * 360 % 360 for at in range(count))

    @property
    def middle(self) -> float:
        """Turn (0..1 clockwise from the outline's top) of the middle of the name."""
        return ((self.first + self.last) / 2 / int(self.ink.shape[1])) % 1.0


@dataclass(frozen=True)
class Patch:
    """The impression cut out of its page: its ink without print at 12 px/mm, its outline in mm of the patch."""

    ink: FloatMap
    outline: Outline
    level: float


def _sharp_ink(maps: InkMaps, colour: str) -> FloatMap:
    """The stamp's ink, sharp: luminance carries it, chroma (half resolution in JPEG) only tells print from ink."""
    if colour not in ("red", "blue", "purple"):
        return maps.green_channel
    own = maps.red if colour == "red" else maps.cool
    sharp, other = (
        (maps.green_channel, maps.red_channel)
        if colour == "red"
        else (np.maximum(maps.green_channel, maps.red_channel), maps.blue_channel)
    )
    inked = own[own > 0.06]
    level = float(np.quantile(inked, 0.8)) if inked.size else 0.3
    print_mask = (other > max(0.22, 0.45 * level)).astype(np.uint8)
    print_mask = np.asarray(cv2.dilate(print_mask, np.ones((3, 3), np.uint8)), dtype=np.uint8)
    soft = cv2.GaussianBlur(own, (0, 0), 0.25 * SCALE)
    neutral = soft < 0.18 * sharp
    return np.where((print_mask > 0) | neutral, own, sharp).astype(np.float32)


def cut_patch(picture: Picture, mark: SealMark) -> Patch:
    """Cut the impression with a margin out of the page."""
    scale = scale_of(picture)
    height, width = picture.pixels.shape[:2]
    reach = mark.diameter / 2 + _MARGIN_MM
    x0, y0 = max(0, int((mark.x - reach) * scale)), max(0, int((mark.y - reach) * scale))
    x1, y1 = min(width, int((mark.x + reach) * scale) + 1), min(height, int((mark.y + reach) * scale) + 1)
    factor = SCALE / scale
    part = picture.pixels[y0:y1, x0:x1]
    mode = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    fine = np.asarray(cv2.resize(part, None, fx=factor, fy=factor, interpolation=mode), dtype=np.uint8)
    maps = ink_maps(fine, SCALE, _bare_paper(part, scale))
    ink = _sharp_ink(maps, mark.colour)
    edge = mark.outline
    outline = Outline(edge.shape, edge.x - x0 / scale, edge.y - y0 / scale, edge.a, edge.b, edge.angle)
    inked = ink[ink > 0.08]
    return Patch(ink, outline, float(np.quantile(inked, 0.75)) if inked.size else 0.3)


def _bare_paper(part: Pixels, scale: float) -> Pixels:
    """One paper colour per pixel of a small grid: bright percentile, as a seal can fill most of a small cut-out."""
    small = resize_by(part, 1.0 / scale)
    bright = np.quantile(small.reshape(-1, 3), 0.85, axis=0)
    return np.broadcast_to(bright.astype(np.uint8), (2, 2, 3)).copy()


def unroll(patch: Patch) -> Unrolled | None:
    """Unwrap the border zone along the outline's normals, uniform in arc length; None if no name is on the arc."""
    outline, unit = patch.outline, min(patch.outline.a, patch.outline.b) / 20.0
    rows = np.arange(0, _DEPTH_MM * unit, 1 / SCALE)
    points, normals = points_and_normals(outline, _COLUMNS)
    xy = (points[None] - normals[None] * rows[:, None, None]) * SCALE - 0.5
    x, y = xy[..., 0].astype(np.float32), xy[..., 1].astype(np.float32)
    sampled = cv2.remap(patch.ink, x, y, cv2.INTER_LINEAR, borderValue=0)
    ink = np.asarray(np.clip(sampled / patch.level, 0, 1), dtype=np.float32)
    inner = _border_end(ink, unit)
    arc = _name_arc(ink, inner, unit)
    if arc is None:
        return None
    first, last = arc
    rolled = np.roll(ink, -first, axis=1)[:, : last - first]
    band = _name_rows(rolled, inner, unit)
    return None if band is None else Unrolled(ink, first, last, *band)


def _border_end(ink: FloatMap, unit: float) -> int:
    """First row inside the border: where the mean row ink has halved."""
    mean = ink.mean(axis=1)
    reach = max(3, int(2.6 * unit * SCALE))
    top = int(mean[:reach].argmax())
    for row in range(top, len(mean)):
        if mean[row] < 0.5 * mean[top]:
            return row
    return reach


def _busy_columns(ink: FloatMap, inner: int, unit: float) -> NDArray[np.bool_] | None:
    """Columns in which a name character stands; None if hardly any."""
    for low_mm, high_mm in _LETTER_ROWS_MM:
        column = ink[inner + int(low_mm * unit * SCALE) : inner + int(high_mm * unit * SCALE)].mean(axis=0)
        column = np.convolve(np.concatenate([column[-4:], column, column[:4]]), np.ones(9) / 9, "valid")
        if (column > 0.1).mean() >= 0.12:
            return np.asarray(column > 0.1)
    return None


def _name_arc(ink: FloatMap, inner: int, unit: float) -> tuple[int, int] | None:
    """Columns of the name: all but the longest empty stretch."""
    busy = _busy_columns(ink, inner, unit)
    if busy is None:
        return None
    places = np.flatnonzero(busy)
    gaps = np.diff(np.concatenate([places, [places[0] + _COLUMNS]]))
    widest = int(gaps.argmax())
    if gaps[widest] < 0.04 * _COLUMNS:
        return _COLUMNS // 2, _COLUMNS // 2 + _COLUMNS
    first = int(places[(widest + 1) % len(places)])
    last = int(places[widest])
    last += _COLUMNS if last < first else 0
    return first - _ARC_PAD, last + _ARC_PAD


def _name_rows(rolled: FloatMap, inner: int, unit: float) -> tuple[int, int] | None:
    """Rows of the name within its arc: those with more than a quarter of the densest row's ink."""
    mean = rolled.mean(axis=1)
    start = inner + max(1, int(0.25 * unit * SCALE))
    if start >= len(mean) - 6:
        return None
    inside = mean[start:]
    peak = int(inside[: int(5.5 * unit * SCALE)].argmax())
    strong = inside > 0.25 * inside[peak]
    top = peak
    while top > 0 and strong[top - 1]:
        top -= 1
    bottom = peak
    slack = max(1, int(0.35 * unit * SCALE))
    while bottom < len(inside) - 1 and strong[bottom + 1 : bottom + 1 + slack].any():
        bottom += 1
    pad = max(1, int(0.25 * unit * SCALE))
    return start + max(0, top - pad), min(len(mean), start + bottom + pad)


def _as_paper(ink: FloatMap) -> Pixels:
    grey = np.clip(255 * (1 - ink), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(grey[:, :, None], 3, axis=2))


def name_strips(patch: Patch, unrolled: Unrolled) -> list[Pixels]:
    """The name as straight lines 48 px high in three widths, black on white."""
    rolled = np.roll(unrolled.ink, -unrolled.first, axis=1)
    ink = rolled[unrolled.top : unrolled.bottom, : unrolled.last - unrolled.first]
    depth = (unrolled.top + unrolled.bottom) / 2 / SCALE
    radius = (patch.outline.a + patch.outline.b) / 2
    arc_mm = (unrolled.last - unrolled.first) / _COLUMNS * 2 * np.pi * max(radius - depth, 3)
    natural = arc_mm / (ink.shape[0] / SCALE) * _HEIGHT
    return [
        _as_paper(np.asarray(cv2.resize(ink, (max(16, round(natural * w)), _HEIGHT), interpolation=cv2.INTER_AREA)))
        for w in _WIDTHS
    ]


def code_strip(unrolled: Unrolled, unit: float) -> Pixels | None:
    """The small figures of the lower arc, turned so that they read; None where no gap is left for them."""
    gap = unrolled.ink.shape[1] - (unrolled.last - unrolled.first)
    if gap < 0.12 * unrolled.ink.shape[1]:
        return None
    lower = np.roll(unrolled.ink, -unrolled.last, axis=1)[:, :gap]
    first = _border_end(unrolled.ink, unit) + int(0.2 * unit * SCALE)
    part = lower[first : first + int(2.6 * unit * SCALE)][::-1, ::-1]
    if part.size == 0 or float((part > 0.4).mean()) < 0.04:
        return None
    width = max(16, round(part.shape[1] / _COLUMNS * 2 * np.pi * 17.5 * unit / (part.shape[0] / SCALE) * _HEIGHT))
    return _as_paper(np.asarray(cv2.resize(np.ascontiguousarray(part), (width, _HEIGHT))))


def _levelled(patch: Patch, turn: float) -> tuple[FloatMap, tuple[float, float]]:
    """The ink turned so that the middle of the name is on top, and the seal's centre in px."""
    outline = patch.outline
    degrees = turn * 360 if outline.shape == "round" else float(np.rad2deg(outline.angle))
    centre = (outline.x * SCALE, outline.y * SCALE)
    size = (patch.ink.shape[1], patch.ink.shape[0])
    matrix = cv2.getRotationMatrix2D(centre, degrees, 1.0)
    return np.asarray(cv2.warpAffine(patch.ink, matrix, size, flags=cv2.INTER_LINEAR), dtype=np.float32), centre


def inner_strip(patch: Patch, turn: float) -> Pixels | None:
    """The straight line below the middle, levelled by `turn` (0..1 clockwise); None if there is no ink."""
    outline = patch.outline
    level, centre = _levelled(patch, turn)
    across = 2 * outline.b
    shares = (0.17, 0.355) if outline.shape == "round" else (0.12, 0.36)
    y0, y1 = (int(centre[1] + share * across * SCALE) for share in shares)
    half = 0.36 * 2 * outline.a * SCALE
    part = level[max(0, y0) : y1, max(0, int(centre[0] - half)) : int(centre[0] + half)]
    if part.size == 0:
        return None
    ink = np.clip(part / patch.level, 0, 1).astype(np.float32)
    columns = np.flatnonzero((ink > 0.4).mean(axis=0) > 0.05)
    if len(columns) < 0.1 * ink.shape[1] or float((ink > 0.4).mean()) < 0.05:
        return None
    pad = int(0.8 * SCALE)
    ink = ink[:, max(0, columns[0] - pad) : columns[-1] + pad]
    width = max(16, round(ink.shape[1] / ink.shape[0] * _HEIGHT))
    return _as_paper(np.asarray(cv2.resize(ink, (width, _HEIGHT), interpolation=cv2.INTER_AREA)))


def has_star(patch: Patch) -> bool:
    """Whether the very middle is filled as by a star."""
    outline = patch.outline
    y, x = np.ogrid[: patch.ink.shape[0], : patch.ink.shape[1]]
    radius = 0.075 * 2 * outline.a * SCALE
    disc = (x - outline.x * SCALE) ** 2 + (y - outline.y * SCALE) ** 2 < radius**2
    return bool((patch.ink[disc] > 0.4 * patch.level).mean() > 0.6) if disc.any() else False


def has_line(patch: Patch, turn: float) -> bool:
    """Whether ink stands where a straight line would, narrow enough not to meet the name's ends."""
    outline = patch.outline
    level, centre = _levelled(patch, turn)
    low, high, half = (share * 2 * outline.b * SCALE for share in (0.2, 0.33, 0.18))
    rows = slice(max(0, int(centre[1] + low)), int(centre[1] + high))
    part = level[rows, max(0, int(centre[0] - half)) : int(centre[0] + half)]
    return bool(part.size and (part > 0.4 * patch.level).mean() > 0.06)


def kind_of(mark: SealMark, text: str, inner: str, star: bool, line: bool) -> SealKind:
    """Kind of the seal from its inner line, shape and star; `line` = there is a line, legible or not."""
    if mark.shape == "square":
        return "personal" if mark.diameter < 29 else "unknown"
    for words in (inner, text[-8:]):
        for key, kind in _INNER_KINDS:
            if key in words or ("专用" in words and any(char in words for char in key)):
                return kind
    if _DEPARTMENT.search(inner) or re.search(r"(项目部|事业部)(章)?$", text):
        return "department"
    if inner or line:
        return "unknown"
    return "company" if star and mark.shape == "round" else "unknown"


def _best(read: tuple[ReadText, ...]) -> ReadText:
    """Best of several widths: agreement counts more than the engine's own score."""
    texts = [item.text for item in read if item.text]
    return max(read, key=lambda item: (item.confidence + 0.05 * (texts.count(item.text) - 1)) * bool(item.text))


def _cleaned(text: str) -> str:
    return re.sub(r"^[^\w（(]+|[^\w）)]+$", "", text.strip()).replace("★", "")


def _square_strips(patch: Patch) -> list[Pixels]:
    """A name seal as it stands; old scripts and column order make its reading a hint at most."""
    outline = patch.outline
    half_x, half_y = outline.extent
    x0, x1 = int((outline.x - half_x + 1.2) * SCALE), int((outline.x + half_x - 1.2) * SCALE)
    y0, y1 = int((outline.y - half_y + 1.2) * SCALE), int((outline.y + half_y - 1.2) * SCALE)
    ink = np.clip(patch.ink[max(0, y0) : y1, max(0, x0) : x1] / patch.level, 0, 1).astype(np.float32)
    if ink.size == 0:
        return []
    middle = ink.shape[1] // 2
    columns = [ink[:, middle:], ink[:, :middle]]
    cells = [half for column in columns for half in (column[: len(column) // 2], column[len(column) // 2 :])]
    line = np.concatenate([cv2.resize(np.ascontiguousarray(c), (_HEIGHT, _HEIGHT)) for c in cells], axis=1)
    return [_as_paper(np.asarray(line, dtype=np.float32))]


def read_seal(picture: Picture, mark: SealMark, page: int, reader: TextReader) -> Seal:
    """The impression with what is written on it; `picture` is the upright page the mark was found on."""
    patch = cut_patch(picture, mark)
    text, inner, code, line, turn = ReadText("", 0.0), "", "", False, None
    if mark.shape == "square":
        strips = _square_strips(patch)
        text = _best(reader.read_strips(strips)) if strips else text
        text = ReadText(text.text, min(text.confidence, 0.6))
    else:
        unrolled = unroll(patch)
        text, inner, code, line = _read_ring(patch, unrolled, reader)
        turn = turn_of(patch, unrolled)
    cleaned = _cleaned(text.text)
    return Seal(
        page=page, box=mark.box, shape=mark.shape, diameter_mm=round(mark.diameter, 1), colour=mark.colour,
        text=cleaned, text_confidence=round(text.confidence if cleaned else 0.0, 3), inner=inner, code=code,
        kind=kind_of(mark, cleaned, inner, has_star(patch), line), visible=round(mark.visible, 3),
        inked=round(mark.support, 3), turn=turn, confidence=mark.confidence,
    )  # fmt: skip


def turn_of(patch: Patch, unrolled: Unrolled | None) -> float | None:
    """Degrees clockwise by which the lettering is turned, -180..180; None where the name has no middle."""
    if unrolled is None or unrolled.last - unrolled.first >= _COLUMNS:
        return None
    if patch.outline.shape == "round":
        degrees = unrolled.middle * 360
    else:  # an oval is told by its own axis; its name is at one end of the short one or at the other
        degrees = float(np.rad2deg(patch.outline.angle)) + (180 if 0.25 < unrolled.middle < 0.75 else 0)
    return round((degrees + 180) % 360 - 180, 1)


def _read_ring(patch: Patch, unrolled: Unrolled | None, reader: TextReader) -> tuple[ReadText, str, str, bool]:
    if unrolled is None:
        return ReadText("", 0.0), "", "", True
    strips = name_strips(patch, unrolled)
    line = inner_strip(patch, unrolled.middle)
    written = has_line(patch, unrolled.middle)
    figures = code_strip(unrolled, min(patch.outline.a, patch.outline.b) / 20.0)
    extra = [strip for strip in (line, figures) if strip is not None]
    read = reader.read_strips([*strips, *extra])
    rest = list(read[len(strips) :])
    inner = rest.pop(0) if line is not None else ReadText("", 0.0)
    digits = rest.pop(0) if figures is not None else ReadText("", 0.0)
    found = _CODE.search(digits.text.replace(" ", ""))
    legible = inner.confidence >= 0.5 and re.search(r"[\u4e00-\u9fff]{2}", inner.text)
    inner_text = _cleaned(inner.text) if legible else ""
    return _best(read[: len(strips)]), inner_text, found.group() if found else "", written
