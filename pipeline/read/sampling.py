"""A cheap look at the picture of a page with a text layer: a few lines are read and compared."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import Box, Line, Picture, Pixels, TextReader
from pipeline.read.agree import contradicts, fold
from pipeline.read.frame import area, overlap, stands
from pipeline.read.textlayer import TextLayer

SPREAD = 6  # lines spread over the page
MOST = 40  # lines read at most, suspicious ones first
LEAST_CHARS = 4
MARGIN = 0.12  # of the line's height around its crop
DPI = 200.0
REGION_SHARE = 0.01  # of the page's area from which an image may hold text that matters
REGION_SIDE = 20.0  # pt
REGIONS = 8


def doubted(layer: TextLayer, over: Sequence[Box], picture: Picture, reader: TextReader) -> bool:
    """True when the picture shows something else in a sampled line; suspicious lines are always sampled."""
    chosen = _chosen(layer, over)
    pairs = [(line, crop) for line in chosen if line.box and min((crop := _crop(picture, line.box)).shape[:2]) >= 8]
    read = reader.read_strips([crop for _, crop in pairs])
    return any(
        contradicts(line.text, found.text, found.confidence) or not found.text
        for (line, _), found in zip(pairs, read, strict=True)
    )


def regions(boxes: Sequence[Box], size: tuple[float, float]) -> list[Box]:
    """Images and annotations large enough to hold text, clipped to the page, each place once."""
    page: Box = (0.0, 0.0, *size)
    kept: list[Box] = []
    for box in sorted(boxes, key=area, reverse=True):
        inside = (max(box[0], 0.0), max(box[1], 0.0), min(box[2], size[0]), min(box[3], size[1]))
        large = (
            area(inside) >= REGION_SHARE * area(page)
            and min(inside[2] - inside[0], inside[3] - inside[1]) >= REGION_SIDE
        )
        if large and not any(overlap(inside, other) > 0.8 * area(inside) for other in kept):
            kept.append(inside)
    return kept[:REGIONS]


def _chosen(layer: TextLayer, over: Sequence[Box]) -> list[Line]:
    """Doubtful lines, lines under something drawn over them, the figures, and some spread over the page."""
    legible = [line for line in layer.lines if _comparable(line)]
    covered = [line for line in legible if line.box and any(overlap(line.box, box) > 0 for box in over)]
    figures = sorted(legible, key=lambda line: -sum(char.isdigit() for char in line.text))[:SPREAD]
    spread = legible[:: max(1, len(legible) // SPREAD)][:SPREAD]
    doubtful = [line for line in layer.doubtful if _comparable(line)]
    unique = {(line.text, line.box): line for line in (*doubtful, *covered, *figures, *spread)}
    return list(unique.values())[:MOST]


def _comparable(line: Line) -> bool:
    """Standing print cannot be read as a strip."""
    return line.box is not None and not stands(line.box) and len(fold(line.text)) >= LEAST_CHARS


def _crop(picture: Picture, box: Box) -> Pixels:
    scale = picture.dpi / 72
    edge = MARGIN * (box[3] - box[1])
    top, bottom = int((box[1] - edge) * scale), round((box[3] + edge) * scale)
    left, right = int((box[0] - edge) * scale), round((box[2] + edge) * scale)
    return picture.pixels[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
