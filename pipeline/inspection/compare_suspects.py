"""Places of a laid page that need weighing: runs that read differently, and characters that only look different."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.inspection.compare_field import BORDER
from pipeline.inspection.compare_paper import FRAME
from pipeline.inspection.compare_print import Glyph
from pipeline.inspection.compare_reread import Window, strip_of
from pipeline.inspection.compare_runs import Aligned, Run
from pipeline.inspection.compare_sheet import Sheet
from pipeline.inspection.compare_text import HOLE, Mark, around, gist, is_hanzi, text_of
from pipeline.model import Box, Pixels

Sight = Literal["differs", "same", "unclear"]
CONTEXT = 4  # characters on either side of a run that the second reading sees too
LONG = 14  # characters of a run that fit into one window
SLACK = 4.0  # pt a fill-in or a seal's lettering may leave its box
MOVED, MOVED_NCC = 8.0, 0.6  # px up or down, and likeness, of print that an insertion pushed away
DUST, DUST_MISSING, DUSTY = 0.3, 0.06, 1.7  # ink a speck adds and takes away; how much more unlike it may make a mark
BLACK = 0.28  # extra ink that no seal's red leaves behind when it is divided out
BILEVEL = 2.0  # times the limits in scans of two tones
BLOT = 0.36  # extra ink; dust on unmodified scans reached 0.28
CROWD = 0.25  # share of odd characters from which the image of the page is not to be believed
# Unlikeness, in multiples of the page's usual one, from which a hanzi and any other character look odd. Measured at
# 200 dpi: unchanged hanzi reach 3.9 (1 in 200: 3.0), the nearest look-alikes of 425 began at 4.2; letters, figures and
# marks put for each other began at 9, dust raised unchanged ones to 10.
ODD, ODD_SIMPLE = 2.6, 5.0
SURELY = 1.35  # times that limit: more than reading alone can explain away
SURELY_SIMPLE = 1.8
SEALED_LEAST, SEALED_FEW = 12, 3.0  # characters under seals that tell how much those blur; the guess for fewer
SEALED_MOST = 9.0  # limit under any seal: from there on look-alikes were found however much the seal blurs


@dataclass(frozen=True)
class Limits:
    """How much unlike its print a character may look; `sealed` = how much more so under a seal's ink (>= 1)."""

    bilevel: bool = False
    sealed: float = 1.0

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

    `veiled` = seals whose ink no colour tells from the print beneath.
    """

    aligned: Aligned
    sheet: Sheet
    blanks: Sequence[tuple[str, Box]]
    seals: Sequence[Box]
    slices: Sequence[Box]
    veiled: Sequence[Box]
    limits: Limits
    doubt: str
    clause: Callable[[Box], str]


@dataclass(frozen=True)
class Suspect:
    """Reference characters `lo:hi` against the `seen` ones; `read` = the page's text differs, not only its image.

    `surely` = it looks too unlike for a reading to clear it; `shared` = its ink is a neighbour's: it was left out.
    """

    lo: int
    hi: int
    seen: tuple[Mark, ...]
    sight: Sight
    window: Window
    box: Box
    read: bool
    surely: bool = False
    shared: bool = False


@dataclass(frozen=True)
class Explained:
    """Characters that a blank (`fill_in`) or a seal (`mark`) accounts for."""

    kind: Literal["fill_in", "mark"]
    name: str
    marks: tuple[Mark, ...]


def limits_of(sheet: Sheet, expected: Sequence[Mark], seals: Sequence[Box], *, bilevel: bool) -> Limits:
    """What this page's own characters allow; `seals` in pt of the reference page."""
    under = [
        glyph.off
        for at, glyph in sheet.glyphs.items()
        if any(inside(shifted(expected[at].box, glyph), box, 0.0) for box in seals)
    ]
    sealed = float(np.median(under)) if len(under) >= SEALED_LEAST else SEALED_FEW if under else 1.0
    return Limits(bilevel, max(sealed, 1.0))


def sort_out(scene: Scene) -> tuple[list[Explained], list[Suspect]]:
    """Runs of the alignment: what is explained, and what is left to weigh; then what only the image finds odd."""
    explained: list[Explained] = []
    suspects: list[Suspect] = []
    for run in scene.aligned.runs:
        accounts, rest = _accounted(scene, scene.aligned.found[run.start : run.stop])
        explained += accounts
        fixed = [at for at in range(run.lo, run.hi) if scene.aligned.expected[at].char != HOLE]
        if not fixed and (not rest or _is_overflow(scene, run, rest)):
            explained += [Explained("fill_in", _hole_name(scene, run), tuple(rest))] if rest else []
            continue
        suspects.append(_suspect(scene, fixed, run, tuple(rest), read=True))
    taken = {at for suspect in suspects for at in range(suspect.lo - 1, suspect.hi + 1)}
    return explained, suspects + _odd_looking(scene, taken)


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


def is_moved(scene: Scene, at: int) -> bool:
    """Whether a character was found well above or below its place: lines were put in or taken out before it."""
    glyph = scene.sheet.glyphs.get(at)
    return glyph is not None and glyph.ncc > MOVED_NCC and abs(glyph.shift[1]) > MOVED


def is_odd(scene: Scene, at: int) -> bool:
    """Whether a character looks so unlike its print that it must be looked at singly."""
    char, glyph, under_seal = _seen(scene, at)
    return glyph is not None and glyph.off > scene.limits.odd(char, under_seal=under_seal)


def is_surely_odd(scene: Scene, at: int) -> bool:
    """Whether it looks so unlike its print that reading alone does not clear it."""
    char, glyph, under_seal = _seen(scene, at)
    if glyph is None:
        return False
    limit = scene.limits.sure(char, under_seal=under_seal)
    # Dust is paler than a dot or comma that was put there to be read, and takes nothing away.
    dusty = not is_hanzi(char) and glyph.extra < DUST and glyph.missing < DUST_MISSING
    return glyph.off > (DUSTY if dusty else 1.0) * limit


def _seen(scene: Scene, at: int) -> tuple[str, Glyph | None, bool]:
    under_seal = any(inside(located(scene, at), box, 0.0) for box in (*scene.seals, *scene.slices))
    return scene.aligned.expected[at].char, scene.sheet.glyphs.get(at), under_seal


def lone_strips(scene: Scene, suspect: Suspect) -> tuple[Pixels, Pixels]:
    """The suspect characters without their neighbours: as scanned, and as the form would look in this scan."""
    box = around(located(scene, at) for at in range(suspect.lo, suspect.hi) if at in scene.sheet.glyphs)
    x0, top, x1, bottom = (side * FRAME + BORDER for side in box)
    inset = 0.18 * (bottom - top) - 1  # takes back the strip's own margin: the neighbours must stay out
    return (
        strip_of(scene.sheet.scan, x0 + inset, top, x1 - inset, bottom),
        strip_of(scene.sheet.expected, x0 + inset, top, x1 - inset, bottom),
    )


def _accounted(scene: Scene, seen: Sequence[Mark]) -> tuple[list[Explained], list[Mark]]:
    by_place: dict[tuple[Literal["fill_in", "mark"], str], list[Mark]] = {}
    rest = []
    for mark in seen:
        name = next((name for name, box in scene.blanks if inside(mark.box, box, SLACK)), None)
        if name is not None:
            by_place.setdefault(("fill_in", name), []).append(mark)
        elif _is_lettering(scene, mark):
            by_place.setdefault(("mark", "seal"), []).append(mark)
        else:
            rest.append(mark)
    return [Explained(kind, name, tuple(marks)) for (kind, name), marks in by_place.items()], rest


def _is_lettering(scene: Scene, mark: Mark) -> bool:
    """Whether a character read under a seal may be the seal's: in a scan with colour its ink leaves no black."""
    if not any(inside(mark.box, box, SLACK) for box in (*scene.seals, *scene.slices)):
        return False
    veiled = any(inside(mark.box, box, SLACK) for box in scene.veiled)
    return veiled or _ink(scene, mark) < BLACK


def _is_overflow(scene: Scene, run: Run, rest: Sequence[Mark]) -> bool:
    """A character or two beside a filled blank belong to it: the reader places characters no better than that."""
    return len(rest) <= 2 < run.stop - run.start and bool(_hole_name(scene, run))


def _hole_name(scene: Scene, run: Run) -> str:
    boxes = [mark.box for mark in scene.aligned.expected[max(run.lo - 1, 0) : run.hi + 1] if mark.char == HOLE]
    return next((name for name, box in scene.blanks if box in boxes), "")


def _suspect(scene: Scene, fixed: Sequence[int], run: Run, seen: tuple[Mark, ...], *, read: bool) -> Suspect:
    expected = "".join(scene.aligned.expected[at].char for at in fixed)
    found = text_of(seen)
    weak = gist(expected) == gist(found)
    sight = _sight(scene, fixed, seen, weak=weak)
    lo, hi = (fixed[0], fixed[-1] + 1) if fixed else (run.lo, run.lo)
    window, box = _window(scene, lo, hi, seen, weak=weak)
    surely = any(is_surely_odd(scene, at) for at in fixed)
    shared = not seen and any(_on_another(scene, at) for at in fixed)
    return Suspect(lo, hi, seen, sight, window, box, read, surely, shared)


def _sight(scene: Scene, fixed: Sequence[int], seen: Sequence[Mark], *, weak: bool) -> Sight:
    """What the image says of a run: the form's characters are (not) there, or there is ink where new ones were read."""
    glyphs = [scene.sheet.glyphs[at] for at in fixed if at in scene.sheet.glyphs]
    if any(is_odd(scene, at) or _is_blotted(scene, at) for at in fixed):
        return "differs"
    if not seen and any(_on_another(scene, at) for at in fixed):
        return "differs"
    ink = [_ink(scene, mark) for mark in seen] if len(seen) > len(fixed) else []
    if ink and max(ink) > (0.35 if weak else 0.28):
        return "differs"
    return "same" if (glyphs or ink) and max(ink, default=0.0) < 0.15 else "unclear"


def _is_blotted(scene: Scene, at: int) -> bool:
    """More ink on a character than a speck of dust has: a stroke or a dot added, where the text reads so too."""
    glyph = scene.sheet.glyphs.get(at)
    return glyph is not None and glyph.extra > BLOT and not any(inside(located(scene, at), s, 0.0) for s in scene.seals)


def _on_another(scene: Scene, at: int) -> bool:
    """Whether a character that was not read was "found" in the print of its neighbour: the same ink cannot be both."""
    own = located(scene, at)
    for other in (at - 2, at - 1, at + 1, at + 2):
        if other in scene.sheet.glyphs:
            box = located(scene, other)
            shared = min(own[2], box[2]) - max(own[0], box[0])
            if shared > 0.5 * min(own[2] - own[0], box[2] - box[0]) and own[1] < (box[1] + box[3]) / 2 < own[3]:
                return True
    return False


def _ink(scene: Scene, mark: Mark) -> float:
    """Darkness beyond the print where a character was read."""
    part = scene.sheet.cut(scene.sheet.extra, mark.box)
    return float(np.quantile(part, 0.97)) if part.size else 0.0


def _odd_looking(scene: Scene, taken: set[int]) -> list[Suspect]:
    """Characters that read as they should but look otherwise: what the recogniser's language sense hides."""
    odd = [at for at in scene.sheet.glyphs if is_odd(scene, at)]
    if len(odd) > CROWD * max(len(scene.sheet.glyphs), 1):
        return []
    groups: list[list[int]] = []
    for at in sorted(set(odd) - taken):
        same_line = groups and scene.aligned.expected[at].line == scene.aligned.expected[groups[-1][-1]].line
        if same_line and at - groups[-1][-1] <= 2:
            groups[-1].append(at)
        else:
            groups.append([at])
    pairs = dict(scene.aligned.pairs)
    found = scene.aligned.found
    return [
        _suspect(
            scene,
            range(group[0], group[-1] + 1),
            Run(group[0], group[-1] + 1, 0, 0),
            tuple(found[pairs[at]] for at in range(group[0], group[-1] + 1) if at in pairs),
            read=False,
        )
        for group in groups
    ]


def _window(scene: Scene, lo: int, hi: int, seen: tuple[Mark, ...], *, weak: bool) -> tuple[Window, Box]:
    """A strip about the run, its own row only, and both texts that may stand there."""
    marks = scene.aligned.expected
    if len(seen) > LONG:
        row = [mark for mark in seen if mark.line == seen[0].line][:LONG]
        row = row if len(row) > 4 else [mark for mark in seen if mark.line == seen[len(seen) // 2].line][:LONG]
        box = around(mark.box for mark in row)
        return Window(_strip(scene, box), "", text_of(row), weak), around(mark.box for mark in seen)
    if hi - lo > LONG:
        members = [at for at in range(lo, hi) if marks[at].line == marks[lo].line and marks[at].char != HOLE][:LONG]
        box = around(marks[at].box for at in members)
        union = around(located(scene, at) for at in range(lo, hi) if marks[at].char != HOLE)
        return Window(_strip(scene, box), "".join(marks[at].char for at in members), text_of(seen), weak), union
    lo, hi = _longest_row(marks, lo, hi)
    core = [located(scene, at) for at in range(lo, hi) if marks[at].char != HOLE] + [mark.box for mark in seen]
    before, after = _context(scene, lo, -1, core), _context(scene, hi, 1, core)
    near = [located(scene, at) for at in (*before, *after)]
    own = core or near
    if not own:
        return Window(np.zeros((1, 1, 3), np.uint8), "", "", weak), marks[min(lo, len(marks) - 1)].box
    level = (own[0][1] + own[0][3]) / 2
    row_boxes = [box for box in (*core, *near) if box[1] - 2 <= level <= box[3] + 2] or own
    head, tail = _chars(scene, before), _chars(scene, after)
    expected = "".join(marks[at].char for at in range(lo, hi) if marks[at].char != HOLE)
    place = around(core) if core else around((near[0], near[-1]))
    return Window(_strip(scene, around(row_boxes)), expected, text_of(seen), weak, head, tail), place


def _longest_row(marks: Sequence[Mark], lo: int, hi: int) -> tuple[int, int]:
    """The part of a run that stands in the row with most of it: a strip shows no other."""
    lines = [marks[at].line for at in range(lo, hi) if marks[at].char != HOLE]
    if not lines:
        return lo, hi
    line = max(dict.fromkeys(lines), key=lines.count)
    own = [at for at in range(lo, hi) if marks[at].char != HOLE and marks[at].line == line]
    return own[0], own[-1] + 1


def _context(scene: Scene, start: int, step: int, core: Sequence[Box]) -> list[int]:
    """Up to `CONTEXT` characters before or after a run, on its row, up to the next blank; in reading order."""
    marks = scene.aligned.expected
    found: list[int] = []
    at = start - 1 if step < 0 else start
    level = (core[0][1] + core[0][3]) / 2 if core else None
    while 0 <= at < len(marks) and len(found) < CONTEXT and marks[at].char != HOLE:
        box = located(scene, at)
        level = (box[1] + box[3]) / 2 if level is None else level
        last = located(scene, found[-1]) if found else (core[0 if step < 0 else -1] if core else box)
        gap = max(box[0] - last[2], last[0] - box[2])
        if not box[1] - 2 <= level <= box[3] + 2 or gap > 1.5 * (box[3] - box[1]):
            break
        found.append(at)
        at += step
    return sorted(found)


def _chars(scene: Scene, members: Iterable[int]) -> str:
    return "".join(scene.aligned.expected[at].char for at in members)


def _strip(scene: Scene, box: Box) -> Pixels:
    x0, top, x1, bottom = (side * FRAME + BORDER for side in box)
    return strip_of(scene.sheet.scan, x0, top, x1, bottom)
