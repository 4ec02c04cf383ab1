"""Whether a page picture has colour, or only two tones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.model import Pixels

Counts = NDArray[np.float64]
SAMPLE_SIDE = 600  # px of the longer side that is looked at, after averaging
STRONG_CHROMA, STRONG_SHARE = 44.0, 2e-4  # a 3 mm slice of a seal at the page edge is about 2e-4 of an A4 page
WEAK_CHROMA, WEAK_SHARE = 14.0, 0.05  # tinted paper: the three channels were really scanned
TONE_WIDTH = 20  # grey levels that count as "near" a tone
BILEVEL_SHARE, SECOND_SHARE = 0.99, 0.8
WHITE_SHARE = 0.5  # of the page; paper as a sensor sees it is hardly anywhere the whitest white there is


def has_colour(pixels: Pixels) -> bool:
    """True for real chroma; averaging first removes the fringes that JPEG and scanners leave at black edges."""
    small = _averaged(pixels)
    chroma = small.max(axis=2) - small.min(axis=2)
    return bool((chroma > STRONG_CHROMA).mean() > STRONG_SHARE or (chroma > WEAK_CHROMA).mean() > WEAK_SHARE)


def is_bilevel(pixels: Pixels) -> bool:
    """True when more than 99 % of the pixels lie near two tones and the rarer tone is no mere blur of the other."""
    step = max(1, max(pixels.shape[:2]) // 1000)
    grey = pixels[::step, ::step].astype(np.uint16).sum(axis=2) // 3
    counts = np.bincount(grey.ravel(), minlength=256).astype(np.float64)
    first = int(np.argmax(_windowed(counts)))
    rest = counts.copy()
    rest[max(first - TONE_WIDTH, 0) : first + TONE_WIDTH + 1] = 0
    outside = rest.sum()
    if outside == 0:
        return False
    second = _windowed(rest).max()
    inside = counts.sum() - outside
    return bool((inside + second) / counts.sum() > BILEVEL_SHARE and second / outside > SECOND_SHARE)


def is_whitened(pixels: Pixels) -> bool:
    """True when most of the page is pure white: a filter wiped the paper away, and faint marks may be gone with it."""
    step = max(1, max(pixels.shape[:2]) // 1000)
    return bool((pixels[::step, ::step].min(axis=2) == 255).mean() > WHITE_SHARE)


def _windowed(counts: Counts) -> Counts:
    return np.convolve(counts, np.ones(2 * TONE_WIDTH + 1), mode="same")


def _averaged(pixels: Pixels) -> NDArray[np.float32]:
    """Block means as float32; pixels (height, width, 3)."""
    block = max(1, max(pixels.shape[:2]) // SAMPLE_SIDE)
    return np.asarray(Image.fromarray(pixels).reduce(block), dtype=np.float32)
