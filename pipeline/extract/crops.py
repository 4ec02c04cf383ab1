"""Small pieces of a page picture for the recogniser: seal ink and ruled lines taken away, cut into text rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.model import Box, Picture, Pixels

Mask = NDArray[np.bool_]
POINTS = 72.0
LEAST_CONTRAST = 50  # grey levels between paper and ink; fainter is paper texture or what is left of a red seal
LEAST_DRAWN = 0.02  # of a character's box
DARK_SHARE = 0.6  # of its strongest channel, from which a pixel is dark in red
SEAL_DARK = 0.2  # of the drawn pixels; more is print under a seal
RULE_SHARE = 0.7  # of the width or height; a ruled line runs through, writing does not
RULE_PT = 1.5
LEAST_ROW_PT = 4.0
ROW_GAP = 0.2  # of the row height; strokes of one row stand closer
PAD_PT = 2.0


def colours(picture: Picture, box: Box) -> Pixels:
    """The piece under `box` (pt), RGB; may be empty."""
    scale = picture.dpi / POINTS
    height, width = picture.pixels.shape[:2]
    x0, top = (max(round(value * scale), 0) for value in box[:2])
    x1, bottom = min(round(box[2] * scale), width), min(round(box[3] * scale), height)
    return picture.pixels[top : max(bottom, top), x0 : max(x1, x0)]


def crop(picture: Picture, box: Box) -> Pixels:
    """The red channel under `box`, in which red ink is nearly white; shape (height, width)."""
    return np.ascontiguousarray(colours(picture, box)[:, :, 0])


def ink(red: Pixels, dpi: float) -> Mask:
    """Where dark ink stands, ruled lines removed; all False on plain paper."""
    if red.size == 0:
        return np.zeros(red.shape, dtype=np.bool_)
    paper, dark = np.percentile(red, 90), float(red.min())
    if paper - dark < LEAST_CONTRAST:
        return np.zeros(red.shape, dtype=np.bool_)
    # Of a speck on blank paper Otsu's threshold would lie in the texture of the paper.
    return _without_rules(red < min(_threshold(red), float(paper) - LEAST_CONTRAST / 2), dpi)


def paper_colour(picture: Picture) -> NDArray[np.float32]:
    """RGB of the blank paper, from every eighth pixel each way."""
    sample = picture.pixels[::8, ::8].reshape(-1, 3)
    return np.percentile(sample, 90, axis=0).astype(np.float32)


def is_seal_ink(pixels: Pixels, paper: NDArray[np.float32]) -> bool:
    """Whether what is drawn in an RGB piece is red through and through: strokes of print would be dark in red, too."""
    if pixels.size == 0:
        return False
    drop = np.clip(paper - pixels.astype(np.float32), 0, None)
    strongest = drop.max(axis=2)
    drawn = strongest > LEAST_CONTRAST
    if drawn.mean() < LEAST_DRAWN:
        return False
    dark = drawn & (drop[:, :, 0] > DARK_SHARE * strongest)
    return bool(dark.sum() < SEAL_DARK * drawn.sum())


def text_rows(mask: Mask, dpi: float) -> list[tuple[int, int]]:
    """First and last+1 px row of every line of writing, top to bottom."""
    filled = mask.sum(axis=1) > 0
    runs = _runs(filled)
    merged: list[tuple[int, int]] = []
    for start, end in runs:
        if merged and start - merged[-1][1] < ROW_GAP * max(merged[-1][1] - merged[-1][0], end - start):
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    least = LEAST_ROW_PT * dpi / POINTS
    return [(start, end) for start, end in merged if end - start >= least]


def has_ink(red: Pixels, dpi: float) -> bool:
    """Whether anything is written that is as high as small letters; specks and what is left of a rule are lower."""
    return bool(text_rows(ink(red, dpi), dpi))


def strips(red: Pixels, dpi: float) -> list[Pixels]:
    """RGB pictures of single text rows, trimmed to the ink with a little paper around."""
    mask = ink(red, dpi)
    pad = round(PAD_PT * dpi / POINTS)
    pieces: list[Pixels] = []
    for start, end in text_rows(mask, dpi):
        columns = np.nonzero(mask[start:end].any(axis=0))[0]
        left, right = max(int(columns[0]) - pad, 0), int(columns[-1]) + 1 + pad
        piece = red[max(start - pad, 0) : end + pad, left:right]
        pieces.append(np.repeat(piece[:, :, np.newaxis], 3, axis=2))
    return pieces


def _without_rules(mask: Mask, dpi: float) -> Mask:
    clean = mask.copy()
    thick = max(round(RULE_PT * dpi / POINTS), 1)
    for axis in (0, 1):
        share = mask.mean(axis=1 - axis)
        for start, end in _runs(share > RULE_SHARE):
            if end - start > 2 * thick:
                continue
            area: list[Any] = [slice(None), slice(None)]
            area[axis] = slice(max(start - 1, 0), end + 1)
            clean[tuple(area)] = False
    return clean


def _runs(flags: Mask) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _threshold(red: Pixels) -> float:
    """Otsu's threshold."""
    counts = np.bincount(red.ravel(), minlength=256).astype(np.float64)
    levels = np.arange(256, dtype=np.float64)
    below = np.cumsum(counts)
    above = below[-1] - below
    mass = np.cumsum(counts * levels)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = below * above * (mass / below - (mass[-1] - mass) / above) ** 2
    return float(np.nanargmax(spread)) + 1.0
