"""The only door to python-docx: what a Word file says, without pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docx.oxml.ns import qn

from pipeline.model import Cell, Document, Line, Page, Remark, Submission, Table
from pipeline.read.messages import remark, unreadable

Element = Any  # an lxml element, or an object of python-docx, which has no types
CONTAINERS = frozenset(
    qn(f"w:{tag}")
    for tag in (
        "sdt",
        "sdtContent",
        "ins",
        "smartTag",
        "hyperlink",
        "customXml",
        "moveTo",
        "fldSimple",
        "footnote",
        "endnote",
    )
)
PARAGRAPH, TABLE, ROW, CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
TEXT, TAB, BREAK, CARRIAGE = qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr")
HYPHEN = qn("w:noBreakHyphen")
BOX = qn("w:txbxContent")
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
TRACKED = (qn("w:ins"), qn("w:del"), qn("w:moveFrom"), qn("w:moveTo"))
DELETED = (qn("w:del"), qn("w:moveFrom"), FALLBACK)
STRICT = b"purl.oclc.org/ooxml"
FAULTS = Exception  # python-docx and lxml raise whatever a malformed part provokes


def read_word(path: Path, submission: Submission) -> Document:
    """Paragraphs and cells as lines in document order, then headers and footers; raises UnreadableError."""
    name = submission.name
    try:
        document = docx.Document(str(path))
    except FAULTS as error:
        raise _refusal(path, name, error) from None
    body = document.element.body
    tables: list[Table] = []
    lines = list(_blocks(body, tables))
    for part in _margins(document):
        lines += _blocks(part, tables)
    page = Page(number=1, width=0.0, height=0.0, text_source="text", lines=tuple(lines), tables=tuple(tables))
    return Document(submission=submission, pages=(page,), remarks=tuple(_remarks(document)))


def _refusal(path: Path, name: str, error: Exception) -> Exception:
    if STRICT in path.read_bytes() or "strict" in str(error).lower() or isinstance(error, KeyError):
        zh, en = "是严格 OOXML 或缺少正文部件的 Word 文件", "is a strict OOXML Word file or lacks its main part"
        advice = (
            "请在 Word 中另存为普通 DOCX 或 PDF 后提交。",
            "Save it as an ordinary DOCX or PDF in Word and submit that.",
        )
        return unreadable("unsupported", name, zh, en, advice=advice)
    return unreadable("damaged", name, "的 Word 结构已损坏", f"is a damaged Word file ({type(error).__name__})")


def _margins(document: Element) -> Iterator[Element]:
    """Header and footer parts that are really there, each once."""
    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(("/header", "/footer", "/footnotes", "/endnotes")):
            element = getattr(relation.target_part, "element", None)
            if element is not None:
                yield element


def _blocks(container: Element, tables: list[Table]) -> Iterator[Line]:
    for child in container.iterchildren():
        if child.tag == PARAGRAPH:
            yield from _paragraph(child, tables)
        elif child.tag == TABLE:
            yield from _table(child, tables)
        elif child.tag in CONTAINERS:
            yield from _blocks(child, tables)


def _paragraph(paragraph: Element, tables: list[Table]) -> Iterator[Line]:
    """The paragraph's own text, line by line, then its text boxes."""
    for text in _text(paragraph).split("\n"):
        if text.strip():
            yield Line(text=text.strip())
    for box in _boxes(paragraph):
        yield from _blocks(box, tables)


def _text(node: Element) -> str:
    """Visible text without tracked deletions; text boxes are read apart."""
    parts: list[str] = []
    for child in node.iterchildren():
        if child.tag == TEXT:
            parts.append(child.text or "")
        elif child.tag == TAB:
            parts.append("\t")
        elif child.tag in (BREAK, CARRIAGE):
            parts.append("\n")
        elif child.tag == HYPHEN:
            parts.append("-")
        elif child.tag not in DELETED and child.tag != BOX:
            parts.append(_text(child))
    return "".join(parts)


def _boxes(node: Element) -> Iterator[Element]:
    """Outermost text boxes; the fallback repeats the same box for old readers."""
    for child in node.iterchildren():
        if child.tag == BOX:
            yield child
        elif child.tag not in DELETED:
            yield from _boxes(child)


def _table(table: Element, tables: list[Table]) -> Iterator[Line]:
    """Merged cells once: a continued one is empty; nested tables follow their cell."""
    at = len(tables)
    tables.append(Table(rows=()))
    rows: list[tuple[Cell, ...]] = []
    lines: list[Line] = []
    for row in _inside(table, ROW):
        cells: list[Cell] = []
        for cell in _inside(row, CELL):
            inner = [] if _continues(cell) else list(_blocks(cell, tables))
            cells.append(Cell(text="\n".join(line.text for line in inner)))
            cells += [Cell(text="")] * (_columns(cell) - 1)
            lines += inner
        rows.append(tuple(cells))
    tables[at] = Table(rows=tuple(rows))
    yield from lines


def _inside(node: Element, tag: str) -> Iterator[Element]:
    for child in node.iterchildren():
        if child.tag == tag:
            yield child
        elif child.tag in CONTAINERS:
            yield from _inside(child, tag)


def _continues(cell: Element) -> bool:
    merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
    return merge is not None and merge.get(qn("w:val"), "continue") == "continue"


def _columns(cell: Element) -> int:
    span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    value = span.get(qn("w:val"), "1") if span is not None else "1"
    return min(max(int(value), 1), 200) if value.isdigit() else 1


def _remarks(document: Element) -> Iterator[Remark]:
    body = document.element.body
    if any(next(body.iter(tag), None) is not None for tag in TRACKED):
        zh, en = (
            "文件含修订痕迹；按接受全部修订读取",
            "The file has tracked changes; it was read as if all were accepted",
        )
        yield remark("tracked_changes", zh, en)
    if next(body.iter(qn("w:vanish")), None) is not None:
        yield remark("hidden_text", "文件含隐藏文字", "The file has hidden text")
    if any(relation.reltype.endswith("/comments") for relation in document.part.rels.values()):
        yield remark("comments", "文件含批注", "The file has comments")
    if any(relation.reltype.endswith(("/oleObject", "/package")) for relation in document.part.rels.values()):
        yield remark("embedded_file", "文件内嵌其他文件", "The file embeds other files")
