"""Does the picture say what the text layer claims?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from pipeline.model import Box, Line, Word
from pipeline.read.frame import stands, union
from pipeline.read.telling import Edit, edits, fold

SURE = 0.9  # confidence of a reading that may contradict
KNOWN = 0.99  # of text that was verified, not read
WHOLE_LINE = 0.5  # share of a line's characters that differ when it says something else
LEAST_CHARS = 4
NOISE = 0.15  # median share of differing characters up to which the layer is a good reading of this page
FAITHFUL = 0.015  # share of differing characters, a lie's among them, up to which a layer reads the page well
PAGE_SHARE = 0.35  # share of differing characters from which the layer as a whole says something else
AROUND = 3  # characters beyond the neighbours of a small difference that are looked at again with it
SHOWN = 12  # characters on either side of it that are told


@dataclass(frozen=True)
class Disagreement:
    """What the layer claims and the picture does not show; `box` is its place, `edit` = a small one within a line.

    `again` is the place to look at a second time; None where what the picture says is known.
    """

    box: Box
    layer: str
    picture: str
    edit: Edit | None = None
    again: Box | None = None


@dataclass(frozen=True)
class Claim:
    """A line of the layer and the characters that the picture has at its place; `wrong` of its `count` are not read so.

    `share` is that of all characters there, those which the layer lacks among them.
    """

    line: Line
    box: Box
    seen: Sequence[Word]
    count: int
    wrong: int
    share: float

    @property
    def text(self) -> str:
        """What is read there."""
        return "".join(word.text for word in self.seen)


@dataclass(frozen=True)
class Compared:
    """A layer beside what is read on its page."""

    claims: Sequence[Claim]

    @property
    def wrong(self) -> float:
        """Share of all the layer's characters that are not read so."""
        return sum(claim.wrong for claim in self.claims) / max(sum(claim.count for claim in self.claims), 1)

    @property
    def good(self) -> bool:
        """Whether the layer is a reading of this page at all."""
        return bool(self.claims) and float(np.median([claim.share for claim in self.claims])) <= NOISE

    @property
    def faithful(self) -> bool:
        """Whether it reads nearly everything rightly."""
        return self.wrong <= FAITHFUL

    @property
    def foreign(self) -> bool:
        """Whether it says something else altogether."""
        return self.wrong > PAGE_SHARE


def compared(layer: Sequence[Line], picture: Sequence[Line]) -> Compared:
    """Each line of the layer with what the picture has in its box; lines that stand upright are left out."""
    words = [word for line in picture for word in _split(line)]
    centres = np.array([[(w.box[0] + w.box[2]) / 2, (w.box[1] + w.box[3]) / 2] for w in words]).reshape(-1, 2)
    claims = []
    for line in layer:
        claimed = fold(line.text)
        if line.box is None or stands(line.box) or not claimed:
            continue
        seen = _words_in(line.box, words, centres)
        shown = fold("".join(word.text for word in seen))
        distance, count = Levenshtein.distance(claimed, shown), len(claimed)
        claims.append(Claim(line, line.box, seen, count, min(distance, count), distance / max(count, len(shown))))
    return Compared(claims)


def disagreements(page: Compared, *, certain: bool = False) -> tuple[Disagreement, ...]:
    """Lines that say something else, and small differences that tell, beyond what reading errors explain.

    `certain` = the picture's text is known, not read. A layer that reads the whole page badly is believed to be a poor
    reading, unless it says something else altogether.
    """
    tells = partial(edits, known=certain, faithful=page.faithful)
    found = [each for claim in page.claims for each in _differences(claim, tells, certain=certain)]
    if page.foreign:
        return tuple(each for each in found if each.edit is None)
    return tuple(found) if page.good else ()


def contradicts(layer: str, picture: str, confidence: float) -> bool:
    """True when a sure reading of the same place differs in most characters, or in one that tells."""
    if says_else(layer, picture):
        return confidence >= SURE or not fold(picture)
    return confidence >= SURE and bool(edits(layer, picture))


def says_else(layer: str, picture: str, share: float = WHOLE_LINE) -> bool:
    """Whether more than that share of the characters differ, by default most."""
    claimed, shown = fold(layer), fold(picture)
    longest = max(len(claimed), len(shown))
    return len(claimed) >= LEAST_CHARS and Levenshtein.distance(claimed, shown) > share * longest


def _differences(claim: Claim, tells: Callable[[str, str], tuple[Edit, ...]], *, certain: bool) -> list[Disagreement]:
    line, seen, text = claim.line, claim.seen, claim.text
    if says_else(line.text, text):
        confidence = min((word.confidence for word in seen), default=1.0)
        return [Disagreement(claim.box, line.text, text)] if confidence >= SURE or not fold(text) else []
    if not text:
        return []
    return [_small(line, seen, edit, certain=certain) for edit in tells(line.text, text)]


def _small(line: Line, seen: Sequence[Word], edit: Edit, *, certain: bool) -> Disagreement:
    """A small difference at its own place; the picture's characters tell where that is."""
    own = seen[max(edit.start - 1, 0) : edit.stop + 1] if edit.start == edit.stop else seen[edit.start : edit.stop]
    wide = seen[max(edit.first - AROUND, 0) : edit.last + AROUND]
    shown = "".join(word.text for word in seen)
    known = certain and min(word.confidence for word in wide) >= KNOWN
    return Disagreement(
        union([word.box for word in own]),
        excerpt(line.text, edit.lo, edit.hi),
        excerpt(shown, edit.start, edit.stop),
        edit,
        None if known else union([word.box for word in wide]),
    )


def excerpt(text: str, lo: int, hi: int) -> str:
    """A place in a text with what stands around it."""
    before, after = max(lo - SHOWN, 0), hi + SHOWN
    return ("…" if before else "") + text[before:after] + ("…" if after < len(text) else "")


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
