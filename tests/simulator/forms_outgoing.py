"""The distributor's order form and the correction notice, both docxtpl templates, and what letters have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from docx.document import Document as Docx
from docx.table import Table
from docx.text.paragraph import Paragraph

from tests.simulator import forms_paper as paper
from tests.simulator import forms_text as text
from tests.simulator.forms_text import Blank

_PAIRS = (49.0, 84.5, 40.0, 93.5)
_SHADE = "EDEDED"
_Sections = Sequence[tuple[str, Sequence[Sequence[Blank]]]]


def purchase_order(path: Path) -> None:
    """Writes the landscape order form: parties and customer on page 1, lines and totals from page 2."""
    document = paper.sheet(text.ORDER_TITLE, font=paper.SANS, landscape=True, margins=(15, 17, 15, 13))
    paper.running(document, "星河云（上海）数字科技有限公司　云服务订货专用表单", "示例表单·虚构")
    paper.heading(document, text.ORDER_TITLE, size=16, after=0)
    version = "表单版本：{{ form_version }}"
    paper.write(document.add_paragraph(), version, size=9.5, align=paper.RIGHT, line=15, after=3)
    _sections(document, text.ORDER_SECTIONS)
    caption = document.add_paragraph()
    caption.paragraph_format.page_break_before = True
    paper.write(caption, text.ORDER_LINES_HEADING, bold=True, line=18, after=2)
    _lines(document)
    _gap(document)
    _sections(document, text.ORDER_TOTALS)
    _gap(document)
    _seal_block(document)
    paper.save(document, path)


def _gap(document: Docx) -> None:
    paper.write(document.add_paragraph(), "", size=4, line=6)


def _sections(document: Docx, sections: _Sections) -> None:
    table = paper.grid(document, _PAIRS, sum(1 + len(rows) for _, rows in sections))
    place = 0
    for caption, rows in sections:
        first = table.rows[place]
        paper.row_height(first, 6.6, exact=False)
        paper.fill(first.cells[0].merge(first.cells[3]), caption, bold=True, shade=_SHADE)
        for offset, blanks in enumerate(rows, start=1):
            _pair_row(table, place + offset, blanks)
        place += 1 + len(rows)


def _pair_row(table: Table, index: int, blanks: Sequence[Blank]) -> None:
    row = table.rows[index]
    paper.row_height(row, 7.4, exact=False)
    if len(blanks) == 1:
        row.cells[1].merge(row.cells[3])
    for number, blank in enumerate(blanks):
        paper.fill(row.cells[2 * number], blank.label, size=9.5)
        paper.fill(row.cells[2 * number + 1], blank.content)


def loop(table: Table, over: str, contents: Sequence[str], *, size: float, height: float) -> None:
    """Rows 1 to 3 become the docxtpl loop: opening tag, the repeated row, closing tag."""
    paper.fill(table.rows[1].cells[0], f"{{%tr for {over} %}}", size=6)
    paper.row_height(table.rows[2], height, exact=False)
    for cell, content in zip(table.rows[2].cells, contents, strict=True):
        paper.fill(cell, content, size=size, align=paper.CENTRE)
    paper.fill(table.rows[3].cells[0], "{%tr endfor %}", size=6)


def _lines(document: Docx) -> None:
    table = paper.grid(document, [width for _, _, width in text.ORDER_LINES], 4)
    paper.row_height(table.rows[0], 8, exact=False)
    paper.repeat_as_header(table.rows[0])
    for cell, (label, _, _) in zip(table.rows[0].cells, text.ORDER_LINES, strict=True):
        paper.fill(cell, label, size=9.5, bold=True, align=paper.CENTRE, shade=_SHADE)
    contents = [f"{{{{ line.{name} }}}}" for _, name, _ in text.ORDER_LINES]
    loop(table, "line in lines", contents, size=9, height=9)


def _seal_block(document: Docx) -> None:
    table = paper.grid(document, (24, 108, 34, 101), 3)
    for row, blank, height in zip(table.rows, text.ORDER_SIGNING, (10, 10, 29), strict=True):
        paper.row_height(row, height, exact=False)
        paper.fill(row.cells[0], blank.label, size=9.5)
        paper.fill(row.cells[1], blank.content)
    paper.fill(table.cell(0, 2).merge(table.cell(2, 2)), text.ORDER_SEAL, size=9.5)
    table.cell(0, 3).merge(table.cell(2, 3))
    for row in table.rows[:-1]:  # the seal box never breaks across pages
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def correction_notice(path: Path) -> None:
    """Writes the correction notice: letter, numbered items, appendix on how to scan."""
    document = paper.sheet("材料补正通知书", font=paper.SERIF, margins=(18, 22, 18, 20))
    paper.running(document, "{{ operator_name }}", "材料补正通知书")
    letterhead(document, "材料补正通知书", "Notice of items to be corrected before acceptance", text.NOTICE_HEAD)
    prose(document, text.NOTICE_OPENING, before=10, after=6)
    table = paper.grid(document, [width for _, _, width in text.NOTICE_COLUMNS], 4)
    paper.row_height(table.rows[0], 8, exact=False)
    paper.repeat_as_header(table.rows[0])
    for cell, (label, _, _) in zip(table.rows[0].cells, text.NOTICE_COLUMNS, strict=True):
        paper.fill(cell, label, size=9.5, bold=True, align=paper.CENTRE, shade=_SHADE)
    loop(table, "item in items", [content for _, content, _ in text.NOTICE_COLUMNS], size=9, height=10)
    for cell in table.rows[2].cells[4:]:
        cell.paragraphs[0].alignment = paper.LEFT
    for number, words in enumerate(text.NOTICE_CLOSING):
        prose(document, words, before=8 if number == 0 else 3)
    operator_seal(document)
    _appendix(document)
    paper.save(document, path)


def prose(document: Docx, words: str, *, before: float = 0, after: float = 0, bold: bool = False) -> Paragraph:
    """A paragraph of a letter."""
    paragraph = document.add_paragraph()
    return paper.write(paragraph, words, line=19, before=before, after=after, align=paper.JUSTIFY, bold=bold)


def letterhead(document: Docx, title: str, subtitle: str, head: Sequence[Blank]) -> None:
    """The sender, the title in both languages, and two labelled blanks a row."""
    paper.heading(document, "{{ operator_name }}", size=14, after=2)
    paper.heading(document, title, size=19, after=0)
    paper.write(document.add_paragraph(), subtitle, size=9, align=paper.CENTRE, line=14, after=8)
    blanks_in_pairs(document, head)


def blanks_in_pairs(document: Docx, blanks: Sequence[Blank]) -> None:
    """A table with two labelled blanks a row."""
    table = paper.grid(document, (24, 63, 24, 63), (len(blanks) + 1) // 2)
    for index, row in enumerate(table.rows):
        paper.row_height(row, 8.5, exact=False)
        for number, blank in enumerate(blanks[2 * index : 2 * index + 2]):
            paper.fill(row.cells[2 * number], blank.label, bold=True, shade=_SHADE)
            paper.fill(row.cells[2 * number + 1], blank.content)


def operator_seal(document: Docx, *, height: float = 52, gap: float = 19, kept: bool = False) -> None:
    """Who sends the letter, and the box for its seal; `height` in mm, `gap` above in pt, `kept` = never alone."""
    space = paper.write(document.add_paragraph(), "", line=gap, before=4, align=paper.JUSTIFY)
    if kept:
        space.paragraph_format.keep_with_next = True
    table = paper.grid(document, (94, 80), 1)
    paper.row_height(table.rows[0], height, exact=True)
    left, right = table.rows[0].cells
    paper.fill(left, "发出单位：{{ operator_name }}", line=19)
    for words in ("联系人：{{ operator_contact }}", "电话：{{ operator_phone }}", "日期：{{ date }}"):
        paper.write(left.add_paragraph(), words, size=10, line=19)
    paper.fill(right, "（盖章处）", size=9.5, align=paper.CENTRE, middle=False)


def _appendix(document: Docx) -> None:
    paper.heading(document, "附页　扫描要求", size=15, new_page=True)
    table = paper.grid(document, (11, 30, 133), len(text.SCAN_RULES))
    for number, (row, (topic, words)) in enumerate(zip(table.rows, text.SCAN_RULES, strict=True), start=1):
        paper.row_height(row, 12, exact=False)
        paper.fill(row.cells[0], str(number), align=paper.CENTRE)
        paper.fill(row.cells[1], topic, bold=True)
        paper.fill(row.cells[2], words, line=16)
    prose(document, "以上要求仅为便于审核；仅涉及扫描质量的事项，重新扫描即可，不必重新盖章。", before=10)
