"""Is the format contract unmodified? Tampered papers of every kind, and papers that nobody touched."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks import pictures, product
from benchmarks.comparison.forms import open_forms
from benchmarks.comparison.jobs import SHIPPED, Job, honest_jobs, tampered_jobs
from benchmarks.comparison.judge import (
    Answered,
    Honest,
    judge_honest,
    judge_tampered,
    surest_difference,
    told_boxes,
)
from benchmarks.comparison.papers import Paper, make
from benchmarks.comparison.tables import Case, is_good, plots, skipped, tables
from benchmarks.crew import Crash, Crew, Done
from benchmarks.measure import Miss, Section
from benchmarks.plan import Plan

TODAY = date(2026, 9, 28)
PICTURES = 6  # a row
NEAREST = 10  # papers that were answered right, but only just
NEAR_ALARMS, NEAR_MISSES = "nearest false alarms", "nearest misses"


def run(plan: Plan, crew: Crew) -> Section:
    """Tampering by class and condition, false alarms by condition and layout."""
    try:
        open_forms(plan.out)
    except FileNotFoundError as error:
        return Section("comparison", skipped=(f"everything: {error}",))
    spoilt = _cases(crew.map(work, tampered_jobs(plan), "tampered contracts"))
    honest = _cases(crew.map(work, honest_jobs(plan), "unmodified contracts"))
    right = [case for case in (*spoilt, *honest) if case.picture and not case.what]
    near = nearest(right)
    _throw_away(plan, [case for case in right if case.picture not in {item.picture for item in near}])
    return Section(
        "comparison",
        tables(spoilt, honest),
        misses=[*_misses(plan, [*spoilt, *honest]), *near],
        skipped=skipped(plan, spoilt, honest),
        plots=plots(plan.out, plan.label, spoilt, honest),
    )


@dataclass(frozen=True)
class Outcome:
    """What became of a paper; `what` is empty when it was answered right, `near` says what was told nevertheless."""

    told: Answered | Honest
    what: str
    near: str
    picture: str


def work(job: Job) -> Outcome:
    """Make the paper, ask the product, lay both beside each other."""
    forms = open_forms(job.plan.out)
    templates = product.SHIPPED if job.form == SHIPPED else forms.templates
    with tempfile.TemporaryDirectory(dir=job.plan.scratch) as folder:
        paper = make(job, forms, Path(folder))
        told = product.tell(paper.path, TODAY, templates=templates)
    answer: Answered | Honest
    if job.honest:
        answer = judge_honest(told)
        what = f"failed: {', '.join(answer.rules)}" if answer.answer == "failed" else ""
    else:
        answer = judge_tampered(job.kind, paper.places, paper.old, paper.new, told)
        what = _wrong(answer, paper)
    near = "" if what else _near(answer, told)
    picture = _picture(job, paper, told) if what or near else ""
    return Outcome(answer, what, near, picture)


def _near(answer: Answered | Honest, told: product.Told) -> str:
    """What is told against an honest paper; of a changed one, why it is no more than doubtful."""
    if isinstance(answer, Answered):
        return f"doubt, {answer.confidence:.2f} at the change" if answer.answer == "indeterminate" else ""
    surest = surest_difference(told.facts.observations.comparison)
    if surest is None:
        return ""
    signals = ", ".join(surest.signals) or surest.note
    return f"{surest.confidence:.2f} “{surest.expected[:24]}” → “{surest.found[:24]}” ({signals})"


def _wrong(answer: Answered, paper: Paper) -> str:
    change = f"“{paper.old[:24]}” → “{paper.new[:24]}”" if paper.old or paper.new else "the change"
    if answer.answer == "passed":
        return f"passed with {change}"
    if answer.box is False or not answer.page:
        return f"{answer.answer}, but {change} is not told where it is"
    return ""


def _picture(job: Job, paper: Paper, told: product.Told) -> str:
    """The place of the change, else of the first thing told, with its line; a whole page when there is neither."""
    boxes = told_boxes(told)
    surest = surest_difference(told.facts.observations.comparison) if job.honest else None
    if surest is not None and surest.page is not None and surest.box is not None:
        boxes = [(surest.page, surest.box), *boxes]
    shown = [place for place in paper.places if place.page is not None]
    page = shown[0].page if shown else next((page for page, _ in boxes), 1)
    if page is None or not 1 <= page <= len(paper.scan.pages):
        return ""
    sheet = paper.scan.pages[page - 1]
    truth = [place.box for place in shown if place.page == page and place.box is not None]
    said = [box for number, box in boxes if number == page]
    middle = next(iter(truth or said), None)
    crop = None
    if middle is not None:
        crop = (0.0, middle[1], sheet.size_pt[0], middle[3])
    return pictures.save(
        job.plan.pictures, f"comparison-{job.name}", sheet.picture, sheet.dpi, truth, said, crop, margin_pt=60.0
    )


def _cases(done: Sequence[Done[Job, Outcome]]) -> list[Case]:
    return [
        Case(item.job, None, f"crash: {item.result.message.strip().splitlines()[-1]}", "")
        if isinstance(item.result, Crash)
        else Case(item.job, item.result.told, item.result.what, item.result.picture, item.result.near)
        for item in done
    ]


def _misses(plan: Plan, cases: Sequence[Case]) -> list[Miss]:
    """The gravest cases of each row; pictures beyond those are thrown away."""
    kept: dict[str, int] = {}
    found = []
    for case in sorted((case for case in cases if case.what), key=lambda case: not case.grave):
        kept[case.job.kind] = kept.get(case.job.kind, 0) + 1
        if kept[case.job.kind] > PICTURES:
            _throw_away(plan, [case])
            continue
        found.append(Miss(case.table, case.job.kind, f"{case.job.name}, {case.job.condition}", case.what, case.picture))
    return found


def nearest(right: Sequence[Case]) -> list[Miss]:
    """Of papers answered right the changed ones whose change is told least surely, and the honest ones against which
    the surest differences are told; good scans in colour first, others never pass.
    """
    changed = sorted(
        ((*_usual(case.job), case.told.confidence, case) for case in right if isinstance(case.told, Answered)),
        key=lambda item: item[:3],
    )
    honest = sorted(
        ((*_usual(case.job), -case.told.confidence, case) for case in right if isinstance(case.told, Honest)),
        key=lambda item: item[:3],
    )
    return [
        Miss(case.table, row, f"{case.job.name}, {case.job.condition}", case.near, case.picture)
        for row, ranked in ((NEAR_MISSES, changed), (NEAR_ALARMS, honest))
        for *_, case in ranked[:NEAREST]
    ]


def _usual(job: Job) -> tuple[bool, bool]:
    return job.condition.mode != "colour", not is_good(job)


def _throw_away(plan: Plan, cases: Sequence[Case]) -> None:
    for case in cases:
        if case.picture:
            (plan.out / case.picture).unlink(missing_ok=True)
