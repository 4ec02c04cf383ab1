"""The form's print as it should lie in this scan, and how every character of the scan differs from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.compare_field import BORDER, box_px
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
AROUND = 8  # px of print around a character that blur into it
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
    boxes = {at: _bordered(expected[at]) for at in places}
    for x0, y0, x1, y1 in boxes.values():
        result[y0:y1, x0:x1] = 0
    for at, (x0, y0, x1, y1) in boxes.items():
        dx, dy = round(places[at][0]), round(places[at][1])
        turn = np.array([[1, 0, places[at][0] - dx], [0, 1, places[at][1] - dy]])
        patch = soft[y0 - RING : y1 + RING, x0 - RING : x1 + RING]
        moved = cv2.warpAffine(patch, turn, patch.shape[::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
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
    upper = cv2.addWeighted(print_, 1 - EDGE, cv2.dilate(print_, kernel), EDGE, 0, dtype=cv2.CV_32F)
    lower = cv2.addWeighted(print_, 1 - EDGE, cv2.erode(print_, kernel), EDGE, 0, dtype=cv2.CV_32F)
    seen = scan.astype(np.float32)
    scale = 1.0 / (255.0 * gain)
    extra = cv2.GaussianBlur(np.maximum(seen - gain * upper, 0) * scale, (0, 0), 1.2)
    missing = cv2.GaussianBlur(np.maximum(gain * lower - seen, 0) * scale, (0, 0), 1.2)
    return np.asarray(extra, dtype=np.float32), np.asarray(missing, dtype=np.float32)


def glyphs(
    scan: Pixels, sheet: Pixels, print_: Pixels, blur: float, expected: Sequence[Mark], places: Places, ink: Ink
) -> dict[int, Glyph]:
    """The scores of every character looked for; `sheet` = the composed print, `print_` = the sharp one."""
    windows = {at: _window(expected[at], place) for at, place in places.items()}
    unlike = {at: _unlikeness(scan[window], sheet[window]) for at, window in windows.items()}
    known = [value for value in unlike.values() if value is not None]
    usual = max(float(np.median(known)), USUAL) if known else 1.0
    found = {}
    for at, place in places.items():
        value = unlike[at] or 0.0
        if value > AGAIN * usual:
            value = min(value, *_otherwise_blurred(scan, print_, blur, expected[at], place))
        more, less = ink[0][windows[at]], ink[1][windows[at]]
        found[at] = Glyph(
            shift=place[:2],
            ncc=place[2],
            extra=float(more.max()) if more.size else 0.0,
            missing=float(less.max()) if less.size else 0.0,
            off=value / usual,
        )
    return found


def _otherwise_blurred(scan: Pixels, print_: Pixels, blur: float, mark: Mark, place: Place) -> list[float]:
    """Unlikeness at neighbouring blurs: print spreads dense characters otherwise than open ones."""
    x0, y0, x1, y1 = _bordered(mark)
    patch = print_[y0 - AROUND : y1 + AROUND, x0 - AROUND : x1 + AROUND]
    seen = scan[_window(mark, place)]
    turn = np.array([[1, 0, place[0] - round(place[0])], [0, 1, place[1] - round(place[1])]])
    found = []
    for factor in OTHER_BLURS:
        soft = cv2.GaussianBlur(patch, (0, 0), factor * blur)
        moved = cv2.warpAffine(soft, turn, soft.shape[::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        value = _unlikeness(seen, np.ascontiguousarray(moved[AROUND:-AROUND, AROUND:-AROUND]))
        found.append(1.0 if value is None else value)
    return found


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
    if wanted.size == 0 or seen.shape != wanted.shape or np.ptp(wanted) < LEAST_INK:
        return None
    found = float(cv2.matchTemplate(seen, wanted, cv2.TM_CCOEFF_NORMED)[0, 0])
    return 1.0 - found if np.isfinite(found) else 1.0


def _gain(scan: Pixels, print_: Pixels, expected: Sequence[Mark], places: Places) -> float:
    """How dark the toner is against the reference: median slope over characters found well."""
    slopes = []
    for at, place in places.items():
        if place[2] < WELL:
            continue
        window = _window(expected[at], place)
        model, seen = print_[window].astype(np.float32), scan[window].astype(np.float32)
        power = float((model * model).sum())
        if power > 0:
            slopes.append(float((model * seen).sum()) / power)
    return float(np.clip(np.median(slopes), 0.4, 1.6)) if slopes else 1.0
