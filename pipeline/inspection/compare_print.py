"""The form's print as it should lie in this scan, and how every character of the scan differs from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.compare_field import BORDER, box_px, contrast, peak
from pipeline.inspection.compare_text import HOLE, Mark
from pipeline.model import Pixels

Map = NDArray[np.float32]
Place = tuple[float, float, float]  # shift (dx, dy) in px of the frame, and NCC of the search
Places = Mapping[int, Place]
Window = tuple[slice, slice]
Ink = tuple[Map, Map]  # ink beyond and ink short of the print
EDGE = 0.7  # px of misplacement that a stroke's edge may have without counting as ink
RING = 1  # px around a character's box into which a shift below the pixel may move its ink
LEAST_INK = 40  # darkness from lightest to darkest that a box must have to be likened
WELL = 0.85  # NCC from which a character tells how dark the toner is
AGAIN = 2.4  # times the usual unlikeness from which a character is tried at other blurs, too
OTHER_BLURS = (0.8, 1.2)  # of the page's
NEAR = 3  # px by which a character may lie off its segment
AROUND = 8  # px of print around a character that blur into it
GAINS = 150  # characters that tell how dark the toner is
USUALLY = 80  # characters that tell how unlike its print a page is as a whole
USUAL = 0.003  # least unlikeness that counts as usual: a file never printed would find specks of rounding odd


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


def composed(soft: Pixels, expected: Sequence[Mark], places: Places) -> Pixels:
    """The print with every character at its own shift, to a fraction of a pixel; rules and pictures stay in place.

    Whole pixels are not enough: half a pixel off, an unchanged character differs more than 未 differs from 末.
    """
    result = soft.copy()
    pieces = _pieces(expected, places)
    for (x0, y0, x1, y1), _ in pieces:
        result[y0:y1, x0:x1] = 0
    for (x0, y0, x1, y1), shift in pieces:
        dx, dy = round(shift[0]), round(shift[1])
        moved = _moved(soft[y0 - RING : y1 + RING, x0 - RING : x1 + RING], shift)
        target = result[y0 + dy - RING : y1 + dy + RING, x0 + dx - RING : x1 + dx + RING]
        if target.shape == moved.shape:
            np.maximum(target, moved, out=target)
    return result


def graphics(print_: Pixels, expected: Sequence[Mark]) -> Pixels:
    """The form's ink that is no text: rules, tables, pictures."""
    rest = print_.copy()
    for mark in expected:
        if mark.char != HOLE:
            x0, y0, x1, y1 = _bordered(mark)
            rest[y0 - 1 : y1 + 1, x0 - 1 : x1 + 1] = 0
    return rest


def residuals(scan: Pixels, print_: Pixels, expected: Sequence[Mark], places: Places) -> Ink:
    """Ink beyond and ink short of the composed print, 0..1, with `EDGE` px of tolerance at the strokes' edges."""
    gain = _gain(scan, print_, expected, places)
    kernel = np.ones((3, 3), np.uint8)
    upper = cv2.addWeighted(print_, (1 - EDGE) * gain, cv2.dilate(print_, kernel), EDGE * gain, 0)
    lower = cv2.addWeighted(print_, (1 - EDGE) * gain, cv2.erode(print_, kernel), EDGE * gain, 0)
    extra, missing = (
        cv2.GaussianBlur(ink, (0, 0), 1.2) for ink in (cv2.subtract(scan, upper), cv2.subtract(lower, scan))
    )
    scale = np.float32(1.0 / (255.0 * gain))
    return np.multiply(extra, scale, dtype=np.float32), np.multiply(missing, scale, dtype=np.float32)


def glyphs(
    scan: Pixels, sheet: Pixels, print_: Pixels, blur: float, expected: Sequence[Mark], places: Places, ink: Ink
) -> tuple[dict[int, Glyph], float]:
    """The scores of every character looked for, and the page's usual unlikeness.

    `sheet` = the composed print, `print_` = the sharp one.
    """
    windows = {at: _window(expected[at], place) for at, place in places.items()}
    unlike = {at: _unlikeness(scan[window], sheet[window]) for at, window in windows.items()}
    usual = _usual(scan, print_, blur, expected, {at: (places[at], value) for at, value in unlike.items() if value})
    found = {}
    for at, place in places.items():
        own, value = place, unlike[at] or 0.0
        if value > AGAIN * usual:
            own, value = _looked_for(scan, print_, blur, expected[at], (place, value), AGAIN * usual)
        more, less = ink[0][windows[at]], ink[1][windows[at]]
        found[at] = Glyph(
            shift=own[:2],
            ncc=own[2],
            extra=float(more.max()) if more.size else 0.0,
            missing=float(less.max()) if less.size else 0.0,
            off=value / usual,
        )
    return found, usual


def _usual(
    scan: Pixels, print_: Pixels, blur: float, expected: Sequence[Mark], known: Mapping[int, tuple[Place, float]]
) -> float:
    """Unlikeness of this page's characters at their very own places: the median of some of them."""
    sample = list(known)[:: max(1, len(known) // USUALLY)]
    values = [_looked_for(scan, print_, blur, expected[at], known[at], known[at][1])[1] for at in sample]
    return max(float(np.median(values)), USUAL) if values else 1.0


def _looked_for(
    scan: Pixels, print_: Pixels, blur: float, mark: Mark, known: tuple[Place, float], enough: float
) -> tuple[Place, float]:
    """The character's very own place and, until it is alike `enough`, blur: print spreads dense ones otherwise."""
    x0, y0, x1, y1 = _bordered(mark)
    patch = print_[y0 - AROUND : y1 + AROUND, x0 - AROUND : x1 + AROUND]
    place, least = known
    for factor in (1.0, *OTHER_BLURS):
        soft = np.asarray(cv2.GaussianBlur(patch, (0, 0), factor * blur), dtype=np.uint8)
        there = _near(scan, soft, (x0, y0), place) if factor == 1.0 else place
        value = _unlikeness(scan[_window(mark, there)], _shifted(soft, there))
        if value is not None and value < least:
            place, least = there, value
        if least <= enough:
            break
    return place, least


def _near(scan: Pixels, soft: Pixels, corner: tuple[int, int], place: Place) -> Place:
    """Where a character is found within `NEAR` px of its segment's place; `soft` has `AROUND` px about it."""
    glyph = np.ascontiguousarray(soft[AROUND:-AROUND, AROUND:-AROUND])
    left, top = corner[0] + round(place[0]) - NEAR, corner[1] + round(place[1]) - NEAR
    area = scan[max(top, 0) : top + glyph.shape[0] + 2 * NEAR, max(left, 0) : left + glyph.shape[1] + 2 * NEAR]
    if area.shape != (glyph.shape[0] + 2 * NEAR, glyph.shape[1] + 2 * NEAR) or contrast(glyph) < LEAST_INK:
        return place
    scores = cv2.matchTemplate(area, glyph, cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(scores)
    dx, dy = round(place[0]) + x - NEAR, round(place[1]) + y - NEAR
    return (dx + peak(scores[y, :], x), dy + peak(scores[:, x], y), float(best))


def _shifted(soft: Pixels, place: Place) -> Pixels:
    """A patch with `AROUND` px about it, moved below the pixel and cut to the character."""
    return np.ascontiguousarray(_moved(soft, place[:2])[AROUND:-AROUND, AROUND:-AROUND])


def _moved(patch: Pixels, shift: tuple[float, float]) -> Pixels:
    """A patch moved by the part of a shift below the pixel."""
    turn = np.array([[1, 0, shift[0] - round(shift[0])], [0, 1, shift[1] - round(shift[1])]])
    flags = cv2.INTER_CUBIC
    moved = cv2.warpAffine(patch, turn, patch.shape[::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.uint8)


def _pieces(expected: Sequence[Mark], places: Places) -> list[tuple[tuple[int, int, int, int], tuple[float, float]]]:
    """Boxes (px, bordered) of what moves together: neighbours at the same shift are one piece."""
    pieces: list[tuple[tuple[int, int, int, int], tuple[float, float]]] = []
    last = None
    for at, (dx, dy, _) in places.items():
        box = _bordered(expected[at])
        if last is not None and pieces[-1][1] == (dx, dy) and expected[last].line == expected[at].line:
            one = pieces.pop()[0]
            box = (min(one[0], box[0]), min(one[1], box[1]), max(one[2], box[2]), max(one[3], box[3]))
        pieces.append((box, (dx, dy)))
        last = at
    return pieces


def _bordered(mark: Mark) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = box_px(mark.box)
    return x0 + BORDER, y0 + BORDER, x1 + BORDER, y1 + BORDER


def _window(mark: Mark, place: Place) -> Window:
    """Where a character was found, in px of maps with a border."""
    x0, y0, x1, y1 = _bordered(mark)
    dx, dy = round(place[0]), round(place[1])
    return slice(max(y0 + dy, 0), max(y1 + dy, 0)), slice(max(x0 + dx, 0), max(x1 + dx, 0))


def _unlikeness(seen: Pixels, wanted: Pixels) -> float | None:
    """1 - NCC of two equal boxes; None where the print has no ink to compare."""
    if wanted.size == 0 or seen.shape != wanted.shape or contrast(wanted) < LEAST_INK:
        return None
    found = float(cv2.matchTemplate(seen, wanted, cv2.TM_CCOEFF_NORMED)[0, 0])
    return 1.0 - found if np.isfinite(found) else 1.0


def _gain(scan: Pixels, print_: Pixels, expected: Sequence[Mark], places: Places) -> float:
    """How dark the toner is against the reference: median slope over characters found well."""
    slopes = []
    well = [(at, place) for at, place in places.items() if place[2] >= WELL]
    for at, place in well[:: max(1, len(well) // GAINS)]:
        window = _window(expected[at], place)
        model, seen = print_[window].astype(np.float32), scan[window].astype(np.float32)
        power = float((model * model).sum())
        if power > 0:
            slopes.append(float((model * seen).sum()) / power)
    return float(np.clip(np.median(slopes), 0.4, 1.6)) if slopes else 1.0
