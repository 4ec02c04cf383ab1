"""Set other words into a printed line: glyphs come from the same print where it has them, else from the font file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from tests.simulator import fonts
from tests.simulator.ink import Box, Bytes, Page
from tests.simulator.textmap import Char, Found, Row, TextMap

MAX_SQUEEZE = 0.16  # of the type size, per gap


class NoRoomError(ValueError):
    """The new words do not fit where they should go."""


@dataclass(frozen=True)
class Cell:
    """A glyph's toner, its distance from the pen position and its advance, in pixels."""

    toner: Bytes
    bearing: int
    advance: float


def retype(pages: list[Page], text: TextMap, found: Found, words: str) -> Box:
    """Replace found by words; a full line is set closer or wider. Returns the changed box in points."""
    row, page = found.row, pages[found.row.page - 1]
    model = row.chars[min(found.start, len(row.chars) - 1)]
    old = row.chars[found.start : found.end]
    new = [glyph(pages, text, char, model, row) for char in words]
    scale = page.dpi / 72
    start = old[0].box[0] * scale if old else model.box[0] * scale
    end = old[-1].box[2] * scale if old else start
    shift = sum(cell.advance for cell in new) - (end - start)
    tail = row.chars[found.end :]
    if not tail or abs(shift) < 0.06 * model.size * scale:
        _erase(page, text, row, start, end)
        last = _set(page, text, row, new, start)
        return start / scale, row.box[1], max(end, last) / scale, row.box[3]
    before = row.chars[: found.start]
    cells = [_cell(page, text, row, char) for char in (*before, *tail)]
    origins = [char.box[0] * scale for char in before]
    first = row.chars[0].box[0] * scale
    spread = _spread(text, row, shift / scale, len(row.chars) - len(old) + len(new))
    _erase(page, text, row, first, row.box[2] * scale)
    count = len(before)
    _set(page, text, row, cells[:count], first, [x + spread * scale * i for i, x in enumerate(origins)])
    pen = start + spread * scale * count
    pen = _set(
        page, text, row, new, pen, [pen + sum(c.advance for c in new[:i]) + spread * scale * i for i in range(len(new))]
    )
    tail_pens = [char.box[0] * scale + shift + spread * scale * (count + len(new) + i) for i, char in enumerate(tail)]
    last = _set(page, text, row, cells[count:], pen, tail_pens)
    changed = first if spread else start
    return changed / scale, row.box[1], max(row.box[2] * scale, last) / scale, row.box[3]


def _spread(text: TextMap, row: Row, shift_pt: float, count: int) -> float:
    """Extra points per gap so that a full line still ends at the margin; 0 while there is room."""
    size = row.chars[0].size
    right = right_margin(text, row.page)
    full = row.box[2] > right - 1.5 * size
    if row.box[2] + shift_pt <= right + 0.3 * size and not full:
        return 0.0
    wanted = (row.box[2] if full else right) - (row.box[2] + shift_pt)
    each = wanted / max(1, count - 1)
    if abs(each) > MAX_SQUEEZE * size:
        raise NoRoomError(f"page {row.page}: no room for {shift_pt:.0f} pt more on the line {row.text[:20]!r}")
    return each


def right_margin(text: TextMap, page: int) -> float:
    """Where the long lines of a page end, in points."""
    return max(row.box[2] for row in text.on(page))


def band(page: Page, text: TextMap, row: Row) -> tuple[int, int]:
    """Pixel rows that belong to a line: at most half way to its neighbours."""
    top, bottom, size = row.box[1], row.box[3], row.chars[0].size
    upper = max((other.box[3] for other in text.on(row.page) if other.box[3] <= top + 0.3 * size), default=top - size)
    lower = min(
        (other.box[1] for other in text.on(row.page) if other.box[1] >= bottom - 0.3 * size), default=bottom + size
    )
    high, low = max(top - 0.25 * size, (upper + top) / 2), min(bottom + 0.25 * size, (lower + bottom) / 2)
    return max(0, round(high * page.dpi / 72)), min(page.toner.shape[0], round(low * page.dpi / 72))


def _erase(page: Page, text: TextMap, row: Row, start: float, end: float) -> None:
    top, bottom = band(page, text, row)
    page.toner[top:bottom, round(start) : round(end) + 1] = 0


def _cell(page: Page, text: TextMap, row: Row, char: Char) -> Cell:
    scale = page.dpi / 72
    top, bottom = band(page, text, row)
    x0, x1 = round(char.box[0] * scale), round(char.box[2] * scale)
    return Cell(page.toner[top:bottom, x0:x1].copy(), 0, (char.box[2] - char.box[0]) * scale)


def _set(
    page: Page, text: TextMap, row: Row, cells: list[Cell], start: float, pens: list[float] | None = None
) -> float:
    """Lay cells from a pen position on (or at given positions); returns the pen after the last."""
    top, bottom = band(page, text, row)
    pen = start
    for index, cell in enumerate(cells):
        pen = pens[index] if pens is not None else pen
        left = round(pen) + cell.bearing
        high = min(bottom - top, cell.toner.shape[0])
        right = min(page.toner.shape[1], left + cell.toner.shape[1])
        area = page.toner[top : top + high, left:right]
        area[:] = np.maximum(area, cell.toner[:high, : right - left])
        pen += cell.advance
    return pen


def glyph(pages: list[Page], text: TextMap, char: str, model: Char, row: Row) -> Cell:
    """A character as this print would show it beside model in row."""
    page = pages[row.page - 1]
    donor = _donor(text, char, model)
    if donor is not None:
        other, twin = donor
        source = pages[other.page - 1]
        top, bottom = band(page, text, row)
        lift = (twin.box[1] - model.box[1]) * source.dpi / 72
        x0, x1 = round(twin.box[0] * source.dpi / 72), round(twin.box[2] * source.dpi / 72)
        high = round(top + lift)
        own_top, own_bottom = band(source, text, other)
        toner = np.zeros((bottom - top, x1 - x0), dtype=np.uint8)
        upper, lower = max(high, own_top), min(high + bottom - top, own_bottom)
        printed = source.toner if source.plain is None else source.plain
        toner[upper - high : lower - high] = printed[upper:lower, x0:x1]
        return Cell(toner, 0, (twin.box[2] - twin.box[0]) * page.dpi / 72)
    return _from_file(page, text, char, model, row)


def _donor(text: TextMap, char: str, model: Char) -> tuple[Row, Char] | None:
    for row in text.rows:
        for twin in row.chars:
            if twin.text == char and twin.font == model.font and abs(twin.size - model.size) < 0.05:
                return row, twin
    return None


def _from_file(page: Page, text: TextMap, char: str, model: Char, row: Row) -> Cell:
    path, index = fonts.by_pdf_name(model.font) or fonts.face("song")
    size = model.size * page.dpi / 72
    top, bottom = band(page, text, row)
    anchor = next((c for c in row.chars if c.font == model.font and fonts_ink(c.text)), model)
    canvas, advance = _draw(path, index, anchor.text, size, bottom - top)
    x0, x1 = round(anchor.box[0] * page.dpi / 72), round(anchor.box[2] * page.dpi / 72)
    printed = page.toner[top:bottom, x0:x1]
    drop = _first_ink(printed) - _first_ink(canvas)
    drawn, advance = _draw(path, index, char, size, bottom - top)
    return Cell(np.roll(drawn, drop, axis=0), 0, advance)


def fonts_ink(char: str) -> bool:
    """Whether a character is a plain ideograph or digit, good for finding the base line."""
    return char.isalnum()


def _first_ink(toner: Bytes) -> int:
    rows = np.flatnonzero(toner.max(axis=1, initial=0) > 100)
    return int(rows[0]) if len(rows) else 0


def _draw(path: Path, index: int, char: str, size: float, height: int) -> tuple[Bytes, float]:
    """One character, four times oversampled, base line at 0.8 of the height."""
    over = 4
    font = fonts.load_file(path, index, round(size * over))
    advance = font.getlength(char) / over
    canvas = Image.new("L", (max(1, round(advance)) * over, height * over), 0)
    ImageDraw.Draw(canvas).text((0, round(height * 0.8 * over)), char, font=font, fill=255, anchor="ls")
    small = canvas.resize((max(1, round(advance)), height), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.uint8), advance
