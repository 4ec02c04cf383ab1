"""Straight lines across a ring: date stamps stand between two of them, seals have none."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.inspection.ink import FloatMap
from pipeline.inspection.outline import Outline

_TURNS = np.deg2rad(np.arange(0.0, 180.0, 2.5))
_STEP_MM = 0.4
_REACH = 0.7  # of the radius within which the lines lie
_APART = 0.25  # of the radius between the two, at least
_BORDER_MM = 2.0
_BEYOND_MM = np.array([1.5, 2.5, 3.5])
_POINTS = 17
_INKED = 0.35  # of the border's level
_LINE, _BARE = 0.85, 0.6  # inked share of a line, and of a row between two lines
_LARGEST_MM = 25.0  # radius; date stamps are smaller
_RULE = 0.8  # inked share of its continuation from which a line is a rule of the page


def has_chords(ink: FloatMap, scale: float, outline: Outline, level: float) -> bool:
    """Whether two parallel lines run from border to border and not beyond; `scale` in px/mm, `level` of the border."""
    radius = outline.a
    if radius > _LARGEST_MM:
        return False
    offsets = np.arange(-_REACH * radius, _REACH * radius + _STEP_MM / 2, _STEP_MM)
    halves = np.sqrt(radius**2 - offsets**2)
    inner = np.linspace(-1, 1, _POINTS) * (halves - _BORDER_MM)[:, None]
    outer = (halves[:, None] + _BEYOND_MM)[:, :, None] * np.array([-1.0, 1.0])
    along = np.concatenate([inner, outer.reshape(len(offsets), -1)], axis=1)[None]
    cos, sin = np.cos(_TURNS)[:, None, None], np.sin(_TURNS)[:, None, None]
    x = (outline.x + along * cos - offsets[None, :, None] * sin) * scale - 0.5
    y = (outline.y + along * sin + offsets[None, :, None] * cos) * scale - 0.5
    flat = (len(_TURNS), -1)
    sampled = cv2.remap(
        ink, x.reshape(flat).astype(np.float32), y.reshape(flat).astype(np.float32), cv2.INTER_LINEAR, borderValue=0
    ).reshape(x.shape)
    dark = sampled > _INKED * level
    share = dark[..., :_POINTS].mean(axis=2)
    beyond = dark[..., _POINTS:].reshape(*share.shape, len(_BEYOND_MM), 2).mean(axis=2).max(axis=2)
    lines = (share >= _LINE) & (beyond < _RULE)
    for flags, shares in zip(lines, share, strict=True):
        at = np.flatnonzero(flags)
        if len(at) > 1 and offsets[at[-1]] - offsets[at[0]] >= _APART * radius and shares[at[0] : at[-1]].min() < _BARE:
            return True
    return False
