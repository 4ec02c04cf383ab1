"""Deadlines of a case: when they fall due, and which events the passing of time raises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.cases.life import Event, Life
from pipeline.packs import ClockSpec
from pipeline.values import DueDate, add_business_days

_NOT_IN = ("due", "in_transit", "overdue")  # of the track originals; a courier's number is no paper


@dataclass(frozen=True)
class Deadline:
    """A clock that runs; `due` is the last good day, `provisional` when a holiday table is still missing."""

    spec: ClockSpec
    started: date
    due: DueDate

    def late(self, today: date) -> bool:
        """Whether the last good day is over."""
        return today > self.due.date


def running(life: Life, clocks: Sequence[ClockSpec]) -> tuple[Deadline, ...]:
    """The clocks that run now, the earliest due first."""
    found = [
        Deadline(spec, started, _last_day(spec, started))
        for spec in clocks
        if (started := started_on(life, spec)) is not None and _runs(life, spec)
    ]
    return tuple(sorted(found, key=lambda deadline: deadline.due.date))


def started_on(life: Life, spec: ClockSpec) -> date | None:
    """The day the clock counts from: the date of an event, or a date the case holds as a value."""
    if spec.start in life.dates:
        return life.dates[spec.start]
    try:
        return date.fromisoformat(life.values.get(spec.start, ""))
    except ValueError:
        return None


def raised(life: Life, clocks: Sequence[ClockSpec], today: date) -> Iterator[Event]:
    """What time has brought about by `today`; reminders missed while nobody looked count as one."""
    for deadline in running(life, clocks):
        spec, started = deadline.spec, deadline.started
        passed = sum(_after(spec, started, n).date <= today for n in spec.remind_after)
        token = f"{spec.id}:{started}:{passed}"
        if passed and token not in life.seen:
            yield Event(name=spec.remind_event, on=today, values={"clock": spec.id, "count": str(passed)}, token=token)
        token = f"{spec.id}:{started}:end"
        over = spec.end_after is not None and _after(spec, started, spec.end_after).date < today
        if over and token not in life.seen:
            yield Event(name=spec.end_event, on=today, token=token)


def next_wake(life: Life, clocks: Sequence[ClockSpec], today: date) -> date | None:
    """The next day on which a running clock will raise something; None when none will."""
    days: list[date] = []
    for deadline in running(life, clocks):
        spec, started = deadline.spec, deadline.started
        days += [_after(spec, started, n).date for n in spec.remind_after]
        if spec.end_after is not None:
            days.append(_after(spec, started, spec.end_after).date + timedelta(days=1))
    return min((day for day in days if day > today), default=None)


def originals_late(life: Life, clocks: Sequence[ClockSpec], today: date) -> date | None:
    """The last good day for the originals of a case, when it is over and they have not come in."""
    if life.tracks.get("originals") not in _NOT_IN:
        return None
    for spec in clocks:
        started = started_on(life, spec)
        if spec.remind_event != "originals_overdue" or started is None or life.state not in spec.states:
            continue
        if (last := _last_day(spec, started).date) < today:
            return last
    return None


def _runs(life: Life, spec: ClockSpec) -> bool:
    return (
        life.state in spec.states
        and spec.until not in life.dates
        and (not spec.track or life.tracks.get(spec.track, "") in spec.track_states)
    )


def _last_day(spec: ClockSpec, started: date) -> DueDate:
    return _after(spec, started, spec.business_days if spec.days is None else spec.days or 0)


def _after(spec: ClockSpec, started: date, n: int | None) -> DueDate:
    if spec.business_days is not None:
        return add_business_days(started, n or 0)
    return DueDate(started + timedelta(days=n or 0), provisional=False)
