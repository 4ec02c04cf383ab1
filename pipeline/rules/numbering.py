"""Numbers that belong to one party, such as those of framework agreements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from pipeline.model import Outcome
from pipeline.packs import CaseCheck, Dossier, Judgement, Register, World
from pipeline.rules.dossier import best_reading, first_reading, not_there, sheet
from pipeline.rules.fields import problem_of
from pipeline.rules.parties import against_register
from pipeline.rules.reading import Reading
from pipeline.rules.registers import lookup, no_register, unknown
from pipeline.rules.wording import say


class NumberHolder(CaseCheck):
    """The number on the document is registered, active and belongs to the party named beside it.

    `owner` maps fields of the document to columns of the register.
    """

    name: ClassVar[str] = "number_holder"
    documents: tuple[str, ...]
    number: str
    owner: Mapping[str, str]
    register_name: str
    key_column: str
    status_column: str = "status"
    active: tuple[str, ...] = ("active",)

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        register = world.registers.get(self.register_name, ())
        document, best = first_reading(dossier, self.documents, self.number)
        if best is None:
            yield not_there()
            return
        part, number = best
        judgement = self._judge(dossier, document, number, register)
        yield judgement.model_copy(update={"document": sheet(part.facts)})

    def _judge(self, dossier: Dossier, document: str, number: Reading, register: Register) -> Judgement:
        if problem := problem_of(number):
            return problem
        if not register:
            return no_register(self.register_name)
        rows = lookup(register, self.key_column, number.text)
        if not rows:
            return unknown(number, register, self.key_column)
        row = rows[0]
        title, text = number.title, number.text
        if str(row.get(self.status_column, "")) not in self.active:
            status = str(row.get(self.status_column, "?"))
            return Judgement(
                outcome="fail" if number.sure else "unsure",
                found=status,
                **number.place(),
                message=say(f"{title.zh} {text} 状态为 {status}", f"{title.en} {text} is {status}"),
            )
        return self._owner(dossier, document, number, row)

    def _owner(self, dossier: Dossier, document: str, number: Reading, row: Mapping[str, Any]) -> Judgement:
        outcomes: list[tuple[Outcome, Reading, str]] = []
        for key, column in self.owner.items():
            best = best_reading(dossier, f"{document}.{key}")
            if best is not None:
                holder = str(row.get(column, ""))
                outcomes.append((against_register(best[1], (row,), column)[1], best[1], holder))
        bad = [item for item in outcomes if item[0] != "pass"]
        title, text = number.title, number.text
        if not outcomes:
            message = say(
                f"{title.zh} {text} 的持有人未能核对", f"The holder of {title.en} {text} could not be compared"
            )
            return Judgement(outcome="unsure", message=message, **number.place())
        if not bad:
            message = say(
                f"{title.zh} {text} 有效，属于“{outcomes[0][2]}”",
                f"{title.en} {text} is active and held by “{outcomes[0][2]}”",
            )
            return Judgement(outcome="pass", message=message, found=text, **number.place())
        outcome, reading, holder = max(bad, key=lambda item: item[0] == "fail")
        wrong = outcome == "fail" and number.sure
        verb = say("登记于", "is registered for")
        return Judgement(
            outcome="fail" if wrong else "unsure",
            expected=holder,
            found=reading.text,
            **number.place(),
            message=say(
                f"{title.zh} {text} {verb.zh}“{holder}”，订单为“{reading.text}”",
                f"{title.en} {text} {verb.en} “{holder}”, the document names “{reading.text}”",
            ),
        )


class NumberInTerm(CaseCheck):
    """The registered number is in its term on the document's date."""

    name: ClassVar[str] = "number_in_term"
    documents: tuple[str, ...]
    number: str
    date_field: str
    register_name: str
    key_column: str
    from_column: str = "effective_from"
    to_column: str = "effective_to"

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        document, best = first_reading(dossier, self.documents, self.number)
        if best is None:
            yield not_there()
            return
        part, number = best
        dated = best_reading(dossier, f"{document}.{self.date_field}")
        day = dated[1].day if dated else None
        rows = lookup(world.registers.get(self.register_name, ()), self.key_column, number.text)
        begin, end = (rows[0].get(self.from_column), rows[0].get(self.to_column)) if rows else (None, None)
        if (
            number.state != "read"
            or not rows
            or day is None
            or not isinstance(begin, date)
            or not isinstance(end, date)
        ):
            message = say("期限或下单日期未知，无法判断", "Term or date unknown, cannot be told")
            yield Judgement(outcome="unsure", message=message, document=sheet(part.facts), **number.place())
            return
        good = begin <= day <= end
        text, sign = number.text, say("在", "is within") if good else say("不在", "is outside")
        yield Judgement(
            outcome="pass" if good else "fail",
            document=sheet(part.facts),
            expected=f"{begin} – {end}",
            found=str(day),
            message=say(
                f"{day} {sign.zh} {text} 的有效期 {begin} 至 {end} 之内",
                f"{day} {sign.en} the term of {text}, {begin} to {end}",
            ),
            **number.place(),
        )
