"""Page pictures made comparable: seal ink divided out, paper white divided out, darkness instead of light."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.model import Box, Picture, Pixels

FRAME_DPI = 200.0  # the frame in which reference and scan are compared
FRAME = FRAME_DPI / 72.0  # px per pt
_SEAL_RED = 60  # R - max(G, B) from which a pixel is seal ink through and through


def darkness(picture: Picture) -> Pixels:
    """0 = paper .. 255 = black, shape (height, width) at the picture's own dpi; red ink is gone, pen ink is not."""
    return shade(_without_red(*_red_parts(picture)))


def shade(light: Pixels) -> Pixels:
    """By how much each place is darker than the paper about it, 0..255, in one channel of light."""
    return np.asarray(cv2.bitwise_not(cv2.divide(light, _paper(light), scale=255.0)), dtype=np.uint8)


def _red_parts(picture: Picture) -> tuple[Pixels, Pixels]:
    """The red channel, and by how much it is lighter than both others."""
    red, green, blue = (np.empty(picture.pixels.shape[:2], np.uint8) for _ in range(3))
    cv2.split(np.ascontiguousarray(picture.pixels), [red, green, blue])  # OpenCV takes far longer to make its own
    cv2.max(green, blue, dst=green)
    return red, np.asarray(cv2.subtract(red, green, dst=blue), dtype=np.uint8)


def in_px(box: Box) -> tuple[int, int, int, int]:
    """A box in pt as whole pixels of the frame."""
    return (round(box[0] * FRAME), round(box[1] * FRAME), round(box[2] * FRAME), round(box[3] * FRAME))


def in_pt(x: float, y: float, width: float, height: float) -> Box:
    """A rectangle in frame pixels as a box in pt."""
    return (x / FRAME, y / FRAME, (x + width) / FRAME, (y + height) / FRAME)


def _without_red(red: Pixels, redness: Pixels) -> Pixels:
    """The red channel with what the seal's own ink still absorbs there divided out."""
    strong = redness > _SEAL_RED
    if np.count_nonzero(strong) < 400:
        return red
    level, full = float(np.median(red[strong])), float(np.median(redness[strong]))
    touched = np.flatnonzero(redness > 12)
    share = np.minimum(redness.take(touched).astype(np.float32) / full, 1.2)
    lifted = red.take(touched) * (1.0 + (250.0 / max(level, 120.0) - 1.0) * share)
    result = red.copy()
    result.put(touched, np.minimum(lifted, 255).astype(np.uint8))
    return result


def _paper(light: Pixels) -> Pixels:
    """Brightness of the bare paper around each pixel; never below 0.7 of the page's own, so that solid black stays."""
    height, width = light.shape
    quarter = light  # halving twice is ten times as fast as any other reduction
    for _ in range(2 if min(light.shape) >= 8 else 0):
        quarter = np.asarray(cv2.resize(quarter, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    small = cv2.resize(quarter, (max(width // 8, 1), max(height // 8, 1)), interpolation=cv2.INTER_AREA)
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((13, 13), np.uint8), borderType=cv2.BORDER_REPLICATE)
    smooth = cv2.medianBlur(closed, 9)
    floor = np.uint8(max(0.7 * float(np.median(smooth)), 1))
    return np.asarray(cv2.resize(np.maximum(smooth, floor), (width, height)), dtype=np.uint8)
