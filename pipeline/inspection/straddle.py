"""The straddle seal: slices at the page edges, and whether they compose one impression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import get_args

import numpy as np

from pipeline.inspection.circle import Envelope
from pipeline.inspection.compose import (
    Composition,
    best_order,
    compose_slices,
    split_groups,
    strayed_pages,
    without_one,
)
from pipeline.inspection.content import agreement
from pipeline.inspection.joined import read_joined
from pipeline.inspection.seals import SealMark
from pipeline.inspection.slices import Band, bands, elsewhere, has_trace, slice_at
from pipeline.inspection.stitch import stitched
from pipeline.inspection.strips import EdgeInk, edge_ink
from pipeline.model import Edge, Pixels, Slice, Straddle, StraddleForm, TextReader

__all__ = ["EdgeInk", "compose", "edge_ink"]

_HOLE_CROPPABLE_MM = 3.6  # a slice narrower than this can vanish in a scanner's crop
_TIGHT_MM = 1.2
_THIN_MM = 2.7  # slices narrower than this vanish in an ordinary scanner crop
_USUAL_DIAMETER_MM = 40.0
_DEFECTS = ("missing_slices", "foreign_slice", "wrong_order")
_RANK: dict[StraddleForm, int] = {
    "one_impression": 0, "two_impressions": 1, "missing_slices": 2, "foreign_slice": 3, "wrong_order": 4, "cropped": 5,
    "inconsistent": 6, "absent": 7, "not_visible": 8, "single_sheet": 9,
}  # fmt: skip


@dataclass(frozen=True)
class _Set:
    """Slices of one band, in page order, with the pages that should carry one."""

    band: Band
    slices: tuple[Envelope, ...]
    expected: tuple[int, ...]
    duplex: bool

    @property
    def pages(self) -> tuple[int, ...]:
        return tuple(piece.page for piece in self.slices)

    @property
    def missing(self) -> tuple[int, ...]:
        have = set(self.pages)
        return tuple(page for page in self.expected if page not in have)

    @property
    def holes(self) -> tuple[bool, ...]:
        """Whether expected pages lie between neighbouring slices."""
        place = {page: i for i, page in enumerate(self.expected)}
        at = [place[page] for page in self.pages]
        return tuple(b - a > 1 for a, b in pairwise(at))


@dataclass(frozen=True)
class _Verdict:
    form: StraddleForm
    reason: str
    composition: Composition | None = None
    missing: tuple[int, ...] = ()
    odd: tuple[int, ...] = ()
    confidence: float = 0.5
    more: tuple[Composition, ...] = ()
    whole_page: int | None = None


def _expected(pages: Sequence[int], have: set[int]) -> tuple[tuple[int, ...], bool]:
    """Pages that should carry a slice: all, or one side of every sheet when the print is duplex."""
    odd, even = [p for p in pages if p % 2], [p for p in pages if not p % 2]
    if len(pages) >= 3 and len(have) >= 2:
        if have <= set(odd) and len(have) >= 0.6 * len(odd):
            return tuple(odd), True
        if have <= set(even) and len(have) >= 0.6 * len(even) and len(even) >= 2:
            return tuple(reversed(even)), True
    return tuple(pages), False


def _set(edges: Sequence[EdgeInk], band: Band) -> _Set | None:
    """The second look: slices within the band on every page."""
    found = {page.page: piece for page in edges if (piece := slice_at(page, band)) is not None}
    if not found:
        return None
    expected, duplex = _expected([page.page for page in edges], set(found))
    ordered = tuple(found[page] for page in expected if page in found)
    return _Set(band, ordered, expected, duplex) if ordered else None


def _known_radius(marks: Sequence[SealMark], slices: Sequence[Envelope]) -> float | None:
    """Radius of a whole round impression elsewhere in the document, if it is close to what the slices show."""
    tallest = max(piece.height for piece in slices) / 2
    radii = [m.diameter / 2 for m in marks if m.shape == "round" and m.visible > 0.9 and m.confidence > 0.6]
    near = [radius for radius in radii if tallest - 2.6 < radius < tallest + 1.2]
    return min(near, key=lambda radius: abs(radius - tallest), default=None)


def _composed(slices: Sequence[Envelope], holes: Sequence[bool] | None, known: float | None) -> Composition:
    free = compose_slices(slices, holes)
    if free.whole or known is None:
        return free
    tied = compose_slices(slices, holes, known)
    return min(free, tied, key=lambda c: c.badness)


def _judge(found: _Set, others: Sequence[Band], by_page: Mapping[int, EdgeInk], marks: Sequence[SealMark]) -> _Verdict:
    """What the slices of one band amount to; `others` = bands of other parties."""
    known = _known_radius(marks, found.slices)
    if len(found.slices) == 1:
        return _lonely(found)
    composed = _composed(found.slices, found.holes, known)
    if found.missing:
        return _with_missing(found, composed, by_page, others)
    if composed.whole:
        verdict = _Verdict("one_impression", "slices compose one circle", composed, confidence=_confidence(composed))
        return _content_checked(verdict, found, by_page, marks)
    groups = split_groups(found.slices, lambda part: _composed(part, None, known))
    if groups:
        reason = f"{len(groups)} groups, each composes one circle"
        confidence = min(_confidence(group) for group in groups)
        verdict = _Verdict("two_impressions", reason, groups[0], confidence=confidence, more=tuple(groups[1:]))
        return _content_checked(verdict, found, by_page, marks)
    return _defect(found, composed, known, by_page, marks)


def _content_checked(
    verdict: _Verdict, found: _Set, by_page: Mapping[int, EdgeInk], marks: Sequence[SealMark]
) -> _Verdict:
    """Slices that compose by their outline must also show their own part of the seal, where a whole one is at hand."""
    assert verdict.composition is not None
    parts = (verdict.composition, *verdict.more)
    agreements = [agreement(by_page, found.band.edge, part, marks) for part in parts]
    known = [a for a in agreements if a is not None and a.same_die]
    if not known:
        return replace(verdict, reason=verdict.reason + "; no whole impression of this seal to compare with")
    foreign = tuple(sorted(page for a in known for page in a.foreign))
    doubtful = tuple(sorted(page for a in known for page in a.doubtful))
    if foreign and len(foreign) <= max(1, len(found.slices) / 3):
        reason = "fits the circle, but shows another seal or another impression"
        return replace(verdict, form="foreign_slice", reason=reason, odd=foreign, confidence=0.6)
    if doubtful:
        reason = f"slices on pages {list(doubtful)} agree too little with the whole impression"
        return replace(verdict, form="inconsistent", reason=reason, odd=doubtful, confidence=0.4)
    others = sorted(page for a in known for page in a.other_letters)
    if others:
        reason = f"{verdict.reason}; characters on pages {others} are not those of the whole impression"
        return replace(verdict, reason=reason)
    if len(known) < len(parts):
        return replace(verdict, reason=verdict.reason + "; one group has no whole impression to compare with")
    reason = verdict.reason + "; content agrees with the whole impression"
    return replace(verdict, reason=reason, whole_page=known[0].whole_page)


def _lonely(found: _Set) -> _Verdict:
    if len(found.expected) == 2:
        return _Verdict("missing_slices", "one of two pages bears a slice", None, found.missing, confidence=0.5)
    return _Verdict("absent", "ink at the edge of one page only", None, confidence=0.6)


def _confidence(composed: Composition) -> float:
    fit = composed.fit
    tight = float(np.clip(1 - np.median(fit.residual) / 0.5, 0, 1))
    thick = float(np.clip(min(piece.width for piece in composed.slices) / 3.0, 0.3, 1))
    return round(0.5 + 0.3 * tight * thick + 0.2 * thick, 3)


def _defect(
    found: _Set,
    composed: Composition,
    known: float | None,
    by_page: Mapping[int, EdgeInk],
    marks: Sequence[SealMark],
) -> _Verdict:
    """No page lacks a slice, and yet they do not compose: another order, a foreign slice, a clipped cap, or unclear."""
    radius = known or composed.fit.radius
    other = best_order(found.slices, radius, lambda order: compose_slices(order, None, known, rounds=12))
    if other is not None:
        return _Verdict("wrong_order", "the slices compose one circle in another order only", other, confidence=0.7)
    if set(composed.faults) <= {"left_cap", "right_cap", "coverage"}:
        reason = f"one circle, but parts of it are not on the pages: {', '.join(composed.faults)}"
        return _Verdict("cropped", reason, composed, confidence=0.4)
    if known is not None:
        tied = compose_slices(found.slices, None, known)
        agreed = agreement(by_page, found.band.edge, tied, marks)
        if agreed is not None and 0 < len(agreed.foreign) <= max(1, len(found.slices) / 3):
            reason = "neither fits the circle nor shows its part of the seal"
            return _Verdict("foreign_slice", reason, composed, odd=agreed.foreign, confidence=0.7)
    suspects = strayed_pages(composed) or found.pages
    rest = without_one(found.slices, lambda part, holes: _composed(part, holes, known), suspects[:12])
    if not rest and suspects != found.pages:
        rest = without_one(found.slices, lambda part, holes: _composed(part, holes, known), found.pages[:12])
    if len(rest) == 1 or (rest and rest[0].badness < 0.6 * rest[1].badness):
        odd = tuple(sorted(set(found.pages) - set(rest[0].pages)))
        return _Verdict("foreign_slice", "all slices but one compose one circle", composed, odd=odd, confidence=0.6)
    reason = f"the slices do not compose: {', '.join(composed.faults)}"
    return _Verdict("inconsistent", reason, composed, confidence=0.4)


def _with_missing(
    found: _Set, composed: Composition, by_page: Mapping[int, EdgeInk], others: Sequence[Band]
) -> _Verdict:
    """Some pages lack a slice: is it really missing, at another height, too pale, or lost to the scanner's crop?"""
    missing, band = found.missing, found.band
    colourless = [page for page in missing if not by_page[page].colour]
    if colourless:
        return _Verdict("not_visible", f"no colour on pages {colourless}", composed, missing, confidence=0.3)
    astray = tuple(page for page in missing if elsewhere(by_page[page], band, others) is not None)
    if astray and len(found.slices) >= 2 and set(astray) == set(missing):
        reason = "a slice at another height than the others"
        return _Verdict("foreign_slice", reason, composed, odd=astray, missing=(), confidence=0.6)
    pale = [page for page in missing if has_trace(by_page[page], band)]
    if pale:
        return _Verdict("cropped", f"faint ink only on pages {pale}", composed, missing, confidence=0.4)
    if len(found.slices) < max(2, len(found.expected) / 3):
        return _Verdict("absent", "fewer than a third of the pages bear ink at this height", composed, confidence=0.5)
    return _hole_verdict(found, composed, by_page)


def _hole_verdict(found: _Set, composed: Composition, by_page: Mapping[int, EdgeInk]) -> _Verdict:
    missing = found.missing
    widths = np.array([piece.width for piece in found.slices])
    loss = _crop_loss(found, composed)
    wide = float(np.median(widths)) + loss
    cut = [page for page in missing if _narrower(by_page, found, page) > 0.5 * wide]
    sound = not set(composed.faults) - {"left_cap", "right_cap", "coverage"}
    doubtful = cut or wide < _HOLE_CROPPABLE_MM
    if sound:
        doubtful = doubtful and not _tight(found, composed, loss)
    if doubtful:
        reason = f"slices of {wide:.1f} mm can be lost in the scanner's crop"
        return _Verdict("cropped", reason, composed, missing, confidence=0.4)
    confidence = 0.8 if sound else 0.6
    return _Verdict("missing_slices", "clean edge without a slice", composed, missing, confidence=confidence)


def _crop_loss(found: _Set, composed: Composition) -> float:
    """What the scanner took off every seam in mm, measured where no page is missing."""
    gaps = [gap for gap, hole in zip(composed.fit.gaps, found.holes, strict=True) if not hole]
    return float(np.clip(np.median(gaps), 0, 3)) if gaps else 0.4


def _narrower(by_page: Mapping[int, EdgeInk], found: _Set, page: int) -> float:
    """How much narrower than the pages with slices a page is, in mm: the scanner cropped it."""
    edge = found.band.edge
    usual = float(np.median([by_page[other].across_mm(edge) for other in found.pages]))
    return usual - by_page[page].across_mm(edge)


def _tight(found: _Set, composed: Composition, loss: float) -> bool:
    """Whether the neighbours of every hole touch: the pages between them were never in the fan."""
    gaps = [gap for gap, hole in zip(composed.fit.gaps, found.holes, strict=True) if hole]
    ends = {found.expected[0], found.expected[-1]} & set(found.missing)
    return bool(gaps) and not ends and max(gaps) < loss + _TIGHT_MM and abs(composed.fit.coverage - 1) < 0.12


def _slices(found: _Set, by_page: Mapping[int, EdgeInk]) -> tuple[Slice, ...]:
    result = []
    for piece in found.slices:
        top, bottom = float(piece.top.min()), float(piece.bottom.max())
        box = by_page[piece.page].box(found.band.edge, top, bottom, max(0.0, -piece.right), -piece.left)
        result.append(Slice(page=piece.page, box=box, width_mm=round(piece.width, 2), height_mm=round(bottom - top, 2)))
    return tuple(sorted(result, key=lambda s: s.page))


def _result(found: _Set, verdict: _Verdict, by_page: Mapping[int, EdgeInk], notes: str) -> Straddle:
    composition = verdict.composition
    order: tuple[int, ...] = ()
    if composition is not None:
        order = composition.pages + tuple(page for group in verdict.more for page in group.pages)
    return Straddle(
        form=verdict.form,
        edge=found.band.edge,
        slices=_slices(found, by_page),
        missing_pages=tuple(sorted(verdict.missing)),
        odd_pages=verdict.odd,
        order=order,
        diameter_mm=round(2 * composition.fit.radius, 1) if composition else None,
        coverage=round(composition.fit.coverage, 3) if composition else None,
        whole_page=verdict.whole_page,
        confidence=verdict.confidence,
        reason=verdict.reason + ("; one side of every sheet" if found.duplex else "") + notes,
    )


def _sets(edges: Sequence[EdgeInk]) -> list[_Set]:
    """Sets of slices at all edges, the one that covers most pages first; at most four."""
    found = []
    for edge in get_args(Edge):
        for band in bands(edges, edge)[:3]:
            group = _set(edges, band)
            if group is not None and (len(group.slices) >= 2 or len(edges) == 2):
                found.append(group)
    return sorted(found, key=lambda group: -len(group.slices) / max(1, len(group.expected)))[:4]


def compose(
    edges: Sequence[EdgeInk], marks: Sequence[SealMark], reader: TextReader | None = None
) -> tuple[Straddle, Pixels | None]:
    """How the slices of a whole document compose, and the stitched picture for the reviewer (RGB, 6 px/mm).

    With a `reader` also what the seal says that sound slices were put together to.
    """
    if len(edges) <= 1:
        return Straddle(form="single_sheet", confidence=1.0, reason="one page"), None
    if not any(page.colour for page in edges):
        return Straddle(form="not_visible", confidence=0.9, reason="no colour in the scan"), None
    by_page = {page.page: page for page in edges}
    sets = _sets(edges)
    shared = [group.band for group in sets if len(group.slices) >= 0.5 * len(group.expected)]
    judged = [(group, _judge(group, shared, by_page, marks)) for group in sets]
    judged = [(group, verdict) for group, verdict in judged if verdict.form != "absent"]
    if not judged:
        return _nothing(edges), None
    judged.sort(key=lambda item: (-len(item[0].slices), _RANK[item[1].form]))
    group, verdict = judged[0]
    if any(len(other.slices) >= 3 and also.form in _DEFECTS for other, also in judged[1:]):
        # Another party's seal is incomplete: whose seal this one is decides, and that is not known here.
        verdict = replace(verdict, confidence=min(verdict.confidence, 0.5))
    notes = "".join(
        f"; also {other.band.edge} edge at {other.band.middle:.0f} mm on {len(other.slices)} pages: {also.form}"
        for other, also in judged[1:]
    )
    result = _result(group, verdict, by_page, notes)
    if reader is not None and verdict.form in ("one_impression", "two_impressions"):
        parts = [part for part in (verdict.composition, *verdict.more) if part is not None]
        read = read_joined(by_page, group.band.edge, parts, reader)
        # Beside another party's seal this one may rightly be that party's: its name can confirm, but refuse nothing.
        confidence = read.confidence if len(judged) == 1 else min(read.confidence, 0.5)
        result = result.model_copy(update={"text": read.text, "text_confidence": confidence})
    return result, stitched(by_page, group.band, group.slices, verdict.composition)


def _nothing(edges: Sequence[EdgeInk]) -> Straddle:
    grey = [page.page for page in edges if not page.colour]
    if len(grey) > len(edges) / 2:
        return Straddle(form="not_visible", confidence=0.5, reason=f"no colour on pages {grey}")
    uncropped = [page for page in edges if page.background]
    if _USUAL_DIAMETER_MM / len(edges) < _THIN_MM and len(uncropped) < len(edges) / 2:
        reason = f"slices of {len(edges)} pages can be lost in the scanner's crop"
        return Straddle(form="cropped", confidence=0.3, reason=reason)
    return Straddle(form="absent", confidence=0.8, reason="no slices at any edge")
