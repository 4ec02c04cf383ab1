"""The second look of the recogniser: a window cut at known places, free of seal ink, without the detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein

from pipeline.inspection.compare_text import fold, gist
from pipeline.model import Pixels, ReadText, TextReader

Answer = Literal["expected", "found", "other", "nothing"]
LEAST_CONFIDENCE = 0.6


@dataclass(frozen=True)
class Window:
    """A strip to read again, what the form says there and what the first reading said (all folded).

    `head` and `tail` are the neighbours on either side, the same in both; `printed` = the strip as the form would look
    in this scan.
    """

    strip: Pixels
    expected: str
    found: str
    weak: bool = False
    head: str = ""
    tail: str = ""
    printed: Pixels | None = None

    @property
    def wanted(self) -> str:
        """All that the strip shows if nothing was changed."""
        return self.head + self.expected + self.tail


class Edit(NamedTuple):
    """`lo:hi` of a window's text as printed reads `words`."""

    lo: int
    hi: int
    words: str


def edits(wanted: str, said: str) -> list[Edit]:
    """Where a reading has it otherwise; a character at either end may be cut by the strip."""
    return [
        Edit(code.src_start, code.src_end, said[code.dest_start : code.dest_end])
        for code in Levenshtein.opcodes(wanted, said)
        if code.tag != "equal"
        and not (code.src_end <= 1 and code.dest_end <= 1)
        and not (code.src_start >= len(wanted) - 1 and code.dest_start >= len(said) - 1)
    ]


def middle(window: Window, said: str) -> str:
    """What a reading of the strip has between the neighbours; all of it where it read a single character alone."""
    wanted, told = window.wanted, fold(said)
    if 2 * len(told) < len(wanted):
        return said
    start = at = len(window.head)
    stop, text = start + len(window.expected), ""
    for edit in edits(wanted, told):
        if edit.hi < start or stop < edit.lo:
            continue
        text += wanted[at : edit.lo] + edit.words
        at = max(at, edit.hi)
    return text + wanted[at:stop]


def strip_of(dark: Pixels, x0: float, top: float, x1: float, bottom: float) -> Pixels:
    """Dark map cut with a little paper around it, as an RGB picture that a recogniser takes; px, may be empty."""
    height = bottom - top
    pad = 0.18 * height
    rows = slice(max(round(top - pad), 0), max(round(bottom + pad), 0))
    columns = slice(max(round(x0 - pad), 0), max(round(x1 + pad), 0))
    light = 255 - dark[rows, columns]
    return np.ascontiguousarray(np.repeat(light[:, :, None], 3, axis=2))


def read_again(reader: TextReader, windows: Sequence[Window]) -> list[tuple[Answer, ReadText]]:
    """What each strip says now, and whose side that is on."""
    texts = reader.read_strips([window.strip for window in windows]) if windows else ()
    return [(_side(window, text), text) for window, text in zip(windows, texts, strict=True)]


def _side(window: Window, text: ReadText) -> Answer:
    said = _reduced(text.text, window.weak)
    if not said or text.confidence < LEAST_CONFIDENCE:
        return "nothing"
    head, tail = _reduced(window.head, window.weak), _reduced(window.tail, window.weak)
    expected = _distance(head, _reduced(window.expected, window.weak), tail, said)
    found = _distance(head, _reduced(window.found, window.weak), tail, said)
    if expected == 0 or expected < found:
        return "expected"
    return "found" if found < expected else "other"


def _reduced(text: str, weak: bool) -> str:
    return fold(text) if weak else gist(fold(text))


def _distance(head: str, core: str, tail: str, said: str) -> int:
    """Edits from one to the other; one character at either end is forgiven: a neighbour's, cut by the strip.

    Whatever is cut there may be lost, added or misread, as of 99 read for the 9 at the strip's end.
    """
    wanted = head + core + tail
    starts, stops = (0, 1) if head else (0,), (None, -1) if tail else (None,)
    ends = [slice(start, stop) for start in starts for stop in stops]
    return min(Levenshtein.distance(wanted[own], said[other]) for own in ends for other in ends)
