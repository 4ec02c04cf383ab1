"""What products are called, and what ordering some of them takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from pipeline.model import Facts, Outcome
from pipeline.packs import CaseCheck, DocumentCheck, Dossier, Judgement, Pack, Part, Register, World
from pipeline.rules.compare import likeness
from pipeline.rules.dossier import best_reading, field_title, not_there, pack_of, sheet
from pipeline.rules.reading import read_field, rows_of
from pipeline.rules.registers import Row, lookup
from pipeline.rules.wording import say


class CatalogueName(DocumentCheck):
    """The product number decides which product is meant; a name alone, or another product's name, is for a person."""

    name: ClassVar[str] = "catalogue_name"
    table: str
    key: str
    title: str
    register_name: str
    key_column: str
    title_columns: tuple[str, ...]

    def field_names(self) -> tuple[str, ...]:
        return (f"{self.table}.{self.key}", f"{self.table}.{self.title}")

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        rows = rows_of(facts, self.table)
        if not rows:
            yield Judgement(outcome="unsure", message=say("未读到任何订单行", "No line was read"))
        for row in rows:
            yield self._row(facts, pack, row, world.registers.get(self.register_name, ()))

    def _row(self, facts: Facts, pack: Pack, row: int, register: Register) -> Judgement:
        key, title = (read_field(facts, pack, f"{self.table}.{row}.{column}") for column in (self.key, self.title))
        entries = lookup(register, self.key_column, key.text) if key.state == "read" else ()
        shown = title.text or "—"
        if not entries:
            message = say(f"仅凭名称“{shown}”不能确定产品", f"The name “{shown}” alone does not tell the product")
            return Judgement(outcome="unsure", message=message, found=title.text or None, **title.place())
        own = _best(title.text, entries, self.title_columns)
        other = _best(title.text, [entry for entry in register if entry not in entries], self.title_columns)
        if title.state != "read" or own[0] >= other[0]:
            message = say(f"产品编号 {key.text} 即“{own[1]}”", f"Product number {key.text} is “{own[1]}”")
            return Judgement(outcome="pass", message=message, found=title.text or None, **key.place())
        return Judgement(
            outcome="unsure",
            expected=own[1],
            found=title.text,
            **title.place(),
            message=say(
                f"产品编号 {key.text} 为“{own[1]}”，名称却写“{shown}”（{other[1]}）",
                f"Product number {key.text} is “{own[1]}”, but the name says “{shown}” ({other[1]})",
            ),
        )


def _best(text: str, entries: Sequence[Row], columns: tuple[str, ...]) -> tuple[float, str]:
    """How like the nearest name is, and that name."""
    names = [str(entry[column]) for entry in entries for column in columns if column in entry]
    return max(((likeness(text, name), name) for name in names), default=(0.0, "?"))


class TraitNeeds(CaseCheck):
    """Products with one of `values` in the register's column `trait` need one of `allowed` in `proof`.

    `proof` is a `type.field`; `documents` are the orders, the first that is there counts.
    """

    name: ClassVar[str] = "trait_needs"
    documents: tuple[str, ...]
    table: str
    key: str
    register_name: str
    key_column: str
    trait: str
    values: tuple[str, ...]
    proof: str
    allowed: tuple[str, ...]

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        parts = next((parts for document in self.documents if (parts := dossier.parts_of(document))), ())
        if not parts:
            yield not_there()
            return
        special = [product for part in parts for product in self._special(dossier, part, world)]
        best = best_reading(dossier, self.proof)
        if not special:
            message = say("所订产品无需此项声明", "No product ordered needs this statement")
            yield Judgement(outcome="n/a", message=message)
            return
        name, names = field_title(dossier, self.proof), ", ".join(dict.fromkeys(special))
        reading = best[1] if best else None
        told = reading is not None and reading.state == "read"
        outcome: Outcome = "unsure"
        if reading is not None and (told or reading.state == "blank"):
            good = told and reading.text in self.allowed
            outcome = "pass" if good else "fail" if reading.sure or reading.state == "blank" else "unsure"
        shown = reading.text if reading and reading.text else "—"
        yield Judgement(
            outcome=outcome,
            expected=" / ".join(self.allowed),
            found=shown,
            document=sheet(best[0].facts) if best else None,
            **(reading.place() if reading else {}),
            message=say(f"{names} 需要{name.zh}，现为“{shown}”", f"{names} needs {name.en}, which is “{shown}”"),
        )

    def _special(self, dossier: Dossier, part: Part, world: World) -> Iterator[str]:
        register = world.registers.get(self.register_name, ())
        for row in rows_of(part.facts, self.table):
            key = read_field(part.facts, pack_of(dossier, part), f"{self.table}.{row}.{self.key}")
            if any(
                str(entry.get(self.trait, "")) in self.values for entry in lookup(register, self.key_column, key.text)
            ):
                yield key.text
