"""Hand a file over as staff do: read in a process of its own with limits, then judged; a crash is an answer too."""

from __future__ import annotations

import resource
import tempfile
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from benchmarks.product import SHIPPED, submission_of
from pipeline.flow.sandbox import Limits, facts_of
from pipeline.model import Facts
from pipeline.packs import Packs, World, load_packs
from pipeline.rules import CHECKS
from pipeline.validate import validate

TODAY = date(2026, 9, 28)


@dataclass(frozen=True)
class Dropped:
    """What became of a file: `outcome` = read, opened (a mail or archive) or why not, `why` the sentence for staff.

    `inside` = what a mail or archive is said to hold, taken or not. `remarks` are codes of what was noticed about the
    file itself, `held` those that keep it from passing.
    """

    outcome: str
    verdict: str
    pages: int
    why: str
    remarks: tuple[str, ...]
    held: tuple[str, ...]
    cpu_seconds: float
    inside: tuple[str, ...] = ()


def drop(path: Path, seconds: int) -> Dropped:
    """Read within `seconds` of wall time and CPU, and judge."""
    before = _cpu()
    with tempfile.TemporaryDirectory(prefix="drop-") as folder:
        limits = Limits(seconds=seconds)
        facts = facts_of(path, submission_of(path), templates=SHIPPED, folder=Path(folder), limits=limits)
    return told(facts, _cpu() - before)


def told(facts: Facts, cpu_seconds: float) -> Dropped:
    """What the desk says of these facts."""
    review = validate(facts, _packs(), World(today=TODAY, profile="distributor"))
    # what was in it is judged by itself, so an opened mail has no verdict of its own
    opened = facts.parcel is not None
    return Dropped(
        outcome=facts.unreadable or ("opened" if opened else "read"),
        verdict="opened" if opened else review.verdict,
        pages=len(facts.document.pages),
        why=facts.reason.en if facts.reason else "",
        remarks=tuple(remark.code for remark in facts.document.remarks),
        held=tuple(finding.found or "" for finding in review.findings if finding.outcome == "unsure"),
        cpu_seconds=cpu_seconds,
        inside=tuple(item.name for item in facts.parcel.enclosed) if facts.parcel else (),
    )


@cache
def _packs() -> Packs:
    return load_packs(SHIPPED, CHECKS)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
