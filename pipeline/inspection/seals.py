"""Finding seal impressions on a page: outlines voted for on ink maps, fitted, measured, and only then believed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from pipeline.inspection.believe import Candidate, is_bare_ring, is_sure
from pipeline.inspection.examine import FINE, InkName, Region, accepted, cut, repeats, same_place
from pipeline.inspection.ink import FloatMap, InkColour, InkMaps, ink_maps, is_neutral, paper_colour, resized, scale_of
from pipeline.inspection.outline import Outline, Shape
from pipeline.inspection.tiles import LONG_RULE_MM, Tile, tiles, without_rules
from pipeline.inspection.vote import PageEdges, circles, ovals, squares
from pipeline.inspection.window import COARSE, MARGIN_MM, Window, window_of
from pipeline.model import Box, Picture, Pixels

PATCH = 6.0  # px/mm of the ink kept with a mark
_PATCH_MARGIN_MM = 3.0
POINTS_PER_MM = 72 / 25.4
_LEAST_INK_MM2 = 15.0  # that an impression takes
_LEAST_GLIMPSE = 0.22  # true rings showed 0.238 and more on 60 pages
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


def _search_tile(
    picture: Picture, paper: Pixels, window: Window, tile: Tile, ink_name: InkName, squares_only: bool
) -> list[Candidate]:
    """Sure circles first; what they leave unexplained is disputed between ovals, squares and weaker circles."""
    margin = MARGIN_MM + 3
    box = (tile.x0 - margin, tile.y0 - margin, tile.x1 + margin, tile.y1 + margin)
    region = cut(picture, paper, box, ink_name)
    large = not squares_only and min(tile.x1 - tile.x0, tile.y1 - tile.y0) > 15
    round_votes = window.voted(circles(), 0.3, 8) if large else []
    found = [candidate for candidate in accepted(region, round_votes, []) if is_sure(candidate)]
    rest = window.without(candidate.outline for candidate in found)
    if rest.inked_mm2 < _LEAST_INK_MM2:
        return found
    votes = [*round_votes, *rest.framed()]
    votes += [v for size in (False, True) for v in rest.voted(squares(large=size), 0.22, 4)]
    if large:
        votes += rest.voted(ovals(), 0.25, 6)
    return found + accepted(region, votes, found)


def _search_colour(
    picture: Picture, paper: Pixels, ink: FloatMap, ink_name: InkName, known: Sequence[Candidate] = ()
) -> list[Candidate]:
    """Impressions in one ink but for `known` ones, which leave their fringes in it."""
    scale = scale_of(picture)
    height, width = picture.pixels.shape[0] / scale, picture.pixels.shape[1] / scale
    bare = without_rules(ink, COARSE, LONG_RULE_MM)
    found: list[Candidate] = []
    for tile in tiles(bare, COARSE)[:8]:
        depth = tile.depth_from_edge(width, height)
        least = 12.0 if depth is None else _SQUARE_DEEP_MM
        if min(tile.x1 - tile.x0, tile.y1 - tile.y0) < least:
            continue
        window = window_of(bare, tile, width, height)
        if known and window.without(candidate.outline for candidate in known).inked_mm2 < _LEAST_INK_MM2:
            continue
        shallow = depth is not None and depth < _DEEP_MM
        here = _search_tile(picture, paper, window, tile, ink_name, shallow)
        found += [c for c in here if not repeats(c, found)]
    return found


def _search_grey(
    picture: Picture, paper: Pixels, ink: FloatMap, known: list[Candidate], *, with_ovals: bool
) -> list[Candidate]:
    """Rings in grey or black ink anywhere on the page but where `known` rings are; print beside them counts against."""
    scale = scale_of(picture)
    height, width = picture.pixels.shape[0] / scale, picture.pixels.shape[1] / scale
    flat = np.minimum(without_rules(ink, COARSE) / 0.15, 1).astype(np.float32)
    window = Window(flat, PageEdges(0, 0, width, height))
    votes = window.voted(circles(), 0.3, 8) if window.has_glimpse_of(circles(), _LEAST_GLIMPSE) else []
    if with_ovals:
        votes += window.voted(ovals(), 0.4, 5)
    found: list[Candidate] = []
    for v in votes:
        if any(same_place(v.outline, other.outline) for other in known):
            continue
        reach = max(v.outline.a, v.outline.b) + 7
        box = (v.outline.x - reach, v.outline.y - reach, v.outline.x + reach, v.outline.y + reach)
        region = cut(picture, paper, box, "grey")
        found += [c for c in accepted(region, [v], [], grey=True) if not repeats(c, found)]
    return [candidate for candidate in found if not is_bare_ring(candidate)]


def _mark(picture: Picture, paper: Pixels, candidate: Candidate, page: int, ink_name: InkName) -> SealMark:
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
    reach = max(outer.a, outer.b) + _PATCH_MARGIN_MM
    around = (outer.x - reach - 2, outer.y - reach - 2, outer.x + reach + 2, outer.y + reach + 2)
    region = cut(picture, paper, around, ink_name)
    colour: InkColour = "grey" if ink_name == "grey" else region.colour_on(candidate.outline)
    return SealMark(
        page=page, shape=outer.shape, colour=colour, x=outer.x, y=outer.y, width=2 * outer.a, height=2 * outer.b,
        angle=float(np.rad2deg(outer.angle)), support=found.support, visible=found.visible,
        confidence=round(float(min(1.0, confidence)), 3), box=box, patch=_patch(region, outer, reach),
    )  # fmt: skip


def _patch(region: Region, outline: Outline, reach: float) -> Pixels:
    """Ink up to `reach` mm around the centre at PATCH px/mm, 255 = density 1; white beyond the page."""
    half = int(reach * PATCH)
    grid = (np.arange(-half, half + 1) / PATCH).astype(np.float32)
    x, y = np.meshgrid(grid + outline.x - region.x0, grid + outline.y - region.y0)
    sampled = cv2.remap(region.ink, x * FINE - 0.5, y * FINE - 0.5, cv2.INTER_LINEAR, borderValue=0)
    return np.asarray(np.clip(sampled * 255, 0, 255), dtype=np.uint8)


def find_seals(picture: Picture, page: int) -> tuple[SealMark, ...]:
    """Seal impressions on an upright page, top to bottom; straddle slices at the edges are not among them."""
    sheet = _Sheet.of(picture)
    found = sheet.coloured()
    seals = [(candidate, name) for candidate, name in found if not is_bare_ring(candidate)]
    if not seals:
        rings = [candidate for candidate, _ in found]
        seals = [
            (c, "grey")
            for c in _search_grey(picture, sheet.paper, sheet.maps.green_channel, rings, with_ovals=sheet.neutral)
        ]
    return sheet.marks(seals, page)


def find_coloured(picture: Picture, page: int) -> tuple[SealMark, ...]:
    """As `find_seals`, but without a look at black and grey ink."""
    sheet = _Sheet.of(picture)
    return sheet.marks([(c, name) for c, name in sheet.coloured() if not is_bare_ring(c)], page)


@dataclass(frozen=True)
class _Sheet:
    """A page with its ink at COARSE px/mm and its paper's colour at 1 px/mm."""

    picture: Picture
    paper: Pixels
    maps: InkMaps
    neutral: bool

    @staticmethod
    def of(picture: Picture) -> _Sheet:
        coarse = resized(picture, COARSE)
        paper = paper_colour(coarse, COARSE)
        return _Sheet(picture, paper, ink_maps(coarse, COARSE, paper), is_neutral(coarse, COARSE))

    def coloured(self) -> list[tuple[Candidate, InkName]]:
        """Seals and bare rings in coloured ink."""
        if self.neutral:
            return []
        red = _search_colour(self.picture, self.paper, self.maps.red, "red")
        cool = _search_colour(self.picture, self.paper, self.maps.cool, "cool", red)
        return [*((c, "red") for c in red), *((c, "cool") for c in cool if not repeats(c, red))]

    def marks(self, seals: Iterable[tuple[Candidate, InkName]], page: int) -> tuple[SealMark, ...]:
        """What is told of them, top to bottom."""
        marks = [_mark(self.picture, self.paper, candidate, page, name) for candidate, name in seals]
        return tuple(sorted(marks, key=lambda mark: (mark.y, mark.x)))
