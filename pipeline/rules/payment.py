"""Checks on a payment slip: a slip is a claim, so what it says is compared with what was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from pipeline.model import Outcome
from pipeline.packs import CaseCheck, Dossier, Judgement, World
from pipeline.rules.compare import letters_apart, same
from pipeline.rules.dossier import best_reading, not_there, sheet
from pipeline.rules.fields import problem_of
from pipeline.rules.money import money
from pipeline.rules.reading import Reading, is_exact
from pipeline.rules.registers import Row, no_register
from pipeline.rules.settlement import first_source, settle
from pipeline.rules.wording import say
from pipeline.values import same_name, squeezed


class AmountDue(CaseCheck):
    """The amount in `field` (`type.field`) is what is due, to the cent; more is for a person, less is refused."""

    name: ClassVar[str] = "amount_due"
    field: str

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        best = best_reading(dossier, self.field)
        spec = dossier.case.settlement if dossier.case else None
        if best is None or spec is None:
            yield not_there()
            return
        part, amount = best
        settlement = settle(spec, dossier, world)
        if settlement.net is None:
            reason = settlement.problem or say("", "")
            judgement = Judgement(
                outcome="unsure", message=say(f"应付金额未知：{reason.zh}", f"The amount due is unknown: {reason.en}")
            )
        elif amount.number is None:
            judgement = problem_of(amount) or Judgement(
                outcome="unsure", message=say("付款金额未能读出", "The amount could not be read"), **amount.place()
            )
        else:
            over = amount.number > settlement.net
            sign = "=" if amount.number == settlement.net else ">" if over else "<"
            judgement = Judgement(
                outcome="pass" if sign == "=" else "fail" if amount.sure else "unsure",
                severity="hold" if over else None,
                expected=money(settlement.net),
                found=money(amount.number),
                **amount.place(),
                message=say(
                    f"{amount.title.zh} {money(amount.number)} {sign} 应付 {money(settlement.net)}",
                    f"{amount.title.en} {money(amount.number)} {sign} {money(settlement.net)} due",
                ),
            )
        yield judgement.model_copy(update={"document": sheet(part.facts)})


class AsRegistered(CaseCheck):
    """Fields of a document stand together in one row of a register; `fields` give the column of each.

    A figure of a file made on a computer is certain; on a scan one other figure may be the reader's.
    """

    name: ClassVar[str] = "as_registered"
    document: str
    fields: Mapping[str, str]
    register_name: str

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        rows = world.registers.get(self.register_name, ())
        found = {key: best for key in self.fields if (best := best_reading(dossier, f"{self.document}.{key}"))}
        if not found:
            yield not_there()
        elif not rows:
            yield no_register(self.register_name)
        else:
            row = max(rows, key=lambda row: sum(self._agrees(found[key][1], row, key) == "pass" for key in found))
            for key, (part, reading) in found.items():
                judgement = self._judge(reading, row, key)
                yield judgement.model_copy(update={"document": sheet(part.facts)})

    def _judge(self, reading: Reading, row: Row, key: str) -> Judgement:
        outcome, title = self._agrees(reading, row, key), reading.title
        wanted, shown = str(row.get(self.fields[key], "") or "—"), reading.text or "—"
        verb = {"pass": say("与登记一致", "as registered"), "fail": say("与登记不一致", "not as registered")}.get(
            outcome, say("未能确认与登记一致", "could not be compared with the register for certain")
        )
        return Judgement(
            outcome=outcome,
            message=say(f"{title.zh}“{shown}”{verb.zh}（{wanted}）", f"{title.en} “{shown}” {verb.en} ({wanted})"),
            expected=wanted,
            found=shown,
            **reading.place(),
        )

    def _agrees(self, reading: Reading, row: Row, key: str) -> Outcome:
        wanted = str(row.get(self.fields[key], "") or "")
        if reading.state != "read" or not wanted:
            return "unsure"
        if same(reading.text, wanted):
            return "pass"
        exact = reading.value is not None and is_exact(reading.value)
        if wanted.isdecimal():
            return "fail" if exact or (reading.sure and letters_apart(reading.text, wanted) > 1) else "unsure"
        return "fail" if reading.sure and same_name(reading.text, wanted).kind == "different" else "unsure"


class NamesNumber(CaseCheck):
    """The text in `field` holds the number of the case, of the first of `numbers` (`type.field`) that was read."""

    name: ClassVar[str] = "names_number"
    field: str
    numbers: tuple[str, ...]

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        best, number = best_reading(dossier, self.field), first_source(dossier, self.numbers)
        if best is None:
            yield not_there()
            return
        part, text = best
        title, shown = text.title, text.text or "—"
        wanted = number.text if number and number.state == "read" else ""
        if not wanted or text.state == "unread":
            outcome: Outcome = "unsure"
        elif squeezed(wanted).casefold() in squeezed(text.text).casefold():
            outcome = "pass"
        else:
            outcome = "fail" if text.sure or text.broken else "unsure"
        yield Judgement(
            outcome=outcome,
            expected=wanted or None,
            found=shown,
            document=sheet(part.facts),
            **text.place(),
            message=say(
                f"{title.zh}“{shown}”{'' if outcome == 'pass' else '未'}注明“{wanted or '?'}”",
                f"{title.en} “{shown}” {'names' if outcome == 'pass' else 'does not name'} “{wanted or '?'}”",
            ),
        )
