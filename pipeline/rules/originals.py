"""Paper originals of a party's other cases that should have come in long ago."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from pydantic import Field

from pipeline.model import Bilingual
from pipeline.packs import CaseCheck, Dossier, Judgement, OtherCase, World
from pipeline.rules.dossier import best_reading, dossier_of, not_there, sheet
from pipeline.rules.registers import lookup
from pipeline.rules.wording import say
from pipeline.values import normal_name


class LateOriginals(CaseCheck):
    """Originals are overdue in at most `hold_over` other cases of the party that orders; without it nothing is asked.

    Whose a case is, a code says: printed in one of `code`, or registered (`code_column`) for what stands in a source of
    `registered`, by column. A case that tells no code or several is nobody's for certain: it never counts against a
    party, but where it could tip the balance a person compares. An order whose payment notice is out is not new.
    """

    name: ClassVar[str] = "late_originals"
    looks_elsewhere: ClassVar[bool] = True
    documents: tuple[str, ...]
    hold_over: int | None = Field(None, ge=0)
    code: tuple[str, ...]
    register_name: str
    code_column: str
    registered: Mapping[str, tuple[str, ...]]
    reference: tuple[str, ...] = ()

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        parts = [part for document in self.documents for part in dossier.parts_of(document)]
        if self.hold_over is None:
            message = say("本单位不因原件逾期暂缓新订单", "Late originals hold no orders at this desk")
            yield Judgement(outcome="n/a", message=message)
        elif not parts:
            yield not_there()
        elif world.billed:
            yield Judgement(outcome="n/a", message=say("付款通知已发出，不再是新订单", "Billed already: no new order"))
        else:
            yield self._count(dossier, world, self.hold_over).model_copy(update={"document": sheet(parts[0].facts)})

    def _count(self, dossier: Dossier, world: World, allowed: int) -> Judgement:
        mine = self._codes(dossier, world)
        theirs: list[OtherCase] = []
        unclear: list[OtherCase] = []
        for case in sorted((case for case in world.cases if case.late), key=lambda case: (str(case.late), case.id)):
            codes = self._codes(dossier_of(case, dossier), world)
            if len(mine) == len(codes) == 1:
                theirs += [case] if mine == codes else []
            elif not mine or not codes or mine & codes:
                unclear.append(case)
        limit = f"≤ {allowed}"
        if len(theirs) + len(unclear) <= allowed:
            message = say(
                f"同一单位其他案件中原件逾期未到的有 {len(theirs)} 个，未超过 {allowed} 个",
                f"Other cases of this party with overdue originals: {len(theirs)}, no more than {allowed}",
            )
            return Judgement(outcome="pass", message=message, expected=limit, found=str(len(theirs)))
        sure = len(theirs) > allowed
        named = theirs if sure else [*theirs, *unclear]
        message = _too_many(self._listed(named, dossier), len(named), allowed) if sure else _perhaps_too_many(
            self._listed(named, dossier), len(named)
        )  # fmt: skip
        ids = ", ".join(case.id for case in named)
        return Judgement(outcome="fail" if sure else "unsure", message=message, expected=limit, found=ids)

    def _codes(self, dossier: Dossier, world: World) -> frozenset[str]:
        """Codes by which the papers name the party; more than one contradict each other."""
        printed = {reading for source in self.code if (reading := _read(dossier, source))}
        register = world.registers.get(self.register_name, ())
        rows = [
            row
            for column, sources in self.registered.items()
            for source in sources
            if (text := _read(dossier, source))
            for row in lookup(register, column, text)
        ]
        registered = {str(row[self.code_column]) for row in rows if row.get(self.code_column)}
        return frozenset(map(normal_name, printed | registered))

    def _listed(self, cases: Sequence[OtherCase], dossier: Dossier) -> Bilingual:
        """Case, number and last good day of each: nothing that changes by itself, nor names a customer."""
        parts = []
        for case in cases:
            own = dossier_of(case, dossier)
            number = next((text for source in self.reference if (text := _read(own, source))), "—")
            parts.append((case.id, number, case.late))
        return say(
            "；".join(f"{case}（{number}，应于 {day} 前寄达）" for case, number, day in parts),
            "; ".join(f"{case} ({number}, due {day})" for case, number, day in parts),
        )


def _too_many(listed: Bilingual, count: int, allowed: int) -> Bilingual:
    return say(
        f"同一单位另有 {count} 个案件的原件逾期未到，超过 {allowed} 个，新订单暂缓：{listed.zh}",
        f"Overdue originals in {count} other cases of this party, more than {allowed}; this order waits: {listed.en}",
    )


def _perhaps_too_many(listed: Bilingual, count: int) -> Bilingual:
    return say(
        f"另有 {count} 个案件的原件逾期未到，其中有的不能确定是否属于同一单位，请核对：{listed.zh}",
        f"Originals are overdue in {count} other cases, some perhaps another party's; please compare: {listed.en}",
    )


def _read(dossier: Dossier, source: str) -> str:
    """What stands in `type.field`, empty unless it was read well."""
    best = best_reading(dossier, source)
    return best[1].text if best is not None and best[1].state == "read" else ""
