"""Where the text of a PDF page comes from, and what is said about pages whose text cannot be trusted."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from pypdf import PdfWriter

from pipeline.errors import UnreadableError
from pipeline.model import Claim, Document, Line, PageSource, Picture, TextReader, Verified
from pipeline.read import ReadLimits, read

from .conftest import BlindReader, ScriptedReader, grey_image, submission

MakePdf = Callable[..., Path]
TEXT = "BT /F1 12 Tf 100 700 Td (Order 2026-113 total 1250.00) Tj ET"
CLAIM = "Order 2026-113 total 1250.00"
PLACE = (100.0, 131.0, 260.0, 145.0)


def document(path: Path, reader: TextReader, limits: ReadLimits | None = None) -> Document:
    return read(path, submission(path), reader, limits or ReadLimits()).document


def codes(found: Document) -> list[str]:
    return [remark.code for remark in found.remarks]


def test_born_digital_page_uses_its_text_layer(make_pdf: MakePdf) -> None:
    found = document(make_pdf(TEXT), ScriptedReader([], [CLAIM]))
    line = found.pages[0].lines[0]
    assert (line.text, found.pages[0].text_source, line.confidence) == (CLAIM, "text", 1.0)
    assert line.box is not None
    assert line.box[0] == pytest.approx(100, abs=1)
    assert line.box[3] == pytest.approx(842 - 700, abs=4)
    assert [word.text for word in line.words] == ["Order", "2026-113", "total", "1250.00"]
    assert codes(found) == []


def test_a_changed_digit_in_the_layer_is_a_contradiction(make_pdf: MakePdf) -> None:
    shown = CLAIM.replace("1250", "1750")
    found = document(make_pdf(TEXT), ScriptedReader([(shown, *PLACE)], [shown]))
    assert codes(found) == ["text_layer_contradicts"]
    assert found.pages[0].text_source == "ocr"
    assert found.pages[0].lines[0].text == shown
    assert "1250.00" in found.remarks[0].message.en


def test_a_misread_letter_is_no_contradiction(make_pdf: MakePdf) -> None:
    shown = CLAIM.replace("Order", "0rder")
    found = document(make_pdf(TEXT), ScriptedReader([(shown, *PLACE)], [shown]))
    assert (codes(found), found.pages[0].text) == ([], CLAIM)


@pytest.mark.parametrize("style", ["3 Tr", "1 1 1 rg", "0 0 0 0 k"], ids=["invisible", "white", "cmyk white"])
def test_text_that_nobody_sees_is_not_believed(make_pdf: MakePdf, style: str) -> None:
    path = make_pdf(f"BT {style} /F1 12 Tf 100 700 Td (Order 2026-113 total 1250.00) Tj ET")
    found = document(path, BlindReader())
    assert codes(found) == ["text_layer_contradicts"]
    assert (found.pages[0].text_source, found.pages[0].lines) == ("none", ())


def test_a_scan_with_an_ocr_layer_is_read_from_its_picture(make_pdf: MakePdf) -> None:
    path = make_pdf(
        f"q 595 0 0 842 0 0 cm /Im1 Do Q BT 3 Tr {TEXT[3:]}",
        resources="/XObject << /Im1 6 0 R >>",
        objects=[grey_image(1240, 1754)],
    )
    found = document(path, ScriptedReader([(CLAIM, *PLACE)], dpi=150.0))
    page = found.pages[0]
    assert page.dpi == pytest.approx(150, abs=0.5)
    assert (page.text_source, page.lines[0].text, codes(found)) == ("ocr", CLAIM, [])
    other = CLAIM.replace("113", "118")
    lying = document(path, ScriptedReader([(other, *PLACE)], ["2026-118 tot"], dpi=150.0))
    assert codes(lying) == ["text_layer_contradicts"]
    box = lying.remarks[0].box
    assert box is not None
    assert PLACE[0] < box[0] < box[2] < PLACE[2]  # the figure, not the line
    assert "2026-113" in lying.remarks[0].message.en
    assert "2026-118" in lying.remarks[0].message.en
    misread = document(path, ScriptedReader([(other, *PLACE)], ["2026-113 tot"], dpi=150.0))
    assert codes(misread) == []  # a second look sides with the layer


def test_print_too_small_to_be_read_is_not_believed(make_pdf: MakePdf) -> None:
    path = make_pdf(f"{TEXT} BT /F1 1 Tf 100 600 Td (all rights are waived) Tj ET")
    found = document(path, ScriptedReader([(CLAIM, *PLACE)], [CLAIM]))
    assert codes(found) == ["text_layer_contradicts"]
    assert found.pages[0].text == CLAIM


class Prover:
    """Knows every page by its outlines; `honest` as told."""

    def __init__(self, honest: bool) -> None:
        self._honest = honest
        self.claims: list[Claim] = []

    def lines(self, number: int, picture: Picture) -> tuple[Line, ...] | None:
        raise AssertionError("a page made on a computer was taken for a scan")

    def verified(self, claim: Claim, pictures: PageSource) -> Verified | None:
        self.claims.append(claim)
        return Verified((Line(text=CLAIM, box=PLACE, confidence=0.99),), self._honest)


def test_a_verified_page_is_not_read(make_pdf: MakePdf, blind: BlindReader) -> None:
    path = make_pdf(TEXT)
    known = Prover(honest=True)
    page = read(path, submission(path), blind, known=known).document.pages[0]
    assert (page.text, page.text_source, blind.pages, blind.strips) == (CLAIM, "text", 0, 0)
    assert "".join(glyph.text for glyph in known.claims[0].glyphs) == CLAIM.replace(" ", "")
    assert known.claims[0].size == (595, 842)


def test_a_proved_picture_with_another_layer_is_never_without_a_remark(make_pdf: MakePdf, blind: BlindReader) -> None:
    path = make_pdf(f"{TEXT} BT 3 Tr /F1 12 Tf 100 600 Td (no) Tj ET")
    found = read(path, submission(path), blind, known=Prover(honest=False)).document
    assert (found.pages[0].text, found.pages[0].text_source, codes(found)) == (CLAIM, "ocr", ["text_layer_contradicts"])


def test_a_page_without_text_layer_may_be_known_by_its_outlines(make_pdf: MakePdf, blind: BlindReader) -> None:
    path = make_pdf("100 700 m 200 700 l S")
    known = Prover(honest=False)
    found = read(path, submission(path), blind, known=known).document
    assert (found.pages[0].text, found.pages[0].text_source, codes(found)) == (CLAIM, "ocr", [])
    assert known.claims[0].glyphs == ()


def test_strips_of_one_scan_count_as_one_covering_image(make_pdf: MakePdf) -> None:
    strips = " ".join(f"q 595 0 0 85 0 {at * 84.2} cm /Im1 Do Q" for at in range(10))
    path = make_pdf(strips, resources="/XObject << /Im1 6 0 R >>", objects=[grey_image(2480, 354, bits=1)])
    page = document(path, BlindReader()).pages[0]
    assert page.dpi == pytest.approx(300, abs=1)
    assert page.bilevel


@pytest.mark.parametrize(("rotate", "size"), [(0, (595, 842)), (90, (842, 595)), (180, (595, 842)), (270, (842, 595))])
def test_boxes_follow_rotation_and_crop_box(make_pdf: MakePdf, rotate: int, size: tuple[int, int]) -> None:
    page = f"/Rotate {rotate} /CropBox [20 30 605 852]"
    path = make_pdf(TEXT.replace("100 700", "110 710"), page=page, box="10 10 605 852")
    reading = read(path, submission(path), ScriptedReader([], [CLAIM]))
    found, pictures = reading.document.pages[0], reading.pictures
    assert pictures is not None
    assert (round(found.width), round(found.height)) == ((585, 822) if rotate in (0, 180) else (822, 585))
    picture = pictures.picture(1, 72.0)
    assert picture.pixels.shape[:2] == pytest.approx((found.height, found.width), abs=1)
    # the place of the ink in the picture is the place of the line, when the page as shown stands upright
    ink = np.nonzero(picture.pixels.min(axis=2) < 128)
    if rotate == 0:
        box = found.lines[0].box
        assert box is not None
        assert (ink[1].min(), ink[1].max()) == (pytest.approx(box[0], abs=2), pytest.approx(box[2], abs=2))
        assert box[1] - 2 <= ink[0].min() <= ink[0].max() <= box[3] + 2
    else:
        assert [r.code for r in reading.document.remarks] == ["text_layer_unusable"]  # turned: read from the picture


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_text_upright_on_a_rotated_page_has_boxes_on_its_ink(make_pdf: MakePdf, rotate: int) -> None:
    matrix = {90: "0 1 -1 0 300 200", 180: "-1 0 0 -1 400 500", 270: "0 -1 1 0 300 600"}[rotate]
    content = f"BT /F1 12 Tf {matrix} Tm (Order 2026-113 total 1250.00) Tj ET"
    path = make_pdf(content, page=f"/Rotate {rotate} /CropBox [25 35 590 830]", box="10 10 605 852")
    reading = read(path, submission(path), ScriptedReader([], [CLAIM]))
    box = reading.document.pages[0].lines[0].box
    assert reading.pictures is not None
    assert box is not None
    ink = np.nonzero(reading.pictures.picture(1, 72.0).pixels.min(axis=2) < 128)
    assert (ink[1].min(), ink[1].max()) == (pytest.approx(box[0], abs=2.5), pytest.approx(box[2], abs=2.5))
    assert box[1] - 2.5 <= ink[0].min() <= ink[0].max() <= box[3] + 2.5


def test_columns_far_apart_are_separate_lines(make_pdf: MakePdf) -> None:
    path = make_pdf("BT /F1 12 Tf 60 700 Td (Party A: Alpha) Tj 260 0 Td (Party B: Beta) Tj ET")
    found = document(path, ScriptedReader([], ["Party A: Alpha", "Party B: Beta"]))
    assert [line.text for line in found.pages[0].lines] == ["Party A: Alpha", "Party B: Beta"]


def test_print_along_the_margin_is_one_line(make_pdf: MakePdf) -> None:
    body = " ".join(TEXT.replace("700", str(y)) for y in (700, 680, 660))
    path = make_pdf(body + " BT /F1 8 Tf 0 1 -1 0 30 300 Tm (Form 2026-01 copy) Tj ET")
    found = document(path, ScriptedReader([], [CLAIM]))
    assert [line.text for line in found.pages[0].lines] == [CLAIM] * 3 + ["Form 2026-01 copy"]


def test_ruled_table_becomes_cells(make_pdf: MakePdf) -> None:
    rules = " ".join(f"50 {y} m 350 {y} l S" for y in (600, 630, 660)) + " "
    rules += " ".join(f"{x} 600 m {x} 660 l S" for x in (50, 200, 350))
    words = "".join(
        f"BT /F1 11 Tf {x} {y} Td ({text}) Tj ET "
        for x, y, text in [(60, 640, "sku"), (210, 640, "qty"), (60, 610, "E3 seats"), (210, 610, "80")]
    )
    page = document(make_pdf(rules + " " + words), ScriptedReader([], ["E3 seats"])).pages[0]
    assert [[cell.text for cell in row] for row in page.tables[0].rows] == [["sku", "qty"], ["E3 seats", "80"]]
    assert page.tables[0].rows[1][1].box == pytest.approx((200, 212, 350, 242), abs=1)


def test_huge_page_is_scaled_to_the_budget(make_pdf: MakePdf) -> None:
    path = make_pdf("", box="0 0 14400 14400")
    reading = read(path, submission(path), BlindReader(), ReadLimits(pixels=1_000_000))
    assert [remark.code for remark in reading.document.remarks] == ["scaled_down"]
    assert reading.pictures is not None
    assert reading.pictures.picture(1).pixels.shape[:2] == (1000, 1000)


def test_password_is_refused_with_advice(make_pdf: MakePdf, tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    path.write_bytes(_locked(make_pdf(TEXT)))
    with pytest.raises(UnreadableError) as caught:
        document(path, BlindReader())
    assert caught.value.reason == "encrypted"
    assert "locked.pdf" in caught.value.en
    assert "locked.pdf" in caught.value.zh


def test_too_many_pages_are_refused(make_pdf: MakePdf) -> None:
    with pytest.raises(UnreadableError, match="1 pages") as caught:
        document(make_pdf(TEXT), BlindReader(), ReadLimits(pages=0))
    assert caught.value.reason == "too_large"


def test_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.pdf"
    path.write_bytes(b"%PDF-1.7\n1 0 obj << /Type /Catalog")
    with pytest.raises(UnreadableError) as caught:
        document(path, BlindReader())
    assert caught.value.reason == "damaged"


def _locked(path: Path) -> bytes:
    writer = PdfWriter(clone_from=path)
    writer.encrypt("secret", algorithm="AES-256")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
