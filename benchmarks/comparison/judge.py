"""What the product said of a paper laid beside what was done to it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from benchmarks.comparison.jobs import LIES, PAGES
from benchmarks.comparison.papers import Place
from benchmarks.product import Told
from pipeline.model import Box, Comparison, Difference, Finding
from pipeline.validate import verdict_of

Answer = Literal["failed", "indeterminate", "passed"]

WORDS = ("AGR-01", "AGR-02")
FILE = ("IN-01", "IN-03", "IN-04", "IN-07")  # unreadable, hidden content, not recognised: no answer about the words
LAYER = "IN-04"
SLACK = 4.0  # pt by which a told place may lie off the true one: half a line
REACH = 60.0  # pt by which a told box may be taller than the true place and still show it
SHARE = 0.3  # of the smaller box that the two have in common
ALIKE = 75.0  # of 100: long insertions and omissions are told with reading errors
LONG = 6  # characters from which words are long
UNTOLD = ("handwriting in the margin", "handwriting between lines", "correction fluid, retyped")  # not read by anyone


@dataclass(frozen=True)
class Answered:
    """The answer about a tampered paper; None = the question makes no sense for this class."""

    answer: Answer
    page: bool
    box: bool | None
    words: bool | None
    confidence: float  # of the surest difference told at the place; 0 when there is none


@dataclass(frozen=True)
class Honest:
    """The answer about an unmodified paper: pages that a failing finding names, and places told."""

    answer: Answer
    pages: int
    failed: tuple[int, ...]
    boxes: tuple[tuple[int, Box], ...]
    rules: tuple[str, ...]
    confidence: float  # of the surest difference that no blank and no seal explains; 0 when there is none


def relevant(told: Told) -> list[Finding]:
    """The findings about modification, and those that say nothing could be found out."""
    return told.findings(*WORDS, *FILE)


def judge_tampered(kind: str, places: Sequence[Place], old: str, new: str, told: Told) -> Answered:
    """Whether the change was found, and where and as what it was told."""
    findings = relevant(told)
    comparison = told.facts.observations.comparison
    answer = verdict_of(findings)
    if kind in PAGES:
        return Answered(answer, _sheet_told(kind, places, comparison, findings), None, None, 0.0)
    rule = LAYER if kind in LIES else WORDS
    open_ = [item for item in findings if item.rule.startswith(rule) and item.outcome in ("fail", "unsure")]
    page = any(item.box is not None and item.page == place.page for item in open_ for place in places)
    there = [item for item in open_ if any(_shows(item, place) for place in places)]
    words = None if kind in UNTOLD or kind in LIES else any(_says(item, old, new) for item in there)
    surest = max((item.confidence or 0.0 for item in there), default=0.0)
    return Answered(answer, page, bool(there), words, surest)


def judge_honest(told: Told) -> Honest:
    """What was said against a paper that nobody changed."""
    findings = relevant(told)
    pages = len(told.facts.document.pages)
    wrong = [item for item in findings if item.outcome == "fail"]
    surest = surest_difference(told.facts.observations.comparison)
    return Honest(
        verdict_of(findings),
        pages,
        tuple(sorted({min(item.page or 1, max(pages, 1)) for item in wrong})),
        tuple((item.page, item.box) for item in wrong if item.page is not None and item.box is not None),
        tuple(sorted({item.rule for item in findings if item.outcome in ("fail", "unsure", "error")})),
        surest.confidence if surest is not None else 0.0,
    )


def surest_difference(comparison: Comparison | None) -> Difference | None:
    """The surest one that no blank and no seal explains."""
    differences = comparison.differences if comparison is not None else ()
    open_ = [item for item in differences if item.kind in ("change", "reading")]
    return max(open_, key=lambda item: item.confidence, default=None)


def _sheet_told(kind: str, places: Sequence[Place], comparison: Comparison | None, findings: Iterable[Finding]) -> bool:
    """Whether the product knows which sheet is wrong."""
    if comparison is None:
        return False
    printed, received = {place.printed for place in places}, {place.page for place in places}
    match kind:
        case "page missing":
            return printed <= set(comparison.missing)
        case "page doubled":
            return printed <= set(comparison.repeated)
        case "pages swapped":
            return not comparison.in_order
        case "page foreign":
            return received <= set(comparison.foreign)
        case _:
            told = {item.page for item in findings if item.outcome in ("fail", "unsure") and item.box is not None}
            return bool(received & told)


def _shows(finding: Finding, place: Place) -> bool:
    """The boxes meet, and the told one is not so big that it shows nothing."""
    if finding.box is None or place.box is None or finding.page != place.page:
        return False
    told, true = finding.box, _grown(place.box)
    if told[3] - told[1] > true[3] - true[1] + REACH:
        return False
    width, height = min(told[2], true[2]) - max(told[0], true[0]), min(told[3], true[3]) - max(told[1], true[1])
    if width <= 0 or height <= 0:
        return False
    return width * height >= SHARE * min(_area(told), _area(true))


def _says(finding: Finding, old: str, new: str) -> bool:
    """Whether the finding names what stood there and what stands there now."""
    return _holds(finding.expected or "", old) and _holds(finding.found or "", new)


def _holds(told: str, words: str) -> bool:
    plain, wanted = _plain(told), _plain(words)
    if len(wanted) < LONG:
        return wanted in plain
    long_enough = 100 * len(plain) >= ALIKE * len(wanted)
    return long_enough and fuzz.partial_ratio(wanted, plain) >= ALIKE


def _plain(text: str) -> str:
    """Width and blanks do not count."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _grown(box: Box) -> Box:
    return box[0] - SLACK, box[1] - SLACK, box[2] + SLACK, box[3] + SLACK


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def told_boxes(told: Told) -> list[tuple[int, Box]]:
    """Page and box of everything said against the paper, failing findings first."""
    open_ = sorted(
        (item for item in relevant(told) if item.outcome in ("fail", "unsure")), key=lambda item: item.outcome != "fail"
    )
    return [(item.page, item.box) for item in open_ if item.page is not None and item.box is not None]
