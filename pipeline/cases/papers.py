"""What an outgoing paper says: a pure function of one case's documents, findings and dates.

Equal content is one paper with one number, so nothing in it may change by itself with the day it is looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from pipeline.cases.bodies import block
from pipeline.cases.case_facts import CaseFacts
from pipeline.cases.paper_values import Known
from pipeline.cases.wording import chinese_date, due_date
from pipeline.errors import GenerateError
from pipeline.packs import CaseType, PaperSpec, World, covers
from pipeline.packs.sources import parse_source
from pipeline.values import add_business_days

__all__ = ["CaseFacts", "chinese_date", "content", "due_papers", "finished", "number_of"]

_NONE: Mapping[str, int] = {}


def due_papers(
    case_type: CaseType,
    profile: str,
    state: str,
    *,
    reminded: Mapping[str, int] = _NONE,
    given: Collection[str] = (),
    events: Collection[str] = (),
) -> tuple[PaperSpec, ...]:
    """The papers the case calls for now.

    `reminded` = reminders so far by clock, `given` = rules that gave an answer other than n/a, `events` = what has
    happened to the case and still holds.
    """
    running = {clock.id for clock in case_type.clocks if state in clock.states and reminded.get(clock.id, 0) > 0}
    moments = {"received", state, *(f"clock:{name}" for name in running), *(f"on:{name}" for name in events)}
    return tuple(
        paper
        for paper in case_type.papers
        if paper.profile == profile and moments.intersection(paper.when) and _spoken(paper, given)
    )


def content(spec: PaperSpec, case_type: CaseType, facts: CaseFacts, world: World) -> Mapping[str, Any]:
    """Everything but number and date; GenerateError when a source the paper needs has no value."""
    body: dict[str, Any] = {}
    for name in spec.body:
        body |= block(name, spec, case_type, facts)
    known = Known(case_type, facts, world)
    values: dict[str, Any] = {}
    for name, sources in spec.values.items():
        value = _first(name, sources, known, body)
        if value is None and "number" not in sources:
            raise GenerateError(
                f"{facts.id}: {spec.code}: no value for {name}",
                advice=f"one of these must have one: {', '.join(sources)}",
            )
        body.pop(name, None)
        if value is not None:
            values[name] = value
    return {**body, **values}


def finished(
    spec: PaperSpec, body: Mapping[str, Any], facts: CaseFacts, *, number: str, dated: date
) -> Mapping[str, Any]:
    """The content with the number, date and deadlines that were allocated for it."""
    own: dict[str, Any] = {"number": number, "date": chinese_date(dated), "case_no": facts.id}
    own["received_on"] = chinese_date(facts.received)
    if spec.due_business_days is not None:
        own["due_date"] = due_date(add_business_days(dated, spec.due_business_days))
    if spec.valid_days is not None:
        own["valid_until"] = chinese_date(dated + timedelta(days=spec.valid_days))
    numbered = {name: number for name, sources in spec.values.items() if "number" in sources and name not in body}
    return {**body, **own, **numbered}


def number_of(spec: PaperSpec, *, case: str, seq: int, dated: date, daily: int) -> str:
    """The paper's number; GenerateError for an unknown placeholder."""
    try:
        return spec.number.format(case=case, code=spec.code, seq=seq, date=f"{dated:%Y%m%d}", daily=f"{daily:03d}")
    except (KeyError, IndexError) as error:
        raise GenerateError(f"{spec.code}: number pattern {spec.number!r}: unknown {error}") from error


def _spoken(paper: PaperSpec, given: Collection[str]) -> bool:
    return not paper.given or any(covers(rule, finding) for rule in paper.given for finding in given)


def _first(name: str, sources: tuple[str, ...], known: Known, body: Mapping[str, Any]) -> Any:
    """The first source that has a value; None when none has."""
    for text in sources:
        source = parse_source(text)
        value = body.get(name) if source.kind == "body" else known.text(source)
        if value is not None:
            return value
    return None
