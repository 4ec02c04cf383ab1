"""Which way up a page picture is, found from what the first reading looked like."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.model import Pixels, ReadLine, TextReader
from pipeline.read.frame import Turn
from pipeline.read.raster import turned_pixels

STANDING = 1.5  # height / width of a line that runs up or down the page
STANDING_SHARE = 0.6
LEGIBLE = 0.92  # mean confidence above which an upside-down page is out of the question
MARGIN = 0.08  # mean confidence by which the other way must be better
SAMPLES = 8
LEAST_LINES = 3


def find_turn(pixels: Pixels, lines: Sequence[ReadLine], reader: TextReader) -> Turn:
    """Degrees clockwise that make the page upright; 0 unless another way reads clearly better."""
    if len(lines) < LEAST_LINES:
        return 0
    sideways = sum(len(line.text) for line in lines if _standing(line)) / sum(len(line.text) for line in lines)
    if sideways > STANDING_SHARE:
        return _better(pixels, lines, reader, (90, 270), standing=True)
    if _confidence(lines) > LEGIBLE:
        return 0
    return _better(pixels, lines, reader, (0, 180), standing=False)


def _better(
    pixels: Pixels, lines: Sequence[ReadLine], reader: TextReader, ways: tuple[Turn, Turn], *, standing: bool
) -> Turn:
    """Read a handful of the longest lines both ways."""
    chosen = sorted((line for line in lines if _standing(line) == standing), key=lambda line: -len(line.text))[:SAMPLES]
    crops = [crop for line in chosen if min((crop := _crop(pixels, line)).shape[:2]) > 0]
    if not crops:
        return 0
    one, other = (_score(crops, way, reader) for way in ways)
    if abs(one - other) < MARGIN:
        return 0
    return ways[0] if one > other else ways[1]


def _score(crops: Sequence[Pixels], way: Turn, reader: TextReader) -> float:
    read = reader.read_strips([turned_pixels(crop, way) for crop in crops])
    return float(np.mean([found.confidence if found.text else 0.0 for found in read]))


def _crop(pixels: Pixels, line: ReadLine) -> Pixels:
    xs, ys = [int(x) for x, _ in line.quad], [int(y) for _, y in line.quad]
    return pixels[max(min(ys), 0) : max(ys), max(min(xs), 0) : max(xs)]


def _standing(line: ReadLine) -> bool:
    xs, ys = [x for x, _ in line.quad], [y for _, y in line.quad]
    return max(ys) - min(ys) > STANDING * (max(xs) - min(xs))


def _confidence(lines: Sequence[ReadLine]) -> float:
    weights = [len(line.text) for line in lines]
    return float(np.average([line.confidence for line in lines], weights=weights))
