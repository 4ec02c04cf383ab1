"""What a PDF carries beside its pages: forms, annotations, active content."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import PackError
from pipeline.model import Document
from pipeline.read import open_reference, prepare_reference, read

from .conftest import BlindReader, ScriptedReader, submission

MakePdf = Callable[..., Path]
TEXT = "BT /F1 12 Tf 100 700 Td (Purchase order form) Tj ET"


def document(path: Path) -> Document:
    return read(path, submission(path), ScriptedReader([], ["Purchase order form"])).document


@pytest.mark.parametrize(
    ("catalog", "code"),
    [
        ("/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>", "javascript"),
        ("/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (x) >>] >> >>", "javascript"),
        ("/OpenAction << /S /Launch /F (cmd.exe) >>", "launch_action"),
        (
            "/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next << /S /SubmitForm /F (http://invalid.example) >> >>",
            "submit_action",
        ),
        ("/AA << /WC << /S /ImportData /F (x.fdf) >> >>", "import_action"),
        ("/Names << /EmbeddedFiles << /Names [(invoice.exe) << /Type /Filespec >>] >> >>", "embedded_file"),
        ("/AcroForm << /Fields [] /XFA (x) >>", "xfa"),
    ],
)
def test_active_content_is_reported(make_pdf: MakePdf, catalog: str, code: str) -> None:
    assert [remark.code for remark in document(make_pdf(TEXT, catalog=catalog)).remarks] == [code]


def test_opening_at_a_page_is_no_news(make_pdf: MakePdf) -> None:
    assert document(make_pdf(TEXT, catalog="/OpenAction [3 0 R /Fit]")).remarks == ()


def test_annotation_has_its_place_on_the_page_as_shown(make_pdf: MakePdf) -> None:
    note = b"<< /Type /Annot /Subtype /FreeText /Rect [100 200 180 260] /Contents (price as agreed) >>"
    link = b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] >>"
    found = document(make_pdf(TEXT, page="/Annots [6 0 R 7 0 R]", objects=[note, link])).remarks
    assert [(remark.code, remark.page, remark.box) for remark in found] == [("annotation", 1, (100, 582, 180, 642))]
    assert "price as agreed" in found[0].message.zh


@pytest.mark.parametrize(("flags", "told"), [(4, []), (2, []), (4 | 32, ["annotation"]), (2 | 4 | 32, [])])
def test_a_button_that_only_a_print_shows_is_told(make_pdf: MakePdf, flags: int, told: list[str]) -> None:
    button = b"<< /Type /Annot /Subtype /Widget /FT /Btn /T (x) /F %d /Rect [100 200 180 260] >>" % flags
    found = document(make_pdf(TEXT, page="/Annots [6 0 R]", objects=[button])).remarks
    assert [remark.code for remark in found] == told


FIELD = (
    b"<< /FT /Tx /T (customer) /V (Alpha Ltd \\(fictional\\)) /Kids [7 0 R 8 0 R] >>",
    b"<< /Type /Annot /Subtype /Widget /Parent 6 0 R /Rect [150 400 350 420] /P 3 0 R >>",
    b"<< /Type /Annot /Subtype /Widget /Parent 6 0 R /T (copy) /Rect [150 300 350 320] >>",
    b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (seal) /Rect [400 100 500 200] /P 3 0 R >>",
)
FORM = {"catalog": "/AcroForm << /Fields [6 0 R 9 0 R] >>", "page": "/Annots [7 0 R 8 0 R 9 0 R]"}


def test_form_values_are_read_and_placed(make_pdf: MakePdf) -> None:
    path = make_pdf(TEXT, objects=list(FIELD), **FORM)
    found = read(path, submission(path), BlindReader()).document
    assert found.form == {"customer": "Alpha Ltd (fictional)", "customer.copy": "Alpha Ltd (fictional)"}
    assert [remark.code for remark in found.remarks if remark.code == "signature_field"] == ["signature_field"]


def test_blanks_of_a_reference_come_from_its_fields(make_pdf: MakePdf) -> None:
    page = FORM["page"] + " /Rotate 90"
    content = TEXT.replace("100 700 Td", "0 1 -1 0 300 200 Tm")
    path = make_pdf(content, objects=list(FIELD), catalog=FORM["catalog"], page=page, box="10 20 605 862")
    reference, pictures = open_reference(path, "2026-01")
    assert {(blank.name, blank.box) for blank in reference.blanks} == {
        ("customer", (380, 140, 400, 340)),
        ("customer.copy", (280, 140, 300, 340)),
        ("seal", (80, 390, 180, 490)),
    }
    assert (reference.pages[0].width, reference.pages[0].height) == (842, 595)
    assert reference.pages[0].text == "Purchase order form"
    assert pictures.picture(1, 72).pixels.shape == (595, 842, 3)


def test_a_scan_is_no_reference(make_pdf: MakePdf) -> None:
    with pytest.raises(PackError, match="no text"):
        open_reference(make_pdf(""), "2026-01")


def test_a_prepared_reference_is_the_form_s_own(make_pdf: MakePdf, tmp_path: Path) -> None:
    path, folder = make_pdf(TEXT, objects=list(FIELD), **FORM), tmp_path / "forms"
    prepare_reference(path, "2026-01", folder)
    fresh, _ = open_reference(path, "2026-01")
    kept, pictures = open_reference(path, "2026-01", folder)
    assert kept == fresh
    assert pictures.picture(1, 72).pixels.shape == (842, 595, 3)
    (file,) = folder.iterdir()
    told = fresh.pages[0].lines[0].text
    file.write_text(file.read_text().replace(told, "Purchase order form, amended"))
    assert open_reference(path, "2026-01", folder)[0].pages[0].lines[0].text == "Purchase order form, amended"
    file.write_text(file.read_text()[:-20])  # damaged: read from the form itself
    assert open_reference(path, "2026-01", folder)[0] == fresh


def test_what_was_prepared_of_another_form_is_not_taken(make_pdf: MakePdf, tmp_path: Path) -> None:
    path, folder = make_pdf(TEXT, objects=list(FIELD), **FORM), tmp_path / "forms"
    prepare_reference(path, "2026-01", folder)
    (file,) = folder.iterdir()
    fresh, _ = open_reference(path, "2026-01")
    file.write_text(fresh.model_copy(update={"sha256": "0" * 64}).model_dump_json().replace("Purchase", "Sale"))
    assert open_reference(path, "2026-01", folder)[0] == fresh
