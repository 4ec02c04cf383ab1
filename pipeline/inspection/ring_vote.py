"""One name out of several readings of the same line: character by character, what the surest of them say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel, Levenshtein

from pipeline.model import ReadText

_LEAST = 0.3  # confidence below which a reading has no vote
_SHARP = 2.0  # exponent of a character's certainty in its vote
_STRAY = re.compile(r"[\s★☆*·.,，。、:：;；'\"“”_~-]+")
_WIDE = str.maketrans("()[]【】", "（）（）（）")


@dataclass(frozen=True)
class _Reading:
    """Characters of a name with the certainty of each."""

    text: str
    certainties: tuple[float, ...]

    @property
    def weight(self) -> float:
        return float((sum(self.certainties) / len(self.certainties)) ** _SHARP)


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
    text = "".join(said for said, _ in slots)
    certainties = tuple(certainty for said, certainty in slots for _ in said)
    settled = [*certainties, *(certainty for said, certainty in slots if not said)]
    return ReadText(text, sum(settled) / len(settled) if text else 0.0, certainties)


def cleaned(text: str) -> str:
    """A reading without what is no part of a name: stars, stray marks, blanks; brackets full width."""
    return _kept(ReadText(text, 1.0)).text


def _kept(read: ReadText) -> _Reading:
    certainties = read.certainties or (read.confidence,) * len(read.text)
    pairs = [(c, p) for c, p in zip(read.text.translate(_WIDE), certainties, strict=True) if not _STRAY.match(c)]
    while pairs and not re.match(r"[\w（]", pairs[0][0]):
        pairs.pop(0)
    while pairs and not re.match(r"[\w）]", pairs[-1][0]):
        pairs.pop()
    return _Reading("".join(char for char, _ in pairs), tuple(certainty for _, certainty in pairs))


def _alike(one: _Reading, other: _Reading) -> float:
    return Indel.normalized_similarity(one.text, other.text)


def _chosen(pivot: str, readings: Sequence[_Reading]) -> list[tuple[str, float]]:
    """The winner at every character of the pivot and between them, and how sure it is; empty where silence wins."""
    slots: list[dict[str, list[float]]] = [{} for _ in range(2 * len(pivot) + 1)]  # even: between characters
    silent = [0.0] * len(slots)
    for reading in readings:
        said = _aligned(pivot, reading)
        for at, slot in enumerate(slots):
            if at in said:
                words, certainty = said[at]
                slot.setdefault(words, []).append(certainty)
            else:
                silent[at] += reading.weight
    found = []
    for slot, unsaid in zip(slots, silent, strict=True):
        votes = {words: sum(c**_SHARP for c in certainties) for words, certainties in slot.items()}
        words = max(votes, key=lambda each: votes[each], default="")
        said = sum(votes.values())
        if said > unsaid:
            found.append((words, sum(slot[words]) / len(readings)))
        elif said:
            found += [("", unsaid / (said + unsaid))] * len(words)
    return found


def _aligned(pivot: str, reading: _Reading) -> dict[int, tuple[str, float]]:
    """What a reading says at the slots of the pivot, and how surely; nothing where it skips a character."""
    found: dict[int, tuple[str, float]] = {}
    for op in Levenshtein.opcodes(pivot, reading.text):
        said, sure = reading.text[op.dest_start : op.dest_end], reading.certainties[op.dest_start : op.dest_end]
        if op.tag == "insert":
            found[2 * op.src_start] = said, sum(sure) / len(sure)
        elif op.tag != "delete":
            pairs = enumerate(zip(said, sure, strict=True))
            found |= {2 * (op.src_start + step) + 1: pair for step, pair in pairs}
    return found
