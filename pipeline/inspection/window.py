"""Parts of a page's coarse ink in which outlines are voted for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from pipeline.inspection.ink import FAINT, FloatMap
from pipeline.inspection.outline import Outline
from pipeline.inspection.tiles import Tile
from pipeline.inspection.vote import PageEdges, Vote, vote

COARSE = 2.0  # px/mm of the search
VOTING = 1.2  # px/mm of the votes for rings: on 280 pages finer maps found no more, the fit makes up for it
MARGIN_MM = 6.0
_GLIMPSE = 0.8  # px/mm; at 0.6 rings and print look alike
_LARGE_MM = 90.0
_JOIN_MM = 2.0
_THIN, _SOLID = 0.25, 0.5  # a worn frame is paler than its letters; print beside a solid seal has coloured fringes
_SQUARE = 0.85  # shorter to longer side of a whole square as seen at low resolution
_LEAST_SEEN = 0.45  # of a square cut by the edge
_AT_EDGE_MM = 1.5
_FRAME_MM = (12.0, 30.0)


@dataclass(frozen=True)
class Window:
    """A part of the coarse ink, scaled so that a faint seal counts like a strong one; where it lies on the page.

    `level` = density at which the ink is 1.
    """

    ink: FloatMap
    edges: PageEdges
    level: float = 1.0

    def voted(self, outlines: tuple[Outline, ...], least: float, count: int) -> list[Vote]:
        """Votes in page mm."""
        # Small squares are lost among the letters of solid ones when the map is reduced.
        fine = outlines[0].shape == "square" and max(self.ink.shape) <= _LARGE_MM * COARSE
        scale = COARSE if fine else VOTING
        votes = vote(self._at(scale), scale, outlines, least, count, page=self.edges)
        left, top = self.edges.left, self.edges.top
        return [Vote(replace(v.outline, x=v.outline.x + left, y=v.outline.y + top), v.score) for v in votes]

    def has_glimpse_of(self, outlines: tuple[Outline, ...], least: float) -> bool:
        """Whether a quick look shows anything that could be one: most pages without colour are print alone."""
        return bool(vote(self._at(_GLIMPSE), _GLIMPSE, outlines[::2], least, 1, page=self.edges))

    def _at(self, scale: float) -> FloatMap:
        if scale == COARSE:
            return self.ink
        size = (max(1, round(side * scale / COARSE)) for side in self.ink.shape[1::-1])
        return np.asarray(cv2.resize(self.ink, tuple(size), interpolation=cv2.INTER_AREA), dtype=np.float32)

    def without(self, outlines: Iterable[Outline]) -> Window:
        """The window with the given outlines blotted out; a fainter seal that is left is scaled anew."""
        rest = self.ink.copy()
        for outline in outlines:
            centre = ((outline.x - self.edges.left) * COARSE, (outline.y - self.edges.top) * COARSE)
            axes = (round((outline.a + 1.5) * COARSE), round((outline.b + 1.5) * COARSE))
            angle = float(np.rad2deg(outline.angle))
            if outline.shape == "square":
                corners = cv2.boxPoints((centre, (2.0 * axes[0], 2.0 * axes[1]), angle))
                cv2.fillPoly(rest, [np.round(corners).astype(np.int32)], 0.0)
                continue
            cv2.ellipse(rest, (round(centre[0]), round(centre[1])), axes, angle, 0, 360, 0.0, -1)
        level = min(self.level, _level_of(rest * self.level))
        return replace(self, ink=np.minimum(rest * (self.level / level), 1).astype(np.float32), level=level)

    def framed(self) -> list[Vote]:
        """Squares in page mm around single patches of ink of a name seal's size; votes miss sizes between their own."""
        size = round(_JOIN_MM * COARSE) | 1
        found: list[Vote] = []
        for least in (_THIN, _SOLID):
            mask = (self.ink > least).astype(np.uint8)
            joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
            contours, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
            outlines = (self._square_around(cv2.minAreaRect(contour)) for contour in contours)
            found += [Vote(outline, 1.0, close=True) for outline in outlines if outline is not None]
        return found

    def _square_around(self, rectangle: tuple[Sequence[float], Sequence[float], float]) -> Outline | None:
        """The square in page mm that fills the rectangle (px), completed beyond the page's edge if that cuts it."""
        (x, y), (wide, tall), degrees = rectangle
        turn = (degrees + 45) % 90 - 45
        if abs(degrees - turn) % 180 > 45:
            wide, tall = tall, wide
        width, height = (wide + 1) / COARSE, (tall + 1) / COARSE
        x, y = (x + 0.5) / COARSE + self.edges.left, (y + 0.5) / COARSE + self.edges.top
        side = max(width, height)
        if not (_FRAME_MM[0] <= side <= _FRAME_MM[1] and min(width, height) > _LEAST_SEEN * side):
            return None
        if min(width, height) < _SQUARE * side:
            out_x, out_y = self._beyond(x, y, width, height)
            if (out_x == 0) == (out_y == 0):
                return None
            x, y = x + out_x * (side - width) / 2, y + out_y * (side - height) / 2
        else:
            side = (width + height) / 2
        return Outline("square", x, y, side / 2 - 0.5, side / 2 - 0.5, float(np.deg2rad(turn)))

    def _beyond(self, x: float, y: float, width: float, height: float) -> tuple[int, int]:
        """To which side a patch that is too short for a square runs off the page: -1, 0 or 1 across and down."""
        near = _AT_EDGE_MM + min(width, height) * 0.1  # turned patches touch the edge with a corner only
        across = (x + width / 2 > self.edges.width - near) - (x - width / 2 < near) if width < height else 0
        down = (y + height / 2 > self.edges.height - near) - (y - height / 2 < near) if height < width else 0
        return int(across), int(down)

    @property
    def inked_mm2(self) -> float:
        """Area of clear ink."""
        return float((self.ink > 0.5).sum()) / COARSE**2


def window_of(ink: FloatMap, tile: Tile, width: float, height: float) -> Window:
    """The tile with a margin."""
    x0, y0 = max(0, int((tile.x0 - MARGIN_MM) * COARSE)), max(0, int((tile.y0 - MARGIN_MM) * COARSE))
    x1, y1 = int((tile.x1 + MARGIN_MM) * COARSE) + 1, int((tile.y1 + MARGIN_MM) * COARSE) + 1
    part = ink[y0:y1, x0:x1]
    level = _level_of(part)
    edges = PageEdges(x0 / COARSE, y0 / COARSE, width, height)
    return Window(np.minimum(part / level, 1).astype(np.float32), edges, level)


def _level_of(ink: FloatMap) -> float:
    """Density that the ink of its strongest seal clearly has."""
    inked = ink[ink > FAINT]
    return max(0.5 * float(np.quantile(inked, 0.85)), FAINT) if inked.size else FAINT
