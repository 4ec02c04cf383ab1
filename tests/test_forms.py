from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pdfplumber
import pypdfium2
import pytest
from docxtpl import DocxTemplate
from jinja2 import UndefinedError
from pypdf import PdfReader

from tests.simulator.forms import CONTRACTS, SEALED, TEMPLATES, print_reference, write_docx
from tests.simulator.forms_boxes import fixed_characters, render, to_pdf

PAGES = {"service_agreement": 8, "cooperation_agreement": 4}
FONT = "Noto Serif CJK SC"


def _can_print() -> bool:
    if shutil.which("soffice") is None or shutil.which("fc-list") is None:
        return False
    return FONT in subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, check=True).stdout


prints = pytest.mark.skipif(not _can_print(), reason=f"needs soffice (LibreOffice Writer) and the font {FONT}")
contracts = pytest.mark.parametrize("name", sorted(CONTRACTS))


def _fields(pdf: Path) -> dict[str, dict[str, object]]:
    return dict(PdfReader(pdf).get_fields() or {})


@contracts
def test_the_word_form_and_the_pdf_form_have_the_same_blanks(name: str) -> None:
    folder = TEMPLATES / name
    variables = DocxTemplate(folder / "reference.docx").get_undeclared_template_variables()
    fields = _fields(folder / "reference.pdf")
    assert variables == set(fields)
    assert {field for field, value in fields.items() if int(str(value.get("/Ff", 0))) & 1} == variables & SEALED


@contracts
def test_page_count_and_page_numbers(name: str) -> None:
    with pdfplumber.open(TEMPLATES / name / "reference.pdf") as pdf:
        assert len(pdf.pages) == PAGES[name]
        for number, page in enumerate(pdf.pages, start=1):
            text = page.extract_text().replace(" ", "")
            assert f"第{number}页共{PAGES[name]}页" in text
            assert "示例文本·虚构" in text


@contracts
def test_fields_lie_on_empty_paper_and_draw_nothing(name: str) -> None:
    path = TEMPLATES / name / "reference.pdf"
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            for field in page.annots:
                box = (field["x0"], field["top"], field["x1"], field["bottom"])
                assert page.crop(box).extract_text().strip() == "", field["data"]["T"]
    with pypdfium2.PdfDocument(path) as shown:
        shown.init_forms()
        for page in shown:
            with_fields = page.render(scale=1, may_draw_forms=True, draw_annots=True).to_numpy()
            without = page.render(scale=1, may_draw_forms=False, draw_annots=False).to_numpy()
            assert np.array_equal(with_fields, without)


def test_seal_zones_hold_a_seal() -> None:
    smallest_mm = {"customer_seal": (60, 55), "seal_a": (60, 50), "seal_b": (60, 50)}
    seen = set()
    for name in CONTRACTS:
        for page in PdfReader(TEMPLATES / name / "reference.pdf").pages:
            for reference in page.get("/Annots", []):
                field = reference.get_object()
                if field["/T"] in smallest_mm:
                    x0, y0, x1, y1 = (float(value) * 25.4 / 72 for value in field["/Rect"])
                    width, height = smallest_mm[field["/T"]]
                    assert x1 - x0 >= width
                    assert y1 - y0 >= height
                    seen.add(field["/T"])
    assert seen == set(smallest_mm)


def test_a_missing_value_stops_the_order_form(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError):
        render(TEMPLATES / "purchase_order" / "outgoing.docx", {"po_no": "PO-20260928-001"}, tmp_path / "po.docx")


def test_the_notice_speaks_of_acceptance_only() -> None:
    with zipfile.ZipFile(TEMPLATES / "correction_notice" / "outgoing.docx") as archive:
        text = archive.read("word/document.xml").decode()
    assert "受理要求" in text
    assert not [word for word in ("无效", "伪造") if word in text]


def test_rebuilding_gives_the_shipped_docx(tmp_path: Path) -> None:
    for folder in ("once", "again"):
        write_docx(tmp_path / folder)
    for built in sorted((tmp_path / "once").rglob("*.docx")):
        place = built.relative_to(tmp_path / "once")
        assert built.read_bytes() == (tmp_path / "again" / place).read_bytes()
        # Parts, not archive bytes: another zlib build may pack the same parts differently.
        with zipfile.ZipFile(built) as new, zipfile.ZipFile(TEMPLATES / place) as shipped:
            assert {n: new.read(n) for n in new.namelist()} == {n: shipped.read(n) for n in shipped.namelist()}, place


@prints
@contracts
def test_reprinting_gives_the_shipped_boxes(name: str, tmp_path: Path) -> None:
    docx = tmp_path / name / "reference.docx"
    places = print_reference(docx, write_docx(tmp_path)[name])
    assert set(places) == set(_fields(TEMPLATES / name / "reference.pdf"))
    with pdfplumber.open(TEMPLATES / name / "reference.pdf") as shipped:
        assert len(shipped.pages) == PAGES[name]
        for index, page in enumerate(shipped.pages):
            for field in page.annots:
                found, box = places[field["data"]["T"].decode()]
                assert found == index
                assert box == pytest.approx((field["x0"], field["top"], field["x1"], field["bottom"]), abs=1.5)


@prints
def test_filling_never_reflows_the_service_agreement(tmp_path: Path) -> None:
    source = TEMPLATES / "service_agreement" / "reference.docx"
    value = "ZZ青禾医疗器械（深圳）有限公司 & <第二行>" * 3
    names = DocxTemplate(source).get_undeclared_template_variables()
    render(source, dict.fromkeys(names, value), tmp_path / "filled.docx")
    filled = fixed_characters(to_pdf(tmp_path / "filled.docx", tmp_path))
    blank = fixed_characters(TEMPLATES / "service_agreement" / "reference.pdf")
    assert len(filled) == len(blank)
    for page, (before, after) in enumerate(zip(blank, filled, strict=True), start=1):
        assert set(before) <= set(after), page
