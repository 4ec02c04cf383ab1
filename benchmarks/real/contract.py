"""A real standard contract in successive revisions: each revision is the blank form of the next one's test."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
import pypdfium2

from benchmarks import pictures, product
from benchmarks.crew import Crash, Crew, Done
from benchmarks.measure import Cell, Goal, Miss, Number, Rate, Section, Table
from benchmarks.plan import Plan
from benchmarks.real.files import absent, capped, items
from benchmarks.real.print import Box, cut
from benchmarks.real.revisions import SIZES, Pair, choose, pack_of, size_of
from pipeline.model import Difference, Pixels
from tests.simulator.dossier import ScanJob, Stamp, simulate
from tests.simulator.ink import mm
from tests.simulator.paper import preset
from tests.simulator.parties import QINGHE
from tests.simulator.writers import write_pdf

Form = Literal["scan", "PDF"]
EQUAL, CHANGED = "Real contract, the same revision", "Real contract, the next revision"
TODAY = date(2026, 9, 28)
RULE = "AGR-01"
NEAR_PT = 6.0
_WIDE = 2000.0  # pt, beyond any paper
TALL_PT = 120.0  # a told box taller than this points at nothing
SPOTS = ((165.0, 262.0), (50.0, 262.0), (165.0, 150.0), (50.0, 60.0))  # mm; where a seal may stand on a page


@dataclass(frozen=True)
class RevisionJob:
    """One submission measured against the earlier revision; `changed` = the later one is submitted."""

    pair: Pair
    changed: bool
    form: Form
    seed: int
    templates: Path
    folder: Path


@dataclass(frozen=True)
class Verdict:
    """What was said: outcome of the format rule; which edits were pointed at; differences elsewhere."""

    outcome: str
    located: tuple[bool, ...]
    elsewhere: int
    pages: int
    what: str = ""
    picture: str = ""


def run(plan: Plan, crew: Crew, data: Path) -> Section:
    """Print neighbours, scan them, compare."""
    revisions = [item for item in items(data, "format_contract") if item.path.suffix == ".md"]
    if not revisions:
        return absent("real", "format_contract")
    try:
        pairs, same = choose(plan, revisions)
    except FileNotFoundError as error:
        return Section("real", skipped=(f"revisions of a contract: {error}",))
    done = crew.map(work, jobs(plan, pairs), "revisions of a contract")
    skipped = (f"revisions of a contract: {same} of the neighbours looked at print the same words",) if same else ()
    return Section("real", tables(done), capped(misses(done)), skipped)


def jobs(plan: Plan, pairs: Sequence[Pair]) -> list[RevisionJob]:
    """Four submissions a pair: the same and the next revision, each scanned and as the PDF itself.

    Quick: the PDF of the same revision once only.
    """
    listed = []
    for index, pair in enumerate(pairs):
        seeds = plan.rng("real", index + 1).integers(2**31, size=2)
        templates = pack_of(pair, plan.scratch)
        for changed, seed in zip((False, True), seeds, strict=True):
            forms: tuple[Form, ...] = ("scan",) if plan.quick and index and not changed else ("scan", "PDF")
            for form in forms:
                listed.append(RevisionJob(pair, changed, form, int(seed), templates, plan.pictures))
    return listed


def work(job: RevisionJob) -> Verdict:
    """Submit one and see what is said."""
    pair = job.pair
    with tempfile.TemporaryDirectory(prefix="revision-") as scratch:
        paper = cut(pair.after if job.changed else pair.before, pair.pages, Path(scratch) / "contract.pdf")
        places = [(edit.page, edit.box) for edit in pair.edits] if job.changed else []
        if job.form == "scan":
            scan = simulate(scan_job(paper, job))
            places = [(page, scan.pages[page - 1].box(mm(box))) for page, box in places]
            paper = write_pdf(scan, Path(scratch) / "scan.pdf")
        told = product.tell(paper, TODAY, templates=job.templates)
        comparison = told.facts.observations.comparison
        differences = comparison.differences if comparison else ()
        verdict = judge(told.worst(RULE), places, differences, len(pair.pages))
        said = "; ".join(f"{item.rule} {item.outcome}: {item.message.en}" for item in told.findings(RULE, "IN-"))
        verdict = replace(verdict, what=said[:300])
        if not _wrong(job, verdict):
            return verdict
        return replace(verdict, picture=_picture(job, paper, places, differences))


def scan_job(paper: Path, job: RevisionJob) -> ScanJob:
    """Stamped as a contract is, on every page and away from the edits, and scanned as the desk asks for it."""
    edited = [(edit.page, mm(edit.box)) for edit in job.pair.edits] if job.changed else []
    stamps = []
    for page in range(1, len(job.pair.pages) + 1):
        free = [spot for spot in SPOTS if not any(number == page and _covers(spot, box) for number, box in edited)]
        stamps.append(Stamp(QINGHE.seal(job.seed % 13 - 6.0), page=page, at_mm=(free or list(SPOTS))[0]))
    return ScanJob(pdf=paper, stamps=tuple(stamps), settings=preset("normal", dpi=300), seed=job.seed)


def _covers(spot: tuple[float, float], box_mm: Box) -> bool:
    reach = QINGHE.seal(0.0).diameter_mm / 2 + 4
    across = box_mm[0] - reach < spot[0] < box_mm[2] + reach
    return across and box_mm[1] - reach < spot[1] < box_mm[3] + reach


def judge(outcome: str, places: Sequence[tuple[int, Box]], differences: Sequence[Difference], pages: int) -> Verdict:
    """Which true places (page, box in pt) are pointed at by a difference that the form does not allow.

    What is told on the line of an edit is not elsewhere: longer words shift the rest of their line.
    """
    open_ = [item for item in differences if item.kind in ("change", "reading")]
    located = tuple(any(_points(item, page, box) for item in open_) for page, box in places)
    lines = [(page, (0.0, box[1], _WIDE, box[3])) for page, box in places]
    elsewhere = sum(not any(_points(item, page, box) for page, box in lines) for item in open_)
    return Verdict(outcome, located, elsewhere, pages)


def _points(item: Difference, page: int, box: Box) -> bool:
    if item.page != page or item.box is None or item.box[3] - item.box[1] > TALL_PT:
        return False
    across = min(item.box[2], box[2]) - max(item.box[0], box[0])
    along = min(item.box[3], box[3]) - max(item.box[1], box[1])
    return across > -NEAR_PT and along > -NEAR_PT


def _wrong(job: RevisionJob, verdict: Verdict) -> bool:
    return (verdict.outcome == "pass" or not all(verdict.located)) if job.changed else verdict.outcome == "fail"


def _picture(
    job: RevisionJob, paper: Path, places: Sequence[tuple[int, Box]], differences: Sequence[Difference]
) -> str:
    """The first page with something wrong, around the first place if there is one."""
    told = [(item.page, item.box) for item in differences if item.kind in ("change", "reading") and item.box]
    page, crop = next(iter([*places, *told]), (1, None))
    dpi = 150.0
    with pypdfium2.PdfDocument(paper) as document:
        pixels: Pixels = np.asarray(document[(page or 1) - 1].render(scale=dpi / 72).to_pil().convert("RGB"))
    name = f"real-{'next' if job.changed else 'same'}-{job.form}-{job.pair.after.stem[:7]}"
    here = [box for number, box in places if number == page]
    marked = [box for number, box in told if number == page]
    return pictures.save(job.folder, name, pixels, dpi, here, marked, crop)


# --- tables -------------------------------------------------------------------------------------------------------


def row_of(job: RevisionJob) -> str:
    """Size of the change and form."""
    return f"{size_of(job.pair.edits)}, {job.form}" if job.changed else job.form


def answers(done: Iterable[Done[RevisionJob, Verdict]]) -> list[tuple[RevisionJob, Verdict]]:
    """A crash points at nothing and is no verdict of the rule."""
    return [
        (item.job, _lost(item.job, item.result) if isinstance(item.result, Crash) else item.result) for item in done
    ]


def _lost(job: RevisionJob, crash: Crash) -> Verdict:
    return Verdict("crash", tuple(False for _ in job.pair.edits) if job.changed else (), 0, 0, crash.message[-300:])


def tables(done: Sequence[Done[RevisionJob, Verdict]]) -> tuple[Table, Table]:
    """The same revision, and the next."""
    listed = answers(done)
    equal: dict[str, dict[str, Cell]] = {}
    changed: dict[str, dict[str, Cell]] = {}
    labels = [*("scan", "PDF"), *(f"{size}, {form}" for size in SIZES for form in ("scan", "PDF"))]
    for label in labels:
        chosen = [(job, verdict) for job, verdict in listed if row_of(job) == label]
        if not chosen:
            continue
        said = [verdict.outcome for _, verdict in chosen]
        pages = sum(verdict.pages for _, verdict in chosen)
        stray = Number(sum(verdict.elsewhere for _, verdict in chosen) / pages if pages else 0.0, "a page")
        held = Rate.of((outcome not in ("pass", "fail") for outcome in said), "none")
        passed, failed = [outcome == "pass" for outcome in said], [outcome == "fail" for outcome in said]
        row: dict[str, Cell] = {"n": len(chosen)}
        sure: Goal = "high" if chosen[0][0].form == "scan" else "none"
        if chosen[0][0].changed:
            located = [hit for _, verdict in chosen for hit in verdict.located]
            row |= {"passed": Rate.of(passed, "low"), "indeterminate": held, "failed": Rate.of(failed, sure)}
            changed[label] = row | {"edits pointed at": Rate.of(located), "told elsewhere": stray}
        else:
            row |= {"failed": Rate.of(failed, "low"), "indeterminate": held, "passed": Rate.of(passed, sure)}
            equal[label] = row | {"told elsewhere": stray}
    note = (
        "Outcome of the format rule against the earlier revision as blank form, on the pages around the edits. "
        "A PDF made on a computer was never on paper: there the product promises no more than doubt."
    )
    tail = ["edits pointed at", "told elsewhere"]
    return (
        Table(EQUAL, ["n", "failed", "indeterminate", "passed", tail[1]], equal, note),
        Table(CHANGED, ["n", "passed", "indeterminate", "failed", *tail], changed, note),
    )


def misses(done: Iterable[Done[RevisionJob, Verdict]]) -> Iterable[Miss]:
    """False passes, false failures, edits that nobody pointed at."""
    for job, verdict in answers(done):
        if _wrong(job, verdict) or verdict.outcome == "crash":
            missed = [edit for edit, hit in zip(job.pair.edits, verdict.located, strict=False) if not hit]
            lost = "; ".join(f"{edit.before!r} to {edit.after!r}" for edit in missed[:3])
            what = f"{verdict.outcome}; not pointed at: {lost or 'nothing'}; {verdict.what}"
            yield Miss(CHANGED if job.changed else EQUAL, row_of(job), job.pair.name, what, verdict.picture)
