"""One document in several files is put together only when that is beyond doubt (IN-06)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.assembly import FileName, Piece, counted_in, gather, missing_pages, piece_of, sheets_of
from pipeline.model import Bilingual, Facts, Page, Remark, Sheet
from tests.assembly.test_apart import of, page, plain, scan
from tests.rules.made import agreement, facts, order

AT = datetime(2026, 9, 28, 9, tzinfo=UTC)


def piece(name: str, *numbers: int, total: int = 8, kind: str | None = "service_agreement", **changes: Any) -> Piece:
    plain: dict[str, Any] = {
        "sha256": name, "names": (name,), "received_at": AT, "source": "inbox", "kind": kind, "total": total,
        "leaves": tuple((number, (at,)) for at, number in enumerate(numbers, start=1)), "size": (595.0, 842.0),
        "keys": {},
    }  # fmt: skip
    return Piece(**{**plain, **changes})


def pages_of(*numbers: int, total: int = 8) -> Facts:
    pages = tuple(plain(at, foot=of(number, total)) for at, number in enumerate(numbers, start=1))
    return Facts.model_validate(
        {**dict(agreement()), "document": scan(*pages), "sheets": sheets_of(pages, {}, lambda _: None)}
    )


def found(whole: Facts) -> Piece | None:
    return piece_of(whole, names=("a.pdf",), received_at=AT, keys={})


# --- what a piece is ----------------------------------------------------------------------------------------------


def test_a_piece_knows_its_pages_and_how_many_there_are() -> None:
    made = found(pages_of(3, 4, 5))
    assert made is not None
    assert (made.numbers, made.total, made.kind, made.size) == ((3, 4, 5), 8, "service_agreement", (595.0, 842.0))


@pytest.mark.parametrize("numbers", [(1, 2, 3, 4, 5, 6, 7, 8), (3, 3), (1, 2, 3, 4, 5, 6, 7, 8, 9)])
def test_whole_and_contradictory_documents_are_no_pieces(numbers: tuple[int, ...]) -> None:
    assert found(pages_of(*numbers)) is None


def test_a_page_that_says_nothing_of_itself_makes_the_file_no_piece() -> None:
    some = pages_of(3, 4)
    pages = (*some.document.pages, plain(3, "附件：说明", foot=""))
    assert found(some.model_copy(update={"document": scan(*pages)})) is None
    blank = (*some.document.pages, page(3))
    backed = found(some.model_copy(update={"document": scan(*blank)}))
    assert backed is not None
    assert backed.leaves == ((3, (1,)), (4, (2, 3))), "a blank back goes with its front"


def test_a_number_without_a_total_says_nothing() -> None:
    pages = (plain(1, foot="第 3 页"),)
    sheets = sheets_of(pages, {}, lambda _: None)
    assert found(agreement().model_copy(update={"document": scan(*pages), "sheets": sheets})) is None
    assert missing_pages(pages, sheets) is None


def test_electronic_signed_and_unreadable_files_are_no_pieces() -> None:
    some = pages_of(3, 4)
    submission = some.document.submission.model_copy(update={"media": "docx"})
    assert (
        found(some.model_copy(update={"document": some.document.model_copy(update={"submission": submission})})) is None
    )
    assert found(some.model_copy(update={"unreadable": "damaged"})) is None
    assert found(some.model_copy(update={"parts": ((1, 1), (2, 2))})) is None
    other = tuple(sheet.model_copy(update={"kind": "cooperation_agreement"}) for sheet in some.sheets)
    assert found(some.model_copy(update={"sheets": other})) is None, "its title and its pages contradict"


def test_what_is_missing_is_named_unless_the_form_names_it() -> None:
    pages = tuple(plain(at, foot=of(number, 4)) for at, number in enumerate((1, 3), start=1))
    sheets = sheets_of(pages, {}, lambda _: None)
    missing = missing_pages(pages, sheets)
    assert missing is not None
    assert "缺第 2, 4 页" in missing.message.zh
    told = [sheet.model_copy(update={"kind": "service_agreement"}) for sheet in sheets]
    assert missing_pages(pages, told) is None
    whole = tuple(plain(at, foot=of(at, 2)) for at in (1, 2))
    assert missing_pages(whole, sheets_of(whole, {}, lambda _: None)) is None


def test_a_piece_that_was_put_together_keeps_what_is_odd_about_the_file() -> None:
    some = pages_of(3, 4)
    remarks = tuple(
        Remark(code=code, message=Bilingual(zh=code, en=code))
        for code in ("javascript", "assembly_missing", "assembly_doubt")
    )
    some = some.model_copy(update={"document": some.document.model_copy(update={"remarks": remarks})})
    left = counted_in(some, "whole")
    assert [remark.code for remark in left.document.remarks] == ["javascript"]
    assert (left.whole, left.classification.type, left.observations.seals, left.extraction.fields) == (
        "whole",
        None,
        (),
        {},
    )


# --- what belongs together ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("scan_001.pdf", "scan_002.jpg"),
        ("agreement part 1.pdf", "Agreement Part 2.pdf"),
        ("协议第1页.jpg", "协议 第2页 共8页.jpg"),
        ("协议（上）.pdf", "协议（下）.pdf"),
        ("协议.pdf", "协议 (2).pdf"),
        ("1.jpg", "2.jpg"),
        ("青禾/a-1.pdf", "青禾/a-2.pdf"),
        ("IMG_20260928_101501.jpg", "IMG_20260928_101533.jpg"),
        ("全部材料 [1-4].pdf", "全部材料 [7-10].pdf"),
        ("scan [拼合 1-7].pdf", "scan_008.jpg"),
    ],
)
def test_names_that_count_are_of_one_document(one: str, other: str) -> None:
    assert FileName.of(one).key == FileName.of(other).key
    assert FileName.of(one).counter != FileName.of(other).counter


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("青禾_1.jpg", "远岚_1.jpg"),
        ("青禾/scan_1.pdf", "远岚/scan_2.pdf"),
        ("PO-20260928-001 p1.jpg", "PO-20260928-002 p2.jpg"),
        ("协议（上海）.pdf", "协议（北京）.pdf"),
        ("2026-09-27/1.pdf", "2026-09-28/2.pdf"),
    ],
)
def test_other_words_are_of_another_document(one: str, other: str) -> None:
    assert FileName.of(one).key != FileName.of(other).key


def test_a_file_that_came_under_two_names_belongs_to_both() -> None:
    one, other = piece("copy.pdf", 1, 2, 3, 4, names=("copy.pdf", "scan_1.pdf")), piece("scan_2.pdf", 5, 6, 7, 8)
    assert gather(one, [one, other]).is_whole
    assert gather(other, [one, other]).is_whole


def test_pages_in_any_order_become_one_document() -> None:
    pieces = [
        piece("scan_003.pdf", 7, 8),
        piece("scan_002.jpg", 5),
        piece("scan_004.jpg", 6),
        piece("scan_1.pdf", 4, 3, 2, 1),
    ]
    for one in pieces:
        whole = gather(one, pieces)
        assert whole.is_whole
        assert whole.doubt is None
        assert [item.name for item in whole.pieces] == ["scan_1.pdf", "scan_002.jpg", "scan_004.jpg", "scan_003.pdf"]


def test_a_whole_dossier_scanned_page_by_page_becomes_its_documents() -> None:
    contract = [piece(f"scan_{at:03}.jpg", at) for at in range(1, 9)]
    first = piece("scan_009.jpg", 1, total=2, kind="purchase_order", number="PO-1")
    second = piece("scan_010.jpg", 2, total=2, kind=None)
    everything = [*contract, first, second]
    assert {len(gather(one, everything).pieces) for one in contract} == {8}
    for one in (first, second):
        assert gather(one, everything).pieces == (first, second)
        assert gather(one, everything).doubt is None


def test_what_lacks_a_page_is_known_as_incomplete() -> None:
    pieces = [piece("scan_1.pdf", 1, 2, 3), piece("scan_2.pdf", 5, 6, 7, 8)]
    some = gather(pieces[0], pieces)
    assert not some.is_whole
    assert some.doubt is None
    assert len(some.pieces) == 2
    assert gather(pieces[0], []).pieces == (pieces[0],)


@pytest.mark.parametrize(
    "change",
    [
        {"received_at": AT + timedelta(hours=1)},
        {"source": "mail"},
        {"carrier": "another mail"},
        {"total": 9},
        {"kind": "cooperation_agreement"},
    ],
    ids=["an hour later", "other way", "other mail", "other total", "other kind"],
)
def test_what_did_not_come_together_stays_apart(change: dict[str, Any]) -> None:
    one, other = piece("scan_1.pdf", 1, 2, 3, 4), piece("scan_2.pdf", 5, 6, 7, 8, **change)
    assert gather(one, [one, other]).pieces == (one,)


def test_names_do_not_matter_in_one_folder_or_mail_when_the_kind_is_known() -> None:
    changes: tuple[dict[str, Any], ...] = ({}, {"carrier": "mail"})
    for change in changes:
        folder = "" if change else "青禾/"
        one, other = (
            piece(f"{folder}{name}", *of_, **change) for name, of_ in (("正文.pdf", range(1, 8)), ("签名页.jpg", (8,)))
        )
        assert gather(one, [one, other]).is_whole
    one, other = piece("正文.pdf", *range(1, 8)), piece("签名页.jpg", 8)
    assert not gather(one, [one, other]).is_whole, "the inbox itself is no folder of one document"
    one, other = piece("a/正文.pdf", 1, total=2, kind=None), piece("a/签名页.jpg", 2, total=2, kind=None)
    assert not gather(one, [one, other]).is_whole


def test_parts_of_one_file_belong_together_whatever_lay_between() -> None:
    parts = [
        piece("全部材料 [1-4].pdf", 1, 2, 3, 4, part_of="x"),
        piece("全部材料 [7-10].pdf", 5, 6, 7, 8, part_of="x"),
    ]
    assert gather(parts[0], parts, ["全部材料 [5-6].pdf"]).doubt is None
    assert gather(parts[0], parts).is_whole


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        (
            [piece("scan_1.pdf", 1, 2, 3, 4, 5), piece("scan_2.pdf", 5, 6, 7, 8)],
            ["第 5 页", "scan_1.pdf", "scan_2.pdf"],
        ),
        ([piece("scan_1.pdf", 1, 2, 3, 4), piece("scan_2.pdf", 5, 6, 7, total=9)], ["scan_2.pdf (5-7/9)"]),
        ([piece("scan_1.pdf", *range(1, 8)), piece("scan_2.pdf", 8, size=(421.0, 595.0))], ["大小"]),
        (
            [
                piece("scan_1.pdf", *range(1, 8), keys={"customer_name": "青禾医疗器械（深圳）有限公司"}),
                piece("scan_2.pdf", 8, keys={"customer_name": "远岚精密机械（苏州）有限公司"}),
            ],
            ["青禾", "远岚"],
        ),
        (
            [
                piece(
                    "PO-001.pdf", 1, total=2, kind="purchase_order", number="PO-001", keys={"order_number": "PO-001"}
                ),
                piece("PO-002.pdf", 2, total=2, kind=None),
            ],
            ["PO-001"],
        ),
        (
            [
                piece("scan_1.pdf", 1, total=2, kind="purchase_order", number=""),
                piece("scan_2.pdf", 2, total=2, kind=None),
            ],
            ["编号"],
        ),
        (
            [
                piece("scan_1.pdf", 1, total=2, kind="purchase_order", number="PO-001"),
                piece("scan_2.pdf", 2, total=2, kind=None),
                piece("scan_3.pdf", 1, total=2, kind="questionnaire"),
            ],
            ["几份材料"],
        ),
    ],
    ids=["page twice", "two totals", "sizes", "customers", "other number in the name", "no number", "several kinds"],
)
def test_what_is_not_unique_is_for_a_person(pieces: list[Piece], words: list[str]) -> None:
    some = gather(pieces[0], pieces)
    assert some.doubt is not None
    for word in words:
        assert word in some.doubt.zh, some.doubt.zh


def test_a_stranger_between_two_pieces_makes_them_doubtful() -> None:
    pieces = [piece("scan_001.pdf", *range(1, 8)), piece("scan_003.pdf", 8)]
    assert gather(pieces[0], pieces, ["scan_004.pdf", "other_002.pdf"]).doubt is None
    doubt = gather(pieces[0], pieces, ["scan_002.pdf"]).doubt
    assert doubt is not None
    assert "scan_002.pdf" in doubt.zh
    timed = [piece("IMG_20260928_101501.jpg", *range(1, 8)), piece("IMG_20260928_101733.jpg", 8)]
    assert gather(timed[0], timed, ["IMG_20260928_101600.jpg"]).doubt is None, "times of day have gaps"


def test_a_contract_that_is_whole_leaves_a_stray_page_alone() -> None:
    contract = [piece("scan_1.pdf", 1, 2, 3, 4), piece("scan_2.pdf", 5, 6, 7, 8)]
    stray = piece("scan_3.jpg", 3, kind=None)
    assert gather(contract[0], [*contract, stray]).is_whole
    assert gather(stray, [*contract, stray]).pieces == (stray,)


def test_an_order_read_whole_is_no_piece() -> None:
    whole = order()
    pages: tuple[Page, ...] = (plain(1, foot=of(1, 2)), plain(2, foot=of(2, 2)))
    seen = whole.model_copy(update={"document": scan(*pages), "sheets": sheets_of(pages, {}, lambda _: None)})
    assert found(seen) is None
    half = facts("purchase_order", {}, scan(pages[0])).model_copy(
        update={"sheets": (Sheet(page=1, number=1, total=2),)}
    )
    made = found(half)
    assert made is not None
    assert made.kind == "purchase_order"
