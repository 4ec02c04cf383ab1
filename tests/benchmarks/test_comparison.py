"""The evaluator of the comparison section: a missed change is missed, a box elsewhere locates nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.comparison import jobs
from benchmarks.comparison.judge import Answered, Honest, judge_honest, judge_tampered
from benchmarks.comparison.papers import Place
from benchmarks.comparison.section import NEAR_ALARMS, NEAR_MISSES, nearest
from benchmarks.comparison.tables import BY_CLASS, BY_CONDITION, UNMODIFIED, Case, tables
from benchmarks.measure import Rate
from benchmarks.plan import Plan
from benchmarks.product import Told
from pipeline.model import (
    Bilingual,
    Box,
    Classification,
    Comparison,
    Document,
    Facts,
    Finding,
    Observations,
    Outcome,
    Page,
    PageMatch,
    Review,
    ReviewDocument,
    ReviewSubmission,
    Severity,
    Submission,
)

NOW = datetime(2026, 9, 28, tzinfo=UTC)
WORDS = Bilingual(zh="说明", en="words")
HERE: Box = (100.0, 200.0, 110.0, 211.0)
PLACES = (Place(1, 1, HERE),)


def plan_of(tmp_path: Path, *, quick: bool = True, seed: int = 7) -> Plan:
    return Plan("x", seed, quick=quick, workers=1, out=tmp_path, scratch=tmp_path, data=None)


def finding(
    rule: str,
    outcome: Outcome,
    box: Box | None = None,
    expected: str | None = None,
    found: str | None = None,
    page: int | None = 1,
    severity: Severity = "block",
) -> Finding:
    return Finding(
        rule=rule,
        outcome=outcome,
        severity=severity,
        message=WORDS,
        page=page,
        box=box,
        expected=expected,
        found=found,
    )


def told(*findings: Finding, comparison: Comparison | None = None, pages: int = 2) -> Told:
    """A product answer made by hand."""
    submission = Submission(sha256="0" * 64, name="a.pdf", received_at=NOW, source="cli", size=1, media="pdf")
    sheets = tuple(Page(number=number, width=595, height=842) for number in range(1, pages + 1))
    facts = Facts(
        document=Document(submission=submission, pages=sheets),
        classification=Classification(type="short_song"),
        observations=Observations(comparison=comparison),
    )
    review = Review(
        submission=ReviewSubmission(sha256="0" * 64, name="a.pdf", received_at=NOW, source="cli"),
        document=ReviewDocument(type="short_song", case_type=None, edition=None, pages=pages),
        verdict="passed",
        findings=findings,
    )
    return Told(facts, review)


FINE = (finding("AGR-01b", "pass", page=None), finding("AGR-01d", "pass", page=None), finding("AGR-02", "pass"))


# --- the evaluator ------------------------------------------------------------------------------------------------


def test_a_change_that_passes_is_missed() -> None:
    answer = judge_tampered("digit", PLACES, "9", "5", told(*FINE))
    assert (answer.answer, answer.page, answer.box, answer.words) == ("passed", False, False, False)


def test_a_change_told_at_its_place_with_its_words_is_found() -> None:
    said = finding("AGR-01d", "fail", (99, 199, 112, 212), "99.9%", "99.5%")
    answer = judge_tampered("digit", PLACES, "9", "5", told(*FINE, said))
    assert (answer.answer, answer.page, answer.box, answer.words) == ("failed", True, True, True)


def test_a_box_elsewhere_is_not_located() -> None:
    said = finding("AGR-01d", "fail", (99, 240, 112, 252), "99.9%", "99.5%")
    answer = judge_tampered("digit", PLACES, "9", "5", told(said))
    assert (answer.answer, answer.page, answer.box, answer.words) == ("failed", True, False, False)


def test_the_right_box_of_another_page_is_not_located() -> None:
    said = finding("AGR-01d", "fail", HERE, "9", "5", page=2)
    answer = judge_tampered("digit", PLACES, "9", "5", told(said))
    assert (answer.page, answer.box) == (False, False)


def test_a_whole_page_as_box_locates_nothing() -> None:
    said = finding("AGR-01d", "fail", (0, 0, 595, 842), "9", "5")
    assert judge_tampered("digit", PLACES, "9", "5", told(said)).box is False


def test_other_words_at_the_right_place_are_not_right() -> None:
    said = finding("AGR-01d", "fail", HERE, "8", "3")
    assert judge_tampered("digit", PLACES, "9", "5", told(said)).words is False


def test_long_insertions_may_hold_reading_errors_but_not_be_half() -> None:
    sentence = "前款费用由服务提供方承担。"
    right = finding("AGR-01d", "fail", HERE, None, "前款费用由服务提洪方承担")
    half = finding("AGR-01d", "fail", HERE, None, "前款费用")
    assert judge_tampered("sentence in", PLACES, "", sentence, told(right)).words is True
    assert judge_tampered("sentence in", PLACES, "", sentence, told(half)).words is False


def test_seals_and_dates_do_not_count() -> None:
    seals = finding("SEAL-03", "fail"), finding("AGR-06", "unsure", severity="hold")
    assert judge_tampered("digit", PLACES, "9", "5", told(*FINE, *seals)).answer == "passed"


def test_a_paper_nobody_recognised_is_doubted() -> None:
    said = told(finding("IN-07", "unsure", severity="hold"))
    assert judge_tampered("digit", PLACES, "9", "5", said).answer == "indeterminate"
    assert judge_honest(said).answer == "indeterminate"


def test_sheets_are_told_by_their_numbers() -> None:
    match = PageMatch(page=1, reference_page=2, alignment="registered", score=1.0)
    missing = Comparison(pages=(match,), reference_pages=2, missing=(1,))
    said = told(finding("AGR-01b", "fail", page=None), comparison=missing, pages=1)
    assert judge_tampered("page missing", (Place(None, 1, None),), "", "", said).page
    assert not judge_tampered("page missing", (Place(None, 2, None),), "", "", said).page
    assert not judge_tampered("pages swapped", PLACES, "", "", said).page


def test_a_lying_layer_is_told_by_the_rule_for_files() -> None:
    words = finding("AGR-01d", "unsure", HERE)
    layer = finding("IN-04", "unsure", HERE, severity="hold")
    assert not judge_tampered("text layer lies: figure", PLACES, "9", "5", told(words)).page
    answer = judge_tampered("text layer lies: figure", PLACES, "9", "5", told(*FINE, layer))
    assert (answer.answer, answer.box, answer.words) == ("indeterminate", True, None)


def test_a_false_failed_names_its_page() -> None:
    answer = judge_honest(told(*FINE, finding("AGR-01d", "fail", HERE, page=2), finding("AGR-01e", "unsure", HERE)))
    assert (answer.answer, answer.failed, answer.boxes) == ("failed", (2,), ((2, HERE),))
    assert answer.rules == ("AGR-01d", "AGR-01e")


# --- tables -------------------------------------------------------------------------------------------------------


def test_tables_keep_harm_apart_and_count_crashes_as_wrong(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, quick=False)
    spoilt = [job for job in jobs.tampered_jobs(plan) if job.kind == "digit"]
    honest = jobs.honest_jobs(plan)[:3]
    passed = judge_tampered("digit", PLACES, "9", "5", told(*FINE))
    failed = judge_honest(told(finding("AGR-01d", "fail", HERE), pages=2))
    fine = judge_honest(told(*FINE))
    by_class, by_condition, unmodified = tables(
        [Case(spoilt[0], passed, "passed", ""), Case(spoilt[1], None, "crash", "")],
        [Case(honest[0], failed, "failed", ""), Case(honest[1], fine, "", ""), Case(honest[2], None, "crash", "")],
    )
    assert (by_class.title, by_condition.title, unmodified.title) == (BY_CLASS, BY_CONDITION, UNMODIFIED)
    row = by_class.rows["digit"]
    assert row["missed"] == Rate(2, 2, "low")
    assert row["found"] == Rate(0, 2, "none")
    assert row["right box"] == Rate(0, 2, "none")
    assert by_condition.rows[f"{spoilt[0].condition.dpi} dpi"]["n"] in (1, 2)
    row = unmodified.rows[jobs.ORIGINAL]
    assert row["false failed, document"] == Rate(2, 3, "low")
    assert row["false failed, page"] == Rate(1, 4, "low")
    assert row["passed"] == Rate(1, 3, "none")


def test_the_nearest_are_the_least_sure_changes_and_the_surest_alarms_good_colour_scans_first(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, quick=False)

    def cases(listed: list[jobs.Job], sure: dict[str, float], answer: Answered | Honest) -> list[Case]:
        by_look = {f"{job.condition.preset} {job.condition.dpi} {job.condition.mode}": job for job in listed}
        return [
            Case(by_look[look], replace(answer, confidence=value), "", f"{look}.jpg", look)
            for look, value in sure.items()
        ]

    sure = {"clean 200 colour": 0.9, "normal 300 colour": 0.5, "hard 150 colour": 0.1, "clean 300 grey": 0.2}
    changed = cases(jobs.tampered_jobs(plan), sure, judge_tampered("digit", PLACES, "9", "5", told(*FINE)))
    honest = cases(jobs.honest_jobs(plan), sure, judge_honest(told(*FINE)))
    told_ = [(miss.row, miss.what) for miss in nearest([*changed, *honest])]
    misses = ["normal 300 colour", "clean 200 colour", "hard 150 colour", "clean 300 grey"]
    alarms = ["clean 200 colour", "normal 300 colour", "hard 150 colour", "clean 300 grey"]
    assert told_ == [*((NEAR_MISSES, look) for look in misses), *((NEAR_ALARMS, look) for look in alarms)]
