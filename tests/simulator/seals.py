"""Rubber-seal impressions as ink-coverage maps: company, contract, finance, invoice, department and name seals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from PIL import Image, ImageDraw

from tests.simulator import fonts
from tests.simulator.ink import Floats, cover
from tests.simulator.texture import press

Kind = Literal["company", "contract", "finance", "invoice", "department", "personal"]

INNER = {"contract": "合同专用章", "finance": "财务专用章", "invoice": "发票专用章"}
OVERSAMPLE = 2


@dataclass(frozen=True)
class SealSpec:
    """A die and how it is pressed; lengths in mm, angle clockwise in degrees.

    `oval_height_mm` makes any kind oval (a company seal of 45 x 30 mm); invoice seals are oval without it.
    """

    text: str
    kind: Kind = "company"
    diameter_mm: float = 42.0
    inner: str | None = None
    code: str | None = None
    tax_number: str | None = None
    lines: tuple[str, ...] = ()
    star: bool | None = None
    border_mm: float = 1.2
    double_border: bool = False
    intaglio: bool = False
    colour: str = "red"
    rotation_deg: float = 0.0
    strength: float = 1.0
    wear: float = 0.4
    fade: float = 0.0
    oval_height_mm: float | None = None

    @property
    def shape(self) -> str:
        """round, oval or square."""
        if self.oval_height_mm is not None:
            return "oval"
        return {"invoice": "oval", "personal": "square"}.get(self.kind, "round")

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height of the unrotated die."""
        if self.shape == "oval":
            return self.diameter_mm, self.oval_height_mm or self.diameter_mm * 0.75
        return self.diameter_mm, self.diameter_mm

    @property
    def inner_line(self) -> str:
        """The straight line below the middle; empty for a plain company seal."""
        return INNER.get(self.kind, "") if self.inner is None else self.inner


@dataclass(frozen=True)
class SealImpression:
    """Coverage 0..1, rotated, die centre at the middle of the array."""

    spec: SealSpec
    coverage: Floats
    px_per_mm: float

    @property
    def extent_mm(self) -> tuple[float, float]:
        """Width and height of the rotated outline's bounding box."""
        width, height = self.spec.size_mm
        angle = math.radians(self.spec.rotation_deg)
        if self.spec.shape == "oval":
            return (
                math.hypot(width * math.cos(angle), height * math.sin(angle)),
                math.hypot(width * math.sin(angle), height * math.cos(angle)),
            )
        if self.spec.shape == "round":
            return width, height
        side = width * (abs(math.cos(angle)) + abs(math.sin(angle)))
        return side, side


def impress(spec: SealSpec, px_per_mm: float, rng: np.random.Generator) -> SealImpression:
    """One press of the die; the same die with another generator state gives another texture."""
    plate = die(spec, px_per_mm)
    height, width = plate.shape
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -spec.rotation_deg, 1.0)
    turned = np.clip(cv2.warpAffine(plate, turn, (width, height), flags=cv2.INTER_CUBIC), 0, 1)
    inked = press(turned.astype(np.float32), px_per_mm, rng, spec.wear, spec.fade)
    return SealImpression(spec, np.clip(inked * spec.strength, 0, 1).astype(np.float32), px_per_mm)


def die(spec: SealSpec, px_per_mm: float) -> Floats:
    """The clean unrotated die, 1 = raised rubber, on a square array with room for any rotation."""
    scale = px_per_mm * OVERSAMPLE
    reach = max(spec.size_mm) * (1.45 if spec.shape == "square" else 1.0) + 2.0
    side = 2 * round(reach * px_per_mm / 2)
    plate = Image.new("L", (side * OVERSAMPLE, side * OVERSAMPLE), 0)
    if spec.shape == "square":
        _square(plate, spec, scale)
    else:
        _rim(plate, spec, scale)
        _arc_texts(plate, spec, scale)
        _middle(plate, spec, scale)
    fine = cover(np.asarray(plate))
    return cv2.resize(fine, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)


def _rim(plate: Image.Image, spec: SealSpec, scale: float) -> None:
    draw = ImageDraw.Draw(plate)
    width, height = spec.size_mm
    _ring(draw, plate.width / 2, width, height, spec.border_mm, scale)
    if spec.double_border:
        inset = 2 * (spec.border_mm + 0.6)
        _ring(draw, plate.width / 2, width - inset, height - inset, 0.35, scale)


def _ring(draw: ImageDraw.ImageDraw, centre: float, width: float, height: float, border: float, scale: float) -> None:
    a, b = width * scale / 2, height * scale / 2
    draw.ellipse((centre - a, centre - b, centre + a, centre + b), outline=255, width=max(1, round(border * scale)))


def _arc_texts(plate: Image.Image, spec: SealSpec, scale: float) -> None:
    size = spec.diameter_mm / 42
    inset = spec.border_mm + (0.95 if spec.double_border else 0.0)
    tall = (4.9 if spec.shape == "round" else 3.9) * size
    tall = min(tall, 6.2)
    count = len(spec.text)
    span = min(math.radians(15.0 + 18.5 * count), math.radians(268 if spec.code is None else 252))
    if spec.shape == "oval":
        span = min(span, math.radians(196))
    gap = inset + 0.7 * size + tall / 2
    _along(plate, spec, spec.text, tall, gap, span, scale, bottom=False)
    if spec.code:
        small = 1.7 * size
        _along(plate, spec, spec.code, small, inset + 0.55 * size + small / 2, math.radians(62), scale, bottom=True)


def _along(
    plate: Image.Image, spec: SealSpec, text: str, tall: float, gap: float, span: float, scale: float, *, bottom: bool
) -> None:
    """Characters evenly by arc length on the outline moved inwards by gap (mm), middle of the text at top or bottom."""
    width, height = spec.size_mm
    a, b = width / 2 - gap, height / 2 - gap
    angles = np.linspace(-math.pi, math.pi, 2881)
    xs, ys = a * np.sin(angles), -b * np.cos(angles)
    length = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(xs), np.diff(ys)))])
    start, end = np.interp([-span / 2, span / 2], angles, length)
    pitch = (end - start) / max(1, len(text))
    cell = min(pitch * 0.93, tall * 0.92)
    role = "song-bold" if not bottom else "hei-bold"
    for index, char in enumerate(text):
        order = index if not bottom else len(text) - 1 - index
        where = float(np.interp(start + pitch * (order + 0.5), length, angles))
        if bottom:
            where += math.pi
        x, y = a * math.sin(where), -b * math.cos(where)
        normal = math.degrees(math.atan2(x * b * b, -y * a * a)) if a > 0 and b > 0 else 0.0
        turn = normal if not bottom else normal - 180
        _glyph(plate, char, role, (x, y), (cell, tall), turn, scale)


def _glyph(
    plate: Image.Image,
    char: str,
    role: str,
    at: tuple[float, float],
    cell: tuple[float, float],
    turn: float,
    scale: float,
) -> None:
    """One character stretched into a cell (mm), its middle at a point relative to the centre, turned clockwise."""
    size = 96
    font = fonts.load(role, size)
    picture = Image.new("L", (size * 2, size * 2), 0)
    ImageDraw.Draw(picture).text((size, size), char, font=font, fill=255, anchor="mm")
    if picture.getbbox() is None:
        return
    half = size / 2 if is_wide(char) else font.getlength(char) / 2
    lift = size / 2 if is_wide(char) else size * 0.38
    full = (round(size - half), round(size - lift), round(size + half), round(size + lift))
    shape = (max(1, round(cell[0] * scale)), max(1, round(cell[1] * scale)))
    glyph = picture.crop(full).resize(shape, Image.Resampling.LANCZOS)
    rotated = glyph.rotate(-turn, resample=Image.Resampling.BICUBIC, expand=True)
    left = round(plate.width / 2 + at[0] * scale - rotated.width / 2)
    top = round(plate.height / 2 + at[1] * scale - rotated.height / 2)
    area = (left, top, left + rotated.width, top + rotated.height)
    under = np.asarray(plate.crop(area))
    plate.paste(Image.fromarray(np.maximum(under, np.asarray(rotated))), (left, top))


def is_wide(char: str) -> bool:
    """Whether a character fills a whole em square."""
    return ord(char) > 0x2E7F


def _middle(plate: Image.Image, spec: SealSpec, scale: float) -> None:
    size = spec.diameter_mm / 42
    star = spec.star if spec.star is not None else spec.shape == "round" and not spec.lines
    if star:
        _star(plate, 7.0 * size, scale, -0.6 * size if spec.inner_line else 0.0)
    if spec.inner_line:
        below = 10.6 * size if spec.shape == "round" else 7.6 * size
        below = 12.0 * size if spec.lines else below
        _line(plate, spec.inner_line, below, 3.9 * size, 2.9 * size, scale)
    if spec.tax_number:
        _line(plate, spec.tax_number, 0.4 * size, 2.9 * size, 2.9 * size, scale)
    for index, line in enumerate(spec.lines):
        offset = (index - (len(spec.lines) - 1) / 2) * 4.2 * size - 1.5 * size
        _line(plate, line, offset, 2.4 * size, 2.0 * size, scale)


def _line(plate: Image.Image, text: str, y: float, tall: float, wide: float, scale: float) -> None:
    widths = [wide if is_wide(char) else wide * 0.52 for char in text]
    x = -sum(widths) / 2
    for char, width in zip(text, widths, strict=True):
        _glyph(plate, char, "song-bold", (x + width / 2, y), (width * 0.94, tall), 0.0, scale)
        x += width


def _star(plate: Image.Image, radius: float, scale: float, y: float) -> None:
    inner = radius * 0.381966
    points = []
    for index in range(10):
        angle = math.pi * index / 5
        reach = (radius if index % 2 == 0 else inner) * scale
        points.append(
            (plate.width / 2 + reach * math.sin(angle), plate.height / 2 + y * scale - reach * math.cos(angle))
        )
    ImageDraw.Draw(plate).polygon(points, fill=255)


def _square(plate: Image.Image, spec: SealSpec, scale: float) -> None:
    """Name seal, read from the top right downwards; intaglio = white characters on ink."""
    half = spec.diameter_mm * scale / 2
    middle = plate.width / 2
    frame = (middle - half, middle - half, middle + half, middle + half)
    draw = ImageDraw.Draw(plate)
    border = max(1, round(0.8 * scale))
    draw.rounded_rectangle(frame, radius=0.6 * scale, outline=255, width=border)
    columns = 2 if len(spec.text) > 2 else 1
    rows = math.ceil(len(spec.text) / columns)
    room = spec.diameter_mm - 3.0
    cell = (room / columns, room / rows)
    for index, char in enumerate(spec.text):
        column, row = divmod(index, rows)
        x = room / 2 - (column + 0.5) * cell[0]
        y = -room / 2 + (row + 0.5) * cell[1]
        _glyph(plate, char, "hei-bold", (x, y), (cell[0] * 0.96, cell[1] * 0.96), 0.0, scale)
    if spec.intaglio:
        inside = tuple(round(v) for v in (frame[0] + border, frame[1] + border, frame[2] - border, frame[3] - border))
        area = plate.crop((inside[0], inside[1], inside[2], inside[3]))
        plate.paste(Image.fromarray(255 - np.asarray(area)), (inside[0], inside[1]))
