"""A form printed again by another program: the same outlines at nearly the same places, though not to the pixel.

The scan's own measures would be too kind here: they allow for toner, dust and blur, in which a 末 passes for a 未. A
page made on a computer has none of these, so both are drawn large and every glyph must cover the other's.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.inspection.compare_text import HOLE, Mark
from pipeline.inspection.exact import Area, area_of, darkest, palest
from pipeline.inspection.register import Matrix
from pipeline.model import Box, Pixels

DPI = 400.0
ACROSS, DOWN = 10, 8  # px that a glyph may stand off its place; narrower than any glyph, so that none is taken twice
DARK, LIGHT = 170, 85  # surely ink, surely none: between them lie smoothed edges
HALO = 7  # px about ink outside of which not a trace may lie
TRACE = 3  # darkness of the faintest one
SIZES = (0.9, 1.1)  # "fit to page"
STRAIGHT = 0.002  # of turn or unequal stretch that no program makes


def size_of(matrix: Matrix) -> float | None:
    """By how much the form is larger on the page; None for a map that is more than a change of size and place."""
    (a, b), (c, d) = matrix[:, :2]
    straight = abs(b) < STRAIGHT and abs(c) < STRAIGHT and abs(a - d) < STRAIGHT
    size = float(a + d) / 2
    return size if straight and SIZES[0] < size < SIZES[1] else None


def same_outlines(
    shown: Pixels, printed: Pixels, expected: Sequence[Mark], matrix: Matrix, size: float, free: Sequence[Box]
) -> bool:
    """Whether the page at `DPI` has the ink of the form drawn `size` times as large, glyph by glyph, and no other.

    `expected` are the form's characters, `matrix` maps its points to the page's, `free` boxes (page) are not looked at.
    """
    dark, print_ = darkest(shown), darkest(printed)
    places = _places(dark, print_, expected, matrix, size)
    kernel = np.ones((3, 3), np.uint8)
    for seen, ink in ((dark, print_), (palest(shown), palest(printed))):  # yellow on white is ink to one of them only
        model = _composed(seen.shape, ink, places)
        for box in free:
            _clear(seen, area_of(box, DPI))
            _clear(model, area_of(box, DPI))
        missing = (model > DARK) & (cv2.dilate(seen, kernel) < LIGHT)
        extra = (seen > DARK) & (cv2.dilate(model, kernel) < LIGHT)
        strange = (seen > TRACE) & (cv2.dilate(model, np.ones((HALO, HALO), np.uint8)) == 0)
        if missing.any() or extra.any() or strange.any():
            return False
    return True


def _places(
    dark: Pixels, print_: Pixels, expected: Sequence[Mark], matrix: Matrix, size: float
) -> list[tuple[Area, tuple[int, int]]]:
    """Every glyph's area in the form, and where it is found on the page; the first is the whole form, for its rules."""
    scale = DPI * size / 72
    offset = (round(matrix[0, 2] * DPI / 72), round(matrix[1, 2] * DPI / 72))
    places: list[tuple[Area, tuple[int, int]]] = [((0, 0, print_.shape[1], print_.shape[0]), offset)]
    for mark in expected:
        if mark.char != HOLE:
            x0, top, x1, bottom = (max(round(side * scale), 0) for side in mark.box)
            place = (x0 + offset[0], top + offset[1])
            places.append(((x0, top, x1, bottom), _found(dark, print_[top:bottom, x0:x1], place)))
    return places


def _composed(shape: tuple[int, ...], ink: Pixels, places: Sequence[tuple[Area, tuple[int, int]]]) -> Pixels:
    """The form's ink as it should lie on the page: rules in place, every glyph where it was found."""
    rules = ink.copy()
    for area, _ in places[1:]:
        _clear(rules, area)
    model = np.zeros(shape, np.uint8)
    _laid(model, rules, places[0][1])
    for (x0, top, x1, bottom), place in places[1:]:
        _laid(model, ink[top:bottom, x0:x1], place)
    return model


def _found(dark: Pixels, glyph: Pixels, place: tuple[int, int]) -> tuple[int, int]:
    """Where a glyph lies best near its place; its place where nothing can be compared."""
    x, y = place[0] - ACROSS, place[1] - DOWN
    height, width = glyph.shape
    area = dark[max(y, 0) : y + height + 2 * DOWN, max(x, 0) : x + width + 2 * ACROSS]
    if min(x, y) < 0 or area.shape != (height + 2 * DOWN, width + 2 * ACROSS) or not glyph.any():
        return place
    _, _, (dx, dy), _ = cv2.minMaxLoc(cv2.matchTemplate(area, glyph, cv2.TM_SQDIFF))
    return (x + dx, y + dy)


def _laid(model: Pixels, ink: Pixels, place: tuple[int, int]) -> None:
    """Ink added to the model; what would lie off the page is cut."""
    x, y = place
    left, top = max(-x, 0), max(-y, 0)
    target = model[max(y, 0) : max(y + ink.shape[0], 0), max(x, 0) : max(x + ink.shape[1], 0)]
    np.maximum(target, ink[top : top + target.shape[0], left : left + target.shape[1]], out=target)


def _clear(pixels: Pixels, area: Area) -> None:
    x0, top, x1, bottom = area
    pixels[max(top, 0) : bottom, max(x0, 0) : x1] = 0
