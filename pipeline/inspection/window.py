"""Parts of a page's coarse ink in which outlines are voted for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from pipeline.inspection.ink import FAINT, FloatMap
from pipeline.inspection.outline import Outline
from pipeline.inspection.tiles import Tile
from pipeline.inspection.vote import PageEdges, Vote, vote

COARSE = 2.0  # px/mm of the search
HALF = 0.6
MARGIN_MM = 6.0
LARGE_MM = 90.0


@dataclass(frozen=True)
class Window:
    """A part of the coarse ink, scaled so that a faint seal counts like a strong one; where it lies on the page."""

    ink: FloatMap
    scale: float
    edges: PageEdges

    def voted(self, outlines: tuple[Outline, ...], least: float, count: int) -> list[Vote]:
        """Votes in page mm."""
        votes = vote(self.ink, self.scale, outlines, least, count, page=self.edges)
        left, top = self.edges.left, self.edges.top
        return [Vote(replace(v.outline, x=v.outline.x + left, y=v.outline.y + top), v.score) for v in votes]

    def without(self, outlines: Iterable[Outline]) -> Window:
        """The window with the given outlines blotted out."""
        rest = self.ink.copy()
        for outline in outlines:
            centre = ((outline.x - self.edges.left) * self.scale, (outline.y - self.edges.top) * self.scale)
            axes = (round((outline.a + 1.5) * self.scale), round((outline.b + 1.5) * self.scale))
            angle = float(np.rad2deg(outline.angle))
            cv2.ellipse(rest, (round(centre[0]), round(centre[1])), axes, angle, 0, 360, 0.0, -1)
        return replace(self, ink=rest)

    @property
    def inked_mm2(self) -> float:
        """Area of clear ink."""
        return float((self.ink > 0.5).sum()) / self.scale**2


def window_of(ink: FloatMap, tile: Tile, width: float, height: float) -> Window:
    """The tile with a margin; large ones at half resolution, the fit makes up for it."""
    x0, y0 = max(0, int((tile.x0 - MARGIN_MM) * COARSE)), max(0, int((tile.y0 - MARGIN_MM) * COARSE))
    x1, y1 = int((tile.x1 + MARGIN_MM) * COARSE) + 1, int((tile.y1 + MARGIN_MM) * COARSE) + 1
    part = ink[y0:y1, x0:x1]
    inked = part[part > FAINT]
    level = max(0.5 * float(np.quantile(inked, 0.85)), FAINT) if inked.size else FAINT
    part = np.minimum(part / level, 1).astype(np.float32)
    edges = PageEdges(x0 / COARSE, y0 / COARSE, width, height)
    if max(part.shape) <= LARGE_MM * COARSE:
        return Window(part, COARSE, edges)
    return Window(halved(part), COARSE * HALF, edges)


def halved(part: FloatMap) -> FloatMap:
    """The map at HALF its resolution."""
    size = (max(1, round(part.shape[1] * HALF)), max(1, round(part.shape[0] * HALF)))
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
