"""What a page, a document and a full store cost, beside named alternatives in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks import plots
from benchmarks.crew import Crew
from benchmarks.measure import Cell, Number, Section, Table
from benchmarks.plan import ROOT, Plan
from benchmarks.product import reader, tell
from benchmarks.speed.memory import Marathon, Memory
from benchmarks.speed.memory import run as run_marathon
from benchmarks.speed.rivals import COMPARING, PRODUCT, READING, Contest, Times, first_pages, race
from benchmarks.speed.service import Installation, distinct_copies, fill_store, listing, orders, seconds_each

J = TypeVar("J")
R = TypeVar("R")
SAMPLES = ROOT / "tests" / "samples"
TODAY = date(2026, 9, 28)
_SCANS = 12
_STAGES = {"read_s": "read", "inspect_s": "inspect", "extract_s": "extract", "pictures_s": "pictures"}


def run(plan: Plan, crew: Crew) -> Section:
    """Everything in turn and alone: a second process would be measured as slowness of the first."""
    crew.close()
    agreement, order = _sample("good/服务协议*"), _sample("good/采购订单*.pdf")
    stages = _apart(_stages, (agreement, order, _sample("good/采购订单*.docx")))
    contest = Contest(agreement, plan.size(2, 8), plan.size(1, 3), plan.workers, TODAY)
    times = _apart(race, contest)
    tables = [stage_table(stages), rival_table(times, contest), _store_table(plan)]
    bars = {row.name: {stage: row.seconds[key] / row.pages for key, stage in _STAGES.items()} for row in stages}
    drawn = [plots.stacked(plan.out, "time-by-stage", "Seconds by stage", "s per page", bars)]
    absent = [f"{name}: not installed on this machine" for name in times.absent]
    if plan.quick:
        absent.append("memory over 1,000 pages, larger stores, several readers: in the full run only")
    else:
        memory = _apart(run_marathon, Marathon(_short_files(plan, agreement, order), 1000, TODAY))
        tables += [memory_table(memory), _worker_table(plan, order)]
        points = {"checking documents": [(float(pages), size) for pages, size in memory.points]}
        drawn.append(plots.lines(plan.out, "memory", "Resident memory of one process", ("pages read", "MiB"), points))
    return Section("speed", tables, skipped=absent, plots=drawn)


@dataclass(frozen=True)
class StageTimes:
    """Seconds of one document by stage; `seconds` has the product's own names."""

    name: str
    pages: int
    seconds: dict[str, float]
    wall: float
    processor: float


def _stages(paths: tuple[Path, ...]) -> list[StageTimes]:
    tell(paths[-1], TODAY)  # loads packs
    reader().read_strips([np.full((48, 320, 3), 255, np.uint8)])  # loads the engine
    rows = []
    for path, name in zip(paths, ("agreement, scan", "order, scan", "order, Word"), strict=True):
        begun, spent = time.perf_counter(), time.process_time()
        told = tell(path, TODAY)
        wall, processor = time.perf_counter() - begun, time.process_time() - spent
        seconds = {stage: told.facts.timing.get(stage, 0.0) for stage in _STAGES}
        rows.append(StageTimes(name, max(1, len(told.facts.document.pages)), seconds, wall, processor))
    return rows


def stage_table(rows: list[StageTimes]) -> Table:
    """Seconds a page by stage."""
    cells: dict[str, dict[str, Cell]] = {}
    for row in rows:
        cells[row.name] = {
            "pages": row.pages,
            **{stage: Number(row.seconds[key] / row.pages, "s") for key, stage in _STAGES.items()},
            "whole page": Number(row.wall / row.pages, "s"),
            "processor": Number(row.processor / row.pages, "s"),
            "whole document": Number(row.wall, "s"),
        }
    columns = ["pages", *_STAGES.values(), "whole page", "processor", "whole document"]
    return Table("Seconds a page by stage, one thread", columns, cells)


def rival_table(times: Times, contest: Contest) -> Table:
    """Seconds a page, and how many times Countersign's speed that is (above 1: Countersign is faster)."""
    whole, reading, comparing = (times.seconds[name] for name in (PRODUCT, READING, COMPARING))
    rows: dict[str, dict[str, Cell]] = {
        name: {
            "a page": Number(seconds, "s"),
            "over whole check": Number(seconds / whole, "x"),
            "over reading only": Number(seconds / reading, "x"),
            "over comparing only": Number(seconds / comparing, "x"),
        }
        for name, seconds in times.seconds.items()
    }
    note = f"{contest.pages} pages of one scan, 200 dpi, {contest.threads} threads, median of {contest.rounds}."
    return Table(
        "Alternatives on the same pages",
        ["a page", "over whole check", "over reading only", "over comparing only"],
        rows,
        note,
    )


def memory_table(memory: Memory) -> Table:
    """Resident memory, its end, its peak, its slope."""
    row: dict[str, Cell] = {
        "pages": memory.points[-1][0],
        "after the first document": Number(memory.points[0][1], "MiB", 0),
        "at the end": Number(memory.points[-1][1], "MiB", 0),
        "peak": Number(memory.peak, "MiB", 0),
        "slope per 1,000 pages": Number(memory.slope, "MiB", 0),
    }
    note = "Slope: straight line through the second half; the first half fills caches and pools."
    return Table("Memory of one process that checks document after document", list(row), {"checking": row}, note)


def _store_table(plan: Plan) -> Table:
    sizes = (100, 1_000) if plan.quick else (100, 10_000, 100_000)
    rows: dict[str, dict[str, Cell]] = {}
    first = 0.0
    for size in sizes:
        installation = Installation(plan.scratch / f"store-{size}")
        files = orders(3, plan.scratch / f"orders-{size}", 1)
        installation.inbox.joinpath(files[0].name).write_bytes(files[0].read_bytes())
        installation.run()
        fill_store(installation.database, size)
        begun = time.perf_counter()
        installation.run()
        idle = time.perf_counter() - begun
        each = seconds_each(installation, files[1:])
        opened = installation.cases() - size - 1
        if opened != len(files) - 1:
            raise RuntimeError(f"{opened} cases came of {len(files) - 1} new orders: the store is not what it seems")
        first = first or each
        looked = listing(installation)
        rows[f"{size:,} documents"] = {
            "start and stop": Number(idle, "s"),
            "each further document": Number(each, "s"),
            "against the smallest": Number(each / first, "x"),
            "reading all cases": Number(looked.cases, "s"),
            "writing the page of all cases": Number(looked.page, "s"),
            "page against a bare query": Number(looked.page / looked.query, "x"),
        }
    note = (
        "Electronic orders through `countersign run --once`; the difference of a run with and a run without them. "
        "The page of all cases is written within the process, as the service does after every change."
    )
    columns = list(rows[f"{sizes[0]:,} documents"])
    return Table("Cost of a document with a full store", columns, rows, note)


def _worker_table(plan: Plan, order: Path) -> Table:
    rows: dict[str, dict[str, Cell]] = {}
    alone = 0.0
    for workers in (1, 2):
        installation = Installation(plan.scratch / f"workers-{workers}", workers=workers)
        scans = distinct_copies([order], _SCANS, plan.scratch / f"scans-{workers}")
        rate = 1 / seconds_each(installation, scans)
        alone = alone or rate
        rows[f"{workers} reading process{'es' if workers > 1 else ''}"] = {
            "documents a second": Number(rate, digits=3),
            "against one": Number(rate / alone, "x"),
        }
    note = f"{_SCANS} order scans of two pages each, start and stop of the service left out."
    return Table("Throughput of the service", ["documents a second", "against one"], rows, note)


def _short_files(plan: Plan, agreement: Path, order: Path) -> tuple[Path, ...]:
    folder = plan.scratch / "short"
    folder.mkdir(exist_ok=True)
    return first_pages(agreement, 4, folder), order


def _sample(pattern: str) -> Path:
    return next(iter(sorted(SAMPLES.glob(pattern))))


def _apart(work: Callable[[J], R], job: J) -> R:
    """In a fresh process, so that one measurement does not leave its memory and threads to the next."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, job).result()
