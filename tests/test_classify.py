"""Classification: one claim or none; OCR noise is forgiven, but never against an exact rival."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.classify import classify
from pipeline.model import Bilingual, Cell, Document, Line, Media, Page, Submission, Table
from pipeline.packs import CaseType, Identify, Pack, Packs, load_packs
from pipeline.rules import CHECKS

TEMPLATES = Path(__file__).parents[1] / "templates"
NO_TITLE = Bilingual(zh="", en="")
ORDER = Identify(all=("云服务产品采购订单", "合作协议编号"), none=("购销合同",))
AGREEMENT = Identify(all=("在线服务标准协议",), any=("签名表", "联系人信息表"))


def _pack(type_: str, identify: Identify, case_type: str = "csp") -> Pack:
    return Pack(
        case_type=case_type,
        type=type_,
        code="D",
        title=NO_TITLE,
        edition="2026-01",
        folder=Path(),
        reference=None,
        outgoing=None,
        identify=identify,
        fields={},
        rows={},
        places={},
        straddle_party=None,
        paraph_margin_mm=0.0,
        rules=(),
    )


def _packs(*cases: Mapping[str, Identify]) -> Packs:
    names = [f"case{number}" for number in range(len(cases))]
    return Packs(
        case_types={
            name: CaseType(
                type=name,
                title=NO_TITLE,
                folder=Path(),
                requires={},
                standalone=(),
                join=(),
                label=(),
                papers=(),
                rules=(),
                packs={type_: _pack(type_, identify, name) for type_, identify in case.items()},
                registers={},
            )
            for name, case in zip(names, cases, strict=True)
        }
    )


def _document(
    *pages: Sequence[str], ocr: bool = True, media: Media = "pdf", form: Mapping[str, str] | None = None
) -> Document:
    return Document(
        submission=Submission(
            sha256="0", name="a", received_at=datetime(2026, 1, 1, tzinfo=UTC), source="cli", size=1, media=media
        ),
        pages=tuple(
            Page(
                number=number,
                width=595,
                height=842,
                text_source="ocr" if ocr else "text",
                lines=tuple(Line(text=t) for t in page),
            )
            for number, page in enumerate(pages, 1)
        ),
        form=form or {},
    )


PACKS = _packs({"order": ORDER, "agreement": AGREEMENT})


def test_spaces_width_and_line_breaks_do_not_count() -> None:
    found = classify(_document(["云 服 务 产品", "采购订单", "合作协议编号：Ｘ"]), PACKS)
    assert (found.type, found.case_type, found.edition) == ("order", "case0", "2026-01")


def test_a_misread_character_in_a_long_cue_is_forgiven_in_a_scan_only() -> None:
    text = ["云服务产品釆购订单", "合作协议编号"]
    cue = {"order": Identify(all=("office365云服务产品采购订单",))}
    scanned = [f"Office 365 {text[0]}"]
    assert classify(_document(scanned), _packs(cue)).type == "order"
    assert classify(_document(scanned, ocr=False), _packs(cue)).type is None
    assert classify(_document(["签各表", "在线服务标准协议"]), PACKS).type is None


def test_an_exact_claim_beats_a_misread_one() -> None:
    rivals = _packs(
        {"old": Identify(all=("云服务经销合作协议第一版",)), "new": Identify(all=("云服务经销合作协议第二版",))}
    )
    assert classify(_document(["云服务经销合作协议第二版"]), rivals).type == "new"
    doubt = classify(_document(["云服务经销合作协议第三版"]), rivals)
    assert (doubt.type, set(doubt.rivals)) == (None, {"old", "new"})


def test_two_claims_are_rivals_named_also_across_case_types() -> None:
    twice = _packs({"order": ORDER}, {"order": ORDER, "other": Identify(any=("合作协议编号",))})
    found = classify(_document(["云服务产品采购订单 合作协议编号"]), twice)
    assert (found.type, found.rivals) == (None, ("case0/order", "case1/order", "other"))


def test_nobody_claims_then_the_nearest_and_what_is_missing_is_named() -> None:
    found = classify(_document(["世纪在线服务标准协议"]), PACKS)
    assert (found.type, found.nearest, found.missing) == (None, "agreement", ("签名表 / 联系人信息表",))
    barred = classify(_document(["云服务产品采购订单", "合作协议编号", "购销合同"]), PACKS)
    assert (barred.type, barred.nearest, barred.missing) == (None, "order", ("without: 购销合同",))


def test_nothing_in_common_has_no_nearest() -> None:
    found = classify(_document(["菜单"], []), PACKS)
    assert (found.type, found.nearest, found.rivals) == (None, None, ())
    assert classify(_document(), PACKS).type is None


def test_only_the_first_pages_count() -> None:
    later = _document(["封面"], ["目录"], ["云服务产品采购订单", "合作协议编号"])
    assert classify(later, PACKS).type is None
    wider = _packs({"order": ORDER.model_copy(update={"pages": 3})})
    assert classify(later, wider).type == "order"


def test_the_kind_of_file_can_be_part_of_the_claim() -> None:
    toml = _packs({"data": Identify(any=("customer_uscc=",), media=("toml",)), "order": ORDER})
    form = {"customer_uscc": "91440300DEMC000316"}
    assert classify(_document([], ocr=False, media="toml", form=form), toml).type == "data"
    wrong = classify(_document(["customer_uscc=91440300DEMC000316"], media="xlsx"), toml)
    assert (wrong.type, wrong.nearest, wrong.missing) == (None, "data", ("media: toml",))


def test_table_cells_are_text_too() -> None:
    page = Page(
        number=1,
        width=0,
        height=0,
        text_source="text",
        tables=(Table(rows=((Cell(text="云服务产品采购订单"), Cell(text="合作协议编号")),)),),
    )
    assert classify(_document(media="xlsx").model_copy(update={"pages": (page,)}), PACKS).type == "order"


def test_a_pack_without_any_cue_claims_nothing() -> None:
    assert classify(_document(["任何文字"]), _packs({"empty": Identify()})).type is None


@pytest.mark.parametrize(
    ("lines", "type_"),
    [
        (["Office 365 云服务产品采购订单", "表单版本：2026-01"], "purchase_order"),
        (["岚云运营的 Office 365 在线服务标准协议", "（经销渠道版） 文本版本：2026-01"], "service_agreement"),
        (["云服务经销合作协议", "文本版本：2026-01"], "cooperation_agreement"),
    ],
)
def test_the_shipped_packs_know_their_titles(lines: list[str], type_: str) -> None:
    assert classify(_document(lines), load_packs(TEMPLATES, CHECKS)).type == type_
