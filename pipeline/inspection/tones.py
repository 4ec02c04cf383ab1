"""Whether a picture's darkness tells all that is drawn: where red ink lies, and whether there are greys."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.inspection.compare_paper import red_darkness
from pipeline.model import Picture, Pixels

RED_DPI, RED = 50.0, 30  # resolution, and R - max(G, B), at which red ink is looked for
RED_JOIN, RED_LEAST, RED_DEPTH = 8, 4, 64  # px at 50 dpi: gap within a slice, least ink, 32 mm = a slice of two sheets
GREYS = 0.02  # share of pixels between ink and paper below which a scan has two tones only


def red_at_edges_only(picture: Picture) -> bool:
    """Whether all red ink hangs on the paper's edge as slices do: the darkness map is blind to red, a note included."""
    factor = RED_DPI / picture.dpi
    red = cv2.resize(red_darkness(picture), None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) > RED
    joined = cv2.dilate(red.astype(np.uint8), np.ones((RED_JOIN, RED_JOIN), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    height, width = red.shape
    for label in range(1, count):
        if np.count_nonzero(red & (labels == label)) < RED_LEAST:
            continue
        x, y, w, h = (int(value) for value in stats[label][:4])
        depths = (x + w if x <= RED_JOIN else height, width - x if x + w >= width - RED_JOIN else height)
        falls = (y + h if y <= RED_JOIN else height, height - y if y + h >= height - RED_JOIN else height)
        if min(*depths, *falls) > RED_DEPTH:
            return False
    return True


def two_tones(dark: Pixels) -> bool:
    """Whether a darkness map knows ink and paper only, with nothing between."""
    counts = np.bincount(dark[::4, ::4].ravel(), minlength=256)
    return bool(counts[40:216].sum() < GREYS * counts[40:].sum())
