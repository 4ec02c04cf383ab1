"""The worked dossier and its twins, each with one thing wrong, through every rule that concerns them."""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks import pictures
from benchmarks.crew import Crew, Done
from benchmarks.fields.dossier_judge import blocks, collateral, named, told_of, verdict_of, verdict_of_state
from benchmarks.fields.twins import (
    AGREEMENTS,
    BETWEEN,
    ORDERED,
    ORDERS,
    OTHERS,
    SPOILT,
    WORKED,
    Expected,
    Verdict,
    expected_of,
)
from benchmarks.measure import Cell, Miss, Rate, Table
from benchmarks.plan import Plan
from benchmarks.product import SHIPPED, CaseTold, tell_case
from pipeline.model import Finding
from tests.simulator.dossier import Scan, ScanJob, simulate
from tests.simulator.fictional_papers import TODAY, print_all
from tests.simulator.orders import write_docx
from tests.simulator.parties import QINGHE
from tests.simulator.twins import agreement, former_edition, order_paper, other_edition
from tests.simulator.writers import write_pdf

TITLE = "The worked dossier and its twins"
AGREEMENT, PAPER = "agreement.pdf", "order.pdf"
_EDITION = "sheet of another edition"
_ELSEWHERE = "opened elsewhere 5 months ago"
_SHOWN = 6
_NOTE = (
    "Twins of the agreement are judged by the agreement alone, twins of the order by its scan and the rules between "
    "scan and electronic copy (the copy's own findings, which read no picture, are left out); the worked dossier is "
    "judged whole. rule named: the rule has the expected outcome. collateral failures: another blocking rule fails, or "
    "the named one where it must not. falsely accepted: passed where it must not."
)


@dataclass(frozen=True)
class Job:
    """One made dossier; `printed`, `copy` = the order; `former` = the agreement's earlier edition."""

    twin: str
    number: int
    seed: tuple[int, ...]
    printed: Path | None
    copy: Path | None
    former: Path | None
    pictures: Path


@dataclass(frozen=True)
class Result:
    """What was said of it."""

    verdict: Verdict
    named: bool
    collateral: tuple[str, ...]
    what: str
    picture: str = ""


def run(plan: Plan, crew: Crew) -> tuple[list[Table], list[Miss], list[str]]:
    """Tables, misses, and what was left out."""
    known = rule_ids()
    skipped = [
        f"{twin}: {'no paper is made for' if rule in known else 'the product has no'} rule {rule}"
        for twin, rule in OTHERS.items()
    ]
    names = chosen(plan)
    if plan.quick:
        skipped += [f"{twin}: not in this sample" for twin in (*AGREEMENTS, *ORDERS) if twin not in names]
    try:
        jobs = jobs_of(plan, names)
    except RuntimeError as error:
        names = [name for name in names if name in AGREEMENTS and name != _EDITION]
        skipped.append(f"all twins but those of the agreement: {error}")
        jobs = [_job(plan, name, index) for name in names for index in range(plan.size(1, 10))]
    done = crew.map(work, jobs, "dossiers")
    return [table(done)], misses(done), skipped


def rule_ids() -> frozenset[str]:
    """Ids of the rules in the shipped packs."""
    files = [SHIPPED / "csp_order" / "case.toml", *(SHIPPED / "csp_order").glob("*/pack.toml")]
    packs = [tomllib.loads(file.read_text(encoding="utf-8")) for file in files]
    return frozenset(rule["id"] for pack in packs for rule in pack.get("rules", ()))


def chosen(plan: Plan) -> list[str]:
    """All twins; in a quick run one of the agreement and three of the order, others with another seed."""
    if not plan.quick:
        return [WORKED, *AGREEMENTS, *ORDERS]
    sheets, orders = list(AGREEMENTS), list(ORDERS)
    return [
        WORKED,
        sheets[plan.seed % len(sheets)],
        *(orders[(3 * plan.seed + step) % len(orders)] for step in range(3)),
    ]


def jobs_of(plan: Plan, names: Sequence[str]) -> list[Job]:
    """The dossiers to make; prints what LibreOffice has to print, raises RuntimeError without it."""
    folder = plan.scratch / "dossiers"
    form = SHIPPED / "csp_order" / "purchase_order" / "outgoing.docx"
    papers, copies = {}, {}
    for index, name in enumerate(name for name in names if name in ORDERED):
        orders = ORDERED[name]()
        papers[name] = write_docx(form, orders.paper, folder / f"paper-{index}.docx")
        copies[name] = write_docx(form, orders.copy, folder / f"copy-{index}.docx")
    former = None
    if _EDITION in names:
        former = former_edition(SHIPPED / "csp_order" / "service_agreement" / "reference.docx", folder / "former.docx")
    print_all([*papers.values(), *([former] if former else [])], folder)
    return [
        _job(
            plan,
            name,
            index,
            papers[name].with_suffix(".pdf") if name in papers else None,
            copies.get(name),
            former.with_suffix(".pdf") if former and name == _EDITION else None,
        )
        for name in names
        for index in range(plan.size(1, 10))
    ]


def _job(
    plan: Plan, name: str, index: int, printed: Path | None = None, copy: Path | None = None, former: Path | None = None
) -> Job:
    rng = plan.rng(f"dossier {name}", index)
    seed = tuple(int(number) for number in rng.integers(1 << 31, size=4))
    return Job(name, index, seed, printed, copy, former, plan.pictures)


def work(job: Job) -> Result:
    """Make the files of a dossier, let the product judge them, compare with what must be said."""
    expected = expected_of(job.twin)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scans, files = _files(job, folder)
        told = tell_case(files, "csp_order", TODAY, templates=_templates(job, folder))
    findings = relevant(told, job.twin)
    verdict = verdict_of_state(told.state) if job.twin == WORKED else verdict_of(findings)
    result = Result(
        verdict, named(findings, expected), collateral(findings, expected), told_of(verdict, findings, expected)
    )
    return result if _good(result, expected) else replace(result, picture=_picture(job, scans, told, result))


def _files(job: Job, folder: Path) -> tuple[dict[str, Scan], list[Path]]:
    scans = {}
    if job.twin == WORKED or job.twin in AGREEMENTS:
        scans[AGREEMENT] = simulate(_agreement(job))
    if job.printed:
        scans[PAPER] = simulate(order_paper(_rng(job, 1), job.printed))
    files = [write_pdf(scan, folder / name) for name, scan in scans.items()]
    if job.copy:
        files.append(Path(shutil.copy(job.copy, folder / "order.docx")))
    return scans, files


def _agreement(job: Job) -> ScanJob:
    rng = _rng(job, 0)
    plain = agreement(rng)
    if job.former:
        return other_edition(job.former)(plain, rng)
    return SPOILT[job.twin](plain, rng) if job.twin in SPOILT else plain


def _templates(job: Job, folder: Path) -> Path:
    """The shipped packs; for one twin with an opening of this customer in the clerk's register."""
    if job.twin != _ELSEWHERE:
        return SHIPPED
    copy = Path(shutil.copytree(SHIPPED, folder / "templates"))
    register = copy / "csp_order" / "registers" / "openings.toml"
    opened = (
        f'\n[[rows]]\ncustomer_name = "{QINGHE.name}"\ncustomer_uscc = "{QINGHE.uscc}"\n'
        'distributor = "示例北斗云（北京）科技有限公司"\nopened_on = 2026-04-28\n'
    )
    register.write_text(register.read_text(encoding="utf-8") + opened, encoding="utf-8")
    return copy


def _rng(job: Job, paper: int) -> np.random.Generator:
    """Randomness of one paper of a dossier."""
    return np.random.default_rng([*job.seed, paper])


def relevant(told: CaseTold, twin: str) -> list[Finding]:
    """The findings that a twin is judged by."""
    if twin == WORKED:
        return told.all_findings()
    if twin in AGREEMENTS:
        return list(told.documents[AGREEMENT].review.findings)
    between = [finding for finding in told.findings if finding.rule.startswith(BETWEEN)]
    return [*told.documents[PAPER].review.findings, *between]


def _good(result: Result, expected: Expected) -> bool:
    return result.verdict == expected.verdict and result.named and not result.collateral


def _picture(job: Job, scans: dict[str, Scan], told: CaseTold, result: Result) -> str:
    """The page of the gravest thing said for nothing, else of what is wrong, else the first."""
    said = [(name, f) for name in scans for f in told.documents[name].review.findings]
    said += [(PAPER, f) for f in told.findings if PAPER in scans]
    seen = [(name, f) for name, f in said if f.page and f.outcome in ("fail", "unsure") and f.severity != "warn"]
    seen.sort(key=lambda pair: (pair[1].rule not in result.collateral, not blocks(pair[1])))
    truth = [(name, item) for name, scan in scans.items() for item in scan.truth.defects if item["page"]]
    places = [(name, f.page) for name, f in seen] + [(name, item["page"]) for name, item in truth]
    name, number = next(iter(places), (next(iter(scans)), 1))
    page = scans[name].pages[(number or 1) - 1]
    return pictures.save(
        job.pictures,
        f"dossier-{[*AGREEMENTS, *ORDERS, WORKED].index(job.twin)}-{job.number}",
        page.picture,
        page.dpi,
        [item["box"] for where, item in truth if (where, item["page"]) == (name, number)],
        [f.box for where, f in seen if f.box and (where, f.page) == (name, number)],
    )


COLUMNS = ("n", "right verdict", "rule named", "falsely accepted", "collateral failures", "indeterminate")


def table(done: Sequence[Done[Job, Result]]) -> Table:
    """One row a twin."""
    rows: dict[str, dict[str, Cell]] = {}
    for name in dict.fromkeys(item.job.twin for item in done):
        group, expected = [item.value for item in done if item.job.twin == name], expected_of(name)
        told = [result for result in group if result]
        rows[name] = {
            "n": len(group),
            "right verdict": Rate(sum(result.verdict == expected.verdict for result in told), len(group)),
            "rule named": Rate(sum(result.named for result in told), len(group)),
            "collateral failures": Rate(sum(bool(result.collateral) for result in told), len(group), "low"),
            "indeterminate": Rate(sum(result.verdict == "indeterminate" for result in told), len(group), "none"),
        }
        if expected.verdict != "passed":
            rows[name]["falsely accepted"] = Rate(sum(r.verdict == "passed" for r in told), len(group), "low")
    return Table(TITLE, COLUMNS, rows, _NOTE)


def misses(done: Sequence[Done[Job, Result]]) -> list[Miss]:
    """Some cases of every row."""
    found: dict[str, list[Miss]] = {}
    for item in done:
        job, result = item.job, item.value
        if result is None:
            found.setdefault(job.twin, []).append(Miss(TITLE, job.twin, str(job.number), str(item.result)))
        elif not _good(result, expected_of(job.twin)):
            found.setdefault(job.twin, []).append(Miss(TITLE, job.twin, str(job.number), result.what, result.picture))
    return [miss for listed in found.values() for miss in listed[:_SHOWN]]
