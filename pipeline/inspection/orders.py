"""Other ways in which slices may belong together: in groups, in another order, or all but one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from pipeline.inspection.circle import Envelope
from pipeline.inspection.compose import GAPS_MM, Composition

_MOST_FITS = 160
# Slices on both sides of a sheet that is gone lie within 0.08 mm of their circle. Opened where that suits best, those
# of 26 documents with a slice of a seal 4 mm smaller or 2 mm larger leave no gap of 2.1 mm or more.
_EXACT_MM = 0.15
_LIKELIER = 0.5  # of the cost of an oval: lenses 0.27 and less, ovals 3.2 and more


def _slope(piece: Envelope) -> float:
    """Growth of the chord towards the paper edge, mm per mm; 0 for slivers."""
    if len(piece.x) < 4:
        return 0.0
    chord = piece.bottom - piece.top
    third = max(1, len(chord) // 3)
    run = float(piece.x[-third:].mean() - piece.x[:third].mean())
    return float((np.median(chord[-third:]) - np.median(chord[:third])) / max(run, 0.2))


def split_groups(
    slices: Sequence[Envelope], compose: Callable[[Sequence[Envelope]], Composition]
) -> list[Composition] | None:
    """Contiguous groups of two or more slices, each a whole impression of one size, or shifted; None without any."""
    breaks = [i + 1 for i, (a, b) in enumerate(pairwise(slices)) if _slope(a) < 0.15 and _slope(b) > -0.15]
    breaks = [at for at in breaks if at >= 2 and len(slices) - at >= 2]
    reached: dict[int, list[Composition]] = {0: []}
    fits = 0
    for end in [*breaks, len(slices)]:
        for start in sorted(k for k in reached if k < end):
            if end - start < 2 or (start, end) == (0, len(slices)) or end in reached or fits >= 60:
                continue
            fits += 1
            part = compose(slices[start:end])
            if part.whole or part.shifted:
                reached[end] = [*reached[start], part]
    groups = reached.get(len(slices))
    if not groups:
        return None
    radii = [group.fit.radius for group in groups]
    return groups if max(radii) - min(radii) < 1.5 else None


def _chord_order(slices: Sequence[Envelope], radius: float) -> list[Envelope]:
    """Order by where each slice's own chords place it in a circle of this radius."""
    places = []
    for piece in slices:
        half = float(np.median(piece.bottom - piece.top)) / 2
        away = float(np.sqrt(max(radius**2 - half**2, 0)))
        slope = _slope(piece)
        places.append(-away if slope > 0 else away)
    return [slices[i] for i in np.argsort(places)]


def _permutations(slices: Sequence[Envelope], radius: float) -> list[list[Envelope]]:
    """Orders worth trying: by chords, reversed, every swap, every move."""
    count = len(slices)
    orders = [_chord_order(slices, radius), list(reversed(slices))]
    for i in range(count):
        for j in range(i + 1, count):
            swapped = list(slices)
            swapped[i], swapped[j] = swapped[j], swapped[i]
            orders.append(swapped)
    for i in range(count):
        for j in range(count):
            if abs(i - j) > 1:
                moved = list(slices)
                moved.insert(j, moved.pop(i))
                orders.append(moved)
    return orders[:_MOST_FITS]


def best_order(
    slices: Sequence[Envelope], radius: float, compose: Callable[[Sequence[Envelope]], Composition]
) -> Composition | None:
    """Another order in which the slices are one whole impression; None if none of those tried is."""
    seen = {tuple(piece.page for piece in slices)}
    found: list[Composition] = []
    for order in _permutations(slices, radius):
        pages = tuple(piece.page for piece in order)
        if pages in seen:
            continue
        seen.add(pages)
        trial = compose(order)
        if trial.whole:
            found.append(trial)
            if len(found) >= 3:
                break
    return min(found, key=lambda trial: trial.badness, default=None)


def without_one(
    slices: Sequence[Envelope],
    compose: Callable[[Sequence[Envelope], Sequence[bool]], Composition],
    suspects: Sequence[int],
) -> list[Composition]:
    """Compositions that become sound when the slice of one suspected page is left out, its place kept open."""
    found = []
    for page in suspects:
        rest = [piece for piece in slices if piece.page != page]
        if len(rest) < 2:
            continue
        at = next(i for i, piece in enumerate(slices) if piece.page == page)
        holes = [False] * (len(rest) - 1)
        if 0 < at < len(slices) - 1:
            holes[at - 1] = True
        trial = compose(rest, holes)
        edge_fault = {"left_cap"} if at == 0 else {"right_cap"} if at == len(slices) - 1 else set()
        if set(trial.faults) <= edge_fault | {"coverage"}:
            found.append(trial)
    return sorted(found, key=lambda trial: trial.badness)


def with_gap(
    slices: Sequence[Envelope], compose: Callable[[Sequence[Envelope], Sequence[bool]], Composition]
) -> Composition | None:
    """One circle of which a part is missing between two neighbours, as when a sheet was taken out; else None."""
    found = []
    for at in range(len(slices) - 1):
        trial = compose(slices, [seam == at for seam in range(len(slices) - 1)])
        if trial.whole and trial.fit.gaps[at] > GAPS_MM[1] and trial.fit.residual.max() <= _EXACT_MM:
            found.append(trial)
    return min(found, key=lambda trial: trial.badness, default=None)


def is_lens(parted: Composition | None, oval: Composition) -> bool:
    """Whether what looks like a standing oval is the two sides of a circle."""
    return parted is not None and parted.badness < _LIKELIER * oval.badness
