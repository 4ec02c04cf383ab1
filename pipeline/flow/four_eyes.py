"""When one person is not enough: the amounts of an order against the limit of its case type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipeline.cases.consents import person
from pipeline.cases.decisions import corrected
from pipeline.cases.life import Life, money
from pipeline.cases.life_store import Decision
from pipeline.flow.elsewhere import newest
from pipeline.model import Facts
from pipeline.packs import CaseType
from pipeline.rules.reading import read_field


def needs_two(case_type: CaseType | None, papers: Sequence[Facts], decisions: Sequence[Decision], life: Life) -> bool:
    """Whether the amount of a case is above the limit, or not known to be within; `papers` as the machine read them.

    What a person corrected can raise the amount; it lowers it only where the machine had read none, and two said so.
    """
    limit = case_type.four_eyes_over if case_type else None
    if case_type is None or limit is None:
        return False
    counting = newest(papers)
    if any(facts.classification.type in case_type.standalone for facts in counting):
        return False  # an agreement signed once has no amount
    amounts = list(_amounts(case_type, counting, decisions))
    billed = money(life.values.get("billed_amount", ""))
    amounts += [] if billed is None else [billed]
    return not amounts or any(amount is None or amount > limit for amount in amounts)


def seconded(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """Those that count where two persons are needed: refusing takes one, everything else both."""
    return tuple(item for item in decisions if item.kind == "refuse" or _by_two(item))


def _by_two(decision: Decision) -> bool:
    return bool(decision.second) and person(decision.second) != person(decision.by)


def _amounts(case_type: CaseType, papers: Sequence[Facts], decisions: Sequence[Decision]) -> Iterator[Decimal | None]:
    """The totals of every order paper; None for one that is not known."""
    sources = [source.partition(".") for source in case_type.settlement.total] if case_type.settlement else []
    for facts in papers:
        pack = case_type.packs.get(facts.classification.type or "")
        for type_, _, key in sources:
            if facts.classification.type == type_:
                read = read_field(facts, pack, key).number
                both = corrected(facts, pack, seconded(decisions))
                yield read_field(both, pack, key).number if read is None else read
                typed = read_field(corrected(facts, pack, decisions), pack, key).number
                yield from () if typed is None else (typed,)
