"""Two texts side by side, with the characters in which they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Levenshtein

_ALIKE = 0.4  # below this two texts are simply different, and marking single letters only confuses
_LONG = 72  # an equal stretch longer than this is folded
_KEEP = 28
_LIMIT = 4000  # characters compared; the rest is shown unmarked


@dataclass(frozen=True)
class Run:
    """A stretch of text; `gap` stands for equal text left out."""

    text: str
    kind: Literal["same", "changed", "gap"] = "same"


@dataclass(frozen=True)
class Contrast:
    """What was expected and what was found, in runs; empty when one side says nothing."""

    expected: tuple[Run, ...]
    found: tuple[Run, ...]


def contrast(expected: str | None, found: str | None) -> Contrast | None:
    """None when neither side has anything to say."""
    left, right = expected or "", found or ""
    if not left and not right:
        return None
    if not left or not right or Levenshtein.normalized_similarity(left[:_LIMIT], right[:_LIMIT]) < _ALIKE:
        return Contrast(_plain(left), _plain(right))
    here: list[Run] = []
    there: list[Run] = []
    for step in Levenshtein.opcodes(left[:_LIMIT], right[:_LIMIT]):
        kind: Literal["same", "changed"] = "same" if step.tag == "equal" else "changed"
        here += _run(left[step.src_start : step.src_end], kind)
        there += _run(right[step.dest_start : step.dest_end], kind)
    return Contrast((*here, *_plain(left[_LIMIT:])), (*there, *_plain(right[_LIMIT:])))


def _plain(text: str) -> tuple[Run, ...]:
    return (Run(text),) if text else ()


def _run(text: str, kind: Literal["same", "changed"]) -> list[Run]:
    if not text:
        return []
    if kind == "same" and len(text) > _LONG:
        return [Run(text[:_KEEP]), Run(text[_KEEP:-_KEEP], "gap"), Run(text[-_KEEP:])]
    return [Run(text, kind)]
