"""What seals and slices account for on a page: within their outlines, not in the corners of the boxes about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from pipeline.model import Box, Seal, Slice

BANDS = 12  # boxes that cover a disc
WHOLE = 0.95  # share on the page from which a seal's box is the one about its disc
SQUARE = 0.1  # how much the sides of such a box may differ


@dataclass(frozen=True)
class Stamps:
    """Boxes in pt of a page: about its seals and slices; `discs` together cover the seals' own outlines."""

    seals: tuple[Box, ...] = ()
    slices: tuple[Box, ...] = ()
    discs: tuple[Box, ...] = ()


def stamps_by_page(seals: Sequence[Seal], slices: Sequence[Slice]) -> dict[int, Stamps]:
    """The stamps of every page that bears any."""
    return {
        page: Stamps(
            tuple(seal.box for seal in seals if seal.page == page),
            tuple(piece.box for piece in slices if piece.page == page),
            tuple(box for seal in seals if seal.page == page for box in _outline(seal)),
        )
        for page in {seal.page for seal in seals} | {piece.page for piece in slices}
    }


def _outline(seal: Seal) -> list[Box]:
    x0, top, x1, bottom = seal.box
    width, height = x1 - x0, bottom - top
    if seal.shape != "round" or seal.visible < WHOLE or abs(width - height) > SQUARE * max(width, height):
        return [seal.box]
    middle, rows = (x0 + x1) / 2, [top + height * at / BANDS for at in range(BANDS + 1)]
    boxes = []
    for at, (upper, lower) in enumerate(pairwise(rows)):
        nearest = min(abs(2 * at / BANDS - 1), abs(2 * (at + 1) / BANDS - 1))  # row nearest to the centre, in radii
        reach = width / 2 * sqrt(1 - nearest**2)
        boxes.append((middle - reach, upper, middle + reach, lower))
    return boxes
