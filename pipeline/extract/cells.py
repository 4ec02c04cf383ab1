"""Label and value in table cells: electronic forms, and PDF pages with ruled tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.extract.fields import Raw
from pipeline.extract.glyphs import around, joined
from pipeline.extract.labels import Label, LabelBook
from pipeline.model import Cell, Page

Rows = Sequence[Sequence[Cell]]
_COLONS = ":："


@dataclass(frozen=True)
class CellValue:
    """What stands beside a label cell; empty text for an empty cell."""

    keys: tuple[str, ...]
    raw: Raw


def cell_values(page: Page, rows: Rows, book: LabelBook) -> Iterator[CellValue]:
    """One entry per label cell: the cells right of it up to the next label, else the cell below a row of labels."""
    for number, row in enumerate(rows):
        labels = [book.whole(cell.text, fuzzy=False) for cell in row]
        below = rows[number + 1] if number + 1 < len(rows) else ()
        for place, cell in enumerate(row):
            label = labels[place]
            if label is None:
                yield from _inside(page, cell, book)
            elif place == 0 or row[place - 1].text != cell.text:
                yield CellValue(
                    label.fields, _raw(page, _beside(row, labels, place) or _under(row, labels, below, place))
                )


def line_values(page: Page, book: LabelBook) -> Iterator[CellValue]:
    """`label: value` in lines that have no place, as in the paragraphs of a Word file."""
    for line in page.lines:
        if line.box is None:
            yield from _inside(page, Cell(text=line.text, confidence=line.confidence), book)


def _beside(row: Sequence[Cell], labels: Sequence[Label | None], place: int) -> list[Cell]:
    found: list[Cell] = []
    for cell, label in zip(row[place + 1 :], labels[place + 1 :], strict=True):
        if label is not None and cell.text == row[place].text:
            continue  # the label's own cell, merged over several columns
        if label is not None:
            break
        # A merged cell comes once for each column it covers.
        if cell.text.strip() and (not found or found[-1].text != cell.text):
            found.append(cell)
    return found


def _under(row: Sequence[Cell], labels: Sequence[Label | None], below: Sequence[Cell], place: int) -> list[Cell]:
    head_row = sum(label is not None for label in labels) > 1 and all(
        label is not None or not cell.text.strip() for cell, label in zip(row, labels, strict=True)
    )
    return [below[place]] if head_row and place < len(below) and below[place].text.strip() else []


def _inside(page: Page, cell: Cell, book: LabelBook) -> Iterator[CellValue]:
    """`label: value` in one cell, one pair a line."""
    for line in cell.text.splitlines():
        cut = min((at for at in map(line.find, _COLONS) if at > 0), default=0)
        label = book.whole(line[:cut], fuzzy=False) if cut else None
        if label:
            yield CellValue(
                label.fields, _raw(page, [Cell(text=line[cut + 1 :], box=cell.box, confidence=cell.confidence)])
            )


def _raw(page: Page, cells: Sequence[Cell]) -> Raw:
    boxes = [cell.box for cell in cells if cell.box]
    text = " ".join(joined([line.strip() for line in cell.text.splitlines()]) for cell in cells)
    return Raw(
        text=text,
        page=page.number,
        box=around(boxes) if boxes else None,
        confidence=min((cell.confidence for cell in cells), default=1.0),
        source=page.text_source,
    )
