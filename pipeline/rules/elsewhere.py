"""Checks against the other cases of this desk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pipeline.packs import CaseCheck, Dossier, Judgement, World
from pipeline.rules.dossier import best_reading, first_reading, not_there, sheet
from pipeline.rules.fields import problem_of
from pipeline.rules.wording import say


class SeenOnce(CaseCheck):
    """No other case knows the number in `field` (`type.field`); `key` is the join key that collects it."""

    name: ClassVar[str] = "seen_once"
    field: str
    key: str

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        best = best_reading(dossier, self.field)
        if best is None:
            yield not_there()
            return
        part, number = best
        title, cases = number.title, world.others.get(self.key, {}).get(number.text, ())
        if problem := problem_of(number):
            judgement = problem.model_copy(update={"outcome": "unsure"})  # a blank or odd number proves nothing
        else:
            seen = ", ".join(cases)
            judgement = Judgement(
                outcome="fail" if cases else "pass",
                found=number.text,
                **number.place(),
                message=say(
                    f"{title.zh} {number.text} 已在 {seen} 中出现" if cases else f"{title.zh} {number.text} 首次出现",
                    f"{title.en} {number.text} was seen in {seen}"
                    if cases
                    else f"{title.en} {number.text} is new here",
                ),
            )
        yield judgement.model_copy(update={"document": sheet(part.facts)})


class NoDuplicate(CaseCheck):
    """No other case has the same values for all of `keys`, join keys with the field of `documents` they come from.

    Only for documents whose `field` has one of `values`; a match is a candidate, which a person compares.
    """

    name: ClassVar[str] = "no_duplicate"
    documents: tuple[str, ...]
    field: str
    values: tuple[str, ...]
    keys: dict[str, str]

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        document, kind = first_reading(dossier, self.documents, self.field)
        if kind is None:
            yield not_there()
            return
        if kind[1].state == "read" and kind[1].text not in self.values:
            yield Judgement(outcome="n/a", message=say("这类单据不查重", "Not asked of this kind"))
            return
        readings = {key: best_reading(dossier, f"{document}.{name}") for key, name in self.keys.items()}
        unread = [best[1].title for best in readings.values() if best and best[1].state != "read"]
        others = [
            set(world.others.get(key, {}).get(best[1].text, ())) if best else set() for key, best in readings.items()
        ]
        same = sorted(set.intersection(*others))
        where = sheet(kind[0].facts)
        if same:
            cases = ", ".join(same)
            message = say(
                f"{cases} 的相同，可能重复，请人工比较", f"As in {cases}: possibly a duplicate, please compare"
            )
            yield Judgement(outcome="unsure", message=message, found=cases, document=where)
        elif unread:
            titles = say("、".join(title.zh for title in unread), ", ".join(title.en for title in unread))
            message = say(f"{titles.zh}未能读出，无法查重", f"{titles.en} not read, duplicates cannot be found")
            yield Judgement(outcome="unsure", message=message, document=where)
        else:
            message = say("未发现重复", "No duplicate found")
            yield Judgement(outcome="pass", message=message, document=where)
