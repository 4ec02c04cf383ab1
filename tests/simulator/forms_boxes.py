"""From a form to its fillable PDF: finds each blank's table cell and lays an invisible AcroForm field on it.

Boxes are (x0, top, x1, bottom) in pt, origin top-left of the page.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pdfplumber
from docxtpl import DocxTemplate
from jinja2 import Environment, StrictUndefined
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

Box = tuple[float, float, float, float]
Place = tuple[int, Box]
_INSET = 1.0
_READ_ONLY, _PRINT = 1, 4


def render(template: Path, context: Mapping[str, object], target: Path) -> None:
    """Fills a docxtpl template, strict and escaped as the product does; jinja2.UndefinedError if one is missing."""
    paper = DocxTemplate(template)
    paper.render(dict(context), Environment(undefined=StrictUndefined, autoescape=True), autoescape=True)
    paper.save(target)


def to_pdf(document: Path, folder: Path) -> Path:
    """Prints a docx with LibreOffice under a throw-away profile; CalledProcessError or FileNotFoundError on failure."""
    soffice = shutil.which("soffice")
    if soffice is None:
        raise FileNotFoundError("soffice is not on PATH; install LibreOffice Writer to print the forms")
    with tempfile.TemporaryDirectory() as profile:
        command = [soffice, f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--convert-to", "pdf"]
        subprocess.run([*command, "--outdir", str(folder), str(document)], check=True, capture_output=True, timeout=180)
    return folder / f"{document.stem}.pdf"


def fixed_characters(pdf: Path, markers: frozenset[str] = frozenset()) -> list[list[tuple[str, float, float]]]:
    """Per page, each word that holds no marker with its place, to 0.1 pt."""
    with pdfplumber.open(pdf) as paper:
        return [
            [
                (word["text"], round(word["x0"], 1), round(word["top"], 1))
                for word in page.extract_words()
                if not any(marker in word["text"] for marker in markers)
            ]
            for page in paper.pages
        ]


def locate(pdf: Path, markers: Mapping[str, str]) -> dict[str, Place]:
    """name -> (page index, inside of the table cell that holds the name's marker); ValueError if one has none."""
    found: dict[str, Place] = {}
    with pdfplumber.open(pdf) as paper:
        for index, page in enumerate(paper.pages):
            cells = [cell for table in page.find_tables() for cell in table.cells]
            words = page.extract_words()
            for name, marker in markers.items():
                for word in words:
                    if marker in word["text"]:
                        found[name] = (index, _inside(cells, word["x0"], (word["top"] + word["bottom"]) / 2))
    if missing := sorted(markers.keys() - found.keys()):
        raise ValueError(f"{pdf}: no table cell holds {', '.join(missing)}")
    return found


def _inside(cells: list[Box], x: float, y: float) -> Box:
    holding = [cell for cell in cells if cell[0] <= x <= cell[2] and cell[1] <= y <= cell[3]]
    x0, top, x1, bottom = min(holding, key=lambda cell: (cell[2] - cell[0]) * (cell[3] - cell[1]))
    return x0 + _INSET, top + _INSET, x1 - _INSET, bottom - _INSET


def add_fields(blank: Path, places: Mapping[str, Place], zones: frozenset[str], target: Path) -> None:
    """Writes `blank` with one invisible text field per place; those in `zones` are read-only."""
    writer = PdfWriter(clone_from=PdfReader(blank))
    references = ArrayObject()
    for name, (index, box) in places.items():
        page = writer.pages[index]
        height = float(page.mediabox.height)
        field = _text_field(name, box, height, read_only=name in zones)
        field[NameObject("/P")] = page.indirect_reference
        look = DecodedStreamObject()
        look.update(
            {
                NameObject("/Type"): NameObject("/XObject"),
                NameObject("/Subtype"): NameObject("/Form"),
                NameObject("/BBox"): ArrayObject(
                    [FloatObject(0), FloatObject(0), FloatObject(box[2] - box[0]), FloatObject(box[3] - box[1])]
                ),
            }
        )
        look.set_data(b"/Tx BMC EMC")
        field[NameObject("/AP")] = DictionaryObject({NameObject("/N"): writer._add_object(look)})
        reference = writer._add_object(field)
        references.append(reference)
        page.setdefault(NameObject("/Annots"), ArrayObject()).append(reference)
    writer.root_object[NameObject("/AcroForm")] = writer._add_object(_form(references))
    writer.metadata = {"/Title": target.parent.name, "/Producer": "Countersign", "/CreationDate": "D:20260105090000Z"}
    writer._ID = None
    writer.write(target)


def _text_field(name: str, box: Box, page_height: float, *, read_only: bool) -> DictionaryObject:
    x0, top, x1, bottom = (round(value, 2) for value in box)
    corners = (x0, round(page_height - bottom, 2), x1, round(page_height - top, 2))
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Widget"),
            NameObject("/FT"): NameObject("/Tx"),
            NameObject("/T"): TextStringObject(name),
            NameObject("/V"): TextStringObject(""),
            NameObject("/Rect"): ArrayObject([FloatObject(value) for value in corners]),
            NameObject("/F"): NumberObject(_PRINT),
            NameObject("/Ff"): NumberObject(_READ_ONLY if read_only else 0),
            NameObject("/DA"): TextStringObject("/Helv 10 Tf 0 g"),
        }
    )


def _form(fields: ArrayObject) -> DictionaryObject:
    helvetica = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    fonts = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/Helv"): helvetica})})
    return DictionaryObject(
        {
            NameObject("/Fields"): fields,
            NameObject("/DR"): fonts,
            NameObject("/DA"): TextStringObject("/Helv 10 Tf 0 g"),
        }
    )
