"""The ink of one seal told from that of another pressed over it: by its colour, else by what is known of its shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.ink import FloatMap, InkMaps
from pipeline.inspection.outline import Floats, Outline, points_and_normals

BEYOND_MM = 0.7  # of another seal's outline, where its border may still be
_POINTS = 360
_BORDER_MM = np.arange(-1.4, 0.2, 0.2)  # from the outline, where the ink of a border lies
_LEAST, _FEW = 0.15, 20  # density in the darkest channel of a border point that shows the ink; points that tell enough
_TRACE = 0.1  # density of another ink, from which it is taken off
_LOUDEST = 4.0  # noise of the unmixed ink, against a channel's: two colours have up to 3.2, twice the same 17 and more
_DEEP_MM, _OUT_MM = 3.0, 0.6  # inside and outside of an outline, where a border lies, or the inner of two

Channels = tuple[FloatMap, FloatMap, FloatMap]
Places = NDArray[np.bool_]


@dataclass(frozen=True)
class Apart:
    """A seal's channels without the ink of other seals.

    `mixed` = where such ink was taken off by its colour, `hiding` = outlines of seals of the same colour: only their
    borders and grounds could be taken off.
    """

    channels: Channels
    mixed: Places
    hiding: tuple[Outline, ...]


def inside(outline: Outline, x: FloatMap, y: FloatMap) -> Places:
    """Which points, in mm, lie within an outline."""
    along, across = _own_frame(outline, x, y)
    along, across = along / outline.a, across / outline.b
    if outline.shape == "square":
        return np.asarray(np.maximum(np.abs(along), np.abs(across)) <= 1)
    return np.asarray(along**2 + across**2 <= 1)


def _own_frame(outline: Outline, x: FloatMap, y: FloatMap) -> tuple[FloatMap, FloatMap]:
    cos, sin = np.float32(np.cos(outline.angle)), np.float32(np.sin(outline.angle))
    dx, dy = x - np.float32(outline.x), y - np.float32(outline.y)
    return dx * cos + dy * sin, dy * cos - dx * sin


def _pixels(scale: float, shape: tuple[int, ...]) -> tuple[FloatMap, FloatMap]:
    """Middles in mm of all pixels of a map at `scale` px/mm, for broadcasting."""
    y, x = np.ogrid[: shape[0], : shape[1]]
    return ((x + 0.5) / scale).astype(np.float32), ((y + 0.5) / scale).astype(np.float32)


def _across(outline: Outline, steps: Floats, scale: float) -> tuple[FloatMap, FloatMap]:
    """Where on a map the places at `steps` mm outwards from points all round an outline are, px."""
    points, normals = points_and_normals(outline, _POINTS)
    places = (points[:, None] + normals[:, None] * steps[None, :, None]) * scale - 0.5
    return places[..., 0].astype(np.float32), places[..., 1].astype(np.float32)


def ink_colour(maps: InkMaps, outline: Outline, others: Sequence[Outline]) -> Floats | None:
    """Densities (red, green, blue channel) of a seal's ink, 1 in the darkest, by its border; None if it does not show.

    `others` = outlines of other seals, in which the border is not looked at.
    """
    x, y = _across(outline, _BORDER_MM, maps.scale)
    channels = (maps.red_channel, maps.green_channel, maps.blue_channel)
    seen = np.stack([cv2.remap(one, x, y, cv2.INTER_LINEAR, borderValue=0) for one in channels], axis=-1)
    for other in others:
        seen[inside(other.grown(BEYOND_MM), x / maps.scale, y / maps.scale)] = 0
    darkest = seen.max(axis=-1)
    best = darkest.argmax(axis=1)
    border = seen[np.arange(_POINTS), best]
    border = border[border.max(axis=1) > _LEAST]
    if len(border) < _FEW:
        return None
    colour = np.median(border, axis=0)
    return np.asarray(colour / colour.max(), dtype=np.float64)


def unmixed(maps: InkMaps, own: Floats, other: Floats) -> tuple[FloatMap, FloatMap] | None:
    """Densities of two inks, in the darkest channel of each, where print may lie over them; None if too alike."""
    found = []
    for one, rest in ((own, other), (other, own)):
        across = np.cross(rest, np.ones(3))
        weights = across / max(abs(float(across @ one)), 1e-6) * np.sign(across @ one)
        if not 0 < float(np.linalg.norm(weights)) <= _LOUDEST:
            return None
        red, green, blue = (np.float32(weight) for weight in weights)
        ink = red * maps.red_channel + green * maps.green_channel + blue * maps.blue_channel
        found.append(np.asarray(np.maximum(ink, 0), dtype=np.float32))
    return found[0], found[1]


def bared(ink: FloatMap, scale: float, outline: Outline, other: Outline) -> FloatMap:
    """Ink without another seal's border, or its filled ground: less what typically lies at that depth inside it.

    Densities add, so that what is left where two seals cross is the ink of one. Typical = seen outside `outline`.
    """
    steps = np.arange(-min(other.a, other.b) if other.shape == "square" else -_DEEP_MM, _OUT_MM, 1 / scale)
    x, y = _across(other, steps, scale)
    height, width = ink.shape
    gone = inside(outline.grown(BEYOND_MM), x / np.float32(scale), y / np.float32(scale))
    gone |= (x < 0) | (y < 0) | (x > width - 1) | (y > height - 1)
    enough = (~gone).sum(axis=0) >= _FEW
    if not enough.any():
        return ink
    seen = np.where(gone, np.nan, cv2.remap(ink, x, y, cv2.INTER_LINEAR, borderValue=0))
    typical = np.zeros(len(steps) + 2)  # nothing beyond both ends
    typical[1:-1][enough] = np.nanmedian(seen[:, enough], axis=0)
    typical[1:-1] = np.maximum.reduce([typical[:-2], typical[1:-1], typical[2:]])
    places = _pixels(scale, ink.shape)
    foreign = np.interp(_depth(other, *places), np.concatenate([[-99], steps, [99]]), typical)
    return np.where(inside(outline.grown(BEYOND_MM), *places), np.maximum(ink - foreign, 0), ink).astype(np.float32)


def _depth(outline: Outline, x: FloatMap, y: FloatMap) -> FloatMap:
    """Mm of points beyond an outline along its normal, for an ellipse near it; negative inside."""
    along, across = _own_frame(outline, x, y)
    if outline.shape == "square":
        return np.asarray(np.maximum(np.abs(along) - outline.a, np.abs(across) - outline.b))
    turn = np.maximum(np.hypot(along / outline.a, across / outline.b), 1e-6)
    slope = np.hypot(along / outline.a**2, across / outline.b**2) / turn
    return np.asarray((turn - 1) / np.maximum(slope, 1e-6))


def apart(maps: InkMaps, channels: Channels, outline: Outline, others: Sequence[Outline]) -> Apart:
    """A seal's ink without that of the others.

    Where there is other ink, colour alone tells the seal's: softer, but neither print nor another seal is left in it.
    """
    near = [other for other in others if _meet(outline, other)]
    own = ink_colour(maps, outline, near) if near else None
    mixed, hiding = np.zeros(channels[0].shape, dtype=bool), []
    for other in near:
        theirs = ink_colour(maps, other, [outline, *(each for each in near if each is not other)])
        inks = unmixed(maps, own, theirs) if own is not None and theirs is not None else None
        soft, sharp, rest = channels
        if inks is None:
            hiding.append(other)
            channels = bared(soft, maps.scale, outline, other), bared(sharp, maps.scale, outline, other), rest
            continue
        alone, foreign = inks
        there = inside(other.grown(BEYOND_MM), *_pixels(maps.scale, foreign.shape)) & _inked(foreign)
        channels = np.where(there, alone, soft), np.where(there, alone, sharp), np.where(there, np.float32(0), rest)
        mixed |= there
    return Apart(channels, mixed, tuple(hiding))


def _inked(ink: FloatMap) -> Places:
    """Where there is ink, and next to it."""
    traces = (ink > _TRACE).astype(np.uint8)
    return np.asarray(cv2.dilate(traces, np.ones((3, 3), np.uint8))) > 0


def _meet(one: Outline, other: Outline) -> bool:
    """Whether the boxes of two outlines touch."""
    (wide, tall), (width, height) = one.extent, other.extent
    return abs(one.x - other.x) < wide + width + BEYOND_MM and abs(one.y - other.y) < tall + height + BEYOND_MM
