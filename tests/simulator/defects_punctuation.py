"""Stops and commas changed, put in or taken out: other clauses, though hardly any ink."""

from __future__ import annotations

import numpy as np

from tests.simulator.defects import ReplaceText
from tests.simulator.defects_pick import swap
from tests.simulator.textmap import TextMap

# Other marks a mark may become; empty: it is left out. Full and half width of one mark are not another mark.
MARKS: dict[str, tuple[str, ...]] = {
    "，": ("。", "、", ""),
    "。": ("，", "；"),
    "；": ("，", "。"),
    "、": ("，", ""),
    ";": (".", ","),
    ",": (".", ""),
    ".": (",", ""),
}


def pick_mark(text: TextMap, rng: np.random.Generator) -> ReplaceText:
    """A random change of one mark; raises NoRoomError when there is none."""
    return swap(text, rng, MARKS, "punctuation")
