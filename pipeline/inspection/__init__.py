"""What is to be seen on the paper: seals, slices, signatures, differences from the blank form. The door to OpenCV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress

from pipeline.inspection.compare import compare
from pipeline.inspection.compare_pages import match_pages, page_number
from pipeline.inspection.copies import is_flat, repeated
from pipeline.inspection.known import KnownForms
from pipeline.inspection.places import find_places
from pipeline.inspection.register import Registration, blank_boxes
from pipeline.inspection.ring import read_seal
from pipeline.inspection.seals import SealMark, find_seals
from pipeline.inspection.signature import find_signature
from pipeline.inspection.specimen import likeness, specimen
from pipeline.inspection.straddle import EdgeInk, compose, edge_ink
from pipeline.inspection.strips import like_a_slice
from pipeline.inspection.unsized import find_unsized, has_paper_size
from pipeline.model import (
    Box,
    Comparison,
    Document,
    Observations,
    PageSource,
    Pixels,
    Reference,
    Seal,
    Slice,
    TextReader,
)
from pipeline.packs import PlaceSpec

__all__ = ["Inspection", "KnownForms", "inspect", "likeness", "match_pages", "page_number", "specimen"]

_WHOLE = 0.95  # share of a seal on the page from which it is no slice
_SHARED = 0.8  # share of the slice's box within the seal's


@dataclass(frozen=True)
class Inspection:
    """Observations, where the form's blanks lie (pt of upright pages), and the stitched straddle seal (RGB)."""

    observations: Observations
    blanks: Mapping[str, tuple[int, Box]] = field(default_factory=dict)
    stitched: Pixels | None = None


def inspect(
    document: Document,
    pictures: PageSource,
    reader: TextReader,
    *,
    places: Mapping[str, PlaceSpec],
    straddle: bool,
    form: tuple[Reference, PageSource] | None = None,
    known: KnownForms | None = None,
) -> Inspection:
    """Look at every page once; `form` = the blank form with its pictures for format contracts.

    `known` = what was proved of the document's pages while they were read.
    """
    seals, marks, edges, slice_like = _seals(document, pictures, reader, straddle=straddle)
    slices, stitched = compose(edges, slice_like, reader) if straddle else (None, None)
    if slices is not None:
        whole = [not any(_is_slice(seal, piece) for piece in slices.slices) for seal in seals]
        seals, marks = list(compress(seals, whole)), list(compress(marks, whole))
    comparison: Comparison | None = None
    registrations: Mapping[int, Registration] = {}
    blanks: Mapping[str, tuple[int, Box]] = {}
    if form is not None:
        reference, blank_pages = form
        comparison, registrations = compare(
            document, pictures, reference, blank_pages, reader, seals, slices.slices if slices else (), known
        )
        blanks = blank_boxes(registrations, reference)
    found = find_places(document, places, blanks)
    signatures = [
        signature
        for name, (page, box) in found.items()
        if places[name].kind == "signature"
        and (signature := find_signature(pictures.picture(page), box, page, name)) is not None
    ]
    return Inspection(
        observations=Observations(
            seals=tuple(seals),
            repeated=repeated(marks, pictures),
            straddle=slices,
            signatures=tuple(signatures),
            comparison=comparison,
            signature_page=_signature_page(found, places),
            places=found,
        ),
        blanks=blanks,
        stitched=stitched,
    )


def _seals(
    document: Document, pictures: PageSource, reader: TextReader, *, straddle: bool
) -> tuple[list[Seal], list[SealMark], list[EdgeInk], list[SealMark]]:
    """Seals and their marks; for the straddle seal also the edges of all pages, and the marks as slices are seen."""
    seals: list[Seal] = []
    marks: list[SealMark] = []
    edges: list[EdgeInk] = []
    slice_like: list[SealMark] = []
    guessed = {remark.page for remark in document.remarks if remark.code == "dpi_guessed"}
    for page in document.pages:
        picture = pictures.picture(page.number)
        sized = page.number not in guessed and has_paper_size(picture)
        found = (find_seals if sized else find_unsized)(picture, page.number)
        marks += found
        for mark in found:
            neighbours = [other for other in found if other is not mark]
            seal = read_seal(picture, mark, page.number, reader, neighbours)
            seals.append(seal.model_copy(update={"flat": is_flat(picture, mark)}))
            if straddle:
                slice_like.append(like_a_slice(picture, mark))
        if straddle:
            edges.append(edge_ink(picture, page.number))
    return seals, marks, edges, slice_like


def _is_slice(seal: Seal, piece: Slice) -> bool:
    """A wide first or last slice looks like a seal that runs off the page."""
    if seal.page != piece.page or seal.visible > _WHOLE:
        return False
    across = min(seal.box[2], piece.box[2]) - max(seal.box[0], piece.box[0])
    along = min(seal.box[3], piece.box[3]) - max(seal.box[1], piece.box[1])
    size = (piece.box[2] - piece.box[0]) * (piece.box[3] - piece.box[1])
    return across > 0 and along > 0 and across * along > _SHARED * size


def _signature_page(found: Mapping[str, tuple[int, Box]], places: Mapping[str, PlaceSpec]) -> int | None:
    """The page on which most places to seal or sign were found."""
    pages: Sequence[int] = [page for name, (page, _) in found.items() if name in places]
    return max(sorted(set(pages)), key=pages.count) if pages else None
