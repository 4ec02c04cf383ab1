"""Arithmetic of an order: lines, totals, tax, and the amount in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar

from pydantic import Field

from pipeline.model import Facts, Outcome
from pipeline.packs import DocumentCheck, Judgement, Pack, World
from pipeline.rules.fields import problem_of, told
from pipeline.rules.reading import Reading, read_field, rows_of
from pipeline.rules.wording import say

CENT = Decimal("0.01")


def money(amount: Decimal) -> str:
    """`1,200.00`."""
    return f"{amount:,.2f}"


def sum_of(facts: Facts, pack: Pack, table: str, column: str) -> Decimal | None:
    """Sum of a column; None unless every row was read."""
    numbers = [read_field(facts, pack, f"{table}.{row}.{column}").number for row in rows_of(facts, table)]
    known = [number for number in numbers if number is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(numbers) else None


class LineArithmetic(DocumentCheck):
    """In each row quantity is a whole number of at least one, and quantity x price x years = amount, to the cent.

    With `prorated` years are counted only where a field has one of these values; part of a year may be priced by days
    too, so another amount is for a person there.
    """

    name: ClassVar[str] = "line_arithmetic"
    table: str
    quantity: str
    price: str
    amount: str
    months: str | None = None
    prorated: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)

    def field_names(self) -> tuple[str, ...]:
        columns = (self.quantity, self.price, self.amount, *([self.months] if self.months else []))
        return (*(f"{self.table}.{column}" for column in columns), *self.prorated)

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        rows = rows_of(facts, self.table)
        if not rows:
            yield Judgement(outcome="unsure", message=say("未读到任何订单行", "No line was read"))
        for row in rows:
            yield self._row(facts, pack, row)

    def _row(self, facts: Facts, pack: Pack, row: int) -> Judgement:
        part_of_year = bool(told(facts, pack, self.prorated))
        term = self.months if part_of_year or not self.prorated else None
        columns = (self.quantity, self.price, self.amount, *([term] if term else []))
        cell = {name: read_field(facts, pack, f"{self.table}.{row}.{name}") for name in columns}
        for reading in cell.values():
            if problem := problem_of(reading):
                return problem
        quantity, price, amount = (cell[name].number for name in (self.quantity, self.price, self.amount))
        months = cell[term].number if term else Decimal(12)
        if quantity is None or price is None or amount is None or months is None:
            unread = next(reading for reading in cell.values() if reading.number is None)
            return Judgement(
                outcome="unsure",
                found=unread.text,
                **unread.place(),
                message=say(
                    f"{unread.title.zh}“{unread.text}”不是数字", f"{unread.title.en} “{unread.text}” is no number"
                ),
            )
        if quantity < 1 or quantity != quantity.to_integral_value():
            reading = cell[self.quantity]
            return Judgement(
                outcome=_refusal(reading),
                found=reading.text,
                **reading.place(),
                message=say(
                    f"{reading.title.zh}应为不小于 1 的整数", f"{reading.title.en} is no whole number of at least 1"
                ),
            )
        right = (quantity * price * months / 12).quantize(CENT, ROUND_HALF_UP)
        sign = "=" if right == amount else "≠"
        years = "" if months == 12 else f"×{months}/12"
        sum_ = f"{quantity}×{money(price)}{years}{sign}{money(amount)}"
        return Judgement(
            outcome="pass" if right == amount else "unsure" if part_of_year else _refusal(*cell.values()),
            message=say(f"第 {row} 行 {sum_}", f"Line {row}: {sum_}"),
            expected=money(right),
            found=money(amount),
            **cell[self.amount].place(),
        )


class CapitalsEqual(DocumentCheck):
    """The amount in words has the value of the amount in digits, whatever the spelling.

    A mended reading of the words counts only when digits and the sum of the lines (`table.amount`) both bear it out;
    two clean readings that differ fail even if the sum agrees with one of them.
    """

    name: ClassVar[str] = "capitals_equal"
    digits: str
    capitals: str
    table: str | None = None
    amount: str | None = None

    def field_names(self) -> tuple[str, ...]:
        column = (f"{self.table}.{self.amount}",) if self.table and self.amount else ()
        return (self.digits, self.capitals, *column)

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        digits, words = read_field(facts, pack, self.digits), read_field(facts, pack, self.capitals)
        mended = words.value is not None and words.value.problem == "repaired"
        problem = problem_of(digits) or (None if mended else problem_of(words))
        if problem:
            yield problem
            return
        amount, written = digits.number, _decimal(words)
        if amount is None or written is None:
            yield Judgement(
                outcome="unsure", message=say("大小写金额未能读出", "The amounts could not be read"), **words.place()
            )
            return
        total = sum_of(facts, pack, self.table, self.amount) if self.table and self.amount else None
        raw = words.value.raw if words.value else ""
        if amount == written:
            outcome: Outcome = "pass" if not mended or total == amount else "unsure"
        else:
            outcome = "fail" if digits.sure and words.sure and not mended else "unsure"
        relation = "=" if amount == written else "≠"
        yield Judgement(
            outcome=outcome,
            message=say(
                f"小写 ¥{money(amount)} {relation} 大写“{raw}”（¥{money(written)}）",
                f"Digits ¥{money(amount)} {relation} words “{raw}” (¥{money(written)})",
            ),
            expected=money(amount),
            found=f"{raw} (¥{money(written)})",
            **words.place(),
        )


class SumEquals(DocumentCheck):
    """The lines add up to the total."""

    name: ClassVar[str] = "sum_equals"
    table: str
    amount: str
    total: str

    def field_names(self) -> tuple[str, ...]:
        return (f"{self.table}.{self.amount}", self.total)

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        total = read_field(facts, pack, self.total)
        cells = [read_field(facts, pack, f"{self.table}.{row}.{self.amount}") for row in rows_of(facts, self.table)]
        problem = problem_of(total) or next(filter(None, map(problem_of, cells)), None)
        added = sum_of(facts, pack, self.table, self.amount)
        if problem:
            yield problem
        elif total.number is None or added is None:
            yield Judgement(
                outcome="unsure", message=say("合计或各行金额未能读出", "The total or a line's amount was not read")
            )
        else:
            good = total.number == added
            sign, shown = ("=" if good else "≠"), money(total.number)
            yield Judgement(
                outcome="pass" if good else _refusal(total, *cells),
                message=say(
                    f"各行之和 {money(added)} {sign} 合计 {shown}",
                    f"Lines add up to {money(added)} {sign} total {shown}",
                ),
                expected=money(added),
                found=shown,
                **total.place(),
            )


class TaxSplit(DocumentCheck):
    """Net + tax = total to the cent, and tax is `rate` percent of net, within `tolerance` for rounding per line."""

    name: ClassVar[str] = "tax_split"
    total: str
    net: str
    tax: str
    rate: str
    tolerance: Decimal = Field(default=CENT, ge=0)

    def field_names(self) -> tuple[str, ...]:
        return (self.total, self.net, self.tax, self.rate)

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        readings = [read_field(facts, pack, name) for name in self.field_names()]
        problem = next(filter(None, map(problem_of, readings)), None)
        total, net, tax, rate = (reading.number for reading in readings)
        if problem:
            yield problem
        elif total is None or net is None or tax is None or rate is None:
            yield Judgement(outcome="unsure", message=say("税额各项未能读出", "The tax amounts were not read"))
        else:
            right = (total - total / (1 + rate / 100)).quantize(CENT, ROUND_HALF_UP)
            good = net + tax == total and abs(tax - right) <= self.tolerance
            split = f"{money(net)} + {money(tax)} {'=' if net + tax == total else '≠'} {money(total)}"
            yield Judgement(
                outcome="pass" if good else _refusal(*readings),
                message=say(f"不含税 + 税额：{split}，税率 {rate}%", f"Net + tax: {split} at {rate} %"),
                expected=money(right),
                found=money(tax),
                **readings[2].place(),
            )


def _refusal(*readings: Reading) -> Outcome:
    return "fail" if all(reading.sure for reading in readings) else "unsure"


def _decimal(reading: Reading) -> Decimal | None:
    """The value of words, also when they had to be mended."""
    if reading.state == "read":
        return reading.number
    mended = reading.value is not None and reading.value.problem == "repaired" and reading.text
    return Decimal(reading.text) if mended else None
