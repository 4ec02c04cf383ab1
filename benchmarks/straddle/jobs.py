"""Which documents are made for the straddle seal, and what may be said of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.deck import deal
from benchmarks.plan import Plan

GENUINE = "genuine"
MISSING, FOREIGN, HEIGHT = "slice missing", "slice of another seal", "slice at another height"
SWAPPED, ABSENT, AGENT = "two sheets swapped", "no straddle seal", "agent's seal instead"
OUT_WIDE = "sheet taken out, wide slices"
OUT_NARROW, OTHER_PRESS = "sheet taken out, narrow slices", "other impression of the same die"
DEFECTS = (MISSING, FOREIGN, HEIGHT, SWAPPED, ABSENT, AGENT, OUT_WIDE)
HIDDEN = (OUT_NARROW, OTHER_PRESS)  # next to nothing on the paper shows them

PLAIN, LEFT, TOP, BOTTOM, GROUPS, DUPLEX = "right edge", "left edge", "top edge", "bottom edge", "groups", "duplex"
BACKS, PARTIES, CROPPED = "duplex, stamped from the back", "two parties", "edge cropped by 1-3 mm"
FAINT, GREY, BLUE, BIG, OVAL = "faint ink", "grey scan", "blue ink", "58 mm seal", "oval seal"
CONDITIONS = (PLAIN, LEFT, TOP, BOTTOM, GROUPS, DUPLEX, BACKS, PARTIES, CROPPED, FAINT, GREY, BLUE, BIG, OVAL)
_POOR = (CROPPED, FAINT, GREY)  # a person would ask for a better scan as well

_ROUND = (
    *((GENUINE, condition) for condition in (PLAIN, *CONDITIONS)),
    *((kind, PLAIN) for kind in (*DEFECTS, *HIDDEN)),
    *((kind, PLAIN) for kind in (MISSING, FOREIGN, HEIGHT, SWAPPED)),
    *((kind, LEFT) for kind in (ABSENT, AGENT)),
)
ROUND = len(_ROUND)
BANDS = ((2, 4), (5, 8), (9, 15), (16, 30))
_QUICK_BANDS = (BANDS[0],) * 9 + ((5, 7),) * 7 + ((9, 12), (16, 18))
_FULL_BANDS = (BANDS[0],) * 3 + (BANDS[1],) * 4 + (BANDS[2],) * 3 + (BANDS[3],) * 2
_FEW, _MANY = 8, 20
_FEWEST = {GROUPS: 5, MISSING: 3, FOREIGN: 3, HEIGHT: 3, SWAPPED: 3, OUT_WIDE: 4, OTHER_PRESS: 3}
_LOST = 15  # sheets under one seal from which slices can vanish at the edge


@dataclass(frozen=True)
class StraddleJob:
    """A document to be made: `sheets` as stamped, `signing` = a whole seal of the customer on its last page."""

    index: int
    seed: int
    kind: str
    condition: str
    sheets: int
    signing: bool
    dpi: int
    preset: str
    pictures: Path

    @property
    def right(self) -> frozenset[str]:
        """Outcomes that do the paper justice: a sound one passes where its slices can be seen and its seal be read."""
        if self.kind != GENUINE:
            return frozenset({"fail", "unsure"})
        clear = self.signing and self.condition not in _POOR and self.pressed_together <= _LOST
        return frozenset({"pass"}) if clear else frozenset({"pass", "unsure"})

    @property
    def pages(self) -> int:
        """Pages as printed."""
        return self.sheets * (2 if self.condition in (DUPLEX, BACKS) else 1)

    @property
    def pressed_together(self) -> int:
        """Sheets under one seal."""
        return max(self.groups or (self.sheets,))

    @property
    def groups(self) -> tuple[int, ...]:
        """Sheets of each group, empty when all were stamped at once."""
        if self.condition != GROUPS:
            return ()
        count = 2 if self.sheets < 12 else 3
        return tuple(self.sheets // count + (nth < self.sheets % count) for nth in range(count))


def straddle_jobs(plan: Plan, count: int) -> list[StraddleJob]:
    """`count` documents; the first ROUND hold every class and condition.

    All else is dealt over the documents in the order of their class, so that each class gets its share of everything.
    """
    cards = deal(_ROUND, count, plan.rng("straddle/cards", 0))
    by_class = sorted(range(count), key=lambda index: cards[index])
    rng = plan.rng("straddle/decks", 0)
    bands = deal(_QUICK_BANDS if plan.quick else _FULL_BANDS, count, rng)
    signing, presets = deal((True, False), count, rng), deal(("clean", "normal", "normal", "hard"), count, rng)
    dpis = deal((150,) if plan.quick else (150, 200, 200, 300), count, rng)
    jobs = []
    for nth, index in enumerate(by_class):
        kind, condition = cards[index]
        sheets = _sheets(kind, condition, bands[nth], rng)
        dpi = min(dpis[nth], 300 if sheets <= _FEW else 200 if sheets <= _MANY else 150)  # memory: pages are kept
        seed = int(plan.rng("straddle", index).integers(1 << 62))
        jobs.append(StraddleJob(index, seed, kind, condition, sheets, signing[nth], dpi, presets[nth], plan.pictures))
    return sorted(jobs, key=lambda job: job.index)


def _sheets(kind: str, condition: str, band: tuple[int, int], rng: np.random.Generator) -> int:
    """Sheets of a document, from its band where its class leaves the choice."""
    if kind == OUT_WIDE:
        band = (4, 9)
    if kind == OUT_NARROW:
        band = (13, 14) if band[1] < BANDS[2][0] else (15, 24)
    fewest = max(_FEWEST.get(kind, 2), _FEWEST.get(condition, 2))
    return max(fewest, int(rng.integers(band[0], band[1] + 1)))
