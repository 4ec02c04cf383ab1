"""Where a case stands, what happens to it, and what its papers say: the values the lifecycle speaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal, get_args

from pipeline.model import Finding, Value

Outcome = Literal["incomplete", "needs_correction", "needs_review", "accepted"]
State = Literal[
    "new",
    "checking",
    "incomplete",
    "needs_review",
    "needs_correction",
    "accepted",
    "awaiting_payment",
    "payment_claimed",
    "paid",
    "opened",
    "awaiting_originals",
    "numbered",
    "closed",
    "rejected",
    "expired",
    "cancelled",
]
STATES: tuple[State, ...] = get_args(State)
UNPAID: frozenset[str] = frozenset(STATES[: STATES.index("paid")])  # the papers still decide
ENDED: frozenset[str] = frozenset({"closed", "rejected", "expired", "cancelled"})
LIVE = frozenset(STATES) - ENDED


def state_of(documents: Sequence[Finding], case: Sequence[Finding], *, missing: Sequence[str]) -> Outcome:
    """A blocking failure of a paper that is there counts at once; case rules count when the dossier is whole."""
    if any(_fails(finding) for finding in documents):
        return "needs_correction"
    if missing:
        return "incomplete"
    if any(_fails(finding) for finding in case):
        return "needs_correction"
    return "needs_review" if any(finding.is_open for finding in (*documents, *case)) else "accepted"


def _fails(finding: Finding) -> bool:
    return finding.severity == "block" and finding.outcome == "fail"


class Life(Value):
    """Where a case stands; `dates` by event, `reminded` = reminders so far by clock, `seen` = tokens of events."""

    state: State = "new"
    dates: Mapping[str, date] = {}
    values: Mapping[str, str] = {}
    tracks: Mapping[str, str] = {}
    reminded: Mapping[str, int] = {}
    hold: str = ""
    seen: tuple[str, ...] = ()


class Event(Value):
    """Something that happened; `token` makes a repetition harmless, `by` is a person or empty for the service."""

    name: str
    on: date
    by: str = ""
    reason: str = ""
    values: Mapping[str, str] = {}
    token: str = ""


class Situation(Value):
    """What the judged papers say at this moment.

    `due` = the amount to be paid; `final` = failed rules that may end the case; `doubts` = points of
    the papers that nobody decided yet; `open` = per stage the rules a person
    has not decided yet; `originals` = papers that must follow; `single` = a case of one paper, signed once;
    `needs` = the values an event must bring.
    """

    outcome: Outcome = "incomplete"
    due: Decimal | None = None
    final: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    open: Mapping[str, tuple[str, ...]] = {}
    originals: tuple[str, ...] = ()
    single: bool = False
    needs: Mapping[str, tuple[str, ...]] = {}


def money(text: str) -> Decimal | None:
    """An amount as written by a person; None when it is none."""
    try:
        return Decimal(text.replace(",", "").replace("¥", "").strip())
    except InvalidOperation:
        return None
