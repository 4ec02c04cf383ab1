"""Extraction: hand-made pages for each way a value can stand, and OCR recorded from simulated scans."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.errors import StageError
from pipeline.extract import extract
from pipeline.extract.crops import has_ink, ink, is_seal_ink, paper_colour, strips, text_rows
from pipeline.model import (
    Bilingual,
    Box,
    Cell,
    Document,
    Extraction,
    Line,
    Media,
    Page,
    Picture,
    Pixels,
    ReadLine,
    ReadText,
    Submission,
    Table,
    TextSource,
    Word,
)
from pipeline.packs import FieldSpec, Pack, PlaceSpec, RowsSpec, load_packs
from pipeline.rules import CHECKS
from pipeline.values import parse, squeezed

TEMPLATES = Path(__file__).parents[1] / "templates"
RECORDED = Path(__file__).parent / "recorded"
USCC = "91440300DEMC000316"

FIELDS = {
    "name": FieldSpec(labels=("客户名称", "最终客户名称"), type="org_name"),
    "code": FieldSpec(labels=("统一社会信用代码",), type="uscc"),
    "customer_code": FieldSpec(labels=("最终客户统一社会信用代码",), type="uscc"),
    "phone": FieldSpec(labels=("联系人电话",), type="phone"),
    "email": FieldSpec(labels=("联系人邮箱",), type="email"),
    "address": FieldSpec(labels=("地址",)),
    "day": FieldSpec(labels=("签署日期",), type="date", blank="sign_day"),
    "remark": FieldSpec(labels=("备注",)),
}
COLUMNS = {
    "no": FieldSpec(labels=("序号",), type="integer"),
    "name": FieldSpec(labels=("产品名称",)),
    "qty": FieldSpec(labels=("数量",), type="integer"),
    "amount": FieldSpec(labels=("金额",), type="money"),
}
ROWS = {"lines": RowsSpec(columns=COLUMNS, end=("合计",))}
PLACES = {"seal": PlaceSpec(kind="seal", labels=("客户（盖章）",))}
PACK = Pack(
    case_type="c",
    type="t",
    code="D",
    title=Bilingual(zh="", en=""),
    edition=None,
    folder=Path(),
    reference=None,
    outgoing=None,
    identify=None,
    fields=FIELDS,
    rows=ROWS,
    places=PLACES,
    straddle_party=None,
    paraph_margin_mm=0.0,
    rules=(),
)


def _line(text: str, x: float, y: float, *, size: float = 10.0, confidence: float = 0.99) -> Line:
    """At (x, y) in pt, hanzi as wide as high; one word per run between spaces."""
    words = []
    at = x
    for part in text.split(" "):
        width = sum(size if ord(char) > 0x2E7F else size / 2 for char in part)
        words.append(Word(text=part, box=(at, y, at + width, y + size), confidence=confidence))
        at += width + size / 2
    return Line(text=text, box=(x, y, at - size / 2, y + size), confidence=confidence, words=tuple(words))


def _page(
    *lines: Line, source: TextSource = "ocr", tables: Sequence[Table] = (), number: int = 1, colour: bool = False
) -> Page:
    return Page(
        number=number,
        width=600,
        height=800,
        text_source=source,
        lines=lines,
        tables=tuple(tables),
        colour=colour,
        dpi=72.0,
    )


def _document(*pages: Page, media: Media = "pdf", form: Mapping[str, str] | None = None) -> Document:
    submission = Submission(
        sha256="0", name="a", received_at=datetime(2026, 1, 1, tzinfo=UTC), source="cli", size=1, media=media
    )
    return Document(submission=submission, pages=pages, form=form or {})


def _values(found: Extraction) -> dict[str, str]:
    return {key: field.value for key, field in found.fields.items()}


# --- labels on scanned pages --------------------------------------------------------------------------------------


def test_the_value_right_of_its_label_up_to_the_next_label_of_the_row() -> None:
    page = _page(
        _line("联系人电话", 50, 100),
        _line("13800138000", 150, 101),
        _line("联系人邮箱", 300, 100),
        _line("a@b.cn", 400, 101),
        _line("地址", 50, 130),
        _line("备注", 300, 130),
        _line("加急", 400, 130),
    )
    found = extract(_document(page), PACK)
    assert _values(found) == {"phone": "13800138000", "email": "a@b.cn", "remark": "加急"}
    assert found.unread == ("address",)
    phone = found.fields["phone"]
    assert (phone.page, phone.box, phone.source, phone.confidence) == (1, (150, 101, 205, 111), "ocr", 0.99)


@pytest.mark.parametrize(
    "text",
    [
        "联系人电话：13800138000 联系人邮箱：a@b.cn",
        "联系人电话 13800138000 联系人邮箱 a@b.cn",
        "联系人电话13800138000联系人邮箱a@b.cn",
    ],
)
def test_label_and_value_read_as_one_line(text: str) -> None:
    assert _values(extract(_document(_page(_line(text, 50, 100))), PACK)) == {"phone": "13800138000", "email": "a@b.cn"}


def test_the_longest_label_wins_and_a_misread_one_is_known() -> None:
    page = _page(
        _line("最终客户统一社会信用代码", 50, 100),
        _line(USCC, 250, 100),
        _line("统一社会信用代玛", 50, 130),
        _line("91310115DEMA00013F", 250, 130),
    )
    assert _values(extract(_document(page), PACK)) == {"customer_code": USCC, "code": "91310115DEMA00013F"}
    electronic = page.model_copy(update={"text_source": "text"})
    assert "code" not in _values(extract(_document(electronic), PACK))


def test_worn_print_read_as_traditional_characters_is_the_same_label() -> None:
    page = _page(_line("客戶名稱", 50, 100), _line("青禾医疗器械（深圳）有限公司", 150, 100))
    assert _values(extract(_document(page), PACK)) == {"name": "青禾医疗器械（深圳）有限公司"}


@pytest.mark.parametrize("label_y", [100, 112, 106])
def test_the_lines_of_one_cell_are_joined(label_y: float) -> None:
    page = _page(
        _line("地址", 50, label_y),
        _line("深圳市南山区示例大道某某某路", 150, 100),
        _line("88号12层", 150, 112),
        _line("备注", 50, 140),
        _line("加急", 150, 140),
    )
    assert _values(extract(_document(page), PACK)) == {
        "address": "深圳市南山区示例大道某某某路88号12层",
        "remark": "加急",
    }


def test_a_crooked_page_keeps_its_rows() -> None:
    fall = 0.025
    rows = [
        ("客户名称", "青禾医疗器械（深圳）有限公司"),
        ("地址", "深圳市 南山区 88 号"),
        ("备注", "加急 加急 加急 加急"),
    ]
    lines = []
    for number, (label, value) in enumerate(rows):
        for text, x in ((label, 50), (value, 400)):
            flat = _line(text, x, 100 + 14 * number)
            words = tuple(word.model_copy(update={"box": _fallen(word.box, fall)}) for word in flat.words)
            lines.append(Line(text=text, box=_around(words), confidence=0.9, words=words))
    assert _values(extract(_document(_page(*lines)), PACK)) == {
        "name": rows[0][1],
        "address": rows[1][1],
        "remark": rows[2][1],
    }


def _fallen(box: Box, fall: float) -> Box:
    drop = fall * (box[0] + box[2]) / 2
    return (box[0], box[1] + drop, box[2], box[3] + drop)


def _around(words: Sequence[Word]) -> Box:
    boxes = [word.box for word in words]
    return (boxes[0][0], min(b[1] for b in boxes), boxes[-1][2], max(b[3] for b in boxes))


def test_a_row_of_labels_has_its_values_below_but_a_heading_is_none() -> None:
    row = [
        _line("联系人电话", 50, 100),
        _line("联系人邮箱", 300, 100),
        _line("13800138000", 50, 113),
        _line("a@b.cn", 300, 113),
    ]
    assert _values(extract(_document(_page(*row)), PACK)) == {"phone": "13800138000", "email": "a@b.cn"}
    heading = _page(_line("地址", 50, 100), _line("三、在线管理员信息", 50, 114))
    assert extract(_document(heading), PACK).fields == {}


def test_a_label_in_a_sentence_is_a_word() -> None:
    page = _page(_line("客户名称以签名表为准，双方另有约定的除外。", 50, 100), _line("客户名称", 50, 300))
    found = extract(_document(page), PACK)
    assert (found.fields, found.unread) == ({}, ("name",))


def test_a_place_for_a_seal_ends_a_value() -> None:
    page = _page(
        _line("签署日期", 50, 100),
        _line("2026年9月25日", 150, 100),
        _line("客户（盖章）", 300, 100),
        _line("公司", 400, 100),
    )
    assert _values(extract(_document(page), PACK)) == {"day": "2026-09-25"}


def test_writing_of_a_seal_beside_a_value_is_told_apart_by_the_check_or_doubted() -> None:
    page = _page(
        _line("签署日期", 50, 100),
        _line("2026年9月25日", 150, 100),
        _line("（深圳）", 420, 102),
        _line("备注", 50, 130),
        _line("加急", 150, 130),
        _line("（深圳）", 420, 132),
    )
    found = extract(_document(page), PACK).fields
    assert (found["day"].value, found["day"].problem) == ("2026-09-25", None)
    assert (found["remark"].problem, found["remark"].confidence) == ("scattered", 0.5)


def test_values_that_fail_their_check_are_kept_but_not_believed() -> None:
    page = _page(
        _line("统一社会信用代码", 50, 100),
        _line("9I440300DEMC000316", 200, 100),
        _line("签署日期", 50, 130),
        _line("年 月 日", 200, 130),
    )
    found = extract(_document(page), PACK)
    code = found.fields["code"]
    assert (code.value, code.raw, code.problem, code.confidence) == (USCC, "9I440300DEMC000316", "suggested", 0.5)
    assert "day" not in found.fields


def test_two_places_that_disagree_leave_the_field_ambiguous() -> None:
    pages = [
        _page(_line("客户名称", 50, 100), _line(name, 150, 100), number=n)
        for n, name in ((1, "甲乙丙公司"), (2, "丁戊己公司"))
    ]
    field = extract(_document(*pages), PACK).fields["name"]
    assert (field.problem, field.confidence) == ("ambiguous", 0.5)
    same = [page.model_copy(update={"lines": pages[0].lines}) for page in pages]
    assert extract(_document(*same), PACK).fields["name"].problem is None


# --- electronic forms ---------------------------------------------------------------------------------------------


def _table(*rows: Sequence[str]) -> Table:
    return Table(rows=tuple(tuple(Cell(text=text) for text in row) for row in rows))


def test_cells_beside_their_label_and_label_and_value_in_one_cell() -> None:
    table = _table(
        ("客户名称：", "青禾医疗器械（深圳）有限公司", "青禾医疗器械（深圳）有限公司", "地址", "深圳"),
        ("联系人电话：13800138000\n联系人邮箱：a@b.cn", ""),
        ("备注", "", "签署日期", "2026-09-25"),
    )
    found = extract(_document(_page(source="text", tables=[table]), media="docx"), PACK)
    assert _values(found) == {
        "name": "青禾医疗器械（深圳）有限公司",
        "address": "深圳",
        "phone": "13800138000",
        "email": "a@b.cn",
        "day": "2026-09-25",
    }
    assert found.unread == ()


def test_rows_of_an_electronic_table_end_at_the_end_word() -> None:
    table = _table(
        ("序号", "产品名称", "数量", "金额"),
        ("1", "企业版\nE3", "80", "96,000.00"),
        ("2", "协作版", "20", "19,200.00"),
        ("合计", "", "100", "115,200.00"),
        ("备注", "加急", "", ""),
    )
    found = _values(extract(_document(_page(source="text", tables=[table]), media="xlsx"), PACK))
    assert found == {
        "lines.1.no": "1",
        "lines.1.name": "企业版E3",
        "lines.1.qty": "80",
        "lines.1.amount": "96000.00",
        "lines.2.no": "2",
        "lines.2.name": "协作版",
        "lines.2.qty": "20",
        "lines.2.amount": "19200.00",
        "remark": "加急",
    }


def test_form_data_is_trusted_before_the_print() -> None:
    page = _page(_line("签署日期", 50, 100), _line("2026年9月20日", 150, 100), source="text")
    form = {"sign_day": "2026-09-25", "lines.1.qty": "80", "name": "", "unknown": "x"}
    found = extract(_document(page, form=form), PACK)
    assert _values(found) == {"day": "2026-09-25", "lines.1.qty": "80"}
    assert found.fields["day"].source == "form"


# --- rows of a scan -----------------------------------------------------------------------------------------------


def _scan_rows(*extra: Line) -> Page:
    head = [_line("序号", 50, 100), _line("产品名称", 190, 100), _line("数量", 350, 100), _line("金额", 470, 100)]
    body = [
        _line("1", 58, 130),
        _line("Office 365 企业版", 110, 124),
        _line("E3 十二个月", 110, 136),
        _line("80", 355, 130),
        _line("96,000.00", 455, 130),
        _line("2", 58, 160),
        _line("协作版", 110, 160),
        _line("20", 355, 160),
        _line("19,200.00", 455, 160),
    ]
    return _page(*head, *body, *extra)


def test_wrapped_cells_belong_to_the_row_they_stand_beside() -> None:
    page = _scan_rows(_line("合计", 50, 190), _line("100", 350, 190), _line("115,200.00", 450, 190))
    assert _values(extract(_document(page), PACK)) == {
        "lines.1.no": "1",
        "lines.1.name": "Office 365 企业版E3 十二个月",
        "lines.1.qty": "80",
        "lines.1.amount": "96000.00",
        "lines.2.no": "2",
        "lines.2.name": "协作版",
        "lines.2.qty": "20",
        "lines.2.amount": "19200.00",
    }


def test_a_heading_or_a_field_label_ends_the_table() -> None:
    page = _scan_rows(
        _line("六、金额与付款方式以及其他各项约定", 45, 178), _line("备注", 50, 210), _line("加急", 150, 210)
    )
    found = _values(extract(_document(page), PACK))
    assert sorted(key for key in found if key.startswith("lines.")) == sorted(
        f"lines.{n}.{c}" for n in (1, 2) for c in COLUMNS
    )
    assert found["remark"] == "加急"


def test_a_cell_without_text_is_unread_not_zero() -> None:
    page = _scan_rows()
    without = page.model_copy(update={"lines": tuple(line for line in page.lines if line.text != "20")})
    found = extract(_document(without), PACK)
    assert "lines.2.qty" not in found.fields
    assert found.unread == ("lines.2.qty",)


def test_columns_merged_by_the_reader_are_cut_at_the_white_between() -> None:
    page = _scan_rows()
    kept = [line for line in page.lines if line.text not in ("80", "96,000.00")]
    merged = Line(
        text="80 96,000.00",
        box=(355, 130, 500, 140),
        confidence=0.9,
        words=(Word(text="80", box=(355, 130, 365, 140)), Word(text="96,000.00", box=(455, 130, 500, 140))),
    )
    found = _values(extract(_document(page.model_copy(update={"lines": (*kept, merged)})), PACK))
    assert (found["lines.1.qty"], found["lines.1.amount"]) == ("80", "96000.00")


# --- registered blanks and second readings ------------------------------------------------------------------------

BOX: Box = (150, 95, 280, 115)


class _Reader:
    """Answers strips with `texts`, in order, again and again."""

    def __init__(self, *texts: str, confidence: float = 0.9) -> None:
        self.texts, self.confidence = texts, confidence
        self.seen: list[Pixels] = []

    def read_page(self, pixels: Pixels) -> tuple[ReadLine, ...]:
        raise StageError("only strips are asked for")

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        self.seen += strips
        return tuple(ReadText(self.texts[place % len(self.texts)], self.confidence) for place in range(len(strips)))


class _Pictures:
    def __init__(self, pixels: Pixels) -> None:
        self.pixels = pixels

    def picture(self, number: int, dpi: float | None = None) -> Picture:
        return Picture(self.pixels, 72.0)


def _paper(*boxes: Box, colour: tuple[int, int, int] = (20, 20, 20)) -> Pixels:
    """A sheet of 600 x 800 px (72 dpi) with filled boxes."""
    pixels = np.full((800, 600, 3), 245, dtype=np.uint8)
    for x0, top, x1, bottom in boxes:
        pixels[int(top) : int(bottom), int(x0) : int(x1)] = colour
    return pixels


INK: tuple[Box, ...] = tuple((x, 101, x + 4, 110) for x in range(160, 240, 8))


def test_agreement_of_two_readings_strengthens() -> None:
    page = _page(_line("签署日期", 50, 100), _line("2026年9月25日", 155, 100, confidence=0.9))
    found = extract(_document(page), PACK, {"sign_day": (1, BOX)}, _Pictures(_paper(*INK)), _Reader("2026年9月25日"))
    assert found.fields["day"].confidence == pytest.approx(0.99)
    assert found.fields["day"].problem is None


def test_disagreement_of_two_readings_is_a_problem() -> None:
    page = _page(_line("签署日期", 50, 100), _line("2026年9月26日", 155, 100, confidence=0.9))
    field = extract(
        _document(page), PACK, {"sign_day": (1, BOX)}, _Pictures(_paper(*INK)), _Reader("2026年9月25日")
    ).fields["day"]
    assert field.problem == "two_readings"
    assert field.confidence == pytest.approx(0.45)


def test_words_beside_a_value_stay_in_what_was_read_unless_the_second_reading_lacks_them() -> None:
    page = _page(_line("签署日期", 50, 100), _line("2026年9月25日", 155, 100), _line("首年免费", 250, 100))
    place = {"sign_day": (1, (150.0, 95.0, 320.0, 115.0))}
    alone = extract(_document(page), PACK, place).fields["day"]
    assert (alone.value, alone.problem, alone.raw) == ("2026-09-25", None, "2026年9月25日首年免费")
    both = _Reader("2026年9月25日首年免费")
    twice = extract(_document(page), PACK, place, _Pictures(_paper(*INK)), both).fields["day"]
    assert (twice.value, twice.raw) == ("2026-09-25", "2026年9月25日首年免费")
    seal = extract(_document(page), PACK, place, _Pictures(_paper(*INK)), _Reader("2026年9月25日")).fields["day"]
    assert (seal.value, seal.problem, seal.raw) == ("2026-09-25", None, "2026年9月25日")


def test_words_that_one_reading_alone_has_are_not_lost() -> None:
    page = _page(_line("签署日期", 50, 100), _line("2026年9月25日", 155, 100))
    longer = _Reader("2026年9月25日首年免费")
    found = extract(_document(page), PACK, {"sign_day": (1, BOX)}, _Pictures(_paper(*INK)), longer).fields["day"]
    assert (found.value, found.problem, found.raw) == ("2026-09-25", "two_readings", "2026年9月25日首年免费")


def test_an_unusual_name_close_behind_its_label_is_kept() -> None:
    fields = {**FIELDS, "person": FieldSpec(labels=("经办人",), type="person_name")}
    pack = Pack(**{**{name: getattr(PACK, name) for name in Pack.__dataclass_fields__}, "fields": fields})
    found = extract(_document(_page(_line("经办人价格另议", 50, 100))), pack).fields["person"]
    assert (found.value, found.problem, found.confidence) == ("价格另议", "not_a_person", 0.5)


def test_what_detection_missed_is_read_from_the_registered_place() -> None:
    reader = _Reader("2026年9月25日")
    found = extract(
        _document(_page(_line("无关", 50, 300))), PACK, {"sign_day": (1, BOX)}, _Pictures(_paper(*INK)), reader
    )
    assert (found.fields["day"].value, found.fields["day"].box, len(reader.seen)) == ("2026-09-25", BOX, 1)


def test_a_blank_is_absent_illegible_ink_is_unread() -> None:
    page = _page(_line("签署日期", 50, 100), _line("客户名称", 50, 130))
    places = {"sign_day": (1, BOX), "name": (1, (150, 125, 280, 145))}
    found = extract(_document(page), PACK, places, _Pictures(_paper(*INK)), _Reader("潦草", confidence=0.4))
    assert (found.fields, found.unread) == ({}, ("day",))
    assert extract(_document(page), PACK).unread == ("day", "name")


def test_only_the_text_inside_the_place_counts() -> None:
    page = _page(_line("客户名称青禾医疗器械（深圳）有限公司", 50, 100), _line("与此无关的旁注", 300, 100))
    found = extract(_document(page), PACK, {"name": (1, (90, 95, 290, 115))})
    assert _values(found) == {"name": "青禾医疗器械（深圳）有限公司"}


def test_red_writing_of_a_seal_is_not_a_value() -> None:
    page = _page(_line("备注", 50, 100), _line("加急", 150, 100), _line("公司", 175, 101), colour=True)
    pixels = np.minimum(
        _paper((152, 101, 156, 109), (160, 101, 164, 109)),
        _paper((177, 102, 181, 110), (187, 102, 191, 110), colour=(225, 60, 70)),
    )
    found = extract(_document(page), PACK, {}, _Pictures(pixels), _Reader("加急"))
    assert _values(found) == {"remark": "加急"}
    assert "公司" in _values(extract(_document(page), PACK))["remark"]


# --- crops --------------------------------------------------------------------------------------------------------


def test_rules_and_seal_ink_are_no_writing() -> None:
    ruled = _paper((0, 0, 600, 2), (0, 0, 2, 800))
    assert not has_ink(ruled[:40, :100, 0], 72)
    red = _paper((20, 10, 60, 30), colour=(225, 40, 60))
    assert not has_ink(red[:40, :100, 0], 72)
    assert is_seal_ink(red[8:32, 18:62], paper_colour(Picture(red, 72.0)))
    crossed = np.minimum(red, _paper((30, 5, 40, 35)))
    assert has_ink(crossed[:40, :100, 0], 72)
    assert not is_seal_ink(crossed[8:32, 28:42], paper_colour(Picture(crossed, 72.0)))
    assert not has_ink(np.zeros((0, 0), dtype=np.uint8), 72)


def test_specks_on_grainy_paper_are_no_writing() -> None:
    grain = np.random.default_rng(1).integers(238, 245, (80, 800), dtype=np.uint8)
    grain[40:43, 100:103] = grain[60:62, 700:702] = 120
    assert not has_ink(grain, 200)
    grain[30:50, 300:304] = 120
    assert has_ink(grain, 200)


def test_rules_that_run_askew_into_a_place_leave_it_blank() -> None:
    pixels = _paper()
    for x in range(150, 280):  # falls 3 pt over the place, above and below
        at = 95 + round((x - 150) * 3 / 130)
        pixels[at : at + 1, x] = pixels[at + 17 : at + 18, x] = 40
    page = _page(_line("签署日期", 50, 100))
    found = extract(_document(page), PACK, {"sign_day": (1, BOX)}, _Pictures(pixels), _Reader("l", confidence=0.3))
    assert (found.fields, found.unread) == ({}, ())


def test_rows_of_writing_are_cut_apart() -> None:
    two = _paper(*((x, 5, x + 4, 14) for x in range(10, 60, 8)), *((x, 20, x + 4, 29) for x in range(10, 40, 8)))[
        :40, :100, 0
    ]
    assert text_rows(ink(two, 72), 72) == [(5, 14), (20, 29)]
    assert [piece.shape for piece in strips(two, 72)] == [(13, 56, 3), (13, 32, 3)]


# --- recorded scans and real electronic forms ---------------------------------------------------------------------


def _recorded(name: str) -> tuple[Document, dict[str, Any]]:
    data = json.loads(gzip.decompress((RECORDED / f"{name}.json.gz").read_bytes()))
    return Document.model_validate(data["document"]), data["printed"]


def _pack(type_: str) -> Pack:
    return load_packs(TEMPLATES, CHECKS).case_types["csp_order"].packs[type_]


def _expected(pack: Pack, printed: Mapping[str, Any]) -> dict[str, str]:
    flat = {key: str(value) for key, value in printed.items() if key in pack.fields}
    for number, line in enumerate(printed.get("lines", ()), start=1):
        flat |= {f"lines.{number}.{key}": str(value) for key, value in line.items()}
    wanted = {}
    for key, text in flat.items():
        spec = pack.column(key)
        assert spec is not None, key
        wanted[key] = parse(spec.type, text, pattern=spec.pattern, options=spec.options).value or text
    return wanted


def _wrong(found: Extraction, expected: Mapping[str, str]) -> set[str]:
    return {
        key
        for key, value in expected.items()
        if key not in found.fields or squeezed(found.fields[key].value) != squeezed(value)
    }


@pytest.mark.parametrize(
    ("name", "type_"), [("order_crooked", "purchase_order"), ("agreement_handwritten", "service_agreement")]
)
def test_every_value_of_a_recorded_scan(name: str, type_: str) -> None:
    document, printed = _recorded(name)
    pack = _pack(type_)
    found = extract(document, pack)
    assert _wrong(found, _expected(pack, printed)) == set()
    assert [key for key, field in found.fields.items() if field.problem] == []


def test_what_a_seal_spoils_is_never_silently_wrong() -> None:
    """A grey scan with a seal across the totals, wrapped product names and long names."""
    document, printed = _recorded("order_sealed_over")
    pack = _pack("purchase_order")
    found = extract(document, pack)
    wrong = _wrong(found, _expected(pack, printed))
    assert wrong <= {"lines.2.start", "tax_included", "tax_net"}
    assert all(key in found.unread or found.fields[key].problem for key in wrong)
    assert found.fields["total_capitals"].problem == "repaired"
