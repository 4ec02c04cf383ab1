"""Rows torn apart or closed up: what the second reading has more or less there is what was put in or left out.

That the row moved, beside print that looks as ever, is what the image says; the reading of the place says the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from pipeline.inspection.compare_alone import PLAIN
from pipeline.inspection.compare_reread import Answer, Window
from pipeline.inspection.compare_scene import Scene
from pipeline.inspection.compare_suspects import Suspect
from pipeline.inspection.compare_text import fold, gist, text_of
from pipeline.model import ReadText

HELD = 2  # characters that must read as printed on either side of what was put in or left out

Answers = list[tuple[Answer, ReadText]]


class Edit(NamedTuple):
    """`lo:hi` of a window's text as printed reads `words`."""

    lo: int
    hi: int
    words: str


def torn_answers(
    scene: Scene, suspects: Sequence[Suspect], answers: Sequence[tuple[Answer, ReadText]], again: Sequence[ReadText]
) -> tuple[list[Suspect], Answers]:
    """Torn rows narrowed to what was put in or left out, where the strips read `again` tell it in so many words.

    `again` belongs to the first of the suspects; those after them are single characters.
    """
    found, said = list(suspects), list(answers)
    for number, (suspect, text) in enumerate(zip(suspects, again, strict=False)):
        first, wanted = suspect.lo - len(suspect.window.head), _wanted(suspect.window)
        if suspect.read or not suspect.strained or not _stands(scene, first, wanted):
            continue
        edit = edit_of(wanted, text)
        if edit is not None:
            found[number] = replace(suspect, lo=first + edit.lo, hi=first + edit.hi)
            said[number] = ("found", ReadText(edit.words, text.confidence))
    return found, said


def edit_of(wanted: str, text: ReadText) -> Edit | None:
    """The one place where a sure reading has characters more or less than `wanted`; None for anything else.

    A character at either end may be cut; punctuation alone is dust's.
    """
    said = fold(text.text)
    codes = [code for code in Levenshtein.opcodes(wanted, said) if code.tag != "equal"]
    inner = [
        code
        for code in codes
        if not (code.src_end <= 1 and code.dest_end <= 1)
        and not (code.src_start >= len(wanted) - 1 and code.dest_start >= len(said) - 1)
    ]
    if text.confidence < PLAIN or len(inner) != 1 or inner[0].tag == "replace":
        return None
    code = inner[0]
    if code.src_start < HELD or code.src_end > len(wanted) - HELD:
        return None
    words = said[code.dest_start : code.dest_end]
    return Edit(code.src_start, code.src_end, words) if gist(wanted[code.src_start : code.src_end] + words) else None


def _wanted(window: Window) -> str:
    return window.head + window.expected + window.tail


def _stands(scene: Scene, first: int, wanted: str) -> bool:
    """Whether the text of a window stands in the form without a blank in it."""
    return bool(wanted) and first >= 0 and text_of(scene.aligned.expected[first : first + len(wanted)]) == wanted
