"""The letters of the order desk as docxtpl templates: one builder, fed by the wording in `forms_letters_*`.

`python -m tests.simulator.forms letters` writes only these.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from docx.document import Document as Docx
from docx.table import Table

from tests.simulator import forms_paper as paper
from tests.simulator.forms_letters_advice import ADVICE_LETTERS
from tests.simulator.forms_letters_desk import DESK_LETTERS
from tests.simulator.forms_letters_order import ORDER_LETTERS
from tests.simulator.forms_letters_parts import Facts, Grid, Head, Letter, Pairs, Part, Rows, Say, SealBox
from tests.simulator.forms_outgoing import blanks_in_pairs, letterhead, loop, operator_seal, prose

LETTERS: dict[str, Letter] = {**ORDER_LETTERS, **DESK_LETTERS, **ADVICE_LETTERS}
_SHADE = "EDEDED"
_WIDTH = 174.0
_ASK = "如有疑问，请与{{ operator_contact }}联系，电话：{{ operator_phone }}。"
_UNSEALED = "本件由系统根据案件资料生成，未加盖印章。"


def letter(name: str, path: Path) -> None:
    """Writes the template of one letter."""
    spec = LETTERS[name]
    document = paper.sheet(spec.title, font=paper.SERIF, margins=(18, 20, 18, 17))
    paper.running(document, "{{ operator_name }}", spec.title)
    letterhead(document, spec.title, spec.english, spec.head)
    prose(document, "", after=0).paragraph_format.line_spacing = 0.3
    _body(document, spec.parts)
    _close(document, spec)
    if spec.slip:
        paper.heading(document, spec.slip_title, size=17, new_page=True, after=2)
        paper.write(document.add_paragraph(), spec.slip_english, size=9, align=paper.CENTRE, line=14, after=10)
        _body(document, spec.slip)
    paper.save(document, path)


def _body(document: Docx, parts: Sequence[Part]) -> None:
    for part, following in zip(parts, (*parts[1:], None), strict=True):
        _add(document, part, before_table=not isinstance(following, (Say, Head)))


def _add(document: Docx, part: Part, *, before_table: bool) -> None:
    if part.when:
        _tag(document, f"{{%p if {part.when} %}}")
    match part:
        case Say():
            prose(document, part.words, before=4, after=7 if before_table else 2, bold=part.bold)
        case Pairs():
            blanks_in_pairs(document, part.blanks)
            _gap(document)
        case Head():
            heading = prose(document, part.words, before=8, after=3, bold=True)
            heading.paragraph_format.keep_with_next = True
        case Facts():
            _facts(document, part)
        case Rows():
            _rows(document, part)
        case Grid():
            _grid(document, part)
        case SealBox():
            _seal_box(document, part)
    if part.when:
        _tag(document, "{%p endif %}")


def _tag(document: Docx, words: str) -> None:
    paper.write(document.add_paragraph(), words, size=6, line=6)


def _close(document: Docx, spec: Letter) -> None:
    if spec.ask:
        prose(document, _ASK, before=4, after=2)
    if spec.sealed:
        for paragraph in document.paragraphs[-2:]:  # the box never stands alone on a page
            paragraph.paragraph_format.keep_with_next = True
        operator_seal(document, height=41, gap=8, kept=True)
        return
    if not spec.signed:
        return
    signature = prose(document, "{{ operator_name }}", before=14)
    signature.alignment = paper.RIGHT
    signature.paragraph_format.keep_with_next = True
    dated = prose(document, "{{ date }}")
    dated.alignment = paper.RIGHT
    if spec.automatic:
        paper.write(document.add_paragraph(), _UNSEALED, size=8.5, align=paper.RIGHT, line=14)


def _gap(document: Docx) -> None:
    paper.write(document.add_paragraph(), "", size=4, line=7)


def _facts(document: Docx, part: Facts) -> None:
    table = paper.grid(document, (part.label_width, _WIDTH - part.label_width), len(part.rows))
    for row, (label, content) in zip(table.rows, part.rows, strict=True):
        paper.row_height(row, 8, exact=False)
        paper.fill(row.cells[0], label, bold=True, shade=_SHADE)
        paper.fill(row.cells[1], content)
    _keep_together(table)
    _gap(document)


def _rows(document: Docx, part: Rows) -> None:
    table = paper.grid(document, [column.width for column in part.columns], 4)
    _header(table, [column.label for column in part.columns])
    loop(table, part.over, [column.content for column in part.columns], size=part.size, height=8.5)
    for cell, column in zip(table.rows[2].cells, part.columns, strict=True):
        cell.paragraphs[0].alignment = paper.LEFT if column.text else paper.CENTRE
    _gap(document)


def _grid(document: Docx, part: Grid) -> None:
    table = paper.grid(document, part.widths, 1 + len(part.rows))
    _header(table, part.header)
    for row, cells in zip(table.rows[1:], part.rows, strict=True):
        paper.row_height(row, 8, exact=False)
        last = part.total and cells is part.rows[-1]
        for place, (cell, content) in enumerate(zip(row.cells, cells, strict=True)):
            align = paper.RIGHT if place in part.right else paper.CENTRE if place in part.centred else paper.LEFT
            paper.fill(cell, content, size=9.5, bold=last, align=align)
    _keep_together(table)
    _gap(document)


def _header(table: Table, labels: Sequence[str]) -> None:
    paper.row_height(table.rows[0], 8, exact=False)
    paper.repeat_as_header(table.rows[0])
    for cell, label in zip(table.rows[0].cells, labels, strict=True):
        paper.fill(cell, label, size=9.5, bold=True, align=paper.CENTRE, shade=_SHADE)


def _seal_box(document: Docx, part: SealBox) -> None:
    """A box to be sealed and signed by the receiver of the paper."""
    table = paper.grid(document, (34, 60, 80), len(part.labels))
    for row, (label, content) in zip(table.rows, part.labels, strict=True):
        paper.row_height(row, 60 / len(part.labels), exact=False)
        paper.fill(row.cells[0], label, bold=True, shade=_SHADE)
        paper.fill(row.cells[1], content)
    box = table.cell(0, 2).merge(table.cell(len(part.labels) - 1, 2))
    paper.fill(box, part.caption, size=9.5, align=paper.CENTRE, middle=False)
    _keep_together(table)


def _keep_together(table: Table) -> None:
    """A short table never breaks across pages."""
    for row in table.rows[:-1]:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True
