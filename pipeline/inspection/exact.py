"""A page made on a computer beside its form's: the same print to the pixel, and blanks that show what they claim.

Both pictures come from one renderer, so that nothing but what was changed can differ: another glyph under the right
code, white paint over a word, an annotation, a sentence too small or too pale to be noticed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from pipeline.inspection.claims import plainly
from pipeline.inspection.compare_reread import LEAST_CONFIDENCE, strip_of
from pipeline.model import Box, Line, Picture, Pixels, TextReader, Word

FLAT = 2  # levels that a pixel may differ where its surroundings are of one tone
EDGE = 0.12  # of the contrast around it that a pixel may differ besides: an edge moved by an eighth of a pixel
INK, FAINT = 40, 8  # levels from which a blank's pixel is writing, and from which it is anything at all
LEAST_ROW = 4  # px; lower writing is not legible
CLOSE = 2  # px between rows of one line of writing
LOW, STROKE = 0.35, 0.12  # of a row's height: lower than a character, and no higher than a single stroke
WIDE, APART = 0.75, 0.3  # of it: wider than any low character is, and the gap between two of one word
ROUGH = 18.0  # levels from column to column; strokes reached 16, lettering of 1 pt 21
HALO = 3  # px about a row that its smooth edges may reach

Area = tuple[int, int, int, int]


def same_print(shown: Picture, printed: Picture, free: Sequence[Box]) -> bool:
    """Whether two pictures of one resolution are equal outside the `free` boxes (pt), up to the smoothing of edges."""
    if shown.pixels.shape != printed.pixels.shape:
        return False
    off = np.asarray(cv2.absdiff(shown.pixels, printed.pixels), dtype=np.uint8)
    for box in free:
        _cut(off, area_of(box, shown.dpi))[...] = 0
    if not off.any():
        return True
    kernel = np.ones((3, 3), np.uint8)
    contrast = cv2.subtract(cv2.dilate(printed.pixels, kernel), cv2.erode(printed.pixels, kernel))
    allowed = cv2.convertScaleAbs(contrast, alpha=EDGE, beta=FLAT)
    return not bool((off > allowed).any())


def area_of(box: Box, dpi: float) -> Area:
    """Whole pixels inside a box in pt, on the page."""
    x0, top, x1, bottom = (max(side, 0.0) * dpi / 72 for side in box)
    return (math.ceil(x0), math.ceil(top), math.floor(x1), math.floor(bottom))


def shown_entries(
    shown: Picture, printed: Picture, claimed: Mapping[str, tuple[Box, str]], reader: TextReader
) -> dict[str, Line] | None:
    """Each blank's claimed text where it is written, by name; None when the picture shows anything else there.

    `claimed` gives box (pt) and text by name, `printed` what stands there when nothing is filled in.
    """
    rows = {name: _rows(shown.pixels, printed.pixels, area_of(box, shown.dpi)) for name, (box, _) in claimed.items()}
    if not all(rows.values()):
        return None
    places = [(name, row) for name, found in rows.items() for row in found or ()]
    dark = darkest(shown.pixels) if places else shown.pixels
    read = reader.read_strips([strip_of(dark, *area) for _, area in places]) if places else ()
    said = dict.fromkeys(claimed, "")
    sure = dict.fromkeys(claimed, 1.0)
    for (name, _), row in zip(places, read, strict=True):
        said[name] += row.text
        sure[name] = min(sure[name], row.confidence)
    found = {}
    for name, (_, text) in claimed.items():
        if plainly(said[name]) != plainly(text) or sure[name] < LEAST_CONFIDENCE:
            return None
        found[name] = _line(text, rows[name] or (), shown.dpi)
    return found


def darkest(pixels: Pixels) -> Pixels:
    """Darkness of ink of any colour, by the channel that shows it most."""
    red, green, blue = cv2.split(pixels)
    return np.asarray(255 - cv2.min(cv2.min(red, green), blue), dtype=np.uint8)


def palest(pixels: Pixels) -> Pixels:
    """Darkness by the channel that shows it least; pale and bright ink is hardly there."""
    red, green, blue = cv2.split(pixels)
    return np.asarray(255 - cv2.max(cv2.max(red, green), blue), dtype=np.uint8)


def _rows(shown: Pixels, printed: Pixels, area: Area) -> list[Area] | None:
    """Rows of writing in a blank (px of the page), top to bottom; None where some of its ink is not writing at size."""
    off = cv2.absdiff(np.ascontiguousarray(_cut(shown, area)), np.ascontiguousarray(_cut(printed, area))).max(axis=2)
    inked, rest = off > INK, off > FAINT
    filled = np.flatnonzero(inked.any(axis=1))
    groups = np.split(filled, np.flatnonzero(np.diff(filled) > CLOSE) + 1) if len(filled) else []
    spans = [(int(group[0]), int(group[-1]) + 1) for group in groups]
    tallest = max((bottom - top for top, bottom in spans), default=0)
    rows = []
    for top, bottom in spans:
        columns = np.flatnonzero(inked[top:bottom].any(axis=0))
        left, right = int(columns[0]), int(columns[-1]) + 1
        low = bottom - top < max(LEAST_ROW, LOW * tallest)
        if low or not _is_at_size(off[top:bottom, left:right]):
            return None
        rest[max(top - HALO, 0) : bottom + HALO, max(left - HALO, 0) : right + HALO] = False
        rows.append((area[0] + left, area[1] + top, area[0] + right, area[1] + bottom))
    return None if rest.any() else rows


def _is_at_size(row: Pixels) -> bool:
    """Whether a row holds no stretch of smaller print, which the recogniser passes over.

    A long low stretch is a stroke of a hanzi, a dash or an underscore where it is thin and even, else lettering.
    """
    height = row.shape[0]
    inked = row > INK
    extent = np.where(inked.any(axis=0), height - np.argmax(inked[::-1], axis=0) - np.argmax(inked, axis=0), 0)
    low = np.flatnonzero((extent > 0) & (extent < LOW * height))
    tall = np.cumsum(extent >= LOW * height)
    parted = (np.diff(low) > APART * height) | (np.diff(tall[low]) > 0)
    for run in np.split(low, np.flatnonzero(parted) + 1):
        if len(run) == 0 or run[-1] + 1 - run[0] <= WIDE * height:
            continue
        near = np.flatnonzero(np.diff(run) == 1)
        peaks = row.max(axis=0).astype(np.int16)[run]
        rough = float(np.abs(peaks[near + 1] - peaks[near]).mean()) if len(near) else 0.0
        if rough > ROUGH or np.count_nonzero(extent[run] > STROKE * height) > WIDE * height:
            return False
    return True


def _cut(pixels: Pixels, area: Area) -> Pixels:
    x0, top, x1, bottom = area
    return pixels[top : max(bottom, top), x0 : max(x1, x0)]


def _line(text: str, rows: Sequence[Area], dpi: float) -> Line:
    sides = zip(*rows, strict=True)
    x0, top, x1, bottom = (pick(side) * 72 / dpi for pick, side in zip((min, min, max, max), sides, strict=True))
    box = (x0, top, x1, bottom)
    return Line(text=text, box=box, words=(Word(text=text, box=box),))
