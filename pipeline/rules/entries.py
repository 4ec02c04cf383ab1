"""What people write into blanks must be data, not terms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from pydantic import field_validator

from pipeline.model import Bilingual, Box, Difference, Facts
from pipeline.packs import DocumentCheck, Judgement, Pack, World
from pipeline.rules.places import printed_at
from pipeline.rules.wording import say, title_of


class PlainEntries(DocumentCheck):
    """Nothing filled in matches one of `terms` (regular expressions): a condition in a blank changes the contract.

    Values longer than `longest` characters are no data either.
    """

    name: ClassVar[str] = "plain_entries"
    terms: tuple[str, ...]
    longest: int = 60

    @field_validator("terms")
    @classmethod
    def _patterns(cls, terms: tuple[str, ...]) -> tuple[str, ...]:
        for term in terms:
            try:
                re.compile(term)
            except re.error as error:
                raise ValueError(f"{term!r} is not a regular expression: {error}") from error
        return terms

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        suspicious = {
            key: value
            for key, value in facts.extraction.fields.items()
            if len(value.raw) > self.longest or self._is_term(value.raw)
        }
        for key, value in suspicious.items():
            yield _suspicion(title_of(pack, key), value.raw, value.page, value.box, value.confidence)
        told = {pack.fields[key].blank or key for key in suspicious if key in pack.fields}
        others = [entry for entry in _entries(facts) if entry.note not in told and self._is_term(entry.found)]
        for entry in others:
            title = title_of(pack, entry.note) if entry.note in pack.fields else printed_at(pack, entry.note)
            yield _suspicion(title, entry.found, entry.page, entry.box, entry.confidence)
        if suspicious or others:
            return
        if not facts.extraction.fields:
            yield Judgement(outcome="unsure", message=say("未读到任何填写内容", "Nothing filled in was read"))
        else:
            yield Judgement(outcome="pass", message=say("填写内容均为普通信息", "The blanks hold plain data"))

    def _is_term(self, text: str) -> bool:
        return any(re.search(term, text) for term in self.terms)


def _entries(facts: Facts) -> list[Difference]:
    """What stands in the form's blanks, those without a field among them, such as the places to seal and sign."""
    comparison = facts.observations.comparison
    return [each for each in comparison.differences if each.kind == "fill_in"] if comparison else []


def _suspicion(title: Bilingual, text: str, page: int | None, box: Box | None, confidence: float) -> Judgement:
    return Judgement(
        outcome="unsure",
        page=page,
        box=box,
        confidence=confidence,
        found=text,
        message=say(
            f"“{title.zh}”栏填写了“{text}”，可能是附加条件，请人工查看",
            f"“{title.en}” is filled with “{text}”, possibly a condition; please look",
        ),
    )
