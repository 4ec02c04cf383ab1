"""Command line of the benchmark."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.comparison import section as comparison
from benchmarks.crew import Crew
from benchmarks.fields import section as fields
from benchmarks.measure import Section
from benchmarks.plan import ROOT, Plan, measured, seed_of
from benchmarks.real import section as real
from benchmarks.report import publish, show, show_worst, write_json
from benchmarks.seals import section as seals
from benchmarks.speed import section as speed
from benchmarks.straddle import section as straddle

# Sections whose papers follow from the seed are run once per seed, the others once.
SEEDED: dict[str, Callable[[Plan, Crew], Section]] = {
    "comparison": comparison.run,
    "seals": seals.run,
    "straddle": straddle.run,
    "fields": fields.run,
}
FIXED: dict[str, Callable[[Plan, Crew], Section]] = {"real": real.run, "speed": speed.run}
DATA = ROOT.parent / "shared" / "data"
WIDTH = 200  # columns of a log: the widest table with its intervals


def main(
    quick: Annotated[bool, typer.Option("--quick", help="A sample of every section, under ten minutes.")] = False,
    seed: Annotated[
        list[str] | None,
        typer.Option(help="dev, fresh or a number; may be repeated. fresh follows from the product's code."),
    ] = None,
    share: Annotated[
        float, typer.Option(min=0.001, max=1.0, help="Share of the full run's papers, evenly of every class.")
    ] = 1.0,
    unmodified: Annotated[
        float | None,
        typer.Option(min=0.001, max=1.0, help="Another share for the contracts nobody touched, to show false alarms."),
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help=f"Sections to run: {', '.join((*SEEDED, *FIXED))}.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that read paper at the same time.")] = os.cpu_count()
    or 1,
    out: Annotated[Path, typer.Option(help="Folder for bench.json, pictures of misses and plots.")] = ROOT
    / "build"
    / "bench",
    data: Annotated[Path, typer.Option(help="Folder of real files; left out when it does not exist.")] = DATA,
    docs: Annotated[
        bool, typer.Option("--docs", help="Write the tables of these sections into docs/benchmark.md.")
    ] = False,
) -> None:
    """Measure how often the product is wrong, and what it costs."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH
    words = seed or (["fresh"] if quick else ["dev", "fresh"])
    wanted = only or [*SEEDED, *FIXED]
    unknown = sorted(set(wanted) - {*SEEDED, *FIXED})
    if unknown:
        raise typer.BadParameter(f"no section {', '.join(unknown)}; there are {', '.join((*SEEDED, *FIXED))}")
    try:
        seeds = {word: seed_of(word) for word in words}
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    out.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(out / "misses", ignore_errors=True)
    begun = time.monotonic()
    results: dict[str, list[Section]] = {word: [] for word in words}
    crew = Crew(workers, console)
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
            for word, number in seeds.items():
                sections = {**SEEDED, **FIXED} if word == words[0] else SEEDED
                plan = Plan(
                    word, number, quick, workers, out, Path(scratch), data if data.is_dir() else None, share, unmodified
                )
                for name in [item for item in sections if item in wanted]:
                    console.print(f"[bold]{name}[/], seed {word} ({number})")
                    start = time.monotonic()
                    section = sections[name](plan, crew)
                    section = Section(**{**vars(section), "seconds": time.monotonic() - start})
                    results[word].append(section)
                    show(console, section)
                    write_json(out / "bench.json", results, seeds, quick=quick)
    finally:
        crew.close()
    show_worst(console, results, out)
    if docs:
        publish(ROOT / "docs" / "benchmark.md", results, run=measured(share, unmodified, quick=quick))
    console.print(f"{time.monotonic() - begun:.0f} s; {out / 'bench.json'}", soft_wrap=True)


if __name__ == "__main__":
    typer.run(main)
