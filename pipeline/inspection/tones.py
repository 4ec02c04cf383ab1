"""Whether a picture's darkness tells all that is drawn: where red ink lies, and whether there are greys."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.inspection.compare_paper import red_darkness
from pipeline.model import Box, Picture, Pixels

RED_DPI, RED = 50.0, 30  # resolution, and R - max(G, B), at which red ink is looked for
RED_JOIN, RED_LEAST, RED_DEPTH = 8, 4, 64  # px at 50 dpi: gap within a slice, least ink, 32 mm = a slice of two sheets
GREYS = 0.02  # share of pixels between ink and paper below which a scan has two tones only


def red_at_edges_only(red: Pixels, dpi: float) -> bool:
    """Whether all red ink hangs on the paper's edge as slices do: the darkness map is blind to red, a note included.

    `red` as by `red_darkness`.
    """
    return not _loose(red, dpi)


def loose_red(picture: Picture, explained: Sequence[Box] = ()) -> list[Box]:
    """Places (pt) of red ink outside the `explained` ones that does not hang on the paper's edge as slices do."""
    return _loose(red_darkness(picture), picture.dpi, explained)


def _loose(dark: Pixels, dpi: float, explained: Sequence[Box] = ()) -> list[Box]:
    factor, scale = RED_DPI / dpi, RED_DPI / 72
    red = cv2.resize(dark, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) > RED
    for x0, top, x1, bottom in explained:
        red[max(int(top * scale), 0) : int(bottom * scale) + 1, max(int(x0 * scale), 0) : int(x1 * scale) + 1] = False
    joined = cv2.dilate(red.astype(np.uint8), np.ones((RED_JOIN, RED_JOIN), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    height, width = red.shape
    found = []
    for label in range(1, count):
        if np.count_nonzero(red & (labels == label)) < RED_LEAST:
            continue
        x, y, w, h = (int(value) for value in stats[label][:4])
        depths = (x + w if x <= RED_JOIN else height, width - x if x + w >= width - RED_JOIN else height)
        falls = (y + h if y <= RED_JOIN else height, height - y if y + h >= height - RED_JOIN else height)
        if min(*depths, *falls) > RED_DEPTH:
            found.append((x / scale, y / scale, (x + w) / scale, (y + h) / scale))
    return found


def two_tones(dark: Pixels) -> bool:
    """Whether a darkness map knows ink and paper only, with nothing between."""
    counts = np.bincount(dark[::4, ::4].ravel(), minlength=256)
    return bool(counts[40:216].sum() < GREYS * counts[40:].sum())
