"""One name out of several readings of the same line: character by character, what the surest of them say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median

from rapidfuzz.distance import Indel, Levenshtein

from pipeline.model import ReadText

_LEAST = 0.3  # confidence below which a reading has no vote
_SHARP = 2.0  # exponent of a character's certainty in its vote
_HOLE = 0.65  # pitches within which a reading that is silent about a character must have another one
_STRAY = re.compile(r"[\s★☆*·.,，。、:：;；'\"“”_~-]+")
_WIDE = str.maketrans("()[]【】", "（）（）（）")


@dataclass(frozen=True)
class _Reading:
    """Characters of a name with the certainty of each, and where it stands along the picture if that is known."""

    text: str
    certainties: tuple[float, ...]
    places: tuple[float, ...] = ()

    @property
    def certainty(self) -> float:
        """Mean over its characters."""
        return sum(self.certainties) / len(self.certainties)

    @property
    def weight(self) -> float:
        """Of its silence."""
        return float(self.certainty**_SHARP)

    def part(self, first: int, last: int) -> _Reading:
        """Some of its characters."""
        return _Reading(self.text[first:last], self.certainties[first:last], self.places[first:last])

    def skips(self, place: float | None) -> bool:
        """Whether it has a hole where a character may stand: it then was not read, and its silence says nothing."""
        if place is None or len(self.places) < 2 or not self.places[0] < place < self.places[-1]:
            return False
        pitch = median(after - before for before, after in pairwise(self.places))
        return min(abs(one - place) for one in self.places) > _HOLE * pitch


def voted(readings: Sequence[ReadText]) -> ReadText:
    """The name that the readings make out together.

    The certainty of a character is what those that have it are sure of, spread over all readings: what one of three
    reads alone counts a third. The confidence is the mean, in which what was voted down counts as well.
    """
    known = [kept for one in readings if one.confidence >= _LEAST and (kept := _kept(one)).text]
    if not known:
        return ReadText("", 0.0)
    pivot = max(known, key=lambda one: sum(other.weight * _alike(one, other) for other in known)).text
    slots = _chosen(pivot, known)
    said = [one for one in slots if one.said]
    text = "".join(one.said for one in said)
    settled = [one.certainty for one in slots]
    places = tuple(one.place for one in said if one.place is not None)
    return ReadText(
        text,
        sum(settled) / len(settled) if text else 0.0,
        tuple(one.certainty for one in said),
        places if len(places) == len(text) else (),
    )


def widest_step(read: ReadText) -> float:
    """Pitches of a name between the two neighbours that stand farthest apart; 1 where that is not known."""
    steps = sorted(after - before for before, after in pairwise(read.places))
    return steps[-1] / max(fmean(steps[:-1]), 1e-6) if len(steps) > 1 else 1.0


def cleaned(text: str) -> str:
    """A reading without what is no part of a name: stars, stray marks, blanks; brackets full width."""
    return _kept(ReadText(text, 1.0)).text


def _kept(read: ReadText) -> _Reading:
    certainties = read.certainties or (read.confidence,) * len(read.text)
    places = read.places or (None,) * len(read.text)
    kept = [
        one for one in zip(read.text.translate(_WIDE), certainties, places, strict=True) if not _STRAY.match(one[0])
    ]
    while kept and not re.match(r"[\w（]", kept[0][0]):
        kept.pop(0)
    while kept and not re.match(r"[\w）]", kept[-1][0]):
        kept.pop()
    return _Reading(
        "".join(char for char, _, _ in kept),
        tuple(certainty for _, certainty, _ in kept),
        tuple(place for _, _, place in kept if place is not None),
    )


def _alike(one: _Reading, other: _Reading) -> float:
    return Indel.normalized_similarity(one.text, other.text)


@dataclass(frozen=True)
class _Slot:
    """One character as it was voted, or nothing."""

    said: str
    certainty: float
    place: float | None = None


def _chosen(pivot: str, readings: Sequence[_Reading]) -> list[_Slot]:
    """The winners at every character of the pivot and between them; empty ones where silence wins."""
    aligned = [_aligned(pivot, reading) for reading in readings]
    found: list[_Slot] = []
    for at in range(2 * len(pivot) + 1):  # even: between characters
        heard = [said[at] for said in aligned if at in said]
        if not heard:
            continue
        place = next((one.places[0] for one in heard if one.places), None)
        unsaid = sum(
            reading.weight
            for reading, said in zip(readings, aligned, strict=True)
            if at not in said and not reading.skips(place)
        )
        found += _settled(heard, unsaid, len(readings))
    return found


def _settled(heard: Sequence[_Reading], unsaid: float, count: int) -> list[_Slot]:
    """What wins at one slot against so much silence, of `count` readings."""
    votes: dict[str, float] = {}
    for one in heard:
        votes[one.text] = votes.get(one.text, 0.0) + one.certainty**_SHARP
    words = max(votes, key=lambda each: votes[each])
    said = sum(votes.values())
    if said <= unsaid:
        return [_Slot("", unsaid / (said + unsaid))] * len(words)
    of = [one for one in heard if one.text == words]
    places = next((one.places for one in of if one.places), (None,) * len(words))
    certainty = sum(one.certainty for one in of) / count
    return [_Slot(char, certainty, place) for char, place in zip(words, places, strict=True)]


def _aligned(pivot: str, reading: _Reading) -> dict[int, _Reading]:
    """What a reading says at the slots of the pivot; nothing where it skips a character."""
    found: dict[int, _Reading] = {}
    for op in Levenshtein.opcodes(pivot, reading.text):
        if op.tag == "insert":
            found[2 * op.src_start] = reading.part(op.dest_start, op.dest_end)
        elif op.tag != "delete":
            for step in range(op.src_end - op.src_start):
                here = op.dest_start + step
                found[2 * (op.src_start + step) + 1] = reading.part(here, here + 1)
    return found
