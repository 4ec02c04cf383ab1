"""Passwords that a document shows are masked before anything is made of its words, and where they stand is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipeline.model import Bilingual, Box, Cell, Document, Line, Page, Remark, Table
from pipeline.read.frame import union
from pipeline.read.messages import remark
from pipeline.values import REMOVED, is_secret_name, secrets_in, without_secrets

CODE = "credential_present"
_LONG = 6  # characters from which a secret is looked for where no label stands before it
_SHORT_LABEL = 20
_HEADING = re.compile(
    r"(?:\S{0,4}(?:密\s*码|口\s*令)|(?:\w+\s)?(?:password|passwd|pwd))\s*[:：]?", re.IGNORECASE
)  # a label with nothing else on its line
_ROWS = 4  # lines below a heading that may belong to its column
_GAP = 3.0  # heights of a line between two rows of a column


@dataclass(frozen=True)
class Masked:
    """A document without secret values; `values` are what was taken out, to be looked for elsewhere and never kept."""

    document: Document
    values: frozenset[str] = frozenset()

    def clean(self, text: str) -> str:
        """Another text of the same document without them."""
        for value in sorted(self.values, key=len, reverse=True):
            if len(value) >= _LONG or value == text.strip():
                text = text.replace(value, REMOVED)
        return without_secrets(text)


def masked(document: Document) -> Document:
    """The document of `mask`."""
    return mask(document).document


def mask(document: Document) -> Masked:
    """The same document without secret values in lines, words, tables, form and remarks, and a remark on each page.

    `concealed` of its pages is where they stood; the very same document when it shows none.
    """
    found = Masked(document, frozenset(_values(document)) - {REMOVED})
    pages = tuple(_page(page, found) for page in document.pages)
    form = {key: _form_value(key, value, found) for key, value in document.form.items()}
    remarks = tuple(_cleaned_remark(item, found) for item in document.remarks)
    if pages == document.pages and form == dict(document.form) and remarks == document.remarks:
        return Masked(document)
    told = tuple(_told(page) for page in pages if page.concealed) or (_told(None),)
    changes = {"pages": pages, "form": form, "remarks": (*remarks, *told)}
    return Masked(document.model_copy(update=changes), found.values)


def _told(page: Page | None) -> Remark:
    """Where a page shows one: the picture of the page is covered there in all that is shown of it."""
    zh = "文件中写有密码，本系统已隐去，不作保存；请从来源处删除，并通知客户更换密码"
    en = "The document shows a password, masked here; delete it where it came from and have the customer change it"
    if page is None:
        return remark(CODE, zh, en)
    zh += "。报告的图像中已用黑块遮盖；原件未改动，仍可看到"
    en += ". It is painted over in the pictures of this report; the original is unchanged and still shows it"
    return remark(CODE, zh, en, page=page.number, box=union(list(page.concealed)))


# --- what is secret -----------------------------------------------------------------------------------------------


def _values(document: Document) -> Iterator[str]:
    for page in document.pages:
        for line in page.lines:
            yield from _spoken(line.text)
        for _, text in _in_lines(page.lines):
            yield text
        for table in page.tables:
            for row in table.rows:
                for cell in row:
                    yield from _spoken(cell.text)
            yield from (cell.text.strip() for cell in _in_table(table))
    for key, value in document.form.items():
        yield from [value.strip()] if value.strip() and is_secret_name(key) else _spoken(value)
    for item in document.remarks:
        yield from _spoken(item.message.zh)


def _spoken(text: str) -> Iterator[str]:
    return (text[start:end] for start, end in secrets_in(text))


def _in_lines(lines: tuple[Line, ...]) -> Iterator[tuple[int, str]]:
    """Secrets whose label stands in another line: in the line before, or at the head of their column."""
    for at, (label, value) in enumerate(pairwise(lines)):
        if label.box and value.box and value.box[2] <= label.box[0]:
            continue  # the first column of the next row
        before = f"{label.text}\n"
        for start, end in secrets_in(f"{before}{value.text}\n"):
            if start >= len(before):
                yield at + 1, value.text[start - len(before) : end - len(before)]
    for head in lines:
        if head.box is not None and _HEADING.fullmatch(head.text.strip()):
            yield from _below(head.box, lines)


def _below(head: Box, lines: tuple[Line, ...]) -> Iterator[tuple[int, str]]:
    """The column under a heading, as far as it goes down without a gap."""
    placed = [(at, line.text.strip(), line.box) for at, line in enumerate(lines) if line.box is not None]
    column = [item for item in placed if item[2][1] >= head[3] - 1 and _share_across(head, item[2]) > 0.5]
    edge = head[3]
    for at, text, box in sorted(column, key=lambda item: item[2][1])[:_ROWS]:
        if box[1] - edge > _GAP * (head[3] - head[1]):
            return
        if len(text) >= _LONG and _looks_secret(text) and re.search(r"[\d@#$%^&*!]", text):
            yield at, text
        edge = box[3]


def _share_across(first: Box, other: Box) -> float:
    common = min(first[2], other[2]) - max(first[0], other[0])
    return common / max(min(first[2] - first[0], other[2] - other[0]), 0.1)


def _in_table(table: Table) -> Iterator[Cell]:
    """Cells under a secret heading or behind a secret label."""
    heads = [_is_label(cell.text) for cell in table.rows[0]] if table.rows else []
    for number, row in enumerate(table.rows):
        for at, cell in enumerate(row):
            labelled = at > 0 and _is_label(row[at - 1].text)
            headed = number > 0 and at < len(heads) and heads[at]
            if (labelled or headed) and _looks_secret(cell.text):
                yield cell


def _is_label(text: str) -> bool:
    return len(text) < _SHORT_LABEL and is_secret_name(text)


def _looks_secret(text: str) -> bool:
    """A run of signs without spaces; 另行通知 or a sentence is none."""
    plain = text.strip()
    return len(plain) >= 3 and plain.isascii() and " " not in plain


# --- without it ---------------------------------------------------------------------------------------------------


def _page(page: Page, found: Masked) -> Page:
    elsewhere = dict(_in_lines(page.lines))
    lines = tuple(_line(line, found, elsewhere.get(at)) for at, line in enumerate(page.lines))
    tables = tuple(_table(table, found) for table in page.tables)
    if lines == page.lines and tables == page.tables:
        return page
    places = [line.box for line, clean in zip(page.lines, lines, strict=True) if line.text != clean.text and line.box]
    places += [box for table, clean in zip(page.tables, tables, strict=True) for box in _changed(table, clean)]
    return page.model_copy(update={"lines": lines, "tables": tables, "concealed": tuple(dict.fromkeys(places))})


def _line(line: Line, found: Masked, own: str | None) -> Line:
    clean = found.clean(line.text.replace(own, REMOVED) if own else line.text)
    return line if clean == line.text else line.model_copy(update={"text": clean, "words": ()})


def _table(table: Table, found: Masked) -> Table:
    secret = {id(cell) for cell in _in_table(table)}
    rows = tuple(tuple(_cell(cell, found, id(cell) in secret) for cell in row) for row in table.rows)
    return table if rows == table.rows else table.model_copy(update={"rows": rows})


def _cell(cell: Cell, found: Masked, secret: bool) -> Cell:
    text = REMOVED if secret else found.clean(cell.text)
    return cell if text == cell.text else cell.model_copy(update={"text": text})


def _changed(table: Table, clean: Table) -> Iterator[Box]:
    for row, other in zip(table.rows, clean.rows, strict=True):
        yield from (cell.box for cell, after in zip(row, other, strict=True) if cell.text != after.text and cell.box)


def _form_value(key: str, value: str, found: Masked) -> str:
    return REMOVED if value.strip() and is_secret_name(key) else found.clean(value)


def _cleaned_remark(item: Remark, found: Masked) -> Remark:
    message = Bilingual(zh=found.clean(item.message.zh), en=found.clean(item.message.en))
    return item if message == item.message else item.model_copy(update={"message": message})
