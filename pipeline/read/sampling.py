"""A cheap look at the picture of a page with a text layer: a few lines are read and compared."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.model import Box, Line, Picture, Pixels, TextReader
from pipeline.read.agree import contradicts
from pipeline.read.frame import area, overlap, stands
from pipeline.read.paper import placed
from pipeline.read.telling import fold
from pipeline.read.textlayer import TextLayer

SPREAD = 6  # lines spread over the page
MOST = 40  # lines read at most, suspicious ones first
LEAST_CHARS = 4
MARGIN = 0.12  # of the line's height around its crop
DPI = 200.0
REGION_SHARE = 0.01  # of the page's area from which an image may hold text that matters
REGION_SIDE = 20.0  # pt
REGIONS = 8
LEAST_STRIP, LEAST_CROP = 8, 16  # px of a line, and of a picture on the page
INKED, PAD = 160, 6  # light below which a pixel is writing, px left around it


def doubted(layer: TextLayer, over: Sequence[Box], picture: Picture, reader: TextReader) -> bool:
    """True when the picture shows something else in a sampled line; suspicious lines are always sampled."""
    chosen = _chosen(layer, over)
    crops = [(line, _crop(picture, line.box) if line.words else _written(picture, line.box)) for line in chosen]
    pairs = [(line, crop) for line, crop in crops if min(crop.shape[:2]) >= LEAST_STRIP]
    if len(pairs) < len(crops):
        return True  # print so small is for programs, not for people
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


def read_regions(reader: TextReader, picture: Picture, boxes: Sequence[Box], known: Sequence[Line]) -> list[Line]:
    """Text inside pictures and annotations on a page that is otherwise text; what is `known` there is left out."""
    scale = picture.dpi / 72
    found = []
    for x0, top, x1, bottom in boxes:
        crop = picture.pixels[int(top * scale) : int(bottom * scale), int(x0 * scale) : int(x1 * scale)]
        if min(crop.shape[:2]) < LEAST_CROP:
            continue
        for line in placed(reader.read_page(crop), picture.dpi):
            moved = _moved(line, x0, top)
            if moved.box and not any(k.box and overlap(k.box, moved.box) > 0.3 * area(moved.box) for k in known):
                found.append(moved)
    return found


def _moved(line: Line, dx: float, dy: float) -> Line:
    def shift(box: Box) -> Box:
        return (box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy)

    words = tuple(word.model_copy(update={"box": shift(word.box)}) for word in line.words)
    return line.model_copy(update={"box": shift(line.box) if line.box else None, "words": words})


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


def _written(picture: Picture, box: Box | None) -> Pixels:
    """A form field without its empty rest, in which a short value would be read badly."""
    if box is None:
        return picture.pixels[:0, :0]
    x0, top, x1, bottom = (round(side * picture.dpi / 72) for side in box)
    field = picture.pixels[max(top, 0) : max(bottom, 0), max(x0, 0) : max(x1, 0)]
    inked = field.min(axis=2) < INKED if field.size else np.zeros(field.shape[:2], dtype=np.bool_)
    if not inked.any():
        return field
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    upper, left = max(int(rows[0]) - PAD, 0), max(int(columns[0]) - PAD, 0)
    return field[upper : int(rows[-1]) + 1 + PAD, left : int(columns[-1]) + 1 + PAD]


def _crop(picture: Picture, box: Box | None) -> Pixels:
    if box is None:
        return picture.pixels[:0, :0]
    scale = picture.dpi / 72
    edge = MARGIN * (box[3] - box[1])
    top, bottom = int((box[1] - edge) * scale), round((box[3] + edge) * scale)
    left, right = int((box[0] - edge) * scale), round((box[2] + edge) * scale)
    return picture.pixels[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
