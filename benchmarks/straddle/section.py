"""Straddle seals: does a sound document pass, and does an unsound one never."""

from __future__ import annotations

import tempfile
import traceback
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path

from benchmarks import pictures, plots
from benchmarks.crew import Crew, Done
from benchmarks.measure import Miss, Section
from benchmarks.plan import Plan
from benchmarks.product import judge_straddle
from benchmarks.straddle.forms import LongForms, open_forms
from benchmarks.straddle.jobs import GENUINE, HIDDEN, ROUND, StraddleJob, straddle_jobs
from benchmarks.straddle.paper import Contract, make_contract, montage
from benchmarks.straddle.tables import (
    BANDED,
    CONDITION,
    HARD,
    SIGNED,
    VERDICT,
    StraddleResult,
    condition_table,
    form_table,
    named_pages,
    named_table,
    sheets_of,
    sheets_table,
    signed_table,
    verdict_tables,
)
from tests.simulator import fonts
from tests.simulator.dossier import Scan, Truth
from tests.simulator.writers import write_pdf

_TODAY = date(2026, 10, 9)
_SHOWN = 6  # pictures a row


def run(plan: Plan, crew: Crew) -> Section:
    """Made contracts of 2 to 30 sheets, sound and unsound, compared with their form and judged by the shipped rules."""
    if lacking := fonts.missing():
        return Section("straddle", skipped=(f"everything: {lacking}",))
    try:
        forms = open_forms(plan.out)
    except FileNotFoundError as error:
        return Section("straddle", skipped=(f"everything: {error}",))
    skipped = ["reading the customer's name from the page: it is given to the rules as if read without error"]
    jobs = straddle_jobs(plan, plan.size(ROUND, 11 * ROUND))
    done = crew.map(partial(work, forms), jobs, "stamped contracts")
    results = [item.value or StraddleResult(item.job, "crash", crash=_last(item)) for item in done]
    misses = _misses(results)
    wanted = {miss.picture for miss in misses}
    for result in results:
        if result.picture and result.picture not in wanted:
            (plan.out / result.picture).unlink(missing_ok=True)
    tables = [
        *verdict_tables(results),
        signed_table(results),
        sheets_table(results),
        condition_table(results),
        named_table(results),
        form_table(results),
    ]
    return Section("straddle", tables, misses, skipped, plots=[_plot(plan, results)])


def work(forms: LongForms, job: StraddleJob) -> StraddleResult:
    """Make a contract, show it to the product, compare."""
    contract = make_contract(job, forms)
    with tempfile.TemporaryDirectory() as folder:
        nothing = Truth("", job.seed, job.dpi, "", [], [], [], [], [], [])
        path = write_pdf(Scan(list(contract.scanned), nothing), Path(folder) / "contract.pdf")
        try:
            told = judge_straddle(path, contract.customer, _TODAY, templates=forms.of(job.pages))
        except Exception:
            crash = traceback.format_exc(limit=-3)
            return StraddleResult(job, "crash", crash=crash, picture=_picture(job, contract))
    straddle = told.straddle
    outcome = "crash" if told.outcome == "error" else told.outcome
    named = named_pages(job, straddle, contract.pages, contract.order) if straddle else ""
    wrong = outcome not in job.right or named == "wrong"
    return StraddleResult(
        job,
        outcome,
        form=straddle.form if straddle else "",
        named=named,
        said="; ".join(
            f"{finding.rule} {finding.outcome}" for finding in told.findings if finding.outcome in ("fail", "unsure")
        ),
        reason=straddle.reason if straddle else "not known for the form",
        picture=_picture(job, contract) if wrong else "",
    )


def _picture(job: StraddleJob, contract: Contract) -> str:
    strips, dpi = montage(contract)
    return pictures.save(job.pictures, f"straddle-{job.index:04d}", strips, dpi)


def _last(item: Done[StraddleJob, StraddleResult]) -> str:
    return "" if item.value else str(getattr(item.result, "message", "")).strip()


def _misses(results: Sequence[StraddleResult]) -> list[Miss]:
    shown: dict[tuple[str, str], int] = {}
    misses = []
    for result in results:
        if result.right and result.named != "wrong":
            continue
        job = result.job
        rows = [(HARD if job.kind in HIDDEN else VERDICT, job.kind)]
        if job.kind == GENUINE:
            rows += [(CONDITION, job.condition), (BANDED, sheets_of(job))]
        elif job.signing:
            rows.append((SIGNED, f"{job.kind}, signed"))
        case = f"document {job.index} ({job.sheets} sheets, {job.condition}, {job.dpi} dpi, {job.preset})"
        what = result.crash.splitlines()[-1] if result.crash else f"{result.outcome}: {result.said}; {result.reason}"
        for table, row in rows:
            shown[table, row] = shown.get((table, row), 0) + 1
            if shown[table, row] <= _SHOWN:
                misses.append(Miss(table, row, case, what, result.picture))
    return misses


def _plot(plan: Plan, results: Sequence[StraddleResult]) -> str:
    sound = [result for result in results if result.job.kind == GENUINE]
    bars = {
        band: {
            outcome: float(sum(sheets_of(r.job) == band and r.outcome == outcome for r in sound))
            for outcome in ("pass", "unsure", "fail", "crash")
        }
        for band in dict.fromkeys(sheets_of(result.job) for result in sorted(sound, key=lambda r: r.job.sheets))
    }
    title = "Sound documents by number of sheets"
    return plots.stacked(plan.out, f"straddle-sound-{plan.label}", title, "documents", bars)
