"""What people decide, laid over what the machine found."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.cases.decisions import (
    check_acceptance,
    corrected,
    evidence_of,
    read_by_person,
    settled,
    spec_of,
    specs_of,
)
from pipeline.cases.life_store import Decision
from pipeline.errors import RefusedError, UsageError
from pipeline.model import Bilingual, Finding, Outcome, Severity
from pipeline.packs import covers
from pipeline.validate import judge
from tests.rules.made import case_type, order, outcome, pack, world

SHA = "a" * 64


def finding(
    rule: str = "AGR-01d", outcome: Outcome = "unsure", severity: Severity = "block", found: str = ""
) -> Finding:
    return Finding(rule=rule, outcome=outcome, severity=severity, message=Bilingual(zh="", en=""), found=found)


def decision(kind: str, rule: str = "AGR-01d", evidence: str = SHA, value: str = "") -> Decision:
    return Decision.model_validate(
        {
            "kind": kind, "rule": rule, "evidence": evidence, "by": "李复核", "reason": "看过图像", "rev": 1,
            "at": datetime(2026, 9, 28, tzinfo=UTC), "value": value,
        }
    )  # fmt: skip


def test_an_accepted_point_passes_and_a_refused_one_fails_for_this_document_only() -> None:
    doubt = finding()
    assert settled([doubt], SHA, [decision("accept")])[0].outcome == "pass"
    (refused,) = settled([finding(severity="hold")], SHA, [decision("refuse")])
    assert (refused.outcome, refused.severity) == ("fail", "block")
    assert settled([doubt], "b" * 64, [decision("accept")]) == (doubt,), "another scan is judged anew"


def test_the_later_decision_counts_and_a_pass_is_not_touched() -> None:
    assert settled([finding()], SHA, [decision("accept"), decision("refuse")])[0].outcome == "fail"
    fine = finding(outcome="pass")
    assert settled([fine], SHA, [decision("refuse")]) == (fine,)


def test_a_decision_about_the_case_rests_on_what_was_found() -> None:
    before, after = finding("DOS-04", found="甲公司"), finding("DOS-04", found="乙公司")
    kept = decision("accept", "DOS-04", evidence_of(before))
    assert settled([before], None, [kept])[0].outcome == "pass"
    assert settled([after], None, [kept]) == (after,)


@pytest.mark.parametrize(
    ("rule", "found", "expected"),
    [
        ("AGR-01", "AGR-01", True),
        ("AGR-01", "AGR-01d", True),
        ("AGR-01", "AGR-011", False),
        ("AGR-01d", "AGR-01", False),
        ("PO-1", "PO-18", False),
    ],
)
def test_a_rule_covers_its_parts_and_no_neighbour(rule: str, found: str, expected: bool) -> None:
    assert covers(rule, found) is expected


def test_a_change_of_the_format_contract_is_cleared_as_a_false_alarm_only() -> None:
    spec = spec_of("AGR-01d", specs_of(case_type(), pack("service_agreement")))
    assert spec is not None
    assert spec.id == "AGR-01"
    with pytest.raises(RefusedError, match="false alarm"):
        check_acceptance(finding(), spec, reason="客户同意", false_alarm=False)
    check_acceptance(finding(), spec, reason="只是污点", false_alarm=True)
    with pytest.raises(RefusedError, match="reason"):
        check_acceptance(finding(), spec, reason=" ", false_alarm=True)


@pytest.mark.parametrize(
    ("document", "rule"), [("purchase_order", "TERM-01"), ("purchase_order", "PO-13"), (None, "DIST-01")]
)
def test_what_may_never_be_accepted_stays_refused_but_its_doubt_may_be_decided(document: str | None, rule: str) -> None:
    spec = spec_of(rule, specs_of(case_type(), pack(document) if document else None))
    with pytest.raises(RefusedError, match="cannot be accepted"):
        check_acceptance(finding(rule, "fail"), spec, reason="老板同意", false_alarm=False)
    check_acceptance(finding(rule, "unsure"), spec, reason="查过登记", false_alarm=False)


def test_a_field_read_by_a_person_is_judged_like_any_other() -> None:
    wrong = order(po_no="PO-2026O928-OO1")
    sha256 = wrong.document.submission.sha256
    assert outcome(wrong, "PO-02") != "pass"
    mended = corrected(wrong, pack("purchase_order"), [decision("correct", "po_no", sha256, "PO-20260928-001")])
    value = mended.extraction.fields["po_no"]
    assert (value.value, value.raw, value.page) == ("PO-20260928-001", "PO-2026O928-OO1", 1)
    assert outcome(mended, "PO-02") == "pass"
    assert {item.outcome for item in judge(mended, pack("purchase_order"), world()) if item.severity == "block"} <= {
        "pass",
        "n/a",
    }


def test_a_lost_cell_of_a_line_can_be_given_and_an_unknown_field_names_the_valid_ones() -> None:
    lost = order(lines_1_qty=None)
    sha256 = lost.document.submission.sha256
    mended = corrected(lost, pack("purchase_order"), [decision("correct", "lines.1.qty", sha256, "80")])
    assert outcome(mended, "PO-04") == "pass"
    with pytest.raises(UsageError, match="po_no"):
        read_by_person(pack("purchase_order"), "order_number", "1")
    assert read_by_person(pack("purchase_order"), "customer_uscc", "91440300DEMC000317").problem is not None
