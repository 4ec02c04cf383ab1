"""What the slices of one band amount to: one impression, a defect, or doubt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from pipeline.inspection.circle import Envelope
from pipeline.inspection.compose import Composition, compose_oval, compose_slices, strayed_pages
from pipeline.inspection.content import Agreement, agreement
from pipeline.inspection.orders import best_order, is_lens, split_groups, with_gap, without_one
from pipeline.inspection.seals import SealMark
from pipeline.inspection.slice_sets import SliceSet
from pipeline.inspection.slices import Band, elsewhere, has_trace
from pipeline.inspection.strips import EdgeInk
from pipeline.model import StraddleForm

_HOLE_CROPPABLE_MM = 3.6  # a slice narrower than this can vanish in a scanner's crop
_CROPPING_MM = 1.2  # lost at an ordinary seam: so careless a scan may have lost all of a slice
_TIGHT_MM = 1.2
_DUPLEX_SHEETS = 3  # with two sheets a page without a slice is as likely a missing one


@dataclass(frozen=True)
class Verdict:
    """What was concluded of a set; `more` = compositions of further groups, `agreed` = where single letters differ.

    `untold` = pages whose slice bears lettering that alone could as well be another seal's, `likely` = those of
    them that suit this seal best all the same; `bare` = pages whose slice bears none at all; `apart` = neighbours
    between which a part of the seal is missing.
    """

    form: StraddleForm
    reason: str
    composition: Composition | None = None
    missing: tuple[int, ...] = ()
    odd: tuple[int, ...] = ()
    confidence: float = 0.5
    more: tuple[Composition, ...] = ()
    whole_page: int | None = None
    agreed: Agreement | None = None
    untold: tuple[int, ...] = ()
    likely: tuple[int, ...] = ()
    bare: tuple[int, ...] = ()
    apart: tuple[tuple[int, int], ...] = ()


def _known_radius(marks: Sequence[SealMark], slices: Sequence[Envelope]) -> float | None:
    """Radius of a whole round impression elsewhere in the document, if it is close to what the slices show."""
    tallest = max(piece.height for piece in slices) / 2
    radii = [m.diameter / 2 for m in marks if m.shape == "round" and m.visible > 0.9 and m.confidence > 0.6]
    near = [radius for radius in radii if tallest - 2.6 < radius < tallest + 1.2]
    return min(near, key=lambda radius: abs(radius - tallest), default=None)


def _known_axes(marks: Sequence[SealMark]) -> tuple[float, float] | None:
    """Half axes of the surest whole oval impression in the document, the longer one first."""
    ovals = [m for m in marks if m.shape == "oval" and m.visible > 0.9 and m.confidence > 0.6]
    best = max(ovals, key=lambda mark: mark.confidence, default=None)
    return (best.diameter / 2, min(best.width, best.height) / 2) if best is not None else None


def _composed(slices: Sequence[Envelope], holes: Sequence[bool] | None, known: float | None) -> Composition:
    free = compose_slices(slices, holes)
    if free.whole or known is None:
        return free
    tied = compose_slices(slices, holes, known)
    return min(free, tied, key=lambda c: c.badness)


def judge_set(
    found: SliceSet, others: Sequence[Band], by_page: Mapping[int, EdgeInk], marks: Sequence[SealMark]
) -> Verdict:
    """What the slices of one band amount to; `others` = bands of other parties."""
    known = _known_radius(marks, found.slices)
    if len(found.slices) == 1:
        return _lonely(found)
    composed = _composed(found.slices, found.holes, known)
    if found.missing:
        return _with_missing(found, composed, by_page, others)
    for verdict in _sound(found, composed, known, _known_axes(marks)):
        checked = _content_checked(verdict, found, by_page, marks)
        assert verdict.composition is not None
        if all(part.whole for part in (verdict.composition, *verdict.more)):
            return checked
        # Careless scans shift pages by millimetres; a picture that agrees on all of them tells that from a slice moved.
        if checked.form == verdict.form and (checked.whole_page or checked.agreed):
            return checked
    return _defect(found, composed, known, by_page, marks)


def _sound(
    found: SliceSet, composed: Composition, known: float | None, axes: tuple[float, float] | None
) -> Iterator[Verdict]:
    """What sound sheets the slices could be of: under one round seal, one oval one, or sealed in groups."""
    if composed.whole or composed.shifted:
        yield Verdict("one_impression", "slices compose one circle", composed, confidence=_confidence(composed))
    oval = compose_oval(found.slices, axes)
    if oval is not None and not is_lens(_parted(found, known), oval):
        yield Verdict("one_impression", "slices compose one oval", oval, confidence=min(_confidence(oval), 0.8))
    groups = split_groups(found.slices, lambda part: _composed(part, None, known))
    if groups:
        reason = f"{len(groups)} groups, each composes one circle"
        confidence = min(_confidence(group) for group in groups)
        yield Verdict("two_impressions", reason, groups[0], confidence=confidence, more=tuple(groups[1:]))


def _parted(found: SliceSet, known: float | None) -> Composition | None:
    return with_gap(found.slices, lambda slices, holes: _composed(slices, holes, known))


def _gone(
    found: SliceSet, known: float | None, by_page: Mapping[int, EdgeInk], marks: Sequence[SealMark]
) -> Verdict | None:
    """A sheet taken out, where with a gap in its place no slice shows another seal than the whole impression."""
    parted = _parted(found, known)
    if parted is None:
        return None
    agreed = agreement(by_page, found.band.edge, parted, marks)
    if agreed is not None and agreed.foreign:
        return None
    at = parted.holes.index(True)
    first, then = sorted(parted.pages[at : at + 2])
    between = tuple(page for page in by_page if first < page < then)
    if between and len(found.slices) < _DUPLEX_SHEETS:  # it looked like the back of a sheet
        reason = f"no slice on pages {list(between)}, and a part of the seal is missing there"
        return Verdict("missing_slices", reason, parted, between, confidence=0.6)
    return _sheet_gone(parted, ((first, then),))


def _sheet_gone(composition: Composition | None, apart: tuple[tuple[int, int], ...]) -> Verdict:
    reason = f"between pages {list(apart)} more of the seal is missing than at the other seams: a sheet may be gone"
    return Verdict("inconsistent", reason, composition, confidence=0.4, apart=apart)


def _content_checked(
    verdict: Verdict, found: SliceSet, by_page: Mapping[int, EdgeInk], marks: Sequence[SealMark]
) -> Verdict:
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
        if (gone := _gone(found, verdict.composition.fit.radius, by_page, marks)) is not None:
            return gone
        reason = "fits the circle, but shows another seal or another impression"
        return replace(verdict, form="foreign_slice", reason=reason, odd=foreign, confidence=0.6)
    if doubtful:
        reason = f"slices on pages {list(doubtful)} agree too little with the whole impression"
        return replace(verdict, form="inconsistent", reason=reason, odd=doubtful, confidence=0.4)
    apart = tuple(pair for a in known for pair in a.apart)
    if apart:
        return replace(_sheet_gone(verdict.composition, apart), more=verdict.more)
    bare = {page for a in known for page in a.bare}
    # A slice that lies off as one of a seal of another size would may have lost some of its width to the scanner.
    unsized = bare.difference(*(a.of_size for a in known))
    askew = {page for part in parts for page in part.off_seam(unsized)}
    untold = tuple(sorted(askew.union(*(a.untold for a in known))))
    likely = tuple(sorted(page for a in known for page in a.likely))
    verdict = replace(verdict, untold=untold, likely=likely, bare=tuple(sorted(bare - askew)))
    others = sorted(page for a in known for page in a.other_letters)
    if others:
        reason = f"{verdict.reason}; characters on pages {others} are not those of the whole impression"
        return replace(verdict, reason=reason, agreed=known[0] if len(parts) == 1 else None)
    if len(known) < len(parts):
        return replace(verdict, reason=verdict.reason + "; one group has no whole impression to compare with")
    reason = verdict.reason + "; content agrees with the whole impression"
    return replace(verdict, reason=reason, whole_page=known[0].whole_page)


def _lonely(found: SliceSet) -> Verdict:
    if len(found.expected) == 2:
        return Verdict("missing_slices", "one of two pages bears a slice", None, found.missing, confidence=0.5)
    return Verdict("absent", "ink at the edge of one page only", None, confidence=0.6)


def _confidence(composed: Composition) -> float:
    fit = composed.fit
    tight = float(np.clip(1 - np.median(fit.residual) / 0.5, 0, 1))
    thick = float(np.clip(min(piece.width for piece in composed.slices) / 3.0, 0.3, 1))
    return round(0.5 + 0.3 * tight * thick + 0.2 * thick, 3)


def _defect(
    found: SliceSet,
    composed: Composition,
    known: float | None,
    by_page: Mapping[int, EdgeInk],
    marks: Sequence[SealMark],
) -> Verdict:
    """No page lacks a slice, and yet they do not compose: another order, a foreign slice, a clipped cap, or unclear."""
    radius = known or composed.fit.radius
    other = best_order(found.slices, radius, lambda order: compose_slices(order, None, known, rounds=12))
    if other is not None:
        return Verdict("wrong_order", "the slices compose one circle in another order only", other, confidence=0.7)
    if set(composed.faults) <= {"left_cap", "right_cap", "coverage"}:
        reason = f"one circle, but parts of it are not on the pages: {', '.join(composed.faults)}"
        return Verdict("cropped", reason, composed, confidence=0.4)
    if (gone := _gone(found, known, by_page, marks)) is not None:
        return gone
    if known is not None:
        tied = compose_slices(found.slices, None, known)
        agreed = agreement(by_page, found.band.edge, tied, marks)
        if agreed is not None and 0 < len(agreed.foreign) <= max(1, len(found.slices) / 3):
            reason = "neither fits the circle nor shows its part of the seal"
            return Verdict("foreign_slice", reason, composed, odd=agreed.foreign, confidence=0.7)
    suspects = strayed_pages(composed) or found.pages
    rest = without_one(found.slices, lambda part, holes: _composed(part, holes, known), suspects[:12])
    if not rest and suspects != found.pages:
        rest = without_one(found.slices, lambda part, holes: _composed(part, holes, known), found.pages[:12])
    if len(rest) == 1 or (rest and rest[0].badness < 0.6 * rest[1].badness):
        odd = tuple(sorted(set(found.pages) - set(rest[0].pages)))
        return Verdict("foreign_slice", "all slices but one compose one circle", composed, odd=odd, confidence=0.6)
    reason = f"the slices do not compose: {', '.join(composed.faults)}"
    return Verdict("inconsistent", reason, composed, confidence=0.4)


def _with_missing(
    found: SliceSet, composed: Composition, by_page: Mapping[int, EdgeInk], others: Sequence[Band]
) -> Verdict:
    """Some pages lack a slice: is it really missing, at another height, too pale, or lost to the scanner's crop?"""
    missing, band = found.missing, found.band
    colourless = [page for page in missing if not by_page[page].colour]
    if colourless:
        return Verdict("not_visible", f"no colour on pages {colourless}", composed, missing, confidence=0.3)
    astray = tuple(page for page in missing if elsewhere(by_page[page], band, others) is not None)
    if astray and len(found.slices) >= 2 and set(astray) == set(missing):
        reason = "a slice at another height than the others"
        return Verdict("foreign_slice", reason, composed, odd=astray, missing=(), confidence=0.6)
    pale = [page for page in missing if has_trace(by_page[page], band)]
    if pale:
        return Verdict("cropped", f"faint ink only on pages {pale}", composed, missing, confidence=0.4)
    if len(found.slices) < max(2, len(found.expected) / 3):
        return Verdict("absent", "fewer than a third of the pages bear ink at this height", composed, confidence=0.5)
    return hole_verdict(found, composed, by_page)


def hole_verdict(found: SliceSet, composed: Composition, by_page: Mapping[int, EdgeInk]) -> Verdict:
    """Whether a slice is missing between others, or may have been lost to the scanner."""
    missing = found.missing
    widths = np.array([piece.width for piece in found.slices])
    loss = _crop_loss(found, composed)
    wide = float(np.median(widths)) + loss
    cut = [page for page in missing if _narrower(by_page, found, page) > 0.5 * wide]
    sound = not set(composed.faults) - {"left_cap", "right_cap", "coverage"}
    if sound:  # what is missing of the seal tells how wide the slice was that is not there
        wide = min([wide, *_rooms(found, composed, loss)])
    # Slices of an even fan are as wide as the seal over the number of its sheets, unless the scanner took some of them.
    even = 2 * composed.fit.radius / len(found.expected) - float(widths.mean())
    doubtful = cut or wide < _HOLE_CROPPABLE_MM or max(loss, even) > _CROPPING_MM
    if sound:
        doubtful = doubtful and not _tight(found, composed, loss)
    if doubtful:
        reason = f"slices of {wide:.1f} mm can be lost in the scanner's crop"
        return Verdict("cropped", reason, composed, missing, confidence=0.4)
    confidence = 0.8 if sound else 0.6
    return Verdict("missing_slices", "clean edge without a slice", composed, missing, confidence=confidence)


def _crop_loss(found: SliceSet, composed: Composition) -> float:
    """What the scanner took off every seam in mm, measured where no page is missing."""
    gaps = [gap for gap, hole in zip(composed.fit.gaps, found.holes, strict=True) if not hole]
    return float(np.clip(np.median(gaps), 0, 3)) if gaps else 0.4


def _rooms(found: SliceSet, composed: Composition, loss: float) -> list[float]:
    """What is missing of the seal in mm per page without a slice, wherever there is any room for it."""
    fit, at = composed.fit, {page: i for i, page in enumerate(found.expected)}
    have = [at[page] for page in found.pages]
    pages = [have[0], *(b - a - 1 for a, b in pairwise(have)), len(found.expected) - 1 - have[-1]]
    rooms = [fit.left_cap, *(gap - loss for gap in fit.gaps), fit.right_cap]
    return [float(room) / count for count, room in zip(pages, rooms, strict=True) if count and room > _TIGHT_MM]


def _narrower(by_page: Mapping[int, EdgeInk], found: SliceSet, page: int) -> float:
    """How much narrower than the pages with slices a page is, in mm: the scanner cropped it."""
    edge = found.band.edge
    usual = float(np.median([by_page[other].across_mm(edge) for other in found.pages]))
    return usual - by_page[page].across_mm(edge)


def _tight(found: SliceSet, composed: Composition, loss: float) -> bool:
    """Whether the neighbours of every hole touch: the pages between them were never in the fan."""
    gaps = [gap for gap, hole in zip(composed.fit.gaps, found.holes, strict=True) if hole]
    ends = {found.expected[0], found.expected[-1]} & set(found.missing)
    return bool(gaps) and not ends and max(gaps) < loss + _TIGHT_MM and abs(composed.fit.coverage - 1) < 0.12
