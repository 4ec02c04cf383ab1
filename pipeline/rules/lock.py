"""A customer may not change the supplier within a time after the opening."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from pipeline.packs import CaseCheck, Dossier, Judgement, World
from pipeline.rules.compare import same
from pipeline.rules.dossier import best_reading, first_reading, not_there, sheet
from pipeline.rules.fields import problem_of
from pipeline.rules.reading import Reading
from pipeline.rules.registers import lookup
from pipeline.rules.terms import plus_months
from pipeline.rules.wording import say


class Lock(CaseCheck):
    """Nothing was opened for this customer through another supplier less than `months` ago.

    `unheard` are values of `history` that say there was nothing before; without a record and without such a
    statement the answer is open.
    """

    name: ClassVar[str] = "lock"
    documents: tuple[str, ...]
    customer: str
    date_field: str
    history: str
    unheard: tuple[str, ...]
    register_name: str
    customer_column: str = "customer_uscc"
    supplier_column: str = "distributor"
    opened_column: str = "opened_on"
    own_register: str = "operator"
    own_column: str = "name"
    months: int = 12

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        document, best = first_reading(dossier, self.documents, self.customer)
        if best is None:
            yield not_there()
            return
        part, customer = best
        dated, told = (best_reading(dossier, f"{document}.{key}") for key in (self.date_field, self.history))
        day = (dated[1].day if dated else None) or world.today
        own = [str(row.get(self.own_column, "")) for row in world.registers.get(self.own_register, ())]
        records = [
            (row, plus_months(row[self.opened_column], self.months))
            for row in lookup(world.registers.get(self.register_name, ()), self.customer_column, customer.text)
            if isinstance(row.get(self.opened_column), date)
        ]
        foreign = [
            (row, end) for row, end in records if not any(same(str(row.get(self.supplier_column, "")), o) for o in own)
        ]
        locked = [(row, end) for row, end in foreign if day < end]
        clean = told is not None and told[1].state == "read" and told[1].text in self.unheard
        yield self._answer(customer, locked, bool(records) or clean).model_copy(update={"document": sheet(part.facts)})

    def _answer(self, customer: Reading, locked: list[tuple[Mapping[str, Any], date]], known: bool) -> Judgement:
        if problem := problem_of(customer):
            return problem
        if locked:
            row, end = max(locked, key=lambda item: item[1])
            opened, supplier = row[self.opened_column], row.get(self.supplier_column)
            return Judgement(
                outcome="fail" if customer.sure else "unsure",
                expected=f"≥ {end}",
                found=str(opened),
                **customer.place(),
                message=say(
                    f"该客户于 {opened} 经“{supplier}”开通，{end} 前不得更换",
                    f"Opened on {opened} through “{supplier}”; no change before {end}",
                ),
            )
        if known:
            return Judgement(
                outcome="pass", message=say("没有未满期限的开通记录", "No opening within the lock"), **customer.place()
            )
        message = say("客户的开通历史不明，请人工确认", "The customer's history is unknown; please find out")
        return Judgement(outcome="unsure", message=message, **customer.place())
