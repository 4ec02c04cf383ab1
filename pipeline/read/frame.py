"""From the coordinates of PDF files to boxes on the page as a viewer shows it, and to the upright page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.model import Box

Turn = Literal[0, 90, 180, 270]
STANDING = 1.5  # height / width
TURNS: tuple[Turn, ...] = (0, 90, 180, 270)


@dataclass(frozen=True)
class Frame:
    """The visible part of a page: `crop` in PDF user space (origin bottom-left), `rotate` = the page's /Rotate."""

    crop: Box
    rotate: Turn = 0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as shown."""
        x0, y0, x1, y1 = self.crop
        return (y1 - y0, x1 - x0) if self.rotate in (90, 270) else (x1 - x0, y1 - y0)

    def shown(self, rect: Box) -> Box:
        """A rectangle of PDF user space as (x0, top, x1, bottom) on the page as shown."""
        left, right = sorted((rect[0], rect[2]))
        low, high = sorted((rect[1], rect[3]))
        x0, y0, x1, y1 = self.crop
        match self.rotate:
            case 90:
                return (low - y0, left - x0, high - y0, right - x0)
            case 180:
                return (x1 - right, low - y0, x1 - left, high - y0)
            case 270:
                return (y1 - high, x1 - right, y1 - low, x1 - left)
            case _:
                return (left - x0, y1 - high, right - x0, y1 - low)


def as_turn(degrees: float) -> Turn:
    """The nearest quarter turn clockwise; odd values in broken files become 0."""
    try:
        rounded = round(float(degrees)) % 360
    except (TypeError, ValueError, OverflowError):
        return 0
    return next((turn for turn in TURNS if turn == rounded), 0)


def turned(box: Box, size: tuple[float, float], turn: Turn) -> Box:
    """The box after the page of `size` (before turning) was turned clockwise; inverse of `Page.as_received`."""
    x0, top, x1, bottom = box
    width, height = size
    match turn:
        case 90:
            return (height - bottom, x0, height - top, x1)
        case 180:
            return (width - x1, height - bottom, width - x0, height - top)
        case 270:
            return (top, width - x1, bottom, width - x0)
        case _:
            return box


def turned_size(size: tuple[float, float], turn: Turn) -> tuple[float, float]:
    """Width and height after turning."""
    return (size[1], size[0]) if turn in (90, 270) else size


def overlap(one: Box, other: Box) -> float:
    """Area common to both boxes."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return width * height if width > 0 and height > 0 else 0.0


def area(box: Box) -> float:
    """Area; 0 for an inverted box."""
    return max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)


def stands(box: Box) -> bool:
    """True for the box of a line that runs up or down the page."""
    return box[3] - box[1] > STANDING * (box[2] - box[0])


def union(boxes: list[Box]) -> Box:
    """The smallest box around all."""
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
