"""The life of a case: one pure function over one table of transitions.

    new ─▶ checking ─┬▶ incomplete ──────┐            rejected, expired ─▶ checking (reopened by a person)
             ▲       ├▶ needs_review ────┤            any open state    ─▶ cancelled
             │       ├▶ needs_correction ┤
             └───────┴───── papers ◀─────┘
                     └▶ accepted ─▶ awaiting_payment ⇄ payment_claimed ─▶ paid ─▶ opened ─▶ awaiting_originals ─▶ closed
                            └─────▶ numbered (an agreement signed once) ────────────────────────────────────▶ closed

Beside the state run tracks (originals, migration, invoice) and the overlay `hold`. A date stands under the name of the
event that set it; a value under its own name. Nothing here knows what kind of goods or papers the case is about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from pipeline.cases import guards
from pipeline.cases.guards import Guard
from pipeline.cases.life import LIVE, STATES, UNPAID, Event, Life, Situation, State, money
from pipeline.errors import RefusedError


@dataclass(frozen=True)
class Step:
    """The life after an event; `transition` None = nothing happened (a repetition)."""

    life: Life
    transition: Transition | None


Target = State | None | Callable[[Life, Event, Situation], State]


@dataclass(frozen=True)
class Transition:
    """One row of the table; `target` None = the state stays."""

    id: str
    event: str
    sources: frozenset[str]
    target: Target
    guards: tuple[Guard, ...] = ()
    tracks: Mapping[str, str] = field(default_factory=dict)


# --- targets ------------------------------------------------------------------------------------------------------


def _judged(life: Life, _event: Event, now: Situation) -> State:
    """Back to where the case had come, as long as what was asked to be paid is still what is due."""
    if now.outcome != "accepted":
        return now.outcome
    if not still_billed(life, now):
        return "accepted"
    return "payment_claimed" if "payment_claimed" in life.dates else "awaiting_payment"


def still_billed(life: Life, now: Situation) -> bool:
    """Whether the payment notice that went out still asks for the right amount."""
    billed = money(life.values.get("billed_amount", ""))
    return "billed" in life.dates and (now.due is None or billed is None or billed == now.due)


def _told(life: Life, event: Event, _now: Situation) -> State:
    told = {*life.dates, event.name}
    return "awaiting_originals" if {"told_customer", "told_reseller"} <= told else "opened"


# --- the table ----------------------------------------------------------------------------------------------------

TRANSITIONS: tuple[Transition, ...] = (
    Transition("E01", "submitted", UNPAID, "checking"),
    Transition("E01", "submitted", LIVE - UNPAID, None),
    Transition("E03", "judged", UNPAID, _judged),
    Transition(
        "E04", "corrected", frozenset({"incomplete", "needs_correction"}), None, (guards.person, guards.no_doubts)
    ),
    Transition(
        "E08", "refused", UNPAID - {"new", "checking"}, "rejected", (guards.person, guards.reason, guards.final)
    ),
    Transition(
        "E09",
        "billed",
        frozenset({"accepted", "awaiting_payment"}),
        "awaiting_payment",
        (guards.not_single, guards.not_held, guards.passed, guards.due_known, guards.clear("billing")),
    ),
    Transition("E10", "payment_claimed", frozenset({"awaiting_payment", "payment_claimed"}), "payment_claimed"),
    Transition(
        "E11",
        "payment_confirmed",
        frozenset({"awaiting_payment", "payment_claimed"}),
        "paid",
        (guards.person, guards.paid_in_full, guards.clear("payment")),
        {"invoice": "due"},
    ),
    Transition(
        "E12",
        "payment_differs",
        frozenset({"awaiting_payment", "payment_claimed"}),
        "awaiting_payment",
        (guards.person, guards.needs("amount_received")),
    ),
    Transition(
        "E13",
        "opened",
        frozenset({"paid"}),
        "opened",
        (
            guards.not_held,
            guards.clear("opening"),
        ),
        {"originals": "due"},
    ),
    Transition("E14", "reminded", LIVE | {"closed"}, None),
    Transition("E15", "expired", frozenset({"incomplete", "needs_correction", "awaiting_payment"}), "expired"),
    Transition("E15", "lapsed", frozenset({"awaiting_payment"}), "accepted"),
    Transition("E16", "told_customer", frozenset({"opened"}), _told, (guards.person,)),
    Transition("E16", "told_reseller", frozenset({"opened"}), _told, (guards.person,)),
    Transition(
        "E17",
        "originals_sent",
        frozenset({"opened", "awaiting_originals", "numbered"}),
        None,
        tracks={"originals": "in_transit"},
    ),
    Transition(
        "E17",
        "originals_received",
        frozenset({"opened", "awaiting_originals", "numbered"}),
        None,
        tracks={"originals": "received"},
    ),
    Transition(
        "E18",
        "originals_verified",
        frozenset({"awaiting_originals", "numbered"}),
        "closed",
        (guards.person, guards.not_held, guards.needs("copies", "archive_location")),
        {"originals": "verified"},
    ),
    Transition(
        "E18",
        "originals_differ",
        frozenset({"awaiting_originals", "numbered"}),
        None,
        (guards.person, guards.reason),
        {"originals": "mismatch"},
    ),
    Transition(
        "E19",
        "originals_overdue",
        frozenset({"opened", "awaiting_originals", "numbered"}),
        None,
        tracks={"originals": "overdue"},
    ),
    Transition("E20", "renewal_due", frozenset({"opened", "awaiting_originals", "closed"}), None),
    Transition("E21", "reopened", frozenset({"rejected", "expired"}), "checking", (guards.person, guards.reason)),
    Transition("E22", "held", LIVE, None, (guards.person, guards.reason)),
    Transition("E22", "unheld", LIVE, None, (guards.person, guards.reason)),
    Transition("E22", "cancelled", LIVE, "cancelled", (guards.person, guards.reason)),
    Transition("E23", "breached", frozenset({"paid"}), None),
    Transition(
        "COOP-06",
        "numbered",
        frozenset({"accepted"}),
        "numbered",
        (guards.person, guards.single, guards.not_held, guards.needs("agreement_no")),
        {"originals": "due"},
    ),
    Transition(
        "INV",
        "invoiced",
        frozenset({"paid", "opened", "awaiting_originals", "closed"}),
        None,
        (guards.person,),
        {"invoice": "issued"},
    ),
    Transition("MIG", "migration_advised", LIVE, None, tracks={"migration": "advised"}),
    Transition(
        "MIG", "migration_planned", LIVE, None, (guards.person, guards.needs("planned_for")), {"migration": "planned"}
    ),
    Transition("MIG", "migration_done", LIVE | {"closed"}, None, (guards.person,), {"migration": "done"}),
)
EVENTS = tuple(dict.fromkeys(row.event for row in TRANSITIONS))
_OWN = {"submitted", "judged", "expired", "lapsed", "reminded", "breached", "originals_overdue", "renewal_due"}
PERSONS_EVENTS = tuple(name for name in EVENTS if name not in _OWN)


def advance(life: Life, event: Event, now: Situation) -> Step:
    """The life after an event; RefusedError when the table or a guard does not allow it."""
    if event.token and event.token in life.seen:
        return Step(life, None)
    rows = [row for row in TRANSITIONS if row.event == event.name]
    if not rows:
        raise RefusedError(f"{event.name!r} is no event", advice=f"valid: {', '.join(PERSONS_EVENTS)}")
    row = next((row for row in rows if life.state in row.sources), None)
    if row is None:
        wanted = ", ".join(state for state in STATES if any(state in row.sources for row in rows))
        raise RefusedError(f"{event.name} is not possible while the case is {life.state}", advice=f"possible: {wanted}")
    for guard in (guards.nothing_derived, *row.guards, guards.needs(*now.needs.get(event.name, ()))):
        guard(life, event, now)
    target = row.target(life, event, now) if callable(row.target) else row.target
    return Step(_after(life, event, now, row, target or life.state), row)


def _after(life: Life, event: Event, now: Situation, row: Transition, state: State) -> Life:
    values = {**life.values, **event.values, **_values(life, event, now)}
    clock, count = values.pop("clock", ""), values.pop("count", "0")
    reminded = {} if event.name == "reopened" else {**life.reminded, **({clock: int(count)} if clock else {})}
    hold = {"held": event.reason, "originals_differ": event.reason, "unheld": ""}.get(event.name, life.hold)
    return Life(
        state=state,
        dates=_dates(life, event, row, state),
        values=values,
        tracks={**life.tracks, **row.tracks},
        reminded=reminded,
        hold=hold,
        seen=(*life.seen, event.token) if event.token else life.seen,
    )


def _values(life: Life, event: Event, now: Situation) -> Mapping[str, str]:
    """What follows from an event besides the values it brings."""
    match event.name:
        case "billed":
            return {"billed_amount": str(now.due)}
        case "payment_differs":
            due, received = guards.asked_for(life, now), money(event.values["amount_received"])
            return {"payment_difference": "" if due is None or received is None else str(due - received)}
        case "refused":
            return {"refusal_reason": event.reason}
        case "lapsed":
            return {"lapses": str(int(life.values.get("lapses", "0")) + 1)}
    return {}


def _dates(life: Life, event: Event, row: Transition, state: State) -> Mapping[str, date]:
    """The dates after an event; those of steps that no longer hold are taken out, so that their clocks stop."""
    dates = dict(life.dates)
    if event.name == "judged":
        if state != life.state:
            dates[state] = event.on
        if state != "incomplete":
            dates.setdefault("complete", event.on)
        void: tuple[str, ...] = _PAYMENT if state == "accepted" else ()
    else:
        dates[event.name] = event.on
        if row.tracks.get("originals") == "due":
            dates["originals_due"] = event.on
        void = _VOID.get(event.name, ())
    for name in void:
        dates.pop(name, None)
    return dates


_PAYMENT = ("billed", "payment_claimed")
_VOID = {
    "submitted": ("corrected",),
    "billed": ("payment_claimed", "payment_differs"),
    "payment_claimed": ("payment_differs",),
    "payment_differs": ("payment_claimed",),
    "payment_confirmed": ("payment_differs",),
    "lapsed": _PAYMENT,
    "reopened": ("refused", "expired"),
}
