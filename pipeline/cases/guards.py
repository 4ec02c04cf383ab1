"""What must hold before an event may change a case; each guard raises RefusedError saying what to do."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from pipeline.cases.life import Event, Life, Situation, money
from pipeline.errors import RefusedError

Guard = Callable[[Life, Event, Situation], None]


def reason(_life: Life, event: Event, _now: Situation) -> None:
    """A reason must be given."""
    if not event.reason.strip():
        raise RefusedError(f"{event.name} needs a reason", advice="say why with --reason")


def person(_life: Life, event: Event, _now: Situation) -> None:
    """A person must say it."""
    if not event.by.strip():
        raise RefusedError(f"{event.name} is for a person to say", advice="give your name with --by")


def not_held(life: Life, event: Event, _now: Situation) -> None:
    """Not while a person holds the case."""
    if life.hold:
        raise RefusedError(f"{event.name}: the case is on hold: {life.hold}", advice="lift the hold first")


def clear(stage: str) -> Guard:
    """Every point of this stage must have been decided."""

    def guard(_life: Life, event: Event, now: Situation) -> None:
        if rules := now.open.get(stage):
            raise RefusedError(
                f"{event.name}: not decided yet: {', '.join(rules)}", advice="accept or mend these points first"
            )

    return guard


def needs(*names: str) -> Guard:
    """These values must be given with the event."""

    def guard(_life: Life, event: Event, _now: Situation) -> None:
        lacking = [name for name in names if not event.values.get(name, "").strip()]
        if lacking:
            options = " ".join(f"--set {name}=…" for name in lacking)
            raise RefusedError(f"{event.name} needs {', '.join(lacking)}", advice=f"add {options}")

    return guard


def final(_life: Life, event: Event, now: Situation) -> None:
    """A rule that may end a case must have failed."""
    if not now.final:
        raise RefusedError(
            f"{event.name}: no rule that may end the case has failed", advice="ask for a correction, or cancel the case"
        )


def passed(_life: Life, event: Event, now: Situation) -> None:
    """The papers must still pass: what was found may have changed since the case was accepted."""
    if now.outcome != "accepted":
        rules = dict.fromkeys(rule for found in now.open.values() for rule in found)
        raise RefusedError(
            f"{event.name}: the papers no longer pass: {', '.join(rules) or now.outcome}",
            advice="decide these points, or wait until they are mended",
        )


def due_known(_life: Life, event: Event, now: Situation) -> None:
    """The amount due must be known."""
    if now.due is None:
        raise RefusedError(f"{event.name}: the amount due is not known", advice="enter the rate, then try again")


def paid_in_full(life: Life, event: Event, now: Situation) -> None:
    """What came in must be what was asked for, to the cent; where nothing is due here, any amount."""
    due = asked_for(life, now)
    if due is None:
        return
    amount = money(event.values.get("amount_received", ""))
    if amount is None:
        raise RefusedError(f"{event.name} needs amount_received", advice="add --set amount_received=…")
    if amount != due:
        raise RefusedError(
            f"{event.name}: {amount:,.2f} received, {due:,.2f} due", advice="record it as payment_differs"
        )


DERIVED = frozenset({"billed_amount", "payment_difference", "refusal_reason", "lapses", "clock", "count"})


def nothing_derived(_life: Life, event: Event, _now: Situation) -> None:
    """What follows from events cannot be set by a person."""
    if event.by and (names := DERIVED.intersection(event.values)):
        raise RefusedError(f"{', '.join(sorted(names))} follows from what happens", advice="leave it out")


def asked_for(life: Life, now: Situation) -> Decimal | None:
    """The amount of the payment notice that went out; a rate that changes or goes missing later does not unsay it."""
    billed = money(life.values.get("billed_amount", ""))
    return now.due if billed is None else billed


def single(_life: Life, event: Event, now: Situation) -> None:
    """Only a case of one paper that is signed once."""
    if not now.single:
        raise RefusedError(f"{event.name}: this case is an order", advice="only an agreement signed once gets a number")


def not_single(_life: Life, event: Event, now: Situation) -> None:
    """Not for such a case."""
    if now.single:
        raise RefusedError(f"{event.name}: this case is no order", advice="give the agreement its number instead")


def no_doubts(_life: Life, event: Event, now: Situation) -> None:
    """One notice lists every defect of the round, so the doubtful points must be decided before."""
    if now.doubts:
        raise RefusedError(
            f"{event.name}: still in doubt: {', '.join(now.doubts)}",
            advice="accept or refuse these points first, so that one notice lists every defect",
        )
