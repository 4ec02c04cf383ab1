"""Where each character of a recognised line stands, from the columns in which the recogniser saw it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Quad = NDArray[np.float32]  # four (x, y) corners, clockwise from top-left
TALL = 1.5  # height / width from which the engine reads a crop as a standing line; such lines get no spans


def char_spans(
    quad: Quad, text: str, columns: Sequence[int], confidences: Sequence[float], span: float
) -> tuple[tuple[str, float, float, float], ...]:
    """`(char, x0, x1, confidence)` in px along the top edge of `quad`; `columns` are those of the solid characters."""
    height, width = float(np.linalg.norm(quad[0] - quad[3])), float(np.linalg.norm(quad[0] - quad[1]))
    if not text or height >= TALL * width:
        return ()
    centres = places_along(text, columns, span)
    half = _half_widths(centres, height / max(width, 1.0))
    left, right = float(quad[0][0]), float(quad[1][0])
    certain = list(confidences) if len(confidences) == len(text) else [0.0] * len(text)
    return tuple(
        (char, left + (right - left) * max(at - low, 0.0), left + (right - left) * min(at + high, 1.0), certainty)
        for char, at, (low, high), certainty in zip(text, centres, half, certain, strict=True)
    )


def places_along(text: str, columns: Sequence[int], span: float) -> list[float]:
    """Centres 0..1 along the line; evenly spread when the columns do not fit the text, spaces between neighbours."""
    solid = [at for at, char in enumerate(text) if not char.isspace()]
    if not solid or len(solid) != len(columns) or span <= 0:
        return [(at + 0.5) / len(text) for at in range(len(text))]
    known = [min((column + 0.5) / span, 1.0) for column in columns]
    return [float(value) for value in np.interp(range(len(text)), solid, known)]


def _half_widths(centres: list[float], em: float) -> list[tuple[float, float]]:
    """Room left and right of each centre: half way to the neighbour, at most half an em."""
    halves = []
    for at, centre in enumerate(centres):
        before = (centre - centres[at - 1]) / 2 if at else em / 2
        after = (centres[at + 1] - centre) / 2 if at + 1 < len(centres) else em / 2
        halves.append((min(max(before, 0.0), em / 2), min(max(after, 0.0), em / 2)))
    return halves
