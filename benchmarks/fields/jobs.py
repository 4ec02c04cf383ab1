"""Scans of filled forms: random contents, every condition of the scanner, one job a paper."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from benchmarks import pictures
from benchmarks.fields.judge import Seen, form_of, judge
from benchmarks.plan import Plan
from benchmarks.product import SHIPPED, Told, tell, tell_case
from pipeline.model import Finding
from tests.simulator.defects_order import PageMissing
from tests.simulator.dossier import Scan, ScanJob, Stamp, simulate
from tests.simulator.fictional import company
from tests.simulator.fictional_papers import TODAY, cooperation_agreement, order, print_all, service_agreement
from tests.simulator.fill import Style
from tests.simulator.orders import write_docx
from tests.simulator.paper import Mode, preset
from tests.simulator.seals import SealSpec
from tests.simulator.writers import write_pdf

Form = Literal["service_agreement", "cooperation_agreement", "purchase_order"]
QUALITIES, RESOLUTIONS = ("clean", "normal", "hard"), (150, 200, 300)
MODES: tuple[Mode, ...] = ("colour", "grey", "1-bit")
# Sheets without a blank: they say nothing about fields and would take most of the time.
EMPTY: Mapping[Form, tuple[int, ...]] = {"service_agreement": (2, 3, 4, 5, 6), "cooperation_agreement": (2, 3)}
_SHOWN = 4  # pictures of one paper


@dataclass(frozen=True)
class Condition:
    """How a paper is scanned."""

    quality: str
    dpi: int
    mode: Mode

    @property
    def label(self) -> str:
        """For the tables."""
        return f"{self.quality}, {self.dpi} dpi, {self.mode}"


@dataclass(frozen=True)
class Job:
    """One paper: the form to print, what is written into it (field, words), what that means, how it is scanned.

    `over` = the seal lies over entries, not in its own place.
    """

    number: int
    form: Form
    condition: Condition
    style: Style
    pdf: Path
    copy: Path | None
    printed: tuple[tuple[str, str], ...]
    meant: tuple[tuple[str, str], ...]
    stamp: Stamp
    over: bool
    seed: int
    pictures: Path

    @property
    def lines(self) -> int:
        """Order lines on the paper."""
        return len({key.split(".")[1] for key, _ in self.meant if key.startswith("lines.")})


@dataclass(frozen=True)
class Result:
    """What became of a paper; `failed` = block rules that failed, `beside` = those of the copy's comparison."""

    seen: tuple[Seen, ...]
    classified: bool
    verdict: str
    failed: tuple[str, ...]
    beside: tuple[str, ...]
    pictures: tuple[tuple[str, str], ...] = ()


def conditions(rng: np.random.Generator, count: int) -> list[Condition]:
    """Any three in a row show every quality, resolution and mode once; 27 in a row are all there are."""
    cells = list(itertools.product(range(3), range(3)))
    shifts = [cells[index] for index in rng.permutation(len(cells))]
    every = [
        Condition(QUALITIES[step], RESOLUTIONS[(step + dpi) % 3], MODES[(step + mode) % 3])
        for dpi, mode in shifts
        for step in range(3)
    ]
    return [every[index % len(every)] for index in range(count)]


def agreement_jobs(plan: Plan, count: int) -> list[Job]:
    """Every third a cooperation agreement; typed and by hand in turn."""
    jobs = []
    for index, condition in enumerate(conditions(plan.rng("agreements' conditions", 0), count)):
        rng = plan.rng("agreements", index)
        party = company(rng)
        turn = index // 3 + index % 3  # so that neither form nor pen goes with one quality
        form: Form = "cooperation_agreement" if turn % 3 == 2 else "service_agreement"
        paper = (cooperation_agreement if form == "cooperation_agreement" else service_agreement)(rng, party)
        zone = "seal_b" if form == "cooperation_agreement" else "customer_seal"
        # As on official letters the seal presses the date; on every other paper it stays in its own place.
        over = (index // 2) % 2 == 1
        x, y = (rng.uniform(-48, -28), rng.uniform(-62, -45)) if over else (rng.uniform(-8, 8), rng.uniform(-6, 6))
        if form == "cooperation_agreement" and over:
            y += 22  # its date stands just above the place for the seal
        stamp = Stamp(party.seal(float(rng.uniform(-25, 25))), zone=zone, offset_mm=(float(x), float(y)))
        style: Style = "typed" if turn % 2 else "hand"
        pdf = SHIPPED / "csp_order" / form / "reference.pdf"
        filled, meant, seed = tuple(paper.printed.items()), tuple(paper.meant.items()), int(rng.integers(1 << 31))
        jobs.append(Job(index, form, condition, style, pdf, None, filled, meant, stamp, over, seed, plan.pictures))
    return jobs


def order_jobs(plan: Plan, count: int) -> list[Job]:
    """Orders of one to six lines with their electronic copies; raises RuntimeError without LibreOffice."""
    template = SHIPPED / "csp_order" / "purchase_order" / "outgoing.docx"
    folder = plan.scratch / "orders"
    papers, copies, rngs = [], [], []
    for index in range(count):
        rng = plan.rng("orders", index)
        paper = order(rng, 1 + (index + index // 6) % 6)  # so that no number of lines goes with one quality
        papers.append(paper)
        copies.append(write_docx(template, paper.printed, folder / f"order-{index}.docx"))
        rngs.append(rng)
    printed = print_all(copies, folder)
    jobs = []
    for index, condition in enumerate(conditions(plan.rng("orders' conditions", 0), count)):
        rng, paper = rngs[index], papers[index]
        seal = SealSpec(paper.meant["agent_name"], rotation_deg=float(rng.uniform(-25, 25)))
        over = (index // 3 + index % 3) % 3 == 0
        reach = (-30.0, -24.0) if over else (0.0, -4.0)
        offset = (38.0 + float(rng.uniform(reach[0], 6)), 2.0 + float(rng.uniform(reach[1], 4)))
        stamp = Stamp(seal, near="采购方（盖章处）", offset_mm=offset)
        meant, seed = tuple(paper.meant.items()), int(rng.integers(1 << 31))
        pdf, copy = printed[index], copies[index]
        jobs.append(
            Job(index, "purchase_order", condition, "typed", pdf, copy, (), meant, stamp, over, seed, plan.pictures)
        )
    return jobs


def work(job: Job) -> Result:
    """Print, fill, stamp and scan a paper, let the product read it, judge every field."""
    order_of_sheets = tuple(PageMissing(page) for page in EMPTY.get(job.form, ()))
    scan = simulate(
        ScanJob(
            pdf=job.pdf,
            values=dict(job.printed),
            style=job.style,
            stamps=(job.stamp,),
            order=order_of_sheets,
            settings=preset(job.condition.quality, job.condition.dpi, job.condition.mode),
            seed=job.seed,
        )
    )
    with tempfile.TemporaryDirectory() as folder:
        path = write_pdf(scan, Path(folder) / "scan.pdf")
        told, beside = _told(path, job.copy)
    seen = judge(form_of(job.form), dict(job.meant), told.review.fields, told.review.findings, beside)
    return Result(
        seen=seen,
        classified=told.facts.classification.type == job.form,
        verdict=told.review.verdict,
        failed=_failed(told.review.findings),
        beside=_failed(beside),
        pictures=_shown(job, scan, seen),
    )


def _told(path: Path, copy: Path | None) -> tuple[Told, tuple[Finding, ...]]:
    if copy is None:
        return tell(path, TODAY), ()
    case = tell_case([path, copy], "csp_order", TODAY)
    return case.documents[path.name], tuple(finding for finding in case.findings if finding.rule.startswith("DOS-03"))


def _failed(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(sorted({f.rule for f in findings if f.severity == "block" and f.outcome == "fail"}))


def _shown(job: Job, scan: Scan, seen: tuple[Seen, ...]) -> tuple[tuple[str, str], ...]:
    """Pictures of some wrong or refused values, those without a word first: field -> file."""
    wrong = [item for item in seen if item.box and item.page and (item.state != "right" or item.refused)]
    wrong.sort(key=lambda item: item.state == "flagged")
    shown = []
    for item in wrong[:_SHOWN]:
        assert item.box is not None
        assert item.page is not None
        page = scan.pages[item.page - 1]
        truth = [value["box"] for value in scan.truth.values if value["name"] == item.key]
        name = f"fields-{job.form}-{job.number}-{item.key}"
        crop, spot = item.box, [item.box]
        shown.append((item.key, pictures.save(job.pictures, name, page.picture, page.dpi, truth, spot, crop)))
    return tuple(shown)
