"""Where on the unwrapped ring the name stands: its columns, told from code, straight line and other seals; its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.ink import FloatMap
from pipeline.inspection.ring_ink import SCALE

COLUMNS = 1080  # of an unwrapped seal, clockwise from its outline's top
ARC_PAD = 10  # columns left free on both sides of the name
HIDDEN = 0.3  # share of a column's letter rows that cannot be seen, from which it is not
LETTERS_MM = (0.6, 2.6, 3.1, 4.6)  # inside the border of a 40 mm seal: upper, then lower part of its characters
_BUSY, _BUSY_SHARE, _LEAST_BUSY = 0.1, 0.3, 0.08  # mean ink of a column, share of that of dense columns; of all columns
HALF_LETTER = 18  # columns
_GAP = 43  # columns
_CLEAR = 0.75  # of the columns about an end that can be seen, from which the end is believed
_OFF, _SLACK = 20, 12  # columns the middle of a name may be off its axis, an end off its place
_MOST = 2  # other places of a name that are tried
_SHORTEST = 0.2  # of the columns found, that half a name has at least

Span = tuple[int, int]


@dataclass(frozen=True)
class Places:
    """Columns of the name, the likeliest first, with other possible ones; `sure` = its axis is beyond doubt."""

    spans: tuple[Span, ...]
    sure: bool


def places_of(ink: FloatMap, inner: int, unit: float, hidden: FloatMap, axis: Sequence[float]) -> Places | None:
    """Where the name stands, with alternatives where its ends are hidden or its halves differ; None without a name.

    `axis` = turns (0..1) one of which is the middle; `hidden` = share of each column that cannot be seen.
    """
    busy = _busy_columns(ink, inner, unit, hidden)
    whole = _name_arc(busy)
    if whole is None:
        return None
    clear = _clear(whole[0], 1, hidden), _clear(whole[1], -1, hidden)
    even = [] if is_even(whole, axis) else _evened(whole, axis, clear)
    one_end = clear[0] != clear[1]
    if one_end:  # letters in plain sight belong to the name
        even = [span for span in even if not _left_out(span, whole, busy & (hidden < HIDDEN))]
    found = [*even[:1], whole, *even[1:_MOST]] if one_end else [whole, *even[:_MOST]]
    seen = _seen(whole, hidden)
    found += [seen] if seen not in found else []
    # a wrong turn of the star fits a name of which an end is hidden in one case of six by chance
    sure = len(even) == 1 if one_end else all(clear) and is_even(whole, axis)
    return Places(tuple(found), bool(axis) and sure)


def widest(spans: Sequence[Span]) -> Span:
    """The columns as they were found; the others are parts of them."""
    return max(spans, key=lambda span: span[1] - span[0])


def is_even(span: Span, axis: Sequence[float]) -> bool:
    """Whether the middle of the columns lies on the axis; true where no axis is known."""
    middle = (span[0] + span[1]) / 2
    half = COLUMNS / 2
    return not axis or min(abs((middle - turn * COLUMNS + half) % COLUMNS - half) for turn in axis) <= _OFF


def _evened(span: Span, axis: Sequence[float], clear: tuple[bool, bool]) -> list[Span]:
    """Columns made even about the axis, longest first: the one end that is clear stays, else the shorter half counts.

    Turns of the axis that do not leave both ends within the span are passed over.
    """
    first, last = span
    found = []
    for turn in axis:
        for middle in (turn * COLUMNS + around for around in (-COLUMNS, 0, COLUMNS)):
            before, after = middle - first, last - middle
            half = min(before, after) if clear[0] == clear[1] else before if clear[0] else after
            if _SHORTEST * (last - first) < half <= min(before, after) + _SLACK:
                found.append((round(middle - half), round(middle + half)))
    return sorted(found, key=lambda one: one[0] - one[1])


def _left_out(span: Span, whole: Span, visible: NDArray[np.bool_]) -> bool:
    """Whether visible letters stand outside a span, but within the columns as found."""
    outside = [*range(whole[0], span[0] - _SLACK), *range(span[1] + _SLACK, whole[1])]
    return bool(visible[np.array(outside, dtype=np.intp) % COLUMNS].sum() > _SLACK)


def _clear(end: int, inwards: int, hidden: FloatMap) -> bool:
    """Whether the name can be seen at an end: half a letter beyond it and its first letters, `inwards` = 1 or -1."""
    near = hidden[(end + inwards * np.arange(-HALF_LETTER, 3 * HALF_LETTER)) % COLUMNS]
    return bool((near < HIDDEN).mean() >= _CLEAR)


def _seen(span: Span, hidden: FloatMap) -> Span:
    """The columns without what cannot be seen at their ends."""
    clear = np.flatnonzero(hidden[np.arange(*span) % COLUMNS] < HIDDEN)
    return (span[0] + int(clear[0]), span[0] + int(clear[-1]) + 1) if clear.size else span


def _name_arc(busy: NDArray[np.bool_]) -> Span | None:
    """All columns but the longest empty stretch; None if hardly any has letters."""
    if busy.mean() < _LEAST_BUSY:
        return None
    places = np.flatnonzero(busy)
    gaps = np.diff(np.concatenate([places, [places[0] + COLUMNS]]))
    widest = int(gaps.argmax())
    if gaps[widest] < _GAP:
        return COLUMNS // 2, COLUMNS // 2 + COLUMNS
    first = int(places[(widest + 1) % len(places)])
    last = int(places[widest])
    last += COLUMNS if last < first else 0
    return first - ARC_PAD, last + ARC_PAD


def _busy_columns(ink: FloatMap, inner: int, unit: float, hidden: FloatMap) -> NDArray[np.bool_]:
    """Columns in which a character of the name stands: inked near the border and further in, within half a letter.

    The small code reaches only the upper rows, the straight line across only the lower ones.
    """
    low, middle, deep, end = (inner + int(mm * unit * SCALE) for mm in LETTERS_MM)
    upper, lower = (_smooth(rows.mean(axis=0), 9) for rows in (ink[low:middle], ink[deep:end]))
    either = np.maximum(upper, lower)
    dense = either[(hidden < HIDDEN) & (either > _BUSY)]
    bound = max(_BUSY, _BUSY_SHARE * float(np.median(dense)) if dense.size else 0.0)
    return np.asarray(_near(upper > bound) & _near(lower > bound) & (either > bound))


def _near(busy: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(_smooth(busy.astype(np.float32), 2 * HALF_LETTER + 1) > 1e-3)


def _smooth(values: FloatMap, width: int) -> FloatMap:
    pad = width // 2
    around = np.concatenate([values[-pad:], values, values[:pad]])
    return np.asarray(np.convolve(around, np.ones(width) / width, "valid"), dtype=np.float32)


def name_rows(rolled: FloatMap, inner: int, unit: float) -> tuple[int, int] | None:
    """Rows of the name within its columns: those with more than a quarter of the densest row's ink."""
    mean = rolled.mean(axis=1)
    start = inner + max(1, int(0.25 * unit * SCALE))
    if start >= len(mean) - 6:
        return None
    inside = mean[start:]
    peak = int(inside[: int(5.5 * unit * SCALE)].argmax())
    strong = inside > 0.25 * inside[peak]
    top = peak
    while top > 0 and strong[top - 1]:
        top -= 1
    bottom = peak
    slack = max(1, int(0.35 * unit * SCALE))
    while bottom < len(inside) - 1 and strong[bottom + 1 : bottom + 1 + slack].any():
        bottom += 1
    pad = max(1, int(0.25 * unit * SCALE))
    return start + max(0, top - pad), min(len(mean), start + bottom + pad)
