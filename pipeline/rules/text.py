"""Checks on fixed words of a document."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from pydantic import field_validator

from pipeline.model import Box, Facts, Line, Page
from pipeline.packs import DocumentCheck, Judgement, Pack, World
from pipeline.rules.compare import same
from pipeline.rules.quality import weak_pages
from pipeline.rules.reading import LEGIBLE, SURE
from pipeline.rules.wording import say
from pipeline.values.names import normal_name, same_name

_VIVID = ("red", "blue", "purple")  # ink that can be told from print


@dataclass(frozen=True)
class _Naming:
    """One place where the anchor stands, and the name found there; `rows` = its part of each line it was read in."""

    name: str
    page: int
    rows: tuple[Box, ...]
    confidence: float

    @property
    def box(self) -> Box | None:
        """Where it begins."""
        return self.rows[0] if self.rows else None


class NamedParty(DocumentCheck):
    """The printed name found by `anchor` (one group, matched on NFKC text without spaces) is exactly `expected`.

    A reading can be the reader's mistake, and a rare character is misread alike wherever it stands. So another name is
    refused only where the comparison with the blank form saw its words changed too, where it is no reading but the
    file's own text, or where two places of good pages agree on a name too far off for a misreading, and the comparison
    could not look at them itself because they do not lie over the form. What a seal lies over is not read here where
    the comparison saw it as printed.
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
        sealed = [naming for naming in others if _is_sealed_print(facts, naming)]
        others = [naming for naming in others if naming not in sealed]
        namings = [naming for naming in namings if naming not in sealed]
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
        elif sealed:
            yield Judgement(
                outcome="pass",
                message=say(
                    f"第 {sealed[0].page} 页印章压住名称；去除印色后与空白原版一致",
                    f"Page {sealed[0].page}: a seal lies over the name; without its ink the words are the blank form's",
                ),
                expected=self.expected,
                page=sealed[0].page,
                box=sealed[0].box,
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
        text, owners = "", list[tuple[Line, float, float]]()
        for line in page.lines:
            squeezed = folded_line(line.text)
            text += squeezed
            owners += [(line, at / len(squeezed), (at + 1) / len(squeezed)) for at in range(len(squeezed))]
        for match in re.finditer(self.anchor, text):
            parts = owners[match.start(1) : max(match.end(1), match.start(1) + 1)]
            confidence = min((line.confidence for line, _, _ in parts), default=0.0)
            rows = []
            for _, part in groupby(parts, key=lambda owner: id(owner[0])):
                own = list(part)
                if own[0][0].box is not None:
                    rows.append(_stretch(own[0][0].box, own[0][1], own[-1][2]))
            yield _Naming(match[1], page.number, tuple(rows), confidence)

    def _other(self, facts: Facts, others: list[_Naming]) -> Judgement:
        worst = max(others, key=lambda naming: naming.confidence)
        exact = all(page.text_source == "text" for page in facts.document.pages if page.number == worst.page)
        told = exact or self._twice(facts, worst, others) or self._seen_changed(facts, worst)
        sure = worst.confidence >= SURE and told
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

    def _twice(self, facts: Facts, worst: _Naming, others: list[_Naming]) -> bool:
        alike = [naming for naming in others if same(naming.name, worst.name) and naming.confidence >= SURE]
        if len(alike) < 2 or same_name(worst.name, self.expected).kind != "different":
            return False
        comparison = facts.observations.comparison
        looked_at = (
            {match.page for match in comparison.pages if match.alignment == "registered"} if comparison else set()
        )
        return not any(naming.page in looked_at for naming in alike) and not weak_pages(facts.document)

    def _seen_changed(self, facts: Facts, naming: _Naming) -> bool:
        """Whether the comparison saw words of the name changed in its row."""
        comparison = facts.observations.comparison
        return any(
            difference.kind == "change"
            and difference.page == naming.page
            and _same_row(difference.box, naming.box)
            and (_within(difference.expected, self.expected) or _within(difference.found, naming.name))
            for difference in (comparison.differences if comparison else ())
        )


def _is_sealed_print(facts: Facts, naming: _Naming) -> bool:
    """Whether a seal lies over the name and the comparison, which divides the seal's ink out, saw the row as printed.

    The page's reader takes seal and print for one word.
    """
    seen = facts.observations
    if seen.comparison is None or naming.page in weak_pages(facts.document):
        return False
    laid = any(match.page == naming.page and match.alignment == "registered" for match in seen.comparison.pages)
    coloured = (seal.box for seal in seen.seals if seal.page == naming.page and seal.colour in _VIVID)
    return (
        laid
        and any(_meet(box, row) for box in coloured for row in naming.rows)
        and not any(
            item.kind != "mark" and item.page == naming.page and _same_row(item.box, row)
            for item in seen.comparison.differences
            for row in naming.rows
        )
    )


def folded_line(text: str) -> str:
    """Text as the anchor sees it: NFKC (half-width brackets and colons), without white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def _within(words: str, name: str) -> bool:
    return bool(words) and normal_name(words) in normal_name(name)


def _stretch(line: Box, start: float, stop: float) -> Box:
    """Part of a line's box, by shares 0..1 of its characters: hanzi are as wide as one another."""
    wide = line[2] - line[0]
    return line[0] + start * wide, line[1], line[0] + stop * wide, line[3]


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _same_row(one: Box | None, other: Box | None) -> bool:
    return one is not None and other is not None and one[1] < other[3] and other[1] < one[3]
