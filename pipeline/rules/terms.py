"""Checks on dates and terms."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import ClassVar

from pydantic import Field

from pipeline.model import Facts, Outcome
from pipeline.packs import DocumentCheck, Judgement, Pack, World
from pipeline.rules.fields import problem_of, told
from pipeline.rules.reading import Reading, read_field, rows_of
from pipeline.rules.wording import say
from pipeline.values.calendar import add_business_days, counting_day


def plus_months(day: date, months: int) -> date:
    """The same day so many months later; 29 February and the 31st fall back to the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


class FreshDate(DocumentCheck):
    """The date is given, not in the future, and at most `max_age_days` old; an older one is for a person."""

    name: ClassVar[str] = "fresh_date"
    field: str
    max_age_days: int | None = Field(default=None, gt=0)

    def field_names(self) -> tuple[str, ...]:
        return (self.field,)

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        reading = read_field(facts, pack, self.field)
        title, day = reading.title, reading.day
        if problem := problem_of(reading):
            yield problem
        elif day is None:
            yield _no_date(reading)
        else:
            age = (world.today - day).days
            old = self.max_age_days is not None and age > self.max_age_days
            outcome: Outcome = ("fail" if reading.sure else "unsure") if age < 0 else "unsure" if old else "pass"
            note = say("，晚于今天", ", in the future") if age < 0 else say(f"，已过 {age} 天", f", {age} days ago")
            yield Judgement(
                outcome=outcome,
                message=say(f"{title.zh}为 {day}{note.zh}", f"{title.en} is {day}{note.en}"),
                found=day.isoformat(),
                **reading.place(),
            )


class LeadTime(DocumentCheck):
    """The wished start leaves `business_days` after the arrival of the order."""

    name: ClassVar[str] = "lead_time"
    table: str
    start: str
    business_days: int = Field(gt=0)

    def field_names(self) -> tuple[str, ...]:
        return (f"{self.table}.{self.start}",)

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        readings = [read_field(facts, pack, f"{self.table}.{row}.{self.start}") for row in rows_of(facts, self.table)]
        days = [reading.day for reading in readings if reading.day]
        arrived = counting_day(facts.document.submission.received_at)
        first = add_business_days(arrived, self.business_days)
        if not days:
            yield Judgement(outcome="unsure", message=say("未读到起始日期", "No start date was read"))
            return
        early = min(days) < first.date
        note = say("（暂定）", " (provisional)") if first.provisional else say("", "")
        yield Judgement(
            outcome="fail" if early else "pass",
            message=say(
                f"起始日期 {min(days)}；按收件日计算最早可于 {first.date} 开通{note.zh}",
                f"Start {min(days)}; the earliest possible is {first.date}{note.en}",
            ),
            expected=first.date.isoformat(),
            found=min(days).isoformat(),
        )


class Term(DocumentCheck):
    """Each row runs `months` months; it ends a day before the anniversary, or on it.

    Not asked where a field has one of the values in `unless`.
    """

    name: ClassVar[str] = "term"
    table: str
    start: str
    end: str
    term: str
    months: int = Field(gt=0)
    unless: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)

    def field_names(self) -> tuple[str, ...]:
        return (*(f"{self.table}.{column}" for column in (self.start, self.end, self.term)), *self.unless)

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        if kind := told(facts, pack, self.unless):
            title, raw = kind.title, kind.value.raw if kind.value else kind.text
            message = say(
                f"{title.zh}为“{raw}”，期限由其他规则判断", f"{title.en} is “{raw}”; another rule judges the term"
            )
            yield Judgement(outcome="n/a", message=message)
            return
        rows = rows_of(facts, self.table)
        if not rows:
            yield Judgement(outcome="unsure", message=say("未读到任何订单行", "No line was read"))
        for row in rows:
            start, end, term = (
                read_field(facts, pack, f"{self.table}.{row}.{column}") for column in (self.start, self.end, self.term)
            )
            yield self._length(term)
            if end.state != "blank":
                yield self._dates(start, end)

    def _length(self, term: Reading) -> Judgement:
        if problem := problem_of(term):
            return problem
        good = term.number == self.months
        return Judgement(
            outcome="pass" if good else "fail" if term.sure else "unsure",
            message=say(f"{term.title.zh}：{term.text} 个月", f"{term.title.en}: {term.text} months"),
            expected=str(self.months),
            found=term.text,
            **term.place(),
        )

    def _dates(self, start: Reading, end: Reading) -> Judgement:
        if problem := problem_of(start) or problem_of(end):
            return problem
        if start.day is None or end.day is None:
            return _no_date(start if start.day is None else end)
        anniversary = plus_months(start.day, self.months)
        right = anniversary - timedelta(days=1)
        good = end.day in (right, anniversary)
        sign = "为" if good else "不是"
        return Judgement(
            outcome="pass" if good else "fail" if start.sure and end.sure else "unsure",
            message=say(
                f"{start.day} 至 {end.day}{sign} {self.months} 个月",
                f"{start.day} to {end.day} {'is' if good else 'is not'} {self.months} months",
            ),
            expected=right.isoformat(),
            found=end.day.isoformat(),
            **end.place(),
        )


class WithinTerm(DocumentCheck):
    """Today lies in the term the document states; an end left blank does not limit it."""

    name: ClassVar[str] = "within_term"
    start: str
    end: str

    def field_names(self) -> tuple[str, ...]:
        return (self.start, self.end)

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        start, end = read_field(facts, pack, self.start), read_field(facts, pack, self.end)
        problem = problem_of(start) or (problem_of(end) if end.state != "blank" else None)
        if problem:
            yield problem
            return
        begun = start.day is not None and start.day <= world.today
        over = end.day is not None and end.day < world.today
        good, limit = begun and not over, end.text or "—"
        sign = say("在", "is within") if good else say("不在", "is outside")
        yield Judgement(
            outcome="pass" if good else "fail" if start.sure and (end.sure or not over) else "unsure",
            expected=f"{start.text} – {limit}",
            found=str(world.today),
            message=say(
                f"{world.today} {sign.zh} {start.text} 至 {limit} 之内",
                f"{world.today} {sign.en} {start.text} to {limit}",
            ),
            **(end if over else start).place(),
        )


def _no_date(reading: Reading) -> Judgement:
    title, text = reading.title, reading.text
    message = say(f"{title.zh}“{text}”不是日期", f"{title.en} “{text}” is no date")
    return Judgement(outcome="unsure", message=message, found=text, **reading.place())
