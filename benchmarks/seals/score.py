"""What the product says of a page laid beside what is on it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from benchmarks.measure import Miss
from benchmarks.pictures import Box
from benchmarks.seals.jobs import PageJob
from benchmarks.seals.paper import SealPage, TrueSeal, area
from pipeline.model import Seal

MATCH = 0.5  # intersection over union from which a told seal is the true one
SURE_TEXT, OTHER_TEXT, SAME_TEXT = 0.9, 60.0, 85.0
SURE_SEAL = 0.6  # from here the product's rules take a seal for certain
BESIDE, NOTHING = "a true seal, badly placed", "print or bare paper"


@dataclass(frozen=True)
class SealCase:
    """A true seal and the told one that matches it."""

    true: TrueSeal
    told: Seal | None

    @property
    def found(self) -> bool:
        """Whether the product told of it."""
        return self.told is not None

    @property
    def likeness(self) -> float:
        """Of the ring texts, 0..100."""
        return fuzz.ratio(plain(self.true.spec.text), plain(self.told.text)) if self.told else 0.0

    @property
    def accuracy(self) -> float:
        """1 - character error rate of the ring text, at least 0."""
        truth, told = plain(self.true.spec.text), plain(self.told.text if self.told else "")
        return max(0.0, 1 - Levenshtein.distance(truth, told) / len(truth))

    @property
    def exact(self) -> bool:
        """Whether the ring text was read without an error."""
        return self.told is not None and plain(self.told.text) == plain(self.true.spec.text)

    @property
    def misread(self) -> bool:
        """A confident ring text that is another name."""
        return self.told is not None and self.told.text_confidence >= SURE_TEXT and self.likeness < OTHER_TEXT

    @property
    def other_kind(self) -> bool:
        """Told as a definite kind that it is not."""
        return self.told is not None and self.told.kind not in ("unknown", self.true.spec.kind)

    @property
    def off_mm(self) -> float:
        """Between the middles of the boxes."""
        if self.told is None:
            return float("nan")
        one, other = self.told.box, self.true.box
        dx, dy = one[0] + one[2] - other[0] - other[2], one[1] + one[3] - other[1] - other[3]
        return float((dx * dx + dy * dy) ** 0.5 / 2 * 25.4 / 72)


@dataclass(frozen=True)
class FalseSeal:
    """A told seal that is none; `on` = what is printed or drawn there."""

    on: str
    told: Seal


@dataclass(frozen=True)
class PageResult:
    """What became of a page: `things` = look-alikes on it, `crash` = what the product raised."""

    job: PageJob
    cases: tuple[SealCase, ...]
    false: tuple[FalseSeal, ...]
    things: tuple[str, ...]
    crash: str = ""
    misses: tuple[Miss, ...] = ()


def plain(text: str) -> str:
    """Full and half width alike, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes."""
    shared = _shared(one, other)
    return shared / (area(one) + area(other) - shared) if shared else 0.0


def match(page: SealPage, told: Sequence[Seal]) -> tuple[tuple[SealCase, ...], tuple[FalseSeal, ...]]:
    """Every true seal with the told one that covers it best, and the told ones left over."""
    pairs = sorted(
        (
            (overlap(true.box, seal.box), nth, place)
            for nth, true in enumerate(page.seals)
            for place, seal in enumerate(told)
        ),
        reverse=True,
    )
    found: dict[int, int] = {}
    for score, nth, place in pairs:
        if score > MATCH and nth not in found and place not in found.values():
            found[nth] = place
    cases = tuple(SealCase(true, told[found[nth]] if nth in found else None) for nth, true in enumerate(page.seals))
    false = tuple(
        FalseSeal(_under(page, seal.box), seal) for place, seal in enumerate(told) if place not in found.values()
    )
    return cases, false


def _under(page: SealPage, box: Box) -> str:
    """What lies under most of a box."""
    named = [(thing.kind, thing.box) for thing in page.things] + [(BESIDE, seal.box) for seal in page.seals]
    shares = [(_shared(box, other) / max(1e-6, area(box)), name) for name, other in named]
    share, name = max(shares, default=(0.0, NOTHING))
    return name if share > 0.3 else NOTHING


def _shared(one: Box, other: Box) -> float:
    return area((max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])))
