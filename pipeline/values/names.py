"""Registered names of organisations, and when two of them mean the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Levenshtein

from pipeline.values.parsed import MISSING, Parsed, bad, folded, simplified, squeezed

_HANZI = re.compile(r"[\u3400-\u9fff]")
_LEGAL_FORM = re.compile(r"(?:股份有限公司|有限责任公司|有限公司|公司)")
_BRACKETS = str.maketrans("[]【】〔〕{}「」", "()()()()()")
_TO_FULL_WIDTH = str.maketrans("()", "（）")
_PLACE = re.compile(r"\((.+?)\)")
# One misread character in ten is what OCR does to a clean line; more is another name.
_MISREAD_SHARE = 0.1
_SHORTEST = 4


@dataclass(frozen=True)
class NameMatch:
    """`similar` is for a person to decide; `ratio` 0..1 over the normalised names."""

    kind: Literal["equal", "similar", "different"]
    ratio: float


def parse_org_name(raw: str, *, pattern: str | None, options: Mapping[str, tuple[str, ...]]) -> Parsed:
    """A name with hanzi has no spaces and full-width brackets, as on the licence; others keep single spaces."""
    text = folded(raw).strip("_:：,，.。;；")
    if not text:
        return MISSING
    if not _HANZI.search(text):
        return Parsed(text) if any(char.isalpha() for char in text) else bad(text, "not_a_name")
    name = squeezed(text).translate(_BRACKETS).translate(_TO_FULL_WIDTH)
    return Parsed(name) if len(name) >= _SHORTEST else bad(name, "abbreviated")


def normal_name(name: str) -> str:
    """For comparing: NFKC, no spaces, ASCII brackets, lower case, simplified characters."""
    return simplified(squeezed(name)).translate(_BRACKETS).casefold()


def same_name(a: str, b: str) -> NameMatch:
    """Equal only when the normalised names are; a differing legal form or a lone misreading is `similar`."""
    left, right = normal_name(a), normal_name(b)
    if not left or not right:
        return NameMatch("different", 0.0)
    ratio = Levenshtein.normalized_similarity(left, right)
    if left == right:
        return NameMatch("equal", 1.0)
    if _LEGAL_FORM.sub("", left) == _LEGAL_FORM.sub("", right):
        return NameMatch("similar", ratio)
    allowed = max(1, int(max(len(left), len(right)) * _MISREAD_SHARE))
    near = Levenshtein.distance(left, right) <= allowed and not _other_place(left, right)
    return NameMatch("similar" if near else "different", ratio)


def _other_place(left: str, right: str) -> bool:
    """(北京) and (上海) are two companies, however alike the rest is."""
    places = [_PLACE.search(name) for name in (left, right)]
    if not places[0] or not places[1]:
        return False
    here, there = places[0][1], places[1][1]
    return Levenshtein.normalized_similarity(here, there) == 0
