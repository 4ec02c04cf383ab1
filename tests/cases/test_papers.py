"""What outgoing papers say, with the shipped packs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from pipeline.cases.papers import CaseFacts, content, due_papers, finished, number_of
from pipeline.errors import GenerateError
from pipeline.model import (
    Bilingual,
    Classification,
    Document,
    Extraction,
    Facts,
    FieldValue,
    Finding,
    Media,
    Outcome,
    Submission,
)
from pipeline.packs import CaseType, Dossier, Part, World, load_packs
from pipeline.rules import CHECKS
from pipeline.settings import shipped_templates

DAY = date(2026, 9, 28)


@pytest.fixture(scope="module")
def case_type() -> CaseType:
    return load_packs(shipped_templates(), CHECKS).case_types["csp_order"]


@pytest.fixture
def world(case_type: CaseType) -> World:
    return World(today=DAY, profile="distributor", registers=case_type.registers)


def part(kind: str, media: Media, fields: Mapping[str, str], *findings: Finding) -> Part:
    at = datetime(2026, 9, 28, tzinfo=UTC)
    submission = Submission(sha256=kind + media, name=kind, received_at=at, source="inbox", size=1, media=media)
    facts = Facts(
        document=Document(submission=submission, pages=()),
        classification=Classification(type=kind, case_type="csp_order"),
        extraction=Extraction(fields={name: FieldValue(value=value, raw=value) for name, value in fields.items()}),
    )
    return Part(facts, findings)


def finding(outcome: Outcome, message: str = "发现") -> Finding:
    text = Bilingual(zh=message, en=message)
    return Finding(rule="AGR-01d", outcome=outcome, severity="block", message=text, fix=text, page=2)


def test_a_notice_names_the_document_and_never_calls_a_doubtful_one_passed(case_type: CaseType, world: World) -> None:
    (spec,) = due_papers(case_type, "distributor", "needs_correction")
    dossier = Dossier(
        (
            part("service_agreement", "pdf", {"customer_name": "甲"}, finding("fail", "改了"), finding("fail", "改了")),
            part("purchase_order", "pdf", {"agent_name": "乙"}, finding("unsure")),
            part("purchase_order", "docx", {}, finding("pass")),
        )
    )
    facts = CaseFacts("CS-2026-0001", dossier, (), DAY)
    body = content(spec, case_type, facts, world)
    (item,) = body["items"]
    assert item["doc_title"] == case_type.packs["service_agreement"].title.zh + "（扫描件）"
    assert (item["found"], item["page"]) == ("改了", "2")
    assert body["passed_docs"] == f"《{case_type.packs['purchase_order'].title.zh}（电子档）》"
    assert (body["recipient"], body["customer_name"]) == ("乙", "甲")
    whole = finished(spec, body, facts, number="CS-2026-0001-O03-1", dated=DAY)
    assert (whole["number"], whole["date"], whole["due_date"]) == (
        "CS-2026-0001-O03-1",
        "2026年9月28日",
        "2026年10月10日",
    )


def order_fields(**more: str) -> dict[str, str]:
    return {"total": "115200.00", "tax_included": "yes", "po_date": "2026-09-28", "agent_contact": "陈立群", **more}


def test_an_order_prints_words_not_keys_and_takes_its_number(case_type: CaseType, world: World) -> None:
    (spec,) = due_papers(case_type, "reseller", "accepted")
    required = {name: "x" for name, field in case_type.packs["order_data"].fields.items() if field.required}
    fields = {**required, **order_fields()}
    fields.pop("po_no", None)
    facts = CaseFacts("CS-2026-0001", Dossier((part("order_data", "toml", fields),)), (), DAY)
    body = content(spec, case_type, facts, world)
    assert body["tax_included"] == "是"
    assert body["total_capitals"] == "人民币壹拾壹万伍仟贰佰元整"
    number = number_of(spec, case="C", seq=1, dated=DAY, daily=7)
    assert number == "PO-20260928-007"
    assert finished(spec, body, facts, number=number, dated=DAY)["po_no"] == number


def test_an_order_without_required_data_is_not_written(case_type: CaseType, world: World) -> None:
    (spec,) = due_papers(case_type, "reseller", "accepted")
    facts = CaseFacts("CS-2026-0001", Dossier((part("order_data", "toml", {}),)), (), DAY)
    with pytest.raises(GenerateError, match="is missing"):
        content(spec, case_type, facts, world)
    with pytest.raises(GenerateError, match="no order_data"):
        content(spec, case_type, CaseFacts("CS-2026-0001", Dossier(()), (), DAY), world)
