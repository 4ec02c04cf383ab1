"""Finding seal impressions on a page: outlines voted for on ink maps, fitted, measured, and only then believed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from pipeline.inspection.ink import (
    FloatMap,
    InkColour,
    colour_name,
    ink_maps,
    is_neutral,
    paper_colour,
    resize_by,
    resized,
    scale_of,
)
from pipeline.inspection.measure import WIPED_MM, Measure, measure, wiped
from pipeline.inspection.outline import Outline, Shape, fit, points_and_normals
from pipeline.inspection.tiles import Tile, tiles, without_rules
from pipeline.inspection.vote import PageEdges, Vote, circles, ovals, squares
from pipeline.inspection.window import COARSE, HALF, MARGIN_MM, Window, halved, window_of
from pipeline.model import Box, Picture, Pixels

FINE = 4.8  # px/mm of fitting and measuring
PATCH = 6.0  # px/mm of the ink kept with a mark
POINTS_PER_MM = 72 / 25.4
_LEAST_VISIBLE = 0.6
_LEAST_SQUARE = 0.5  # two corners and the side between them
_BORDER_MM = 0.8  # half the width of a border as measured
_LEAST_OVAL = 1.2  # length to width; ovals in use have 1.33 and more, scanners stretch by 2 %
_STAMP_MM = 34.0  # date stamps and pen rings are smaller
_DEEP_MM = 17.0  # ink at an edge that goes less deep into the page may be the slice of a straddle seal
_SQUARE_DEEP_MM = 10.0  # but no slice has the corners of a square


@dataclass(frozen=True)
class SealMark:
    """A located impression; lengths in mm of the upright page, `width`/`height` along its own axes, `angle` in degrees.

    `support` = inked share of the outline, `visible` = share of the outline on the page, `patch` = its ink at 6 px/mm
    (255 = density 1), a square around the centre.
    """

    page: int
    shape: Shape
    colour: InkColour
    x: float
    y: float
    width: float
    height: float
    angle: float
    support: float
    visible: float
    confidence: float
    box: Box
    patch: Pixels = field(compare=False, repr=False)

    @property
    def diameter(self) -> float:
        """Longest axis in mm."""
        return max(self.width, self.height)

    @property
    def outline(self) -> Outline:
        """Outer edge of the impression."""
        return Outline(self.shape, self.x, self.y, self.width / 2, self.height / 2, float(np.deg2rad(self.angle)))


@dataclass(frozen=True)
class _Candidate:
    outline: Outline
    measure: Measure
    colour: InkColour

    @property
    def rank(self) -> float:
        return self.measure.support * min(1.0, self.measure.visible + 0.2) + 0.3 * self.measure.weakest


@dataclass(frozen=True)
class _Field:
    """A cut-out of the page's ink at FINE px/mm; `x0`, `y0` its origin, `width`, `height` of the whole page, in mm."""

    ink: FloatMap
    channels: tuple[FloatMap, FloatMap, FloatMap]
    x0: float
    y0: float
    width: float
    height: float

    def to_page(self, outline: Outline) -> Outline:
        return replace(outline, x=outline.x + self.x0, y=outline.y + self.y0)

    def to_field(self, outline: Outline) -> Outline:
        return replace(outline, x=outline.x - self.x0, y=outline.y - self.y0)


def _cut(picture: Picture, paper: Pixels, box: tuple[float, float, float, float], ink_name: str) -> _Field:
    """Ink `ink_name` (red, cool or grey) of the region `box` in mm."""
    scale = scale_of(picture)
    height, width = picture.pixels.shape[:2]
    x0, y0 = max(0, int(box[0] * scale)), max(0, int(box[1] * scale))
    x1, y1 = min(width, int(np.ceil(box[2] * scale))), min(height, int(np.ceil(box[3] * scale)))
    fine = resize_by(picture.pixels[y0:y1, x0:x1], FINE / scale)
    px0, py0 = int(x0 / scale), int(y0 / scale)
    px1, py1 = max(px0 + 1, int(np.ceil(x1 / scale))), max(py0 + 1, int(np.ceil(y1 / scale)))
    maps = ink_maps(fine, FINE, paper[py0:py1, px0:px1])
    ink = {"red": maps.red, "cool": maps.cool, "grey": maps.green_channel}[ink_name]
    ink = np.asarray(cv2.GaussianBlur(ink, (0, 0), 0.25 * FINE), dtype=np.float32)
    channels = (maps.red_channel, maps.green_channel, maps.blue_channel)
    return _Field(ink, channels, x0 / scale, y0 / scale, width / scale, height / scale)


def _on_page(outline: Outline, width: float, height: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    points, _ = points_and_normals(outline)
    return (points[:, 0] > 0.3) & (points[:, 0] < width - 0.3) & (points[:, 1] > 0.3) & (points[:, 1] < height - 0.3)


def _near(outline: Outline, other: Outline) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Points of the outline whose border or bare side reaches into the wiped band of another outline."""
    points, _ = points_and_normals(outline)
    lines, _ = points_and_normals(other)
    gaps = np.hypot(points[:, None, 0] - lines[None, :, 0], points[:, None, 1] - lines[None, :, 1])
    return np.asarray(gaps.min(axis=1) < WIPED_MM + _BORDER_MM)


def _band_colour(region: _Field, outline: Outline) -> InkColour:
    """Name of the ink lying on the outline."""
    points, _ = points_and_normals(outline)
    x = np.clip((points[:, 0] * FINE).astype(int), 0, region.ink.shape[1] - 1)
    y = np.clip((points[:, 1] * FINE).astype(int), 0, region.ink.shape[0] - 1)
    inked = region.ink[y, x] >= np.quantile(region.ink[y, x], 0.5)
    red, green, blue = (float(np.median(channel[y, x][inked])) for channel in region.channels)
    return colour_name(red, green, blue)


def _examined(region: _Field, candidate: Vote, ink: FloatMap, wiped_away: Sequence[Outline]) -> _Candidate:
    """A voted outline (page mm) fitted to the fine ink and measured; the result is in page mm too.

    `wiped_away` = outlines in page mm whose ink is gone from `ink`.
    """
    local = fit(ink, FINE, region.to_field(candidate.outline), close=candidate.close)
    on_page = region.to_page(local)
    inside = _on_page(on_page, region.width, region.height)
    hidden = np.zeros(len(inside), np.bool_)
    for other in wiped_away:
        hidden |= _near(on_page, other)
    found = measure(ink, FINE, local, inside, ~hidden)
    return _Candidate(on_page, found, _band_colour(region, local))


def _believable(candidate: _Candidate, grey: bool) -> bool:
    """Whether an outline is a seal: inked all round, of a seal's size, with lettering inside."""
    found, outline = candidate.measure, candidate.outline
    if found.visible < (_LEAST_SQUARE if outline.shape == "square" else _LEAST_VISIBLE):
        return False
    if outline.shape == "square":
        return not grey and _square_seal(found, 2 * (outline.a + found.outer_mm))
    if outline.shape == "oval" and max(outline.a, outline.b) < _LEAST_OVAL * min(outline.a, outline.b):
        return False
    least = 0.8 if outline.shape == "oval" else 0.55
    if found.visible < 0.75 or found.known < 0.9:
        least = max(least, 0.75)
    if grey:
        least = max(least, 0.72)
    if found.support < least or found.weakest < (0.45 if grey or outline.shape == "oval" else 0.2):
        return False
    return (
        (_lettered(found) or _beheaded(found, outline)) and 0.06 <= found.coverage <= 0.8 and found.thickness_mm < 4.0
    )


def _square_seal(found: Measure, side: float) -> bool:
    """A frame of a name seal's size with lettering; cut by the page's edge it must be faultless where it is."""
    if not (13.5 <= side <= 28 and 0.18 <= found.coverage <= 0.86 and found.text_spread > 0.5):
        return False
    if found.visible >= 0.93:
        clear = found.support >= 0.92 and found.weakest >= 0.7 and found.overruns == 0
        return clear or (found.support >= 0.88 and found.weakest >= 0.78)
    faultless = found.support >= 0.93 and found.weakest >= 0.85 and found.overruns == 0
    return faultless and found.changes >= 16 and found.coverage >= 0.25


def same_place(one: Outline, other: Outline) -> bool:
    """Whether two outlines are of one impression."""
    near = float(np.hypot(one.x - other.x, one.y - other.y))
    return near < 0.35 * min(max(one.a, one.b), max(other.a, other.b)) or near < 4


def _lettered(found: Measure) -> bool:
    """Whether a name runs along the border; date stamps have lines and figures across the middle instead."""
    return found.text_spread >= 0.3 and found.text_run >= 0.28 * found.visible and found.changes >= 12


def _beheaded(found: Measure, outline: Outline) -> bool:
    """Whether the page's edge took the name of a seal whose border is faultless where it is left, with ink inside."""
    large = max(outline.a, outline.b) > _STAMP_MM / 2
    faultless = found.support >= 0.95 and found.weakest >= 0.9 and found.thickness_mm < 2
    return large and faultless and found.visible < 0.8 and found.coverage >= 0.09 and found.changes >= 6


def _bare_ring(candidate: _Candidate) -> bool:
    """A date stamp, a pen circle, a logo: a sure ring without a name. It explains its ink but is no seal."""
    found = candidate.measure
    firm = found.support >= 0.8 and found.weakest >= 0.5 and found.visible >= _LEAST_VISIBLE
    without_name = not (_lettered(found) or _beheaded(found, candidate.outline))
    return firm and candidate.outline.shape == "round" and without_name


def _accepted(region: _Field, votes: Iterable[Vote], known: list[_Candidate], grey: bool = False) -> list[_Candidate]:
    """Seals and bare rings among the votes, best first; each is wiped before the next must stand by itself."""
    ink = region.ink
    gone = [seal.outline for seal in known]
    for outline in gone:
        ink = wiped(ink, FINE, region.to_field(outline))
    pool = [_examined(region, v, ink, gone) for v in votes]
    pool.sort(key=lambda candidate: -candidate.rank)
    found: list[_Candidate] = []
    for candidate in pool:
        if not (_believable(candidate, grey) or _bare_ring(candidate)) or _repeats(candidate, [*known, *found]):
            continue
        again = _examined(region, Vote(candidate.outline, 1.0, close=True), ink, gone) if found else candidate
        if not (_believable(again, grey) or _bare_ring(again)) or _repeats(again, found):
            continue
        found.append(again)
        gone.append(again.outline)
        ink = wiped(ink, FINE, region.to_field(again.outline))
    return found


def _sure(candidate: _Candidate) -> bool:
    return candidate.measure.support >= 0.85 and candidate.measure.weakest >= 0.6


def _search_tile(
    picture: Picture, paper: Pixels, ink: FloatMap, tile: Tile, ink_name: str, squares_only: bool
) -> list[_Candidate]:
    """Sure circles first; what they leave unexplained is disputed between ovals, squares and weaker circles."""
    scale = scale_of(picture)
    window = window_of(ink, tile, picture.pixels.shape[1] / scale, picture.pixels.shape[0] / scale)
    margin = MARGIN_MM + 3
    box = (tile.x0 - margin, tile.y0 - margin, tile.x1 + margin, tile.y1 + margin)
    region = _cut(picture, paper, box, ink_name)
    large = not squares_only and min(tile.x1 - tile.x0, tile.y1 - tile.y0) > 15
    round_votes = window.voted(circles(), 0.3, 8) if large else []
    found = [candidate for candidate in _accepted(region, round_votes, []) if _sure(candidate)]
    rest = window.without(candidate.outline for candidate in found)
    if rest.inked_mm2 < 15:
        return found
    votes = [*round_votes, *rest.framed(), *rest.voted(squares(), 0.22, 6)]
    if large:
        votes += rest.voted(ovals(), 0.25, 6)
    return found + _accepted(region, votes, found)


def _search_colour(picture: Picture, paper: Pixels, ink: FloatMap, ink_name: str) -> list[_Candidate]:
    scale = scale_of(picture)
    height, width = picture.pixels.shape[0] / scale, picture.pixels.shape[1] / scale
    bare = without_rules(ink, COARSE)
    found: list[_Candidate] = []
    for tile in tiles(bare, COARSE)[:8]:
        depth = tile.depth_from_edge(width, height)
        least = 12.0 if depth is None else _SQUARE_DEEP_MM
        if min(tile.x1 - tile.x0, tile.y1 - tile.y0) < least:
            continue
        shallow = depth is not None and depth < _DEEP_MM
        here = _search_tile(picture, paper, bare, tile, ink_name, shallow)
        found += [c for c in here if not _repeats(c, found)]
    return found


def _repeats(candidate: _Candidate, known: Iterable[_Candidate]) -> bool:
    return any(same_place(candidate.outline, other.outline) for other in known)


def _search_grey(picture: Picture, paper: Pixels, ink: FloatMap, known: list[_Candidate]) -> list[_Candidate]:
    """Rings in grey or black ink anywhere on the page but where `known` rings are; print beside them counts against."""
    scale = scale_of(picture)
    height, width = picture.pixels.shape[0] / scale, picture.pixels.shape[1] / scale
    flat = np.minimum(without_rules(ink, COARSE) / 0.15, 1).astype(np.float32)
    votes = Window(halved(flat), COARSE * HALF, PageEdges(0, 0, width, height)).voted(circles(), 0.3, 8)
    found: list[_Candidate] = []
    for v in votes:
        if any(same_place(v.outline, other.outline) for other in known):
            continue
        reach = max(v.outline.a, v.outline.b) + 7
        box = (v.outline.x - reach, v.outline.y - reach, v.outline.x + reach, v.outline.y + reach)
        region = _cut(picture, paper, box, "grey")
        found += [c for c in _accepted(region, [v], [], grey=True) if not _repeats(c, found)]
    return [candidate for candidate in found if not _bare_ring(candidate)]


def _patch(picture: Picture, paper: Pixels, outline: Outline, ink_name: str) -> Pixels:
    """Ink around the centre at PATCH px/mm, 255 = density 1; white beyond the page."""
    reach = max(outline.a, outline.b) + 3
    half = int(reach * PATCH)
    box = (outline.x - reach - 2, outline.y - reach - 2, outline.x + reach + 2, outline.y + reach + 2)
    region = _cut(picture, paper, box, ink_name)
    grid = (np.arange(-half, half + 1) / PATCH).astype(np.float32)
    x, y = np.meshgrid(grid + outline.x - region.x0, grid + outline.y - region.y0)
    sampled = cv2.remap(region.ink, x * FINE - 0.5, y * FINE - 0.5, cv2.INTER_LINEAR, borderValue=0)
    return np.asarray(np.clip(sampled * 255, 0, 255), dtype=np.uint8)


def _mark(picture: Picture, paper: Pixels, candidate: _Candidate, page: int, ink_name: str) -> SealMark:
    found = candidate.measure
    outer = candidate.outline.grown(found.outer_mm)
    half_x, half_y = outer.extent
    height, width = picture.pixels.shape[0] * 72 / picture.dpi, picture.pixels.shape[1] * 72 / picture.dpi
    box = (
        max(0.0, (outer.x - half_x) * POINTS_PER_MM),
        max(0.0, (outer.y - half_y) * POINTS_PER_MM),
        min(width, (outer.x + half_x) * POINTS_PER_MM),
        min(height, (outer.y + half_y) * POINTS_PER_MM),
    )
    confidence = 0.45 * found.support + 0.25 * found.weakest + 0.2 * min(1, found.text_spread / 0.6)
    confidence = (confidence + 0.1 * found.visible) * (0.5 if ink_name == "grey" else 1.0)
    colour: InkColour = "grey" if ink_name == "grey" else candidate.colour
    return SealMark(
        page=page, shape=outer.shape, colour=colour, x=outer.x, y=outer.y, width=2 * outer.a, height=2 * outer.b,
        angle=float(np.rad2deg(outer.angle)), support=found.support, visible=found.visible,
        confidence=round(float(min(1.0, confidence)), 3), box=box, patch=_patch(picture, paper, outer, ink_name),
    )  # fmt: skip


def find_seals(picture: Picture, page: int) -> tuple[SealMark, ...]:
    """Seal impressions on an upright page, top to bottom; straddle slices at the edges are not among them."""
    coarse = resized(picture, COARSE)
    paper = paper_colour(coarse, COARSE)
    maps = ink_maps(coarse, COARSE, paper)
    found: list[tuple[_Candidate, str]] = []
    if not is_neutral(coarse, COARSE):
        found += [(c, "red") for c in _search_colour(picture, paper, maps.red, "red")]
        cool = _search_colour(picture, paper, maps.cool, "cool")
        found += [(c, "cool") for c in cool if not _repeats(c, [f for f, _ in found])]
    seals = [(candidate, name) for candidate, name in found if not _bare_ring(candidate)]
    if not seals:
        rings = [candidate for candidate, _ in found]
        seals = [(c, "grey") for c in _search_grey(picture, paper, maps.green_channel, rings)]
    marks = [_mark(picture, paper, candidate, page, ink_name) for candidate, ink_name in seals]
    return tuple(sorted(marks, key=lambda mark: (mark.y, mark.x)))
