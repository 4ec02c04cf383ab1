"""The only door to pdfplumber: words, lines and tables of a page's text layer, and whether the layer can be trusted."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pdfplumber

from pipeline.model import Box, Cell, Line, Table, Word
from pipeline.read.frame import Frame
from pipeline.read.limits import ReadLimits
from pipeline.read.paper import around, is_han, reading_order

Opaque = Any  # a page, or a value of a page, of pdfplumber
SEGMENT_GAP = 1.5  # em between two segments of a row; table cells and 甲方/乙方 columns become separate lines
SPACE_GAP = 0.28  # em from which a gap is a space between letters
TINY = 3.0  # pt; smaller print is not for people
PALE = 0.9  # grey from which ink does not show on white paper
UNMAPPED_SHARE = 0.02
OUTSIDE_SHARE = 0.05
SPACED_SHARE = 0.5
TURNED_SHARE = 0.3


@dataclass(frozen=True)
class TextLayer:
    """What the layer says; `faults` are reasons not to use it at all, `doubtful` lines must be seen in the picture.

    `glyphs` are its characters but blanks, each in its own box.
    """

    lines: tuple[Line, ...]
    tables: tuple[Table, ...] = ()
    faults: tuple[str, ...] = ()
    doubtful: tuple[Line, ...] = ()
    glyphs: tuple[Word, ...] = ()


class TextLayers:
    """The text layers of one PDF, page by page; any failure inside the parser is an exception of any kind."""

    def __init__(self, path: Path, limits: ReadLimits) -> None:
        self._document = pdfplumber.open(path, password="")
        self._limits = limits

    def page(self, number: int, frame: Frame, hidden: Sequence[Box] = (), *, apart: bool = False) -> TextLayer:
        """Boxes on the page as shown; `apart` gives every character as a word, so that its own box is kept."""
        page = self._document.pages[number - 1]
        try:
            chars = _chars(page, frame, self._limits.chars)
            tables = _tables(page, frame, self._limits.edges)
        finally:
            page.close()
        kept = _without_doubles(chars)
        lines, doubtful = [], []
        for segment in (*_segments([char for char in kept if not char.turned]), *_turned_runs(kept)):
            line = _line(segment, apart=apart)
            lines.append(line)
            if any(char.doubtful for char in segment) or _touches(line.box, hidden):
                doubtful.append(line)
        glyphs = tuple(Word(text=char.text, box=char.box) for char in kept if not char.text.isspace())
        return TextLayer(reading_order(lines), tables, _faults(kept, lines, frame), tuple(doubtful), glyphs)

    def __enter__(self) -> TextLayers:
        return self

    def __exit__(self, *_: object) -> None:
        self._document.close()


@dataclass(frozen=True)
class _Char:
    text: str
    box: Box
    size: float
    turned: bool
    doubtful: bool


def _chars(page: Opaque, frame: Frame, limit: int) -> list[_Char]:
    if len(page.chars) > limit:
        raise ValueError(f"more than {limit} characters on the page")
    shift = _shift(page, frame)
    found = []
    for char in page.chars:
        box = (char["x0"] - shift[0], char["top"] - shift[1], char["x1"] - shift[0], char["bottom"] - shift[1])
        turned = not char["upright"] or char["matrix"][0] < 0
        size = box[3] - box[1] if char["upright"] else box[2] - box[0]
        found.append(
            _Char(
                text=char["text"],
                box=box,
                size=size,
                turned=turned,
                doubtful=0 < size < TINY or _pale(char["non_stroking_color"]),
            )
        )
    return found


def _shift(page: Opaque, frame: Frame) -> tuple[float, float]:
    """From pdfplumber's page, which starts at the media box, to the visible crop box."""
    raw = page.page_obj.mediabox
    media = (min(raw[0], raw[2]), min(raw[1], raw[3]), max(raw[0], raw[2]), max(raw[1], raw[3]))
    left, top, *_rest = Frame(media, frame.rotate).shown(frame.crop)
    return page.mediabox[0] + left, page.mediabox[1] + top


def _pale(colour: Opaque) -> bool:
    """Nearly white ink, in grey, RGB or CMYK; patterns and missing colours count as ink."""
    parts = colour if isinstance(colour, (tuple, list)) else (colour,)
    if not parts or not all(isinstance(part, (int, float)) for part in parts):
        return False
    if len(parts) == 4:
        return bool(max(parts) < 1 - PALE)
    return len(parts) in (1, 3) and bool(min(parts) > PALE)


def _without_doubles(chars: Iterable[_Char]) -> list[_Char]:
    """Bold by printing twice leaves each character twice."""
    seen: set[tuple[str, int, int]] = set()
    kept = []
    for char in chars:
        key = (char.text, round(char.box[0]), round(char.box[1]))
        if char.text.isspace() or key not in seen:
            kept.append(char)
        seen.add(key)
    return kept


def _segments(chars: Sequence[_Char]) -> Iterable[list[_Char]]:
    """Characters of one row without a wide gap, left to right."""
    rows: list[list[_Char]] = []
    for char in sorted((c for c in chars if c.text), key=lambda c: (c.box[1] + c.box[3]) / 2):
        middle = (char.box[1] + char.box[3]) / 2
        if rows and _in_row(rows[-1], middle, char.size):
            rows[-1].append(char)
        else:
            rows.append([char])
    for row in rows:
        solid = sorted(row, key=lambda c: c.box[0])
        segment: list[_Char] = []
        ink: _Char | None = None
        for char in solid:
            if char.text.isspace():
                segment.append(char)
                continue
            if ink is not None and char.box[0] - ink.box[2] > SEGMENT_GAP * max(char.size, ink.size):
                yield segment
                segment = []
            segment = segment if ink is not None and segment else []
            segment.append(char)
            ink = char
        if any(not char.text.isspace() for char in segment):
            yield segment


def _turned_runs(chars: Sequence[_Char]) -> Iterable[list[_Char]]:
    """Standing or upside-down print on an upright page, e.g. in the margin: runs as the file draws them."""
    run: list[_Char] = []
    for char in chars:
        if not char.turned or (run and not _follows(run[-1], char)):
            if any(not each.text.isspace() for each in run):
                yield run
            run = []
        if char.turned:
            run.append(char)
    if any(not each.text.isspace() for each in run):
        yield run


def _follows(before: _Char, char: _Char) -> bool:
    reach = SEGMENT_GAP * max(before.size, char.size)
    beside = max(before.box[0], char.box[0]) - min(before.box[2], char.box[2])
    below = max(before.box[1], char.box[1]) - min(before.box[3], char.box[3])
    return (beside < 0 and below < reach) or (below < 0 and beside < reach)


def _in_row(row: Sequence[_Char], middle: float, size: float) -> bool:
    last = row[-1]
    return abs(middle - (last.box[1] + last.box[3]) / 2) < 0.35 * max(min(size, last.size), 1.0)


def _line(segment: Sequence[_Char], *, apart: bool) -> Line:
    words: list[Word] = []
    text = ""
    run: list[_Char] = []
    before: _Char | None = None
    spaced = False
    for char in segment:
        if char.text.isspace():
            spaced = before is not None
            continue
        gap = before is not None and not char.turned and char.box[0] - before.box[2] > _space(before, char)
        if before is not None and (apart or spaced or gap or _kind(before.text) != _kind(char.text)):
            words.append(_word(run))
            run = []
            text += " " if spaced or gap else ""
        run.append(char)
        text += char.text
        before, spaced = char, False
    words.append(_word(run))
    return Line(text=text, box=around(words), words=tuple(words))


def _space(before: _Char, char: _Char) -> float:
    """Justified Chinese is stretched: between hanzi only a wider gap is a space."""
    em = max(before.size, char.size)
    return em * (0.8 if is_han(before.text[-1]) and is_han(char.text[0]) else SPACE_GAP)


def _kind(text: str) -> bool:
    return is_han(text[-1])


def _word(run: Sequence[_Char]) -> Word:
    x0, top = min(c.box[0] for c in run), min(c.box[1] for c in run)
    x1, bottom = max(c.box[2] for c in run), max(c.box[3] for c in run)
    return Word(text="".join(c.text for c in run), box=(x0, top, x1, bottom))


def _touches(box: Box | None, others: Sequence[Box]) -> bool:
    if box is None:
        return False
    y = (box[1] + box[3]) / 2
    return any(o[1] - 1 <= y <= o[3] + 1 and o[0] < box[2] and box[0] < o[2] for o in others)


def _tables(page: Opaque, frame: Frame, limit: int) -> tuple[Table, ...]:
    """Ruled tables; a page with more rules than a form has is a drawing."""
    if not 4 <= len(page.edges) <= limit:
        return ()
    left, top = _shift(page, frame)
    found = []
    for table in page.find_tables():
        if len(table.rows) < 2 or len(table.cells) < 4:
            continue
        rows = tuple(
            tuple(
                Cell(text=(text or "").strip(), box=(b[0] - left, b[1] - top, b[2] - left, b[3] - top) if b else None)
                for text, b in zip(texts, row.cells, strict=True)
            )
            for texts, row in zip(table.extract(), table.rows, strict=True)
        )
        box = table.bbox
        found.append(Table(rows=rows, box=(box[0] - left, box[1] - top, box[2] - left, box[3] - top)))
    return tuple(found)


def _faults(chars: Sequence[_Char], lines: Sequence[Line], frame: Frame) -> tuple[str, ...]:
    ink = [char for char in chars if not char.text.isspace()]
    if not ink:
        return ()
    width, height = frame.size
    counts = Counter(
        unmapped=sum(_unmapped(char.text) for char in ink),
        outside=sum(not _inside(char.box, width, height) for char in ink),
        turned=sum(char.turned for char in ink),
    )
    faults = []
    if counts["unmapped"] > UNMAPPED_SHARE * len(ink):
        faults.append("unmapped_glyphs")
    if counts["outside"] > OUTSIDE_SHARE * len(ink):
        faults.append("outside_page")
    if counts["turned"] > TURNED_SHARE * len(ink):
        faults.append("turned_text")
    if _spaced_han(lines):
        faults.append("spaced_hanzi")
    return tuple(faults)


def _unmapped(text: str) -> bool:
    odd = ("Co", "Cc", "Cn", "Cs")
    return text.startswith("(cid:") or any(char == "\ufffd" or unicodedata.category(char) in odd for char in text)


def _inside(box: Box, width: float, height: float) -> bool:
    return -2 <= (box[0] + box[2]) / 2 <= width + 2 and -2 <= (box[1] + box[3]) / 2 <= height + 2


def _spaced_han(lines: Sequence[Line]) -> bool:
    """Most neighbouring hanzi of the page stand apart by a space: a layer made by a poor converter."""
    pairs = spaced = 0
    for line in lines:
        for before, middle, after in zip(line.text, line.text[1:], line.text[2:] + " ", strict=False):
            if is_han(before):
                pairs += is_han(middle)
                spaced += middle == " " and is_han(after)
    return spaced > 10 and spaced > SPACED_SHARE * (pairs + spaced)
