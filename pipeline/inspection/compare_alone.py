"""Odd-looking characters read without their neighbours: there the recogniser has no sentence to guess from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from pipeline.inspection.compare_likeness import contrast
from pipeline.inspection.compare_print import LEAST_INK, WELL
from pipeline.inspection.compare_reread import LEAST_CONFIDENCE
from pipeline.inspection.compare_scene import Scene, is_hardly_odd, is_odd, is_surely_odd, located
from pipeline.inspection.compare_text import fold, is_hanzi
from pipeline.inspection.compare_window import lone_strips
from pipeline.model import ReadText, TextReader

# Of 2,383 look-alikes in simulated scans of 200 and 300 dpi, half of them hard, 27 were read alone as surely as the
# print. But for two they took 0.09 of its ink away; those two, surely odd, took 0.03, where unchanged ones take 0.014.
LESS = 0.045  # confidence below the print's own
TAKES, TAKES_SURELY = 0.05, 0.02  # missing ink, of any and of surely odd ones; dust only adds
LITTLE = 0.1  # confidence below the print's own that may be where it looks hardly odd; look-alikes there lost 0.49
FIGURES = frozenset("0123456789")
PLAIN = 0.9  # confidence from which a character alone was read without doubt; figures have no strokes to spare

ASTRAY, OFF_ROW = 1.6, 2.0  # widths of a character, and pt up and down, by which it may be sought beside its place
NEXT = 2  # characters on either side that are neighbours
HERE = 0.4  # widths within which it is at its place

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


def _is_astray(scene: Scene, at: int, said: ReadText) -> bool:
    """Whether what was read is a neighbour's, and the character's own print stands beside: it was looked for there.

    Rows that end a warped page may be found a character's width off.
    """
    line = scene.aligned.expected[at].line
    near = [mark.char for mark in scene.aligned.expected[max(at - NEXT, 0) : at + NEXT + 1] if mark.line == line]
    if fold(said.text) not in near:
        return False
    x0, top, x1, bottom = located(scene, at)
    wide = x1 - x0
    own = scene.sheet.cut(scene.sheet.expected, (x0, top, x1, bottom))
    area = scene.sheet.cut(scene.sheet.scan, (x0 - ASTRAY * wide, top - OFF_ROW, x1 + ASTRAY * wide, bottom + OFF_ROW))
    if own.size == 0 or area.shape[0] < own.shape[0] or area.shape[1] < own.shape[1] or contrast(own) < LEAST_INK:
        return False
    likeness = cv2.matchTemplate(area, own, cv2.TM_CCOEFF_NORMED)
    middle, least = (likeness.shape[1] - 1) / 2, HERE * own.shape[1]
    apart = np.abs(np.arange(likeness.shape[1]) - middle) > least
    return bool(apart.any()) and float(likeness[:, apart].max()) > WELL


def _is_asked(scene: Scene, at: int) -> bool:
    """Hanzi, and figures of which print is missing: dust makes a 1 a 7 for all, but it only adds."""
    char = scene.aligned.expected[at].char
    return is_hanzi(char) or (char in FIGURES and is_surely_odd(scene, at) and scene.sheet.glyphs[at].missing > TAKES)


def _of_group(scene: Scene, group: list[int], seen: dict[int, tuple[ReadText, ReadText]]) -> Alone:
    lone = {at: _verdict(scene.aligned.expected[at].char, *seen[at]) for at in group if at in seen}
    others = (at for at, verdict in lone.items() if verdict == "other" and is_surely_odd(scene, at))
    other = next((at for at in others if not _is_astray(scene, at, seen[at][0])), None)
    cleared = all(
        _is_cleared(scene, at, lone[at], seen[at]) if at in lone else not is_surely_odd(scene, at) for at in group
    )
    return Alone(cleared) if other is None else Alone(cleared, seen[other][0], other)


def _is_cleared(scene: Scene, at: int, verdict: Lone, seen: tuple[ReadText, ReadText]) -> bool:
    """Whether a character that looks odd is the form's own, by what was read of it alone.

    The recogniser may be less sure of it than of the form's print only where it looks hardly odd.
    """
    glyph, (scanned, printed) = scene.sheet.glyphs[at], seen
    if verdict == "same":
        return glyph.missing < TAKES_SURELY or not is_surely_odd(scene, at)
    same = fold(scanned.text) == fold(printed.text) == scene.aligned.expected[at].char
    as_surely = scanned.confidence >= printed.confidence - LITTLE
    return same and as_surely and glyph.missing < TAKES and is_hardly_odd(scene, at)


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
