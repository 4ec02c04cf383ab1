"""The evaluator of straddle seals: what a document deserves, and what counts as named."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from benchmarks.measure import Rate
from benchmarks.plan import Plan
from benchmarks.product import StraddleTold, judge_straddle
from benchmarks.straddle import jobs
from benchmarks.straddle.forms import CASE, FORM, LongForms, open_forms, pages_of_form
from benchmarks.straddle.jobs import CONDITIONS, DEFECTS, GENUINE, HIDDEN, ROUND, StraddleJob, straddle_jobs
from benchmarks.straddle.paper import Contract, make_contract, montage
from benchmarks.straddle.tables import (
    StraddleResult,
    condition_table,
    form_table,
    named_pages,
    named_table,
    sheets_table,
    signed_table,
    verdict_tables,
)
from pipeline.model import Bilingual, Finding, Outcome, Straddle, StraddleForm
from pipeline.packs import load_packs
from pipeline.read import open_reference
from pipeline.rules import CHECKS
from tests.simulator import fonts
from tests.simulator.dossier import Scan, Truth
from tests.simulator.writers import write_pdf

needs_print = pytest.mark.skipif(
    shutil.which("soffice") is None or fonts.missing() is not None, reason="no LibreOffice or fonts"
)


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> LongForms:
    return open_forms(tmp_path_factory.mktemp("straddle"))


def plan_of(tmp_path: Path, seed: int = 3) -> Plan:
    return Plan("x", seed, quick=True, workers=1, out=tmp_path, scratch=tmp_path, data=None)


def job_of(kind: str = GENUINE, condition: str = jobs.PLAIN, sheets: int = 4, *, signing: bool = True) -> StraddleJob:
    return StraddleJob(0, 11, kind, condition, sheets, signing, 150, "clean", Path("misses"))


def straddle_of(form: StraddleForm, **more: tuple[int, ...]) -> Straddle:
    return Straddle.model_validate({"form": form, "confidence": 0.9, **more})


def ink_at_right(contract: Contract, number: int) -> int:
    """Red pixels in the last 12 mm of a received page."""
    picture = contract.scanned[number - 1].picture[:, -round(12 * 150 / 25.4) :].astype(int)
    return int((picture[:, :, 0] - picture[:, :, 1] > 50).sum())


# --- what a document deserves -------------------------------------------------------------------------------------


def test_a_clear_genuine_document_must_pass_and_an_unclear_one_may_be_left_open() -> None:
    assert job_of().right == {"pass"}
    assert job_of(signing=False).right == {"pass", "unsure"}
    assert job_of(condition=jobs.GREY).right == {"pass", "unsure"}
    assert job_of(sheets=20).right == {"pass", "unsure"}
    assert job_of(condition=jobs.GROUPS, sheets=20).right == {"pass"}


@pytest.mark.parametrize("kind", [*DEFECTS, *HIDDEN])
def test_an_unsound_document_never_deserves_to_pass(kind: str) -> None:
    assert job_of(kind).right == {"fail", "unsure"}


def test_the_three_outcomes_are_kept_apart() -> None:
    results = [
        StraddleResult(job_of(), "pass"),
        StraddleResult(job_of(), "unsure"),
        StraddleResult(job_of(), "fail"),
        StraddleResult(job_of(), "crash"),
        StraddleResult(job_of(jobs.MISSING), "pass"),
        StraddleResult(job_of(jobs.MISSING), "unsure"),
    ]
    rows = verdict_tables(results)[0].rows
    assert rows[GENUINE]["right"] == Rate(1, 4)
    assert rows[GENUINE]["false failed"] == Rate(1, 4, "low")
    assert rows[GENUINE]["crashed"] == Rate(1, 4, "low")
    assert "false passed" not in rows[GENUINE]
    assert rows[jobs.MISSING]["right"] == Rate(1, 2)
    assert rows[jobs.MISSING]["false passed"] == Rate(1, 2, "low")
    assert rows["all unsound"]["false passed"] == Rate(1, 2, "low")


def test_unsound_documents_that_could_pass_are_counted_by_themselves() -> None:
    results = [
        StraddleResult(job_of(jobs.AGENT), "pass"),
        StraddleResult(job_of(jobs.AGENT, signing=False), "unsure"),
    ]
    assert verdict_tables(results)[0].rows[jobs.AGENT]["false passed"] == Rate(1, 2, "low")
    assert signed_table(results).rows[f"{jobs.AGENT}, signed"]["false passed"] == Rate(1, 1, "low")


def test_what_hardly_shows_is_listed_apart() -> None:
    plain, hidden = verdict_tables([StraddleResult(job_of(jobs.OTHER_PRESS), "pass")])
    assert plain.rows["all unsound"]["n"] == 0
    assert hidden.rows[jobs.OTHER_PRESS]["false passed"] == Rate(1, 1, "low")


def test_rows_by_sheets_condition_and_form() -> None:
    results = [
        StraddleResult(job_of(condition=jobs.LEFT, sheets=9), "pass", form="one_impression"),
        StraddleResult(job_of(jobs.ABSENT, sheets=9), "fail", form="absent"),
    ]
    rows = sheets_table(results).rows
    assert rows["9-15 sheets"]["n"] == 1
    assert rows["9-15 sheets, unsound"]["fail"] == Rate(1, 1, "none")
    assert rows["2-4 sheets"]["n"] == 0
    assert condition_table(results).rows[jobs.LEFT]["right"] == Rate(1, 1)
    assert form_table(results).rows[jobs.ABSENT] == {"absent": 1}


# --- pages named --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "named"),
    [
        (straddle_of("missing_slices", missing_pages=(3,)), "right"),
        (straddle_of("missing_slices", missing_pages=(2,)), "wrong"),
        (straddle_of("missing_slices", missing_pages=(2, 3)), "wrong"),
        (straddle_of("cropped", missing_pages=(3,)), "none"),
        (straddle_of("foreign_slice", odd_pages=(2,)), "wrong"),
        (straddle_of("absent"), "none"),
    ],
)
def test_the_page_without_a_slice(told: Straddle, named: str) -> None:
    assert named_pages(job_of(jobs.MISSING), told, (3,), ()) == named


@pytest.mark.parametrize(
    ("told", "named"),
    [
        (straddle_of("wrong_order", order=(1, 3, 2, 4)), "right"),
        (straddle_of("wrong_order", order=(4, 2, 3, 1)), "right"),
        (straddle_of("wrong_order", order=(1, 4, 3, 2)), "wrong"),
        (straddle_of("one_impression", order=(1, 3, 2, 4)), "none"),
    ],
)
def test_the_order_of_swapped_sheets(told: Straddle, named: str) -> None:
    assert named_pages(job_of(jobs.SWAPPED), told, (), (1, 3, 2, 4)) == named


def test_pages_named_are_counted() -> None:
    results = [StraddleResult(job_of(jobs.HEIGHT), "fail", named=word) for word in ("right", "wrong", "none")]
    row = named_table(results).rows[jobs.HEIGHT]
    assert row["named rightly"] == Rate(1, 3)
    assert row["other pages named"] == Rate(1, 3, "low")
    assert row["no page named"] == Rate(1, 3, "none")


# --- jobs and paper -----------------------------------------------------------------------------------------------


def test_a_quick_sample_touches_every_class_and_condition(tmp_path: Path) -> None:
    listed = straddle_jobs(plan_of(tmp_path), ROUND + 6)
    assert listed == straddle_jobs(plan_of(tmp_path), ROUND + 6)
    assert listed != straddle_jobs(plan_of(tmp_path, 4), ROUND + 6)
    assert {job.kind for job in listed} == {GENUINE, *DEFECTS, *HIDDEN}
    assert {job.condition for job in listed if job.kind == GENUINE} == set(CONDITIONS)
    assert {job.signing for job in listed if job.kind == GENUINE} == {True, False}
    assert all(2 <= job.sheets <= 30 for job in listed)


def test_a_full_sample_has_every_length(tmp_path: Path) -> None:
    listed = straddle_jobs(replace(plan_of(tmp_path), quick=False), 11 * ROUND)
    assert len(listed) >= 320
    genuine = [job.sheets for job in listed if job.kind == GENUINE]
    assert all(any(low <= sheets <= high for sheets in genuine) for low, high in jobs.BANDS)
    for kind in (*DEFECTS, *HIDDEN):
        signing = [job.signing for job in listed if job.kind == kind]
        assert abs(sum(signing) - len(signing) / 2) <= 1
    assert all(sum(job.groups) == job.sheets and min(job.groups) >= 2 for job in listed if job.groups)


@needs_print
def test_the_named_page_bears_no_slice(forms: LongForms) -> None:
    contract = make_contract(job_of(jobs.MISSING, signing=False), forms)
    bare = contract.pages[0]
    inks = [ink_at_right(contract, number) for number in range(1, 5)]
    assert inks[bare - 1] < 30
    assert all(ink > 150 for number, ink in enumerate(inks, 1) if number != bare)


@needs_print
def test_sheets_are_swapped_and_taken_out(forms: LongForms) -> None:
    swapped = make_contract(job_of(jobs.SWAPPED, sheets=3, signing=False), forms)
    assert len(swapped.scanned) == 3
    assert sorted(swapped.order) == [1, 2, 3]
    assert swapped.order != (1, 2, 3)
    assert len(make_contract(job_of(jobs.OUT_WIDE, sheets=4, signing=False), forms).scanned) == 3


@needs_print
def test_a_montage_shows_every_page(forms: LongForms) -> None:
    contract = make_contract(job_of(sheets=2, signing=False), forms)
    strips, dpi = montage(contract)
    assert dpi == 150
    assert strips.shape[1] > 2 * contract.slice_mm * 150 / 25.4
    red = strips.astype(int)[:, :, 0] - strips.astype(int)[:, :, 1] > 50
    halves = np.array_split(red, 2, axis=1)
    assert all(half.sum() > 300 for half in halves)


# --- the door -----------------------------------------------------------------------------------------------------


def test_the_gravest_finding_decides() -> None:
    def finding(outcome: Outcome) -> Finding:
        return Finding(rule="SEAL-03a", outcome=outcome, severity="block", message=Bilingual(zh="", en=""))

    def told(*outcomes: Outcome) -> str:
        return StraddleTold(straddle_of("absent"), tuple(finding(outcome) for outcome in outcomes)).outcome

    assert told("pass", "unsure") == "unsure"
    assert told("pass", "fail", "unsure") == "fail"
    assert told("pass", "pass") == "pass"
    assert told() == "n/a"


def test_a_file_that_nothing_claims_is_left_open() -> None:
    assert StraddleTold(None, ()).outcome == "unsure"


@needs_print
def test_every_form_is_as_long_as_its_contract_and_no_page_comes_twice(forms: LongForms) -> None:
    for count in (2, 10):
        (pack,) = load_packs(forms.of(count), CHECKS).documents()
        assert (pack.case_type, pack.type) == (CASE, FORM)
        assert [rule.spec.id for rule in pack.rules] == ["SEAL-03"]
        assert pack.reference is not None
        form, _ = open_reference(pack.reference, pack.edition or "")
        assert len({page.text for page in form.pages}) == len(form.pages) == len(pages_of_form(count)) == count
        assert {blank.page for blank in form.blanks if blank.name == "customer_seal"} == {count}


@needs_print
def test_the_shipped_rules_judge_a_file_beside_its_form(forms: LongForms, tmp_path: Path) -> None:
    contract = make_contract(job_of(jobs.ABSENT, sheets=2, signing=False), forms)
    nothing = Truth("", 0, 150, "colour", [], [], [], [], [], [])
    path = write_pdf(Scan(list(contract.scanned), nothing), tmp_path / "contract.pdf")
    told = judge_straddle(path, contract.customer, date(2026, 10, 9), templates=forms.of(2))
    assert {finding.rule[:7] for finding in told.findings} == {"SEAL-03"}
    assert told.straddle is not None
    assert told.outcome in ("fail", "unsure")
