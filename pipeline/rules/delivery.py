"""What was delivered, opened or sent, compared with what was ordered or is required."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

from pydantic import Field

from pipeline.model import Bilingual, Outcome
from pipeline.packs import CaseCheck, Dossier, Judgement, Part, World
from pipeline.rules.dossier import best_reading, not_there, pack_of, sheet
from pipeline.rules.reading import Reading, read_field, rows_of
from pipeline.rules.terms import plus_months
from pipeline.rules.wording import say
from pipeline.values import squeezed

Quantities = dict[str, Decimal]


class OpenedAsOrdered(CaseCheck):
    """The rows of the result hold the products and quantities of the order, no more and no less."""

    name: ClassVar[str] = "opened_as_ordered"
    result: str
    orders: tuple[str, ...]
    table: str
    key: str
    quantity: str

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        results = dossier.parts_of(self.result)
        orders = next((parts for order in self.orders if (parts := _best_first(dossier, order))), ())
        if not results or not orders:
            yield not_there()
            return
        opened, doubt = self._quantities(dossier, results[-1])
        ordered, unread = self._quantities(dossier, orders[0])
        doubt, where = doubt or unread, sheet(results[-1].facts)
        if doubt is not None:
            message = say(f"{doubt.zh}未能读出，无法核对", f"{doubt.en} not read, cannot be compared")
            yield Judgement(outcome="unsure", message=message, document=where)
            return
        for product in dict.fromkeys((*ordered, *opened)):
            wanted, got = ordered.get(product, Decimal(0)), opened.get(product, Decimal(0))
            yield Judgement(
                outcome="pass" if wanted == got else "fail",
                expected=f"{product} × {wanted}",
                found=f"{product} × {got}",
                document=where,
                message=say(f"{product}：订购 {wanted}，开通 {got}", f"{product}: {wanted} ordered, {got} opened"),
            )

    def _quantities(self, dossier: Dossier, part: Part) -> tuple[Quantities, Bilingual | None]:
        """Quantities by product, and the first cell that could not be read."""
        sums: Quantities = {}
        pack = pack_of(dossier, part)
        rows = rows_of(part.facts, self.table)
        for row in rows:
            key, quantity = (
                read_field(part.facts, pack, f"{self.table}.{row}.{column}") for column in (self.key, self.quantity)
            )
            if key.state != "read" or quantity.number is None:
                return sums, key.title if key.state != "read" else quantity.title
            sums[key.text] = sums.get(key.text, Decimal(0)) + quantity.number
        return sums, None if rows else say("明细", "the lines")


class Period(CaseCheck):
    """The period of the result lasts `months`, up to `grace_days` longer, and nothing in it lies in the future.

    `opened` is the day of opening: not after today, and not before the day in `after`.
    """

    name: ClassVar[str] = "period"
    result: str
    opened: str
    start: str
    end: str
    after: tuple[str, ...] = ()
    months: int = Field(gt=0)
    grace_days: int = Field(default=31, ge=0)

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        found = {key: best_reading(dossier, f"{self.result}.{key}") for key in (self.opened, self.start, self.end)}
        if not any(found.values()):
            yield not_there()
            return
        readings = {key: best[1] for key, best in found.items() if best}
        earliest = next((d for ref in self.after if (best := best_reading(dossier, ref)) and (d := best[1].day)), None)
        for judgement in (self._opening(readings[self.opened], earliest, world.today), self._length(readings)):
            part = next(best[0] for best in found.values() if best)
            yield judgement.model_copy(update={"document": sheet(part.facts)})

    def _opening(self, opened: Reading, earliest: date | None, today: date) -> Judgement:
        title, day = opened.title, opened.day
        if day is None:
            return _unread(opened)
        late, early = day > today, earliest is not None and day < earliest
        note = say("，晚于今天", ", in the future") if late else say(f"，早于 {earliest}", f", before {earliest}")
        note = note if late or early else say("", "")
        outcome: Outcome = ("fail" if opened.sure else "unsure") if late or early else "pass"
        message = say(f"{title.zh} {day}{note.zh}", f"{title.en} {day}{note.en}")
        return Judgement(outcome=outcome, message=message, found=str(day), **opened.place())

    def _length(self, readings: dict[str, Reading]) -> Judgement:
        start, end = readings[self.start], readings[self.end]
        if start.day is None or end.day is None:
            return _unread(start if start.day is None else end)
        anniversary = plus_months(start.day, self.months)
        first, last = anniversary - timedelta(days=1), anniversary + timedelta(days=self.grace_days)
        good = first <= end.day <= last
        return Judgement(
            outcome="pass" if good else "fail" if start.sure and end.sure else "unsure",
            expected=f"{first} – {last}",
            found=str(end.day),
            message=say(
                f"{start.day} 至 {end.day}{'为' if good else '不是'} {self.months} 个月",
                f"{start.day} to {end.day} {'is' if good else 'is not'} {self.months} months",
            ),
            **end.place(),
        )


class CoverLists(CaseCheck):
    """The cover names every paper that must follow, by the title of its pack."""

    name: ClassVar[str] = "cover_lists"
    document: str
    table: str
    column: str

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        covers = dossier.parts_of(self.document)
        required = dossier.case.originals.get(world.profile, ()) if dossier.case else ()
        if not covers or not required or dossier.case is None:
            yield not_there()
            return
        facts, pack = covers[-1].facts, pack_of(dossier, covers[-1])
        cells = [read_field(facts, pack, f"{self.table}.{row}.{self.column}") for row in rows_of(facts, self.table)]
        listed = "".join(squeezed(cell.text) for cell in cells)
        doubt = not cells or any(cell.state != "read" for cell in cells)
        for form in required:
            title = dossier.case.packs[form.partition(":")[0]].title
            there = squeezed(title.zh) in listed or squeezed(title.en).casefold() in listed.casefold()
            verb = say("列有", "lists") if there else say("未列出", "does not list")
            yield Judgement(
                outcome="pass" if there else "unsure" if doubt else "fail",
                expected=title.zh,
                document=sheet(facts),
                message=say(f"清单{verb.zh}《{title.zh}》原件", f"The cover {verb.en} the original of the {title.en}"),
            )


def _best_first(dossier: Dossier, document: str) -> tuple[Part, ...]:
    return (*dossier.parts_of(f"{document}:scan"), *dossier.parts_of(f"{document}:electronic"))


def _unread(reading: Reading) -> Judgement:
    message = say(f"“{reading.title.zh}”未能读出", f"“{reading.title.en}” was not read")
    return Judgement(outcome="unsure", message=message, **reading.place())
