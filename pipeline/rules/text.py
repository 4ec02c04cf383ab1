"""Checks on fixed words of a document."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pydantic import field_validator

from pipeline.model import Box, Facts, Line, Page
from pipeline.packs import DocumentCheck, Judgement, Pack, World
from pipeline.rules.compare import same
from pipeline.rules.reading import LEGIBLE, SURE
from pipeline.rules.wording import say


@dataclass(frozen=True)
class _Naming:
    """One place where the anchor stands, and the name found there."""

    name: str
    page: int
    box: Box | None
    confidence: float


class NamedParty(DocumentCheck):
    """The printed name found by `anchor` (one group, matched on NFKC text without spaces) is exactly `expected`.

    A single reading can be the reader's mistake, so another name is refused only when two places agree on it
    or the comparison with the blank form saw a change there too.
    """

    name: ClassVar[str] = "named_party"
    expected: str
    anchor: str

    @field_validator("anchor")
    @classmethod
    def _one_group(cls, anchor: str) -> str:
        try:
            groups = re.compile(anchor).groups
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        if groups != 1:
            raise ValueError("needs exactly one group ( ) around the name")
        return anchor

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        namings = [naming for page in facts.document.pages for naming in self._namings(page)]
        others = [naming for naming in namings if not same(naming.name, self.expected)]
        if others:
            yield self._other(facts, others)
        elif any(naming.confidence >= LEGIBLE for naming in namings):
            best = max(namings, key=lambda naming: naming.confidence)
            yield Judgement(
                outcome="pass",
                message=say(f"载明“{best.name}”", f"It names “{best.name}”"),
                expected=self.expected,
                found=best.name,
                page=best.page,
                box=best.box,
                confidence=best.confidence,
            )
        else:
            yield Judgement(
                outcome="unsure",
                expected=self.expected,
                message=say(
                    f"未能读出应载明的“{self.expected}”", f"“{self.expected}” could not be read where it belongs"
                ),
            )

    def _namings(self, page: Page) -> Iterator[_Naming]:
        text, owners = "", list[Line]()
        for line in page.lines:
            squeezed = folded_line(line.text)
            text += squeezed
            owners += [line] * len(squeezed)
        for match in re.finditer(self.anchor, text):
            lines = owners[match.start(1) : max(match.end(1), match.start(1) + 1)]
            confidence = min((line.confidence for line in lines), default=0.0)
            yield _Naming(match[1], page.number, lines[0].box if lines else None, confidence)

    def _other(self, facts: Facts, others: list[_Naming]) -> Judgement:
        worst = max(others, key=lambda naming: naming.confidence)
        twice = sum(same(naming.name, worst.name) and naming.confidence >= SURE for naming in others) >= 2
        exact = all(page.text_source == "text" for page in facts.document.pages if page.number == worst.page)
        sure = worst.confidence >= SURE and (twice or exact or self._seen_changed(facts, worst))
        return Judgement(
            outcome="fail" if sure else "unsure",
            message=say(
                f"第 {worst.page} 页载明“{worst.name}”，应为“{self.expected}”",
                f"Page {worst.page} names “{worst.name}” instead of “{self.expected}”",
            ),
            expected=self.expected,
            found=worst.name,
            page=worst.page,
            box=worst.box,
            confidence=worst.confidence,
        )

    def _seen_changed(self, facts: Facts, naming: _Naming) -> bool:
        comparison = facts.observations.comparison
        return any(
            difference.kind == "change" and difference.page == naming.page and _same_row(difference.box, naming.box)
            for difference in (comparison.differences if comparison else ())
        )


def folded_line(text: str) -> str:
    """Text as the anchor sees it: NFKC (half-width brackets and colons), without white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def _same_row(one: Box | None, other: Box | None) -> bool:
    return one is not None and other is not None and one[1] < other[3] and other[1] < one[3]
