"""What the papers of a case may draw on, taken from the judged case and its journal."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.cases.case_facts import CaseFacts
from pipeline.cases.clocks import running
from pipeline.cases.paper_store import PaperRow
from pipeline.cases.releases import releases
from pipeline.flow.audit import stem_of
from pipeline.flow.history import Entry, history, until_closed
from pipeline.flow.judging import Judged


def facts_for_papers(judged: Judged, events: Sequence[Entry] = (), papers: Sequence[PaperRow] = ()) -> CaseFacts:
    """The case as its papers tell it; `events` and `papers` only for those that tell its history."""
    life, settlement = judged.life, judged.settlement
    clocks = judged.case_type.clocks if judged.case_type else ()
    amounts = {}
    if settlement and settlement.net is not None:
        named = {"list": settlement.list_total, "discount": settlement.discount, "net": settlement.net}
        amounts = {name: amount for name, amount in named.items() if amount is not None}
    return CaseFacts(
        id=judged.case.id,
        dossier=judged.dossier,
        findings=judged.effective,
        received=judged.case.opened_at.date(),
        label=judged.case.label,
        life={**{name: day.isoformat() for name, day in life.dates.items()}, **life.values},
        due={deadline.spec.id: deadline.due for deadline in running(life, clocks)},
        amounts=amounts,
        reminders=life.reminded,
        missing=judged.missing,
        originals=judged.situation.originals,
        history=history(events),
        released=releases(until_closed(events), {row.number: stem_of(row) for row in papers}),
    )
