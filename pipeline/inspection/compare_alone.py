"""Odd-looking characters read without their neighbours: there the recogniser has no sentence to guess from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pipeline.inspection.compare_reread import LEAST_CONFIDENCE
from pipeline.inspection.compare_scene import Scene, is_odd, is_surely_odd
from pipeline.inspection.compare_text import fold, is_hanzi
from pipeline.inspection.compare_window import lone_strips
from pipeline.model import ReadText, TextReader

LESS = 0.045  # confidence below the print's own; of 151 odd unchanged hanzi 149 kept within, of 178 look-alikes 7
TAKES = 0.05  # missing ink: those seven took at least 0.07 of it away, dust only adds
FIGURES = frozenset("0123456789")
PLAIN = 0.9  # confidence from which a character alone was read without doubt; figures have no strokes to spare

Lone = Literal["same", "other", "unsure"]


@dataclass(frozen=True)
class Alone:
    """What characters that look odd say by themselves; `said` = of the first that reads otherwise, the one at `at`."""

    cleared: bool
    said: ReadText | None = None
    at: int = -1


def read_alone(scene: Scene, groups: Iterable[Iterable[int]], reader: TextReader) -> list[Alone]:
    """One answer per group of characters of the reference, by the odd ones among them."""
    odd = [[at for at in group if is_odd(scene, at)] for group in groups]
    asked = [at for group in odd for at in group if _is_asked(scene, at)]
    strips = [strip for at in asked for strip in lone_strips(scene, [at])]
    texts = reader.read_strips(strips) if strips else ()
    seen = dict(zip(asked, zip(texts[::2], texts[1::2], strict=True), strict=True))
    return [_of_group(scene, group, seen) for group in odd]


def _is_asked(scene: Scene, at: int) -> bool:
    """Hanzi, and figures of which print is missing: dust makes a 1 a 7 for all, but it only adds."""
    char = scene.aligned.expected[at].char
    return is_hanzi(char) or (char in FIGURES and is_surely_odd(scene, at) and scene.sheet.glyphs[at].missing > TAKES)


def _of_group(scene: Scene, group: list[int], seen: dict[int, tuple[ReadText, ReadText]]) -> Alone:
    lone = {at: _verdict(scene.aligned.expected[at].char, *seen[at]) for at in group if at in seen}
    other = next((at for at, verdict in lone.items() if verdict == "other" and is_surely_odd(scene, at)), None)
    cleared = all(
        lone[at] == "same" and (not is_surely_odd(scene, at) or scene.sheet.glyphs[at].missing < TAKES)
        if at in lone
        else not is_surely_odd(scene, at)
        for at in group
    )
    return Alone(cleared) if other is None else Alone(cleared, seen[other][0], other)


def _verdict(char: str, scanned: ReadText, printed: ReadText) -> Lone:
    """It counts only where the form's own character, as blurred as the scan, is read rightly alone."""
    if fold(printed.text) != char:
        return "unsure"
    said = fold(scanned.text)
    if said == char:
        return "same" if scanned.confidence >= printed.confidence - LESS else "unsure"
    if char in FIGURES:
        plain = min(scanned.confidence, printed.confidence) >= PLAIN
        return "other" if plain and len(said) == 1 and said in FIGURES else "unsure"
    # Blurred and sealed, a character falls apart into “iT” and the like; one put there for it is a character, too.
    return "other" if len(said) == 1 and is_hanzi(said) and scanned.confidence >= LEAST_CONFIDENCE else "unsure"
