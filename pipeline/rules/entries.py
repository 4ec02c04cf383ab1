"""What people write into blanks must be data, not terms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from pydantic import field_validator

from pipeline.model import Facts
from pipeline.packs import DocumentCheck, Judgement, Pack, World
from pipeline.rules.wording import say, title_of


class PlainEntries(DocumentCheck):
    """No filled-in value matches one of `terms` (regular expressions): a condition in a blank changes the contract."""

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
            if len(value.raw) > self.longest or any(re.search(term, value.raw) for term in self.terms)
        }
        for key, value in suspicious.items():
            title = title_of(pack, key)
            yield Judgement(
                outcome="unsure",
                page=value.page,
                box=value.box,
                confidence=value.confidence,
                found=value.raw,
                message=say(
                    f"“{title.zh}”栏填写了“{value.raw}”，可能是附加条件，请人工查看",
                    f"“{title.en}” is filled with “{value.raw}”, possibly a condition; please look",
                ),
            )
        if not facts.extraction.fields:
            yield Judgement(outcome="unsure", message=say("未读到任何填写内容", "Nothing filled in was read"))
        elif not suspicious:
            yield Judgement(outcome="pass", message=say("填写内容均为普通信息", "The blanks hold plain data"))
