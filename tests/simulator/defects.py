"""Changed print: words replaced, clauses left out, sentences added, before the sheet is filled and stamped.

Places are those of the untouched PDF: two changes of different width on one line do not know of each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tests.simulator.ink import Mark, Page, defect
from tests.simulator.retype import Cell, NoRoomError, band, glyph, retype, right_margin
from tests.simulator.textmap import Found, Row, TextMap, body_rows

BODY_END = 0.93  # of the page height; below it stands the footer


@dataclass(frozen=True)
class ReplaceText:
    """Reprint with other words on one line, blanks ignored on both sides; kind is only a label for the truth."""

    find: str
    replace: str
    page: int | None = None
    occurrence: int = 1
    kind: str = "text"

    def apply(self, pages: list[Page], text: TextMap, rng: np.random.Generator) -> list[Mark]:
        """Only the differing middle of the words is reprinted."""
        found = text.find(self.find, self.page, self.occurrence)
        words, wanted = "".join(self.find.split()), "".join(self.replace.split())
        head = _common(words, wanted)
        tail = _common(words[head:][::-1], wanted[head:][::-1])
        new = wanted[head : len(wanted) - tail]
        if head + tail == len(words):  # an insertion needs one printed neighbour to stand beside
            new, head, tail = (words[head - 1] + new, head - 1, tail) if head else (new + words[0], 0, tail - 1)
        places = [index for index in range(found.start, found.end) if found.row.chars[index].text.strip()]
        part = Found(found.row, places[head], places[len(words) - tail - 1] + 1)
        box = retype(pages, text, part, new)
        return [defect(self.kind, found.row.page, box, self.find, self.replace)]


def _common(one: str, two: str) -> int:
    count = 0
    while count < min(len(one), len(two)) and one[count] == two[count]:
        count += 1
    return count


@dataclass(frozen=True)
class ReplaceEverywhere:
    """The same words replaced wherever they stand on one line (the provider's name)."""

    find: str
    replace: str
    kind: str = "provider"

    def apply(self, pages: list[Page], text: TextMap, rng: np.random.Generator) -> list[Mark]:
        """One mark per place; raises TextNotFoundError when there is none."""
        marks: list[Mark] = []
        count = sum("".join(row.text.split()).count(self.find) for row in text.rows)
        for occurrence in range(1, max(1, count) + 1):
            marks += ReplaceText(self.find, self.replace, None, occurrence, self.kind).apply(pages, text, rng)
        return marks


@dataclass(frozen=True)
class DeleteRows:
    """A clause left out: the lines from the one holding first to the one holding last; what follows moves up."""

    first: str
    last: str
    page: int | None = None

    def apply(self, pages: list[Page], text: TextMap, rng: np.random.Generator) -> list[Mark]:
        """Raises TextNotFoundError."""
        top_row = text.find(self.first, self.page).row
        end_row = text.find(self.last, top_row.page).row
        page = pages[top_row.page - 1]
        body = body_rows(text, top_row.page)
        gone = [row for row in body if top_row.box[1] <= row.box[1] <= end_row.box[1]]
        below = [row for row in body if row.box[1] > end_row.box[1]]
        top = band(page, text, top_row)[0]
        end = band(page, text, below[0])[0] if below else band(page, text, end_row)[1]
        floor = band(page, text, body[-1])[1]
        moved = page.toner[end:floor].copy()
        page.toner[top:floor] = 0
        page.toner[top : top + len(moved)] = moved
        scale = 72 / page.dpi
        box = (top_row.box[0], top * scale, right_margin(text, top_row.page), (end if below else floor) * scale)
        return [defect("clause deleted", top_row.page, box, "".join(row.text for row in gone), "")]


@dataclass(frozen=True)
class InsertSentence:
    """A typed sentence after a paragraph: on its last line where there is room, else on lines of its own below it."""

    after: str
    sentence: str
    page: int | None = None

    def apply(self, pages: list[Page], text: TextMap, rng: np.random.Generator) -> list[Mark]:
        """Raises NoRoomError when the page is full."""
        row = text.find(self.after, self.page).row
        page = pages[row.page - 1]
        cells = [glyph(pages, text, char, row.chars[-1], row) for char in self.sentence]
        room = right_margin(text, row.page) - row.box[2]
        scale = page.dpi / 72
        top, bottom = band(page, text, row)
        if sum(cell.advance for cell in cells) <= room * scale:
            pens, line = [row.box[2] * scale], 0
            first = (row.box[2], row.box[1])
        else:
            pens, line = (
                [_left(text, row) * scale],
                _open_lines(page, text, row, cells, right_margin(text, row.page) * scale),
            )
            first = (_left(text, row), row.box[1] + line / scale)
        pen, drop, lowest = pens[0], line, line
        for cell in cells:
            if pen + cell.advance > right_margin(text, row.page) * scale + 1:
                pen, drop = _left(text, row) * scale, drop + line
            left = round(pen)
            area = page.toner[top + drop : bottom + drop, left : left + cell.toner.shape[1]]
            area[:] = np.maximum(area, cell.toner[: area.shape[0], : area.shape[1]])
            pen, lowest = pen + cell.advance, max(lowest, drop)
        box = (first[0], first[1], right_margin(text, row.page), row.box[3] + lowest / scale)
        return [defect("sentence inserted", row.page, box, "", self.sentence)]


def _open_lines(page: Page, text: TextMap, row: Row, cells: list[Cell], right: float) -> int:
    """Move what stands below a line down to make room; returns the line pitch in pixels."""
    body = body_rows(text, row.page)
    tops = [other.box[1] for other in body]
    pitch = round(float(np.median([b - a for a, b in pairwise(tops) if b - a > 2])) * page.dpi / 72)
    width = right - _left(text, row) * page.dpi / 72
    count = int(np.ceil(sum(cell.advance for cell in cells) / width))
    start, floor = band(page, text, row)[1], band(page, text, body[-1])[1]
    if floor + count * pitch > BODY_END * page.toner.shape[0]:
        raise NoRoomError(f"page {row.page} is full: {count} more lines do not fit")
    moved = page.toner[start:floor].copy()
    page.toner[start : floor + count * pitch] = 0
    page.toner[start + count * pitch : floor + count * pitch] = moved
    return pitch


def _left(text: TextMap, row: Row) -> float:
    return min(other.box[0] for other in body_rows(text, row.page))
