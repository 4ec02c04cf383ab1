"""The lines of an impression as straight pictures for the reader: the name, the line across, the code."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.ink import FloatMap
from pipeline.inspection.ring_arc import COLUMNS, Span
from pipeline.inspection.ring_ink import SCALE, Patch
from pipeline.inspection.ring_unroll import Unrolled
from pipeline.model import Pixels

_HEIGHT = 48  # px, what the recogniser works on
_LINE_ROWS = ((0.34, 0.71), (0.24, 0.72))  # of the half height below the middle: round, oval seals
_LINE_HALF, _LINE_GAP = 0.72, 0.1  # of the half width; space that a badly inked character leaves in a line
_SOFT = 2.5  # px of 1/12 mm
# Width of letters where they are set slim, and air above and below in heights: small, letters hide how few pixels they
# had. All slim told 25 of 45 names at 150 dpi without an error, all wide 19; from 200 dpi on they take 涧 for 洞.
_SLIM, _AIR = 0.6, 0.1


def as_paper(ink: FloatMap, width: int) -> Pixels:
    """Ink 0..1 as a picture 48 px high, black on white."""
    sized = cv2.resize(np.ascontiguousarray(ink), (max(16, width), _HEIGHT), interpolation=cv2.INTER_AREA)
    grey = np.clip(255 * (1 - np.asarray(sized)), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(grey[:, :, None], 3, axis=2))


def name_strips(unrolled: Unrolled, span: Span) -> list[Pixels]:
    """The name in some columns: strokes carried on across print, without print but sharper, with all of its ink, and
    less what another channel shows of print.
    """
    filled, lean = unrolled.band(unrolled.filled, span), unrolled.band(unrolled.lean, span)
    width = _SLIM if unrolled.coarse else 1.0
    slim = [unrolled.band(each, span) for each in (unrolled.ink, unrolled.thinned)]
    return [
        *(_line(unrolled, each, width) for each in (filled, _sharpened(lean))),
        *(_line(unrolled, each, _SLIM) for each in slim),
    ]


def doubtful_strips(unrolled: Unrolled, span: Span) -> list[Pixels]:
    """Further pictures of a name that the first ones all but settled: in another width."""
    return [_line(unrolled, unrolled.band(each, span), 1.0) for each in (unrolled.thinned, unrolled.lean)]


def _sharpened(band: FloatMap) -> FloatMap:
    soft = np.asarray(cv2.GaussianBlur(band, (0, 0), _SOFT), dtype=np.float32)
    return np.asarray(np.clip(2 * band - soft, 0, 1), dtype=np.float32)


def _line(unrolled: Unrolled, band: FloatMap, width: float) -> Pixels:
    """`width` = stretch of the length along the middle of the letters; slim ones get air."""
    arc_mm, air = band.shape[1] * unrolled.column_mm, round(_AIR * band.shape[0]) if width < 1 else 0
    aired = np.pad(band, ((air, air), (0, 0)))
    return as_paper(aired, round(arc_mm / (aired.shape[0] / SCALE) * _HEIGHT * width))


def code_strip(unrolled: Unrolled, unit: float) -> Pixels | None:
    """The small figures of the lower arc, turned so that they read; None where no gap is left for them."""
    gap = COLUMNS - (unrolled.last - unrolled.first)
    if gap < 0.12 * COLUMNS:
        return None
    lower = np.roll(unrolled.ink, -unrolled.last, axis=1)[:, :gap]
    first = unrolled.inner + int(0.2 * unit * SCALE)
    part = lower[first : first + int(2.6 * unit * SCALE)][::-1, ::-1]
    if part.size == 0 or float((part > 0.4).mean()) < 0.04:
        return None
    return as_paper(part, round(part.shape[1] / COLUMNS * 2 * np.pi * 17.5 * unit / (part.shape[0] / SCALE) * _HEIGHT))


def levelled(patch: Patch, ink: FloatMap, turn: float) -> tuple[FloatMap, tuple[float, float]]:
    """Ink of the patch turned so that the middle of the name is on top, and the seal's centre in px."""
    outline = patch.outline
    degrees = turn * 360 if outline.shape == "round" else float(np.rad2deg(outline.angle))
    centre = (outline.x * SCALE, outline.y * SCALE)
    size = (ink.shape[1], ink.shape[0])
    matrix = cv2.getRotationMatrix2D(centre, degrees, 1.0)
    return np.asarray(cv2.warpAffine(ink, matrix, size, flags=cv2.INTER_LINEAR), dtype=np.float32), centre


def inner_strips(inks: Sequence[FloatMap], patch: Patch, turn: float) -> list[Pixels]:
    """The straight line below the middle in some of the patch's maps, levelled by `turn` (0..1 clockwise).

    None for a map without ink there.
    """
    found = [_inner(patch, ink, turn) for ink in inks]
    return [strip for strip in found if strip is not None]


def _inner(patch: Patch, ink: FloatMap, turn: float) -> Pixels | None:
    outline = patch.outline
    level, centre = levelled(patch, ink, turn)
    top, bottom = (int(centre[1] + share * outline.b * SCALE) for share in _LINE_ROWS[outline.shape == "oval"])
    half = int(_LINE_HALF * outline.a * SCALE)
    left = max(0, int(centre[0]) - half)
    part = level[max(0, top) : bottom, left : int(centre[0]) + half]
    if part.size == 0:
        return None
    dark = np.clip(part / patch.level, 0, 1).astype(np.float32)
    if float((dark > 0.4).mean()) < 0.05:
        return None
    unit = outline.b * SCALE
    middle, near = int(centre[0]) - left, int(0.25 * unit)
    rows = _run((dark[:, max(0, middle - near) : middle + near] > 0.4).mean(axis=1) > 0.06, None, int(0.04 * unit))
    if rows is None:
        return None
    dark = dark[max(0, rows[0] - 3) : rows[1] + 3]
    columns = _run((dark > 0.4).mean(axis=0) > 0.05, middle, int(_LINE_GAP * unit))
    if columns is None or columns[1] - columns[0] < 0.1 * dark.shape[1]:
        return None
    dark = np.pad(dark[:, max(0, columns[0] - 4) : columns[1] + 4], ((2, 2), (8, 8)))
    return as_paper(dark, round(dark.shape[1] / dark.shape[0] * _HEIGHT))


def _run(busy: NDArray[np.bool_], at: int | None, gap: int) -> tuple[int, int] | None:
    """First and last place of a busy stretch, small gaps bridged: the one nearest to `at`, else the longest."""
    places = np.flatnonzero(busy)
    if not places.size:
        return None
    pieces = np.split(places, np.flatnonzero(np.diff(places) > gap) + 1)
    piece = max(pieces, key=len) if at is None else min(pieces, key=lambda each: float(np.abs(each - at).min()))
    return int(piece[0]), int(piece[-1]) + 1


def square_strips(patch: Patch) -> list[Pixels]:
    """A name seal as it stands; old scripts and column order make its reading a hint at most."""
    outline = patch.outline
    half_x, half_y = outline.extent
    x0, x1 = int((outline.x - half_x + 1.2) * SCALE), int((outline.x + half_x - 1.2) * SCALE)
    y0, y1 = int((outline.y - half_y + 1.2) * SCALE), int((outline.y + half_y - 1.2) * SCALE)
    ink = np.clip(patch.ink[max(0, y0) : y1, max(0, x0) : x1] / patch.level, 0, 1).astype(np.float32)
    if ink.size == 0:
        return []
    middle = ink.shape[1] // 2
    columns = [ink[:, middle:], ink[:, :middle]]
    cells = [half for column in columns for half in (column[: len(column) // 2], column[len(column) // 2 :])]
    line = np.concatenate([cv2.resize(np.ascontiguousarray(c), (_HEIGHT, _HEIGHT)) for c in cells], axis=1)
    return [as_paper(np.asarray(line, dtype=np.float32), line.shape[1])]
