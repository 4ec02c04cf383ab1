"""Places of a laid page that need weighing: runs that read differently, and characters that only look different."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from pipeline.inspection.compare_reread import Window
from pipeline.inspection.compare_runs import Run
from pipeline.inspection.compare_scene import Scene, inside, is_odd, is_surely_odd, located, strained_rows, within
from pipeline.inspection.compare_text import HOLE, Mark, around, gist, text_of
from pipeline.inspection.compare_window import LONG, window_of
from pipeline.model import Box

Sight = Literal["differs", "same", "unclear"]
SLACK = 4.0  # pt a fill-in or a seal's lettering may leave its box
THERE = 1.0  # pt; readers place characters to a fraction of their width
BLACK = 0.28  # extra ink that no seal's red leaves behind when it is divided out
BLOT = 0.36  # extra ink; dust on unmodified scans reached 0.28
INITIALS = 4  # letters or hanzi of a paraph
CROWD = 0.25  # share of odd characters from which the image of the page is not to be believed


@dataclass(frozen=True)
class Suspect:
    """Reference characters `lo:hi` against the `seen` ones; `read` = the page's text differs, not only its image.

    `surely` = it looks too unlike for a reading to clear it; `shared` = its ink is a neighbour's: it was left out;
    `strained` = its row was torn apart or pressed together; `fewer` = nothing read that the form has not there.
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
    strained: bool = False
    fewer: bool = False


def lies_aside(suspect: Suspect) -> bool:
    """Whether most of a row looks odd though it reads as it should: it is set otherwise, and no character is in place.

    Print of another word processor does so; whatever its characters look like alone is doubt.
    """
    return not suspect.read and suspect.hi - suspect.lo > LONG


@dataclass(frozen=True)
class Explained:
    """Characters that a blank (`fill_in`) or a seal (`mark`) accounts for."""

    kind: Literal["fill_in", "mark"]
    name: str
    marks: tuple[Mark, ...]


def sort_out(scene: Scene) -> tuple[list[Explained], list[Suspect]]:
    """Runs of the alignment: what is explained, and what is left to weigh; then what only the image finds odd."""
    explained: list[Explained] = []
    suspects: list[Suspect] = []
    lost = [at for run in scene.aligned.runs for at in range(run.lo, run.hi)]
    for run in scene.aligned.runs:
        accounts, rest = _accounted(scene, scene.aligned.found[run.start : run.stop])
        rest = [mark for mark in rest if not _is_as_printed(scene, mark, lost)]
        explained += accounts
        if rest and _is_paraph(scene, rest):
            explained, rest = [*explained, Explained("mark", "paraph", tuple(rest))], []
        fixed = [at for at in range(run.lo, run.hi) if scene.aligned.expected[at].char != HOLE]
        if not fixed and (not rest or _is_overflow(scene, run, rest)):
            explained += [Explained("fill_in", _hole_name(scene, run), tuple(rest))] if rest else []
            continue
        suspects.append(_suspect(scene, fixed, run, tuple(rest), read=True))
    suspects = _with_strained(scene, suspects)
    taken = {at for suspect in suspects for at in _accounted_for(suspect)}
    return explained, suspects + _odd_looking(scene, taken)


def _accounted_for(suspect: Suspect) -> range:
    """The characters whose odd look it explains: what was put there spoils its neighbours, too.

    Only where that is sure to be told: a comma that was not read may be cleared, and beside it one may be changed.
    """
    spoils = suspect.sight == "differs" and not (suspect.fewer or suspect.window.weak)
    return range(suspect.lo - 1, suspect.hi + 1) if spoils else range(suspect.lo, suspect.hi)


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


def _is_as_printed(scene: Scene, mark: Mark, lost: Sequence[int]) -> bool:
    """Whether the form has a character just there, one of the `lost` that alignment paired with none.

    Where rows were lost, the shortest edit lays the next ones over them.
    """
    return any(
        scene.aligned.expected[at].char == mark.char and inside(mark.box, located(scene, at), THERE) for at in lost
    )


def _is_paraph(scene: Scene, seen: Sequence[Mark]) -> bool:
    """Whether what was read may be initials; more letters than those have are words, wherever they stand."""
    box = around(mark.box for mark in seen)
    return len(seen) <= INITIALS and any(within(box, margin) for margin in scene.paraphs)


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
    window, box = window_of(scene, lo, hi, seen, weak=weak)
    surely = any(is_surely_odd(scene, at) for at in fixed)
    shared = not seen and any(_on_another(scene, at) for at in fixed)
    rest = iter(expected)
    fewer = len(seen) < len(fixed) and all(char in rest for char in found)
    return Suspect(lo, hi, seen, sight, window, box, read, surely, shared, fewer=fewer)


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


def _with_strained(scene: Scene, suspects: Sequence[Suspect]) -> list[Suspect]:
    """Suspects of strained rows know it; a row without one is a suspect itself, where it was torn."""
    expected = scene.aligned.expected
    result = list(suspects)
    for before, after in strained_rows(scene):
        line = expected[before].line
        own = [
            number
            for number, suspect in enumerate(result)
            if any(mark.line == line for mark in expected[suspect.lo : max(suspect.hi, suspect.lo + 1)])
        ]
        if all(result[number].fewer and not result[number].seen for number in own):  # none, or its words were lost
            lo, hi = min(before, after), max(before, after) + 1
            torn = _suspect(scene, range(lo, hi), Run(lo, hi, 0, 0), (), read=False)
            result.append(replace(torn, sight="differs", shared=False, strained=True))
        for number in own:
            result[number] = replace(result[number], sight="differs", strained=True)
    return result


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
