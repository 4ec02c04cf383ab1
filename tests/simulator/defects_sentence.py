"""Sentences taken off the ends of clauses, and where clauses begin and end on a page."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from tests.simulator.defects import DeleteRows
from tests.simulator.ink import Mark, Page, defect
from tests.simulator.retype import NoRoomError, band, right_margin
from tests.simulator.textmap import Row, TextMap, body_rows

_CLAUSE = re.compile(r"\s*\d{1,2}\.\d{1,2}(?![\d%])")
_NUMBERED = re.compile(r"\s*\d{1,2}\.")
_END = re.compile(r"[。；;](?=.)|\.(?=\s)")
_HANGING = (20.0, 40.0)  # pt by which the lines below a clause number stand in
_LEAST = 8  # characters of a sentence worth taking out


def clauses(text: TextMap, page: int) -> list[tuple[Row, ...]]:
    """The numbered clauses that stand on a page, each with its lines."""
    found: list[list[Row]] = []
    open_ = False
    for row in body_rows(text, page):
        if _CLAUSE.match(row.text):
            found.append([row])
            open_ = True
            continue
        if open_ and not _NUMBERED.match(row.text):
            step, inset = row.box[1] - found[-1][-1].box[1], row.box[0] - found[-1][0].box[0]
            if step < 2.2 * row.chars[0].size and _HANGING[0] < inset < _HANGING[1]:
                found[-1].append(row)
                continue
        open_ = False
    return [tuple(rows) for rows in found]


@dataclass(frozen=True)
class DropSentence:
    """The last sentence of a clause left out, what follows moves up; clause = its place on the page, from 0."""

    page: int
    clause: int

    def apply(self, pages: list[Page], text: TextMap, rng: np.random.Generator) -> list[Mark]:
        """Raises NoRoomError when the clause has but one sentence."""
        rows = clauses(text, self.page)[self.clause]
        line, start = _last_sentence(rows)
        page, row = pages[self.page - 1], rows[line]
        gone = row.text[start:] + "".join(other.text for other in rows[line + 1 :])
        left = row.chars[start].box[0]
        if rows[line + 1 :]:
            DeleteRows(rows[line + 1].text, rows[-1].text, self.page).apply(pages, text, rng)
        top, bottom = band(page, text, row)
        page.toner[top:bottom, round(left * page.dpi / 72) - 1 :] = 0
        low = rows[min(line + 1, len(rows) - 1)].box[3]
        box = (left if line == len(rows) - 1 else rows[-1].box[0], row.box[1], right_margin(text, self.page), low)
        return [defect("sentence out", self.page, box, gone, "")]


def _last_sentence(rows: tuple[Row, ...]) -> tuple[int, int]:
    """Line and character at which the last sentence of a clause starts."""
    whole = "".join(row.text for row in rows)
    ends = [match.end() for match in _END.finditer(whole) if len(whole[match.end() :].strip()) >= _LEAST]
    if not ends or ends[-1] < _LEAST:
        raise NoRoomError("the clause has but one sentence")
    at = ends[-1]
    for line, row in enumerate(rows):
        if at < len(row.chars):
            while row.chars[at].text.isspace():
                at += 1
            return line, at
        at -= len(row.chars)
    raise NoRoomError("the clause has but one sentence")
