"""The judge of spoilt dossiers, and the papers they are made from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.crew import Crash, Done
from benchmarks.fields import dossiers
from benchmarks.fields.dossier_judge import collateral, named, verdict_of, verdict_of_state
from benchmarks.fields.twins import AGREEMENTS, BETWEEN, ORDERED, ORDERS, SPOILT, WORKED, expected_of
from benchmarks.measure import Rate
from benchmarks.plan import Plan
from benchmarks.product import SHIPPED, tell_case
from pipeline.model import Bilingual, Finding, Outcome, Severity
from tests.simulator.fictional_papers import TODAY
from tests.simulator.orders import write_docx
from tests.simulator.samples import ORDER_FORM
from tests.simulator.twins import agreement, orders, other_quantity


def plan_of(tmp_path: Path, seed: int = 5, *, quick: bool = True) -> Plan:
    return Plan("x", seed, quick, workers=1, out=tmp_path, scratch=tmp_path, data=None)


def finding(outcome: Outcome, *, rule: str = "PO-04a", severity: Severity = "block") -> Finding:
    return Finding(rule=rule, outcome=outcome, severity=severity, message=Bilingual(zh="", en=""))


SLICE = expected_of("sheet without slice")


def test_a_missed_defect_is_falsely_accepted_and_not_named() -> None:
    findings = [finding("pass", rule="SEAL-03a")]
    assert verdict_of(findings) == "passed"
    assert not named(findings, SLICE)


def test_another_failing_rule_is_collateral_and_does_not_name_the_defect() -> None:
    findings = [finding("fail", rule="AGR-02"), finding("unsure", rule="SEAL-03a")]
    assert verdict_of(findings) == "failed"
    assert not named(findings, SLICE)
    assert collateral(findings, SLICE) == ("AGR-02",)
    assert collateral([finding("fail", rule="SEAL-03a"), finding("fail", rule="PO-12b", severity="hold")], SLICE) == ()


def test_a_rule_that_should_doubt_must_not_fail() -> None:
    grey = expected_of("grey scan")
    assert collateral([finding("fail", rule="SEAL-03a")], grey) == ("SEAL-03a",)
    assert named([finding("unsure", rule="SEAL-10", severity="hold")], grey)


def test_a_pass_in_doubt_is_none() -> None:
    duplex = expected_of("duplex scan")
    assert named([finding("pass", rule="SEAL-03h"), finding("n/a", rule="SEAL-03h")], duplex)
    assert not named([finding("pass", rule="SEAL-03h"), finding("unsure", rule="SEAL-03h")], duplex)
    assert not named([], duplex)


@pytest.mark.parametrize(
    ("severity", "outcome", "verdict"),
    [
        ("block", "unsure", "indeterminate"),
        ("hold", "fail", "indeterminate"),
        ("warn", "fail", "passed"),
        ("info", "error", "indeterminate"),
    ],
)
def test_verdict_keeps_doubt_and_refusal_apart(severity: Severity, outcome: Outcome, verdict: str) -> None:
    assert verdict_of([finding(outcome, severity=severity)]) == verdict


def test_only_an_accepted_dossier_is_passed() -> None:
    states = ("accepted", "needs_review", "needs_correction", "incomplete")
    assert [verdict_of_state(state) for state in states] == ["passed", "indeterminate", "failed", "failed"]


def test_a_quick_run_rotates_through_all_twins(tmp_path: Path) -> None:
    picked = [dossiers.chosen(plan_of(tmp_path, seed)) for seed in range(12)]
    assert all(names[0] == WORKED and len(set(names)) == 5 for names in picked)
    assert {name for names in picked for name in names} == {WORKED, *AGREEMENTS, *ORDERS}
    assert dossiers.chosen(plan_of(tmp_path, quick=False)) == [WORKED, *AGREEMENTS, *ORDERS]


def test_every_twin_has_a_paper() -> None:
    assert set(SPOILT) | {"sheet of another edition"} == set(AGREEMENTS)
    assert set(ORDERED) == {*ORDERS, WORKED}


@pytest.mark.parametrize("name", sorted(SPOILT))
def test_a_twin_differs_from_the_worked_agreement(name: str) -> None:
    rng = np.random.default_rng(4)
    plain = agreement(rng)
    assert SPOILT[name](plain, rng) != plain
    assert replace(agreement(np.random.default_rng(4)), seed=plain.seed) == plain


def test_orders_with_other_seats_add_up_on_both_sides() -> None:
    twin = other_quantity()
    assert [row["qty"] for row in twin.paper["lines"]] == [60, 20]
    assert [row["qty"] for row in twin.copy["lines"]] == [80, 20]
    assert twin.paper["total"] == "91,200.00"
    assert orders(billing="月付").paper["billing"] == "月付"


def test_the_opening_elsewhere_is_known_to_the_clerk_only(tmp_path: Path) -> None:
    copy = write_docx(ORDER_FORM, orders().copy, tmp_path / "order.docx")
    job = dossiers.Job("opened elsewhere 5 months ago", 0, (1,), None, copy, None, tmp_path)
    (tmp_path / "packs").mkdir()
    templates = dossiers._templates(job, tmp_path / "packs")
    locked, free = (tell_case([copy], "csp_order", TODAY, templates=path) for path in (templates, SHIPPED))
    expected = expected_of(job.twin)
    assert named([f for f in locked.findings if f.rule.startswith(BETWEEN)], expected)
    assert not named(free.findings, expected)


def test_tables_of_twins_leave_out_what_cannot_be(tmp_path: Path) -> None:
    def done(twin: str, result: dossiers.Result | Crash) -> Done[dossiers.Job, dossiers.Result]:
        return Done(dossiers.Job(twin, 0, (1,), None, None, None, tmp_path), result)

    missed = dossiers.Result("passed", named=False, collateral=(), what="nothing seen")
    papers = [done("grey scan", missed), done("grey scan", Crash("boom")), done("duplex scan", missed)]
    rows = dossiers.table(papers).rows
    assert rows["grey scan"]["falsely accepted"] == Rate(1, 2, "low")
    assert rows["grey scan"]["right verdict"] == Rate(0, 2)
    assert "falsely accepted" not in rows["duplex scan"]
    assert [miss.row for miss in dossiers.misses(papers)] == ["grey scan", "grey scan", "duplex scan"]


@pytest.mark.parametrize("name", [*AGREEMENTS, *ORDERS])
def test_a_rule_named_by_a_twin_exists(name: str) -> None:
    known = tuple(dossiers.rule_ids())
    assert any(rule.startswith(known) for rule in expected_of(name).rules)
