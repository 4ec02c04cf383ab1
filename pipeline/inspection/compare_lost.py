"""Print that the page's reader lost, as detectors do under a seal: which character of it looks and reads otherwise.

One witness is the image, the other a reading of the place, which counts only where the form's own print, as blurred
as the scan, is read rightly: alone, or with the same neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.inspection.compare_alone import PLAIN, TAKES
from pipeline.inspection.compare_reread import Answer, edits
from pipeline.inspection.compare_scene import Scene, inside, is_surely_odd, located
from pipeline.inspection.compare_suspects import THERE, Suspect
from pipeline.inspection.compare_text import fold
from pipeline.inspection.compare_torn import stands
from pipeline.model import Box, ReadText, TextReader

GONE = 0.2  # ink short of the print; letters that were only not read, under a seal at 150 dpi, lack 0.04
APART = 1.5  # times "surely odd": no unchanged character of 1,700 under red seals that read otherwise alone reached 1.1


def is_overlooked(suspect: Suspect) -> bool:
    """Whether print that the image may well show was not read at all: detectors lose lines under a seal."""
    return suspect.read and suspect.fewer and not (suspect.shared or suspect.strained)


def is_gone(scene: Scene, suspect: Suspect) -> bool:
    """Whether print that was not read is missing: the reader may lose letters, the paper does not lose their ink."""
    glyphs = [scene.sheet.glyphs[at] for at in range(suspect.lo, suspect.hi) if at in scene.sheet.glyphs]
    return not glyphs or max(glyph.missing for glyph in glyphs) >= GONE


def rows_as_printed(scene: Scene, suspects: Sequence[Suspect], answers: Sequence[Answer]) -> list[Box]:
    """Rows, or parts of one, that the page's reader lost, but the strip reads as printed and the image shows so."""
    if scene.doubt:
        return []
    lines = [mark.line for mark in scene.aligned.expected]
    return [
        suspect.box
        for suspect, answer in zip(suspects, answers, strict=True)
        if answer == "expected"
        and suspect.sight == "same"
        and is_overlooked(suspect)
        and len(set(lines[suspect.lo : suspect.hi])) == 1
    ]


def lies_over(suspect: Suspect, rows: Sequence[Box]) -> bool:
    """Whether words that the form has not were read without ink of their own where it has one of those rows.

    The reader misread that row, and the shortest edit took it for something put in beside it.
    """
    if suspect.lo < suspect.hi or not suspect.seen or suspect.sight != "same":
        return False
    return any(all(inside(mark.box, _with_ends(row), THERE) for mark in suspect.seen) for row in rows)


def _with_ends(row: Box) -> Box:
    """With a character more at either end, such as a quotation mark that the alignment gave to its neighbours."""
    wide = row[3] - row[1]
    return row[0] - wide, row[1], row[2] + wide, row[3]


def is_plain_alone(scene: Scene, at: int, said: ReadText) -> bool:
    """Whether what was read of a character without its neighbours counts, so unlike its print it looks."""
    missing = scene.sheet.glyphs[at].missing
    return missing >= GONE or (said.confidence >= PLAIN and missing > TAKES and is_surely_odd(scene, at, APART))


def other_in_rows(
    scene: Scene, suspects: Mapping[int, Suspect], said: Sequence[ReadText], reader: TextReader
) -> dict[int, tuple[int, ReadText]]:
    """By number of a suspect, the one character that reads otherwise among neighbours that read as printed, and how.

    `said` = the second reading of every suspect's strip, by the same number.
    """
    found: dict[int, tuple[int, ReadText]] = {}
    for number, suspect in suspects.items():
        other = _other(scene, suspect, said[number])
        if other is not None:
            found[number] = other
    windows = [suspects[number].window for number in found]
    printed = reader.read_strips([window.printed for window in windows if window.printed is not None])
    return {
        number: found[number]
        for number, window, text in zip(found, windows, printed, strict=True)
        if text.confidence >= PLAIN and not edits(window.wanted, fold(text.text))
    }


def single(scene: Scene, suspect: Suspect, at: int) -> Suspect:
    """Of a suspect, the one character that is surely another."""
    return replace(suspect, lo=at, hi=at + 1, seen=(), box=located(scene, at), read=False, surely=True, fewer=False)


def _other(scene: Scene, suspect: Suspect, said: ReadText) -> tuple[int, ReadText] | None:
    if said.confidence < PLAIN or suspect.window.printed is None or not stands(scene, suspect):
        return None
    told = edits(suspect.window.wanted, fold(said.text))
    if len(told) != 1 or len(told[0].words) != 1 or told[0].hi - told[0].lo != 1:
        return None
    at = suspect.lo - len(suspect.window.head) + told[0].lo
    if at not in scene.sheet.glyphs or scene.sheet.glyphs[at].missing <= TAKES or not is_surely_odd(scene, at):
        return None
    return at, ReadText(told[0].words, said.confidence)
