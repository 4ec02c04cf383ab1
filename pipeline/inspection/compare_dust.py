"""Whether a speck of dust alone can have made a difference: as black as print, as large as a dot, but nothing is gone.

Reader, second reading and image all take a speck beside 大 for the dot of 太, and one above a comma for a semicolon.
"""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.inspection.compare_alone import TAKES
from pipeline.inspection.compare_scene import DUST, Scene, grown, is_surely_odd, located
from pipeline.inspection.compare_sheet import Map
from pipeline.inspection.compare_suspects import Suspect
from pipeline.inspection.compare_text import HOLE, is_weak, text_of

FAINT, STRONG = 0.1, 0.2  # ink beyond the print that belongs to a speck, and that makes one
COMPACT = 10  # px of the frame (1.3 mm): a disc of 0.6 mm, blurred, reaches 8
SPECKS = 1  # of them on one character; two are no chance
AROUND = 1.0  # pt about a character in which a speck changes it


def may_be_dust(scene: Scene, suspect: Suspect) -> bool:
    """Whether nothing but a speck may have been added to the print."""
    own = [at for at in range(suspect.lo, suspect.hi) if at in scene.sheet.glyphs]
    shown = text_of(scene.aligned.expected[suspect.lo : suspect.hi]).replace(HOLE, "")
    if all(map(is_weak, shown + text_of(suspect.seen))):
        return _may_be_a_mark(scene, suspect, own)
    if not own or suspect.strained or any(scene.sheet.glyphs[at].missing > TAKES for at in own):
        return False
    return all(is_speck(scene.sheet.cut(scene.sheet.extra, grown(located(scene, at), AROUND))) for at in own)


def _may_be_a_mark(scene: Scene, suspect: Suspect, own: list[int]) -> bool:
    """Of punctuation, whether a speck may have put it there or made another of it."""
    if scene.limits.coarse:
        return True
    if suspect.strained and (suspect.lo < suspect.hi or not suspect.read):
        return False  # dust tears no row
    if suspect.lo < suspect.hi:
        return not any(scene.sheet.glyphs[at].missing > TAKES and is_surely_odd(scene, at) for at in own)
    return len(suspect.seen) == 1 or float(scene.sheet.cut(scene.sheet.extra, suspect.box).max(initial=0.0)) < DUST


def is_speck(extra: Map) -> bool:
    """Whether ink beyond the print is at most one compact spot."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((extra > FAINT).astype(np.uint8))
    spots = [label for label in range(1, count) if float(extra[labels == label].max()) > STRONG]
    return len(spots) <= SPECKS and all(max(stats[label, 2:4]) <= COMPACT for label in spots)
