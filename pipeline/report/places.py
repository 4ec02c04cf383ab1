"""Where a box lies on the upright page picture, and which part of the picture shows it best."""

from __future__ import annotations

from pipeline.model import Box, ReviewPage

_MARGIN = 16.0  # pt around a box, so that the reader sees where on the page it is
_MIN_WIDTH, _MIN_HEIGHT = 250.0, 74.0
_MAX_TALL = 0.62  # height over width of a cut-out; taller ones waste the screen


def upright(box: Box, page: ReviewPage) -> Box:
    """The inverse of `Page.as_received`: a box of the page as received, on the upright page of the picture (pt)."""
    x0, top, x1, bottom = box
    width, height = page.width, page.height
    match page.rotation:
        case 90:
            return (width - bottom, x0, width - top, x1)
        case 180:
            return (width - x1, height - bottom, width - x0, height - top)
        case 270:
            return (top, height - x1, bottom, height - x0)
        case _:
            return box


def window(box: Box, width: float, height: float) -> Box:
    """The part of a page of `width` x `height` pt to show for `box`: with its surroundings, nothing off the page."""
    x0, top, x1, bottom = _within(box, width, height)
    wide = max(x1 - x0 + 2 * _MARGIN, _MIN_WIDTH)
    tall = max(bottom - top + 2 * _MARGIN, _MIN_HEIGHT)
    wide = max(wide, tall / _MAX_TALL)
    left, right = _span((x0 + x1) / 2, wide, width)
    upper, lower = _span((top + bottom) / 2, tall, height)
    return (left, upper, right, lower)


def _within(box: Box, width: float, height: float) -> Box:
    x0, x1 = sorted((min(max(box[0], 0.0), width), min(max(box[2], 0.0), width)))
    top, bottom = sorted((min(max(box[1], 0.0), height), min(max(box[3], 0.0), height)))
    return (x0, top, x1, bottom)


def _span(centre: float, length: float, limit: float) -> tuple[float, float]:
    """An interval of `length` around `centre`, pushed inside 0..limit."""
    length = min(length, limit)
    start = min(max(centre - length / 2, 0.0), limit - length)
    return (start, start + length)
