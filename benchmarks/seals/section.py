"""Seals on single pages: found or not, called what, read how, and what was taken for a seal."""

from __future__ import annotations

import subprocess
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import pictures, plots
from benchmarks.crew import Crew, Done
from benchmarks.measure import Miss, Rate, Section
from benchmarks.plan import Plan
from benchmarks.product import observe
from benchmarks.seals.jobs import PageJob, page_jobs
from benchmarks.seals.paper import SealPage, make_page
from benchmarks.seals.reading import kind_table, size_table, text_table
from benchmarks.seals.score import SAME_TEXT, PageResult, match
from benchmarks.seals.tables import FALSE, false_table, found_table, grey_table
from benchmarks.seals.wrong import Wrong, wrongs
from tests.simulator import fonts
from tests.simulator.dossier import Scan, Truth
from tests.simulator.orders import to_pdf, write_docx
from tests.simulator.samples import CASES, ORDER_FORM
from tests.simulator.writers import write_pdf

_READING = (text_table, kind_table, size_table)
_SHOWN = 6  # pictures a row


def run(plan: Plan, crew: Crew) -> Section:
    """Made pages at three resolutions, in colour, grey and 1-bit, with none to four seals and with look-alikes."""
    if lacking := fonts.missing():
        return Section("seals", skipped=(f"everything: {lacking}",))
    skipped: list[str] = ["real scans: their seals are judged in the section of real files"]
    order_form = _order_form(plan, skipped)
    done = crew.map(work, page_jobs(plan, plan.size(40, 600), order_form), "sealed pages")
    skipped += [f"page {item.job.index} was not made or killed the process" for item in done if item.value is None]
    results = [item.value for item in done if item.value is not None]
    misses = _dead(done) + _shown(plan, results)
    colour = [result for result in results if result.job.mode == "colour"]
    tables = [found_table(colour), false_table(colour), grey_table(results), *(make(colour) for make in _READING)]
    return Section("seals", tables, misses, skipped, plots=_plots(plan, results))


def work(job: PageJob) -> PageResult:
    """Make a page, show it to the product, compare."""
    page = make_page(job)
    with tempfile.TemporaryDirectory() as folder:
        nothing = Truth("", job.seed, job.dpi, job.mode, [1], [], [], [], [], [])
        path = write_pdf(Scan([page.scanned], nothing), Path(folder) / "page.pdf")
        try:
            told, crash = observe(path, straddle=False).observations.seals, ""
        except Exception:
            told, crash = (), traceback.format_exc(limit=-3)
    cases, false = match(page, told)
    result = PageResult(job, cases, false, tuple(thing.kind for thing in page.things), crash)
    misses = tuple(_pictured(result, page, nth, wrong) for nth, wrong in enumerate(wrongs(result)))
    return replace(result, misses=misses)


def _order_form(plan: Plan, skipped: list[str]) -> Path | None:
    """The order form filled and printed, None where there is no LibreOffice."""
    try:
        filled = write_docx(ORDER_FORM, CASES[0].order.context(), plan.scratch / "order.docx")
        return to_pdf(filled, plan.scratch)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        skipped.append(f"pages of the order form, as it cannot be printed here ({type(error).__name__})")
        return None


def _pictured(result: PageResult, page: SealPage, nth: int, wrong: Wrong) -> Miss:
    """The miss with a picture of its seal, true boxes and told ones drawn in."""
    job, scanned = result.job, page.scanned
    told = [case.told.box for case in result.cases if case.told] + [false.told.box for false in result.false]
    truth = [seal.box for seal in page.seals]
    name = f"seals-{job.index:04d}-{nth}"
    picture = pictures.save(job.pictures, name, scanned.picture, scanned.dpi, truth, told, wrong.box)
    case = f"page {job.index} ({job.base}, {job.dpi} dpi, {job.mode}, {job.preset})"
    return Miss(wrong.table, wrong.row, case, wrong.what, picture)


def _shown(plan: Plan, results: Sequence[PageResult]) -> list[Miss]:
    """The first misses of every row; the pictures of the others are deleted."""
    count: dict[tuple[str, str], int] = {}
    misses = []
    for miss in [miss for result in results for miss in result.misses]:
        key = miss.table, miss.row
        count[key] = count.get(key, 0) + 1
        if count[key] <= _SHOWN:
            misses.append(miss)
        else:
            (plan.out / miss.picture).unlink(missing_ok=True)
    return misses


def _dead(done: Sequence[Done[PageJob, PageResult]]) -> list[Miss]:
    """Pages on which the whole process died: nobody knows what was on them."""
    return [
        Miss(FALSE, "all pages", f"page {item.job.index}", "no answer: the process died or the page was not made")
        for item in done
        if item.value is None
    ]


# --- curves -------------------------------------------------------------------------------------------------------


def _plots(plan: Plan, results: Sequence[PageResult]) -> list[str]:
    recall = {
        mode: [
            (float(dpi), Rate.of(c.found for r in results if (r.job.mode, r.job.dpi) == (mode, dpi) for c in r.cases))
            for dpi in (150, 200, 300)
        ]
        for mode in ("colour", "grey", "1-bit")
    }
    read = {
        name: [(float(dpi), Rate.of(_alike(results, dpi, over_text=over))) for dpi in (150, 200, 300)]
        for name, over in (("on blank paper", False), ("over text", True))
    }
    return [
        plots.rates(plan.out, f"seals-recall-{plan.label}", "Seals found", "dpi", recall),
        plots.rates(plan.out, f"seals-text-{plan.label}", "Ring text at least 85 % alike", "dpi", read),
    ]


def _alike(results: Sequence[PageResult], dpi: int, *, over_text: bool) -> list[bool]:
    pages = [result for result in results if result.job.mode == "colour" and result.job.dpi == dpi]
    return [
        case.likeness >= SAME_TEXT
        for result in pages
        for case in result.cases
        if case.found and case.true.spec.shape != "square" and case.true.over_text == over_text and not case.true.cut
    ]
