"""Tables of like rows in electronic forms: a head row of labels, then one row a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.extract.fields import Raw
from pipeline.extract.glyphs import joined, letters
from pipeline.extract.labels import LabelBook
from pipeline.model import Cell, Page
from pipeline.packs import RowsSpec

HEAD_SHARE = 0.6


@dataclass(frozen=True)
class TableRows:
    """Rows by column key; `used` = numbers of the table rows they and their head took."""

    rows: tuple[dict[str, Raw], ...]
    used: frozenset[int]


def cell_rows(page: Page, rows: Sequence[Sequence[Cell]], spec: RowsSpec) -> TableRows:
    """Rows under every head row, until an end word, an empty row, or a row of one cell such as a heading."""
    book = LabelBook.of_rows(spec)
    found: list[dict[str, Raw]] = []
    used: set[int] = set()
    columns: dict[int, str] = {}
    for number, row in enumerate(rows):
        head = _head(row, book)
        if len(head) >= head_size(spec):
            columns = head
        elif columns and _ends(row, spec):
            columns = {}
        elif columns:
            found.append(
                {
                    key: Raw(joined(cell.text.splitlines()), page.number, cell.box, cell.confidence, page.text_source)
                    for place, key in columns.items()
                    if place < len(row) and (cell := row[place]).text.strip()
                }
            )
        if columns:
            used.add(number)
    return TableRows(tuple(found), frozenset(used))


def head_size(spec: RowsSpec) -> int:
    """How many labels make a head row."""
    return max(2, round(len(spec.columns) * HEAD_SHARE))


def is_end(text: str, spec: RowsSpec) -> bool:
    """Whether a line or first cell begins with an end word."""
    words = letters(text)
    return any(words.startswith(letters(end)) for end in spec.end if letters(end))


def _head(row: Sequence[Cell], book: LabelBook) -> dict[int, str]:
    columns: dict[int, str] = {}
    for place, cell in enumerate(row):
        label = book.whole(cell.text, fuzzy=False)
        if label and label.fields[0] not in columns.values():
            columns[place] = label.fields[0]
    return columns


def _ends(row: Sequence[Cell], spec: RowsSpec) -> bool:
    filled = [cell.text for cell in row if cell.text.strip()]
    return len(filled) < 2 or is_end(filled[0], spec)
