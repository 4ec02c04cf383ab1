"""What ink does on paper: uneven pressure, holes, ragged edges, a dark rim; all fields seeded."""

from __future__ import annotations

import math

import cv2
import numpy as np

from tests.simulator.ink import Floats


def field(shape: tuple[int, int], scale_px: float, rng: np.random.Generator) -> Floats:
    """Smooth noise of mean 0 and deviation 1; scale_px is its correlation length."""
    step = max(1.0, scale_px)
    small = (max(2, math.ceil(shape[0] / step) + 3), max(2, math.ceil(shape[1] / step) + 3))
    coarse = rng.standard_normal(small, dtype=np.float32)
    rows, cols = max(shape[0], round(small[0] * step)), max(shape[1], round(small[1] * step))
    grown = cv2.resize(coarse, (cols, rows), interpolation=cv2.INTER_CUBIC)[: shape[0], : shape[1]]
    return np.asarray((grown - grown.mean()) / max(1e-6, float(grown.std())), dtype=np.float32)


def blur(picture: Floats, sigma: float) -> Floats:
    """Gaussian blur, sigma in pixels; 0 leaves the picture alone."""
    if sigma <= 0.05:
        return picture
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), dtype=np.float32)


def press(plate: Floats, px_per_mm: float, rng: np.random.Generator, wear: float, fade: float) -> Floats:
    """Ink coverage of one press; wear 0..1 adds holes, ragged edges and uneven pressure, fade 0..1 lifts one side."""
    shape = (plate.shape[0], plate.shape[1])
    ragged = blur(plate, 0.05 * px_per_mm) + 0.16 * wear * field(shape, 0.12 * px_per_mm, rng) * (
        blur(plate, 0.1 * px_per_mm) > 0.02
    )
    edge = np.clip((ragged - 0.5) * 3.2 + 0.5, 0, 1)
    rim = np.clip(edge - blur(edge.astype(np.float32), 0.16 * px_per_mm), 0, 1)
    level = 0.86 + 0.45 * rim
    level += wear * (0.10 * field(shape, 7.0 * px_per_mm, rng) + 0.09 * field(shape, 1.6 * px_per_mm, rng))
    level += (0.05 + 0.07 * wear) * field(shape, 0.2 * px_per_mm, rng)
    holes = field(shape, 0.28 * px_per_mm, rng) + 0.8 * field(shape, 2.5 * px_per_mm, rng)
    level *= 1 - np.clip((holes - (3.3 - 1.6 * wear)) * 2.0, 0, 1)
    if fade > 0:
        level *= _lift(shape, rng, fade)
    return blur(np.clip(edge * level, 0, 1).astype(np.float32), 0.035 * px_per_mm)


def _lift(shape: tuple[int, int], rng: np.random.Generator, fade: float) -> Floats:
    angle = rng.uniform(0, 2 * math.pi)
    rows, cols = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    side = rows * math.sin(angle) + cols * math.cos(angle)
    ramp = 1 / (1 + np.exp((side - (0.55 - 0.45 * fade)) * 7))
    return np.asarray(1 - fade * (1 - ramp), dtype=np.float32)
