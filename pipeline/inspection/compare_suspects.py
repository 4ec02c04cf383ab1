"""Places of a laid page that need weighing: runs that read differently, and characters that only look different."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.inspection.compare_field import BORDER
from pipeline.inspection.compare_paper import FRAME
from pipeline.inspection.compare_reread import Window, strip_of
from pipeline.inspection.compare_runs import Aligned, Run
from pipeline.inspection.compare_sheet import Glyph, Sheet
from pipeline.inspection.compare_text import HOLE, Mark, around, gist, text_of
from pipeline.model import Box, Pixels

Sight = Literal["differs", "same", "unclear"]
CONTEXT = 4  # characters on either side of a run that the second reading sees too
LONG = 14  # characters of a run that fit into one window
SLACK = 4.0  # pt a fill-in or a seal's lettering may leave its box
MOVED, MOVED_NCC = 8.0, 0.6  # px up or down, and likeness, of print that an insertion pushed away
BLOT = 0.36  # extra ink; dust on unmodified scans reached 0.28
SMALL, SMALL_LESS = 9.5, 0.04  # pt of width, and by how much such a character may look less alike
LIKE, LEAST_MISSING = 0.93, 0.04  # the NCC that unmodified print keeps, the missing ink it may show
CROWD = 0.25  # share of odd characters from which the image of the page is not to be believed


@dataclass(frozen=True)
class Limits:
    """Scores from which a character looks changed, by how sharp the scan is (PAPER I.C, measured anew).

    `swap` bounds the two together (see `_swapped`).
    """

    missing: float
    ncc: float
    extra: float
    swap: float = 9.0


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
    """Reference characters `lo:hi` against the `seen` ones; `read` = the page's text differs, not only its image."""

    lo: int
    hi: int
    seen: tuple[Mark, ...]
    sight: Sight
    window: Window
    box: Box
    read: bool


@dataclass(frozen=True)
class Explained:
    """Characters that a blank (`fill_in`) or a seal (`mark`) accounts for."""

    kind: Literal["fill_in", "mark"]
    name: str
    marks: tuple[Mark, ...]


def limits_of(blur: float, *, bilevel: bool) -> Limits:
    """Sharper scans allow finer limits; `blur` = sigma in px of the frame."""
    if bilevel:
        return Limits(0.24, 0.70, 0.35)
    if blur <= 1.15:
        return Limits(0.12, 0.85, 0.25, 2.4)
    return Limits(0.16, 0.80, 0.30, 1.6) if blur < 1.75 else Limits(0.30, 0.60, 0.40)


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
    box = scene.aligned.expected[at].box
    glyph = scene.sheet.glyphs.get(at)
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
    """Whether the image of a character differs beyond the limits."""
    glyph, limits = scene.sheet.glyphs.get(at), scene.limits
    if glyph is None:
        return False
    under_seal = any(inside(located(scene, at), box, 0.0) for box in scene.seals)
    more = not under_seal and glyph.extra > limits.extra and glyph.ncc < limits.ncc
    return glyph.missing > limits.missing or more or _swapped(scene, at, glyph) > limits.swap


def lone_strips(scene: Scene, suspect: Suspect) -> tuple[Pixels, Pixels]:
    """The suspect characters without their neighbours: as scanned, and as the form would look in this scan."""
    box = around(located(scene, at) for at in range(suspect.lo, suspect.hi) if at in scene.sheet.glyphs)
    x0, top, x1, bottom = (side * FRAME + BORDER for side in box)
    inset = 0.18 * (bottom - top) - 1  # takes back the strip's own margin: the neighbours must stay out
    return (
        strip_of(scene.sheet.scan, x0 + inset, top, x1 - inset, bottom),
        strip_of(scene.sheet.expected, x0 + inset, top, x1 - inset, bottom),
    )


def _swapped(scene: Scene, at: int, glyph: Glyph) -> float:
    """How much a character looks like a look-alike of itself: less alike *and* short of ink; dust only adds ink."""
    box = scene.aligned.expected[at].box
    likeness = LIKE - (SMALL_LESS if box[2] - box[0] < SMALL else 0.0)  # small print
    if glyph.ncc >= likeness or glyph.missing <= LEAST_MISSING:
        return 0.0
    return (likeness - glyph.ncc) / 0.03 + glyph.missing / 0.05


def _accounted(scene: Scene, seen: Sequence[Mark]) -> tuple[list[Explained], list[Mark]]:
    by_place: dict[tuple[Literal["fill_in", "mark"], str], list[Mark]] = {}
    rest = []
    for mark in seen:
        name = next((name for name, box in scene.blanks if inside(mark.box, box, SLACK)), None)
        if name is not None:
            by_place.setdefault(("fill_in", name), []).append(mark)
        elif any(inside(mark.box, box, SLACK) for box in (*scene.seals, *scene.slices)):
            by_place.setdefault(("mark", "seal"), []).append(mark)
        else:
            rest.append(mark)
    return [Explained(kind, name, tuple(marks)) for (kind, name), marks in by_place.items()], rest


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
    return Suspect(lo, hi, seen, sight, window, box, read)


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
    clear = all(glyph.ncc > scene.limits.ncc and glyph.missing < 0.75 * scene.limits.missing for glyph in glyphs)
    return "same" if (glyphs or ink) and clear and max(ink, default=0.0) < 0.15 else "unclear"


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


def expected_window(scene: Scene, at: int) -> Window:
    """A strip about one character and what the form has there; nothing but that, to the comma, answers it."""
    char = scene.aligned.expected[at].char
    core = [located(scene, at)]
    before, after = _context(scene, at, -1, core), _context(scene, at + 1, 1, core)
    box = around(located(scene, other) for other in (*before, at, *after))
    return Window(_strip(scene, box), char, char, True, _chars(scene, before), _chars(scene, after))


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
