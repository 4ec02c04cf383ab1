"""Odd-looking hanzi read without their neighbours: there the recogniser has no sentence to guess from."""

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

Lone = Literal["same", "other", "unsure"]


@dataclass(frozen=True)
class Alone:
    """What hanzi that look odd say by themselves; `said` = of the first that reads otherwise."""

    cleared: bool
    said: ReadText | None


def read_alone(scene: Scene, groups: Iterable[Iterable[int]], reader: TextReader) -> list[Alone]:
    """One answer per group of characters of the reference, by the odd ones among them."""
    odd = [[at for at in group if is_odd(scene, at)] for group in groups]
    hanzi = [at for group in odd for at in group if is_hanzi(scene.aligned.expected[at].char)]
    strips = [strip for at in hanzi for strip in lone_strips(scene, [at])]
    texts = reader.read_strips(strips) if strips else ()
    seen = dict(zip(hanzi, zip(texts[::2], texts[1::2], strict=True), strict=True))
    return [_of_group(scene, group, seen) for group in odd]


def _of_group(scene: Scene, group: list[int], seen: dict[int, tuple[ReadText, ReadText]]) -> Alone:
    lone = {at: _verdict(scene.aligned.expected[at].char, *seen[at]) for at in group if at in seen}
    others = [seen[at][0] for at, verdict in lone.items() if verdict == "other" and is_surely_odd(scene, at)]
    cleared = all(
        lone[at] == "same" and (not is_surely_odd(scene, at) or scene.sheet.glyphs[at].missing < TAKES)
        if at in lone
        else not is_surely_odd(scene, at)
        for at in group
    )
    return Alone(cleared, others[0] if others else None)


def _verdict(char: str, scanned: ReadText, printed: ReadText) -> Lone:
    """It counts only where the form's own character, as blurred as the scan, is read rightly alone."""
    if fold(printed.text) != char:
        return "unsure"
    said = fold(scanned.text)
    if said == char:
        return "same" if scanned.confidence >= printed.confidence - LESS else "unsure"
    # Blurred and sealed, a character falls apart into “iT” and the like; one put there for it is a character, too.
    return "other" if len(said) == 1 and is_hanzi(said) and scanned.confidence >= LEAST_CONFIDENCE else "unsure"
