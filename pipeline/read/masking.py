"""Passwords that a document shows are masked before anything is made of its words."""

from __future__ import annotations

from itertools import pairwise

from pipeline.model import Cell, Document, Line, Page, Table
from pipeline.read.messages import remark
from pipeline.values import REMOVED, is_secret_name, without_secrets


def masked(document: Document) -> Document:
    """The same document without secret values in lines, words, tables and form, and a remark when there were any."""
    pages = tuple(_page(page) for page in document.pages)
    form = {
        key: REMOVED if value.strip() and is_secret_name(key) else without_secrets(value)
        for key, value in document.form.items()
    }
    if pages == document.pages and form == dict(document.form):
        return document
    found = remark(
        "credential_present",
        "文件中写有密码，本系统已隐去，不作保存；请从来源处删除，并通知客户更换密码",
        "The document shows a password, masked here; delete it where it came from and have the customer change it",
    )
    return document.model_copy(update={"pages": pages, "form": form, "remarks": (*document.remarks, found)})


def _page(page: Page) -> Page:
    lines = tuple(_line(line) for line in page.lines)
    lines = _across(lines)
    tables = tuple(_table(table) for table in page.tables)
    if lines == page.lines and tables == page.tables:
        return page
    return page.model_copy(update={"lines": lines, "tables": tables})


def _line(line: Line) -> Line:
    clean = without_secrets(line.text)
    return line if clean == line.text else line.model_copy(update={"text": clean, "words": ()})


def _across(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """A label alone on its line, or in a column of its own, with the value in the line behind it."""
    result = list(lines)
    for at, (label, value) in enumerate(pairwise(lines)):
        pair = f"{label.text}\n{value.text}\n"
        clean = without_secrets(pair)
        if clean != pair and clean.startswith(f"{label.text}\n"):
            result[at + 1] = value.model_copy(update={"text": clean.removeprefix(f"{label.text}\n")[:-1], "words": ()})
    return tuple(result)


def _table(table: Table) -> Table:
    rows = []
    heads = [is_secret_name(cell.text) and len(cell.text) < 20 for cell in table.rows[0]] if table.rows else []
    for number, row in enumerate(table.rows):
        rows.append(tuple(_cell(cell, at, number, row, heads) for at, cell in enumerate(row)))
    return table if tuple(rows) == table.rows else table.model_copy(update={"rows": tuple(rows)})


def _cell(cell: Cell, at: int, number: int, row: tuple[Cell, ...], heads: list[bool]) -> Cell:
    text = without_secrets(cell.text)
    labelled = at > 0 and len(row[at - 1].text) < 20 and is_secret_name(row[at - 1].text)
    headed = number > 0 and at < len(heads) and heads[at]
    if (labelled or headed) and _looks_secret(cell.text):
        text = REMOVED
    return cell if text == cell.text else cell.model_copy(update={"text": text})


def _looks_secret(text: str) -> bool:
    """A run of signs without spaces; 另行通知 or a sentence is none."""
    plain = text.strip()
    return len(plain) >= 3 and plain.isascii() and " " not in plain
