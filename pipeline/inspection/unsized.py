"""Seals on pictures whose resolution is a guess: screenshots, crops, photographs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipeline.inspection.ink import ink_maps, resized, scale_of
from pipeline.inspection.seals import POINTS_PER_MM, SealMark, find_seals, same_place
from pipeline.inspection.tiles import tiles, without_rules
from pipeline.inspection.window import COARSE
from pipeline.model import Picture

_USUAL_MM = 42.0  # taken for the longest side of a patch whose size is unknown
_FORM = (0.65, 1.7)  # width to height of what may be a seal
_LEAST_PX = 60  # fewer show no lettering
_UNSIZED = 0.5  # confidence in a seal of unknown size


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
        if not _FORM[0] <= wide / max(tall, 0.1) <= _FORM[1]:
            continue
        factor = _USUAL_MM / max(wide, tall)  # mm of a seal per mm of the guess
        room = 0.2 * max(wide, tall)
        left, top = max(0, int((tile.x0 - room) * scale)), max(0, int((tile.y0 - room) * scale))
        part = picture.pixels[top : int((tile.y1 + room) * scale) + 1, left : int((tile.x1 + room) * scale) + 1]
        if min(part.shape[:2]) < _LEAST_PX:
            continue
        for mark in find_seals(Picture(np.ascontiguousarray(part), picture.dpi / factor), page):
            moved = _rescaled(mark, factor, left / scale, top / scale)
            if mark.colour != "grey" and not any(same_place(moved.outline, o.outline) for o in [*known, *found]):
                found.append(moved)
    return found


def _rescaled(mark: SealMark, factor: float, left: float, top: float) -> SealMark:
    """A mark found on a cut-out seen `factor` times as large, on the page; `left`, `top` of the cut-out in mm."""
    x0, y0, x1, y1 = mark.box
    by, dx, dy = 1 / factor, left * POINTS_PER_MM, top * POINTS_PER_MM
    return replace(
        mark, x=mark.x * by + left, y=mark.y * by + top, width=mark.width * by, height=mark.height * by,
        box=(x0 * by + dx, y0 * by + dy, x1 * by + dx, y1 * by + dy), confidence=min(mark.confidence, _UNSIZED),
    )  # fmt: skip
