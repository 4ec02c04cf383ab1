"""Does the picture say what the text layer claims?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from pipeline.model import Box, Line, Word
from pipeline.read.frame import stands, union

CONFUSED = str.maketrans({"o": "0", "i": "1", "l": "1", "|": "1", "〇": "0", "○": "0", "一": "-", "丨": "1"})
NUMBER = re.compile(r"\d[\d.,]*")
SURE = 0.9  # confidence of a reading that may contradict
WHOLE_LINE = 0.5  # share of a line's characters that differ when it says something else
LEAST_CHARS = 4
NOISE = 0.15  # median share of differing characters up to which the layer is a good reading of this page
PAGE_SHARE = 0.35  # share of differing characters from which the layer as a whole says something else


@dataclass(frozen=True)
class Disagreement:
    """One line of the layer that the picture does not show."""

    box: Box
    layer: str
    picture: str


def disagreements(layer: Sequence[Line], picture: Sequence[Line]) -> tuple[Disagreement, ...]:
    """Lines that say something else, or another number, beyond what reading errors explain; () when they agree."""
    words = [word for line in picture for word in _split(line)]
    centres = np.array([[(w.box[0] + w.box[2]) / 2, (w.box[1] + w.box[3]) / 2] for w in words]).reshape(-1, 2)
    shares, different, total, wrong = [], [], 0, 0
    for line in layer:
        claimed = fold(line.text)
        if line.box is None or stands(line.box) or not claimed:
            continue
        seen = _words_in(line.box, words, centres)
        shown = fold("".join(word.text for word in seen))
        distance = Levenshtein.distance(claimed, shown)
        total, wrong = total + len(claimed), wrong + min(distance, len(claimed))
        shares.append(distance / max(len(claimed), len(shown)))
        confidence = min((word.confidence for word in seen), default=1.0)
        if contradicts(line.text, "".join(word.text for word in seen), confidence):
            different.append(Disagreement(line.box, line.text, " ".join(word.text for word in seen)))
    if total and wrong > PAGE_SHARE * total:
        return tuple(different)
    return tuple(different) if shares and float(np.median(shares)) <= NOISE else ()


def contradicts(layer: str, picture: str, confidence: float) -> bool:
    """True when a sure reading of the same place differs in most characters, or in a digit of the same number."""
    claimed, shown = fold(layer), fold(picture)
    if len(claimed) < LEAST_CHARS or claimed == shown:
        return False
    if Levenshtein.distance(claimed, shown) / max(len(claimed), len(shown)) > WHOLE_LINE:
        return confidence >= SURE or not shown
    return confidence >= SURE and _numbers_differ(layer, picture)


def fold(text: str) -> str:
    """Comparable characters only: width, case, spaces, punctuation and look-alikes do not count."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in plain if char.isalnum() or is_mark(char)).translate(CONFUSED)


def is_mark(char: str) -> bool:
    """Characters that change a number."""
    return char in "%-〇○|"


def _numbers_differ(layer: str, picture: str) -> bool:
    """Equally many numbers, and one of equal length has another digit."""
    claimed = [_digits(found) for found in NUMBER.findall(unicodedata.normalize("NFKC", layer))]
    shown = [_digits(found) for found in NUMBER.findall(unicodedata.normalize("NFKC", picture))]
    if len(claimed) != len(shown) or claimed == shown:
        return False
    return any(len(a) == len(b) and a != b for a, b in zip(claimed, shown, strict=True))


def _digits(number: str) -> str:
    return "".join(char for char in number if char.isdigit())


def _split(line: Line) -> Sequence[Word]:
    """Single characters with places spread over their word: a layer line may cover half a word of the picture."""
    words = line.words or ((Word(text=line.text, box=line.box, confidence=line.confidence),) if line.box else ())
    parts = []
    for word in words:
        x0, top, x1, bottom = word.box
        step = (x1 - x0) / max(len(word.text), 1)
        parts += [
            Word(text=char, box=(x0 + at * step, top, x0 + (at + 1) * step, bottom), confidence=line.confidence)
            for at, char in enumerate(word.text)
        ]
    return parts


def _words_in(box: Box, words: Sequence[Word], centres: NDArray[np.float64]) -> list[Word]:
    """Characters whose centre lies in the box, left to right."""
    if not len(centres):
        return []
    slack = 0.3 * (box[3] - box[1])
    inside = (centres[:, 0] >= box[0] - slack) & (centres[:, 0] <= box[2] + slack)
    inside &= (centres[:, 1] >= box[1] - slack / 2) & (centres[:, 1] <= box[3] + slack / 2)
    found = [words[int(at)] for at in np.flatnonzero(inside)]
    return sorted(found, key=lambda word: word.box[0])


def place(found: Sequence[Disagreement]) -> Box:
    """The box around all."""
    return union([each.box for each in found])
