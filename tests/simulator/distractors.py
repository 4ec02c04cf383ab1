"""Things on paper that a careless eye takes for a seal: letterheads, boxes, logos, rings, grids, red writing."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tests.simulator import fonts
from tests.simulator.ink import Floats, Mark, Page, cover
from tests.simulator.seals import SealSpec, impress
from tests.simulator.texture import press

TAX_OVAL = "tax-supervision oval"  # pressed or printed on invoices: a seal of its own kind, no party's


@dataclass
class _Sheet:
    """A canvas in mm; 255 = ink."""

    width_mm: float
    height_mm: float
    scale: float

    def __post_init__(self) -> None:
        size = (round(self.width_mm * self.scale), round(self.height_mm * self.scale))
        self.image = Image.new("L", size, 0)
        self.draw = ImageDraw.Draw(self.image)

    def line(self, points_mm: list[tuple[float, float]], width_mm: float) -> None:
        points = [(x * self.scale, y * self.scale) for x, y in points_mm]
        self.draw.line(points, fill=255, width=max(1, round(width_mm * self.scale)), joint="curve")

    def box(self, x0: float, y0: float, x1: float, y1: float, width_mm: float) -> None:
        corners = tuple(round(v * self.scale) for v in (x0, y0, x1, y1))
        self.draw.rectangle(corners, outline=255, width=max(1, round(width_mm * self.scale)))

    def ring(self, radius_mm: float, width_mm: float) -> None:
        self.disc(radius_mm, outline_mm=width_mm)

    def disc(self, radius_mm: float, outline_mm: float | None = None) -> None:
        x, y, r = self.width_mm / 2 * self.scale, self.height_mm / 2 * self.scale, radius_mm * self.scale
        if outline_mm is None:
            self.draw.ellipse((x - r, y - r, x + r, y + r), fill=255)
        else:
            width = max(1, round(outline_mm * self.scale))
            self.draw.ellipse((x - r, y - r, x + r, y + r), outline=255, width=width)

    def text(
        self, words: str, at_mm: tuple[float, float], tall_mm: float, role: str = "hei-bold", fill: int = 255
    ) -> None:
        font: ImageFont.FreeTypeFont = fonts.load(role, max(6, round(tall_mm * self.scale)))
        where = (at_mm[0] * self.scale, at_mm[1] * self.scale)
        self.draw.text(where, words, font=font, fill=fill, anchor="mm")

    def star(self, at_mm: tuple[float, float], radius_mm: float) -> None:
        reach = [radius_mm * (1 if index % 2 == 0 else 0.382) * self.scale for index in range(10)]
        x, y = at_mm[0] * self.scale, at_mm[1] * self.scale
        turns = [math.pi * index / 5 for index in range(10)]
        self.draw.polygon(
            [(x + r * math.sin(t), y - r * math.cos(t)) for r, t in zip(reach, turns, strict=True)], fill=255
        )

    def coverage(self) -> Floats:
        return cover(np.asarray(self.image))


def _letterhead(scale: float, rng: np.random.Generator) -> Floats:
    sheet = _Sheet(160, 24, scale)
    sheet.text(
        str(rng.choice(["云泽澄屿文化传播公司文件", "望川市虚构区商会文件", "岚州示例集团公司文件"])),
        (80, 9),
        11,
        "song-bold",
    )
    sheet.line([(0, 20), (160, 20)], 1.0)
    sheet.line([(0, 22), (160, 22)], 0.4)
    return sheet.coverage()


def _paid_box(scale: float, rng: np.random.Generator) -> Floats:
    wide, tall = float(rng.uniform(36, 52)), float(rng.uniform(16, 24))
    sheet = _Sheet(60, 60, scale)
    x0, y0 = 30 - wide / 2, 30 - tall / 2
    sheet.box(x0, y0, x0 + wide, y0 + tall, 1.2)
    sheet.text(str(rng.choice(["已付款", "PAID", "现金收讫", "作废"])), (30, 30), tall * 0.55)
    return press(_turned(sheet.coverage(), float(rng.uniform(-14, 14))), scale, rng, 0.5, 0.2)


def _logo(scale: float, rng: np.random.Generator) -> Floats:
    sheet = _Sheet(40, 40, scale)
    radius = float(rng.uniform(13, 18))
    if rng.random() < 0.5:
        sheet.disc(radius)
        sheet.text(str(rng.choice(["云", "禾", "K", "岚"])), (20, 20), radius * 1.1, fill=0)
    else:
        sheet.ring(radius, 3.2)
        sheet.text(str(rng.choice(["YZ", "HX", "云泽"])), (20, 20), radius * 0.7)
    return sheet.coverage()


def _pen_circle(scale: float, rng: np.random.Generator) -> Floats:
    sheet = _Sheet(60, 60, scale)
    a, b = float(rng.uniform(14, 26)), float(rng.uniform(13, 24))
    turns = np.linspace(0, 2 * math.pi * float(rng.uniform(0.97, 1.12)), 90)
    wobble = 1 + 0.04 * np.sin(turns * float(rng.uniform(1.5, 3.5)) + float(rng.uniform(0, 6)))
    sheet.line([(30 + a * w * math.cos(t), 30 + b * w * math.sin(t)) for t, w in zip(turns, wobble, strict=True)], 0.6)
    return sheet.coverage()


def _date_stamp(scale: float, rng: np.random.Generator) -> Floats:
    sheet = _Sheet(42, 42, scale)
    radius = float(rng.uniform(15, 19))
    sheet.ring(radius, 0.9)
    half = radius * 0.93
    for y in (-4.0, 4.0):
        sheet.line([(21 - half, 21 + y), (21 + half, 21 + y)], 0.6)
    sheet.text(f"2026.{rng.integers(1, 13):02d}.{rng.integers(1, 29):02d}", (21, 21), 5.0)
    sheet.text(str(rng.choice(["收件", "收讫", "已审核"])), (21, 21 - radius * 0.55), 5.0)
    sheet.text(f"（{rng.integers(1, 9)}）", (21, 21 + radius * 0.55), 4.0)
    return press(_turned(sheet.coverage(), float(rng.uniform(-20, 20))), scale, rng, 0.5, 0.1)


def _grid(scale: float, rng: np.random.Generator) -> Floats:
    """A table with red lines; cells from 7 mm to squares of a name seal's size."""
    across, down = int(rng.integers(4, 7)), int(rng.integers(4, 8))
    wide, tall = float(rng.uniform(20, 27)), float(rng.choice([8.0, 10.0, 15.0, 22.0]))
    sheet = _Sheet(across * wide + 2, down * tall + 2, scale)
    for column in range(across + 1):
        sheet.line([(1 + column * wide, 1), (1 + column * wide, 1 + down * tall)], 0.4)
    for row in range(down + 1):
        sheet.line([(1, 1 + row * tall), (1 + across * wide, 1 + row * tall)], 0.4)
    for column in range(across):
        sheet.text(
            "品名单位数量单价金额备注"[2 * column : 2 * column + 2],
            (1 + (column + 0.5) * wide, 1 + tall / 2),
            4,
            "song",
        )
    return sheet.coverage()


def _rules(scale: float, rng: np.random.Generator) -> Floats:
    pitch = float(rng.uniform(8, 11))
    sheet = _Sheet(160, 150, scale)
    sheet.box(0.5, 0.5, 159.5, 149.5, 0.6)
    for index in range(1, int(149 / pitch) + 1):
        sheet.line([(1, index * pitch), (159, index * pitch)], 0.25)
    return sheet.coverage()


def _writing(scale: float, rng: np.random.Generator) -> Floats:
    sheet = _Sheet(70, 34, scale)
    for row, words in enumerate(
        rng.choice(["同意请尽快办理", "已核对数量无误", "转财务部存档", "王明远九月廿五", "请补盖公章"], 2)
    ):
        for index, char in enumerate(str(words)):
            x, y = 6 + index * 8.4 + float(rng.normal(0, 0.6)), 9 + row * 13 + float(rng.normal(0, 0.9))
            sheet.text(char, (x, y), float(rng.uniform(7.5, 10)), "kai")
    return _turned(sheet.coverage(), float(rng.uniform(-4, 4)))


def _emblem(scale: float, rng: np.random.Generator) -> Floats:
    """A round badge: gear, ears of grain, stars over a gate; nothing is written on it."""
    sheet = _Sheet(46, 46, scale)
    radius = float(rng.uniform(16, 21))
    for turn in np.linspace(math.radians(35), math.radians(325), 46):
        for lean in (-0.12, 0.12):
            x, y = 23 - radius * math.sin(turn), 23 + radius * math.cos(turn)
            inner = radius - 3.4
            end = (23 - inner * math.sin(turn + lean), 23 + inner * math.cos(turn + lean))
            sheet.line([(x, y), end], 0.8)
    sheet.ring(radius - 4.2, 0.9)
    sheet.star((23, 23 - radius * 0.42), radius * 0.2)
    for side in (-1, -0.45, 0.45, 1):
        sheet.star((23 + side * radius * 0.42, 23 - radius * (0.16 if abs(side) > 0.5 else 0.05)), radius * 0.08)
    sheet.box(23 - radius * 0.4, 23 + radius * 0.2, 23 + radius * 0.4, 23 + radius * 0.42, 1.6)
    sheet.line([(23 - radius * 0.5, 23 + radius * 0.14), (23 + radius * 0.5, 23 + radius * 0.14)], 1.4)
    return sheet.coverage()


def _tax_oval(scale: float, rng: np.random.Generator) -> Floats:
    spec = SealSpec(
        "全国统一发票监制章",
        kind="invoice",
        diameter_mm=30.0,
        oval_height_mm=20.0,
        inner=str(rng.choice(["云泽", "望川", "岚州"])) + "税务局监制",
        border_mm=0.6,
        wear=0.2,
        rotation_deg=float(rng.uniform(-4, 4)),
    )
    return impress(spec, scale, rng).coverage


def _turned(picture: Floats, degrees: float) -> Floats:
    rows, cols = picture.shape
    matrix = cv2.getRotationMatrix2D(((cols - 1) / 2, (rows - 1) / 2), degrees, 1.0)
    return np.clip(cv2.warpAffine(picture, matrix, (cols, rows), flags=cv2.INTER_LINEAR), 0, 1).astype(np.float32)


_DRAWN: dict[str, tuple[Callable[[float, np.random.Generator], Floats], tuple[str, ...]]] = {
    "red letterhead": (_letterhead, ("red",)),
    "PAID box": (_paid_box, ("red", "blue")),
    "logo": (_logo, ("red", "blue")),
    "pen circle": (_pen_circle, ("pen-red", "pen-blue")),
    "date stamp": (_date_stamp, ("red", "blue", "purple")),
    "red table": (_grid, ("red",)),
    "red grid lines": (_rules, ("red",)),
    "red pen writing": (_writing, ("pen-red",)),
    "emblem": (_emblem, ("red",)),
    TAX_OVAL: (_tax_oval, ("red",)),
}
DISTRACTORS = tuple(_DRAWN)


def draw(kind: str, px_per_mm: float, rng: np.random.Generator) -> tuple[Floats, str]:
    """Coverage 0..1 of a thing of DISTRACTORS cut to its ink, and the name of its ink."""
    make, inks = _DRAWN[kind]
    coverage = make(px_per_mm, rng)
    rows, cols = np.flatnonzero(coverage.max(axis=1) > 0.1), np.flatnonzero(coverage.max(axis=0) > 0.1)
    cut = coverage[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    return np.ascontiguousarray(cut), str(rng.choice(inks))


def lay(page: Page, kind: str, drawn: tuple[Floats, str], centre_mm: tuple[float, float]) -> Mark:
    """Put a drawn thing on a page with its middle at a point of the paper."""
    coverage, ink = drawn
    page.stamp(coverage, centre_mm, ink)
    tall, wide = (side / page.px_per_mm for side in coverage.shape)
    x, y = centre_mm
    return Mark("distractor", page.number, (x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2), {"kind": kind})
