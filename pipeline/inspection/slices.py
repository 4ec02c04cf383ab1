"""Slices of a straddle seal at one edge: the height most pages share, then a second look there on every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.inspection.circle import Envelope
from pipeline.inspection.strips import REACH_MM, SCALE, EdgeInk, EdgeStrip
from pipeline.model import Edge, Pixels

INK_LEAST = 0.05
INK_TRACE = 0.025
_SPECK_MM2 = 0.55
_TALL_MM = (9.0, 64.0)
_COLUMN_MM = 0.5
_CHAIN_GAP_MM = 2.5
_SAME_HEIGHT_MM = 7.0
_USUAL_HALF_MM = 20.0
_GROWTH_MM = 4.0
_ROWS_PER_MM = 2.0
_ALONG_GAP_MM = 6.0


@dataclass(frozen=True)
class Candidate:
    """Tall ink near an edge, first look: extent along the turned edge in mm."""

    page: int
    start: float
    end: float

    @property
    def middle(self) -> float:
        """Height of its middle in mm."""
        return (self.start + self.end) / 2


@dataclass(frozen=True)
class Band:
    """A height on one edge at which several pages carry ink, in mm along the turned edge."""

    edge: Edge
    middle: float
    half: float
    pages: frozenset[int]


def _mask(strip: EdgeStrip, least: float) -> Pixels:
    return np.asarray(strip.ink > least * 255, dtype=np.uint8)


def _without_specks(mask: Pixels, least_mm2: float) -> Pixels:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] >= least_mm2 * SCALE**2
    keep[0] = False
    return np.asarray(keep[labels], dtype=np.uint8)


def candidates(page: EdgeInk, edge: Edge) -> list[Candidate]:
    """Tall ink (9-64 mm) that reaches within 12 mm of the edge; letters of one slice are joined along the edge."""
    strip = page.strip(edge)
    if strip is None:
        return []
    mask = _without_specks(_mask(strip, INK_LEAST), _SPECK_MM2)
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((int(9 * SCALE), int(1.5 * SCALE)), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for x, y, width, height, area in stats[1:].tolist():
        reaches = x + width >= mask.shape[1] - REACH_MM * SCALE
        if reaches and _TALL_MM[0] <= height / SCALE <= _TALL_MM[1] and area > 3 * SCALE**2:
            found.append(Candidate(page.page, strip.start_mm + y / SCALE, strip.start_mm + (y + height) / SCALE))
    return found


def _covered(pages: Sequence[EdgeInk], edge: Edge) -> list[tuple[float, float]]:
    """Stretches of an edge (mm) where some page carries ink: the slices of one seal together leave no gap."""
    reach = int(REACH_MM * SCALE)
    rows = np.zeros(int(2000 * _ROWS_PER_MM), np.bool_)
    for page in pages:
        strip = page.strip(edge)
        if strip is None:
            continue
        mask = _without_specks(_mask(strip, INK_LEAST), _SPECK_MM2)
        inked = np.flatnonzero(mask[:, -reach:].sum(axis=1) > 1)
        rows[((strip.start_mm + inked / SCALE) * _ROWS_PER_MM).astype(int)] = True
    places = np.flatnonzero(rows) / _ROWS_PER_MM
    if not len(places):
        return []
    breaks = np.flatnonzero(np.diff(places) > _ALONG_GAP_MM)
    starts = places[np.concatenate([[0], breaks + 1])]
    ends = places[np.concatenate([breaks, [len(places) - 1]])]
    return [(float(a), float(b)) for a, b in zip(starts, ends, strict=True)]


def bands(pages: Sequence[EdgeInk], edge: Edge) -> list[Band]:
    """Heights that pages share at an edge, the one with most pages first."""
    pool = [candidate for page in pages for candidate in candidates(page, edge)]
    stretches = _covered(pages, edge) if pool else []
    found: list[Band] = []
    while pool:
        groups = [[c for c in pool if abs(c.middle - seed.middle) <= _SAME_HEIGHT_MM] for seed in pool]
        best = max(groups, key=lambda group: (len({c.page for c in group}), sum(c.end - c.start for c in group)))
        middle = float(np.average([c.middle for c in best], weights=[c.end - c.start for c in best]))
        half = max((c.end - c.start) / 2 for c in best)
        around = next(((a, b) for a, b in stretches if a <= middle <= b), None)
        if around is not None and around[1] - around[0] <= _TALL_MM[1] + 2:
            # Seeds are often one arc or a few letters of the seal; all pages together show its whole height.
            middle, half = (around[0] + around[1]) / 2, (around[1] - around[0]) / 2
        found.append(_settled(pages, Band(edge, middle, max(half, _USUAL_HALF_MM), frozenset(c.page for c in best))))
        middle, half = found[-1].middle, found[-1].half
        pool = [c for c in pool if c not in best and (c.end < middle - half or c.start > middle + half)]
    return sorted(found, key=lambda band: -len(band.pages))


def _settled(pages: Sequence[EdgeInk], band: Band) -> Band:
    """The band moved and widened until it holds what its pages show: a first look often sees parts of the lettering."""
    for _ in range(7):
        pieces = [piece for page in pages if (piece := slice_at(page, band)) is not None]
        if not pieces:
            return band
        # Robust ends: one page's dirt must not widen the band for all.
        low = float(np.quantile([piece.top.min() for piece in pieces], 0.15))
        high = float(np.quantile([piece.bottom.max() for piece in pieces], 0.85))
        reach = _reach(band)
        low -= _GROWTH_MM if low < band.middle - reach + 0.7 else 0
        high += _GROWTH_MM if high > band.middle + reach - 0.7 else 0
        half = float(np.clip((high - low) / 2, 14.0, 31.0))
        moved = Band(band.edge, (low + high) / 2, half, band.pages)
        if abs(moved.middle - band.middle) < 0.5 and abs(moved.half - band.half) < 0.5:
            return moved
        band = moved
    return band


def _reach(band: Band) -> float:
    """Half height of the window searched on every page, in mm."""
    return min(band.half + 3.5, 34)


def _rows(strip: EdgeStrip, band: Band) -> tuple[int, int]:
    reach = _reach(band)
    first = int((band.middle - reach - strip.start_mm) * SCALE)
    last = int((band.middle + reach - strip.start_mm) * SCALE)
    return max(0, first), max(0, min(strip.ink.shape[0], last))


def slice_at(page: EdgeInk, band: Band, least: float = INK_LEAST) -> Envelope | None:
    """The slice of a page within a band: inked columns followed inwards from the edge; None if there are none."""
    strip = page.strip(band.edge)
    if strip is None:
        return None
    first, last = _rows(strip, band)
    if last - first < 4 * SCALE:
        return None
    mask = _without_specks(_mask(strip, least)[first:last], _SPECK_MM2)
    columns = np.flatnonzero(mask.sum(axis=0) >= _COLUMN_MM * SCALE)
    columns = columns[columns >= mask.shape[1] - 42 * SCALE]
    if not len(columns) or columns[-1] < mask.shape[1] - REACH_MM * SCALE:
        return None
    breaks = np.flatnonzero(np.diff(columns) > _CHAIN_GAP_MM * SCALE)
    chain = columns[breaks[-1] + 1 :] if len(breaks) else columns
    rows = mask[:, chain]
    top = rows.argmax(axis=0)
    bottom = rows.shape[0] - rows[::-1].argmax(axis=0)
    tall = float(np.quantile(bottom - top, 0.9)) / SCALE
    if tall < 6 or rows.sum() < 2.0 * SCALE**2:
        return None
    offset = strip.start_mm + first / SCALE
    # x counts from the edge of the picture inwards as negative mm.
    x = (chain + 0.5 - mask.shape[1]) / SCALE
    return Envelope(
        page.page, x, offset + top / SCALE, offset + bottom / SCALE,
        float(chain[0] - mask.shape[1]) / SCALE, float(chain[-1] + 1 - mask.shape[1]) / SCALE,
    )  # fmt: skip


def has_trace(page: EdgeInk, band: Band) -> bool:
    """Whether ink too faint for a slice is there: the slice may be pale rather than missing."""
    return slice_at(page, band, INK_TRACE) is not None


def _within(candidate: Candidate, band: Band) -> bool:
    reach = band.half + _GROWTH_MM
    return band.middle - reach <= candidate.start and candidate.end <= band.middle + reach


def elsewhere(page: EdgeInk, band: Band, others: Sequence[Band]) -> Candidate | None:
    """A slice-like mark of the page on the same edge at a height that no band accounts for."""
    known = [other for other in (band, *others) if other.edge == band.edge]
    free = [c for c in candidates(page, band.edge) if not any(_within(c, b) for b in known)]
    return max(free, key=lambda c: c.end - c.start, default=None)
