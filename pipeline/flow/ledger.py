"""Every arrival accounted for: what came in must be stored, joined to a case and published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.cases.store import CaseStore
from pipeline.ingest import FileStore
from pipeline.settings import Settings


@dataclass(frozen=True)
class Account:
    """Counts by fate, and what does not add up."""

    counts: Mapping[str, int]
    problems: tuple[str, ...]


def account(settings: Settings, cases: CaseStore) -> Account:
    """Compare arrivals, stored bytes, cases and the outbox."""
    files = FileStore(settings.state / "store")
    arrivals = cases.deliveries()
    documents = {item.sha256: cases.document(item.sha256) for item in arrivals}
    problems = []
    joined = 0
    for sha256, row in documents.items():
        name = f"{row.submission.name} ({sha256[:8]})"
        if not files.verify(sha256):
            problems.append(f"{name}: the stored original is missing or was changed; restore it from a backup")
        if row.case_id is None:
            continue
        joined += 1
        kept = list((settings.outbox / row.case_id / "originals").glob(f"{sha256}.*"))
        if not kept:
            problems.append(f"{name}: joined {row.case_id}, but its original is not in the outbox")
    counts = {
        "arrivals": len(arrivals),
        "duplicates": sum(item.duplicate for item in arrivals),
        "documents": len(documents),
        "in a case": joined,
        "still in work": len(documents) - joined,
    }
    if counts["arrivals"] - counts["duplicates"] != counts["documents"]:
        problems.append("arrivals minus duplicates differ from the documents; report this as a bug")
    return Account(counts, tuple(problems))
