"""Checks of order lines against a catalogue kept as a register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import ClassVar

from pipeline.model import Facts, Outcome
from pipeline.packs import DocumentCheck, Judgement, Pack, Register, World
from pipeline.rules.fields import problem_of
from pipeline.rules.money import money
from pipeline.rules.reading import Reading, read_field, rows_of
from pipeline.rules.registers import in_force, lookup, no_register, unknown
from pipeline.rules.wording import say


class CataloguePrice(DocumentCheck):
    """Each row's product is in the register, in force on the date in `on`, at the register's price."""

    name: ClassVar[str] = "catalogue_price"
    table: str
    key: str
    price: str
    register_name: str
    key_column: str
    price_column: str
    on: str

    def field_names(self) -> tuple[str, ...]:
        return (f"{self.table}.{self.key}", f"{self.table}.{self.price}", self.on)

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        register = world.registers.get(self.register_name, ())
        day = read_field(facts, pack, self.on).day
        rows = rows_of(facts, self.table)
        if not register:
            yield no_register(self.register_name)
        elif not rows:
            yield Judgement(outcome="unsure", message=say("未读到任何订单行", "No line was read"))
        else:
            for row in rows:
                key = read_field(facts, pack, f"{self.table}.{row}.{self.key}")
                price = read_field(facts, pack, f"{self.table}.{row}.{self.price}")
                yield self._row(key, price, register, day)

    def _row(self, key: Reading, price: Reading, register: Register, day: date | None) -> Judgement:
        if problem := problem_of(key) or problem_of(price):
            return problem
        entries = lookup(register, self.key_column, key.text)
        if not entries:
            return unknown(key, register, self.key_column)
        if day is None:
            message = say("下单日期未能读出，无法确定适用价格", "Without the date the price in force is not known")
            return Judgement(outcome="unsure", message=message, **key.place())
        valid = [entry for entry in entries if in_force(entry, day)]
        if not valid:
            return Judgement(
                outcome="fail" if key.sure else "unsure",
                found=key.text,
                **key.place(),
                message=say(
                    f"{key.title.zh}“{key.text}”在 {day} 不可订购",
                    f"{key.title.en} “{key.text}” was not on sale on {day}",
                ),
            )
        listed = _amount(valid[0].get(self.price_column))
        if listed is None or price.number is None:
            return Judgement(
                outcome="unsure", message=say("目录价格未登记", "The price is not registered"), **price.place()
            )
        good = listed == price.number
        return Judgement(
            outcome="pass" if good else "fail" if key.sure and price.sure else "unsure",
            message=say(
                f"{price.title.zh} {money(price.number)}，目录价 {money(listed)}（{key.text}）",
                f"{price.title.en} {money(price.number)}; the catalogue has {money(listed)} ({key.text})",
            ),
            expected=money(listed),
            found=money(price.number),
            **price.place(),
        )


class CatalogueTrait(DocumentCheck):
    """Each row's product has one of the allowed values in a column of the register."""

    name: ClassVar[str] = "catalogue_trait"
    table: str
    key: str
    register_name: str
    key_column: str
    trait: str
    allowed: tuple[str, ...]

    def field_names(self) -> tuple[str, ...]:
        return (f"{self.table}.{self.key}",)

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        rows = rows_of(facts, self.table)
        if not rows:
            yield Judgement(outcome="unsure", message=say("未读到任何订单行", "No line was read"))
        for row in rows:
            yield self._row(read_field(facts, pack, f"{self.table}.{row}.{self.key}"), world)

    def _row(self, key: Reading, world: World) -> Judgement:
        entries = lookup(world.registers.get(self.register_name, ()), self.key_column, key.text)
        values = {_words(entry.get(self.trait)) for entry in entries}
        if key.state != "read" or not entries:
            message = say(
                f"{key.title.zh}“{key.text}”不在目录中", f"{key.title.en} “{key.text}” is not in the catalogue"
            )
            return Judgement(outcome="unsure", message=message, found=key.text, **key.place())
        good = all(set(value) & set(self.allowed) for value in values)
        shown = ", ".join(sorted({word for value in values for word in value})) or "?"
        outcome: Outcome = "pass" if good else "fail" if key.sure and shown != "?" else "unsure"
        return Judgement(
            outcome=outcome,
            expected=" / ".join(self.allowed),
            found=shown,
            **key.place(),
            message=say(f"{key.title.zh}“{key.text}”属于 {shown}", f"{key.title.en} “{key.text}” is of {shown}"),
        )


class CatalogueCeiling(DocumentCheck):
    """The quantities of a product family stay within the ceiling in the register; families without one are free."""

    name: ClassVar[str] = "catalogue_ceiling"
    table: str
    key: str
    quantity: str
    register_name: str
    key_column: str
    family_column: str
    ceiling_column: str

    def field_names(self) -> tuple[str, ...]:
        return (f"{self.table}.{self.key}", f"{self.table}.{self.quantity}")

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        register = world.registers.get(self.register_name, ())
        sums: dict[tuple[str, Decimal], Decimal] = {}
        doubt = not rows_of(facts, self.table)
        for row in rows_of(facts, self.table):
            key = read_field(facts, pack, f"{self.table}.{row}.{self.key}")
            quantity = read_field(facts, pack, f"{self.table}.{row}.{self.quantity}")
            entries = lookup(register, self.key_column, key.text) if key.state == "read" else ()
            doubt = doubt or not entries or quantity.number is None
            for entry in entries[:1]:
                ceiling = _amount(entry.get(self.ceiling_column))
                family = str(entry.get(self.family_column, ""))
                if ceiling is not None and quantity.number is not None:
                    sums[family, ceiling] = sums.get((family, ceiling), Decimal(0)) + quantity.number
        over = {family: (total, ceiling) for (family, ceiling), total in sums.items() if total > ceiling}
        for family, (total, ceiling) in over.items():
            yield Judgement(
                outcome="unsure" if doubt else "fail",
                expected=f"≤ {ceiling}",
                found=str(total),
                message=say(
                    f"{family} 系列共 {total}，上限 {ceiling}", f"{total} of the family {family}, at most {ceiling}"
                ),
            )
        if not over and doubt:
            yield Judgement(outcome="unsure", message=say("产品或数量未能读出", "A product or quantity was not read"))
        elif not over:
            yield Judgement(outcome="pass", message=say("未超过数量上限", "Within the ceilings"))


def _words(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else (str(value),)


def _amount(value: object) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None
