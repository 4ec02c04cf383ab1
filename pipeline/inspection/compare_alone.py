"""Odd-looking hanzi read without their neighbours: there the recogniser has no sentence to guess from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pipeline.inspection.compare_field import BORDER
from pipeline.inspection.compare_paper import FRAME
from pipeline.inspection.compare_reread import LEAST_CONFIDENCE, strip_of
from pipeline.inspection.compare_scene import Scene, is_odd, is_surely_odd, located
from pipeline.inspection.compare_text import fold, is_hanzi
from pipeline.model import Box, Pixels, ReadText, TextReader

LESS = 0.045  # confidence below the print's own; of 151 odd unchanged hanzi 149 kept within, of 178 look-alikes 7
TAKES = 0.05  # missing ink: those seven took at least 0.07 of it away, dust only adds
INSET = 0.18  # of the height: takes back the margin of a strip, the neighbours must stay out

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
    strips = [strip for at in hanzi for strip in _strips(scene, at)]
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
    return "other" if said and scanned.confidence >= LEAST_CONFIDENCE else "unsure"


def _strips(scene: Scene, at: int) -> tuple[Pixels, Pixels]:
    """As scanned, and as the form would look in this scan."""
    box = located(scene, at)
    return _cut(scene.sheet.scan, box), _cut(scene.sheet.expected, box)


def _cut(pixels: Pixels, box: Box) -> Pixels:
    x0, top, x1, bottom = (side * FRAME + BORDER for side in box)
    inset = INSET * (bottom - top) - 1
    return strip_of(pixels, x0 + inset, top, x1 - inset, bottom)
