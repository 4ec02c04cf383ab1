"""The kind of a seal: from the line across its middle, its shape, its star, and whether its middle is blank."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.ink import FloatMap
from pipeline.inspection.outline import Floats
from pipeline.inspection.ring_apart import BEYOND_MM
from pipeline.inspection.ring_ink import SCALE, Patch
from pipeline.inspection.ring_unroll import Unrolled, sampled, unseen
from pipeline.inspection.seals import SealMark
from pipeline.model import SealKind

# A misread character will do before "专用", but not another word: labour contracts and the approval of contracts have
# seals of their own; 业务专用, 收发专用 and 发货专用 are none of the refused kinds, 合格专用 and 综合专用 not accepted.
_INNER_KINDS: tuple[tuple[re.Pattern[str], SealKind], ...] = (
    (re.compile(r"(?<!劳动)合同(?:.?专|.?.?用|章|$)|(?<!合)同专用|^合[^格]专用"), "contract"),
    (re.compile(r"财务|财.?专用"), "finance"),
    (re.compile(r"发票|(?<!收)发[^货文放]?专用"), "invoice"),
)
_DEPARTMENT = re.compile(r"(部|科|处|室|项目|分公司)(章|专用章)?$")
_OWNER = re.compile(r"(公司|中心|集团|厂|店|行|所|院|社|会|合伙）?)$")
_TURNS = 72
# Between the star's tips (0.33 of the radius) and the name (0.63 and more), where a straight line must pass.
_RING, _OVAL = (0.40, 0.60), (0.0, 0.50)
_WINDOW, _CENTRE = 13, 7  # of 72 turns: what a short line covers, what of it stands about its own middle
_BELOW, _SIDEWAYS = 3, 16  # turns; the name's middle was off by up to 50 degrees where a page or a seal hides an end
_INKED = 0.4  # of the seal's own level
_WRITTEN = 0.05  # inked share of what is seen of a window; bare: at most 0.02, with a line 0.09 and more
# Hidden share of a line's middle, from which the line may be there all the same. Of 203 seals with a line none was told
# bare, neither as it was nor under any of 1068 covers laid over it.
_UNSEEN = 0.5
_SCANT = 0.3  # share of a window that must be seen to tell of ink


@dataclass(frozen=True)
class Middle:
    """Around a seal's middle, 72 turns clockwise from the top of the patch: what is inked of each, what is hidden.

    `inked`, `hidden` = over 65 degrees, `centred`, `unseen` = over 35; inked is the share of what is seen.
    """

    inked: FloatMap
    hidden: FloatMap
    centred: FloatMap
    unseen: FloatMap

    @property
    def written(self) -> bool:
        """Whether ink stands there as a line would."""
        return bool(max(self.inked.max(), self.centred.max()) > _WRITTEN)


def middle(patch: Patch) -> Middle:
    """What stands around the middle of a seal."""
    outline = patch.outline
    low, high = _RING if outline.shape == "round" else _OVAL
    radii = np.linspace(low, high, max(8, int((high - low) * outline.b * SCALE / 2)))[:, None]
    turn = np.arange(_TURNS * 5) / (_TURNS * 5) * 2 * np.pi
    along, across = radii * np.sin(turn) * outline.a, -radii * np.cos(turn) * outline.b
    cos, sin = np.cos(outline.angle), np.sin(outline.angle)
    x = ((outline.x + along * cos - across * sin) * SCALE - 0.5).astype(np.float32)
    y = ((outline.y + along * sin + across * cos) * SCALE - 0.5).astype(np.float32)
    gone, near = unseen(patch, x, y), unseen(patch, x, y, BEYOND_MM)
    if patch.mixed is not None:  # whether colour tells all ink under another, an accepted kind must not hang on
        under = cv2.remap(patch.mixed.astype(np.uint8), x, y, cv2.INTER_NEAREST, borderValue=0) > 0
        gone, near = gone | under, near | under
    inked = (sampled(patch.lean, x, y) > _INKED * patch.level) & ~near
    found = []
    for width in (_WINDOW, _CENTRE):
        seen = 1 - _windowed(near, radii, width)
        shown = np.where(seen > _SCANT, _windowed(inked, radii, width) / np.maximum(seen, _SCANT), 0)
        found += [shown.astype(np.float32), _windowed(gone, radii, width)]
    return Middle(*found)


def _windowed(places: NDArray[np.bool_], radii: Floats, width: int) -> FloatMap:
    each = ((places * radii).sum(axis=0) / radii.sum()).reshape(_TURNS, -1).mean(axis=1)
    half = width // 2
    around = np.concatenate([each[-half:], each, each[:half]])
    return np.asarray(np.convolve(around, np.ones(width) / width, "valid"), dtype=np.float32)


def line_turn(patch: Patch, unrolled: Unrolled) -> float:
    """Turn (0..1 clockwise) at which a line across would be level: the name's middle, or opposite the most ink."""
    if unrolled.upright or patch.outline.shape != "round" or not unrolled.axis:
        return unrolled.middle
    above = (int(middle(patch).inked.argmax()) + 0.5) / _TURNS + 0.5
    return min(unrolled.axis, key=lambda turn: abs((turn - above + 0.5) % 1.0 - 0.5))


def has_line(patch: Patch, unrolled: Unrolled | None) -> bool:
    """Whether ink stands around the middle, as a straight line would, or a line may stand there unseen.

    Unseen means: its own middle, below that of the name. Where a part of the name is hidden, the middle of the rest is
    elsewhere: below any of the star's tips on that side, or without a star anywhere there; without a name, anywhere.
    """
    found = middle(patch)
    if found.written:
        return True
    if unrolled is None:
        return bool(found.unseen.max() > _UNSEEN)
    below = np.asarray(_below(patch, unrolled)) % _TURNS
    if patch.outline.shape != "round":  # a line may run through its middle, too
        return bool(found.hidden[below].max() > _UNSEEN or found.hidden.mean() > _UNSEEN)
    return bool(found.unseen[below].max() > _UNSEEN)


def _below(patch: Patch, unrolled: Unrolled) -> list[int]:
    """Turns, of 72, at which the middle of a line may be."""
    if patch.outline.shape != "round":
        opposite = 0.0 if 0.25 < unrolled.middle < 0.75 else 0.5
        return [round(opposite * _TURNS) + step for step in range(-_BELOW, _BELOW + 1)]
    above = unrolled.middle * _TURNS
    if unrolled.upright:
        tips, reach = [above], _BELOW
    else:
        near = [turn * _TURNS for turn in unrolled.axis if _apart(turn * _TURNS, above) <= _SIDEWAYS]
        tips, reach = (near, _BELOW) if near else ([above], _SIDEWAYS)
    return [round(tip + _TURNS / 2) + step for tip in tips for step in range(-reach, reach + 1)]


def _apart(one: float, other: float) -> float:
    return abs((one - other + _TURNS / 2) % _TURNS - _TURNS / 2)


def kind_of(mark: SealMark, text: str, lines: Sequence[str], star: bool, line: bool) -> SealKind:
    """Kind of the seal from its shape, star and the readings of its inner line, which must not contradict each other.

    `line` = there may be one, legible or not.
    """
    if mark.shape == "square":
        return "personal" if mark.diameter < 29 else "unknown"
    if "监制" in text + "".join(lines):  # of the tax office, printed on every invoice
        return "unknown"
    kinds = kinds_in(lines) or {kind for pattern, kind in _INNER_KINDS if pattern.search(text[-8:])}
    if kinds:
        return kinds.pop() if len(kinds) == 1 else "unknown"
    if re.search(r"(项目部|事业部)(章)?$", text):
        return "department"
    if lines or line or "专用" in text:
        return "unknown"
    if mark.shape == "oval":
        return "company" if _OWNER.search(text) else "unknown"
    return "company" if star else "unknown"


def kinds_in(lines: Sequence[str]) -> set[SealKind]:
    """The kinds that readings of a line tell by their words."""
    patterns: tuple[tuple[re.Pattern[str], SealKind], ...] = (*_INNER_KINDS, (_DEPARTMENT, "department"))
    return {kind for words in lines for pattern, kind in patterns if pattern.search(words)}
