"""A page laid over its form as the judge sees it: where characters lie, and which of them look odd."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.inspection.compare_field import Floats
from pipeline.inspection.compare_paper import FRAME
from pipeline.inspection.compare_print import Glyph
from pipeline.inspection.compare_runs import Aligned
from pipeline.inspection.compare_sheet import Sheet
from pipeline.inspection.compare_text import Mark, is_hanzi
from pipeline.model import Box, Page

MOVED, MOVED_NCC = 8.0, 0.6  # px up or down, and likeness, of print that an insertion pushed away
STRAINED = 4.0  # px by which neighbours lie apart otherwise than printed where something was put in or left out
# Unlikeness, in multiples of the page's usual one, from which a hanzi and any other character look odd. Measured at
# 200 dpi: 1 in 200 unchanged hanzi reaches 2.6, all but specked ones stay below 3.7; the nearest look-alikes of 425
# began at 4.8; letters, figures and marks put for each other began at 15, dust raised unchanged ones to 9.
ODD, ODD_SIMPLE = 2.6, 5.0
HARDLY = 1.3  # times that limit of hanzi; hard scans have look-alikes there, too, so it decides nothing alone
SURELY, SURELY_SIMPLE = 1.7, 1.8  # times that limit: more than reading alone can explain away
DUST, DUST_MISSING, DUSTY = 0.3, 0.06, 1.7  # ink a speck adds and takes away; how much more unlike it may make a mark
BILEVEL = 2.0  # times the limits in scans of two tones
SEALED_LEAST, SEALED_FEW = 12, 3.0  # characters under seals that tell how much those blur; the guess for fewer
LEAST_DPI = 180.0  # coarser scans keep look-alikes apart by reading and look together only
SEALED_MOST = 9.0  # limit under any seal: from there on look-alikes were found however much the seal blurs


@dataclass(frozen=True)
class Limits:
    """How much unlike its print a character may look; `sealed` = how much more so under a seal's ink (>= 1).

    `coarse` = fewer than `LEAST_DPI`: there neither reader nor image keeps a comma from a semicolon.
    """

    bilevel: bool = False
    sealed: float = 1.0
    coarse: bool = False

    def odd(self, char: str, *, under_seal: bool) -> float:
        """From which unlikeness a character is looked at singly."""
        limit = ODD if is_hanzi(char) else ODD_SIMPLE
        limit *= BILEVEL if self.bilevel else 1.0
        return max(limit, min(limit * self.sealed, SEALED_MOST)) if under_seal else limit

    def sure(self, char: str, *, under_seal: bool) -> float:
        """From which unlikeness reading it as it should be is no answer: recognisers read look-alikes by context."""
        return (SURELY if is_hanzi(char) else SURELY_SIMPLE) * self.odd(char, under_seal=under_seal)


@dataclass(frozen=True)
class Scene:
    """A page laid over its form; boxes in pt of the reference page, `doubt` = why its image is no witness.

    `stamped` = boxes that cover the outlines of seals and slices, `veiled` = seals whose ink no colour tells from the
    print beneath; `paraphs` = edges of the page to be initialled.
    """

    aligned: Aligned
    sheet: Sheet
    blanks: Sequence[tuple[str, Box]]
    seals: Sequence[Box]
    slices: Sequence[Box]
    stamped: Sequence[Box]
    veiled: Sequence[Box]
    limits: Limits
    doubt: str
    clause: Callable[[Box], str]
    paraphs: Sequence[Box] = ()


def margins(page: Page, width: float) -> list[Box]:
    """The strips of a width (pt) along the four edges of a page."""
    if width <= 0:
        return []
    right, bottom = page.width, page.height
    return [
        (0, 0, right, width),
        (0, bottom - width, right, bottom),
        (0, 0, width, bottom),
        (right - width, 0, right, bottom),
    ]


def grown(box: Box, by: float) -> Box:
    """A box with `by` pt more on every side."""
    return (box[0] - by, box[1] - by, box[2] + by, box[3] + by)


def within(box: Box, outer: Box) -> bool:
    """Whether a box lies in another."""
    return outer[0] <= box[0] and outer[1] <= box[1] and box[2] <= outer[2] and box[3] <= outer[3]


def limits_of(
    sheet: Sheet, expected: Sequence[Mark], seals: Sequence[Box], *, bilevel: bool, coarse: bool = False
) -> Limits:
    """What this page's own characters allow; `seals` in pt of the reference page."""
    under = [
        glyph.off
        for at, glyph in sheet.glyphs.items()
        if any(inside(shifted(expected[at].box, glyph), box, 0.0) for box in seals)
    ]
    sealed = float(np.median(under)) if len(under) >= SEALED_LEAST else SEALED_FEW if under else 1.0
    return Limits(bilevel, max(sealed, 1.0), coarse)


def located(scene: Scene, at: int) -> Box:
    """Where a character of the reference was found, in pt of the frame."""
    return shifted(scene.aligned.expected[at].box, scene.sheet.glyphs.get(at))


def shifted(box: Box, glyph: Glyph | None) -> Box:
    """A character's box where it was found."""
    dx, dy = (glyph.shift[0] / FRAME, glyph.shift[1] / FRAME) if glyph else (0.0, 0.0)
    return (box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy)


def inside(mark: Box, box: Box, slack: float) -> bool:
    """Whether the middle of one box lies in the other."""
    x, y = (mark[0] + mark[2]) / 2, (mark[1] + mark[3]) / 2
    return box[0] - slack <= x <= box[2] + slack and box[1] - slack <= y <= box[3] + slack


def touching(first: Box, second: Box) -> bool:
    """Whether two boxes lie within 2 pt of each other."""
    across = first[0] <= second[2] + 2 and second[0] <= first[2] + 2
    return across and first[1] <= second[3] + 2 and second[1] <= first[3] + 2


def is_moved(scene: Scene, at: int) -> bool:
    """Whether a character was found well above or below its place: lines were put in or taken out before it."""
    glyph = scene.sheet.glyphs.get(at)
    return glyph is not None and glyph.ncc > MOVED_NCC and abs(glyph.shift[1]) > MOVED


def is_odd(scene: Scene, at: int) -> bool:
    """Whether a character looks so unlike its print that it must be looked at singly."""
    char, glyph, under_seal = _seen(scene, at)
    return glyph is not None and glyph.off > scene.limits.odd(char, under_seal=under_seal)


def is_hardly_odd(scene: Scene, at: int) -> bool:
    """Whether a character looks little more unlike its print than unchanged ones do, in a scan that shows as much."""
    _, glyph, under_seal = _seen(scene, at)
    if glyph is None or under_seal or scene.doubt or scene.limits.bilevel or scene.limits.coarse:
        return False
    return glyph.off < HARDLY * ODD


def is_surely_odd(scene: Scene, at: int, times: float = 1.0) -> bool:
    """Whether it looks so unlike its print that reading alone does not clear it; `times` = by how much more."""
    char, glyph, under_seal = _seen(scene, at)
    if glyph is None:
        return False
    limit = scene.limits.sure(char, under_seal=under_seal)
    # Dust is paler than a dot or comma that was put there to be read, and takes nothing away.
    dusty = not is_hanzi(char) and glyph.extra < DUST and glyph.missing < DUST_MISSING
    return glyph.off > (DUSTY if dusty else 1.0) * times * limit


def _seen(scene: Scene, at: int) -> tuple[str, Glyph | None, bool]:
    marked = (*scene.seals, *scene.slices)
    under_seal = bool(marked) and any(inside(located(scene, at), box, 0.0) for box in marked)
    return scene.aligned.expected[at].char, scene.sheet.glyphs.get(at), under_seal


def strained_rows(scene: Scene) -> list[tuple[int, int]]:
    """Neighbours between which a row was torn apart or pressed together to put something in or leave it out.

    The rest of such a row looks as printed, each character at a shift of its own.
    """
    rows: dict[int, list[int]] = {}
    for at, glyph in scene.sheet.glyphs.items():
        if glyph.ncc > MOVED_NCC:
            rows.setdefault(scene.aligned.expected[at].line, []).append(at)
    found = []
    for row in rows.values():
        row.sort(key=lambda at: scene.aligned.expected[at].box[0])
        shifts = np.array([scene.sheet.glyphs[at].shift[0] for at in row])
        jumps = _jumps(shifts)
        if jumps.size and jumps.max() > STRAINED:
            at = int(np.argmax(jumps)) + 2
            found.append((row[at - 1], row[at]))
    return found


def _jumps(shifts: Floats) -> Floats:
    """How far the places of three characters differ from those of the three before them, from the third one on.

    One character found astray is no jump, and what a warped sheet does grows slowly along the row.
    """
    if len(shifts) < 4:
        return np.zeros(0)
    steady = np.median([shifts[:-2], shifts[1:-1], shifts[2:]], axis=0)
    before = np.concatenate([[shifts[:2].mean()], steady[:-2]])
    after = np.concatenate([steady[2:], [shifts[-2:].mean()]])
    return np.asarray(np.abs(after - before))
