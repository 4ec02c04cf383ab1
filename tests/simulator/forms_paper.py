"""Word building blocks of the forms: exact rows, running heads, byte-stable saving. Lengths in mm, type sizes in pt."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

LEFT, CENTRE, RIGHT, JUSTIFY = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
SERIF, SANS = "Noto Serif CJK SC", "Noto Sans CJK SC"
_EPOCH = datetime(2026, 1, 5, 9, 0, 0)
_ZIP_DATE = (2026, 1, 5, 9, 0, 0)


def sheet(title: str, *, font: str, landscape: bool = False, margins: tuple[float, float, float, float]) -> Docx:
    """An empty A4 document; margins = left, top, right, bottom in mm."""
    document = Document()
    package = document.part.package
    for key in [key for key, link in package.rels.items() if link.reltype.endswith("/thumbnail")]:
        package.rels.pop(key)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = font, Pt(10.5)
    fonts = normal.element.rPr.rFonts
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), font)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    normal.element.rPr.append(language)
    section = document.sections[0]
    long, short = Mm(297), Mm(210)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    section.left_margin, section.top_margin, section.right_margin, section.bottom_margin = map(Mm, margins)
    section.header_distance, section.footer_distance = Mm(10), Mm(8)
    core = document.core_properties
    core.title, core.author, core.last_modified_by, core.comments = title, "Countersign", "Countersign", "示例，虚构"
    core.created = core.modified = core.last_printed = _EPOCH
    core.revision = 1
    return document


def write(
    target: Paragraph,
    text: str,
    *,
    size: float = 10.5,
    bold: bool = False,
    align: WD_ALIGN_PARAGRAPH | None = None,
    line: float | None = None,
    before: float = 0,
    after: float = 0,
) -> Paragraph:
    """Adds one run; `line` = exact line spacing in pt, None for single."""
    run = target.add_run(text)
    run.font.size, run.bold = Pt(size), bold
    shape = target.paragraph_format
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    if align is not None:
        shape.alignment = align
    if line is None:
        shape.line_spacing = 1.0
    else:
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    return target


def heading(document: Docx, text: str, *, size: float, new_page: bool = False, after: float = 8) -> Paragraph:
    """A centred bold line, optionally the first of a page."""
    paragraph = write(document.add_paragraph(), text, size=size, bold=True, align=CENTRE, after=after)
    paragraph.paragraph_format.page_break_before = new_page
    return paragraph


def _field(paragraph: Paragraph, code: str, size: float) -> None:
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("", "1"), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(size)
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText" if text == code else "w:t")
            element.text = text
        run._r.append(element)


def running(document: Docx, head: str, foot: str, *, size: float = 8.5) -> None:
    """Header text over a hairline; footer "foot 第 x 页 共 y 页" from page fields."""
    section = document.sections[0]
    top = section.header.paragraphs[0]
    write(top, head, size=size, align=CENTRE)
    rule = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "4"), ("space", "2"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    rule.append(bottom)
    top._p.get_or_add_pPr().insert_element_before(rule, "w:shd", "w:tabs", "w:spacing", "w:jc", "w:rPr")
    below = section.footer.paragraphs[0]
    write(below, f"{foot}　第 ", size=size, align=CENTRE)
    for code, after in (("PAGE", " 页 共 "), ("NUMPAGES", " 页")):
        _field(below, code, size)
        write(below, after, size=size, align=CENTRE)


def grid(document: Docx, widths: Sequence[float], rows: int) -> Table:
    """A ruled table of fixed column widths, centred on the page."""
    table: Table = document.add_table(rows=rows, cols=len(widths))
    table.style = document.styles["Table Grid"]
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
    margins = OxmlElement("w:tblCellMar")
    for side, twips in (("top", "40"), ("left", "85"), ("bottom", "40"), ("right", "85")):
        element = OxmlElement(f"w:{side}")
        element.set(qn("w:w"), twips)
        element.set(qn("w:type"), "dxa")
        margins.append(element)
    properties = table._tbl.tblPr
    properties.insert_element_before(margins, "w:tblLook", "w:tblCaption", "w:tblDescription")
    return table


def row_height(row: _Row, height: float, *, exact: bool) -> None:
    """Fixed (`exact`) or minimum height; the row never breaks across pages."""
    row.height = Mm(height)
    row.height_rule = WD_ROW_HEIGHT_RULE.EXACTLY if exact else WD_ROW_HEIGHT_RULE.AT_LEAST
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def repeat_as_header(row: _Row) -> None:
    """The row is printed again at the top of each page the table runs on to."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def fill(
    cell: _Cell,
    text: str,
    *,
    size: float = 10,
    bold: bool = False,
    align: WD_ALIGN_PARAGRAPH = LEFT,
    line: float | None = 14,
    shade: str | None = None,
    middle: bool = True,
) -> None:
    """Writes the only paragraph of a cell; `shade` = RRGGBB."""
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER if middle else WD_CELL_VERTICAL_ALIGNMENT.TOP
    write(cell.paragraphs[0], text, size=size, bold=bold, align=align, line=line)
    if shade:
        element = OxmlElement("w:shd")
        element.set(qn("w:val"), "clear")
        element.set(qn("w:fill"), shade)
        cell._tc.get_or_add_tcPr().insert_element_before(element, "w:noWrap", "w:tcMar", "w:vAlign")


def save(document: Docx, path: Path) -> None:
    """Same content, same bytes: parts sorted, every zip date fixed."""
    raw = BytesIO()
    document.save(raw)
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        names = sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            new.writestr(entry, old.read(name))
