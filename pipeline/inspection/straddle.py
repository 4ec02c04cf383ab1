"""The straddle seal: slices at the page edges, and whether they compose one impression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import get_args

import numpy as np

from pipeline.inspection.facing import facing_pairs
from pipeline.inspection.joined import read_joined
from pipeline.inspection.seals import SealMark
from pipeline.inspection.slice_sets import SliceSet, slice_set
from pipeline.inspection.slices import bands
from pipeline.inspection.stitch import stitched
from pipeline.inspection.straddle_judge import Verdict, judge_set
from pipeline.inspection.strips import EdgeInk, edge_ink
from pipeline.model import Edge, Pixels, Slice, Straddle, StraddleForm, TextReader

__all__ = ["EdgeInk", "compose", "edge_ink"]

_THIN_MM = 2.7  # slices narrower than this vanish in an ordinary scanner crop
_USUAL_DIAMETER_MM = 40.0
_APART_PX = 30
_DEFECTS = ("missing_slices", "foreign_slice", "wrong_order")
_RANK: dict[StraddleForm, int] = {
    "one_impression": 0, "two_impressions": 1, "missing_slices": 2, "foreign_slice": 3, "wrong_order": 4, "cropped": 5,
    "inconsistent": 6, "absent": 7, "not_visible": 8, "single_sheet": 9,
    "facing_pages": 10,
}  # fmt: skip


def _slices(found: SliceSet, by_page: Mapping[int, EdgeInk]) -> tuple[Slice, ...]:
    result = []
    for piece in found.slices:
        top, bottom = float(piece.top.min()), float(piece.bottom.max())
        box = by_page[piece.page].box(found.band.edge, top, bottom, max(0.0, -piece.right), -piece.left)
        result.append(Slice(page=piece.page, box=box, width_mm=round(piece.width, 2), height_mm=round(bottom - top, 2)))
    return tuple(sorted(result, key=lambda s: s.page))


def _result(found: SliceSet, verdict: Verdict, by_page: Mapping[int, EdgeInk], notes: str) -> Straddle:
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
        diameter_mm=round(2 * max(composition.outline.a, composition.outline.b), 1) if composition else None,
        coverage=round(composition.fit.coverage, 3) if composition else None,
        whole_page=verdict.whole_page,
        untold_pages=verdict.untold,
        likely_pages=verdict.likely,
        bare_pages=verdict.bare,
        apart=verdict.apart,
        confidence=verdict.confidence,
        reason=verdict.reason + ("; one side of every sheet" if found.duplex else "") + notes,
    )


def _sets(edges: Sequence[EdgeInk]) -> list[SliceSet]:
    """Sets of slices at all edges, the one that covers most pages first; at most four."""
    found = []
    for edge in get_args(Edge):
        for band in bands(edges, edge)[:3]:
            group = slice_set(edges, band)
            if group is not None and (len(group.slices) >= 2 or len(edges) == 2):
                found.append(group)
    return sorted(found, key=lambda group: -len(group.slices) / max(1, len(group.expected)))[:4]


def _booklet(sets: Sequence[SliceSet], by_page: Mapping[int, EdgeInk]) -> tuple[Straddle, Pixels | None] | None:
    """Halves over facing pages, which cannot compose one impression over all sheets; for a person to look at."""
    for one in sets:
        for other in sets:
            if (one.band.edge, other.band.edge) != ("right", "left"):
                continue
            pairs = facing_pairs(_slices(one, by_page), _slices(other, by_page))
            if not pairs:
                continue
            bare = [page for page in by_page if page not in {*one.pages, *other.pages}]
            halves = tuple(half for pair in pairs for half in pair)
            found = Straddle(
                form="facing_pages",
                slices=halves,
                missing_pages=tuple(bare),
                confidence=0.5,
                reason=f"half seals on {len(pairs)} pairs of facing pages",
            )
            parted = [stitched(by_page, part.band, part.slices, None) for part in (one, other)]
            return found, _below([picture for picture in parted if picture is not None])
    return None


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
    if (booklet := _booklet(sets, by_page)) is not None:
        return booklet
    shared = [group.band for group in sets if len(group.slices) >= 0.5 * len(group.expected)]
    judged = [(group, judge_set(group, shared, by_page, marks)) for group in sets]
    judged = [(group, verdict) for group, verdict in judged if verdict.form != "absent"]
    if not judged:
        return _nothing(edges), None
    judged.sort(key=lambda item: (-len(item[0].slices), _RANK[item[1].form]))
    told = [
        _told(group, verdict, by_page, [other for other in judged if other[0] is not group], reader)
        for group, verdict in judged
    ]
    parted = [stitched(by_page, group.band, group.slices, verdict.composition) for group, verdict in judged]
    return told[0].model_copy(update={"beside": tuple(told[1:])}), _below([one for one in parted if one is not None])


def _told(
    group: SliceSet,
    verdict: Verdict,
    by_page: Mapping[int, EdgeInk],
    others: Sequence[tuple[SliceSet, Verdict]],
    reader: TextReader | None,
) -> Straddle:
    """One seal across the pages, beside `others`."""
    if any(len(other.slices) >= 3 and also.form in _DEFECTS for other, also in others):
        # Another party's seal is incomplete: whose seal this one is decides, and that is not known here.
        verdict = replace(verdict, confidence=min(verdict.confidence, 0.5))
    notes = "".join(
        f"; also {other.band.edge} edge at {other.band.middle:.0f} mm on {len(other.slices)} pages: {also.form}"
        for other, also in others
    )
    result = _result(group, verdict, by_page, notes)
    if reader is None or verdict.form not in ("one_impression", "two_impressions"):
        return result
    parts = [part for part in (verdict.composition, *verdict.more) if part is not None]
    read = read_joined(by_page, group.band.edge, parts, reader)
    # Beside another party's seal this one may rightly be that party's: its name can confirm, but refuse nothing.
    confidence = min(read.confidence, 0.5) if others else read.confidence
    return result.model_copy(
        update={
            "text": read.text,
            "text_confidence": confidence,
            "like_page": verdict.agreed.whole_page if verdict.agreed and read.turns else None,
            "unlike": verdict.agreed.unlike(read.turns) if verdict.agreed else (),
        }
    )


def _below(pictures: Sequence[Pixels]) -> Pixels | None:
    """Pictures of several seals one below the other, on white."""
    if not pictures:
        return None
    width = max(picture.shape[1] for picture in pictures)
    rows = [
        np.pad(picture, ((0, _APART_PX), (0, width - picture.shape[1]), (0, 0)), constant_values=255)
        for picture in pictures
    ]
    return np.concatenate(rows)[:-_APART_PX]


def _nothing(edges: Sequence[EdgeInk]) -> Straddle:
    grey = [page.page for page in edges if not page.colour]
    if len(grey) > len(edges) / 2:
        return Straddle(form="not_visible", confidence=0.5, reason=f"no colour on pages {grey}")
    uncropped = [page for page in edges if page.background]
    if _USUAL_DIAMETER_MM / len(edges) < _THIN_MM and len(uncropped) < len(edges) / 2:
        reason = f"slices of {len(edges)} pages can be lost in the scanner's crop"
        return Straddle(form="cropped", confidence=0.3, reason=reason)
    return Straddle(form="absent", confidence=0.8, reason="no slices at any edge")
