"""Fields of scanned forms, and whole dossiers with one thing wrong."""

from __future__ import annotations

from benchmarks.crew import Crew
from benchmarks.fields import dossiers, tables
from benchmarks.fields.jobs import agreement_jobs, order_jobs, work
from benchmarks.measure import Section
from benchmarks.plan import Plan
from tests.simulator import fonts


def run(plan: Plan, crew: Crew) -> Section:
    """Fill in, scan and read forms under every condition; then the worked dossier and its spoilt twins."""
    lacking = fonts.missing()
    if lacking is not None:
        return Section("fields", skipped=(f"everything: {lacking}",))
    skipped = []
    jobs = agreement_jobs(plan, plan.size(3, 81))
    try:
        jobs += order_jobs(plan, plan.size(4, 135))
    except RuntimeError as error:
        skipped.append(f"fields of orders: {error}")
    papers = crew.map(work, jobs, "fields of scanned forms")
    table, misses, left_out = dossiers.run(plan, crew)
    return Section(
        "fields",
        (*tables.tables(papers), *table),
        (*tables.misses(papers), *misses),
        (*skipped, *left_out),
    )
