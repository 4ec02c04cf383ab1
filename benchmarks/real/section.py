"""Real files that nobody here made: seals, revisions of a contract, scans, damaged, signed and foreign files."""

from __future__ import annotations

from benchmarks.crew import Crew
from benchmarks.measure import Section
from benchmarks.plan import Plan
from benchmarks.real import contract, outcomes, seals, straddle, text
from benchmarks.real.files import joined

NAME = "real"


def run(plan: Plan, crew: Crew) -> Section:
    """All parts, one after the other; a single skipped line where the folder of real files is absent."""
    if plan.data is None:
        return Section(NAME, skipped=("real files: the folder is not there",))
    parts = (seals, straddle, contract, text, outcomes)
    return joined(NAME, [part.run(plan, crew, plan.data) for part in parts])
