"""Which characters of a typeface look most alike: measured on its own glyphs, not taken from a list."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tests.simulator import fonts
from tests.simulator.textmap import TextMap

Shapes = NDArray[np.float32]

SIZE = 40  # px of the drawn type
SIDE = 24  # px of the compared picture
SOFT = 1.1  # px of blur at SIZE: roughly what a scan of 200 dpi does to type of 10.5 pt
ALIKE = 0.78  # least correlation: many characters have no look-alike at all

# Pairs that people are known to have used; some are too rare to stand in GB 2312.
PAIRS: dict[str, tuple[str, ...]] = {
    "未": ("末",),
    "末": ("未",),
    "日": ("曰",),
    "人": ("入",),
    "入": ("人",),
    "任": ("仟", "仕"),
    "或": ("戓", "惑"),
    "已": ("己", "巳"),
    "己": ("已",),
    "大": ("太", "犬"),
    "太": ("大",),
    "自": ("白",),
    "用": ("甩",),
    "析": ("折",),
    "准": ("淮",),
    "天": ("夭",),
    "间": ("问", "闻"),
    "何": ("河",),
    "法": ("祛",),
    "期": ("朝",),
    "者": ("著",),
    "同": ("冋",),
    "户": ("卢",),
}


@lru_cache(maxsize=1)
def hanzi() -> tuple[str, ...]:
    """The 6763 characters of GB 2312."""
    found = []
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.append(bytes((high, low)).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return tuple(found)


def nearest(text: TextMap, count: int = 2) -> dict[str, tuple[str, ...]]:
    """The hanzi of a form that have look-alikes, with the nearest in the form's own typeface, nearest first."""
    found: dict[str, tuple[str, ...]] = {}
    by_font: dict[str, set[str]] = {}
    for row in text.rows:
        for char in row.chars:
            by_font.setdefault(char.font, set()).add(char.text)
    for font, chars in sorted(by_font.items()):
        path, index = fonts.by_pdf_name(font) or fonts.face("song")
        known = [char for char in hanzi() if char in chars]
        if known:
            found.update(_nearest(path, index, "".join(known), count))
    return found


@lru_cache(maxsize=16)
def _nearest(path: Path, index: int, chars: str, count: int) -> dict[str, tuple[str, ...]]:
    every = hanzi()
    shapes = _shapes(path, index)
    places = [every.index(char) for char in chars]
    asked = shapes[places].reshape(-1, SIDE, SIDE)
    shifts = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    moved = [np.roll(asked, shift, axis=(1, 2)).reshape(len(places), -1) for shift in shifts]
    alike = np.max([part @ shapes.T for part in moved], axis=0)
    alike[np.arange(len(places)), places] = -1
    best = np.argsort(-alike, axis=1)[:, :count]
    near = {
        char: tuple(every[int(at)] for at in row if alike[line, at] >= ALIKE)
        for line, (char, row) in enumerate(zip(chars, best, strict=True))
    }
    return {char: others for char, others in near.items() if others}


@lru_cache(maxsize=4)
def _shapes(path: Path, index: int) -> Shapes:
    """One unit vector per character, its mean taken out, so that the dot product is the correlation."""
    font = fonts.load_file(path, index, SIZE)
    rows = np.zeros((len(hanzi()), SIDE * SIDE), dtype=np.float32)
    side = SIZE + 8
    for number, char in enumerate(hanzi()):
        canvas = Image.new("L", (side, side), 0)
        ImageDraw.Draw(canvas).text((side / 2, side / 2), char, font=font, fill=255, anchor="mm")
        soft = cv2.GaussianBlur(np.asarray(canvas, dtype=np.float32), (0, 0), SOFT)
        rows[number] = cv2.resize(soft, (SIDE, SIDE), interpolation=cv2.INTER_AREA).ravel()
    rows -= rows.mean(axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6), dtype=np.float32)
