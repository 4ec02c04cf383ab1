"""Where every character of a PDF stands, so that a defect can be put on one word."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pdfplumber

from tests.simulator.ink import Box

BODY = (0.08, 0.93)  # of the page height; outside stand running head and foot


class TextNotFoundError(LookupError):
    """The wanted words are not on the page, or run over a line end."""


@dataclass(frozen=True)
class Char:
    """One glyph; box in points, origin top-left."""

    text: str
    box: Box
    font: str
    size: float


@dataclass(frozen=True)
class Row:
    """One printed line, left to right."""

    page: int
    chars: tuple[Char, ...]

    @property
    def text(self) -> str:
        """The line without layout; one character per entry of chars."""
        return "".join(char.text for char in self.chars)

    @property
    def box(self) -> Box:
        """Bounding box in points."""
        return around(self.chars)


@dataclass(frozen=True)
class Found:
    """A run of characters inside a row: chars[start:end]."""

    row: Row
    start: int
    end: int

    @property
    def box(self) -> Box:
        """Bounding box in points."""
        return around(self.row.chars[self.start : self.end])


@dataclass(frozen=True)
class TextMap:
    """All rows of a PDF, page by page from the top."""

    rows: tuple[Row, ...]
    sizes: tuple[tuple[float, float], ...]

    def on(self, page: int) -> list[Row]:
        """The rows of one page, counted from 1."""
        return [row for row in self.rows if row.page == page]

    def find(self, words: str, page: int | None = None, occurrence: int = 1) -> Found:
        """The n-th place of some words (blanks ignored); raises TextNotFoundError."""
        wanted = words.replace(" ", "")
        seen = 0
        for row in self.rows:
            if page is not None and row.page != page:
                continue
            places = [index for index, char in enumerate(row.chars) if char.text.strip()]
            line = "".join(row.chars[index].text for index in places)
            at = line.find(wanted)
            while at >= 0:
                seen += 1
                if seen == occurrence:
                    return Found(row, places[at], places[at + len(wanted) - 1] + 1)
                at = line.find(wanted, at + 1)
        where = "the document" if page is None else f"page {page}"
        raise TextNotFoundError(f"{words!r} (place {occurrence}) is not on one line of {where}")


def around(chars: tuple[Char, ...]) -> Box:
    """The box around some characters."""
    return (
        min(c.box[0] for c in chars),
        min(c.box[1] for c in chars),
        max(c.box[2] for c in chars),
        max(c.box[3] for c in chars),
    )


def read_text(path: Path) -> TextMap:
    """Read the text layer with pdfplumber."""
    rows: list[Row] = []
    sizes: list[tuple[float, float]] = []
    with pdfplumber.open(path) as document:
        for number, page in enumerate(document.pages, 1):
            sizes.append((float(page.width), float(page.height)))
            chars = [part for c in page.chars for part in _parts(c)]
            rows += _rows(number, chars)
    return TextMap(tuple(rows), tuple(sizes))


def _parts(raw: dict[str, Any]) -> list[Char]:
    """A ligature counts as its letters, side by side."""
    letters, left, right = str(raw["text"]), float(raw["x0"]), float(raw["x1"])
    step = (right - left) / max(1, len(letters))
    return [
        Char(
            letter,
            (left + i * step, float(raw["top"]), left + (i + 1) * step, float(raw["bottom"])),
            raw["fontname"],
            float(raw["size"]),
        )
        for i, letter in enumerate(letters)
    ]


def _rows(page: int, chars: list[Char]) -> list[Row]:
    lines: list[list[Char]] = []
    for char in sorted(chars, key=lambda c: ((c.box[1] + c.box[3]) / 2, c.box[0])):
        middle = (char.box[1] + char.box[3]) / 2
        if lines and abs(middle - sum((c.box[1] + c.box[3]) / 2 for c in lines[-1]) / len(lines[-1])) < 0.4 * char.size:
            lines[-1].append(char)
        else:
            lines.append([char])
    return [Row(page, tuple(sorted(line, key=lambda c: c.box[0]))) for line in lines]


def body_rows(text: TextMap, page: int) -> list[Row]:
    """The lines of a page without running head and foot, from the top."""
    height = text.sizes[page - 1][1]
    rows = [row for row in text.on(page) if BODY[0] * height < row.box[1] and row.box[3] < BODY[1] * height]
    return sorted(rows, key=lambda row: row.box[1])
