"""What is to be paid for an order: the total less the discount on file, to the cent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import ClassVar

from pipeline.model import Bilingual, Value
from pipeline.packs import CaseCheck, Dossier, Judgement, SettlementSpec, World
from pipeline.rules.compare import same
from pipeline.rules.dossier import best_reading, not_there, sheet
from pipeline.rules.money import CENT, money
from pipeline.rules.reading import Reading
from pipeline.rules.registers import Row, in_force
from pipeline.rules.wording import say


class Settlement(Value):
    """The amounts of one order in its currency; all but `list_total` are None where `problem` says why."""

    list_total: Decimal | None = None
    discount_pct: Decimal | None = None
    discount: Decimal | None = None
    net: Decimal | None = None
    problem: Bilingual | None = None


def settle(spec: SettlementSpec, dossier: Dossier, world: World) -> Settlement:
    """The rate in force on the order's day; the row that names most about the order wins, a tie is a problem."""
    total, dated = first_source(dossier, spec.total), first_source(dossier, spec.on)
    if total is None or total.number is None:
        return Settlement(problem=say("订单合计未能读出，无法计算应付金额", "Without the total nothing can be settled"))
    if dated is None or dated.day is None:
        problem = say("下单日期未能读出，无法确定适用的折扣", "Without the date the rate in force is not known")
        return Settlement(list_total=total.number, problem=problem)
    readings = {column: first_source(dossier, sources) for column, sources in spec.keys.items()}
    percent, problem_found = _rate(spec, world.registers.get(spec.register_name, ()), readings, dated.day)
    if percent is None:
        return Settlement(list_total=total.number, problem=problem_found)
    discount = (total.number * percent / 100).quantize(CENT, ROUND_HALF_UP)
    return Settlement(
        list_total=total.number, discount_pct=percent, discount=discount, net=(total.number - discount).quantize(CENT)
    )


def first_source(dossier: Dossier, sources: Sequence[str]) -> Reading | None:
    """The first `type.field` that was read, else the first whose document is there."""
    found = [best[1] for source in sources if (best := best_reading(dossier, source)) is not None]
    return next((reading for reading in found if reading.state == "read"), found[0] if found else None)


def _rate(
    spec: SettlementSpec, register: Sequence[Row], readings: Mapping[str, Reading | None], day: date
) -> tuple[Decimal | None, Bilingual]:
    """The discount in percent, or why there is none."""
    fitting = [(wanted, row) for row in register if (wanted := _fits(row, readings)) is not None and in_force(row, day)]
    most = max((wanted for wanted, _ in fitting), default=0)
    rates = {_percent(row.get(spec.discount_column)) for wanted, row in fitting if wanted == most}
    if not fitting:
        whom = " / ".join(reading.text for reading in readings.values() if reading and reading.text) or "?"
        return None, say(f"{day} 没有 {whom} 的折扣登记", f"No rate on file for {whom} on {day}")
    if len(rates) > 1:
        return None, say(
            f"{day} 有几个不同的折扣登记，请人工确定", f"Several rates are on file for {day}; please decide"
        )
    return rates.pop(), say("登记的折扣不是 0 至 100 的百分数", "The rate on file is no percentage from 0 to 100")


def _fits(row: Row, readings: Mapping[str, Reading | None]) -> int | None:
    """How much the row names of the order; None when something else. A column left out limits nothing."""
    named = {column: str(row[column]) for column in readings if row.get(column) not in (None, "")}
    for column, wanted in named.items():
        reading = readings[column]
        if reading is None or reading.state != "read" or not same(reading.text, wanted):
            return None
    return len(named)


def _percent(value: object) -> Decimal | None:
    try:
        percent = Decimal(str(value))
    except InvalidOperation:
        return None
    return percent if percent.is_finite() and 0 <= percent <= 100 else None


class RateOnFile(CaseCheck):
    """The discount is on file; an order that states another one itself (`stated` = `type.field`) is for a person."""

    name: ClassVar[str] = "rate_on_file"
    stated: tuple[str, ...] = ()

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        spec = dossier.case.settlement if dossier.case else None
        found = [best for source in spec.total if (best := best_reading(dossier, source))] if spec else []
        if spec is None or not found:
            yield not_there()
            return
        settlement = settle(spec, dossier, world)
        judgement = self._judge(settlement, first_source(dossier, self.stated))
        yield judgement.model_copy(update={"document": sheet(found[0][0].facts)})

    def _judge(self, settlement: Settlement, stated: Reading | None) -> Judgement:
        percent, total, discount, net = (
            settlement.discount_pct, settlement.list_total, settlement.discount, settlement.net
        )  # fmt: skip
        if settlement.problem or percent is None or total is None or discount is None or net is None:
            return Judgement(outcome="unsure", message=settlement.problem or say("无法计算", "Cannot be settled"))
        shown = f"{percent.normalize():f}%"
        sums = say(
            f"目录金额 {money(total)}，折扣 {shown} 即 {money(discount)}，应付 {money(net)}",
            f"List {money(total)}, discount {shown} = {money(discount)}, net due {money(net)}",
        )
        if stated is None or not stated.text or stated.number == percent:
            return Judgement(outcome="pass", message=sums, expected=shown, found=money(net))
        # the notice to the sender quotes the message, and discounts do not belong into it
        title = stated.title
        return Judgement(
            outcome="fail" if stated.sure else "unsure",
            message=say(f"{title.zh}与登记的不同，请人工确认", f"{title.en} is not the one on file; please decide"),
            expected=shown,
            found=stated.text,
            **stated.place(),
        )
