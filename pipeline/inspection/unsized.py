"""Seals on pictures whose resolution is a guess: screenshots, crops, photographs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipeline.inspection.ink import ink_maps, resized, scale_of
from pipeline.inspection.seals import POINTS_PER_MM, SealMark, find_coloured, find_seals
from pipeline.inspection.tiles import Tile, tiles, without_rules
from pipeline.inspection.window import COARSE
from pipeline.model import Box, Picture

_USUAL_MM = 42.0  # taken for the longest side of a patch whose size is unknown
_FORM = (0.65, 1.7)  # width to height of what may be a seal
_LEAST_PX = 60  # fewer show no lettering
_UNSIZED = 0.5  # confidence in a seal of unknown size
_LARGER = 1.6  # times a patch is enlarged that is no seal alone: seals hang together with lines and print
_EXPLAINED = 0.6  # of a patch that lies in known marks
_MOST_SHARED = 0.3  # of a mark; others are parts of one found before
_PAPERS_MM = ((420, 297), (297, 210), (210, 148), (279.4, 215.9), (355.6, 215.9), (364, 257), (257, 182))
_PAPER_SLACK = 0.04  # scanners trim and skew


def has_paper_size(picture: Picture) -> bool:
    """Whether it has the size of a sheet by its resolution; the one of a screenshot is the screen's, not the page's."""
    scale = scale_of(picture)
    long, short = (side / scale for side in sorted(picture.pixels.shape[:2], reverse=True))
    return any(
        abs(long / paper[0] - 1) < _PAPER_SLACK and abs(short / paper[1] - 1) < _PAPER_SLACK for paper in _PAPERS_MM
    )


def find_unsized(picture: Picture, page: int) -> tuple[SealMark, ...]:
    """As `find_seals`; what could be a seal at another scale is looked at as one, too, and believed with reserve."""
    marks = list(find_seals(picture, page))
    marks += _of_other_size(picture, marks, page)
    return tuple(sorted(marks, key=lambda mark: (mark.y, mark.x)))


def _of_other_size(picture: Picture, known: Sequence[SealMark], page: int) -> list[SealMark]:
    """Seals among the patches of ink that have a seal's form but not its size; lengths as if the guess were right."""
    scale = scale_of(picture)
    coarse = resized(picture, COARSE)
    maps = ink_maps(coarse, COARSE)
    found: list[SealMark] = []
    for tile in [
        tile for ink in (maps.red, maps.cool) for tile in tiles(without_rules(ink, COARSE), COARSE, least=1)[:6]
    ]:
        wide, tall = tile.x1 - tile.x0, tile.y1 - tile.y0
        if _is_explained(tile, known):
            continue
        alone = _FORM[0] <= wide / max(tall, 0.1) <= _FORM[1]
        factor = _USUAL_MM / max(wide, tall) if alone else _LARGER  # mm of a seal per mm of the guess
        room = 0.2 * max(wide, tall)
        left, top = max(0, int((tile.x0 - room) * scale)), max(0, int((tile.y0 - room) * scale))
        part = picture.pixels[top : int((tile.y1 + room) * scale) + 1, left : int((tile.x1 + room) * scale) + 1]
        if min(part.shape[:2]) < _LEAST_PX:
            continue
        for mark in find_coloured(Picture(np.ascontiguousarray(part), picture.dpi / factor), page):
            moved = _rescaled(mark, factor, left / scale, top / scale)
            if moved.diameter * scale >= _LEAST_PX and _is_new(moved, [*known, *found]):
                found.append(moved)
    return found


def _is_explained(tile: Tile, known: Sequence[SealMark]) -> bool:
    x0, y0, x1, y1 = (side * POINTS_PER_MM for side in (tile.x0, tile.y0, tile.x1, tile.y1))
    return any(_common((x0, y0, x1, y1), mark.box) > _EXPLAINED * (x1 - x0) * (y1 - y0) for mark in known)


def _is_new(mark: SealMark, known: Sequence[SealMark]) -> bool:
    """Of coloured ink, and neither one of the known ones nor in one of them."""
    return mark.colour != "grey" and not any(_shared(mark.box, other.box) > _MOST_SHARED for other in known)


def _shared(one: Box, other: Box) -> float:
    """Part of the smaller box that lies in the other."""
    return _common(one, other) / max(1e-6, min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)))


def _common(one: Box, other: Box) -> float:
    """Area that two boxes have in common."""
    width, height = (min(one[axis + 2], other[axis + 2]) - max(one[axis], other[axis]) for axis in (0, 1))
    return max(0.0, width) * max(0.0, height)


def _rescaled(mark: SealMark, factor: float, left: float, top: float) -> SealMark:
    """A mark found on a cut-out seen `factor` times as large, on the page; `left`, `top` of the cut-out in mm."""
    x0, y0, x1, y1 = mark.box
    by, dx, dy = 1 / factor, left * POINTS_PER_MM, top * POINTS_PER_MM
    return replace(
        mark, x=mark.x * by + left, y=mark.y * by + top, width=mark.width * by, height=mark.height * by,
        box=(x0 * by + dx, y0 * by + dy, x1 * by + dx, y1 * by + dy), confidence=min(mark.confidence, _UNSIZED),
    )  # fmt: skip
