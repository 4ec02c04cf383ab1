"""A document beside its blank form: pages matched, laid over each other, every difference told with its place."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from pipeline.inspection.compare_bare import BARE_DPI, is_bare
from pipeline.inspection.compare_form import Form, open_form
from pipeline.inspection.compare_hue import hued_notes
from pipeline.inspection.compare_judge import judge
from pipeline.inspection.compare_pages import Paging, match_pages, paging, printed_number
from pipeline.inspection.compare_paper import FRAME, FRAME_DPI, darkness
from pipeline.inspection.compare_plain import PlainScene, compare_plain, without_heads
from pipeline.inspection.compare_runs import Aligned, align, beside, in_rows
from pipeline.inspection.compare_scene import LEAST_DPI, Scene, limits_of, margins
from pipeline.inspection.compare_sheet import Sheet, lay
from pipeline.inspection.compare_stamps import Stamps, stamps_by_page
from pipeline.inspection.compare_text import HOLE, Mark, marks
from pipeline.inspection.known import KnownForms
from pipeline.inspection.register import (
    FEATURE_DPI,
    Matrix,
    Registration,
    blank_boxes,
    from_features,
    from_text,
    moved,
    registered_box,
)
from pipeline.model import (
    Alignment,
    Comparison,
    Difference,
    Document,
    Page,
    PageMatch,
    PageSource,
    Picture,
    Pixels,
    Reference,
    Seal,
    Slice,
    TextReader,
)

__all__ = ["Registration", "blank_boxes", "compare", "registered_box"]

UNFIT_DPI = 149.0  # coarser pictures witness nothing
BLURRED = 2.5  # px at 200 dpi
REFLOWED = 0.6  # share of the form's characters found in a copy of another layout


@dataclass(frozen=True)
class Laid:
    """One page after registration; `differences` is None when it does not lie over its form."""

    registration: Registration | None
    differences: tuple[Difference, ...] | None
    seconds: float
    proved: bool = False


def compare(
    document: Document,
    pictures: PageSource,
    reference: Reference,
    reference_pictures: PageSource,
    reader: TextReader,
    seals: Sequence[Seal] = (),
    slices: Sequence[Slice] = (),
    known: KnownForms | None = None,
) -> tuple[Comparison, Mapping[int, Registration]]:
    """Every deviation from the form, and where each page of it lies; `seals` and `slices` explain what they cover.

    Pages that `known` has proved to be the form's are not laid again.
    """
    form = open_form(reference, reference_pictures)
    pages = match_pages(document.pages, reference.pages)
    stamps = stamps_by_page(seals, slices)
    pages = _with_pictures_only(pages, document, pictures, reference, stamps)
    laid: dict[int, Laid] = {}
    for page in document.pages:
        number = pages.matches[page.number][0]
        if number is not None:
            proved = known.proof(page.number, reference.sha256) if known else None
            if proved is not None and proved.registration.reference_page == number:
                laid[page.number] = Laid(proved.registration, proved.differences, proved.seconds, proved=True)
            else:
                laid[page.number] = _lay_page(page, number, form, pictures, reader, stamps.get(page.number, Stamps()))
    loose = [page for page in document.pages if page.number in laid and laid[page.number].differences is None]
    differences = [item for number in sorted(laid) for item in laid[number].differences or ()]
    reflowed = bool(loose) and 2 * len(loose) >= len(laid)
    shares: Mapping[int, float] = {}
    if loose:
        free = _free_pages(form, pages, laid, loose, everything=reflowed)
        doubt = "" if reflowed else "registration failed"
        plain, shares = _plain(loose, free, form, pictures, reader, stamps, doubt=doubt)
        differences += plain
    if reflowed:
        pages = _regrouped(pages, shares, [page.number for page in reference.pages])
    differences += _wrong_numbers(document, form, pages)
    return _comparison(document, reference, pages, laid, shares, differences), {
        number: item.registration for number, item in laid.items() if item.registration is not None
    }


def _lay_page(page: Page, number: int, form: Form, pictures: PageSource, reader: TextReader, stamps: Stamps) -> Laid:
    start = time.perf_counter()
    expected = form.expected(number)
    raw = in_rows(marks(page))
    matrix = from_text(align(expected, raw))
    picture = pictures.picture(page.number, FRAME_DPI)
    if matrix is None:
        matrix = from_features(_small(form.picture(number)), _small(picture))
    if matrix is None:
        return Laid(None, None, time.perf_counter() - start)
    aligned = _in_frame(expected, raw, matrix)
    sheet = lay(darkness(picture), picture.dpi, form.layout(number), matrix, _hints(aligned))
    registration = Registration.of(page.number, number, sheet.matrix, sheet.residual, sheet.matched)
    if not sheet.laid or (sheet.retyped and not page.bilevel):
        return Laid(registration if sheet.matched > 0.2 else None, None, time.perf_counter() - start)
    scene = _scene(page, number, form, _in_frame(expected, raw, sheet.matrix), sheet, registration, stamps)
    found = [*judge(scene, registration, reader), *hued_notes(picture, scene, form.hued(number), registration)]
    return Laid(registration, tuple(found), time.perf_counter() - start)


def _small(picture: Picture) -> Pixels:
    factor = FEATURE_DPI / picture.dpi
    light = 255 - darkness(picture)
    return np.asarray(cv2.resize(light, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _scene(
    page: Page,
    number: int,
    form: Form,
    aligned: Aligned,
    sheet: Sheet,
    registration: Registration,
    stamps: Stamps,
) -> Scene:
    seals, slices, discs = (
        [registration.back(box) for box in boxes] for boxes in (stamps.seals, stamps.slices, stamps.discs)
    )
    return Scene(
        aligned=aligned,
        sheet=sheet,
        blanks=[(blank.name, blank.box) for blank in form.reference.blanks if blank.page == number],
        seals=seals,
        slices=slices,
        stamped=[*discs, *slices],
        veiled=[] if page.colour else [*seals, *slices],
        limits=limits_of(
            sheet, aligned.expected, [*seals, *slices], bilevel=page.bilevel, coarse=(page.dpi or LEAST_DPI) < LEAST_DPI
        ),
        doubt=_doubt(page, sheet),
        clause=lambda box: form.clause(number, box),
        paraphs=margins(form.page(number), form.reference.paraph_margin),
    )


def _doubt(page: Page, sheet: Sheet) -> str:
    """Why this page's picture cannot confirm a change; empty when it can."""
    if page.bilevel:
        return "1-bit scan"
    if page.dpi is not None and page.dpi < UNFIT_DPI:
        return f"only {page.dpi:.0f} dpi"
    return "blurred scan" if sheet.blur > BLURRED else ""


def _in_frame(expected: Sequence[Mark], raw: Sequence[Mark], matrix: Matrix) -> Aligned:
    boxes = moved([mark.box for mark in raw], np.asarray(cv2.invertAffineTransform(matrix)))
    return align(expected, beside([mark._replace(box=box) for mark, box in zip(raw, boxes, strict=True)], expected))


def _hints(aligned: Aligned) -> dict[int, tuple[float, float]]:
    """By how many px of the frame the reader saw a character off its place."""
    hints = {}
    for at, other in aligned.pairs:
        wanted, seen = aligned.expected[at].box, aligned.found[other].box
        hints[at] = (
            (seen[0] + seen[2] - wanted[0] - wanted[2]) / 2 * FRAME,
            (seen[1] + seen[3] - wanted[1] - wanted[3]) / 2 * FRAME,
        )
    return hints


def _with_pictures_only(
    pages: Paging, document: Document, pictures: PageSource, reference: Reference, stamps: Mapping[int, Stamps]
) -> Paging:
    """Pages without text but with ink are foreign; really empty ones (backs of duplex scans) are ignored."""
    written = set(pages.foreign) | {page for page, (number, _) in pages.matches.items() if number is not None}
    for page in document.pages:
        slices = stamps.get(page.number, Stamps()).slices
        if page.number not in written and not is_bare(pictures.picture(page.number, BARE_DPI), slices):
            written.add(page.number)
    return paging(pages.matches, [page.number for page in reference.pages], written)


def _free_pages(
    form: Form, pages: Paging, laid: Mapping[int, Laid], loose: Sequence[Page], *, everything: bool
) -> list[int]:
    """Pages of the form that the loose pages have to answer for."""
    taken = {pages.matches[number][0] for number, item in laid.items() if item.differences is not None}
    own = {pages.matches[page.number][0] for page in loose}
    return [
        page.number
        for page in form.reference.pages
        if (everything and page.number not in taken) or (not everything and page.number in own)
    ]


def _plain(
    loose: Sequence[Page],
    numbers: Sequence[int],
    form: Form,
    pictures: PageSource,
    reader: TextReader,
    stamps: Mapping[int, Stamps],
    *,
    doubt: str,
) -> tuple[list[Difference], dict[int, float]]:
    """Differences of the loose pages by text alone, and which share of each page of the form was found."""
    expected = [mark for number in numbers for mark in form.expected(number)]
    found = [mark for page in loose for mark in in_rows(marks(page))]
    if len(form.reference.pages) > 1 and len(loose) > 1:
        expected, found = without_heads(form.reference.pages, expected, loose, found)
    aligned = align(expected, found)
    scene = PlainScene(
        aligned=aligned,
        marked={page: (*own.seals, *own.slices) for page, own in stamps.items()},
        doubt=doubt,
        clause=form.clause,
    )
    paired = [expected[at].page for at, _ in aligned.pairs]
    total = [mark.page for mark in expected if mark.char != HOLE]
    shares = {number: paired.count(number) / max(total.count(number), 1) for number in numbers}
    return compare_plain(scene, pictures, reader), shares


def _regrouped(pages: Paging, shares: Mapping[int, float], numbers: Sequence[int]) -> Paging:
    """In a copy of another layout a page of the form is missing when its words are, not when no page looks like it."""
    present = {number for number in numbers if shares.get(number, 1.0) >= 0.3}
    return replace(
        pages,
        missing=tuple(number for number in numbers if number not in present),
        repeated=(),
    )


def _wrong_numbers(document: Document, form: Form, pages: Paging) -> list[Difference]:
    """Pages whose printed number is not that of the form's page they are."""
    found = []
    for page in document.pages:
        number, score = pages.matches[page.number]
        own = printed_number(page)
        wanted = printed_number(form.page(number)) if number is not None else None
        if own is None or wanted is None or (own[0] == wanted[0] and own[1] in (wanted[1], None)):
            continue
        found.append(
            Difference(
                kind="reading",
                page=page.number,
                reference_page=number,
                expected=f"第{wanted[0]}页" + (f"共{wanted[1]}页" if wanted[1] else ""),
                found=f"第{own[0]}页" + (f"共{own[1]}页" if own[1] else ""),
                confidence=min(score, 0.8),
                signals=("text",),
                note="page number contradicts the page's text",
            )
        )
    return found


def _comparison(
    document: Document,
    reference: Reference,
    pages: Paging,
    laid: Mapping[int, Laid],
    shares: Mapping[int, float],
    differences: Sequence[Difference],
) -> Comparison:
    return Comparison(
        pages=tuple(
            PageMatch(
                page=page.number,
                reference_page=pages.matches[page.number][0],
                alignment=_alignment(laid.get(page.number), pages.matches[page.number], shares),
                score=round(min(pages.matches[page.number][1], 1.0), 4),
                seconds=round(laid[page.number].seconds, 3) if page.number in laid else 0.0,
                proved=page.number in laid and laid[page.number].proved,
            )
            for page in document.pages
        ),
        reference_pages=len(reference.pages),
        missing=pages.missing,
        repeated=pages.repeated,
        foreign=pages.foreign,
        in_order=pages.in_order,
        differences=tuple(differences),
    )


def _alignment(laid: Laid | None, match: tuple[int | None, float], shares: Mapping[int, float]) -> Alignment:
    if laid is None or match[0] is None:
        return "none"
    if laid.differences is not None:
        return "registered"
    return "reflowed" if shares.get(match[0], 0.0) >= REFLOWED or match[1] >= REFLOWED else "none"
