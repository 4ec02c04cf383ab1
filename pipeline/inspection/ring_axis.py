"""Which way up a seal is, told by what stands in its middle; a name stands evenly on both sides of that axis."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.inspection.ring_ink import SCALE, Patch

_TIPS = 5
_STAR = (0.14, 0.31)  # share of the radius in which the outline of a star swings in and out
_SWING = 0.25  # of the star's fifth harmonic against its mean ink; what is no star has less than half of it


def has_star(patch: Patch) -> bool:
    """Whether the very middle is filled as by a star."""
    outline = patch.outline
    y, x = np.ogrid[: patch.ink.shape[0], : patch.ink.shape[1]]
    radius = 0.075 * 2 * outline.a * SCALE
    disc = (x - outline.x * SCALE) ** 2 + (y - outline.y * SCALE) ** 2 < radius**2
    return bool((patch.ink[disc] > 0.4 * patch.level).mean() > 0.6) if disc.any() else False


def axes(patch: Patch) -> tuple[float, ...]:
    """Turns (0..1 clockwise from the outline's top) one of which is the middle of the name; none if nothing tells."""
    outline = patch.outline
    if outline.shape != "round":
        return 0.0, 0.5
    turn = np.arange(360) / 360
    radii = np.linspace(*_STAR, 16)[:, None] * outline.a
    x = ((outline.x + radii * np.sin(2 * np.pi * turn)) * SCALE - 0.5).astype(np.float32)
    y = ((outline.y - radii * np.cos(2 * np.pi * turn)) * SCALE - 0.5).astype(np.float32)
    ink = cv2.remap(patch.lean, x, y, cv2.INTER_LINEAR, borderValue=0).mean(axis=0)
    wave = complex((ink * np.exp(-2j * np.pi * _TIPS * turn)).mean())
    if not has_star(patch) or 2 * abs(wave) < _SWING * float(ink.mean()) or ink.mean() < 0.1 * patch.level:
        return ()
    first = -np.angle(wave) / (2 * np.pi * _TIPS)
    return tuple(float((first + tip / _TIPS) % 1.0) for tip in range(_TIPS))
