"""What a report shows of a judged case besides its papers: decisions, consents, deadlines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.cases.clocks import running
from pipeline.cases.consents import Consent
from pipeline.cases.decisions import decision_on, evidence_of
from pipeline.cases.life_store import Mark
from pipeline.flow.judging import Judged
from pipeline.model import Finding
from pipeline.report import DecisionView


def decision_views(judged: Judged, consents: Sequence[Consent]) -> list[DecisionView]:
    """What people decided about findings that still stand, the first consents, and the fields they corrected."""
    views = []
    for finding, sha256 in _findings(judged):
        decision = decision_on(finding, sha256, judged.decisions)
        evidence = sha256 or evidence_of(finding)
        first = next((item for item in consents if (item.item, item.evidence) == (finding.rule, evidence)), None)
        if not finding.is_open:
            continue
        if decision is not None:
            views.append(DecisionView(decision.kind, finding, sha256, decision.who, decision.reasons, decision.at))
        elif first is not None:
            views.append(DecisionView("consent", finding, sha256, first.by, first.reason, first.at))
    for item in judged.decisions:
        if item.kind == "correct":
            views.append(
                DecisionView(
                    "correct", None, item.evidence, item.who, item.reason, item.at, item.rule, item.machine, item.value
                )
            )
    return views


def marks_of(judged: Judged) -> tuple[Mark, ...]:
    """The deadlines that run, the earliest first."""
    clocks = judged.case_type.clocks if judged.case_type else ()
    return tuple(
        Mark(
            clock=deadline.spec.id,
            title=deadline.spec.title,
            waits_for=deadline.spec.waits_for,
            due=deadline.due.date,
            provisional=deadline.due.provisional,
        )
        for deadline in running(judged.life, clocks)
    )


def _findings(judged: Judged) -> Iterator[tuple[Finding, str | None]]:
    """Findings of the case rules, then those of the documents with the document's hash."""
    yield from ((finding, None) for finding in judged.findings)
    for review in judged.reviews:
        yield from ((finding, review.submission.sha256) for finding in review.findings)
