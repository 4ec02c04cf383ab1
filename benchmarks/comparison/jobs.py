"""Which papers are made: classes of tampering and layouts of honest papers, spread evenly over scan conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from benchmarks.plan import Plan
from tests.simulator.forms_short import SHORTS
from tests.simulator.paper import Mode

L = TypeVar("L")

CHARACTERS = (
    "nearest glyph",
    "known look-alike",
    "digit",
    "number word",
    "negation out",
    "negation in",
    "punctuation",
)
WORDS = ("sentence in", "sentence out", "clause in", "clause out", "party replaced", "court or arbitration replaced")
PAGES = ("page missing", "page doubled", "pages swapped", "page foreign", "page of another edition")
INK = (
    "words struck out by pen",
    "handwriting in the margin",
    "handwriting between lines",
    "correction fluid, retyped",
    "term in a blank",
)
COPIES = ("re-flowed copy, one character", "other-font copy, one character")
LIES = ("text layer lies: figure", "text layer lies: words", "text layer lies: look-alike")
LAYERS = (*LIES, "changed under the true text layer")
TAMPERED = (*CHARACTERS, *WORDS, *PAGES, *INK, *COPIES, *LAYERS)
# Twins of which a quick run makes one; the other with the next seed.
TURNS = (
    ("sentence in", "sentence out"),
    ("clause in", "clause out"),
    ("page missing", "page doubled"),
    ("pages swapped", "page foreign"),
    ("handwriting in the margin", "handwriting between lines"),
    LIES[:2],
)

ORIGINAL, SEARCHABLE = "original layout", "original with true text layer"
REFLOWED, OTHER_FONT = "re-flowed copy", "other-font copy"
HONEST = (ORIGINAL, SEARCHABLE, REFLOWED, OTHER_FONT)
SHIPPED = "service_agreement"  # the 8-page form of the product itself

PRESETS = ("clean", "normal", "hard")
RESOLUTIONS = (150, 200, 300)
MODES: tuple[Mode, ...] = ("colour", "grey", "colour", "1-bit")  # colour is what senders are asked for
_ONLY_SHORT = (*COPIES, "page of another edition", REFLOWED, OTHER_FONT)
_SHARE = 10  # every so manieth paper is the shipped form


@dataclass(frozen=True)
class Condition:
    """How a paper is scanned; `over` = a seal pressed over printed words."""

    preset: str
    dpi: int
    mode: Mode
    over: bool

    def __str__(self) -> str:
        return f"{self.preset} {self.dpi} dpi {self.mode}{', seal over text' if self.over else ''}"


@dataclass(frozen=True)
class Job:
    """One paper; `kind` is a class of TAMPERED or a layout of HONEST."""

    plan: Plan
    index: int
    kind: str
    form: str
    condition: Condition

    @property
    def honest(self) -> bool:
        """Whether nothing was changed."""
        return self.kind in HONEST

    @property
    def name(self) -> str:
        """Short and fit for a file name."""
        return f"{self.index:04d}-{self.kind.replace(' ', '-').replace(',', '').replace(':', '')}-{self.form}"


def classes(plan: Plan) -> list[str]:
    """The classes of a run."""
    left_out = {pair[plan.seed % 2] for pair in TURNS} if plan.quick else set()
    return [kind for kind in TAMPERED if kind not in left_out]


def tampered_jobs(plan: Plan) -> list[Job]:
    """The classes; the single characters, which conditions matter to most, more often."""
    often, others = plan.size(1, 24), plan.size(1, 9)
    return _spread(plan, 0, [kind for kind in classes(plan) for _ in range(often if kind in CHARACTERS else others)])


def honest_jobs(plan: Plan) -> list[Job]:
    """Mostly the original layout, of which a full run reads 1,500 pages."""
    sample = plan.honest
    sizes = {ORIGINAL: sample.size(5, 580), **dict.fromkeys((REFLOWED, OTHER_FONT), sample.size(1, 30))}
    sizes[SEARCHABLE] = sample.size(1, 30)
    return _spread(plan, 100_000, [kind for kind in HONEST for _ in range(sizes[kind])])


def _spread(plan: Plan, first: int, kinds: Sequence[str]) -> list[Job]:
    """Levels of every factor in shuffled blocks: any run of neighbours, so any class, sees them equally often."""
    rng = plan.rng("comparison plan", first)
    presets, resolutions, modes = _cycle(PRESETS, rng), _cycle(RESOLUTIONS, rng), _cycle(MODES, rng)
    over, forms = _cycle((False, True), rng), _cycle(tuple(SHORTS), rng)
    jobs = []
    for number, kind in enumerate(kinds):
        condition = Condition(next(presets), next(resolutions), next(modes), next(over))
        form = next(forms)
        if not plan.quick and number % _SHARE == _SHARE - 1 and kind not in _ONLY_SHORT:
            form = SHIPPED
        jobs.append(Job(plan, first + number, kind, form, condition))
    return jobs


def _cycle(levels: Sequence[L], rng: np.random.Generator) -> Iterator[L]:
    while True:
        for at in rng.permutation(len(levels)):
            yield levels[int(at)]
