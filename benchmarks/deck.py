"""Dealing conditions evenly: every value comes up as often as its share of the cards, in a mixed order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def deal(cards: Sequence[T], count: int, rng: np.random.Generator) -> list[T]:
    """`count` cards from freshly shuffled decks: the first `len(cards)` hold every card once."""
    dealt: list[T] = []
    while len(dealt) < count:
        dealt += [cards[int(place)] for place in rng.permutation(len(cards))]
    return dealt[:count]
