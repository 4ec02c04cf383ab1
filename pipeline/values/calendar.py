"""Business days of mainland China, with the make-up working weekends (调休)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class DueDate:
    """`provisional`: a counted day lies in a year whose official table is not out yet; print 暂定 and recompute."""

    date: date
    provisional: bool


def has_table(day: date) -> bool:
    """Whether the official holiday table of that year is known."""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


def is_business_day(day: date) -> bool:
    """By the official table; without one, Monday to Friday."""
    return chinese_calendar.is_workday(day) if has_table(day) else day.weekday() < 5


def add_business_days(day: date, n: int) -> DueDate:
    """The n-th business day after `day` (before it for a negative n); `day` itself is day 0, worked or not."""
    step = timedelta(days=1 if n >= 0 else -1)
    provisional = not has_table(day)
    left = abs(n)
    while left:
        day += step
        provisional = provisional or not has_table(day)
        left -= is_business_day(day)
    return DueDate(day, provisional)


def counting_day(moment: datetime, cutoff: time | None = None) -> date:
    """The day in Shanghai on which an event counts; after `cutoff` it is the next business day."""
    if moment.tzinfo is None:
        raise ValueError("a moment without time zone has no day in Shanghai")
    local = moment.astimezone(SHANGHAI)
    if cutoff is not None and local.time() > cutoff:
        return add_business_days(local.date(), 1).date
    return local.date()
