"""The release of a paper where one person is not enough."""

from __future__ import annotations

from datetime import date, datetime

from pipeline.cases.consents import Consent, digest_of
from pipeline.cases.life import Event
from pipeline.cases.lifecycle import advance
from pipeline.cases.paper_store import PaperRow
from pipeline.cases.store import CaseStore
from pipeline.flow.judging import Judged
from pipeline.packs import PaperSpec


def names_for(
    cases: CaseStore, judged: Judged, spec: PaperSpec, row: PaperRow, *, by: str, reason: str, on: date, at: datetime
) -> str | None:
    """Who releases the paper; None when this is the first of two persons, whose consent is kept and waits.

    RefusedError when the paper may not go out anyway, the same person consents twice, or the case has moved on.
    """
    if not (spec.four_eyes or judged.two):
        return by
    if spec.event:  # nobody is asked to consent to what a guard will refuse
        advance(judged.life, Event(name=spec.event, on=on, by=by), judged.situation)
    consent = Consent(
        kind="release",
        item=row.number,
        digest=digest_of("release", row.number, row.fingerprint, row.sha256),
        by=by,
        reason=reason,
        rev=judged.case.rev,
        at=at,
    )
    first = cases.agree(judged.case.id, consent)
    return f"{first.by}、{by}" if first else None
