from __future__ import annotations

import pytest

from pipeline.cases.life import state_of
from pipeline.model import Bilingual, Finding, Outcome, Severity


def finding(severity: Severity, outcome: Outcome) -> Finding:
    return Finding(rule="X-1", outcome=outcome, severity=severity, message=Bilingual(zh="", en=""))


@pytest.mark.parametrize(
    ("severity", "outcome", "state"),
    [
        ("block", "pass", "accepted"),
        ("block", "fail", "needs_correction"),
        ("block", "unsure", "needs_review"),
        ("hold", "fail", "needs_review"),
        ("hold", "unsure", "needs_review"),
        ("warn", "fail", "accepted"),
        ("info", "unsure", "accepted"),
        ("info", "error", "needs_review"),
        ("warn", "error", "needs_review"),
    ],
)
def test_one_finding_decides_as_the_table_says(severity: Severity, outcome: Outcome, state: str) -> None:
    assert state_of([finding(severity, outcome)], [], missing=()) == state
    assert state_of([], [finding(severity, outcome)], missing=()) == state


def test_a_missing_paper_alone_is_incomplete_even_when_case_rules_fail() -> None:
    assert state_of([], [finding("block", "fail")], missing=("order:scan",)) == "incomplete"


def test_a_defect_of_a_paper_that_is_there_counts_at_once() -> None:
    assert state_of([finding("block", "fail")], [], missing=("order:scan",)) == "needs_correction"


def test_failure_beats_doubt() -> None:
    assert state_of([finding("block", "unsure"), finding("block", "fail")], [], missing=()) == "needs_correction"
