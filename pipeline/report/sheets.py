"""Large page views with everything that was seen on the page marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.model import Bilingual, Box, ReviewPage
from pipeline.report.places import upright
from pipeline.report.points import Point
from pipeline.report.views import DocumentView
from pipeline.report.words import known, plain, word


@dataclass(frozen=True)
class Mark:
    """A box in pt on the upright page; `kind` is a colour of the legend, `label` the number of an open point."""

    kind: str
    box: Box
    title: Bilingual
    label: str = ""


@dataclass(frozen=True)
class Sheet:
    """One page, large; `picture` is the class that shows it, `points` are the findings on it."""

    anchor: str
    page: ReviewPage
    picture: str
    marks: Sequence[Mark]
    points: Sequence[Point]
    compared: bool


def sheets_of(number: int, view: DocumentView, points: Sequence[Point], pages: Mapping[str, str]) -> list[Sheet]:
    """A sheet for every page, also where its picture is missing."""
    compared = any(page.reference_page for page in view.review.pages)
    sheets = []
    for page in view.review.pages:
        anchor = f"d{number}p{page.number}"
        here = [point for point in points if point.place and point.place.page is page]
        marks = [*_seen(view, page), *_doubted(here)]
        sheets.append(Sheet(anchor, page, pages.get(anchor, ""), marks, here, compared))
    return sheets


def _seen(view: DocumentView, page: ReviewPage) -> Iterator[Mark]:
    review = view.review
    for key, value in review.fields.items():
        if value.page == page.number and value.box:
            title = view.titles.get(key, plain(key))
            yield Mark("field", upright(value.box, page), _named("mark.field", title))
    for item in review.straddle.slices if review.straddle else ():
        if item.page == page.number:
            yield Mark("slice", upright(item.box, page), word("mark.slice"))
    for signature in review.signatures:
        if signature.page == page.number:
            yield Mark("signature", upright(signature.box, page), word("mark.signature"))
    for seal in review.seals:
        if seal.page == page.number:
            title = plain(seal.text) if seal.text else known("seal", seal.kind, "seal.unknown")
            yield Mark("seal", upright(seal.box, page), _named("mark.seal", title))


def _doubted(points: Sequence[Point]) -> Iterator[Mark]:
    for point in points:
        if point.place and point.place.box:
            kind = "unsure" if point.tone == "error" else point.tone
            yield Mark(kind, point.place.box, point.finding.message, str(point.number or ""))


def _named(key: str, name: Bilingual) -> Bilingual:
    what = word(key)
    return Bilingual(zh=f"{what.zh}：{name.zh}", en=f"{what.en}: {name.en}")
