"""Checks against the clerk's tables: catalogues, forms, editions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from pipeline.model import Facts
from pipeline.packs import DocumentCheck, Judgement, Pack, Register, World
from pipeline.rules.compare import letters_apart, same
from pipeline.rules.fields import problem_of
from pipeline.rules.reading import Reading, read_field
from pipeline.rules.wording import say

Row = Mapping[str, Any]


def lookup(register: Register, column: str, text: str) -> tuple[Row, ...]:
    """Rows whose cell equals the text, spelling aside."""
    return tuple(row for row in register if same(str(row.get(column, "")), text))


def suggestions(register: Register, column: str, text: str) -> str | None:
    """The entries one character away, None when there are none."""
    near = {str(row[column]) for row in register if column in row and letters_apart(str(row[column]), text) == 1}
    return " / ".join(sorted(near)) or None


def in_force(row: Row, day: date) -> bool:
    """By the columns valid_from and valid_to; an absent one does not limit."""
    begin, end = row.get("valid_from"), row.get("valid_to")
    return (not isinstance(begin, date) or begin <= day) and (not isinstance(end, date) or day <= end)


def no_register(name: str) -> Judgement:
    """The table a rule needs is not there or empty."""
    return Judgement(
        outcome="unsure", message=say(f"登记表 {name} 为空或不存在", f"The register {name} is empty or missing")
    )


def unknown(reading: Reading, register: Register, column: str) -> Judgement:
    """A value that is not in a register; one character off is for a person, with the suggestion."""
    near = suggestions(register, column, reading.text)
    hint = say(f"，是否为 {near}？", f"; is it {near}?") if near else say("", "")
    return Judgement(
        outcome="fail" if reading.sure and near is None else "unsure",
        message=say(
            f"{reading.title.zh}“{reading.text}”未登记{hint.zh}",
            f"{reading.title.en} “{reading.text}” is not registered{hint.en}",
        ),
        expected=near,
        found=reading.text,
        **reading.place(),
    )


class Registered(DocumentCheck):
    """The field's value stands in a register and is in force (on the date in `on`, else today)."""

    name: ClassVar[str] = "registered"
    field: str
    register_name: str
    column: str
    on: str | None = None

    def field_names(self) -> tuple[str, ...]:
        return (self.field, *([self.on] if self.on else []))

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        reading = read_field(facts, pack, self.field)
        register = world.registers.get(self.register_name, ())
        if problem := problem_of(reading):
            yield problem
        elif not register:
            yield no_register(self.register_name)
        elif not (rows := lookup(register, self.column, reading.text)):
            yield unknown(reading, register, self.column)
        else:
            yield self._in_force(facts, pack, world, reading, rows)

    def _in_force(self, facts: Facts, pack: Pack, world: World, reading: Reading, rows: tuple[Row, ...]) -> Judgement:
        day = read_field(facts, pack, self.on).day if self.on else world.today
        title, text = reading.title, reading.text
        if day is None:
            message = say(
                f"{title.zh}“{text}”的适用日期未能读出", f"The day for which {title.en} “{text}” counts was not read"
            )
            return Judgement(outcome="unsure", message=message, found=text, **reading.place())
        good = any(in_force(row, day) for row in rows)
        state = say("现行有效", "in force") if good else say("已停用或尚未启用", "not in force")
        return Judgement(
            outcome="pass" if good else "fail" if reading.sure else "unsure",
            message=say(f"{title.zh}“{text}”于 {day} {state.zh}", f"{title.en} “{text}” is {state.en} on {day}"),
            expected=" / ".join(str(row[self.column]) for row in rows if in_force(row, day)) or None,
            found=text,
            **reading.place(),
        )


class EditionInForce(DocumentCheck):
    """The document's edition stands in a register and is in force on the date in `on`."""

    name: ClassVar[str] = "edition_in_force"
    register_name: str
    column: str = "edition"
    on: str

    def field_names(self) -> tuple[str, ...]:
        return (self.on,)

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        edition = facts.classification.edition or pack.edition
        register = tuple(
            row for row in world.registers.get(self.register_name, ()) if row.get("type") in (None, pack.type)
        )
        reading = read_field(facts, pack, self.on)
        rows = lookup(register, self.column, edition) if edition else ()
        if not edition or not rows:
            message = say(f"文本版本 {edition or '不明'} 未登记", f"Edition {edition or 'unknown'} is not registered")
            yield Judgement(outcome="unsure", message=message, found=edition)
        elif reading.day is None:
            message = say(
                "签署日期未能读出，无法判断版本是否有效",
                "Without the date it cannot be told whether the edition counts",
            )
            yield Judgement(outcome="unsure", message=message, **reading.place())
        else:
            good = any(in_force(row, reading.day) for row in rows)
            word = say("有效", "in force") if good else say("已停用或尚未启用", "not in force")
            yield Judgement(
                outcome="pass" if good else "fail" if reading.sure else "unsure",
                message=say(
                    f"版本 {edition} 于 {reading.day} {word.zh}", f"Edition {edition} is {word.en} on {reading.day}"
                ),
                found=edition,
                **reading.place(),
            )
