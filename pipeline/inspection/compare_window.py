"""The strip that a second reading sees: one row about a suspicious run, and both texts that may stand there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from pipeline.inspection.compare_field import BORDER
from pipeline.inspection.compare_paper import FRAME
from pipeline.inspection.compare_reread import Window, strip_of
from pipeline.inspection.compare_scene import Scene, located
from pipeline.inspection.compare_text import HOLE, Mark, around, text_of
from pipeline.model import Box, Pixels

CONTEXT = 4  # characters on either side of a run that the second reading sees too
LONG = 14  # characters of a run that fit into one window


def window_of(scene: Scene, lo: int, hi: int, seen: tuple[Mark, ...], *, weak: bool) -> tuple[Window, Box]:
    """A strip about the run, its own row only, and both texts that may stand there."""
    marks = scene.aligned.expected
    if len(seen) > LONG:
        row = [mark for mark in seen if mark.line == seen[0].line][:LONG]
        row = row if len(row) > 4 else [mark for mark in seen if mark.line == seen[len(seen) // 2].line][:LONG]
        strip, said = _strip(scene.sheet.scan, around(mark.box for mark in row)), text_of(row)
        as_printed = text_of(seen) == "".join(mark.char for mark in marks[lo:hi] if mark.char != HOLE)
        expected, found = (said, "") if as_printed else ("", said)  # a row that only looks odd: it lies aside
        return Window(strip, expected, found, weak), around(mark.box for mark in seen)
    if hi - lo > LONG:
        members = [at for at in range(lo, hi) if marks[at].line == marks[lo].line and marks[at].char != HOLE][:LONG]
        box = around(marks[at].box for at in members)
        union = around(located(scene, at) for at in range(lo, hi) if marks[at].char != HOLE)
        return Window(
            _strip(scene.sheet.scan, box), "".join(marks[at].char for at in members), text_of(seen), weak
        ), union
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
    strip, printed = (_strip(area, around(row_boxes)) for area in (scene.sheet.scan, scene.sheet.expected))
    return Window(strip, expected, text_of(seen), weak, head, tail, printed), place


def lone_strips(scene: Scene, members: Iterable[int]) -> tuple[Pixels, Pixels]:
    """Characters without their neighbours: as scanned, and as the form would look in this scan."""
    box = around(located(scene, at) for at in members)
    x0, top, x1, bottom = (side * FRAME + BORDER for side in box)
    inset = 0.18 * (bottom - top) - 1  # takes back the strip's own margin: the neighbours must stay out
    return (
        strip_of(scene.sheet.scan, x0 + inset, top, x1 - inset, bottom),
        strip_of(scene.sheet.expected, x0 + inset, top, x1 - inset, bottom),
    )


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


def _strip(area: Pixels, box: Box) -> Pixels:
    x0, top, x1, bottom = (side * FRAME + BORDER for side in box)
    return strip_of(area, x0, top, x1, bottom)
