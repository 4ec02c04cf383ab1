"""Where an order stands: deadlines, what was recorded, and what a person may do now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.model import Bilingual
from pipeline.report.points import Point
from pipeline.report.views import CaseView, MarkView, PaperView
from pipeline.report.words import plain, term, word

_WAY = ("accepted", "awaiting_payment", "payment_claimed", "paid", "opened", "awaiting_originals", "closed")
_HIDDEN = ("billed_amount", "lapses", "payment_difference")


@dataclass(frozen=True)
class Due:
    """One running deadline; `tone`: late, today or ahead."""

    mark: MarkView
    tone: str


@dataclass(frozen=True)
class Stop:
    """One station of the way; `when` = the day it was reached, `tone`: done, here or ahead."""

    name: Bilingual
    when: date | None
    tone: str


@dataclass(frozen=True)
class Command:
    """Something a person may do, as it is typed."""

    what: Bilingual
    line: str


@dataclass(frozen=True)
class Progress:
    """Everything the progress card shows."""

    way: Sequence[Stop]
    due: Sequence[Due]
    facts: Sequence[tuple[Bilingual, Bilingual]]
    commands: Sequence[Command]


def progress_of(case: CaseView, drafts: Sequence[PaperView]) -> Progress:
    """The card of a case; a case that is new shows no way yet."""
    today = case.today or case.changed_at.date()
    return Progress(
        way=list(_way(case)),
        due=[Due(mark, tone_of(mark.due, today)) for mark in case.marks],
        facts=list(_facts(case)),
        commands=list(_commands(case, drafts)),
    )


def tone_of(due: date, today: date) -> str:
    """`late` after the last good day, `today` on it, else `ahead`."""
    return "late" if due < today else "today" if due == today else "ahead"


def point_commands(case: CaseView, point: Point) -> tuple[Command, ...]:
    """How a person decides an open point."""
    document = f" --document {point.sha256[:8]}" if point.sha256 else ""
    rest = f'{point.finding.rule}{document} --rev {case.rev} --reason "…"'
    return (
        Command(word("command.accept"), f"countersign decide {case.id} accept {rest}"),
        Command(word("command.refuse"), f"countersign decide {case.id} refuse {rest}"),
    )


def mail_commands(case: CaseView, paper: PaperView) -> tuple[Command, ...]:
    """How a person says what became of a message that is not known to be out; none where there is nothing to say."""
    if paper.mail in ("", "sent"):
        return ()
    start, rest = f"countersign decide {case.id}", f'{paper.stem} --reason "…"'
    return (
        Command(word("command.sent"), f"{start} sent {rest}"),
        Command(word("command.send"), f"{start} send {rest}"),
    )


def _way(case: CaseView) -> Iterator[Stop]:
    dates = {
        "accepted": case.dates.get("accepted"),
        "awaiting_payment": case.dates.get("billed"),
        "payment_claimed": case.dates.get("payment_claimed"),
        "paid": case.dates.get("payment_confirmed"),
        "opened": case.dates.get("opened"),
        "awaiting_originals": max(
            (day for name in ("told_customer", "told_reseller") if (day := case.dates.get(name))), default=None
        ),
        "closed": case.dates.get("originals_verified"),
    }
    if case.state not in _WAY:  # before acceptance the open points are what matters
        return
    here = _WAY.index(case.state)
    for place, state in enumerate(_WAY):
        tone = "done" if place < here else "here" if place == here else "ahead"
        yield Stop(term("state", state), dates[state] if place <= here else None, tone)


def _facts(case: CaseView) -> Iterator[tuple[Bilingual, Bilingual]]:
    if case.due is not None and case.state in _WAY:
        yield word("due.amount"), plain(f"¥{case.due:,.2f}")
    for name, value in case.values.items():
        if name not in _HIDDEN and value:
            yield term("value", name), plain(value)
    for track, where in case.tracks.items():
        yield term("track", track), term("track", f"{track}.{where}")


def _commands(case: CaseView, drafts: Sequence[PaperView]) -> Iterator[Command]:
    start, rev = f"countersign decide {case.id}", f"--rev {case.rev}"
    for paper in drafts:
        key = "second" if paper.consent else "first" if paper.two else "release"
        yield Command(
            word(f"command.{key}", paper=paper.title, by=paper.consent), f"{start} release {paper.stem} {rev}"
        )
    for event, values in _POSSIBLE.get(case.state, ()):
        needed = dict.fromkeys((*values, *case.needs.get(event, ())))
        sets = "".join(f" --set {name}=…" for name in needed)
        why = ' --reason "…"' if event in ("refused", "reopened", "originals_differ") else ""
        yield Command(term("command", event), f"{start} {event}{sets}{why} {rev}")


_POSSIBLE = {
    "awaiting_payment": (("payment_confirmed", ("amount_received",)), ("payment_differs", ("amount_received",))),
    "payment_claimed": (("payment_confirmed", ("amount_received",)), ("payment_differs", ("amount_received",))),
    "paid": (("opened", ()),),
    "opened": (("told_customer", ()), ("told_reseller", ())),
    "awaiting_originals": (
        ("originals_sent", ()),
        ("originals_received", ()),
        ("originals_verified", ("copies", "archive_location")),
        ("originals_differ", ()),
    ),
    "numbered": (("originals_verified", ("copies", "archive_location")), ("originals_differ", ())),
    "rejected": (("reopened", ()),),
    "expired": (("reopened", ()),),
}
