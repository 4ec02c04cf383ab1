"""What outgoing papers say and when they are due, with the shipped packs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from pipeline.cases.papers import CaseFacts, content, due_papers, finished, number_of
from pipeline.cases.releases import Release
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
from pipeline.packs import CaseType, Dossier, PaperSpec, Part, World, load_packs
from pipeline.rules import CHECKS
from pipeline.settings import shipped_templates
from pipeline.values import DueDate

DAY = date(2026, 9, 28)


@pytest.fixture(scope="module")
def case_type() -> CaseType:
    return load_packs(shipped_templates(), CHECKS).case_types["csp_order"]


@pytest.fixture
def world(case_type: CaseType) -> World:
    return World(today=DAY, profile="distributor", registers=case_type.registers)


def part(kind: str, media: Media, fields: Mapping[str, str], *findings: Finding) -> Part:
    at = datetime(2026, 9, 28, tzinfo=UTC)
    submission = Submission(
        sha256=(kind + media).ljust(64, "0"), name=f"in/{kind}.{media}", received_at=at, source="inbox", size=1,
        media=media,
    )  # fmt: skip
    facts = Facts(
        document=Document(submission=submission, pages=()),
        classification=Classification(type=kind or None, case_type="csp_order"),
        extraction=Extraction(fields={name: FieldValue(value=value, raw=value) for name, value in fields.items()}),
    )
    return Part(facts, findings)


def finding(outcome: Outcome, message: str = "发现", rule: str = "AGR-01d") -> Finding:
    text = Bilingual(zh=message, en=message)
    return Finding(rule=rule, outcome=outcome, severity="block", message=text, fix=text, page=2)


def paper(case_type: CaseType, code: str, profile: str = "distributor") -> PaperSpec:
    return next(spec for spec in case_type.papers if (spec.code, spec.profile) == (code, profile))


ORDER = {
    "po_no": "PO-20260928-001", "coop_no": "XHY-CSP-2026-0042", "agent_name": "蓝鲸信息技术（北京）有限公司",
    "lines.1.no": "1", "lines.1.sku": "CN21V-E3-12M", "lines.1.name": "Office 365 企业版 E3", "lines.1.unit": "user",
    "lines.1.qty": "80", "lines.1.list_price": "1200", "lines.1.term_months": "12", "lines.1.start": "2026-10-15",
    "lines.1.amount": "96000.00",
}  # fmt: skip
LIFE = {"opened": "2026-10-09", "payment_confirmed": "2026-09-30", "originals_due": "2026-10-09", "courier": "20260928"}


def case(*parts: Part, **changes: Any) -> CaseFacts:
    documents = parts or (part("purchase_order", "pdf", ORDER),)
    amounts = {"list": Decimal(96000), "discount": Decimal(0), "net": Decimal("96000.10")}
    facts = CaseFacts("CS-2026-0001", Dossier(documents), (), DAY, label="甲 · PO", life=LIFE, amounts=amounts)
    return replace(facts, **changes)


def value(case_type: CaseType, world: World, facts: CaseFacts, *sources: str, block: str = "") -> Any:
    """What a variable with these sources says."""
    body = (block,) if block else ()
    spec = PaperSpec(code="T", pack="receipt", profile="distributor", when=("new",), body=body, values={"it": sources})
    return content(spec, case_type, facts, world)["it"]


# --- the correction notice and the order --------------------------------------------------------------------------


def test_a_notice_names_the_document_and_never_calls_a_doubtful_one_passed(case_type: CaseType, world: World) -> None:
    spec = paper(case_type, "O03")
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


def test_what_a_person_accepted_is_no_open_defect(case_type: CaseType, world: World) -> None:
    parts = (part("service_agreement", "pdf", {}, finding("fail", "改了")), part("purchase_order", "pdf", {}))
    body = content(paper(case_type, "O03"), case_type, case(*parts, decided=frozenset({"AGR-01d"})), world)
    assert body["items"] == []
    assert "服务协议" in body["passed_docs"]


def order_fields(**more: str) -> dict[str, str]:
    return {"total": "115200.00", "tax_included": "yes", "po_date": "2026-09-28", "agent_contact": "陈立群", **more}


def test_an_order_prints_words_not_keys_and_takes_its_number(case_type: CaseType, world: World) -> None:
    spec = paper(case_type, "O01", "reseller")
    required = {name: "x" for name, field in case_type.packs["order_data"].fields.items() if field.required}
    fields = {**required, **order_fields()}
    fields.pop("po_no", None)
    facts = CaseFacts("CS-2026-0001", Dossier((part("order_data", "toml", fields),)), (), DAY)
    body = content(spec, case_type, facts, world)
    assert body["tax_included"] == "是"
    assert body["total_capitals"] == "人民币壹拾壹万伍仟贰佰元整"
    assert body["sign_date"] == "2026-09-28"
    number = number_of(spec, case="C", seq=1, dated=DAY, daily=7)
    assert number == "PO-20260928-007"
    assert finished(spec, body, facts, number=number, dated=DAY)["po_no"] == number


def test_an_order_without_required_data_is_not_written(case_type: CaseType, world: World) -> None:
    spec = paper(case_type, "O01", "reseller")
    facts = CaseFacts("CS-2026-0001", Dossier((part("order_data", "toml", {}),)), (), DAY)
    with pytest.raises(GenerateError, match="is missing"):
        content(spec, case_type, facts, world)
    with pytest.raises(GenerateError, match="no order_data"):
        content(spec, case_type, CaseFacts("CS-2026-0001", Dossier(()), (), DAY), world)


# --- sources ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("text:", ""),
        ("case:id", "CS-2026-0001"),
        ("case:label", "甲 · PO"),
        ("life:opened", "2026年10月9日"),
        ("life:courier", "20260928"),  # a number that could be read as a date stays a number
        ("if:opened:已开通", "已开通"),
        ("purchase_order.lines.1.start", "2026-10-15"),
        ("date:purchase_order.lines.1.start", "2026年10月15日"),
        ("before:5:purchase_order.lines.1.start", "2026年10月9日"),
        ("after:10:life:opened", "2026年10月22日"),
        ("clock:ORIG-01", "2026年10月22日"),
        ("due:net", "96,000.10"),
        ("due:net_capitals", "人民币玖万陆仟元零壹角整"),
        ("due:discount", "0.00"),
        ("money:purchase_order.lines.1.list_price", "1,200.00"),
        ("capitals:purchase_order.lines.1.amount", "人民币玖万陆仟元整"),
        ("masked:register:operator.bank_account", "****0013"),
        ("register:operator.contact", "周明远"),
        ("register:agreements.agent_email[agreement_no=purchase_order.coop_no]", "chen@example.com"),
        (
            "register:agreements.agent_phone[agreement_no=purchase_order.coop_no, status=text:active]",
            "13900000002",
        ),
        ("register:catalogue.valid_from[sku=purchase_order.lines.1.sku]", "2026年1月1日"),
        ("within:3:payment_confirmed:opened:按期", "按期"),
    ],
)
def test_a_source_says(case_type: CaseType, world: World, source: str, said: str) -> None:
    assert value(case_type, world, case(), source, "text:none") == said


@pytest.mark.parametrize(
    "source",
    [
        "life:refused",
        "if:refused:x",
        "late:3:payment_confirmed:opened:x",
        "within:3:payment_confirmed:refused:x",
        "clock:SLA-06",
        "reminder:ORIG-01",
        "purchase_order.remark",
        "questionnaire.travel",
        "before:5:questionnaire.filled_on",
        "date:purchase_order.po_no",
        "money:purchase_order.po_no",
        "register:agreements.agent_email[agreement_no=life:refused]",
        "register:agreements.agent_email[agreement_no=case:id]",
        "register:agreements.agent_email[agreement_no=purchase_order.coop_no,agent_name=case:id]",
    ],
)
def test_a_source_without_value_falls_through(case_type: CaseType, world: World, source: str) -> None:
    assert value(case_type, world, case(), source, "text:next") == "next"
    with pytest.raises(GenerateError, match="no value for it"):
        value(case_type, world, case(), source)


def test_the_term_promised_for_the_opening_counts_working_saturdays(case_type: CaseType, world: World) -> None:
    sources = ("within:3:payment_confirmed:opened:按期", "late:3:payment_confirmed:opened:迟了")
    for opened, said in (("2026-10-10", "按期"), ("2026-10-11", "迟了")):
        assert value(case_type, world, case(life={**LIFE, "opened": opened}), *sources) == said


def test_dates_without_a_holiday_table_are_marked(case_type: CaseType, world: World) -> None:
    facts = case(life={**LIFE, "opened": "2099-10-09"}, due={"ORIG-01": DueDate(date(2099, 10, 23), provisional=True)})
    assert value(case_type, world, facts, "after:1:life:opened").endswith("日（暂定）")
    assert value(case_type, world, facts, "clock:ORIG-01") == "2099年10月23日（暂定）"


def test_a_clock_that_has_stopped_says_what_it_said_while_it_ran(case_type: CaseType, world: World) -> None:
    running = case(due={"ORIG-01": DueDate(date(2026, 10, 22), provisional=False)})
    assert value(case_type, world, running, "clock:ORIG-01") == value(case_type, world, case(), "clock:ORIG-01")


def test_a_register_row_out_of_force_is_passed_over(case_type: CaseType, world: World) -> None:
    rows: tuple[Mapping[str, Any], ...] = (
        {"sku": "A", "price": "old", "valid_to": date(2026, 8, 31)},
        {"sku": "A", "price": "new", "valid_from": date(2026, 9, 1)},
        {"sku": "A", "price": "later", "valid_from": date(2026, 10, 1)},
    )
    there = replace(world, registers={**world.registers, "prices": rows})
    assert value(case_type, there, case(), "register:prices.price[sku=text:A]") == "new"


def test_a_value_that_fails_its_own_check_is_no_value(case_type: CaseType, world: World) -> None:
    whole = part("purchase_order", "pdf", ORDER)
    bad = FieldValue(value="XHY", raw="XHY", problem="pattern")
    extraction = Extraction(fields={**whole.facts.extraction.fields, "coop_no": bad, "lines.1.amount": bad})
    facts = case(replace(whole, facts=whole.facts.model_copy(update={"extraction": extraction})))
    assert value(case_type, world, facts, "purchase_order.coop_no", "text:next") == "next"
    with pytest.raises(GenerateError, match=r"lines\.1\.amount is missing"):
        value(case_type, world, facts, "text:x", block="lines:purchase_order:name,amount")


# --- blocks -------------------------------------------------------------------------------------------------------


def block(case_type: CaseType, world: World, name: str, facts: CaseFacts, *given: str) -> Mapping[str, Any]:
    spec = PaperSpec(code="T", pack="receipt", profile="distributor", when=("new",), body=(name,), given=given)
    return content(spec, case_type, facts, world)


def test_lines_come_from_the_scan_and_in_words(case_type: CaseType, world: World) -> None:
    facts = case(part("purchase_order", "pdf", ORDER), part("purchase_order", "docx", {**ORDER, "lines.1.qty": "60"}))
    (line,) = block(case_type, world, "lines:purchase_order:qty,unit,start,amount", facts)["lines"]
    assert line == {"qty": "80", "unit": "用户", "start": "2026年10月15日", "amount": "96,000.00"}
    electronic = case(part("purchase_order", "docx", {**ORDER, "lines.1.qty": "60"}))
    (line,) = block(case_type, world, "lines:purchase_order", electronic)["lines"]
    assert (line["qty"], line["end"]) == ("60", "/")


def test_a_receipt_lists_files_and_says_nothing_of_the_verdict(case_type: CaseType, world: World) -> None:
    parts = (part("service_agreement", "pdf", {}, finding("fail", "改了")), part("", "jpg", {}))
    facts = case(*parts, missing=("purchase_order:scan", "purchase_order:electronic"))
    body = block(case_type, world, "files", facts)
    assert [(row["name"], row["title"], row["sha8"]) for row in body["files"]] == [
        ("service_agreement.pdf", "服务协议（扫描件）", "service_"),
        (".jpg", "未识别", "jpg00000"),
    ]
    assert body["missing_docs"] == "《采购订单（扫描件）》、《采购订单（电子档）》"
    assert "改了" not in str(body)
    assert block(case_type, world, "files", case())["missing_docs"] == "无"


def test_advice_is_about_the_given_rules_that_spoke(case_type: CaseType, world: World) -> None:
    spoke = (finding("n/a", "无关", "MIG-01"), finding("unsure", "直购", "MIG-02"), finding("pass", "别的", "DOS-01"))
    body = block(case_type, world, "advice", case(findings=spoke), "MIG-01", "MIG-02")
    assert body == {
        "advice": [{"rule_id": "MIG-02", "found": "直购", "required": "/", "fix": "直购"}],
        "advice_rules": ["MIG-02"],
    }


def test_only_rules_that_may_end_a_case_are_reasons_for_a_refusal(case_type: CaseType, world: World) -> None:
    rules = tuple(
        rule.model_copy(update={"spec": rule.spec.model_copy(update={"final": rule.spec.id == "DIST-01"})})
        for rule in case_type.rules
    )
    packs = {
        name: replace(pack, rules=()) for name, pack in case_type.packs.items()
    }  # the final rules of documents are not this test's
    spoke = (finding("fail", "锁定期", "DIST-01"), finding("unsure", "?", "DIST-01"), finding("fail", "缺", "DOS-01"))
    body = block(replace(case_type, rules=rules, packs=packs), world, "final", case(findings=spoke))
    assert [row["found"] for row in body["final"]] == ["锁定期"]


def test_originals_are_papers_and_a_single_agreement_is_its_own(case_type: CaseType, world: World) -> None:
    facts = case(originals=("purchase_order:scan", "service_agreement:scan"))
    body = block(case_type, world, "originals", facts)
    assert body["originals_titles"] == "《采购订单》、《服务协议》"
    assert {row["copies"] for row in body["originals"]} == {"1"}
    single = case(part("cooperation_agreement", "pdf", {}), originals=("purchase_order:scan",))
    assert block(case_type, world, "originals", single)["originals_titles"] == "《合作协议》"


def test_the_archive_has_whole_hashes_and_the_history(case_type: CaseType, world: World) -> None:
    body = block(case_type, world, "archive", case(history=(("2026年9月28日", "收到"),)))
    assert [len(row["sha256"]) for row in body["files"]] == [64]
    assert body["history"] == [{"moment": "2026年9月28日", "what": "收到"}]
    assert (body["papers"], body["originals"]) == ([], [])


def test_the_archive_names_every_released_file_and_where_the_originals_are(case_type: CaseType, world: World) -> None:
    notice = Release(
        number="O05", at="2026-09-29T10:00:00+08:00", by="李放行", files={"O05-1.eml": "e", "O05-1.docx": "d"}
    )
    receipt = Release(number="O02", at="2026-09-28T09:00:00+08:00", files={"O02-1.docx": "r"}, recorded=False)
    facts = case(
        part("service_agreement", "pdf", {}),
        released=(receipt, notice),
        originals=("service_agreement:scan", "purchase_order:scan"),
        life={**LIFE, "archive_location": "A-12", "copies": "2"},
    )
    body = block(case_type, world, "archive", facts)
    rows = [(row["number"], row["day"], row["file"], row["sha256"], row["by"]) for row in body["papers"]]
    assert rows == [
        ("O02", "2026-09-28", "O02-1.docx", "r", "系统"),
        ("O05", "2026-09-29", "O05-1.docx", "d", "李放行"),
        ("O05", "2026-09-29", "O05-1.eml", "e", "李放行"),
    ]
    assert [(row["title"], row["place"]) for row in body["originals"]] == [("服务协议", "A-12"), ("采购订单", "A-12")]


# --- when -------------------------------------------------------------------------------------------------------


def codes(case_type: CaseType, state: str, profile: str = "distributor", **known: Any) -> set[str]:
    return {spec.code for spec in due_papers(case_type, profile, state, **known)}


def test_papers_are_due_by_state(case_type: CaseType) -> None:
    assert codes(case_type, "checking") == set()
    assert codes(case_type, "needs_correction") == {"O02", "O03"}
    assert codes(case_type, "accepted", given=frozenset({"PAY-02"})) == {"O02", "O05"}
    assert codes(case_type, "accepted") == {"O02"}, "an agreement signed once is not paid for"
    assert codes(case_type, "opened") == {"O06", "O07"}
    assert codes(case_type, "awaiting_originals") == {"O08", "O12"}
    assert codes(case_type, "numbered") == {"O13"}
    assert codes(case_type, "rejected") == codes(case_type, "expired") == {"O14"}
    assert codes(case_type, "closed") == {"O15"}
    assert codes(case_type, "accepted", "reseller") == {"O01"}
    assert codes(case_type, "opened", "reseller") == {"O12"}


def test_no_payment_notice_before_acceptance_and_no_opening_notice_before_the_opening(case_type: CaseType) -> None:
    for state in ("checking", "incomplete", "needs_review", "needs_correction"):
        assert not codes(case_type, state) & {"O05", "O06", "O07"}
    for state in ("accepted", "awaiting_payment", "payment_claimed", "paid"):
        assert not codes(case_type, state) & {"O06", "O07"}


def test_advice_is_due_only_when_its_rules_have_spoken(case_type: CaseType) -> None:
    assert "O09" not in codes(case_type, "accepted", given=frozenset({"DOS-01"}))
    assert "O09" in codes(case_type, "accepted", given=frozenset({"MIG-02"}))
    assert "O09" not in codes(case_type, "awaiting_payment", given=frozenset({"MIG-02"}))
    assert "O11" in codes(case_type, "needs_review", given=frozenset({"DC-04a"}))


def test_a_reminder_is_due_while_its_clock_may_run(case_type: CaseType) -> None:
    assert "O08b" in codes(case_type, "awaiting_originals", reminded={"ORIG-01": 1})
    assert "O08b" not in codes(case_type, "awaiting_originals", reminded={"ORIG-01": 0, "SLA-06": 3})
    assert "O08b" not in codes(case_type, "closed", reminded={"ORIG-01": 3})
    assert "O10" in codes(case_type, "closed", reminded={"TERM-04": 1})


def test_a_difference_notice_is_due_while_the_difference_stands(case_type: CaseType) -> None:
    assert "O05b" in codes(case_type, "awaiting_payment", events=frozenset({"billed", "payment_differs"}))
    assert "O05b" not in codes(case_type, "awaiting_payment", events=frozenset({"billed"}))


def test_each_reminder_is_a_paper_of_its_own_and_the_first_notice_is_not(case_type: CaseType, world: World) -> None:
    order = {**ORDER, "customer_name": "青禾医疗器械（深圳）有限公司"}
    first, again = paper(case_type, "O08"), paper(case_type, "O08b")
    one, two = (case(part("purchase_order", "pdf", order), reminders={"ORIG-01": count}) for count in (1, 2))
    assert content(first, case_type, one, world) == content(first, case_type, two, world)
    assert content(again, case_type, one, world) != content(again, case_type, two, world)


def test_a_notice_with_a_validity_says_until_when(case_type: CaseType) -> None:
    spec = paper(case_type, "O05")
    whole = finished(spec, {}, case(), number="N", dated=date(2026, 9, 29))
    assert (whole["valid_until"], whole["due_date"]) == ("2026年10月9日", "2026年10月9日")
