"""Fan a stack of sheets, press one seal over the fanned edges, and keep for every page the ink it took.

Geometry: sheet 1 lies on top; every lower sheet sticks out by its own step; ink falls only on the exposed front.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import cv2
import numpy as np

from tests.simulator.ink import Box, Floats, InkPatch, Page
from tests.simulator.seals import SealImpression, SealSpec, impress
from tests.simulator.texture import blur

Edge = Literal["right", "left", "top", "bottom"]


@dataclass(frozen=True)
class StraddleSpec:
    """One party's straddle seal; along_mm is the height of its middle on the edge (from the top, or from the left)."""

    seal: SealSpec
    along_mm: float = 140.0
    edge: Edge = "right"
    groups: tuple[int, ...] = ()
    duplex: bool = False
    from_back: bool = False
    height_jitter_mm: float = 0.4
    gap_jitter: float = 0.10
    turn_jitter_deg: float = 0.15
    reach_mm: float = 0.8
    stack_order: tuple[int, ...] = ()
    missing_pages: frozenset[int] = frozenset()
    foreign: Mapping[int, SealSpec] = field(default_factory=dict)
    shifted_mm: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Slice:
    """What one page took; span = part of the seal, mm from its first edge in fan direction; box, centre: paper mm."""

    page: int
    sheet: int
    party: int
    group: int
    edge: Edge
    span_mm: tuple[float, float]
    box_mm: Box
    centre_mm: tuple[float, float]
    diameter_mm: float
    text: str
    defect: str | None = None

    @property
    def width_mm(self) -> float:
        """Width of the band of the seal that lies on this page."""
        return self.span_mm[1] - self.span_mm[0]


def straddle(pages: Sequence[Page], spec: StraddleSpec, rng: np.random.Generator, party: int = 0) -> list[Slice]:
    """Stamp the pages in place; returns one slice per inked page, first group first."""
    stack = _stack(len(pages), spec)
    groups = spec.groups or (len(stack),)
    if sum(groups) != len(stack):
        raise ValueError(f"groups {groups} do not add up to {len(stack)} sheets")
    slices: list[Slice] = []
    start = 0
    for number, size in enumerate(groups):
        slices += _press_group(pages, stack[start : start + size], spec, rng, party, number, start)
        start += size
    return slices


def _stack(count: int, spec: StraddleSpec) -> list[int]:
    """Exposed page of every sheet, top sheet first; pages count from 1."""
    fronts = list(range(1, count + 1, 2 if spec.duplex else 1))
    if spec.stack_order:
        fronts = list(spec.stack_order)
    if spec.from_back:
        fronts = [min(page + 1, count) if spec.duplex else page for page in reversed(fronts)]
    return fronts


def _press_group(
    pages: Sequence[Page],
    stack: list[int],
    spec: StraddleSpec,
    rng: np.random.Generator,
    party: int,
    group: int,
    first: int,
) -> list[Slice]:
    ppm = pages[0].px_per_mm
    own = impress(spec.seal, ppm, rng)
    extent = own.extent_mm[0 if spec.edge in ("right", "left") else 1]
    cuts = _cuts(len(stack), extent, spec, rng)
    tilt = rng.normal(0, spec.turn_jitter_deg, len(stack))
    heights = rng.normal(0, spec.height_jitter_mm, len(stack))
    slices = []
    for index, page in enumerate(stack):
        if page in spec.missing_pages:
            continue
        defect = None
        impression = own
        along = spec.along_mm + float(heights[index])
        if page in spec.foreign:
            impression, defect = impress(spec.foreign[page], ppm, rng), "foreign"
        if page in spec.shifted_mm:
            along, defect = along + spec.shifted_mm[page], "shifted"
        turns = (float(tilt[index]), float(tilt[index] - tilt[index - 1]) if index else 0.0)
        cut = _Cut(cuts[index], cuts[index + 1], index == len(stack) - 1, extent, spec.reach_mm)
        box, centre = _ink_page(pages[page - 1], impression, spec.edge, cut, along, turns)
        span = (cut.start, min(extent, cut.paper_edge))
        slices.append(
            Slice(
                page=page,
                sheet=first + index + 1,
                party=party,
                group=group,
                edge=spec.edge,
                span_mm=span,
                box_mm=box,
                centre_mm=centre,
                diameter_mm=extent,
                text=impression.spec.text,
                defect=defect,
            )
        )
    return slices


def _cuts(sheets: int, extent: float, spec: StraddleSpec, rng: np.random.Generator) -> list[float]:
    """Where the seal is cut, in mm from its first edge: 0 … extent, one band per sheet."""
    widths = np.clip(1 + rng.normal(0, spec.gap_jitter, sheets), 0.4, 1.8)
    edges = np.concatenate([[0.0], np.cumsum(widths)]) * extent / widths.sum()
    return [float(v) for v in edges]


@dataclass(frozen=True)
class _Cut:
    start: float
    end: float
    last: bool
    extent: float
    reach_mm: float

    @property
    def paper_edge(self) -> float:
        """Seal coordinate under which the paper's edge lies; the last sheet reaches beyond the seal."""
        return self.end + self.reach_mm if self.last else self.end


def _ink_page(
    page: Page, impression: SealImpression, edge: Edge, cut: _Cut, along_mm: float, turns: tuple[float, float]
) -> tuple[Box, tuple[float, float]]:
    """Lay one band of the impression against an edge of the page; returns its box and the seal's centre in paper mm."""
    ppm = page.px_per_mm
    turned = _turn(impression.coverage, turns[0])
    oriented = {"right": turned, "left": turned[:, ::-1], "bottom": turned.T, "top": turned[::-1].T}[edge]
    margin = (oriented.shape[1] / ppm - cut.extent) / 2
    width, height = page.size_mm
    deep = width if edge in ("right", "left") else height
    inner = margin + cut.start if cut.start > 0 else -margin
    masked = _mask(np.ascontiguousarray(oriented), ppm, inner, margin + cut.paper_edge, turns[1])
    end = min(masked.shape[1], round((margin + cut.paper_edge) * ppm))
    band = masked[:, :end]
    # In the page's own frame the fan direction ends at the paper edge.
    centre_u = deep - cut.paper_edge + cut.extent / 2
    right = round((deep - cut.paper_edge - margin) * ppm) + end
    start = right - band.shape[1]
    across = round(along_mm * ppm - band.shape[0] / 2)
    box = _box(band, start / ppm, across / ppm, ppm)
    return _place(page, band, edge, (start, across), impression.spec, box, (centre_u, along_mm))


def _place(
    page: Page, band: Floats, edge: Edge, at: tuple[int, int], spec: SealSpec, box: Box, centre: tuple[float, float]
) -> tuple[Box, tuple[float, float]]:
    width, height = page.size_mm
    rows, cols = page.toner.shape
    u, v = at
    if edge == "right":
        page.patches.append(InkPatch(u, v, band, spec.colour))
        return box, centre
    if edge == "left":
        page.patches.append(InkPatch(cols - u - band.shape[1], v, np.ascontiguousarray(band[:, ::-1]), spec.colour))
        return (width - box[2], box[1], width - box[0], box[3]), (width - centre[0], centre[1])
    if edge == "bottom":
        page.patches.append(InkPatch(v, u, np.ascontiguousarray(band.T), spec.colour))
        return (box[1], box[0], box[3], box[2]), (centre[1], centre[0])
    page.patches.append(InkPatch(v, rows - u - band.shape[1], np.ascontiguousarray(band.T[::-1]), spec.colour))
    return (box[1], height - box[2], box[3], height - box[0]), (centre[1], height - centre[0])


def _turn(coverage: Floats, degrees: float) -> Floats:
    rows, cols = coverage.shape
    matrix = cv2.getRotationMatrix2D(((cols - 1) / 2, (rows - 1) / 2), degrees, 1.0)
    return np.clip(cv2.warpAffine(coverage, matrix, (cols, rows), flags=cv2.INTER_LINEAR), 0, 1).astype(np.float32)


def _mask(oriented: Floats, ppm: float, start_mm: float, end_mm: float, tilt_deg: float) -> Floats:
    """Keep the band; the inner cut is the straight edge of the sheet above, the pad lifts a hair beside it."""
    rows, cols = oriented.shape
    across = (np.arange(rows) - (rows - 1) / 2)[:, None] * np.tan(np.radians(tilt_deg))
    along = np.arange(cols)[None, :] + 0.5 + across
    inner = along >= start_mm * ppm
    outer = np.arange(cols)[None, :] < end_mm * ppm
    lifted = blur(inner.astype(np.float32), 0.06 * ppm) * inner
    return np.asarray(oriented * np.minimum(1, lifted * 1.15) * outer, dtype=np.float32)


def _box(band: Floats, left: float, top: float, ppm: float) -> Box:
    rows, cols = np.flatnonzero(band.max(axis=1) > 0.2), np.flatnonzero(band.max(axis=0) > 0.2)
    if not len(rows):
        return left, top, left, top
    x0, x1, y0, y1 = int(cols[0]), int(cols[-1]) + 1, int(rows[0]), int(rows[-1]) + 1
    return left + x0 / ppm, top + y0 / ppm, left + x1 / ppm, top + y1 / ppm
