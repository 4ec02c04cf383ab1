"""The rules of the shipped order pack on a hand-made order, one detail spoilt at a time."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.model import Facts, Line, Observations
from pipeline.validate import judge, verdict_of
from tests.rules.made import (
    CUSTOMER,
    ORDER,
    OTHER,
    doubtful,
    findings,
    order,
    outcome,
    pack,
    seal,
    world,
)


def with_seals(*seals: object, **changes: object) -> Facts:
    whole = order()
    seen = whole.observations.model_copy(update={"seals": seals, **changes})
    return whole.model_copy(update={"observations": seen})


def test_a_flawless_order_passes_as_scan_and_as_file() -> None:
    for whole in (order(), order("docx"), order("xlsx")):
        found = judge(whole, pack("purchase_order"), world())
        assert verdict_of(found) == "passed", [f for f in found if f.outcome not in ("pass", "n/a")]


def test_seal_rules_do_not_apply_to_electronic_orders() -> None:
    assert outcome(order("xlsx"), "PO-08") == "n/a"
    assert outcome(order("xlsx"), "IN-05") == "n/a"


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("PO-01", {"form_version": "2025-01"}),
        ("PO-01", {"form_version": "1999-12"}),
        ("PO-04a", {"lines_1_amount": "95,000.00"}),
        ("PO-04a", {"lines_1_qty": "0"}),
        ("PO-04b", {"lines_1_list_price": "1,000.00"}),
        ("PO-04b", {"lines_1_sku": "SOMETHING-ELSE"}),
        ("PO-05", {"total_capitals": "人民币壹拾壹万贰仟伍佰元整"}),
        ("PO-06a", {"total": "115,300.00"}),
        ("PO-06b", {"tax_amount": "6,520.76"}),
        ("PO-10", {"tenant_domain": "qinghemed.onmicrosoft.com"}),
        ("PO-11a", {"currency": "美元"}),
        ("PO-11c", {"tax_rate": "13%"}),
        ("PO-12b", {"invoice_title": CUSTOMER}),
        ("PO-13", {"lines_1_sku": "GLOBAL-E3-12M"}),
        ("PO-18", {"lines_2_qty": "301"}),
        ("TERM-01", {"billing": "月付"}),
        ("TERM-02", {"lines_1_term_months": "24"}),
        ("TERM-02", {"lines_1_end": "2027-12-31"}),
    ],
)
def test_a_wrong_value_fails_and_a_badly_read_one_is_left_open(rule: str, changes: dict[str, str]) -> None:
    spoilt = order(**changes)
    assert "fail" in outcome(spoilt, rule)
    key = next(iter(changes)).replace("lines_1_", "lines.1.").replace("lines_2_", "lines.2.")
    assert "fail" not in outcome(doubtful(spoilt, key), rule)
    assert "unsure" in outcome(doubtful(spoilt, key), rule)


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        ("PO-02", "po_no"),
        ("PO-03", "coop_no"),
        ("PO-07a", "lines_1_start"),
        ("PO-09", "customer_postcode"),
        ("PO-09", "admin_email"),
        ("PO-12a", "invoice_tax_no"),
        ("TERM-01", "billing"),
    ],
)
def test_nothing_is_passed_on_missing_evidence(rule: str, key: str) -> None:
    assert "unsure" in outcome(order(**{key: None}), rule)
    assert "pass" not in outcome(order(**{key: None}), rule)


def test_a_blank_beside_an_exactly_read_label_fails() -> None:
    whole = order("xlsx", admin_email=None)
    page = whole.document.pages[0].model_copy(update={"lines": (Line(text="管理员邮箱"),)})
    document = whole.document.model_copy(update={"pages": (page,)})
    assert outcome(whole.model_copy(update={"document": document}), "PO-09") == "fail"


def test_invalid_code_fails_in_a_file_and_is_left_open_on_a_scan() -> None:
    wrong = "91440300DEMC000317"
    assert outcome(order("xlsx", customer_uscc=wrong), "PO-09") == "fail"
    assert outcome(order(customer_uscc=wrong), "PO-09") == "unsure"


@pytest.mark.parametrize("words", ["壹拾壹万伍仟贰佰圆正", "人民币壹拾壹万伍仟贰佰元整"])
def test_every_legal_spelling_of_the_amount_is_accepted(words: str) -> None:
    assert outcome(order(total_capitals=words), "PO-05") == "pass"


def test_a_mended_reading_of_the_words_needs_digits_and_lines_to_agree() -> None:
    misread = "人民币壹拾壹万伍任贰佰元整"
    assert outcome(order(total_capitals=misread), "PO-05") == "pass"
    assert outcome(order(total_capitals=misread, lines_1_amount="90,000.00"), "PO-05") == "unsure"
    assert outcome(order(total_capitals="人民币壹拾贰万伍任贰佰元整"), "PO-05") == "unsure"


def test_words_against_digits_fail_even_when_the_lines_back_one_of_them() -> None:
    assert outcome(order(total_capitals="人民币壹拾壹万元整"), "PO-05") == "fail"


def test_one_letter_off_in_a_product_number_is_a_suggestion() -> None:
    found = [f for f in findings(order(lines_1_sku="CN21V-E8-12M"), "PO-04b") if f.outcome != "pass"]
    assert [(f.outcome, f.expected) for f in found] == [("unsure", "CN21V-E1-12M / CN21V-E3-12M / CN21V-E5-12M")]
    other = [f for f in findings(order(lines_1_sku="CN21V-E3-12N"), "PO-04b") if f.outcome != "pass"]
    assert other[0].expected == "CN21V-E3-12M"


def test_unknown_product_is_no_proof_of_the_edition() -> None:
    assert "unsure" in outcome(order(lines_1_sku="SOMETHING-ELSE"), "PO-13")


def test_anniversary_and_the_day_before_are_both_a_year() -> None:
    assert outcome(order(lines_1_end="2027-10-15"), "TERM-02") == "pass"
    assert outcome(order(lines_1_start="2028-02-29", lines_1_end="2029-02-27"), "TERM-02") == "pass"


def test_early_start_is_a_remark_with_the_first_day_possible() -> None:
    found = findings(order(lines_1_start="2026-10-01", lines_1_end="2027-09-30"), "PO-07b")
    assert [(f.outcome, f.severity, f.expected) for f in found] == [("fail", "warn", "2026-10-10")]


def test_order_without_lines_is_open() -> None:
    bare = order(**{key.replace(".", "_"): None for key in ORDER if key.startswith("lines.")})
    for rule in ("PO-04a", "PO-04b", "PO-06a", "PO-13", "PO-18", "TERM-02"):
        assert outcome(bare, rule) == "unsure", rule


def test_seal_of_another_company_fails_and_a_finance_seal_does_too() -> None:
    buyer = order().observations.seals[0].text
    assert outcome(with_seals(seal(buyer, page=2)), "PO-08") == "pass"
    assert outcome(with_seals(seal(OTHER, page=2)), "PO-08") == "fail"
    assert outcome(with_seals(seal(buyer, page=2, kind="finance")), "PO-08") == "fail"
    assert outcome(with_seals(), "PO-08") == "fail"


def test_required_text_names_what_was_expected() -> None:
    found = findings(order(billing="月付"), "TERM-01")[0]
    assert found.required is not None
    assert found.fix is not None
    assert (found.expected, found.found) == ("年付", "月付")


def test_rules_out_of_force_are_not_run() -> None:
    rule = next(rule for rule in pack("purchase_order").rules if rule.spec.id == "TERM-01")
    spec = rule.spec.model_copy(update={"valid_to": date(2026, 9, 27)})
    assert rule.spec.applies(world())
    assert not spec.applies(world())
    assert not rule.spec.model_copy(update={"profiles": ("reseller",)}).applies(world("distributor"))


def test_facts_without_observations_leave_the_seal_open() -> None:
    whole = order().model_copy(update={"observations": Observations()})
    assert outcome(whole, "PO-08") == "unsure"
