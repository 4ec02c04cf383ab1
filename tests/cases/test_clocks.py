"""Deadlines in business days, and what the passing of time raises."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from pipeline.cases.clocks import next_wake, raised, running
from pipeline.cases.life import Event, Life, Situation
from pipeline.cases.lifecycle import advance
from pipeline.packs import ClockSpec, load_packs
from pipeline.rules import CHECKS


@cache
def clocks() -> tuple[ClockSpec, ...]:
    return load_packs(Path(__file__).parents[2] / "templates", CHECKS).case_types["csp_order"].clocks


def due(life: Life, clock: str) -> tuple[date, bool]:
    (found,) = [deadline for deadline in running(life, clocks()) if deadline.spec.id == clock]
    return found.due.date, found.due.provisional


def pass_time(life: Life, day: date) -> tuple[Life, list[str]]:
    names = []
    for event in raised(life, clocks(), day):
        step = advance(life, event, Situation())
        life = step.life
        names.append(event.name)
    return life, names


@pytest.mark.parametrize(
    ("paid", "last"),
    [
        (date(2026, 2, 13), date(2026, 2, 25)),
        (date(2026, 9, 30), date(2026, 10, 10)),
        (date(2026, 4, 3), date(2026, 4, 9)),
        (date(2026, 5, 8), date(2026, 5, 12)),
    ],
)
def test_opening_is_due_three_business_days_after_the_payment(paid: date, last: date) -> None:
    life = Life(state="paid", dates={"payment_confirmed": paid})
    assert due(life, "SLA-01") == (last, False)


def test_a_deadline_in_a_year_without_an_official_table_is_provisional() -> None:
    assert due(Life(state="paid", dates={"payment_confirmed": date(2026, 12, 30)}), "SLA-01")[1]


def test_the_opening_is_warned_of_on_the_second_day_and_breached_after_the_third() -> None:
    life = Life(state="paid", dates={"payment_confirmed": date(2026, 9, 30)})
    assert pass_time(life, date(2026, 10, 8))[1] == []
    life, names = pass_time(life, date(2026, 10, 9))
    assert names == ["reminded"]
    assert pass_time(life, date(2026, 10, 10))[1] == [], "the third business day is still in time"
    life, names = pass_time(life, date(2026, 10, 11))
    assert names == ["breached"]
    assert life.dates["breached"] == date(2026, 10, 11)
    assert pass_time(life, date(2026, 10, 12))[1] == []


def test_a_payment_notice_lapses_after_its_last_day_and_a_second_one_runs_anew() -> None:
    life = Life(state="awaiting_payment", dates={"billed": date(2026, 9, 29)}, values={"billed_amount": "1"})
    assert due(life, "PAY-10") == (date(2026, 10, 9), False)
    life, names = pass_time(life, date(2026, 10, 9))
    assert names == ["reminded"]
    life, names = pass_time(life, date(2026, 10, 10))
    assert (life.state, names) == ("accepted", ["lapsed"])
    again = advance(
        life, Event(name="billed", on=date(2026, 10, 12)), Situation(outcome="accepted", due=Decimal(1))
    ).life
    assert pass_time(again, date(2026, 10, 19))[1] == ["reminded"]


def test_no_reaction_to_a_notice_ends_the_case_after_fifteen_business_days() -> None:
    life = Life(state="needs_correction", dates={"corrected": date(2026, 9, 28)})
    assert due(life, "NOTE-07")[0] == date(2026, 10, 10)
    life, names = pass_time(life, date(2026, 10, 10))
    assert names == ["reminded"]
    assert pass_time(life, date(2026, 10, 23))[0].state == "needs_correction"
    assert pass_time(life, date(2026, 10, 24))[0].state == "expired"


def test_a_notice_that_was_not_released_sets_no_clock() -> None:
    life = Life(state="needs_correction", dates={"needs_correction": date(2026, 9, 1)})
    assert [item.spec.id for item in running(life, clocks())] == ["NOTE-02"], "the move is ours"
    assert pass_time(life, date(2026, 12, 1))[0].state == "needs_correction"
    sent = Life(state="needs_correction", dates={**life.dates, "corrected": date(2026, 9, 2)})
    assert [item.spec.id for item in running(sent, clocks())] == ["NOTE-07"], "the move is theirs"


def test_originals_are_due_ten_business_days_after_the_opening_and_reminded_thrice() -> None:
    life = Life(state="paid", dates={"payment_confirmed": date(2026, 9, 30)})
    life = advance(life, Event(name="opened", on=date(2026, 10, 9)), Situation()).life
    assert due(life, "ORIG-01")[0] == date(2026, 10, 22)
    life, names = pass_time(life, date(2026, 10, 23))
    assert (names, life.reminded["ORIG-01"]) == (["reminded", "originals_overdue"], 1)
    assert life.tracks["originals"] == "overdue"
    life, names = pass_time(life, date(2026, 11, 6))
    assert (names, life.reminded["ORIG-01"]) == (["originals_overdue"], 3), "missed reminders count as one"
    sent = advance(life, Event(name="originals_sent", on=date(2026, 11, 6)), Situation()).life
    assert not [item for item in running(sent, clocks()) if item.spec.id == "ORIG-01"], "what is on its way is not due"


def test_a_closed_case_wakes_sixty_thirty_and_seven_days_before_the_subscription_ends() -> None:
    life = Life(state="closed", values={"subscription_end": "2027-10-09"})
    assert next_wake(life, clocks(), date(2026, 10, 22)) == date(2027, 8, 10)
    life, names = pass_time(life, date(2027, 8, 10))
    assert names == ["renewal_due"]
    assert next_wake(life, clocks(), date(2027, 8, 10)) == date(2027, 9, 9)
