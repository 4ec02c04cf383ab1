"""The edges of a page, kept small: what a straddle seal left near each of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.ink import FloatMap, ink_maps, is_neutral, paper_colour, resize_by, resized, scale_of
from pipeline.inspection.seals import SealMark
from pipeline.inspection.tiles import without_rules
from pipeline.model import Box, Edge, Picture, Pixels

_T = TypeVar("_T", bound=np.generic)
SCALE = 6.0  # px/mm of the strips
DEPTH_MM = 42.0
REACH_MM = 12.0  # a slice reaches at least this close to the edge of the picture
_AROUND_MM = 3.0  # paper kept around a whole impression
_COARSE = 2.0
_TRACE = 0.03
_LEAST_TRACE_MM2 = 1.5
_COOL_LEAST = 0.08  # pen and print fringes are bluish too, but paler than a stamp
POINTS_PER_MM = 72 / 25.4
# Quarter turns (counter-clockwise) that bring an edge to the right.
_TURNS: dict[Edge, int] = {"right": 0, "left": 2, "top": 3, "bottom": 1}


@dataclass(frozen=True)
class EdgeStrip:
    """One edge turned so that the paper's edge is on the right: rows run along it, columns towards it, 6 px/mm.

    `ink` 255 = density 1; `rgb` the same region as scanned; `start_mm` = place of the first row along the turned edge.
    """

    edge: Edge
    start_mm: float
    ink: Pixels
    rgb: Pixels


@dataclass(frozen=True)
class EdgeInk:
    """What `compose` needs of one page; sizes in mm. `background` = edges beyond which the scanner's bed is visible."""

    page: int
    width_mm: float
    height_mm: float
    colour: bool
    background: frozenset[Edge]
    strips: tuple[EdgeStrip, ...]

    def strip(self, edge: Edge) -> EdgeStrip | None:
        """The strip at an edge; None when there is no coloured ink near it."""
        return next((strip for strip in self.strips if strip.edge == edge), None)

    def across_mm(self, edge: Edge) -> float:
        """Page size at right angles to an edge."""
        return self.width_mm if edge in ("right", "left") else self.height_mm

    def box(self, edge: Edge, along0: float, along1: float, depth0: float, depth1: float) -> Box:
        """Page box in pt of a region of a strip: along the turned edge, and depth from the edge inwards, in mm."""
        width, height = self.width_mm, self.height_mm
        box = {
            "right": (width - depth1, along0, width - depth0, along1),
            "left": (depth0, height - along1, depth1, height - along0),
            "top": (along0, depth0, along1, depth1),
            "bottom": (width - along1, height - depth1, width - along0, height - depth0),
        }[edge]
        x0, top, x1, bottom = (value * POINTS_PER_MM for value in box)
        return (x0, top, x1, bottom)


def turned(pixels: NDArray[_T], edge: Edge) -> NDArray[_T]:
    """A page picture turned so that `edge` is on the right."""
    return np.rot90(pixels, _TURNS[edge])


def turned_back(pixels: Pixels, edge: Edge) -> Pixels:
    """Undo `turned`."""
    return np.ascontiguousarray(np.rot90(pixels, -_TURNS[edge]))


def stamp_ink(red: FloatMap, cool: FloatMap) -> FloatMap:
    """Vermilion, or blue to purple ink where it is clearly there."""
    return np.asarray(np.maximum(red, np.where(cool >= _COOL_LEAST, cool, 0)), dtype=np.float32)


def _extent(traces: FloatMap) -> tuple[int, int] | None:
    """First and last row with coloured ink of some size that reaches the edge zone; None if there is none."""
    mask = (traces > _TRACE).astype(np.uint8)
    closed = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 3), np.uint8)), dtype=np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    reach = mask.shape[1] - REACH_MM * _COARSE
    rows: list[int] = []
    for x, y, width, height, area in stats[1:].tolist():
        if area >= _LEAST_TRACE_MM2 * _COARSE**2 and x + width >= reach:
            rows += [int(y), int(y + height)]
    return (min(rows), max(rows)) if rows else None


def _strip(picture: Picture, paper: Pixels, traces: FloatMap, edge: Edge) -> EdgeStrip | None:
    side = turned(traces, edge)
    near = np.ascontiguousarray(side[:, -int(DEPTH_MM * _COARSE) :])
    rows = _extent(near)
    if rows is None:
        return None
    scale = scale_of(picture)
    margin = 34.0  # a seal's other half may lie beyond the traces seen here
    start, end = max(0.0, rows[0] / _COARSE - margin), rows[1] / _COARSE + margin
    page, bed = turned(picture.pixels, edge), turned(paper, edge)
    part = np.ascontiguousarray(page[int(start * scale) : int(end * scale) + 1, -int(DEPTH_MM * scale) :])
    under = np.ascontiguousarray(bed[int(start) : int(end) + 1, -int(DEPTH_MM) :])
    rgb = resize_by(part, SCALE / scale)
    return EdgeStrip(edge, int(start * scale) / scale, _ink(rgb, under), rgb)


def _ink(rgb: Pixels, paper: Pixels | None = None) -> Pixels:
    """Stamp ink of a region at `SCALE`, 255 = density 1."""
    maps = ink_maps(rgb, SCALE, paper)
    ink = cv2.GaussianBlur(stamp_ink(maps.red, maps.cool), (0, 0), 0.9)
    return np.asarray(np.clip(ink * 255, 0, 255), dtype=np.uint8)


def like_a_slice(picture: Picture, mark: SealMark) -> SealMark:
    """A whole impression with its ink as sharp as that of slices: the one it was found by is only fit for outlines."""
    scale, reach = scale_of(picture), mark.diameter / 2 + _AROUND_MM
    x0, y0 = (max(0, int((at - reach - 1) * scale)) for at in (mark.x, mark.y))
    x1, y1 = (int((at + reach + 1) * scale) + 1 for at in (mark.x, mark.y))
    rgb = resize_by(np.ascontiguousarray(picture.pixels[y0:y1, x0:x1]), SCALE / scale)
    grid = np.arange(-int(reach * SCALE), int(reach * SCALE) + 1, dtype=np.float32) - np.float32(0.5)
    x, y = np.meshgrid(grid + (mark.x - x0 / scale) * SCALE, grid + (mark.y - y0 / scale) * SCALE)
    ink = cv2.remap(_ink(rgb), x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderValue=0)
    return replace(mark, patch=np.asarray(ink, dtype=np.uint8))


def _shows_background(coarse: Pixels, edge: Edge) -> bool:
    """Whether a uniform band darker than the paper runs along the whole edge: the scanner's bed."""
    side = turned(coarse, edge)[:, -3:].mean(axis=(1, 2))
    inner = turned(coarse, edge)[:, -24:-12].mean(axis=(1, 2))
    return bool(np.quantile(side, 0.9) < np.median(inner) - 25)


def edge_ink(picture: Picture, page: int) -> EdgeInk:
    """What lies near the four edges of an upright page."""
    coarse = resized(picture, _COARSE)
    scale = scale_of(picture)
    height, width = picture.pixels.shape[0] / scale, picture.pixels.shape[1] / scale
    neutral = is_neutral(coarse, _COARSE)
    strips: list[EdgeStrip] = []
    if not neutral:
        paper = paper_colour(coarse, _COARSE)
        maps = ink_maps(coarse, _COARSE, paper)
        traces = without_rules(stamp_ink(maps.red, maps.cool), _COARSE)
        found = (_strip(picture, paper, traces, edge) for edge in get_args(Edge))
        strips = [strip for strip in found if strip is not None]
    background = frozenset(edge for edge in get_args(Edge) if _shows_background(coarse, edge))
    return EdgeInk(page, width, height, not neutral, background, tuple(strips))
