"""Which page of the blank form each page is, in whatever order they come."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from pipeline.inspection.compare_text import fold
from pipeline.model import Page

SHINGLE = 3
LEAST_SCORE = 0.35  # below this a page is none of the form's
LEAST_TEXT = 6  # folded characters; fewer = a blank back side
_NUMBER = re.compile(
    r"共(?P<y1>\d{1,3})页[,/]?第(?P<x1>\d{1,3})页|第(?P<x2>\d{1,3})页(?:[,/]?共(?P<y2>\d{1,3})页)?"
    r"|^-?(?P<x3>\d{1,3})/(?P<y3>\d{1,3})-?$|(?:^|[^a-z])page(?P<x4>\d{1,3})of(?P<y4>\d{1,3})(?:\D|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Paging:
    """`matches`: page -> (reference page or None, score 0..1); pages without text match None and are not foreign."""

    matches: Mapping[int, tuple[int | None, float]]
    missing: tuple[int, ...]
    repeated: tuple[int, ...]
    foreign: tuple[int, ...]
    in_order: bool


def match_pages(pages: Sequence[Page], reference: Sequence[Page]) -> Paging:
    """Each page goes to the reference page whose own words it carries; running heads do not count."""
    forms = {page.number: _shingles(page) for page in reference}
    common = _common(list(forms.values()))
    matches: dict[int, tuple[int | None, float]] = {}
    for page in pages:
        own = _shingles(page) - common
        scores = {number: _score(own, form - common) for number, form in forms.items()}
        best = max(scores, key=lambda number: (scores[number], -number), default=None)
        if len(fold(page.text)) < LEAST_TEXT or best is None:
            matches[page.number] = (None, 0.0)
        elif scores[best] < LEAST_SCORE and not _alike(page, reference, best):
            matches[page.number] = (None, scores[best])
        else:
            matches[page.number] = (best, scores[best])
    written = {page.number for page in pages if len(fold(page.text)) >= LEAST_TEXT}
    return paging(matches, [page.number for page in reference], written)


def paging(matches: Mapping[int, tuple[int | None, float]], numbers: Sequence[int], written: set[int]) -> Paging:
    """What the matches say about the whole document; `written` = pages that carry text."""
    counts = Counter(form for form, _ in matches.values() if form is not None)
    sequence = [matches[page][0] for page in sorted(matches) if matches[page][0] is not None]
    return Paging(
        matches=matches,
        missing=tuple(number for number in numbers if not counts[number]),
        repeated=tuple(sorted(number for number, count in counts.items() if count > 1)),
        foreign=tuple(page for page in sorted(matches) if matches[page][0] is None and page in written),
        in_order=sequence == sorted(sequence, key=lambda number: number or 0),
    )


def printed_number(page: Page) -> tuple[int, int | None] | None:
    """(x, y) of a printed `第 x 页 共 y 页` in the topmost or lowest lines; None when there is none to be read."""
    lines = sorted((line for line in page.lines if line.box), key=lambda line: line.box[1] if line.box else 0.0)
    for line in [*reversed(lines[-3:]), *lines[:2]]:
        found = page_number(line.text)
        if found:
            return found
    return None


def page_number(text: str) -> tuple[int, int | None] | None:
    """(x, y) of `第 x 页 共 y 页`, `共 y 页 第 x 页`, `x / y` or `Page x of y` in a line of text."""
    found = _NUMBER.search(fold(text))
    if found is None:
        return None
    value = {name[0]: int(digits) for name, digits in found.groupdict().items() if digits}
    return value["x"], value.get("y")


def _shingles(page: Page) -> set[str]:
    text = fold(page.text)
    return {text[at : at + SHINGLE] for at in range(len(text) - SHINGLE + 1)}


def _common(forms: Sequence[set[str]]) -> set[str]:
    """Shingles on more than half of at least three pages: headers and footers."""
    counts = Counter(shingle for form in forms for shingle in form)
    return {shingle for shingle, count in counts.items() if len(forms) >= 3 and count > len(forms) / 2}


def _score(own: set[str], form: set[str]) -> float:
    """How much of the form's page is here; for a page of re-flowed text, how much of the page is the form's."""
    if not own or not form:
        return 0.0
    shared = len(own & form)
    return max(shared / len(form), 0.9 * shared / len(own))


def _alike(page: Page, reference: Sequence[Page], best: int) -> bool:
    """Second opinion for badly read or nearly empty pages, where few shingles survive."""
    form = next(other for other in reference if other.number == best)
    return fuzz.ratio(fold(page.text), fold(form.text)) > 60
