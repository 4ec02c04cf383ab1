"""The findings a person must look at, numbered, each with the picture that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.model import Box, Finding, ReviewPage
from pipeline.report.album import Cut, cut
from pipeline.report.contrast import Contrast, contrast
from pipeline.report.places import upright, window
from pipeline.report.views import CaseView, DecisionView, DocumentView

_OPEN = {"fail": 0, "unsure": 1, "error": 2}
_WEIGHT = {"block": 0, "hold": 1, "warn": 2, "info": 3}


@dataclass(frozen=True)
class Place:
    """Where a finding points: document (from 1), page, and a box in pt on the upright page."""

    document: int
    page: ReviewPage | None = None
    box: Box | None = None

    @property
    def anchor(self) -> str:
        """The id of the large page view."""
        return f"d{self.document}p{self.page.number}" if self.page else ""


@dataclass(frozen=True)
class Point:
    """One finding to look at; `number` 0 = not among the open points (a remark, decided, or of a superseded document).

    `sha256` is the document it is about, None for a rule of the case.
    """

    number: int
    finding: Finding
    place: Place | None
    contrast: Contrast | None
    cut: Cut | None = None
    sha256: str | None = None
    decision: DecisionView | None = None

    @property
    def tone(self) -> str:
        """`fail`, `unsure` or `error`; `remark` when it stops nothing, `decided` when a person accepted it."""
        if self.decision is not None and self.decision.kind == "accept":
            return "decided"
        return self.finding.outcome if self.finding.is_open else "remark"


_Located = tuple[Finding, Place | None, str | None]


@dataclass(frozen=True)
class Points:
    """`open` decide the case; `decided` were accepted by a person; `remarks` stop nothing; `old` are superseded."""

    open: Sequence[Point]
    decided: Sequence[Point]
    remarks: Sequence[Point]
    old: Mapping[int, Sequence[Point]]

    def of(self, document: int) -> list[Point]:
        """All points of one document."""
        mine = [
            point
            for point in (*self.open, *self.decided, *self.remarks)
            if point.place and point.place.document == document
        ]
        return [*mine, *self.old.get(document, ())]


def points_of(case: CaseView, pages: Mapping[str, str]) -> Points:
    """Sorted by outcome, then weight, then where they stand; `pages` = class of the picture by anchor."""
    decisions = {_key(item.finding, item.sha256): item for item in case.decisions if item.finding is not None}
    open_: list[_Located] = []
    accepted: list[_Located] = []
    remarks: list[_Located] = []
    old: dict[int, list[Point]] = {}
    for located in sorted(_located(case), key=_rank):
        finding, place, sha256 = located
        decision = decisions.get(_key(finding, sha256))
        if not _counts(case, place):
            if place:
                old.setdefault(place.document, []).append(_point(0, located, pages, decision))
        elif not finding.is_open:
            remarks.append(located)
        elif decision is not None and decision.kind == "accept":
            accepted.append(located)
        else:
            open_.append(located)

    def points(found: Sequence[_Located], *, numbered: bool = False) -> list[Point]:
        return [
            _point(number if numbered else 0, item, pages, decisions.get(_key(item[0], item[2])))
            for number, item in enumerate(found, start=1)
        ]

    return Points(open=points(open_, numbered=True), decided=points(accepted), remarks=points(remarks), old=old)


def _key(finding: Finding, sha256: str | None) -> tuple[object, ...]:
    return sha256, finding.rule, finding.page, finding.box, finding.message.zh


def _located(case: CaseView) -> Iterator[_Located]:
    numbers = {view.review.submission.sha256: number for number, view in enumerate(case.documents, start=1)}
    for finding in case.findings:
        if finding.outcome in _OPEN:
            number = numbers.get(finding.document or "")
            # findings of a case come straight from its rules: their boxes are on the upright page already
            place = _place(number, case.documents[number - 1], finding, turned=False) if number else None
            yield finding, place, None
    for number, view in enumerate(case.documents, start=1):
        for finding in view.review.findings:
            if finding.outcome in _OPEN:
                yield finding, _place(number, view, finding, turned=True), view.review.submission.sha256


def _place(number: int, view: DocumentView, finding: Finding, *, turned: bool) -> Place:
    page = next((page for page in view.review.pages if page.number == finding.page), None)
    box = finding.box if page else None
    return Place(number, page, upright(box, page) if box and page and turned else box)


def _counts(case: CaseView, place: Place | None) -> bool:
    return place is None or case.documents[place.document - 1].counts


def _rank(located: _Located) -> tuple[int, int, int, int, float]:
    finding, place, _ = located
    return (
        _OPEN[finding.outcome],
        _WEIGHT[finding.severity],
        place.document if place else 0,
        finding.page or 0,
        place.box[1] if place and place.box else 0.0,
    )


def _point(number: int, located: _Located, pages: Mapping[str, str], decision: DecisionView | None) -> Point:
    finding, place, sha256 = located
    picture = pages.get(place.anchor, "") if place else ""
    shown = None
    if picture and place and place.page and place.box:
        width, height = place.page.width, place.page.height
        shown = cut(picture, window(place.box, width, height), width, height)
    return Point(number, finding, place, contrast(finding.expected, finding.found), shown, sha256, decision)
