"""Outlines voted for, laid onto the fine ink of their page and measured; each is wiped before the next is believed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.believe import Candidate, is_bare_ring, is_seal
from pipeline.inspection.ink import FloatMap, InkColour, colour_name, ink_maps, resize_by, scale_of
from pipeline.inspection.measure import WIPED_MM, measure, wiped
from pipeline.inspection.outline import Outline, fit, points_and_normals
from pipeline.inspection.vote import Vote
from pipeline.model import Picture, Pixels

InkName = Literal["red", "cool", "grey"]

FINE = 4.8  # px/mm of fitting and measuring
_BORDER_MM = 0.8  # half the width of a border as measured
_EDGE_MM = 0.3  # what scanners spoil along the edges of a page


@dataclass(frozen=True)
class Region:
    """A cut-out of the page's ink at FINE px/mm; `x0`, `y0` its origin, `width`, `height` of the whole page, in mm."""

    ink: FloatMap
    channels: tuple[FloatMap, FloatMap, FloatMap]
    x0: float
    y0: float
    width: float
    height: float

    def to_page(self, outline: Outline) -> Outline:
        """From mm of the region to mm of the page."""
        return replace(outline, x=outline.x + self.x0, y=outline.y + self.y0)

    def to_region(self, outline: Outline) -> Outline:
        """From mm of the page to mm of the region."""
        return replace(outline, x=outline.x - self.x0, y=outline.y - self.y0)

    def colour_on(self, outline: Outline) -> InkColour:
        """Name of the ink lying on an outline in mm of the page."""
        points, _ = points_and_normals(self.to_region(outline))
        x = np.clip((points[:, 0] * FINE).astype(int), 0, self.ink.shape[1] - 1)
        y = np.clip((points[:, 1] * FINE).astype(int), 0, self.ink.shape[0] - 1)
        inked = self.ink[y, x] >= np.quantile(self.ink[y, x], 0.5)
        red, green, blue = (float(np.median(channel[y, x][inked])) for channel in self.channels)
        return colour_name(red, green, blue)


def cut(picture: Picture, paper: Pixels, box: tuple[float, float, float, float], name: InkName) -> Region:
    """The region `box` in mm; `paper` = colour of the whole page's paper at 1 px/mm."""
    scale = scale_of(picture)
    height, width = picture.pixels.shape[:2]
    x0, y0 = max(0, int(box[0] * scale)), max(0, int(box[1] * scale))
    x1, y1 = min(width, int(np.ceil(box[2] * scale))), min(height, int(np.ceil(box[3] * scale)))
    fine = resize_by(picture.pixels[y0:y1, x0:x1], FINE / scale)
    px0, py0 = int(x0 / scale), int(y0 / scale)
    px1, py1 = max(px0 + 1, int(np.ceil(x1 / scale))), max(py0 + 1, int(np.ceil(y1 / scale)))
    maps = ink_maps(fine, FINE, paper[py0:py1, px0:px1])
    ink = maps.red if name == "red" else maps.cool if name == "cool" else maps.green_channel
    ink = np.asarray(cv2.GaussianBlur(ink, (0, 0), 0.25 * FINE), dtype=np.float32)
    channels = (maps.red_channel, maps.green_channel, maps.blue_channel)
    return Region(ink, channels, x0 / scale, y0 / scale, width / scale, height / scale)


def _on_page(outline: Outline, width: float, height: float) -> NDArray[np.bool_]:
    points, _ = points_and_normals(outline)
    x, y = points[:, 0], points[:, 1]
    return np.asarray((x > _EDGE_MM) & (x < width - _EDGE_MM) & (y > _EDGE_MM) & (y < height - _EDGE_MM))


def _near(outline: Outline, other: Outline) -> NDArray[np.bool_]:
    """Points of the outline whose border or bare side reaches into the wiped band of another outline."""
    points, _ = points_and_normals(outline)
    lines, _ = points_and_normals(other)
    gaps = np.hypot(points[:, None, 0] - lines[None, :, 0], points[:, None, 1] - lines[None, :, 1])
    return np.asarray(gaps.min(axis=1) < WIPED_MM + _BORDER_MM)


def _examined(region: Region, candidate: Vote, ink: FloatMap, wiped_away: Sequence[Outline]) -> Candidate:
    """A voted outline (page mm) fitted to the fine ink and measured; the result is in page mm too.

    `wiped_away` = outlines in page mm whose ink is gone from `ink`.
    """
    local = fit(ink, FINE, region.to_region(candidate.outline), close=candidate.close)
    on_page = region.to_page(local)
    hidden = np.zeros(len(points_and_normals(local)[0]), np.bool_)
    for other in wiped_away:
        hidden |= _near(on_page, other)
    return Candidate(on_page, measure(ink, FINE, local, _on_page(on_page, region.width, region.height), ~hidden))


def accepted(region: Region, votes: Iterable[Vote], known: Sequence[Candidate], grey: bool = False) -> list[Candidate]:
    """Seals and bare rings among the votes, best first; each is wiped before the next must stand by itself."""
    ink = region.ink
    gone = [seal.outline for seal in known]
    for outline in gone:
        ink = wiped(ink, FINE, region.to_region(outline))
    pool = [_examined(region, v, ink, gone) for v in votes]
    pool.sort(key=lambda candidate: -candidate.rank)
    found: list[Candidate] = []
    for candidate in pool:
        if not (is_seal(candidate, grey) or is_bare_ring(candidate)) or repeats(candidate, [*known, *found]):
            continue
        again = _examined(region, Vote(candidate.outline, 1.0, close=True), ink, gone) if found else candidate
        if not (is_seal(again, grey) or is_bare_ring(again)) or repeats(again, found):
            continue
        found.append(again)
        gone.append(again.outline)
        ink = wiped(ink, FINE, region.to_region(again.outline))
    return found


def repeats(candidate: Candidate, known: Iterable[Candidate]) -> bool:
    """Whether one of the known ones is of the same impression."""
    return any(same_place(candidate.outline, other.outline) for other in known)


def same_place(one: Outline, other: Outline) -> bool:
    """Whether two outlines are of one impression."""
    near = float(np.hypot(one.x - other.x, one.y - other.y))
    return near < 0.35 * min(max(one.a, one.b), max(other.a, other.b)) or near < 4
