"""The only door to openpyxl: every sheet is a page with one table; hidden ones are said to be."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl

from pipeline.model import Cell, Document, Line, Page, Remark, Submission, Table
from pipeline.read.limits import ReadLimits
from pipeline.read.messages import remark, unreadable

Opaque = Any  # a sheet or cell; openpyxl's stubs do not cover merged and lazy cells alike
FAULTS = Exception  # openpyxl raises whatever a malformed part provokes


def read_sheet(path: Path, submission: Submission, limits: ReadLimits) -> Document:
    """Formulas give the value saved with them; raises UnreadableError `damaged`, `too_large` or `empty`."""
    name = submission.name
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # from memory: openpyxl refuses a path whose name does not end in .xlsx, and stored originals have no ending
            content = path.read_bytes()
            values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
            formulas = openpyxl.load_workbook(io.BytesIO(content), data_only=False)
    except FAULTS as error:
        advice = ("请在 Excel 中另存为普通 XLSX 后提交。", "Save it as an ordinary XLSX in Excel and submit that.")
        zh, en = "的 Excel 结构无法读取", f"cannot be read as an Excel file ({type(error).__name__})"
        raise unreadable("damaged", name, zh, en, advice=advice) from None
    size = sum(sheet.max_row * sheet.max_column for sheet in values.worksheets)
    if size > limits.cells:
        raise unreadable(
            "too_large", name, f"有 {size} 个单元格，超出上限", f"has {size} cells, more than {limits.cells}"
        )
    if not values.worksheets:
        raise unreadable("empty", name, "没有工作表", "has no sheet")
    remarks: list[Remark] = []
    pages = [
        _page(sheet, formulas[sheet.title], number, remarks) for number, sheet in enumerate(values.worksheets, start=1)
    ]
    return Document(submission=submission, pages=tuple(pages), remarks=tuple(remarks))


def _page(sheet: Opaque, formulas: Opaque, number: int, remarks: list[Remark]) -> Page:
    rows = _rows(sheet)
    if sheet.sheet_state != "visible":
        zh, en = f"工作表“{sheet.title}”是隐藏的", f"Sheet {sheet.title} is hidden"
        remarks.append(remark("hidden_sheet", zh, en, page=number))
    computed = [cell for row in formulas.iter_rows() for cell in row if cell.data_type == "f"]
    stale = [cell.coordinate for cell in computed if sheet[cell.coordinate].value is None]
    if stale:
        places = ", ".join(stale[:10])
        zh = f"工作表“{sheet.title}”的公式没有保存计算结果：{places}；请用 Excel 打开并保存"
        en = f"Formulas of sheet {sheet.title} were saved without results: {places}; open and save it in Excel"
        remarks.append(remark("formula_without_value", zh, en, page=number))
    lines = tuple(Line(text=" ".join(cell for cell in row if cell)) for row in rows if any(row))
    table = Table(rows=tuple(tuple(Cell(text=cell) for cell in row) for row in rows))
    return Page(
        number=number,
        width=0.0,
        height=0.0,
        text_source="text" if lines else "none",
        lines=lines,
        tables=(table,) if lines else (),
    )


def _rows(sheet: Opaque) -> list[list[str]]:
    """Cell texts without trailing empty rows and columns; merged cells show their value once, at the top left."""
    rows = [[_text(cell) for cell in row] for row in sheet.iter_rows()]
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((at + 1 for row in rows for at, text in enumerate(row) if text), default=0)
    return [row[:width] for row in rows]


def _text(cell: Opaque) -> str:
    """As a reader would write it: ISO dates, plain decimals, percent where the format says so."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, (int, float, Decimal)):
        return _number(value, str(cell.number_format or ""))
    return str(value).strip()


def _number(value: int | float | Decimal, pattern: str) -> str:
    """Binary noise is cut at 15 significant digits, as Excel does."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    percent = "%" in pattern
    exact = Decimal(format(value, ".15g")) * (100 if percent else 1)
    places = _places(pattern)
    text = format(exact if places is None else round(exact, places), "f")
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    zeros = pattern.strip()
    if zeros and set(zeros) == {"0"}:
        text = text.zfill(len(zeros))
    return text + ("%" if percent else "")


def _places(pattern: str) -> int | None:
    """Decimal places of a numeric format such as `#,##0.00`; None for General and whatever is not plain."""
    section = "".join(_plain(pattern.split(";")[0]))
    if "0" not in section or "E" in section.upper() or "?" in section or "/" in section:
        return None
    _, _, fraction = section.partition(".")
    return sum(char in "0#" for char in fraction)


def _plain(section: str) -> Iterator[str]:
    """The format without quoted text, brackets and escapes."""
    quoted = bracket = skip = False
    for char in section:
        if skip:
            skip = False
        elif char in "\\_*" and not quoted:
            skip = True
        elif char == '"':
            quoted = not quoted
        elif char == "[":
            bracket = True
        elif char == "]":
            bracket = False
        elif not quoted and not bracket:
            yield char
