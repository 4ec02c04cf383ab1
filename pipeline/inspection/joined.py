"""A straddle seal put together from its slices, so that it can be read like a whole one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.inspection.compose import Composition
from pipeline.inspection.ring import read_seal
from pipeline.inspection.ring_ink import cut_patch
from pipeline.inspection.ring_unroll import unroll
from pipeline.inspection.seals import SealMark
from pipeline.inspection.strips import SCALE, EdgeInk
from pipeline.model import Edge, Picture, Pixels, TextReader

MARGIN_MM = 4.0  # paper around the seal
TRACE = 20  # of 255, from which a pixel of a strip may be ink; the darker half of those tells its colour, however faint
BARE = 0.85  # quantile of brightness that is the paper's


@dataclass(frozen=True)
class JoinedName:
    """What a joined seal says; `turns` = where its characters stand, degrees clockwise from the top, if known."""

    text: str
    confidence: float
    turns: tuple[float, ...] = ()


def read_joined(
    by_page: Mapping[int, EdgeInk], edge: Edge, parts: Sequence[Composition], reader: TextReader
) -> JoinedName:
    """The name on the joined seal; empty where several groups of sheets do not all read alike."""
    whole = [one for one in (joined(by_page, edge, part) for part in parts) if one is not None]
    seals = [read_seal(picture, mark, mark.page, reader) for picture, mark in whole]
    if len(seals) < len(parts) or len({seal.text for seal in seals}) != 1:
        return JoinedName("", 0.0)
    unrolled = unroll(cut_patch(*whole[0])) if len(whole) == 1 and whole[0][1].shape == "round" else None
    turns = unrolled.turns(len(seals[0].text)) if unrolled is not None and seals[0].text else ()
    return JoinedName(seals[0].text, min(seal.text_confidence for seal in seals), turns)


def joined(by_page: Mapping[int, EdgeInk], edge: Edge, composed: Composition) -> tuple[Picture, SealMark] | None:
    """The seal's picture at 6 px/mm, turned as the edge is, and where it lies there; None without coloured ink."""
    outline, starts, heights = composed.outline, composed.starts, composed.heights
    size = 2 * round((max(outline.a, outline.b) + MARGIN_MM) * SCALE)
    strips = [by_page[piece.page].strip(edge) for piece in composed.slices]
    known = [strip for strip in strips if strip is not None]
    ink = np.concatenate([strip.ink[strip.ink > TRACE] for strip in known]) if known else np.empty(0)
    if not len(ink):
        return None
    inked = np.concatenate([strip.rgb[strip.ink >= max(float(np.median(ink)), TRACE)] for strip in known])
    paper = np.quantile(np.concatenate([strip.rgb.reshape(-1, 3) for strip in known]), BARE, axis=0)
    canvas = np.broadcast_to(paper.astype(np.uint8), (size, size, 3)).copy()
    for at, (piece, strip) in enumerate(zip(composed.slices, strips, strict=True)):
        if strip is not None:
            width = strip.rgb.shape[1]
            part = strip.rgb[:, width + round(piece.left * SCALE) : width + round(piece.right * SCALE)]
            row = round((strip.start_mm - float(heights[at])) * SCALE) + size // 2
            _lay(canvas, part, row, round(float(starts[at]) * SCALE) + size // 2)
    red, _, blue = np.median(inked, axis=0)
    middle = size / 2 / SCALE
    mark = SealMark(
        page=composed.slices[0].page, shape=outline.shape, colour="red" if red > blue else "blue", x=middle, y=middle,
        width=2 * outline.a, height=2 * outline.b, angle=float(np.rad2deg(outline.angle)),
        support=1.0, visible=1.0, confidence=1.0,
        box=(0.0, 0.0, size / SCALE, size / SCALE), patch=np.zeros((1, 1), np.uint8),
    )  # fmt: skip
    return Picture(canvas, SCALE * 25.4), mark


def _lay(canvas: Pixels, part: Pixels, row: int, column: int) -> None:
    """Copy what of `part` falls on the canvas."""
    top, left = max(row, 0), max(column, 0)
    bottom, right = min(row + part.shape[0], canvas.shape[0]), min(column + part.shape[1], canvas.shape[1])
    if bottom > top and right > left:
        canvas[top:bottom, left:right] = part[top - row : bottom - row, left - column : right - column]
