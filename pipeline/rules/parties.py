"""Whether the documents of a case name the same parties, and whether these may order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pipeline.model import Outcome, Value
from pipeline.packs import CaseCheck, Dossier, Judgement, Register, World
from pipeline.rules.compare import equality, likeness, same
from pipeline.rules.dossier import best_reading, field_title, sheet
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


def against_register(left: Reading, rows: Register, column: str) -> tuple[str, Outcome]:
    """The column's nearest name, and whether it is the one read; for registers of few rows."""
    names = [str(row.get(column, "")) for row in rows]
    if any(same(left.text, name) for name in names) and left.state == "read":
        return left.text, "pass"
    nearest = max(names, key=lambda name: likeness(left.text, name))
    clear = left.sure and likeness(left.text, nearest) < 0.9
    return nearest, "fail" if clear else "unsure"
