"""The two format contracts: clauses from the text files, forms at their ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from docx.document import Document as Docx
from docx.shared import Pt

from tests.simulator import forms_paper as paper
from tests.simulator import forms_text as text
from tests.simulator.forms_text import Blank, Contract

_LINE = 18.0
_MARGINS = (28.0, 26.0, 28.0, 22.0)
_TEXT_WIDTH = 154.0


def service_agreement(path: Path) -> frozenset[str]:
    """Writes the 8-page service agreement; returns the names of its blanks."""
    document = _contract(text.SERVICE)
    _clauses(document, text.SERVICE.body)
    paper.heading(document, "联系人信息表", size=15, new_page=True)
    _prose(document, text.CONTACT_INTRO, after=8)
    for caption, blanks in text.CONTACT_FORM:
        _prose(document, caption, bold=True, before=8, after=4)
        _form(document, blanks, label=42, height=11)
    _notes(document, text.CONTACT_NOTES)
    paper.heading(document, "签名表", size=15, new_page=True)
    _prose(document, text.SIGNATURE_INTRO, after=6)
    _form(document, text.SIGNATURE_FORM, label=42, height=9.5, tall={"signature": 22, "customer_seal": 62})
    _prose(document, text.SIGNATURE_NOTE, before=8)
    paper.save(document, path)
    return _names([*text.SIGNATURE_FORM, *(blank for _, blanks in text.CONTACT_FORM for blank in blanks)])


def cooperation_agreement(path: Path) -> frozenset[str]:
    """Writes the 4-page cooperation agreement; returns the names of its blanks."""
    document = _contract(text.COOPERATION)
    parties = (text.PARTIES[0], text.PARTIES[1], text.PARTY_A_CODE, *text.PARTIES[2:])
    _form(document, parties, label=46, height=8.2)
    _prose(document, "", size=4, line=6)
    _clauses(document, text.COOPERATION.body)
    paper.heading(document, "签署页", size=15, new_page=True)
    _prose(document, text.SIGNING_INTRO, after=8)
    tall = {"signature_b": 18.0, "signature_a": 18.0, "seal_b": 58.0, "seal_a": 58.0}
    _form(document, text.SIGNING, label=42, height=9.5, tall=tall)
    _prose(document, text.SIGNING_NOTE, size=9.5, line=16, before=6)
    paper.save(document, path)
    return _names([*parties, *text.SIGNING])


def _names(blanks: Iterable[Blank]) -> frozenset[str]:
    return frozenset(blank.name for blank in blanks if not blank.printed)


def _contract(contract: Contract) -> Docx:
    document = paper.sheet(contract.title, font=paper.SERIF, margins=_MARGINS)
    paper.running(document, contract.head, "所载企业均为虚构")
    paper.heading(document, contract.title, size=17, after=4)
    paper.write(document.add_paragraph(), contract.subtitle, align=paper.CENTRE, line=_LINE, after=6)
    return document


def _prose(
    document: Docx,
    words: str,
    *,
    size: float = 10.5,
    line: float = _LINE,
    bold: bool = False,
    before: float = 0,
    after: float = 0,
) -> None:
    paper.write(
        document.add_paragraph(),
        words,
        size=size,
        line=line,
        bold=bold,
        before=before,
        after=after,
        align=paper.JUSTIFY,
    )


def _notes(document: Docx, notes: Sequence[str]) -> None:
    for number, note in enumerate(notes):
        _prose(document, note, size=9.5, line=16, bold=number == 0, before=10 if number == 0 else 0)


def _clauses(document: Docx, body: str) -> None:
    """`# ` starts a chapter, `- ` a numbered clause, `| ` a table row; anything else is a plain paragraph."""
    chapter = clause = 0
    rows: list[list[str]] = []
    for line in [*body.splitlines(), ""]:
        if line.startswith("| "):
            rows.append([cell.strip() for cell in line[2:].split("|")])
            continue
        if rows:
            _small_table(document, rows)
            rows = []
        if line.startswith("# "):
            chapter, clause = chapter + 1, 0
            _prose(document, f"{chapter}. {line[2:]}", size=11, bold=True, before=5, after=2)
            document.paragraphs[-1].paragraph_format.keep_with_next = True
        elif line.startswith("- "):
            clause += 1
            _clause(document, f"{chapter}.{clause}", line[2:])
        elif line:
            _prose(document, line, after=2)


def _clause(document: Docx, number: str, words: str) -> None:
    _prose(document, f"{number}\t{words}", after=1.5)
    shape = document.paragraphs[-1].paragraph_format
    shape.left_indent, shape.first_line_indent = Pt(30), Pt(-30)
    shape.tab_stops.add_tab_stop(Pt(30))


def _small_table(document: Docx, rows: list[list[str]]) -> None:
    table = paper.grid(document, (62, 36, 36), len(rows))
    for index, (row, words) in enumerate(zip(table.rows, rows, strict=True)):
        paper.row_height(row, 6.8, exact=True)
        for cell, word in zip(row.cells, words, strict=True):
            paper.fill(cell, word, size=9.5, bold=index == 0, align=paper.CENTRE)
    _prose(document, "", size=4, line=5)


def _form(
    document: Docx, blanks: Sequence[Blank], *, label: float, height: float, tall: dict[str, float] | None = None
) -> None:
    table = paper.grid(document, (label, _TEXT_WIDTH - label), len(blanks))
    for row, blank in zip(table.rows, blanks, strict=True):
        paper.row_height(row, (tall or {}).get(blank.name, height), exact=True)
        paper.fill(row.cells[0], blank.label)
        paper.fill(row.cells[1], blank.content)
