"""Payment, invoice, opening and originals: the rules of the order desk after the papers were accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pipeline.model import Facts, Finding
from pipeline.packs import Dossier, SettlementSpec, World
from pipeline.rules.settlement import Settlement, settle
from pipeline.validate import judge_case
from tests.rules.made import (
    AGENT,
    CUSTOMER,
    OTHER,
    PLACE,
    agreement,
    case_type,
    document,
    dossier,
    doubtful,
    facts,
    findings,
    order,
    pack,
    seal,
    world,
)

Others = Mapping[str, Mapping[str, tuple[str, ...]]]
OPERATOR = "星河云（上海）数字科技有限公司"
SLIP = {
    "payer_name": AGENT, "payer_account": "6200000000000000022", "payee_name": OPERATOR,
    "payee_account": "6200000000000000013", "amount": "105,984.00", "amount_capitals": "人民币壹拾万伍仟玖佰捌拾肆元整",
    "paid_on": "2026-09-28 09:10:22", "serial": "2026092800001234", "memo": "PO-20260928-001",
    "po_no": "PO-20260928-001",
}  # fmt: skip
RESULT = {
    "po_no": "PO-20260928-001", "tenant_domain": "qinghemed.partner.onmschina.cn",
    "admin_upn": "admin@qinghemed.partner.onmschina.cn", "subscription_id": "SUB-0001", "opened_at": "2026-09-28",
    "operator": "周明远", "start": "2026-09-29", "end": "2027-09-28",
    "lines.1.sku": "CN21V-E3-12M", "lines.1.qty": "80", "lines.2.sku": "CN21V-BE-12M", "lines.2.qty": "20",
}  # fmt: skip
INVOICE = {
    "invoice_no": "26312000000000000001", "issued_on": "2026-10-12", "buyer_name": AGENT, "seller_name": OPERATOR,
    "seller_tax_no": "91310115DEMA00013F", "total": "105,984.00", "total_capitals": "壹拾万零伍仟玖佰捌拾肆圆整",
}  # fmt: skip
COVER = {
    "po_no": "PO-20260928-001", "courier": "示例快递", "tracking_no": "SF0000000000001",
    "items.1.document": "服务协议", "items.1.copies": "1", "items.2.document": "采购订单", "items.2.copies": "1",
}  # fmt: skip


def made(kind: str, plain: dict[str, str], doc: Any, changes: dict[str, str | None]) -> Facts:
    """Facts of one document; `None` takes a value away."""
    wanted = {key.replace("__", "."): text for key, text in changes.items()}
    values = {key: text for key, text in {**plain, **wanted}.items() if text is not None}
    return facts(kind, values, doc)


def slip(**changes: str | None) -> Facts:
    """A bank's receipt for exactly what is due."""
    return made("payment_slip", SLIP, document(pages=1), changes)


def exact(whole: Facts, key: str) -> Facts:
    """The value stands in a text layer, not in a picture."""
    value = whole.extraction.fields[key].model_copy(update={"source": "text", "confidence": 1.0})
    extraction = whole.extraction.model_copy(update={"fields": {**whole.extraction.fields, key: value}})
    return whole.model_copy(update={"extraction": extraction})


def result(**changes: str | None) -> Facts:
    """What provisioning exported; `lines__1__qty` spells `lines.1.qty`."""
    return made("opening_result", RESULT, document("docx", pages=1), changes)


def paid(part: Facts, *more: Facts) -> Dossier:
    """The accepted dossier with one more paper."""
    return dossier(agreement(), order(), order("docx"), part, *more)


def said(whole: Dossier, rule: str, **where: Any) -> list[tuple[str, str]]:
    """Outcome and severity of every answer of a case rule."""
    return [(f.outcome, f.severity) for f in spoken(whole, rule, **where)]


def spoken(whole: Dossier, rule: str, others: Others | None = None) -> list[Finding]:
    """The findings of a case rule."""
    known = replace(world(), others=others or {})
    return [finding for finding in judge_case(whole, case_type(), known) if finding.rule == rule]


# --- settlement ---------------------------------------------------------------------------------------------------


def spec() -> SettlementSpec:
    """The shipped settlement."""
    found = case_type().settlement
    assert found is not None
    return found


def rates(*rows: dict[str, object]) -> World:
    """A world with these rates."""
    return World(today=date(2026, 9, 28), profile="distributor", registers={"rates": rows})


AGENT_RATE = {"agent_uscc": "91110108DEMB00022E", "valid_from": date(2026, 1, 1)}


def test_the_worked_example_settles_to_the_cent() -> None:
    found = settle(spec(), dossier(order()), world())
    assert found == Settlement(
        list_total=Decimal("115200.00"), discount_pct=Decimal(8), discount=Decimal("9216.00"), net=Decimal("105984.00")
    )
    (finding,) = spoken(dossier(order()), "PAY-02")
    assert (finding.outcome, finding.found) == ("pass", "105,984.00")
    assert "目录金额 115,200.00，折扣 8% 即 9,216.00，应付 105,984.00" in finding.message.zh


@pytest.mark.parametrize(
    ("total", "percent", "discount", "net"),
    [
        ("100.10", "5", "5.01", "95.09"),  # 5.005 is rounded up
        ("100.09", "5", "5.00", "95.09"),
        ("0.01", "50", "0.01", "0.00"),
        ("115,200.00", "0", "0.00", "115200.00"),
        ("115,200.00", "12.5", "14400.00", "100800.00"),
        ("99.99", "33.33", "33.33", "66.66"),
    ],
)
def test_half_a_cent_is_rounded_up(total: str, percent: str, discount: str, net: str) -> None:
    found = settle(spec(), dossier(order(total=total)), rates({**AGENT_RATE, "discount_pct": percent}))
    assert (found.discount, found.net) == (Decimal(discount), Decimal(net))


def test_the_row_in_force_on_the_order_date_counts() -> None:
    old = {**AGENT_RATE, "discount_pct": "5", "valid_to": date(2026, 9, 27)}
    new = {**AGENT_RATE, "discount_pct": "8", "valid_from": date(2026, 9, 28)}
    assert settle(spec(), dossier(order()), rates(old, new)).discount_pct == 8
    assert settle(spec(), dossier(order(po_date="2026-09-27")), rates(old, new)).discount_pct == 5
    assert settle(spec(), dossier(order(po_date="2025-12-31")), rates(old, new)).net is None


def test_the_row_that_says_most_wins_and_a_tie_is_for_a_person() -> None:
    general = {"discount_pct": "1", "valid_from": date(2026, 1, 1)}
    own = {**AGENT_RATE, "discount_pct": "8"}
    assert settle(spec(), dossier(order()), rates(general, own)).discount_pct == 8
    assert settle(spec(), dossier(order(agent_uscc="91330100DEME000518")), rates(general, own)).discount_pct == 1
    tie = settle(spec(), dossier(order()), rates(own, {**own, "discount_pct": "9"}))
    assert tie.net is None
    assert tie.problem is not None
    assert settle(spec(), dossier(order()), rates(own, dict(own))).discount_pct == 8


@pytest.mark.parametrize(
    ("part", "registers"),
    [
        (order(agent_uscc="91330100DEME000518"), rates({**AGENT_RATE, "discount_pct": "8"})),
        (doubtful(order(), "agent_uscc"), rates({**AGENT_RATE, "discount_pct": "8"})),
        (order(), rates()),
        (order(), rates({**AGENT_RATE, "discount_pct": "eight"})),
        (order(), rates({**AGENT_RATE, "discount_pct": "108"})),
        (order(), rates({**AGENT_RATE, "discount_pct": "NaN"})),
        (order(total=None), rates({**AGENT_RATE, "discount_pct": "8"})),
        (doubtful(order(), "total"), rates({**AGENT_RATE, "discount_pct": "8"})),
        (order(po_date=None), rates({**AGENT_RATE, "discount_pct": "8"})),
    ],
)
def test_nothing_is_settled_on_a_guess(part: Facts, registers: World) -> None:
    found = settle(spec(), dossier(part), registers)
    assert (found.net, found.discount) == (None, None)
    assert found.problem is not None
    (finding,) = [f for f in judge_case(dossier(part), case_type(), registers) if f.rule == "PAY-02"]
    assert (finding.outcome, finding.severity) == ("unsure", "hold")


def test_an_order_that_states_another_discount_is_for_a_person() -> None:
    assert said(dossier(order(discount_pct="8%")), "PAY-02") == [("pass", "hold")]
    (other,) = spoken(dossier(order(discount_pct="10%")), "PAY-02")
    assert (other.outcome, other.expected, other.found) == ("fail", "8%", "10")
    assert "8" not in other.message.zh, "the correction notice quotes it"
    assert said(dossier(doubtful(order(discount_pct="10%"), "discount_pct")), "PAY-02") == [("unsure", "hold")]
    assert said(dossier(agreement()), "PAY-02") == [("n/a", "hold")]


def test_payment_rules_wait_for_the_slip_and_do_not_decide_on_the_papers() -> None:
    rules = [rule.spec for rule in case_type().rules if rule.spec.stage == "payment"]
    assert {rule.id for rule in rules} == {"PAY-03", "PAY-04", "PAY-05", "PAY-07b", "PAY-09", "FLOW-01"}
    found = judge_case(dossier(agreement(), order(), order("docx")), case_type(), world())
    assert {f.outcome for f in found if f.rule in {rule.id for rule in rules}} == {"n/a"}
    assert pack("payment_slip").stage == "payment"


# --- the slip -----------------------------------------------------------------------------------------------------


def test_a_slip_for_what_is_due_passes() -> None:
    whole = paid(slip())
    for rule in ("PAY-03", "PAY-04", "PAY-05", "PAY-07b", "PAY-09", "FLOW-01"):
        assert {outcome for outcome, _ in said(whole, rule)} == {"pass"}, rule
    assert {finding.outcome for finding in findings(slip(), "PAY-07")} == {"pass"}


def test_the_customer_or_a_stranger_as_payer() -> None:
    customer = paid(slip(payer_name=CUSTOMER))
    assert said(customer, "PAY-03") == [("fail", "hold")]
    assert said(customer, "FLOW-01") == [("fail", "block")]
    stranger = paid(slip(payer_name=OTHER))
    assert said(stranger, "PAY-03") == [("fail", "hold")]
    assert said(stranger, "FLOW-01") == [("unsure", "block")]
    assert said(paid(slip(payer_name=None)), "PAY-03") == [("unsure", "hold")]
    assert said(paid(doubtful(slip(payer_name=CUSTOMER), "payer_name")), "FLOW-01") == [("unsure", "block")]


def test_money_to_another_account_is_refused_and_can_never_be_accepted() -> None:
    assert said(paid(slip(payee_account="6200000000000099913")), "PAY-04") == [("pass", "block"), ("fail", "block")]
    assert said(paid(slip(payee_name=OTHER)), "PAY-04") == [("fail", "block"), ("pass", "block")]
    assert said(paid(slip(payee_account=None)), "PAY-04") == [("pass", "block"), ("unsure", "block")]
    (rule,) = [rule for rule in case_type().rules if rule.spec.id == "PAY-04"]
    assert rule.spec.override == "never"


def test_one_other_figure_may_be_the_readers_on_a_scan_but_not_in_a_file() -> None:
    near = slip(payee_account="6200000000000000018")
    assert said(paid(near), "PAY-04") == [("pass", "block"), ("unsure", "block")]
    assert said(paid(exact(near, "payee_account")), "PAY-04") == [("pass", "block"), ("fail", "block")]


def test_the_account_of_another_row_does_not_help() -> None:
    rows = (
        {"account_name": OPERATOR, "bank_account": "1"},
        {"account_name": OTHER, "bank_account": SLIP["payee_account"]},
    )
    known = replace(world(), registers={**world().registers, "operator": rows})
    found = [f.outcome for f in judge_case(paid(slip()), case_type(), known) if f.rule == "PAY-04"]
    assert "fail" in found


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("105,984.00", ("pass", "block")),
        ("105,983.99", ("fail", "block")),
        ("105,984.01", ("fail", "hold")),
        ("115,200.00", ("fail", "hold")),
        (None, ("unsure", "block")),
    ],
)
def test_less_is_refused_more_is_for_a_person(amount: str | None, expected: tuple[str, str]) -> None:
    assert said(paid(slip(amount=amount)), "PAY-05") == [expected]


def test_an_amount_cannot_be_right_while_nothing_is_due() -> None:
    whole = dossier(agreement(), order(agent_uscc="91330100DEME000518"), slip())
    assert said(whole, "PAY-05") == [("unsure", "block")]
    assert said(paid(doubtful(slip(amount="1.00"), "amount")), "PAY-05") == [("unsure", "block")]


def test_a_serial_number_seen_before_is_named_with_its_case() -> None:
    others = {"payment_serial": {"2026092800001234": ("CS-2026-0007",)}}
    (finding,) = spoken(paid(slip()), "PAY-07b", others)
    assert (finding.outcome, finding.severity) == ("fail", "hold")
    assert "CS-2026-0007" in finding.message.zh
    assert [f.outcome for f in spoken(paid(slip(serial=None)), "PAY-07b", others)] == ["unsure"]
    joins = {join.key: join for join in case_type().join}
    assert not joins["payment_serial"].exclusive


def test_capitals_on_the_slip() -> None:
    wrong = findings(slip(amount_capitals="人民币壹拾万伍仟捌佰捌拾肆元整"), "PAY-07")
    assert [f.outcome for f in wrong if f.rule == "PAY-07a"] == ["fail"]
    assert [f.outcome for f in findings(slip(amount_capitals=None), "PAY-07") if f.rule == "PAY-07a"] == ["unsure"]
    late = findings(slip(paid_on="2026-09-29"), "PAY-07")
    assert [f.outcome for f in late if f.rule == "PAY-07c"] == ["fail"]


def test_the_memo_names_the_order() -> None:
    assert said(paid(slip(po_no="PO-20260928-009")), "PAY-09") == [("fail", "warn")]
    assert said(paid(slip(po_no="货款")), "PAY-09") == [("unsure", "warn")]
    assert said(paid(exact(slip(po_no="货款"), "po_no")), "PAY-09") == [("fail", "warn")]
    assert said(paid(slip(po_no=None)), "PAY-09") == [("unsure", "warn")]


# --- the invoice --------------------------------------------------------------------------------------------------


def invoice(**changes: str | None) -> Facts:
    """The distributor's invoice to the reseller."""
    return made("invoice", INVOICE, document(pages=1), changes)


def test_the_invoice_is_over_what_was_due_from_seller_to_reseller() -> None:
    for rule in ("FLOW-01b", "GEN-05", "GEN-10b"):
        assert {outcome for outcome, _ in said(paid(invoice()), rule)} == {"pass"}, rule
    assert said(paid(invoice(buyer_name=CUSTOMER)), "FLOW-01b") == [("fail", "block")]
    assert said(paid(invoice(seller_name=OTHER)), "GEN-05") == [("fail", "hold"), ("pass", "hold")]
    assert said(paid(invoice(total="115,200.00")), "GEN-10b") == [("fail", "hold")]
    assert said(paid(invoice(total="105,983.00")), "GEN-10b") == [("fail", "hold")]
    assert [f.outcome for f in findings(invoice(total_capitals="壹拾万元整"), "GEN-06")] == ["fail"]


# --- the opening --------------------------------------------------------------------------------------------------


def test_what_was_opened_is_what_was_ordered() -> None:
    whole = paid(result())
    for rule in ("GEN-10a", "PO-10b", "TERM-03b"):
        assert {outcome for outcome, _ in said(whole, rule)} == {"pass"}, rule
    assert {f.outcome for rule in ("TERM-03", "PO-10") for f in findings(result(), rule)} == {"pass"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"lines__1__qty": "60"}, ["fail", "pass"]),
        ({"lines__1__sku": "CN21V-E1-12M"}, ["fail", "pass", "fail"]),
        ({"lines__2__sku": None, "lines__2__qty": None}, ["pass", "fail"]),
        ({"lines__3__sku": "CN21V-E5-12M", "lines__3__qty": "1"}, ["pass", "pass", "fail"]),
        ({"lines__2__sku": "CN21V-E3-12M", "lines__2__qty": "1"}, ["fail", "fail"]),
        ({"lines__1__qty": "many"}, ["unsure"]),
        ({f"lines__{n}__{c}": None for n in (1, 2) for c in ("sku", "qty")}, ["unsure"]),
    ],
)
def test_another_product_or_quantity_is_held(changes: dict[str, str | None], expected: list[str]) -> None:
    found = said(paid(result(**changes)), "GEN-10a")
    assert [outcome for outcome, _ in found] == expected
    assert {severity for _, severity in found} == {"hold"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["pass", "pass"]),
        ({"end": "2027-10-29"}, ["pass", "pass"]),  # up to the billing date
        ({"end": "2027-10-31"}, ["pass", "fail"]),
        ({"end": "2027-09-27"}, ["pass", "fail"]),
        ({"opened_at": "2026-09-29"}, ["fail", "pass"]),  # tomorrow
        ({"opened_at": "2026-09-27"}, ["fail", "pass"]),  # before the order
        ({"opened_at": None}, ["unsure", "pass"]),
        ({"start": "soon"}, ["pass", "unsure"]),
    ],
)
def test_the_actual_dates(changes: dict[str, str | None], expected: list[str]) -> None:
    assert [outcome for outcome, _ in said(paid(result(**changes)), "TERM-03b")] == expected


def test_another_tenant_is_held_and_another_cloud_is_refused() -> None:
    assert said(paid(result(tenant_domain="qinghe2.partner.onmschina.cn")), "PO-10b")[0][0] in ("fail", "unsure")
    assert [f.outcome for f in findings(result(tenant_domain="qinghemed.onmicrosoft.com"), "PO-10")] == ["fail"]
    event = pack("opening_result").event
    assert event is not None
    assert (event.name, event.clean, event.values["opened_on"]) == ("opened", True, "opened_at")


def test_order_payment_and_opening_follow_in_order() -> None:
    assert said(paid(slip()), "DOS-05b") == [("pass", "warn")]
    assert said(paid(slip(), result(opened_at="2026-09-27")), "DOS-05b") == [("fail", "warn")]
    assert said(dossier(order()), "DOS-05b") == [("n/a", "warn")]


# --- originals, duplicates, papers of the parties -----------------------------------------------------------------


def cover(**changes: str | None) -> Facts:
    """A cover with both originals."""
    return made("transmittal_cover", COVER, document("docx", pages=1), changes)


def test_the_cover_lists_every_original() -> None:
    assert said(paid(cover()), "ORIG-06") == [("pass", "warn"), ("pass", "warn")]
    one = cover(items__2__document=None, items__2__copies=None)
    assert said(paid(one), "ORIG-06") == [("pass", "warn"), ("fail", "warn")]
    assert {f.outcome for f in findings(cover(), "ORIG-06")} == {"pass"}
    assert [f.severity for f in findings(cover(tracking_no=None), "ORIG-06") if f.outcome != "pass"] == ["warn"]
    assert said(dossier(order()), "ORIG-06") == [("n/a", "warn")]


def test_a_second_new_order_for_the_same_tenant_is_a_candidate() -> None:
    keys = {"customer_uscc": "91440300DEMC000316", "tenant_domain": "qinghemed.partner.onmschina.cn"}
    both = {key: {value: ("CS-2026-0003", "CS-2026-0009")} for key, value in keys.items()}
    assert said(dossier(order()), "PO-16") == [("pass", "hold")]
    (finding,) = spoken(dossier(order()), "PO-16", both)
    assert (finding.outcome, finding.found) == ("unsure", "CS-2026-0003, CS-2026-0009")
    one = {**both, "tenant_domain": {keys["tenant_domain"]: ("CS-2026-0005",)}}
    assert said(dossier(order()), "PO-16", others=one) == [("pass", "hold")]
    assert said(dossier(order(po_type="增购")), "PO-16", others=both) == [("n/a", "hold")]
    assert said(dossier(order(tenant_domain=None)), "PO-16") == [("unsure", "hold")]


def test_more_seats_and_renewals_are_for_a_person() -> None:
    assert said(dossier(order(po_type="增购")), "PO-15") == [("unsure", "hold")] * 2
    assert said(dossier(order()), "PO-15") == [("n/a", "hold")]
    assert said(dossier(order(po_type="续订")), "DOS-08") == [("unsure", "hold")]
    assert said(dossier(agreement(), order(po_type="续订")), "DOS-08") == [("pass", "hold")]
    assert said(dossier(order()), "DOS-08") == [("n/a", "hold")]


def test_products_for_schools_need_the_qualified_entity() -> None:
    school = {"sku": "CN21V-A3-12M", "family": "qualified_entity"}
    known = replace(world(), registers={**world().registers, "catalogue": (*world().registers["catalogue"], school)})

    def answers(*parts: Facts) -> list[str]:
        return [f.outcome for f in judge_case(dossier(*parts), case_type(), known) if f.rule == "AGR-08"]

    wanted = order(lines_1_sku="CN21V-A3-12M")
    assert answers(agreement(qualified_entity="教育"), wanted) == ["pass"]
    assert answers(agreement(), wanted) == ["fail"]
    assert answers(agreement(qualified_entity=None), wanted) == ["fail"], "the blank form was looked into"
    assert answers(agreement(qualified_entity=None, comparison=None), wanted) == ["unsure"]
    assert answers(wanted) == ["unsure"]
    assert answers(agreement(), order()) == ["n/a"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"lines_1_name": "Office 365 Enterprise E3"}, "pass"),
        ({"lines_1_name": "Office 365 企业版 E1"}, "unsure"),
        ({"lines_2_name": "Office 365 商业高级版"}, "unsure"),
        ({"lines_1_sku": None}, "unsure"),
        ({"lines_1_name": None}, "pass"),
    ],
)
def test_the_product_number_decides(changes: dict[str, str | None], expected: str) -> None:
    outcomes = {finding.outcome for finding in findings(order("docx", **changes), "PO-17")}
    assert outcomes in ({expected}, {"pass", expected})


def licence(**changes: str | None) -> Facts:
    """The customer's licence."""
    return made("licence", {"name": CUSTOMER, "uscc": "91440300DEMC000316"}, document(pages=1), changes)


def test_a_licence_belongs_to_a_party() -> None:
    assert said(paid(licence()), "DOS-04b") == [("pass", "hold")]
    assert said(paid(licence(name=AGENT, uscc="91110108DEMB00022E")), "DOS-04b") == [("pass", "hold")]
    assert said(paid(licence(name=AGENT)), "DOS-04b") == [("unsure", "hold")], "one's name, the other's code"
    assert said(paid(licence(name=OTHER)), "DOS-04b") == [("unsure", "hold")]
    assert said(paid(licence(uscc=None)), "DOS-04b") == [("unsure", "hold")]


def test_what_the_customer_fills_in_is_this_customers() -> None:
    for kind in ("questionnaire", "stop_confirmation", "acknowledgement"):
        for name, expected in ((CUSTOMER, "pass"), (OTHER, "fail")):
            other = facts(kind, {"customer_name": name}, document("docx", pages=1))
            assert said(paid(other), "DOS-04d") == [(expected, "hold")], kind


def proxy(**changes: str | None) -> Facts:
    """The customer's power of attorney, sealed."""
    plain = {
        "principal": CUSTOMER,
        "attorney": "林若青",
        "powers": "签署服务协议",
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
    }
    power = made("power_of_attorney", plain, document(pages=1), changes)
    seen = power.observations.model_copy(update={"seals": (seal(page=1),), "places": {"principal_seal": (1, PLACE)}})
    return power.model_copy(update={"observations": seen})


def test_a_power_of_attorney() -> None:
    assert {f.outcome for rule in ("GEN-11", "GEN-02") for f in findings(proxy(), rule)} == {"pass"}
    assert said(paid(proxy()), "GEN-11c") == [("pass", "hold")]
    assert said(paid(proxy(principal=OTHER)), "GEN-11c") == [("unsure", "hold")]
    over = findings(proxy(valid_to="2026-09-27"), "GEN-11")
    assert [f.outcome for f in over if f.rule == "GEN-11b"] == ["fail"]
    soon = findings(proxy(valid_from="2026-09-29"), "GEN-11")
    assert [f.outcome for f in soon if f.rule == "GEN-11b"] == ["fail"]
    assert said(paid(proxy(attorney="周明远")), "GEN-11d")[0][1] == "warn"


def test_the_figures_of_a_questionnaire_agree() -> None:
    def answers(**given: str) -> list[str]:
        filled = facts("questionnaire", {"customer_name": CUSTOMER, **given}, document("docx", pages=1))
        return [finding.outcome for finding in findings(filled, "DC-06")]

    assert answers(users_cn="85", users_abroad="15", users_total="100", users_cn_pct="85%") == ["pass"]
    assert answers(users_cn="85", users_abroad="20", users_total="100") == ["unsure"]
    assert answers(users_cn="60", users_total="100", users_cn_pct="85%") == ["unsure"]
    assert answers(users_cn="856", users_total="1000", users_cn_pct="85%") == ["pass"]
    assert answers(users_cn="85") == ["n/a"]


def test_what_may_never_be_accepted_and_what_may_end_a_case() -> None:
    specs = [rule.spec for each in case_type().packs.values() for rule in each.rules]
    specs += [rule.spec for rule in case_type().rules]
    assert {s.id for s in specs if s.override == "never"} == {
        "TERM-01",
        "DIST-01",
        "DC-01",
        "PO-13",
        "PO-13c",
        "PAY-04",
    }
    assert {s.id for s in specs if s.override == "false_alarm"} == {"AGR-01", "AGR-01g"}
    assert {s.id for s in specs if s.final} == {"TERM-01", "DIST-01", "DC-01", "PO-13", "PO-13c"}
