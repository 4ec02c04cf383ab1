"""Blanks hold what they ask for: a condition in any of them is for a person, honest values of many kinds are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pipeline.model import Bilingual, Extraction, Facts, FieldValue, Finding
from pipeline.packs import FieldSpec, Pack
from pipeline.rules.entries import PlainEntries
from pipeline.validate import judge, verdict_of
from tests.fictional_entries import ADDRESSES, CONDITIONS, ORGANISATIONS, PEOPLE, TITLES
from tests.rules.made import (
    AGREEMENT,
    agreement,
    document,
    facts,
    findings,
    order,
    outcome,
    pack,
    packs,
    read,
    world,
)
from tests.simulator.fictional import company
from tests.simulator.fictional_papers import cooperation_agreement, service_agreement
from tests.simulator.parties import AGENT, DISTRIBUTOR, QINGHE, SONGJIAN, YUANLAN
from tests.simulator.samples import agreement_values

RULE = "AGR-01g"
COOPERATION = {
    "party_b_name": AGENT.name, "party_b_uscc": AGENT.uscc, "party_b_address": AGENT.address, "legal_rep": AGENT.person,
    "contact": AGENT.person, "phone": AGENT.phone, "email": AGENT.email, "bank_name": "虚构银行北京示例支行",
    "bank_account": "6200 0000 0000 0000 022", "mpn_id": "0000042", "effective_date": "2026-10-01",
}  # fmt: skip
WORDED = ("contact_name", "contact_title", "customer_address", "reseller_name", "qualified_entity", "sign_title")


def said(whole: Facts, rule: str = RULE) -> list[Finding]:
    name = whole.classification.type
    assert name is not None
    return [finding for finding in judge(whole, pack(name), world()) if finding.rule == rule]


def entries(whole: Facts) -> list[Finding]:
    """What this check says, without the sub-rule of equal name about supplements."""
    return [finding for finding in said(whole) if "栏" in finding.message.zh or "填写内容" in finding.message.zh]


# --- conditions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", sorted(AGREEMENT))
@pytest.mark.parametrize("source", ["ocr", "text"])
def test_no_condition_passes_in_any_blank_and_none_fails(key: str, source: str) -> None:
    for words in CONDITIONS:
        value = read("service_agreement", key, words, 0.97 if source == "ocr" else 1.0, source)
        whole = _with(agreement(), key, value)
        found = [finding for finding in entries(whole) if finding.found == words]
        assert [finding.outcome for finding in found] == ["unsure"], words
        assert words in found[0].message.zh
        assert words in found[0].message.en
        assert (found[0].page, found[0].box) == (1, (100, 100, 200, 112))
        verdict = verdict_of(judge(whole, pack("service_agreement"), world()))
        assert verdict in ("indeterminate", "failed"), words
        if key in WORDED:
            assert verdict == "indeterminate", words


@pytest.mark.parametrize("key", sorted(COOPERATION))
def test_the_cooperation_agreement_asks_the_same(key: str) -> None:
    assert {finding.outcome for finding in said(_cooperation(), "COOP-08g")} == {"pass"}
    for words in CONDITIONS:
        doubts = [finding for finding in said(_cooperation(**{key: words}), "COOP-08g") if finding.found == words]
        assert [(finding.outcome, finding.severity) for finding in doubts] == [("unsure", "hold")], words


@pytest.mark.parametrize("key", ["agent_contact", "agent_address", "admin_name", "customer_address", "handler"])
def test_an_order_never_takes_a_condition_for_a_value(key: str) -> None:
    for words in CONDITIONS:
        assert order(**{key: words}).extraction.fields[key].problem is not None, words


def test_a_required_field_filled_with_something_else_is_open_even_in_exact_text() -> None:
    assert outcome(agreement(contact_name="价格另议"), "AGR-05") == "unsure"
    exact = order("docx", admin_name="价格另议", customer_address="享八折优惠，多退少补")
    found = [finding for finding in findings(exact, "PO-09") if finding.outcome != "pass"]
    assert [finding.outcome for finding in found] == ["unsure", "unsure"]
    assert ["不像地址" in finding.message.zh or "不像人名" in finding.message.zh for finding in found] == [True, True]


def _with(whole: Facts, key: str, value: FieldValue) -> Facts:
    return whole.model_copy(update={"extraction": Extraction(fields={**whole.extraction.fields, key: value})})


def _cooperation(**changes: str) -> Facts:
    return facts("cooperation_agreement", {**COOPERATION, **changes}, document(pages=4))


# --- honest values ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("sign_name", PEOPLE),
        ("sign_title", TITLES),
        ("customer_address", ADDRESSES),
        ("reseller_name", ORGANISATIONS),
        ("qualified_entity", ("无", "教育", "政府", "公益", "☑教育 □政府")),
        ("notice_name", ("无", "/", "—", "N/A", "同上")),
        ("customer_postcode", ("518000",)),
        ("sign_date", ("2026年9月25日", "2026-09-25", "二〇二六年九月二十五日", "2026-09-25 10:00")),
    ],
)
def test_plain_data_passes(key: str, values: tuple[str, ...]) -> None:
    for raw in values:
        whole = agreement(None, **{key: raw})
        assert {finding.outcome for finding in entries(whole)} == {"pass"}, raw


def test_what_the_simulator_writes_passes() -> None:
    rng = np.random.default_rng(7)
    for party in (DISTRIBUTOR, AGENT, QINGHE, YUANLAN, SONGJIAN):
        whole = _typed("service_agreement", agreement_values(party, party.email))
        assert {finding.outcome for finding in entries(whole)} == {"pass"}
    for _ in range(100):
        whole = _typed("service_agreement", dict(service_agreement(rng, company(rng)).printed))
        assert {finding.outcome for finding in entries(whole)} == {"pass"}
        whole = _typed("cooperation_agreement", dict(cooperation_agreement(rng, company(rng)).printed))
        assert {finding.outcome for finding in said(whole, "COOP-08g")} == {"pass"}


def _typed(name: str, values: dict[str, Any]) -> Facts:
    known = {key: str(text) for key, text in values.items() if text and key in pack(name).fields}
    return facts(name, known, document(pages=4))


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("customer_uscc", "9I440300DEMC000317"),
        ("admin_phone", "1380000003"),
        ("admin_email", "lin@exmple"),
        ("sign_date", "2026年9月"),
        ("notice_email", "lin @qinghe-med.cn"),
        ("notice_email", "lin@qinghe- med.cn"),
    ],
)
def test_a_misread_number_is_no_condition(key: str, raw: str) -> None:
    assert {finding.outcome for finding in entries(agreement(None, **{key: raw}))} == {"pass"}


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("notice_email", "lin@qinghe-med.cn free renewal"),
        ("notice_email", "no-renewal@qinghe-med.cn; lin@qinghe-med.cn"),
        ("customer_postcode", "518000 0.5"),
        ("customer_postcode", "518000(3年)"),
        ("admin_phone", "13800000031 8.5"),
        ("sign_date", "2026-09-25 2027-09-25"),
    ],
)
def test_more_than_one_value_in_a_blank_is_open(key: str, raw: str) -> None:
    assert [finding.outcome for finding in entries(agreement(None, **{key: raw}))] == ["unsure"]


# --- what was read badly or beside --------------------------------------------------------------------------------


def test_writing_that_nobody_could_read_is_open() -> None:
    whole = agreement(reseller_name=None)
    unread = whole.extraction.model_copy(update={"unread": ("reseller_name",)})
    found = entries(whole.model_copy(update={"extraction": unread}))
    assert [finding.outcome for finding in found] == ["unsure"]
    assert "经销商" in found[0].message.zh


def test_words_beside_a_right_value_are_seen_in_what_was_read() -> None:
    value = read("service_agreement", "sign_date", "2026年9月25日").model_copy(update={"raw": "2026年9月25日首年免费"})
    assert [finding.outcome for finding in entries(_with(agreement(), "sign_date", value))] == ["unsure"]


def test_a_choice_of_none_of_the_options_is_open_also_beside_a_ticked_box() -> None:
    for raw in ("学校", "☑教育 □政府 首年免费", "☑首年免费"):
        assert [finding.outcome for finding in entries(agreement(qualified_entity=raw))] == ["unsure"], raw


# --- plain text, where no type can tell ---------------------------------------------------------------------------


def doubts(raw: str, spec: FieldSpec | None = None, **options: Any) -> list[Bilingual]:
    """The messages about one value of a field, plain text unless said otherwise."""
    own = _one_field(spec or FieldSpec(labels=("备注",)))
    value = FieldValue(value=raw, raw=raw, page=1, box=(1, 1, 2, 2))
    whole = agreement().model_copy(update={"extraction": Extraction(fields={"note": value})})
    check = PlainEntries(**{"terms": ("押金",), **options})
    return [judgement.message for judgement in check.judge(whole, own, world()) if judgement.outcome == "unsure"]


def _one_field(spec: FieldSpec) -> Pack:
    shipped = pack("service_agreement")
    return Pack(**{**{name: getattr(shipped, name) for name in Pack.__dataclass_fields__}, "fields": {"note": spec}})


@pytest.mark.parametrize(
    "raw", ["医疗器械", "Office 365 企业版 E3", "请于国庆节后开通", "2026-01", "Medical devices, foods"]
)
def test_plain_text_is_believed(raw: str) -> None:
    assert doubts(raw) == []


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("先看，后说", "标点"),
        ("好。", "标点"),
        ("真的?", "标点"),
        ("收押 金", "押金"),
        ("首年免费", "免"),
        ("you may go", "may"),
        ("甲" * 61, "过长"),
        ("w" * 121, "过长"),
    ],
)
def test_text_that_reads_like_a_clause_is_doubted_and_told_why(raw: str, why: str) -> None:
    assert why in doubts(raw)[0].zh
    assert raw in doubts(raw)[0].en


def test_text_with_a_pattern_is_judged_by_it() -> None:
    spec = FieldSpec(pattern=r"免\d+")
    assert doubts("免12", spec) == []
    assert len(doubts("免一", spec)) == 1


def test_a_number_without_a_pattern_has_figures() -> None:
    spec = FieldSpec(type="number_text")
    assert doubts("沪 ICP 备 12345 号", spec) == []
    assert len(doubts("永远", spec)) == 1
    assert len(doubts("服务器放虚构路88号", spec)) == 1
    assert len(doubts("价格·另议", FieldSpec(type="number_text", pattern=r"\d{6}"))) == 1


def test_the_terms_of_all_packs_leave_the_type_of_a_blank_to_judge() -> None:
    used = [rule for case in packs().case_types.values() for p in case.packs.values() for rule in p.rules]
    checks = [rule.check for rule in used if isinstance(rule.check, PlainEntries)]
    assert len(checks) == 2
    open_ended = {
        (p.type, key)
        for case in packs().case_types.values()
        for p in case.packs.values()
        if any(isinstance(rule.check, PlainEntries) for rule in p.rules)
        for key, spec in p.fields.items()
        if spec.type == "text" and spec.pattern is None
    }
    assert open_ended == set()
