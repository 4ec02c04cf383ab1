"""Fill a form on paper: typed or handwritten values in its fields, a signature, a seal in its zone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from PIL import Image, ImageDraw
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from tests.simulator import fonts
from tests.simulator.ink import Box, Floats, InkPatch, Mark, Page, cover, mm
from tests.simulator.texture import field

Style = Literal["typed", "hand"]


@dataclass(frozen=True)
class Blank:
    """A form field; page from 1, box in points, origin top-left."""

    name: str
    page: int
    box: Box


def blanks(path: Path) -> list[Blank]:
    """The AcroForm fields of a PDF; empty for a PDF without a form."""
    found: list[Blank] = []
    for number, page in enumerate(PdfReader(path).pages, 1):
        left, top = float(page.mediabox.left), float(page.mediabox.top)
        for reference in page.get("/Annots") or ():
            annotation = reference.get_object()
            name = _name(annotation)
            if annotation.get("/Subtype") != "/Widget" or not name:
                continue
            x0, y0, x1, y1 = (float(v) for v in annotation["/Rect"])
            found.append(
                Blank(name, number, (min(x0, x1) - left, top - max(y0, y1), max(x0, x1) - left, top - min(y0, y1)))
            )
    return found


def _name(annotation: DictionaryObject) -> str:
    node: DictionaryObject | None = annotation
    parts: list[str] = []
    while node is not None:
        if "/T" in node:
            parts.insert(0, str(node["/T"]))
        parent = node.get("/Parent")
        node = None if parent is None else parent.get_object()
    return ".".join(parts)


def fill(
    pages: list[Page],
    zones: list[Blank],
    values: Mapping[str, str],
    style: Style,
    rng: np.random.Generator,
    pen: str = "pen-blue",
) -> list[Mark]:
    """Write every value into its zone; names starting with 'signature' are signed; KeyError for an unknown name."""
    by_name: dict[str, list[Blank]] = {}
    for zone in zones:
        by_name.setdefault(zone.name, []).append(zone)
    unknown = sorted(set(values) - set(by_name))
    if unknown:
        raise KeyError(f"the form has no field {', '.join(unknown)}")
    marks: list[Mark] = []
    for name, text in values.items():
        for zone in by_name[name] if text else ():
            page = pages[zone.page - 1]
            if name.startswith("signature"):
                marks.append(sign(page, zone.box, text, rng, pen))
            else:
                marks.append(write(page, zone.box, text, style, rng, pen, name))
    return marks


def write(
    page: Page, box: Box, text: str, style: Style, rng: np.random.Generator, pen: str = "pen-blue", name: str = ""
) -> Mark:
    """Text inside a box (points), shrunk and wrapped to fit."""
    coverage, ink = _text_block(page, box, text, style, rng), pen if style == "hand" else "toner"
    x0, top, _, _ = page.px(box)
    page.patches.append(InkPatch(x0, top, coverage, ink))
    return Mark("value", page.number, mm(box), {"name": name, "text": text, "style": style})


def _text_block(page: Page, box: Box, text: str, style: Style, rng: np.random.Generator) -> Floats:
    x0, top, x1, bottom = page.px(box)
    width, height = max(8, x1 - x0), max(8, bottom - top)
    role = "kai" if style == "hand" else "song"
    size = min(height * 0.78, (12.5 if style == "hand" else 10.5) * page.dpi / 72)
    lines = [text]
    while size > 5 * page.dpi / 72:
        lines = _wrap(text, role, round(size), width - 0.6 * size)
        if len(lines) * size * 1.22 <= height:
            break
        size *= 0.94
    canvas = Image.new("L", (width, height), 0)
    first = (height - len(lines) * size * 1.22) / 2
    for index, line in enumerate(lines):
        middle = first + (index + 0.5) * size * 1.22
        if style == "hand":
            _hand_line(canvas, line, (0.35 * size, middle), size, rng)
        else:
            font = fonts.load(role, round(size))
            ImageDraw.Draw(canvas).text((0.3 * size, middle), line, font=font, fill=255, anchor="lm")
    coverage = cover(np.asarray(canvas))
    return ballpoint(coverage, page.px_per_mm, rng) if style == "hand" else coverage


def _wrap(text: str, role: str, size: int, width: float) -> list[str]:
    font = fonts.load(role, size)
    lines = [""]
    for char in text:
        if lines[-1] and font.getlength(lines[-1] + char) > width:
            lines.append("")
        lines[-1] += char
    return lines


def _hand_line(
    canvas: Image.Image, text: str, start: tuple[float, float], size: float, rng: np.random.Generator
) -> None:
    """Kai characters, each with its own size, slant, height and gap."""
    x, middle = start
    drift = rng.normal(0, 0.012)
    for char in text:
        own = max(6, round(size * rng.normal(1.0, 0.045)))
        font = fonts.load("kai", own)
        glyph = Image.new("L", (own * 2, own * 2), 0)
        ImageDraw.Draw(glyph).text((own, own), char, font=font, fill=255, anchor="mm")
        slant = rng.normal(0.10, 0.035)
        sheared = glyph.transform(
            glyph.size, Image.Transform.AFFINE, (1, slant, -slant * own, 0, 1, 0), Image.Resampling.BICUBIC
        )
        turned = sheared.rotate(rng.normal(0, 2.2), resample=Image.Resampling.BICUBIC)
        advance = font.getlength(char)
        at = (round(x + advance / 2 - own), round(middle - own + rng.normal(0, 0.03 * size)))
        _lighten(canvas, turned, at)
        x += advance * rng.normal(0.97, 0.03)
        middle += drift * advance


def _lighten(canvas: Image.Image, glyph: Image.Image, at: tuple[int, int]) -> None:
    area = (at[0], at[1], at[0] + glyph.width, at[1] + glyph.height)
    canvas.paste(Image.fromarray(np.maximum(np.asarray(canvas.crop(area)), np.asarray(glyph))), at)


def ballpoint(coverage: Floats, px_per_mm: float, rng: np.random.Generator) -> Floats:
    """Pen pressure and a slightly wandering line; rows x columns as given."""
    shape = (coverage.shape[0], coverage.shape[1])
    rows, cols = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    wander = 0.09 * px_per_mm
    map_x = cols + wander * field(shape, 2.2 * px_per_mm, rng)
    map_y = rows + wander * field(shape, 2.2 * px_per_mm, rng)
    moved = cv2.remap(coverage, map_x, map_y, cv2.INTER_LINEAR)
    pressure = 0.85 + 0.10 * field(shape, 1.5 * px_per_mm, rng) + 0.05 * field(shape, 0.15 * px_per_mm, rng)
    return np.clip(moved * pressure, 0, 1).astype(np.float32)


def sign(page: Page, box: Box, name: str, rng: np.random.Generator, pen: str = "pen-blue") -> Mark:
    """A running signature in a zone: the name's characters drawn together, and a flourish under them."""
    x0, top, x1, bottom = page.px(box)
    height = min(bottom - top, round(15 * page.px_per_mm))
    width = min(x1 - x0, round(height * (0.75 * len(name) + 1.2)))
    canvas = Image.new("L", (width, height), 0)
    size = min(height * 0.72, width / (0.72 * len(name) + 0.6))
    x = 0.25 * size
    for index, char in enumerate(name):
        own = round(size * (1.12 if index == 0 else rng.uniform(0.8, 1.0)))
        glyph = Image.new("L", (own * 2, own * 2), 0)
        ImageDraw.Draw(glyph).text((own, own), char, font=fonts.load("kai", own), fill=255, anchor="mm")
        slant = rng.uniform(0.28, 0.45)
        run = glyph.transform(
            glyph.size, Image.Transform.AFFINE, (1, slant, -slant * own, 0.06, 1, -0.06 * own), Image.Resampling.BICUBIC
        )
        _lighten(canvas, run, (round(x + size * 0.4 - own), round(height * 0.45 - own + rng.normal(0, 0.05 * size))))
        x += 0.68 * size
    line = _flourish(width, height, rng)
    cv_canvas = np.asarray(canvas).copy()
    cv2.polylines(cv_canvas, [line], False, 255, max(2, round(0.32 * page.px_per_mm)), cv2.LINE_AA)
    loose = _loosen(cover(cv_canvas), 0.035 * height, 0.22 * height, rng)
    coverage = ballpoint(loose, page.px_per_mm, rng)
    left, upper = round((x0 + x1 - width) / 2 if width < x1 - x0 else x0), round((top + bottom - height) / 2)
    left = min(left, x0 + round(12 * page.px_per_mm))
    page.patches.append(InkPatch(left, upper, coverage, pen))
    drawn = tuple(v * 72 / page.dpi for v in (left, upper, left + width, upper + height))
    return Mark(
        "signature", page.number, mm((drawn[0], drawn[1], drawn[2], drawn[3])), {"name": name, "kind": "handwritten"}
    )


def _flourish(width: int, height: int, rng: np.random.Generator) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    along = np.linspace(0, 1, 60)
    xs = width * (0.12 + 0.8 * along + 0.05 * np.sin(along * 5 * math.pi))
    ys = height * (0.72 + 0.10 * np.sin(along * 3.2 * math.pi + rng.uniform(0, 1)) - 0.22 * along**2)
    return np.stack([xs, ys], axis=1).round().astype(np.int32)


def _loosen(picture: Floats, reach: float, scale: float, rng: np.random.Generator) -> Floats:
    shape = (picture.shape[0], picture.shape[1])
    rows, cols = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    moved = cv2.remap(
        picture, cols + reach * field(shape, scale, rng), rows + reach * field(shape, scale, rng), cv2.INTER_LINEAR
    )
    return np.asarray(moved, dtype=np.float32)
