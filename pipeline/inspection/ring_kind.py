"""The kind of a seal: from the line across its middle, its shape, its star, and whether its middle is blank."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.ink import FloatMap
from pipeline.inspection.outline import Floats
from pipeline.inspection.ring_ink import SCALE, Patch
from pipeline.inspection.ring_unroll import BEYOND_MM, Unrolled, sampled, unseen
from pipeline.inspection.seals import SealMark
from pipeline.model import SealKind

_INNER_KINDS: tuple[tuple[str, SealKind], ...] = (("合同", "contract"), ("财务", "finance"), ("发票", "invoice"))
_DEPARTMENT = re.compile(r"(部|科|处|室|项目|分公司)(章|专用章)?$")
_OWNER = re.compile(r"(公司|中心|集团|厂|店|行|所|院|社|会|合伙）?)$")
_TURNS = 72
# Between the star's tips (0.33 of the radius) and the name (0.63 and more), where a straight line must pass.
_RING, _OVAL = (0.40, 0.60), (0.0, 0.50)
_WINDOW = 13  # of 72 turns, what a short line covers
_BELOW, _SIDEWAYS = 3, 16  # turns; the name's middle was off by up to 50 degrees where a page or a seal hides an end
_INKED = 0.4  # of the seal's own level
_WRITTEN, _UNSEEN = 0.05, 0.1  # inked share of a window (bare: at most 0.02, with a line 0.09 and more), hidden share


def middle(patch: Patch) -> tuple[FloatMap, FloatMap]:
    """Around the middle, 72 turns clockwise from the top of the patch: inked (and seen), hidden share of 65 degrees."""
    outline = patch.outline
    low, high = _RING if outline.shape == "round" else _OVAL
    radii = np.linspace(low, high, max(8, int((high - low) * outline.b * SCALE / 2)))[:, None]
    turn = np.arange(_TURNS * 5) / (_TURNS * 5) * 2 * np.pi
    along, across = radii * np.sin(turn) * outline.a, -radii * np.cos(turn) * outline.b
    cos, sin = np.cos(outline.angle), np.sin(outline.angle)
    x = ((outline.x + along * cos - across * sin) * SCALE - 0.5).astype(np.float32)
    y = ((outline.y + along * sin + across * cos) * SCALE - 0.5).astype(np.float32)
    inked = (sampled(patch.lean, x, y) > _INKED * patch.level) & ~unseen(patch, x, y, BEYOND_MM)
    return _windowed(inked, radii), _windowed(unseen(patch, x, y), radii)


def _windowed(places: NDArray[np.bool_], radii: Floats) -> FloatMap:
    each = ((places * radii).sum(axis=0) / radii.sum()).reshape(_TURNS, -1).mean(axis=1)
    half = _WINDOW // 2
    around = np.concatenate([each[-half:], each, each[:half]])
    return np.asarray(np.convolve(around, np.ones(_WINDOW) / _WINDOW, "valid"), dtype=np.float32)


def line_turn(patch: Patch, unrolled: Unrolled) -> float:
    """Turn (0..1 clockwise) at which a line across would be level: the name's middle, or opposite the most ink."""
    if unrolled.upright or patch.outline.shape != "round" or not unrolled.axis:
        return unrolled.middle
    inked, _ = middle(patch)
    above = (int(inked.argmax()) + 0.5) / _TURNS + 0.5
    return min(unrolled.axis, key=lambda turn: abs((turn - above + 0.5) % 1.0 - 0.5))


def has_line(patch: Patch, unrolled: Unrolled | None) -> bool:
    """Whether ink stands around the middle, as a straight line would, or a line may stand there unseen.

    Unseen means: below the name; on any side but the upper one where a part of the name is hidden, as the middle of
    the rest is elsewhere; without a name, or in an oval, anywhere.
    """
    inked, hidden = middle(patch)
    if inked.max() > _WRITTEN:
        return True
    if unrolled is not None and patch.outline.shape == "round":
        reach = _BELOW if unrolled.upright else _SIDEWAYS
        below = (round((unrolled.middle + 0.5) * _TURNS) + np.arange(-reach, reach + 1)) % _TURNS
        hidden = hidden[below]
    return bool(hidden.max() > _UNSEEN)


def kind_of(mark: SealMark, text: str, inner: str, star: bool, line: bool) -> SealKind:
    """Kind of the seal from its inner line, shape and star; `line` = there may be a line, legible or not."""
    if mark.shape == "square":
        return "personal" if mark.diameter < 29 else "unknown"
    if "监制" in text + inner:  # of the tax office, printed on every invoice
        return "unknown"
    for words in (inner, text[-8:]):
        for key, kind in _INNER_KINDS:
            if key in words or ("专用" in words and any(char in words for char in key)):
                return kind
    if _DEPARTMENT.search(inner) or re.search(r"(项目部|事业部)(章)?$", text):
        return "department"
    if inner or line or "专用" in text:
        return "unknown"
    if mark.shape == "oval":
        return "company" if _OWNER.search(text) else "unknown"
    return "company" if star else "unknown"
