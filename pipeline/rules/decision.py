"""Decision tables: the first row whose conditions hold gives the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, ClassVar, Self

from pydantic import BeforeValidator, Field, model_validator

from pipeline.model import Bilingual, Outcome, Severity, Value
from pipeline.packs import CaseCheck, Dossier, Judgement, World
from pipeline.rules.dossier import not_there, sheet
from pipeline.rules.inputs import NOT_TOLD, UNKNOWN, Input, ask, is_number
from pipeline.rules.wording import say

_LIMIT = re.compile(r"(>=|<=|>|<)(-?\d+(?:\.\d+)?)")
_SLOT = re.compile(r"\{(\w+)\}")
_DATA = ("expected", "found")  # filled in from the judgement, as in every rule


def _tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Conditions = Mapping[str, Annotated[tuple[str, ...], BeforeValidator(_tuple)]]


class Row(Value):
    """One row: `when` gives per input the values one of which it must have: a word, a limit such as `>=70`, or `*`.

    `*` is any value that was told. Of `either`, alternatives written like `when`, at least one must hold too. `also`
    rows are answered beside the first row that holds. Texts may use {input}.
    """

    sub: str = ""
    when: Conditions = Field(default_factory=dict)
    either: tuple[Conditions, ...] = ()
    outcome: Outcome
    message: Bilingual
    severity: Severity | None = None
    required: Bilingual | None = None
    fix: Bilingual | None = None
    also: bool = False

    def reasons(self, inputs: Mapping[str, Input]) -> tuple[str, ...] | None:
        """Names of the inputs on which the row rests; None when it does not hold."""
        fitting = [each for each in self.either if _met(each, inputs)]
        if not _met(self.when, inputs) or (self.either and not fitting):
            return None
        return tuple(dict.fromkeys([*self.when, *(name for each in fitting for name in each)]))

    def names(self) -> frozenset[str]:
        """Every input the row asks for."""
        return frozenset(self.when).union(*self.either)


class DecisionTable(CaseCheck):
    """Answers with the id of the row, e.g. DC-04; `inputs` name their sources, see `pipeline.rules.inputs`.

    `defaults` say what an input counts as when no document speaks of it; without one it is unknown. Something written
    but illegible is always unknown. Nothing is asked before one of `documents` is there.
    """

    name: ClassVar[str] = "decision_table"
    documents: tuple[str, ...]
    inputs: Mapping[str, tuple[str, ...]]
    defaults: Mapping[str, str] = Field(default_factory=dict)
    rows: tuple[Row, ...]

    @model_validator(mode="after")
    def _known_names(self) -> Self:
        texts = [text for row in self.rows for text in (row.message, row.required, row.fix) if text]
        slots = {slot for text in texts for words in (text.zh, text.en) for slot in _SLOT.findall(words)}
        used = {name for row in self.rows for name in row.names()} | set(self.defaults) | slots
        if unknown := sorted(used - set(self.inputs) - set(_DATA)):
            raise ValueError(f"{', '.join(unknown)}: no such input; valid: {', '.join(sorted(self.inputs))}")
        return self

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        if not any(dossier.parts_of(document) for document in self.documents):
            yield not_there()
            return
        inputs = {
            name: ask(dossier, sources, self.defaults.get(name, UNKNOWN)) for name, sources in self.inputs.items()
        }
        first = next((row for row in self.rows if not row.also and row.reasons(inputs) is not None), None)
        if first is None:
            message = say("没有适用的判断依据，请人工决定", "No row of the table applies; please decide")
            yield Judgement(outcome="unsure", message=message, found=_told(inputs, inputs))
        for row in self.rows:
            reasons = row.reasons(inputs) if row is first or row.also else None
            if reasons is not None:
                yield _answer(row, reasons, inputs)


def _answer(row: Row, reasons: Iterable[str], inputs: Mapping[str, Input]) -> Judgement:
    asked = [inputs[name] for name in reasons]
    places = [each for each in asked if each.part is not None]
    refused = row.outcome == "fail" and not all(each.sure for each in asked)
    one = places[0] if len(places) == 1 else None
    place = one.reading.place() if one and one.reading else {}
    return Judgement(
        outcome="unsure" if refused else row.outcome,
        sub=row.sub,
        severity=row.severity,
        message=_filled(row.message, inputs),
        required=_filled(row.required, inputs) if row.required else None,
        fix=_filled(row.fix, inputs) if row.fix else None,
        found=_told(inputs, reasons) or None,
        document=sheet(one.part.facts) if one and one.part else None,
        **place,
    )


def _met(conditions: Conditions, inputs: Mapping[str, Input]) -> bool:
    return all(any(_meets(inputs[name].value, wish) for wish in wishes) for name, wishes in conditions.items())


def _meets(value: str, wish: str) -> bool:
    limit = _LIMIT.fullmatch(wish)
    if wish == "*":
        return value not in NOT_TOLD
    if limit is None:
        return value == wish
    number, bound = is_number(value), is_number(limit[2])
    if number is None or bound is None:
        return False
    return {">=": number >= bound, "<=": number <= bound, ">": number > bound, "<": number < bound}[limit[1]]


def _filled(text: Bilingual, inputs: Mapping[str, Input]) -> Bilingual:
    """Plain replacement: what stands on a paper is never taken for a template."""

    def put(words: str, language: str) -> str:
        return _SLOT.sub(lambda slot: getattr(inputs[slot[1]].shown, language) if slot[1] in inputs else slot[0], words)

    return Bilingual(zh=put(text.zh, "zh"), en=put(text.en, "en"))


def _told(inputs: Mapping[str, Input], names: Iterable[str]) -> str:
    return "; ".join(f"{name}: {inputs[name].value}" for name in names)
