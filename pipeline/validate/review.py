"""The review of a document: facts and findings as they are written out, boxes on the page as received."""

from __future__ import annotations

from pipeline.model import (
    Box,
    Facts,
    FieldValue,
    Finding,
    Outcome,
    Page,
    Review,
    ReviewDocument,
    ReviewPage,
    ReviewSeal,
    ReviewSignature,
    ReviewSlice,
    ReviewStraddle,
    ReviewSubmission,
    Verdict,
)


def review_of(facts: Facts, findings: tuple[Finding, ...], verdict: Verdict, straddle: Outcome) -> Review:
    """One review; `straddle` is the outcome of the straddle rules."""
    places = _Received(facts.document.pages)
    seen, submission = facts.observations, facts.document.submission
    return Review(
        submission=ReviewSubmission(
            sha256=submission.sha256,
            name=submission.name,
            received_at=submission.received_at,
            source=submission.source,
            part_of=submission.part_of,
            made_of=submission.made_of,
            carrier=submission.carrier,
        ),
        document=_document(facts),
        verdict=verdict,
        fields={key: places.field(value) for key, value in facts.extraction.fields.items()},
        findings=tuple(places.finding(finding) for finding in findings),
        seals=tuple(
            ReviewSeal(
                page=seal.page,
                box=places.box(seal.page, seal.box),
                shape=seal.shape,
                diameter_mm=seal.diameter_mm,
                colour=seal.colour,
                text=seal.text,
                kind=seal.kind,
                confidence=seal.confidence,
            )
            for seal in seen.seals
        ),
        straddle=_straddle(facts, places, straddle),
        signatures=tuple(
            ReviewSignature(
                page=mark.page, box=places.box(mark.page, mark.box), kind=mark.kind, confidence=mark.confidence
            )
            for mark in seen.signatures
        ),
        pages=_pages(facts),
        timing=dict(facts.timing),
    )


class _Received:
    """Turns boxes of upright pages back to the pages as received."""

    def __init__(self, pages: tuple[Page, ...]) -> None:
        self._pages = {page.number: page for page in pages}

    def box(self, number: int, box: Box) -> Box:
        page = self._pages.get(number)
        return page.as_received(box) if page else box

    def field(self, value: FieldValue) -> FieldValue:
        if value.page is None or value.box is None:
            return value
        return value.model_copy(update={"box": self.box(value.page, value.box)})

    def finding(self, finding: Finding) -> Finding:
        if finding.page is None or finding.box is None:
            return finding
        return finding.model_copy(update={"box": self.box(finding.page, finding.box)})


def _document(facts: Facts) -> ReviewDocument:
    claim = facts.classification
    return ReviewDocument(
        type=claim.type,
        case_type=claim.case_type,
        edition=claim.edition,
        rivals=claim.rivals,
        pages=len(facts.document.pages) if facts.parcel is None else 0,
    )


def _straddle(facts: Facts, places: _Received, outcome: Outcome) -> ReviewStraddle | None:
    straddle = facts.observations.straddle
    if straddle is None:
        return None
    across = (straddle, *straddle.beside)
    return ReviewStraddle(
        outcome=outcome,
        edge=straddle.edge,
        slices=tuple(
            ReviewSlice(page=slice_.page, box=places.box(slice_.page, slice_.box))
            for one in across
            for slice_ in one.slices
        ),
        missing_pages=straddle.missing_pages,
        texts=tuple(one.text for one in across if one.text),
    )


def _pages(facts: Facts) -> tuple[ReviewPage, ...]:
    if facts.parcel is not None:  # what a mail says is no page that anybody could look at
        return ()
    comparison = facts.observations.comparison
    matches = {match.page: match for match in comparison.pages} if comparison else {}
    pages = []
    for page in facts.document.pages:
        match = matches.get(page.number)
        # a page given to a review carries the size it came with, like its boxes
        turned = page.rotation in (90, 270)
        pages.append(
            ReviewPage(
                number=page.number,
                width=page.height if turned else page.width,
                height=page.width if turned else page.height,
                rotation=page.rotation,
                reference_page=match.reference_page if match else None,
                alignment=match.alignment if match else "none",
                dpi=page.dpi,
                colour=page.colour,
                seconds=page.seconds + (match.seconds if match else 0.0),
            )
        )
    return tuple(pages)
