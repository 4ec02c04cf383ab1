"""Whether the documents of a case name the same parties, and whether these may order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pipeline.model import Outcome, Value
from pipeline.packs import CaseCheck, Dossier, Judgement, Register, World
from pipeline.rules.compare import equality, likeness, same
from pipeline.rules.dossier import best_reading, field_title, not_there, sheet
from pipeline.rules.reading import Reading
from pipeline.rules.registers import no_register
from pipeline.rules.wording import say


class Pair(Value):
    """Two fields (`type.field`), or a field and a column of a register with one row, that must agree."""

    left: str
    right: str = ""
    register_name: str = ""
    column: str = ""


class Agreeing(CaseCheck):
    """Each pair agrees; a pair whose document is not there is left out."""

    name: ClassVar[str] = "agreeing"
    pairs: tuple[Pair, ...]

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        found = [judgement for pair in self.pairs if (judgement := self._pair(pair, dossier, world))]
        yield from found
        if not found:
            yield Judgement(outcome="n/a", message=say("没有可比较的两份文件", "No two documents to compare"))

    def _pair(self, pair: Pair, dossier: Dossier, world: World) -> Judgement | None:
        best = best_reading(dossier, pair.left)
        if best is None:
            return None
        part, left = best
        name = field_title(dossier, pair.left)
        if pair.register_name:
            rows = world.registers.get(pair.register_name, ())
            if not rows:
                return no_register(pair.register_name)
            other, outcome = against_register(left, rows, pair.column)
            source = say("登记", "the register")
        else:
            counterpart = best_reading(dossier, pair.right)
            if counterpart is None:
                return None
            right = counterpart[1]
            spec = dossier.case.packs[pair.left.split(".")[0]].column(left.key) if dossier.case else None
            other, outcome = right.text, equality(left, right, spec.type if spec else "org_name")
            source = field_title(dossier, pair.right)
        verb = {"pass": say("一致", "agrees with"), "fail": say("不一致", "differs from")}.get(
            outcome, say("未能确认一致", "could not be compared for certain with")
        )
        return Judgement(
            outcome=outcome,
            expected=other,
            found=left.text,
            document=sheet(part.facts),
            **left.place(),
            message=say(
                f"{name.zh}“{left.text}”与{source.zh}“{other}”{verb.zh}",
                f"{name.en} “{left.text}” {verb.en} {source.en} “{other}”",
            ),
        )


class DealsWith(CaseCheck):
    """Who stands in each of `fields` is the `partner`, and never the `stranger` (each `type.field`, first read wins).

    Anybody else is unclear here: other rules ask who exactly it must be.
    """

    name: ClassVar[str] = "deals_with"
    fields: tuple[str, ...]
    partner: tuple[str, ...]
    stranger: tuple[str, ...]

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        found = [(ref, best) for ref in self.fields if (best := best_reading(dossier, ref)) is not None]
        partner, stranger = _first_read(dossier, self.partner), _first_read(dossier, self.stranger)
        for ref, (part, reading) in found:
            wrong = stranger is not None and reading.state == "read" and same(reading.text, stranger.text)
            right = partner is not None and reading.state == "read" and same(reading.text, partner.text)
            # a customer that is its own reseller would be both, and that is for a person
            outcome: Outcome = "unsure"
            if wrong != right:
                outcome = "pass" if right else "fail" if reading.sure else "unsure"
            name, shown = field_title(dossier, ref), reading.text or "—"
            verb = {"pass": say("往来正确", "is the right one"), "fail": say("不应与我方往来", "must not deal with us")}
            said = verb.get(outcome, say("未能确定是否正确", "could not be told for certain"))
            yield Judgement(
                outcome=outcome,
                expected=partner.text if partner else None,
                found=reading.text or None,
                document=sheet(part.facts),
                **reading.place(),
                message=say(f"{name.zh}“{shown}”{said.zh}", f"{name.en} “{shown}” {said.en}"),
            )
        if not found:
            yield not_there()


class Named(Value):
    """A party: where its name and its code stand, as `type.field`."""

    name: str
    code: str


class NamesParty(CaseCheck):
    """A paper names one of the parties of the case, with the party's own code where the paper has one."""

    name: ClassVar[str] = "names_party"
    document: str
    party: str
    code: str = ""
    parties: tuple[Named, ...]

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        best = best_reading(dossier, f"{self.document}.{self.party}")
        if best is None:
            yield not_there()
            return
        part, reading = best
        coded = best_reading(dossier, f"{self.document}.{self.code}") if self.code else None
        code = coded[1] if coded and coded[1].state == "read" else None
        answers = [self._answer(dossier, named, reading, code) for named in self.parties]
        outcome: Outcome = "pass" if "pass" in answers else "unsure"
        verb = say("是", "is") if outcome == "pass" else say("未能确认是", "could not be confirmed as")
        name, text = field_title(dossier, f"{self.document}.{self.party}"), reading.text or "—"
        yield Judgement(
            outcome=outcome,
            found=reading.text or None,
            document=sheet(part.facts),
            **reading.place(),
            message=say(f"{name.zh}“{text}”{verb.zh}本案当事人", f"{name.en} “{text}” {verb.en} a party of this case"),
        )

    def _answer(self, dossier: Dossier, named: Named, reading: Reading, code: Reading | None) -> Outcome:
        name, own = best_reading(dossier, named.name), best_reading(dossier, named.code)
        if name is None or equality(reading, name[1]) != "pass":
            return "unsure"
        if code is None:
            return "unsure" if self.code else "pass"
        return equality(code, own[1], "uscc") if own else "unsure"


def _first_read(dossier: Dossier, refs: tuple[str, ...]) -> Reading | None:
    found = [best[1] for ref in refs if (best := best_reading(dossier, ref)) is not None]
    return next((reading for reading in found if reading.state == "read"), None)


def against_register(left: Reading, rows: Register, column: str) -> tuple[str, Outcome]:
    """The column's nearest name, and whether it is the one read; for registers of few rows."""
    names = [str(row.get(column, "")) for row in rows]
    if any(same(left.text, name) for name in names) and left.state == "read":
        return left.text, "pass"
    nearest = max(names, key=lambda name: likeness(left.text, name))
    clear = left.sure and likeness(left.text, nearest) < 0.9
    return nearest, "fail" if clear else "unsure"
