"""Several documents scanned into one file are taken apart (IN-06), and never one in two."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.assembly import sheets_of, take_apart
from pipeline.model import Document, Line, Page, Sheet
from tests.rules.made import document, packs

FIRST, SECOND = "PO-20260928-001", "PO-20260928-002"


def page(number: int, *lines: str, top: float = 60.0, foot: str = "") -> Page:
    boxes = [(60.0, top + 20 * at, 500.0, top + 12 + 20 * at) for at in range(len(lines))]
    placed = [Line(text=text, box=box) for text, box in zip(lines, boxes, strict=True)]
    if foot:
        placed.append(Line(text=foot, box=(250.0, 800.0, 340.0, 812.0)))
    return Page(number=number, width=595, height=842, text_source="ocr", lines=tuple(placed))


def cues(name: str) -> tuple[str, ...]:
    identify = packs().case_types["csp_order"].packs[name].identify
    assert identify is not None
    return identify.all


def scan(*pages: Page) -> Document:
    return document().model_copy(update={"pages": pages})


def contract(number: int, foot: str = "") -> Page:
    return page(number, *cues("service_agreement"), foot=foot)


def order(number: int, po_no: str | None = None, foot: str = "") -> Page:
    words = () if po_no is None else (f"订单编号：{po_no}",)
    return page(number, *cues("purchase_order"), *words, foot=foot)


def plain(number: int, *words: str, foot: str | None = None) -> Page:
    return page(number, "本协议自签署之日起生效", *words, foot=f"第 {number} 页" if foot is None else foot)


def long(number: int, foot: str = "") -> Page:
    return plain(
        number,
        "双方应当对在履行本协议过程中知悉的对方信息承担保密义务，未经书面同意不得向任何第三方披露。" * 2,
        foot=foot,
    )


def of(number: int, total: int) -> str:
    return f"第 {number} 页 共 {total} 页"


def form(*numbers: int | None, kind: str = "service_agreement", total: int = 8) -> list[Sheet]:
    """Pages told by the blank form, from page 1 on; None = not the form's."""
    return [
        Sheet(page=at, number=number, total=total, kind=kind) for at, number in enumerate(numbers, start=1) if number
    ]


def apart(*pages: Page, sheets: Sequence[Sheet] = ()) -> tuple[tuple[tuple[int, int], ...], list[int | None]]:
    """Parts, and the pages that a person must look at."""
    known = {sheet.page for sheet in sheets}
    printed = [sheet for sheet in sheets_of(pages, {}, lambda _: None) if sheet.page not in known]
    found = take_apart(scan(*pages), packs(), sorted([*sheets, *printed], key=lambda sheet: sheet.page))
    assert all(remark.code == "assembly_doubt" for remark in found.doubts)
    return found.parts, [remark.page for remark in found.doubts]


# --- of different kinds -------------------------------------------------------------------------------------------


def test_a_contract_and_an_order_behind_each_other_are_two() -> None:
    assert apart(contract(1), plain(2), plain(3), order(4), plain(5)) == (((1, 3), (4, 5)), [])


def test_a_cover_letter_in_front_is_a_part_of_its_own() -> None:
    assert apart(plain(1), contract(2), plain(3)) == (((1, 1), (2, 3)), [])


@pytest.mark.parametrize(
    "pages",
    [
        [contract(1), plain(2), plain(3)],
        [contract(1), plain(2), contract(3)],  # its own title on the signature page
        [contract(1), plain(2, *(f"甲方应按《{cue}》提交订单并付款，逾期视为放弃" for cue in cues("purchase_order")))],
        [contract(1), page(2, *cues("purchase_order"), top=500.0)],  # named in a list at the foot
        [plain(1), plain(2)],
        [contract(1)],
        [plain(1, foot=of(2, 2)), order(2, FIRST, of(1, 2))],  # scanned in the wrong order
    ],
    ids=["one", "title again", "named in a sentence", "named below", "nobody's", "one page", "wrong order"],
)
def test_one_document_stays_one(pages: list[Page]) -> None:
    assert apart(*pages) == ((), [])


def test_a_title_on_a_page_that_continues_the_numbers_is_for_a_person() -> None:
    pages = contract(1, of(1, 3)), order(2, FIRST, of(2, 3)), plain(3, foot=of(3, 3))
    assert apart(*pages) == ((), [2])


def test_what_was_put_into_the_middle_of_a_contract_leaves_two_pieces_of_it() -> None:
    pages = [contract(1), *map(long, range(2, 5)), order(5, FIRST, of(1, 2)), plain(6, foot=of(2, 2))]
    pages += [long(number, of(number - 2, 8)) for number in range(7, 11)]
    assert apart(*pages, sheets=form(1, 2, 3, 4)) == (((1, 4), (5, 6), (7, 10)), [])
    known = [*form(1, 2, 3, 4), *form(None, None, None, None, None, None, 5, 6, 7, 8)]
    assert apart(*pages, sheets=known) == (((1, 4), (5, 6), (7, 10)), [])


# --- of one kind --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pages",
    [
        [order(1, foot=of(1, 2)), plain(2, foot=of(2, 2)), order(3, foot=of(1, 2)), plain(4, foot=of(2, 2))],
        [order(1, foot="1/2"), order(2, foot="2/2"), order(3, foot="1/2"), order(4, foot="2/2")],  # title on all
        [order(1, foot="Page 1 of 2"), plain(2, foot="Page 2 of 2"), order(3), plain(4, foot="")],  # second unnumbered
        [order(1, foot="第 1 页"), plain(2), order(3, foot="第 1 页"), plain(4, foot="第 2 页")],  # no totals
        [order(1, FIRST), plain(2, foot=""), order(3, SECOND), plain(4, foot="")],  # no page numbers at all
        [order(1, FIRST, of(1, 3)), plain(2, foot=of(2, 3)), order(3, SECOND, of(1, 2)), plain(4, foot=of(2, 2))],
    ],
    ids=["numbers", "title on every page", "complete before", "counts up", "other number", "page missing before"],
)
def test_two_orders_behind_each_other_are_two(pages: list[Page]) -> None:
    assert apart(*pages) == (((1, 2), (3, 4)), [])


def test_three_orders_of_one_page_each_are_three() -> None:
    assert apart(*(order(n, foot=of(1, 1)) for n in (1, 2, 3))) == (((1, 1), (2, 2), (3, 3)), [])


def test_two_contracts_are_two_by_their_blank_form() -> None:
    pages = [contract(at) if at in (1, 9) else long(at) for at in range(1, 17)]
    assert apart(*pages, sheets=form(*range(1, 9), *range(1, 9))) == (((1, 8), (9, 16)), [])


def test_two_contracts_with_blank_backs_are_two() -> None:
    pages = [contract(1, of(1, 2)), page(2), plain(3, foot=of(2, 2)), page(4), contract(5, of(1, 2)), page(6)]
    pages += [plain(7, foot=of(2, 2))]
    sheets = [sheet.model_copy(update={"kind": "service_agreement"}) for sheet in sheets_of(pages, {}, lambda _: None)]
    assert apart(*pages, sheets=sheets) == (((1, 4), (5, 7)), [])


@pytest.mark.parametrize(
    ("pages", "doubt"),
    [
        ([order(n, FIRST, of(n, 3)) for n in (1, 2, 3)], []),  # a running head
        ([order(n, FIRST) for n in (1, 2, 3)], []),  # no numbers, the same order on every page
        ([order(n) for n in (1, 2, 3)], []),
        ([order(1, FIRST), order(2, "", foot="")], [2]),  # perhaps another order: its number is illegible
        ([order(1, foot=of(1, 2)), order(2, foot=of(1, 2)), plain(3, foot=of(2, 2))], [2]),  # first page twice?
        ([order(1, foot=of(1, 2)), plain(2, foot=of(2, 2)), order(3, foot=of(1, 2))], [3]),  # or a second order?
        ([order(1, foot="第 1 页"), order(2, foot="第 1 页")], [2]),
        ([order(1, FIRST, of(1, 2)), order(2, SECOND, of(2, 2))], [2]),  # a page of another order put in
        ([order(1, FIRST, of(1, 2)), plain(2, foot=of(2, 2)), order(3, SECOND, of(2, 2))], [3]),
        ([order(1, foot=of(1, 2)), plain(2, foot=of(2, 2)), long(3)], [3]),  # a page left over
        ([order(1, foot=of(1, 2)), plain(2, foot=of(2, 2)), long(3, of(1, 2)), long(4, of(2, 2))], [3]),  # no title
        ([order(1, foot=of(1, 2)), plain(2, foot=of(2, 3))], [2]),  # two totals
    ],
    ids=[
        "running head", "same order", "no evidence", "illegible", "restart", "incomplete", "first twice", "continues",
        "contradiction", "left over", "untitled", "two totals",
    ],
)  # fmt: skip
def test_weak_evidence_cuts_nothing(pages: list[Page], doubt: list[int]) -> None:
    assert apart(*pages) == ((), doubt)


def test_a_page_of_the_contract_scanned_twice_is_no_second_contract() -> None:
    pages = [contract(1), *map(long, range(2, 9)), contract(9)]
    assert apart(*pages, sheets=form(*range(1, 9), 1)) == ((), [9])
    assert apart(*pages[:8], long(9), sheets=form(*range(1, 9), 8)) == ((), []), "the comparison with the form tells"


def test_a_foreign_page_on_the_contracts_paper_stays_with_it() -> None:
    pages = [contract(1), *map(long, range(2, 9)), contract(9)]
    assert apart(*pages, sheets=form(*range(1, 9))) == ((), [])


def test_a_running_head_that_claims_every_page_cuts_no_form() -> None:
    pages = [page(n, *cues("cooperation_agreement"), foot=of(n, 4)) for n in range(1, 5)]
    assert apart(*pages) == ((), [])
    assert apart(*pages, sheets=form(1, 2, 3, 4, kind="cooperation_agreement", total=4)) == ((), [])


# --- what is taken apart at all -----------------------------------------------------------------------------------


def test_only_scans_are_taken_apart_and_nothing_that_was_put_together() -> None:
    whole = scan(contract(1), order(2))
    assert take_apart(whole, packs(), ()).parts
    for change in ({"media": "docx"}, {"made_of": ({"sha256": "a", "name": "a.jpg", "first": 1, "last": 1},)}):
        submission = type(whole.submission).model_validate({**whole.submission.model_dump(), **change})
        assert take_apart(whole.model_copy(update={"submission": submission}), packs(), ()).parts == ()


@pytest.mark.parametrize(
    ("lines", "number", "total"),
    [
        (["采购订单", "所载企业均为虚构 第 1 页 共 4 页"], 1, 4),
        (["共 4 页 第 2 页", "正文"], 2, 4),
        (["正文" * 30, "3/4"], 3, 4),
        (["正文", "第 3 页"], 3, None),
        (["正文", "详见本协议附件第 3 页所列产品目录"], None, None),  # speaks of a page
        (["正文", "第 5 页 共 4 页"], None, None),
        (["正文", "第 0 页 共 4 页"], None, None),
    ],
)
def test_the_number_printed_on_a_page(lines: list[str], number: int | None, total: int | None) -> None:
    found = sheets_of([page(1, *lines)], {}, lambda _: None)
    assert [(sheet.number, sheet.total) for sheet in found] == ([(number, total)] if number else [])


def test_a_number_read_badly_does_not_count() -> None:
    poor = page(1, "正文", of(1, 2))
    lines = tuple(line.model_copy(update={"confidence": 0.6}) for line in poor.lines)
    assert sheets_of([poor.model_copy(update={"lines": lines})], {}, lambda _: None) == ()


def test_the_form_tells_more_surely_than_the_number() -> None:
    clauses = ["".join(chr(0x4E00 + 97 * (at + 40 * n) % 20000) for at in range(120)) for n in (1, 2)]
    blank = [page(n, clauses[n - 1]) for n in (1, 2)]
    found = sheets_of([page(1, clauses[1], foot=of(7, 9))], {"deal": blank}, lambda _: None)
    assert found == (Sheet(page=1, number=2, total=2, kind="deal"),)
    twins = {"deal": blank, "offer": blank}
    assert sheets_of([page(1, clauses[1])], twins, lambda _: None) == (), (
        "of two forms with one wording it is neither's"
    )
    assert sheets_of([page(1, clauses[1])], twins, lambda _: ("offer", 2))[0].kind == "offer"
