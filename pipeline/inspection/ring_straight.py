"""How far a seal's border strays from its fitted outline, so that it can be unwrapped to a straight line."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from pipeline.inspection.ink import FloatMap
from pipeline.inspection.outline import Floats
from pipeline.inspection.ring_ink import SCALE, Patch

_BLOCKS, _ORDER = 36, 4  # stretches that are compared; harmonics: scanners stretch, shear and slip, but smoothly
_SLIP = 7  # rows of 1/12 mm the border may be off
_OUTSIDE_MM, _INSIDE_MM = 1.2, 3.4  # of the outline of a 40 mm seal: both of two borders
_LEAST_ALIKE, _LEAST_BLOCKS = 0.5, 0.5  # correlation with the typical border; of the stretches
_ROBUST = 1.5  # rows


def waviness(patch: Patch, points: Floats, normals: Floats, unit: float) -> Floats:
    """Mm along the normals by which the border lies outside the outline at every point; `unit` = size against 40 mm."""
    rows = np.arange(-_OUTSIDE_MM, _INSIDE_MM * unit, 1 / SCALE)
    x, y = grid(points, normals, rows)
    ink = np.clip(cv2.remap(patch.ink, x, y, cv2.INTER_LINEAR, borderValue=0) / patch.level, 0, 1)
    blocks = np.asarray(ink.reshape(len(rows), _BLOCKS, -1).mean(axis=2).T, dtype=np.float64)
    basis = _harmonics((np.arange(_BLOCKS) + 0.5) / _BLOCKS)
    shape: Floats = np.zeros(basis.shape[1])
    for _ in range(2):
        slips, alike = _slips(blocks, basis @ shape)
        weight = np.maximum(alike - _LEAST_ALIKE, 0) ** 2
        if (weight > 0).mean() < _LEAST_BLOCKS:
            return np.zeros(len(points))
        for _ in range(3):
            residual = slips - basis @ shape
            robust = weight / (1 + (residual / _ROBUST) ** 2)
            normal = basis.T @ (basis * robust[:, None]) + 1e-3 * np.eye(basis.shape[1])
            shape = np.asarray(np.linalg.solve(normal, basis.T @ (robust * slips)), dtype=np.float64)
    return np.asarray(-(_harmonics(np.arange(len(points)) / len(points)) @ shape) / SCALE, dtype=np.float64)


def grid(points: Floats, normals: Floats, rows: Floats) -> tuple[FloatMap, FloatMap]:
    """Where in the patch (px) the rows, mm inwards from the points, are to be taken."""
    xy = (points[None] - normals[None] * rows[:, None, None]) * SCALE - 0.5
    return xy[..., 0].astype(np.float32), xy[..., 1].astype(np.float32)


def _harmonics(turn: Floats) -> Floats:
    angle = 2 * np.pi * turn
    waves = [wave(order * angle) for order in range(1, _ORDER + 1) for wave in (np.cos, np.sin)]
    return np.stack([np.ones_like(turn), *waves], axis=1)


def _slips(blocks: Floats, known: Floats) -> tuple[Floats, Floats]:
    """Rows by which every stretch is further in than the typical border, and how like that border it is there."""
    size = blocks.shape[1]
    at = np.arange(size, dtype=np.float64)
    moved = [np.interp(at + slip, at, block) for slip, block in zip(known, blocks, strict=True)]
    typical = np.median(moved, axis=0)[_SLIP:-_SLIP]
    typical -= typical.mean()
    windows = sliding_window_view(blocks, size - 2 * _SLIP, axis=1)
    windows = windows - windows.mean(axis=2, keepdims=True)
    norms = np.sqrt((windows**2).sum(axis=2) * (typical**2).sum())
    scores = windows @ typical / np.maximum(norms, 1e-6)
    return scores.argmax(axis=1).astype(np.float64) - _SLIP, scores.max(axis=1)
