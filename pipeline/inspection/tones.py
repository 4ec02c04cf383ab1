"""Whether a picture's darkness tells all that is drawn: where red or yellow ink lies, and whether there are greys."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.inspection.ink import resized
from pipeline.model import Box, Picture, Pixels

HUE_DPI, HUE = 50.0, 30  # resolution, and R - min(G, B) beyond the paper's, at which ink is looked for
PAPER, TINGE = 31, 12  # px at 50 dpi about which the paper's own hue is taken, and how much it varies over a page
JOIN, LEAST, DEPTH = 8, 4, 64  # px at 50 dpi: gap within a slice, least ink, 32 mm = a slice of two sheets
GREYS = 0.02  # share of pixels between ink and paper below which a scan has two tones only


def darkness_tells_all(picture: Picture) -> bool:
    """Whether all ink to which the darkness map is blind, a red note too, hangs on the paper's edge as slices do."""
    return not unseen_ink(picture)


def unseen_ink(picture: Picture, explained: Sequence[Box] = ()) -> list[Box]:
    """Places (pt) of red, yellow or magenta ink outside the `explained` ones, but for what hangs on the paper's edge.

    Darkness is the red channel's, in which these inks are as light as paper.
    """
    scale = HUE_DPI / 72
    inked = _hue(picture) > HUE
    for x0, top, x1, bottom in explained:
        inked[max(int(top * scale), 0) : int(bottom * scale) + 1, max(int(x0 * scale), 0) : int(x1 * scale) + 1] = False
    joined = cv2.dilate(inked.astype(np.uint8), np.ones((JOIN, JOIN), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    height, width = inked.shape
    found = []
    for label in range(1, count):
        if np.count_nonzero(inked & (labels == label)) < LEAST:
            continue
        x, y, w, h = (int(value) for value in stats[label][:4])
        depths = (x + w if x <= JOIN else height, width - x if x + w >= width - JOIN else height)
        falls = (y + h if y <= JOIN else height, height - y if y + h >= height - JOIN else height)
        if min(*depths, *falls) > DEPTH:
            found.append((x / scale, y / scale, (x + w) / scale, (y + h) / scale))
    return found


def _hue(picture: Picture) -> Pixels:
    """How much more of red light each place gives back than of the other lights, beyond what the paper does."""
    red, green, blue = cv2.split(resized(picture, HUE_DPI / 25.4))
    hue = cv2.subtract(red, cv2.min(green, blue))
    # Old paper is yellow, more so towards its edges; a large patch of ink must not pass for paper.
    paper = np.minimum(cv2.medianBlur(hue, PAPER), np.uint8(min(float(np.median(hue)) + TINGE, 255)))
    return np.asarray(cv2.subtract(hue, paper), dtype=np.uint8)


def two_tones(dark: Pixels) -> bool:
    """Whether a darkness map knows ink and paper only, with nothing between."""
    counts = np.bincount(dark[::4, ::4].ravel(), minlength=256)
    return bool(counts[40:216].sum() < GREYS * counts[40:].sum())
