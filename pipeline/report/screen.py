"""From a case to what its page shows: everything prepared, so that the template only places it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from pipeline.model import Bilingual, FieldValue, Finding, ReviewSeal
from pipeline.report.advice import Step, advise, drafts, unread_note
from pipeline.report.album import Album
from pipeline.report.points import Point, Points, points_of
from pipeline.report.progress import Progress, progress_of
from pipeline.report.sheets import Sheet, sheets_of
from pipeline.report.views import CaseView, DocumentView
from pipeline.report.words import known, plain, term, word

_SURE = 0.9  # below this a value is shown as doubtful; the rules' own bound for refusing
_HARMLESS = (None, "tolerated")
_UNTOLD = ("at", "kind", "from", "to", "id", "on", "rev", "outcome", "files")


@dataclass(frozen=True)
class Row:
    """One field of the table."""

    key: str
    title: Bilingual
    value: FieldValue
    picture: str
    anchor: str
    problem: Bilingual | None
    doubtful: bool


@dataclass(frozen=True)
class SealShown:
    """One seal with its picture."""

    seal: ReviewSeal
    picture: str
    anchor: str


@dataclass(frozen=True)
class DocumentShown:
    """One document, ready to be placed."""

    number: int
    view: DocumentView
    title: Bilingual
    reason: Bilingual | None
    points: Sequence[Point]
    sheets: Sequence[Sheet]
    rows: Sequence[Row]
    seals: Sequence[SealShown]
    straddle: str
    passed: Sequence[Finding]
    inapplicable: Sequence[Finding]
    lost: int
    href: str

    @property
    def doubtful(self) -> int:
        """How many fields are in doubt."""
        return sum(row.doubtful for row in self.rows)


@dataclass(frozen=True)
class Happening:
    """One line of the timeline."""

    at: str
    what: Bilingual
    detail: Bilingual


@dataclass(frozen=True)
class CaseShown:
    """A whole case, ready to be placed; `styles` are the page pictures."""

    view: CaseView
    points: Points
    steps: Sequence[Step]
    documents: Sequence[DocumentShown]
    passed: Sequence[Finding]
    inapplicable: Sequence[Finding]
    timeline: Sequence[Happening]
    progress: Progress
    styles: Sequence[str]


def show(case: CaseView) -> CaseShown:
    """Reads the pictures; missing ones are left out and counted."""
    album = Album()
    pages = dict(_pages(case, album))
    points = points_of(case, pages)
    documents = [_document(number, view, points, pages, album) for number, view in enumerate(case.documents, start=1)]
    unread = sum(document.reason is not None and document.view.counts for document in documents)
    return CaseShown(
        view=case,
        points=points,
        steps=advise(case, points, unread),
        documents=documents,
        passed=_with(case.findings, "pass"),
        inapplicable=_with(case.findings, "n/a"),
        timeline=[_happening(event) for event in case.events],
        progress=progress_of(case, drafts(case)),
        styles=album.styles,
    )


def relative(*parts: str) -> str:
    """A link that can only lead to a place beside the report, whatever the names contain."""
    steps = [step for part in parts for step in part.split("/") if step not in ("", ".", "..")]
    return "./" + "/".join(quote(step, safe="") for step in steps)


def _pages(case: CaseView, album: Album) -> Iterator[tuple[str, str]]:
    for number, view in enumerate(case.documents, start=1):
        for page in view.review.pages:
            anchor = f"d{number}p{page.number}"
            name = album.page(f"pic-{anchor}", view.gallery, view.pictures.get(f"page-{page.number}"))
            if name:
                yield anchor, name


def _document(number: int, view: DocumentView, points: Points, pages: Mapping[str, str], album: Album) -> DocumentShown:
    review = view.review
    title, reason = view.title or word("unclassified"), None
    if review.document.type is None and view.title is None:
        title, reason = unread_note(has_pages=bool(review.pages))
    anchors = {page.number: f"d{number}p{page.number}" for page in review.pages}
    mine = points.of(number)
    return DocumentShown(
        number=number,
        view=view,
        title=title,
        reason=reason,
        points=mine,
        sheets=sheets_of(number, view, mine, pages),
        rows=[_row(view, key, value, anchors, album) for key, value in review.fields.items()],
        seals=[
            SealShown(seal, album.picture(view.gallery, view.pictures.get(f"seal-{index}")), anchors.get(seal.page, ""))
            for index, seal in enumerate(review.seals, start=1)
        ],
        straddle=album.picture(view.gallery, view.pictures.get("straddle")),
        passed=_with(review.findings, "pass"),
        inapplicable=_with(review.findings, "n/a"),
        lost=sum(file in album.lost for file in view.pictures.values()),
        href=relative(view.original),
    )


def _row(view: DocumentView, key: str, value: FieldValue, anchors: Mapping[int, str], album: Album) -> Row:
    problem = known("problem", value.problem, "problem.other") if value.problem else None
    return Row(
        key=key,
        title=view.titles.get(key, plain(key)),
        value=value,
        picture=album.picture(view.gallery, view.pictures.get(f"field-{key}")),
        anchor=anchors.get(value.page or 0, ""),
        problem=problem,
        doubtful=value.problem not in _HARMLESS or value.confidence < _SURE,
    )


def _with(findings: Sequence[Finding], outcome: str) -> list[Finding]:
    return [finding for finding in findings if finding.outcome == outcome]


def _happening(event: Mapping[str, object]) -> Happening:
    at, kind = event.get("at", ""), str(event.get("kind", ""))
    return Happening(_when(at), term("event", kind), _detail(event))


def _detail(event: Mapping[str, object]) -> Bilingual:
    before, after = str(event.get("from", "")), str(event.get("to", ""))
    moved = Bilingual(zh="", en="")
    if after and before != after:
        old, new = term("state", before), term("state", after)
        moved = Bilingual(zh=f"{old.zh} → {new.zh}", en=f"{old.en} → {new.en}")
    rest = dict(_told(event))
    words = " · ".join(f"{name} {value}" for name, value in rest.items())
    return Bilingual(zh=" · ".join(filter(None, (moved.zh, words))), en=" · ".join(filter(None, (moved.en, words))))


def _told(event: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in event.items():
        if name in _UNTOLD or value in ("", None, [], False):
            continue
        if isinstance(value, Mapping):
            yield from value.items()
        elif name in ("sha256", "evidence"):
            yield name, str(value)[:12]
        else:
            yield name, value


def _when(at: object) -> str:
    try:
        moment = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    except ValueError:
        return str(at)
    return f"{moment:%Y-%m-%d %H:%M}"
