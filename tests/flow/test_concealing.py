"""A password on a page is gone from the words and from every picture that is shown; the original stays as it came."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.flow.concealing import concealed, without_values
from pipeline.flow.document import look
from pipeline.flow.service import Service
from pipeline.inspection import Inspection
from pipeline.model import (
    Box,
    Comparison,
    Difference,
    Document,
    Extraction,
    Facts,
    FieldValue,
    Line,
    Observations,
    Page,
    Picture,
    Pixels,
    Slice,
    Straddle,
    Submission,
)
from pipeline.read import Masked, RecordedReader, covered, read
from pipeline.read.covering import CoveredPages
from pipeline.read.masking import mask
from pipeline.values import REMOVED
from tests.flow.walk import Walk
from tests.read.conftest import ScriptedReader, make_pdf
from tests.rules.made import packs

__all__ = ["make_pdf"]  # a fixture

SLIP = Path(__file__).parent / "data" / "slip" / "slip.png"  # a fictional bank's slip, 150 dpi, and what OCR read in it
SECRETS = ("Fict!onal-7731", "Qw3rty-9920")


def submission(path: Path, media: str = "png") -> Submission:
    content = path.read_bytes()
    return Submission.model_validate(
        {
            "sha256": hashlib.sha256(content).hexdigest(), "name": path.name, "source": "inbox", "size": len(content),
            "received_at": datetime(2026, 9, 30, tzinfo=UTC), "media": media,
        }
    )  # fmt: skip


@pytest.fixture
def seen(tmp_path: Path) -> Facts:
    return look(SLIP, submission(SLIP), packs(), RecordedReader(SLIP.parent), tmp_path / "gallery")


def pixels(folder: Path, name: str) -> Pixels:
    return np.asarray(Image.open(folder / name).convert("RGB"))


def part(picture: Pixels, box: Box, dpi: float) -> Pixels:
    x0, top, x1, bottom = (round(edge * dpi / 72) for edge in box)
    return picture[top:bottom, x0:x1]


def test_no_word_of_it_is_in_the_facts(seen: Facts) -> None:
    text = seen.model_dump_json()
    assert not [secret for secret in SECRETS if secret in text]
    assert seen.classification.type == "payment_slip"
    assert seen.extraction.fields["po_no"].value == "PO-20260928-001", "what stands beside it is still read"
    (told,) = [remark for remark in seen.document.remarks if remark.code == "credential_present"]
    assert (told.page, told.box is not None) == (1, True)
    assert "黑块遮盖" in told.message.zh


def test_no_pixel_of_it_is_in_a_picture(seen: Facts, tmp_path: Path) -> None:
    (page,) = seen.document.pages
    lines = [line.box for line in page.lines if REMOVED in line.text]
    assert len(lines) == 2
    assert set(page.concealed) == set(lines)
    sheet = pixels(tmp_path / "gallery", seen.pictures["page-1"])
    plain = np.asarray(Image.open(SLIP).convert("RGB").resize((sheet.shape[1], sheet.shape[0])))
    for box in page.concealed:
        assert part(plain, box, 100.0).std() > 20, "there is something to be covered"
        assert part(sheet, box, 100.0).max() < 20
    above = (0.0, 0.0, page.width, page.concealed[0][1] - 8)
    assert abs(part(sheet, above, 100.0).astype(int) - part(plain, above, 100.0)).mean() < 4, "the rest is as it was"
    for name in ("field-memo", "field-po_no"):
        assert pixels(tmp_path / "gallery", seen.pictures[name]).max() < 20
    assert pixels(tmp_path / "gallery", seen.pictures["field-amount"]).std() > 20


def test_the_original_and_its_own_pictures_are_unchanged() -> None:
    before = hashlib.sha256(SLIP.read_bytes()).hexdigest()
    reading = read(SLIP, submission(SLIP), RecordedReader(SLIP.parent))
    assert reading.pictures is not None
    shown = covered(reading.pictures, reading.document)
    place = reading.document.pages[0].concealed[0]
    for dpi in (None, 60.0):
        one, other = shown.picture(1, dpi), reading.pictures.picture(1, dpi)
        assert part(one.pixels, place, one.dpi).max() == 0
        assert part(other.pixels, place, other.dpi).std() > 20
    assert hashlib.sha256(SLIP.read_bytes()).hexdigest() == before


def test_the_report_carries_only_covered_pictures_and_says_so(seen: Facts, tmp_path: Path) -> None:
    with Walk(tmp_path / "desk") as walk:
        walk.at(date(2026, 9, 30))
        case = walk.drop(seen)
        service = Service(walk.settings)
        with closing(service.cases):
            sha256 = service.cases.documents_of(case)[0].submission.sha256
            for file in (tmp_path / "gallery").iterdir():
                (service.desk.judging.work(sha256) / file.name).write_bytes(file.read_bytes())
            service.desk.publish_case(case)
        page = (walk.settings.outbox / case / "report.html").read_text("utf-8")
    assert "已用黑块遮盖" in page
    assert not [secret for secret in SECRETS if secret in page]
    shown = [base64.b64decode(code) for code in re.findall(r"data:image/jpeg;base64,([A-Za-z0-9+/=]+)", page)]
    large = [picture for data in shown if (picture := np.asarray(Image.open(io.BytesIO(data)))).shape[0] > 400]
    assert len(large) == 1, "one picture of the page, from which thumbnail, large view and cut-outs are made"
    for box in seen.document.pages[0].concealed:
        assert part(large[0], box, 100.0).max() < 20
    assert {hashlib.sha256(data).hexdigest()[:24] for data in shown} <= {
        name.partition(".")[0] for name in seen.pictures.values()
    }


def test_a_pdf_with_a_text_layer_is_covered_where_the_text_stands(make_pdf: object, tmp_path: Path) -> None:
    path = make_pdf(f"BT /F1 14 Tf 60 700 Td (password: {SECRETS[0]}) Tj ET BT /F1 14 Tf 60 600 Td (qty: 80) Tj ET")  # type: ignore[operator]
    lines = [(f"password: {SECRETS[0]}", 60.0, 128.0, 240.0, 146.0), ("qty: 80", 60.0, 228.0, 110.0, 246.0)]
    facts = look(path, submission(path, "pdf"), packs(), ScriptedReader(lines), tmp_path / "gallery")
    assert SECRETS[0] not in facts.model_dump_json()
    (place,) = facts.document.pages[0].concealed
    sheet = pixels(tmp_path / "gallery", facts.pictures["page-1"])
    assert part(sheet, place, 100.0).max() < 20
    assert part(sheet, (60, 225, 110, 250), 100.0).min() < 120, "the quantity is still to be seen"


# --- parts ----------------------------------------------------------------------------------------------------------


class Sheets:
    """Grey pages of 200 x 100 pt."""

    def picture(self, number: int, dpi: float | None = None) -> Picture:
        scale = (dpi or 72.0) / 72
        return Picture(np.full((round(100 * scale), round(200 * scale), 3), 128 + number, np.uint8), dpi or 72.0)


def test_the_box_has_a_margin_and_stays_on_the_page() -> None:
    pages = CoveredPages(Sheets(), {2: ((-5.0, 90.0, 50.0, 110.0), (100.0, 40.0, 140.0, 50.0))})
    assert (pages.picture(1).pixels == 129).all()
    shown = pages.picture(2, 144.0).pixels[:, :, 0]
    assert (shown[170:, :100] == 0).all()
    assert (shown[74:106, 194:286] == 0).all()
    assert (shown[:70] == 130).all()


def document(*lines: Line) -> Document:
    page = Page(number=1, width=595, height=842, lines=lines)
    return Document(submission=submission(SLIP), pages=(page,))


def line(text: str, x0: float, top: float) -> Line:
    return Line(text=text, box=(x0, top, x0 + 8 * len(text), top + 12))


@pytest.mark.parametrize(
    ("lines", "gone"),
    [
        (
            (line("账号", 60, 100), line("初始密码", 300, 100), line("a@b.cn", 60, 120), line("Qw3rty-9", 300, 120)),
            (3,),
        ),
        ((line("密码", 60, 100), line("Qw3rty-9", 60, 120), line("Qw3rty-8", 60, 140)), (1, 2)),
        ((line("初始密码：Qw3rty-9", 60, 100), line("再次确认 Qw3rty-9", 60, 300)), (0, 1)),
        ((line("密码策略：每 90 天更换", 60, 100), line("PO-20260928-001", 60, 120)), ()),
        ((line("密码", 60, 100), line("PO-20260928-001", 400, 120)), (1,)),
        ((line("初始密码由开通方单独发送", 60, 100), line("PO-20260928-001", 60, 120)), ()),
        ((line("密码", 60, 100), line("另行通知", 60, 120), line("PO-20260928-001", 60, 700)), ()),
    ],
)
def test_where_passwords_stand(lines: tuple[Line, ...], gone: tuple[int, ...]) -> None:
    found = mask(document(*lines)).document.pages[0]
    assert tuple(at for at, one in enumerate(found.lines) if one.text != lines[at].text) == gone
    assert found.concealed == tuple(lines[at].box for at in gone)


def inspection(place: Box, **slices: object) -> Inspection:
    differences = (
        Difference(
            kind="change", page=1, reference_page=1, box=place, found="Fict!onal-773l", note="reread", confidence=1
        ),
        Difference(kind="change", page=1, reference_page=1, box=(0, 0, 9, 9), found="十五", note="x", confidence=1),
        Difference(kind="change", page=1, reference_page=1, found=f"密码：{SECRETS[0]}", confidence=1),
    )
    seen = Observations.model_validate(
        {"comparison": Comparison(pages=(), reference_pages=1, differences=differences), **slices}
    )
    return Inspection(observations=seen, stitched=np.zeros((4, 4, 3), np.uint8))


def test_what_was_read_again_at_such_a_place_goes_too() -> None:
    found = mask(document(line(f"密码：{SECRETS[0]}", 60, 100)))
    place = found.document.pages[0].concealed[0]
    after = concealed(inspection(place), found.document, found)
    told = after.observations.comparison.differences if after.observations.comparison else ()
    assert [(item.found, item.note) for item in told] == [(REMOVED, ""), ("十五", "x"), (f"密码：{REMOVED}", "")]
    assert [item.kind for item in told] == ["change"] * 3, "the verdict rests on the page as it is"
    assert after.stitched is not None


@pytest.mark.parametrize(("top", "kept"), [(120.0, False), (500.0, True)])
def test_slices_that_may_show_it_are_not_assembled_for_the_report(top: float, kept: bool) -> None:
    found = mask(document(line(f"密码：{SECRETS[0]}", 460, 100)))
    piece = Slice(page=1, box=(580, top, 595, top + 60), width_mm=5, height_mm=20)
    after = concealed(
        inspection((0, 0, 1, 1), straddle=Straddle(form="one_impression", slices=(piece,))), found.document, found
    )
    assert (after.stitched is not None) == kept


def test_fields_and_clean_papers() -> None:
    found = Masked(document(), frozenset({SECRETS[0], "abc"}))
    value = FieldValue(value=f"x {SECRETS[0]}", raw=SECRETS[0])
    clean = without_values(Extraction(fields={"memo": value, "qty": FieldValue(value="abcd", raw="abc")}), found)
    assert {key: (one.value, one.raw) for key, one in clean.fields.items()} == {
        "memo": (f"x {REMOVED}", REMOVED),
        "qty": ("abcd", REMOVED),
    }
    before = inspection((0, 0, 9, 9))
    assert concealed(before, document(), Masked(document())) is before
    pages = Sheets()
    assert covered(pages, document(line("数量 80", 60, 100))) is pages
