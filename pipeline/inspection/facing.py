"""Seals over the gutter of a bound booklet: half at the right of an even page, half at the left of the next."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import Slice

_LEVEL_MM = 8.0  # between the middles of two halves; both pages lie askew in their own way
_COVER = (0.6, 1.15)  # of the seal's height that both halves' widths make up; the gutter hides some
_LEAST_PAIRS = 2
_MM = 25.4 / 72


def facing_pairs(right: Sequence[Slice], left: Sequence[Slice]) -> list[tuple[Slice, Slice]]:
    """The halves at the right and left edges that face each other; empty unless every slice has its other half.

    Two parties' straddle seals at two edges do not look so: theirs are on the same pages, or too narrow.
    """
    by_page = {half.page: half for half in left}
    pairs = [(half, by_page.pop(half.page + 1)) for half in right if half.page % 2 == 0 and half.page + 1 in by_page]
    whole = not by_page and len(pairs) == len(right) >= _LEAST_PAIRS
    return pairs if whole and all(_face(*pair) for pair in pairs) else []


def _face(one: Slice, other: Slice) -> bool:
    level = abs(_middle(one) - _middle(other)) <= _LEVEL_MM
    cover = (one.width_mm + other.width_mm) / max(one.height_mm, other.height_mm, 1.0)
    return level and _COVER[0] <= cover <= _COVER[1]


def _middle(half: Slice) -> float:
    return (half.box[1] + half.box[3]) / 2 * _MM
