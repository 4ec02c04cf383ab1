"""What other cases of this desk say about an order: originals that are late, subscriptions that run."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import PackError
from pipeline.model import Facts, Finding
from pipeline.packs import OtherCase, Register, load_packs
from pipeline.rules import CHECKS
from pipeline.validate import judge_case
from tests.rules.made import (
    CUSTOMER,
    OTHER,
    TEMPLATES,
    agreement,
    case_type,
    document,
    dossier,
    doubtful,
    facts,
    order,
    outcome,
    world,
)

STRANGER = {
    "agent_name": "示例海棠科技（杭州）有限公司",
    "agent_uscc": "91330100DEME000518",
    "coop_no": "XHY-CSP-2025-0017",
}
UNREAD = {"agent_name": None, "agent_uscc": None, "coop_no": None}
TENANT = "qinghemed.partner.onmschina.cn"
END = date(2027, 10, 9)
SEATS = {"po_type": "增购", "lines_1_end": "2027-10-09", "lines_2_end": "2027-10-09"}


def late(number: int, **changes: str | None) -> OtherCase:
    """A case whose originals should have been here on 22 October."""
    paper = order(po_no=f"PO-2026090{number}-001", **changes)
    return OtherCase(f"CS-2026-000{number}", (agreement(), paper, order("docx", **changes)), late=date(2026, 10, 22))


def opened(number: int = 1, end: str = END.isoformat(), tenant: str = TENANT, **changes: str | None) -> OtherCase:
    """A case of the same customer that was delivered."""
    values = {"subscription_end": end, "tenant_domain": tenant}
    return OtherCase(f"CS-2026-000{number}", (agreement(), order(**changes)), values, opened=date(2026, 10, 9))


def said(
    rule: str, *parts: Facts, cases: tuple[OtherCase, ...] = (), register: Register = (), **known: Any
) -> list[Finding]:
    """What a rule says of these papers when the desk has these other cases and running subscriptions."""
    registers = {**world().registers, "subscriptions": register}
    there = replace(world(), cases=cases, registers=registers, **known)
    return [finding for finding in judge_case(dossier(*parts), case_type(), there) if finding.rule == rule]


def outcomes(rule: str, *parts: Facts, **known: Any) -> list[str]:
    return [finding.outcome for finding in said(rule, *parts, **known)]


# --- ORIG-07 ------------------------------------------------------------------------------------------------------


def test_three_cases_with_late_originals_hold_a_new_order_and_are_named() -> None:
    two, three = (late(1), late(2)), (late(1), late(2), late(3))
    assert outcomes("ORIG-07", order(), cases=two) == ["pass"]
    (finding,) = said("ORIG-07", order(), cases=three)
    assert (finding.outcome, finding.severity) == ("fail", "hold")
    assert (finding.expected, finding.found) == ("≤ 2", "CS-2026-0001, CS-2026-0002, CS-2026-0003")
    for words in ("CS-2026-0002（PO-20260902-001，应于 2026-10-22 前寄达）", "3 个案件"):
        assert words in finding.message.zh
    assert finding.fix is not None
    assert "寄达所列案件的原件" in finding.fix.zh
    assert CUSTOMER not in finding.message.zh, "the notice to the reseller may quote it"


def test_cases_without_late_originals_do_not_count() -> None:
    assert outcomes("ORIG-07", order(), cases=(late(1), late(2), opened(3))) == ["pass"]


def test_two_resellers_are_never_mixed() -> None:
    strangers = tuple(late(number, **STRANGER) for number in (1, 2, 3, 4))
    assert outcomes("ORIG-07", order(), cases=strangers) == ["pass"]
    assert outcomes("ORIG-07", order(**STRANGER), cases=strangers) == ["fail"]
    assert outcomes("ORIG-07", order(), cases=(*strangers, late(5), late(6))) == ["pass"]
    mixed = tuple(late(number, agent_uscc="91330203DEMG00078M") for number in (1, 2, 3))
    (finding,) = said("ORIG-07", order(), cases=mixed)
    assert (finding.outcome, finding.severity) == ("unsure", "hold"), "number and code name two resellers"


def test_the_registered_number_or_name_tells_whose_it_is_where_the_code_was_not_read() -> None:
    cases = tuple(late(number, agent_uscc=None) for number in (1, 2, 3))
    assert outcomes("ORIG-07", order(), cases=cases) == ["fail"]
    assert outcomes("ORIG-07", order(agent_uscc=None, coop_no=None), cases=cases) == ["fail"]
    assert outcomes("ORIG-07", order(**STRANGER), cases=cases) == ["pass"]


def test_a_case_that_is_nobodys_for_certain_counts_against_nobody_but_is_shown() -> None:
    unclear = tuple(late(number, **UNREAD) for number in (1, 2, 3))
    (finding,) = said("ORIG-07", order(), cases=unclear)
    assert (finding.outcome, finding.found) == ("unsure", "CS-2026-0001, CS-2026-0002, CS-2026-0003")
    assert outcomes("ORIG-07", order(), cases=unclear[:2]) == ["pass"]
    assert outcomes("ORIG-07", order(**UNREAD), cases=(late(1), late(2), late(3))) == ["unsure"]
    assert outcomes("ORIG-07", doubtful(order(**{**UNREAD, "agent_uscc": STRANGER["agent_uscc"]}), "agent_uscc"),
                    cases=(late(1), late(2), late(3))) == ["unsure"]  # fmt: skip


def test_agreements_signed_once_count_too() -> None:
    values = {"party_b_name": "蓝鲸信息技术（北京）有限公司", "party_b_uscc": "91110108DEMB00022E"}
    paper = facts("cooperation_agreement", values, document())
    cases = (late(1), late(2), OtherCase("CS-2026-0003", (paper,), late=date(2026, 10, 22)))
    assert outcomes("ORIG-07", order(), cases=cases) == ["fail"]


def test_an_order_that_was_billed_or_is_none_is_not_held() -> None:
    three = (late(1), late(2), late(3))
    assert outcomes("ORIG-07", order(), cases=three, billed=True) == ["n/a"]
    assert outcomes("ORIG-07", agreement(), cases=three) == ["n/a"]


def test_the_policy_is_off_without_its_number() -> None:
    (rule,) = [rule for rule in case_type().rules if rule.spec.id == "ORIG-07"]
    off = rule.check.model_copy(update={"hold_over": None})
    there = replace(world(), cases=(late(1), late(2), late(3)))
    assert [answer.outcome for answer in off.judge(dossier(order()), there)] == ["n/a"]


# --- PO-15 --------------------------------------------------------------------------------------------------------


def test_more_seats_that_end_and_are_billed_like_the_opened_subscription_pass() -> None:
    found = said("PO-15", order(**SEATS), cases=(opened(),))
    assert [finding.outcome for finding in found] == ["pass", "pass"]
    assert "CS-2026-0001" in found[0].message.zh
    assert outcomes("PO-15", order(), cases=(opened(),)) == ["n/a"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"lines_1_end": "2027-12-09"}, ["fail", "pass"]),
        ({"billing": "月付"}, ["fail", "fail"]),
        ({"lines_1_end": "2027-10-08"}, ["unsure", "pass"]),  # the last day, or the day after it
        ({"lines_1_end": None}, ["unsure", "pass"]),
        ({"lines_1_sku": "CN21V-E5-12M"}, ["unsure", "pass"]),
        ({"tenant_domain": "qinghe2.partner.onmschina.cn"}, ["unsure", "unsure"]),
        ({"tenant_domain": None}, ["unsure"]),
        ({"billing": None}, ["unsure"]),
        ({"customer_uscc": "91330203DEMG00078M"}, ["unsure", "unsure"]),
        ({"po_type": None}, ["n/a"]),
    ],
)
def test_another_end_or_billing_is_no_and_what_is_not_on_file_is_open(
    changes: dict[str, str | None], expected: list[str]
) -> None:
    found = said("PO-15", order(**{**SEATS, **changes}), cases=(opened(),))
    assert [finding.outcome for finding in found] == expected
    assert {finding.severity for finding in found} == {"hold"}


def test_a_weak_reading_neither_passes_nor_refuses() -> None:
    for key in ("lines.1.end", "billing", "lines.1.sku"):
        weak = doubtful(order(**SEATS), key)
        assert outcomes("PO-15", weak, cases=(opened(),))[0] == "unsure", key
    other = doubtful(order(**{**SEATS, "lines_1_end": "2027-12-09"}), "lines.1.end", confidence=0.85)
    assert outcomes("PO-15", other, cases=(opened(),)) == ["unsure", "pass"]
    there = replace(opened(), papers=(doubtful(order(), "billing", confidence=0.85),))
    assert outcomes("PO-15", order(**{**SEATS, "lines_1_end": "2027-12-09"}), cases=(there,)) == ["unsure", "pass"]


def test_what_another_case_does_not_tell_is_not_guessed() -> None:
    assert outcomes("PO-15", order(**SEATS), cases=(opened(end=""),)) == ["unsure", "unsure"]
    assert outcomes("PO-15", order(**SEATS), cases=(opened(billing=None),)) == ["unsure", "unsure"]
    assert outcomes("PO-15", order(**SEATS), cases=(replace(opened(), opened=None),)) == ["unsure", "unsure"]
    assert outcomes("PO-15", order(**SEATS), cases=(opened(customer_uscc=None),)) == ["unsure", "unsure"]
    assert outcomes("PO-15", order(**SEATS), cases=(opened(tenant=""),)) == ["pass", "pass"], "as its order says"
    assert outcomes("PO-15", order(**SEATS), cases=(opened(tenant="qinghe2.partner.onmschina.cn"),)) == ["unsure"] * 2


def test_a_subscription_that_is_over_takes_no_more_seats() -> None:
    (first, _) = said("PO-15", order(**SEATS), cases=(opened(end="2026-09-01"),))
    assert (first.outcome, "2026-09-01" in first.message.zh) == ("unsure", True)
    assert first.fix is not None
    assert "登记表 subscriptions" in first.fix.zh


def test_of_two_running_subscriptions_either_may_be_meant_but_not_half_of_each() -> None:
    two = (opened(1), opened(2, end="2027-03-31"))
    assert outcomes("PO-15", order(**SEATS), cases=two) == ["pass", "pass"]
    assert outcomes("PO-15", order(**{**SEATS, "lines_1_end": "2027-03-31"}), cases=two) == ["pass", "pass"]
    assert outcomes("PO-15", order(**{**SEATS, "lines_1_end": "2027-06-30"}), cases=two) == ["fail", "pass"]
    monthly = opened(2, billing="月付")
    assert outcomes("PO-15", order(**SEATS), cases=(opened(1), monthly)) == ["unsure"] * 2, "one has one frequency"


ROW = {"customer_uscc": "91440300DEMC000316", "tenant_domain": TENANT, "billing": "annual", "end": END}


def test_the_register_of_subscriptions_serves_as_well() -> None:
    register = ({**ROW, "sku": "CN21V-E3-12M"}, {**ROW, "sku": "CN21V-BE-12M", "billing": "年付"})
    found = said("PO-15", order(**SEATS), register=register)
    assert [finding.outcome for finding in found] == ["pass", "pass"]
    assert "subscriptions" in found[0].message.en
    assert outcomes("PO-15", order(**SEATS), register=register[:1]) == ["pass", "unsure"]
    strange = ({**ROW, "sku": "CN21V-E3-12M", "customer_uscc": "91330203DEMG00078M"},)
    assert outcomes("PO-15", order(**SEATS), register=strange) == ["unsure", "unsure"]
    assert OTHER not in found[0].message.zh


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            'sku = "CN21V-E3-12M"',
            'product = "CN21V-E3-12M"',
            r"subscriptions\.toml: row 1: 'product' is no column.*sku",
        ),
        ('sku = "CN21V-E3-12M"', "", "row 1: sku is missing"),
        ("end = 2027-05-11", 'end = "2027-05-11"', "row 1: end: .* is no date"),
        ('billing = "annual"', 'billing = "yearly"', "row 1: billing: 'yearly' is no choice.*monthly"),
        ("91330203DEMG00078M", "91330203DEMG00078N", "row 1: customer_uscc: .* is no uscc"),
        ("[[rows]]", "[[row]]", "holds .*rows"),
    ],
)
def test_a_row_that_would_never_be_found_stops_the_start(tmp_path: Path, old: str, new: str, says: str) -> None:
    templates = Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))
    file = templates / "csp_order" / "registers" / "subscriptions.toml"
    text = file.read_text("utf-8")
    start = text.rindex("[[rows]]")
    assert old in text[start:]
    file.write_text(text[:start] + text[start:].replace(old, new), "utf-8")
    with pytest.raises(PackError, match=says):
        load_packs(templates, CHECKS)


def test_a_register_or_field_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    templates = Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))
    (templates / "csp_order" / "registers" / "subscriptions.toml").unlink()
    with pytest.raises(PackError, match=r"PO-15: there is no register 'subscriptions'; valid: agreements"):
        load_packs(templates, CHECKS)
    shutil.copytree(TEMPLATES, templates, dirs_exist_ok=True)
    case = templates / "csp_order" / "case.toml"
    case.write_text(case.read_text("utf-8").replace('product = "sku"', 'product = "skuu"'), "utf-8")
    with pytest.raises(PackError, match=r"PO-15: there is no field 'purchase_order\.lines\.1\.skuu'"):
        load_packs(templates, CHECKS)


# --- what goes with it --------------------------------------------------------------------------------------------


def test_a_term_that_follows_the_subscription_is_not_refused_for_being_short() -> None:
    part = {"lines_1_term_months": "10", "lines_1_amount": "80,000.00", "lines_2_amount": "19,200.00"}
    assert outcome(order(**SEATS, **part), "TERM-02") == "n/a"
    assert outcome(order(**part), "TERM-02") == "fail+pass"
    assert outcome(order(**SEATS, **part), "PO-04") == "pass"
    days = {**part, "lines_1_amount": "79,123.45"}
    assert outcome(order(**SEATS, **days), "PO-04") == "pass+unsure", "by days: a person compares"
    assert outcome(order(**days), "PO-04") == "fail+pass"
