"""The state of a case as a pure function of its findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pipeline.model import Finding

State = Literal["incomplete", "needs_correction", "needs_review", "accepted"]


def state_of(documents: Sequence[Finding], case: Sequence[Finding], *, missing: Sequence[str]) -> State:
    """A blocking failure of a paper that is there counts at once; case rules count when the dossier is whole."""
    if any(_fails(finding) for finding in documents):
        return "needs_correction"
    if missing:
        return "incomplete"
    if any(_fails(finding) for finding in case):
        return "needs_correction"
    return "needs_review" if any(_doubtful(finding) for finding in (*documents, *case)) else "accepted"


def _fails(finding: Finding) -> bool:
    return finding.severity == "block" and finding.outcome == "fail"


def _doubtful(finding: Finding) -> bool:
    match finding.severity, finding.outcome:
        case (_, "error") | ("block", "unsure") | ("hold", "fail" | "unsure"):
            return True
    return False
