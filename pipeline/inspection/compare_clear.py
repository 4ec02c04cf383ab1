"""Whether nothing but print lies about a place: what a change in a scan without colour has to prove by itself.

There a seal's ink looks like print, and a seal may have been overlooked: under it reader and image err alike. But a
seal reaches farther than a character, and takes no print away.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.compare_field import BORDER
from pipeline.inspection.compare_paper import FRAME
from pipeline.inspection.compare_scene import Scene, grown, inside, is_odd, is_surely_odd, located
from pipeline.inspection.compare_suspects import Suspect
from pipeline.inspection.compare_text import HOLE
from pipeline.model import Box

BESIDE, ABOVE = 3.0, 2.0  # heights of a character about the place: three characters, and the lines above and below
OWN = 2.0  # pt about the changed characters, and about those read there, in which ink is theirs
FILLED = 4.0  # pt about a blank in which writing is its own
STRAY = 0.1  # ink beyond the print; about changed characters of hard scans it reached 0.05, seals leave 0.5
SPECK = 40  # px of it at 200 dpi, 0.6 mm², that are dust; about lettering of overlooked seals there were 1,300
TAKEN = 0.08  # missing ink from which print was taken away; a seal's ink and dust only add
USUALLY_ODD = 0.02  # share of unchanged characters that look a little odd; half of it is usual
LEAST_NEAR = 4  # characters about the place that must be there to tell how print looks


def is_clear(scene: Scene, suspect: Suspect, signals: tuple[str, ...]) -> bool:
    """Whether the place, its neighbours and the white between them are print and paper, and nothing else."""
    read = bool(suspect.seen) or "reread" in signals  # a row that nobody read is no witness
    if scene.doubt or scene.limits.bilevel or scene.limits.coarse or "image" not in signals or not read:
        return False
    area = _about(scene, suspect)
    if any(_meet(area, box) for box in (*scene.seals, *scene.slices)) or not _took_away(scene, suspect, signals):
        return False
    return _is_alone(scene, suspect, area) and not _has_stray(scene, suspect, area)


def _about(scene: Scene, suspect: Suspect) -> Box:
    """The place with three characters on either side, and the lines above and below; pt of the frame."""
    marks = [scene.aligned.expected[at] for at in _printed(scene, suspect)] or suspect.seen
    heights = [mark.box[3] - mark.box[1] for mark in marks]
    height = float(np.median(heights)) if heights else suspect.box[3] - suspect.box[1]
    x0, top, x1, bottom = suspect.box
    return x0 - BESIDE * height, top - ABOVE * height, x1 + BESIDE * height, bottom + ABOVE * height


def _took_away(scene: Scene, suspect: Suspect, signals: tuple[str, ...]) -> bool:
    """Whether print was exchanged, taken out or moved: what was only added may be a seal's lettering."""
    own = [scene.sheet.glyphs[at] for at in _printed(scene, suspect)]
    missing = max((glyph.missing for glyph in own), default=0.0)
    return suspect.strained or missing > TAKEN or (bool(own) and len(signals) > 2)


def _is_alone(scene: Scene, suspect: Suspect, area: Box) -> bool:
    """Whether the characters about the place look as printed, but for those its own ink reaches."""
    own = [grown(box, OWN) for box in _own(scene, suspect)]
    near = [
        at for at in scene.sheet.glyphs if not suspect.lo <= at < suspect.hi and inside(located(scene, at), area, 0.0)
    ]
    apart = [at for at in near if not any(_meet(located(scene, at), box) for box in own)]
    odd = [at for at in apart if is_odd(scene, at)]
    as_usual = len(odd) <= USUALLY_ODD * len(near) and not any(is_surely_odd(scene, at) for at in odd)
    return len(near) >= LEAST_NEAR and as_usual


def _has_stray(scene: Scene, suspect: Suspect, area: Box) -> bool:
    """Whether ink lies about the place that is neither the form's nor the changed characters'."""
    ink = scene.sheet.cut(scene.sheet.extra, area) > STRAY
    corner = _in_px(area)[:2]
    for box in _own(scene, suspect):
        _wipe(ink, corner, grown(box, OWN))
    for _, box in scene.blanks:
        _wipe(ink, corner, grown(box, FILLED))
    return int(np.count_nonzero(ink)) > SPECK


def _own(scene: Scene, suspect: Suspect) -> Iterable[Box]:
    """Where the changed characters were printed, where they were found, and what was read for them."""
    for at in range(suspect.lo, suspect.hi):
        if scene.aligned.expected[at].char != HOLE:
            yield scene.aligned.expected[at].box
            yield located(scene, at)
    for mark in suspect.seen:
        yield mark.box


def _printed(scene: Scene, suspect: Suspect) -> list[int]:
    return [at for at in range(suspect.lo, suspect.hi) if at in scene.sheet.glyphs]


def _wipe(ink: NDArray[np.bool_], corner: tuple[int, int], box: Box) -> None:
    x0, top, x1, bottom = _in_px(box)
    left, upper = corner
    ink[max(top - upper, 0) : max(bottom - upper, 0), max(x0 - left, 0) : max(x1 - left, 0)] = False


def _in_px(box: Box) -> tuple[int, int, int, int]:
    """In px of maps with a border, cut off at their corner."""
    x0, top, x1, bottom = (max(round(side * FRAME) + BORDER, 0) for side in box)
    return x0, top, x1, bottom


def _meet(first: Box, second: Box) -> bool:
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]
