"""One scanned page laid over its reference page: every printed character looked for, ink too much and ink missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection import compare_field as fields
from pipeline.inspection.compare_field import BORDER, SURE, Floats, Segment, box_px
from pipeline.inspection.compare_layout import Layout
from pipeline.inspection.compare_likeness import Place
from pipeline.inspection.compare_paper import FRAME, FRAME_DPI, darkness
from pipeline.inspection.compare_print import Glyph, Ink, Look, composed, residuals
from pipeline.inspection.compare_warp import bordered, roughly_warped, warped
from pipeline.inspection.register import Matrix, least_squares
from pipeline.model import Box, Picture, Pixels

Map = NDArray[np.float32]
Area = TypeVar("Area", Map, Pixels)
Shift = tuple[float, float]
Hints = Mapping[int, Shift]
GLYPH_REACH = 2  # px around the segment's own shift
HINT_REACH = 7  # px around where the recogniser saw a character
FARTHER = 12  # px around where the search ended at its border: the last row of a strongly warped page lay 9 px off
TOGETHER = 0.85  # NCC of a segment, at whole pixels, from which its characters lie as it does
LOST = 0.8  # NCC below which a character is looked for at its neighbours' and its text's place too
OTHER_TYPE = 0.035  # usual unlikeness; hard scans of a form reach 0.012, copies in another type begin at 0.058
LAID = 0.5  # share of segments that must be found for a page to count as laid over its reference


@dataclass(frozen=True)
class Sheet:
    """Frame px maps with `BORDER` around: `scan` darkness, `ink` beyond and short of the print `expected` here.

    `rules` is not 0 about the form's ink that is no text; `usual` = 1 - NCC of its characters.
    """

    scan: Pixels
    expected: Pixels
    ink: Ink
    rules: Pixels | None
    glyphs: Mapping[int, Glyph]
    blur: float
    usual: float
    matched: float
    residual: float
    matrix: Matrix

    @cached_property
    def extra(self) -> Map:
        """Ink beyond the print, 0..1; made when asked for, which few pages do."""
        return np.multiply(self.ink.beyond, self.ink.unit, dtype=np.float32)

    @property
    def laid(self) -> bool:
        """Whether enough of the page was found in place for its image to be believed."""
        return self.matched >= LAID

    @property
    def retyped(self) -> bool:
        """Whether the words lie in place, but in another typeface: then no character looks like its print.

        Says nothing of scans in two tones.
        """
        return self.usual > OTHER_TYPE

    def cut(self, area: Area, box: Box) -> Area:
        """The part of a map under a box in pt of the reference's frame."""
        x0, y0, x1, y1 = (side + BORDER for side in box_px(box))
        return area[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)]


def framed(reference: Picture) -> Pixels:
    """Darkness of a blank form's page in the frame, with `BORDER` around."""
    return bordered(_at_frame(darkness(reference), reference.dpi))


def lay(dark: Pixels, dpi: float, layout: Layout, matrix: Matrix, hints: Hints) -> Sheet:
    """Lay a page's darkness over the form's.

    `matrix` reference pt to page pt, `hints` = px by which the reader saw a character off its place.
    """
    size = (layout.print_.shape[1] - 2 * BORDER, layout.print_.shape[0] - 2 * BORDER)
    parts = layout.parts
    rough = fields.search(layout.rough, roughly_warped(dark, dpi, matrix, size), parts)
    field = fields.smooth_field(parts, rough, size)
    scan = warped(dark, dpi, matrix, size, field)
    if field is not None:
        hints = beyond(hints, layout, field)
    blur = fields.best_blur(layout.print_, scan, parts)
    soft = layout.blurred(blur)
    shifts = fields.found_shifts(soft, scan, parts, np.zeros((len(parts), 2)), fields.SECOND_REACH)
    starts = _settled(soft, scan, parts, shifts, hints)
    places = _places(soft, scan, layout, starts, shifts, hints)
    print_here = composed(layout, soft, places)
    ink = residuals(layout, scan, print_here, places)
    found, usual = Look(layout, scan, print_here, soft, blur).glyphs(places, ink)
    refined, residual = _refined(matrix, parts, rough)
    inked = shifts[:, 2] != 0
    matched = float(np.mean(shifts[inked, 2] > SURE)) if inked.any() else 0.0
    return Sheet(scan, print_here, ink, layout.rules, found, blur, usual, matched, residual, refined)


def beyond(hints: Hints, layout: Layout, field: Floats) -> dict[int, Shift]:
    """What is left of the hints once the page lies straight: the field has taken its part of them away."""
    down, along = field.shape[:2]
    height, width = layout.print_.shape
    left = {}
    for at, (dx, dy) in hints.items():
        x0, y0, x1, y1 = layout.boxes[at]
        column = round((x0 + x1) / 2 / width * (along - 1))
        row = round((y0 + y1) / 2 / height * (down - 1))
        shift = field[min(max(row, 0), down - 1), min(max(column, 0), along - 1)]
        left[at] = (dx - float(shift[0]), dy - float(shift[1]))
    return left


def _at_frame(dark: Pixels, dpi: float) -> Pixels:
    if abs(dpi - FRAME_DPI) < 0.01:
        return dark
    factor = FRAME_DPI / dpi
    return np.asarray(cv2.resize(dark, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _settled(soft: Pixels, scan: Pixels, parts: Sequence[Segment], shifts: Floats, hints: Hints) -> Floats:
    """Shift of every segment: its own when sure, else where the reader saw its text, else as its neighbours."""
    settled = shifts.copy()
    for at, part in enumerate(parts):
        seen = [hints[member] for member in part.members if member in hints]
        if shifts[at, 2] <= SURE and np.abs(shifts[at, :2]).max() >= fields.SECOND_REACH:
            other = fields.find(soft, scan, part.box, (float(shifts[at, 0]), float(shifts[at, 1])), FARTHER)
            if other[2] > max(shifts[at, 2] + 0.1, SURE):
                settled[at] = other
        if settled[at, 2] > SURE or not seen:
            continue
        guess = np.median(np.array(seen), axis=0)
        if np.abs(guess).max() > fields.SECOND_REACH / 2:
            other = fields.find(soft, scan, part.box, (float(guess[0]), float(guess[1])), 12)
            if other[2] > max(shifts[at, 2] + 0.1, 0.5):
                settled[at] = other
    sure = np.flatnonzero(settled[:, 2] > SURE)
    for at in np.flatnonzero(settled[:, 2] <= SURE).tolist():
        near = sure[np.argsort(np.abs(sure - at))[:5]] if len(sure) else sure
        settled[at, :2] = np.median(settled[near, :2], axis=0) if len(near) else (0.0, 0.0)
    return settled[:, :2]


def _places(
    soft: Pixels, scan: Pixels, layout: Layout, starts: Floats, shifts: Floats, hints: Hints
) -> dict[int, Place]:
    """Shift and NCC of every character: its segment's where that is found well, else looked for near it.

    What is not found there is looked for at its neighbours' shift and where it was read.
    """
    expected, parts = layout.expected, layout.parts
    places: dict[int, Place] = {}
    for part, start, (dx, dy, ncc) in zip(parts, starts, shifts, strict=True):
        for at in part.members:
            if ncc >= TOGETHER:
                places[at] = (float(dx), float(dy), float(ncc))
            else:
                places[at] = fields.find(soft, scan, box_px(expected[at].box), (start[0], start[1]), GLYPH_REACH)
    order = [at for part in parts for at in part.members]
    for run in (order, order[::-1]):
        for before, at in pairwise(run):
            if places[at][2] >= LOST or expected[before].line != expected[at].line:
                continue
            tries = [(places[before][:2], GLYPH_REACH)] if places[before][2] >= LOST else []
            if at in hints and max(abs(hints[at][0] - places[at][0]), abs(hints[at][1] - places[at][1])) > 4:
                tries.append((hints[at], HINT_REACH))
            for start, reach in tries:
                other = fields.find(soft, scan, box_px(expected[at].box), start, reach)
                if other[2] > places[at][2] + 0.05:
                    places[at] = other
    return places


def _refined(matrix: Matrix, parts: Sequence[Segment], shifts: Floats) -> tuple[Matrix, float]:
    """The affine map once more, from the segments found in the image; residual in pt."""
    sure: list[int] = np.flatnonzero(shifts[:, 2] > SURE).tolist()
    if len(sure) < 12:
        return matrix, 1.0
    source = [(parts[at].centre[0] / FRAME, parts[at].centre[1] / FRAME) for at in sure]
    seen = [np.array(parts[at].centre) / FRAME + shifts[at, :2] / FRAME for at in sure]
    target = [tuple(matrix @ (point[0], point[1], 1.0)) for point in seen]
    return least_squares(source, target)
