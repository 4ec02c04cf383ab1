"""Rows torn apart or closed up: what the second reading has more or less there is what was put in or left out.

That the row moved, beside print that looks as ever, is what the image says; the reading of the place says the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.inspection.compare_alone import PLAIN
from pipeline.inspection.compare_reread import Answer, Edit, edits
from pipeline.inspection.compare_scene import Scene
from pipeline.inspection.compare_suspects import Suspect
from pipeline.inspection.compare_text import fold, gist, text_of
from pipeline.model import ReadText

HELD = 2  # characters that must read as printed on either side of what was put in or left out

Answers = list[tuple[Answer, ReadText]]


def torn_answers(
    scene: Scene, suspects: Sequence[Suspect], answers: Sequence[tuple[Answer, ReadText]], again: Sequence[ReadText]
) -> tuple[list[Suspect], Answers]:
    """Torn rows narrowed to what was put in or left out, where the strips read `again` tell it in so many words.

    `again` belongs to the first of the suspects; those after them are single characters.
    """
    found, said = list(suspects), list(answers)
    for number, (suspect, text) in enumerate(zip(suspects, again, strict=False)):
        if suspect.read or not suspect.strained or not stands(scene, suspect):
            continue
        edit = edit_of(suspect.window.wanted, text)
        if edit is not None:
            first = suspect.lo - len(suspect.window.head)
            found[number] = replace(suspect, lo=first + edit.lo, hi=first + edit.hi)
            said[number] = ("found", ReadText(edit.words, text.confidence))
    return found, said


def edit_of(wanted: str, text: ReadText) -> Edit | None:
    """The one place where a sure reading has characters more or less than `wanted`; None for anything else.

    A character at either end may be cut; punctuation alone is dust's.
    """
    found = edits(wanted, fold(text.text))
    if text.confidence < PLAIN or len(found) != 1 or (found[0].lo < found[0].hi and found[0].words):
        return None
    lo, hi, words = found[0]
    if lo < HELD or hi > len(wanted) - HELD:
        return None
    return found[0] if gist(wanted[lo:hi] + words) else None


def stands(scene: Scene, suspect: Suspect) -> bool:
    """Whether the text of a suspect's window stands in the form without a blank in it."""
    first, wanted = suspect.lo - len(suspect.window.head), suspect.window.wanted
    return bool(wanted) and first >= 0 and text_of(scene.aligned.expected[first : first + len(wanted)]) == wanted
