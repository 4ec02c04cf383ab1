"""The form's print as it should lie in this scan, and how every character of the scan differs from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.inspection.compare_layout import Layout, Rectangle
from pipeline.inspection.compare_likeness import Pattern, Place, contrast, find_near, moved_by, sums
from pipeline.model import Pixels

Places = Mapping[int, Place]  # of the characters of a page, in px of the frame
Window = tuple[slice, slice]
EDGE = 0.7  # px of misplacement that a stroke's edge may have without counting as ink
SMOOTH = 1.2  # px over which ink is averaged
RING = 1  # px around a character's box into which a shift below the pixel may move its ink
LEAST_INK = 40  # darkness from lightest to darkest that a box must have to be likened
WELL = 0.85  # NCC from which a character tells how dark the toner is
AGAIN = 2.4  # times the usual unlikeness from which a character is tried at other blurs, too
OTHER_BLURS = (0.9, 1.1, 0.8, 1.2)  # of the page's, the likely ones first
NEAR = 3  # px by which a character may lie off its segment
AROUND = 8  # px of print around a character that blur into it
GAINS = 150  # characters that tell how dark the toner is
USUALLY = 80  # characters that tell how unlike its print a page is as a whole
USUAL = 0.003  # least unlikeness that counts as usual: a file never printed would find specks of rounding odd


@dataclass(frozen=True)
class Ink:
    """Darkness `beyond` and `short` of the print, in frame px with a border; `unit` = the toner's share 0..1 of one."""

    beyond: Pixels
    short: Pixels
    unit: np.float32


@dataclass(frozen=True)
class Glyph:
    """One printed character in the scan: `shift` in px of the frame, `ncc` likeness when looked for.

    `extra` and `missing` = ink 0..1; `off` = how many times more unlike its own print than this page's characters are.
    """

    shift: tuple[float, float]
    ncc: float
    extra: float
    missing: float
    off: float


def composed(layout: Layout, soft: Pixels, places: Places) -> Pixels:
    """The print with every character at its own shift, to a fraction of a pixel; rules and pictures stay in place.

    Whole pixels are not enough: half a pixel off, an unchanged character differs more than 未 differs from 末.
    """
    result = soft.copy()
    pieces = _pieces(layout, places)
    for (x0, y0, x1, y1), _ in pieces:
        result[y0:y1, x0:x1] = 0
    for (x0, y0, x1, y1), shift in pieces:
        dx, dy = round(shift[0]), round(shift[1])
        moved = _moved(soft[y0 - RING : y1 + RING, x0 - RING : x1 + RING], shift)
        target = result[y0 + dy - RING : y1 + dy + RING, x0 + dx - RING : x1 + dx + RING]
        if target.shape == moved.shape:
            cv2.max(target, moved, dst=target)
    return result


def residuals(layout: Layout, scan: Pixels, sheet: Pixels, places: Places) -> Ink:
    """Ink beyond and ink short of the composed print `sheet`, with `EDGE` px of tolerance at the strokes' edges."""
    gain = _gain(layout, scan, sheet, places)
    kernel = np.ones((3, 3), np.uint8)
    edge = cv2.dilate(sheet, kernel)  # one map for all steps: making maps takes longer than reckoning them
    cv2.addWeighted(sheet, (1 - EDGE) * gain, edge, EDGE * gain, 0, dst=edge)
    beyond = cv2.GaussianBlur(cv2.subtract(scan, edge, dst=edge), (0, 0), SMOOTH)
    cv2.erode(sheet, kernel, dst=edge)
    cv2.addWeighted(sheet, (1 - EDGE) * gain, edge, EDGE * gain, 0, dst=edge)
    short = cv2.GaussianBlur(cv2.subtract(edge, scan, dst=edge), (0, 0), SMOOTH)
    unit = np.float32(1.0 / (255.0 * gain))
    return Ink(np.asarray(beyond, dtype=np.uint8), np.asarray(short, dtype=np.uint8), unit)


@dataclass(frozen=True)
class Look:
    """A scan beside its form's page: the composed print `sheet`, and the form's as `soft` as the scan is, by `blur`."""

    layout: Layout
    scan: Pixels
    sheet: Pixels
    soft: Pixels
    blur: float

    def glyphs(self, places: Places, ink: Ink) -> tuple[dict[int, Glyph], float]:
        """The scores of every character looked for, and the page's usual unlikeness."""
        windows = {at: _window(self.layout.boxes[at], place) for at, place in places.items()}
        unlike = {at: unlikeness(self.scan[window], self.sheet[window]) for at, window in windows.items()}
        usual = self._usual({at: (places[at], value) for at, value in unlike.items() if value})
        found = {}
        for at, place in places.items():
            own, value = place, unlike[at] or 0.0
            if value > AGAIN * usual:
                own, value = self._looked_for(at, (place, value), AGAIN * usual)
            found[at] = Glyph(
                shift=own[:2],
                ncc=own[2],
                extra=_most(ink.beyond[windows[at]], ink.unit),
                missing=_most(ink.short[windows[at]], ink.unit),
                off=value / usual,
            )
        return found, usual

    def _usual(self, known: Mapping[int, tuple[Place, float]]) -> float:
        """Unlikeness of this page's characters at their very own places: the median of some of them."""
        sample = list(known)[:: max(1, len(known) // USUALLY)]
        values = [self._looked_for(at, known[at], known[at][1])[1] for at in sample]
        return max(float(np.median(values)), USUAL) if values else 1.0

    def _looked_for(self, at: int, known: tuple[Place, float], enough: float) -> tuple[Place, float]:
        """The character's very own place and, until it is alike `enough`, blur: print spreads dense ones otherwise."""
        x0, y0, x1, y1 = box = self.layout.boxes[at]
        around = slice(y0 - AROUND, y1 + AROUND), slice(x0 - AROUND, x1 + AROUND)
        place, least = known
        for factor in (1.0, *OTHER_BLURS):
            if factor == 1.0:
                soft = self.soft[around]
                there = _near(self.scan, soft, (x0, y0), place)
            else:
                soft = np.asarray(cv2.GaussianBlur(self.layout.print_[around], (0, 0), factor * self.blur), np.uint8)
                there = place
            value = unlikeness(self.scan[_window(box, there)], _shifted(soft, there))
            if value is not None and value < least:
                place, least = there, value
            if least <= enough:
                break
        return place, least


def unlikeness(seen: Pixels, wanted: Pixels) -> float | None:
    """1 - NCC of two equal boxes; None where the print has no ink to compare."""
    if wanted.size == 0 or seen.shape != wanted.shape or contrast(wanted) < LEAST_INK:
        return None
    return 1.0 - Pattern(wanted).likeness(seen)


def _near(scan: Pixels, soft: Pixels, corner: tuple[int, int], place: Place) -> Place:
    """Where a character is found within `NEAR` px of its segment's place; `soft` has `AROUND` px about it."""
    glyph = soft[AROUND:-AROUND, AROUND:-AROUND]
    dx, dy = round(place[0]), round(place[1])
    left, top = corner[0] + dx, corner[1] + dy
    right, bottom = left + glyph.shape[1] + NEAR, top + glyph.shape[0] + NEAR
    outside = left < NEAR or top < NEAR or right > scan.shape[1] or bottom > scan.shape[0]
    if outside or contrast(glyph) < LEAST_INK:
        return place
    x, y, ncc = find_near(scan, glyph, (left, top), NEAR)
    return (dx + x, dy + y, ncc)


def _shifted(soft: Pixels, place: Place) -> Pixels:
    """A patch with `AROUND` px about it, moved below the pixel and cut to the character."""
    return _moved(soft, place[:2])[AROUND:-AROUND, AROUND:-AROUND]


def _moved(patch: Pixels, shift: tuple[float, float]) -> Pixels:
    """A patch moved by the part of a shift below the pixel."""
    return moved_by(patch, shift[0] - round(shift[0]), shift[1] - round(shift[1]))


def _pieces(layout: Layout, places: Places) -> list[tuple[Rectangle, tuple[float, float]]]:
    """Boxes of what moves together: neighbours at the same shift are one piece."""
    pieces: list[tuple[Rectangle, tuple[float, float]]] = []
    last = None
    for at, (dx, dy, _) in places.items():
        box = layout.boxes[at]
        if last is not None and pieces[-1][1] == (dx, dy) and layout.expected[last].line == layout.expected[at].line:
            one = pieces.pop()[0]
            box = (min(one[0], box[0]), min(one[1], box[1]), max(one[2], box[2]), max(one[3], box[3]))
        pieces.append((box, (dx, dy)))
        last = at
    return pieces


def _window(box: Rectangle, place: Place) -> Window:
    """Where a character was found, in px of maps with a border."""
    x0, y0, x1, y1 = box
    dx, dy = round(place[0]), round(place[1])
    return slice(max(y0 + dy, 0), max(y1 + dy, 0)), slice(max(x0 + dx, 0), max(x1 + dx, 0))


def _most(ink: Pixels, unit: np.float32) -> float:
    return float(np.float32(cv2.minMaxLoc(ink)[1]) * unit) if ink.size else 0.0


def _gain(layout: Layout, scan: Pixels, sheet: Pixels, places: Places) -> float:
    """How dark the toner is against the reference: median slope over characters found well."""
    slopes = []
    well = [(at, place) for at, place in places.items() if place[2] >= WELL]
    for at, place in well[:: max(1, len(well) // GAINS)]:
        window = _window(layout.boxes[at], place)
        model, seen = sheet[window], scan[window]
        power = sums(model)[1] if model.size and model.shape == seen.shape else 0.0
        if power > 0:
            slopes.append((power + sums(seen)[1] - cv2.norm(model, seen, cv2.NORM_L2SQR)) / 2 / power)
    return float(np.clip(np.median(slopes), 0.4, 1.6)) if slopes else 1.0
