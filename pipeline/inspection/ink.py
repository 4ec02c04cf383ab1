"""Optical-density maps: how much ink of which colour lies on the paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.model import Picture, Pixels

FloatMap = NDArray[np.float32]
InkColour = Literal["red", "blue", "purple", "grey", "other"]

MM_PER_INCH = 25.4
MAX_DENSITY = 1.5
FAINT = 0.045  # density at which coloured ink stands out of scanner noise at 2 px/mm
_GREY_SPREAD, _CLEAR_SPREAD = 3, 24  # between the channels of a pixel, of 255
_COLOUR_MM2 = 2.0  # of clear colour that a grey scan does not have
_CLOSE_MM = 13.0
_PAPER_PX_PER_MM = 1.0
_LOG = (-np.log10(np.maximum(np.arange(256), 4) / 255.0)).astype(np.float32)


@dataclass(frozen=True)
class InkMaps:
    """Densities at `scale` px/mm, each of shape (height, width): per channel, and unmixed into coloured inks."""

    scale: float
    red_channel: FloatMap
    green_channel: FloatMap
    blue_channel: FloatMap

    @property
    def red(self) -> FloatMap:
        """Vermilion ink: absorbs green and blue, lets red pass; black ink cancels."""
        other = np.minimum(self.green_channel, 1.25 * self.blue_channel)
        return np.asarray(np.maximum(other - self.red_channel, 0), dtype=np.float32)

    @property
    def cool(self) -> FloatMap:
        """Blue to purple ink: lets blue pass better than red or green; vermilion and black cancel."""
        other = np.maximum(0.9 * self.red_channel, self.green_channel)
        return np.asarray(np.maximum(other - self.blue_channel, 0), dtype=np.float32)

    @property
    def black(self) -> FloatMap:
        """What vermilion ink leaves visible in the red channel: print, pen, dirt."""
        return np.maximum(self.red_channel - 0.15 * self.red, 0)


def scale_of(picture: Picture) -> float:
    """Resolution in px/mm."""
    return picture.dpi / MM_PER_INCH


def resized(picture: Picture, scale: float) -> Pixels:
    """The whole picture at `scale` px/mm."""
    factor = scale / scale_of(picture)
    return resize_by(picture.pixels, factor)


def resize_by(pixels: Pixels, factor: float) -> Pixels:
    """Pixels resampled by `factor`, averaging when shrinking so that thin ink fades instead of vanishing."""
    height, width = pixels.shape[:2]
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    if size == (width, height):
        return pixels
    mode = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, size, interpolation=mode), dtype=np.uint8)


def paper_colour(pixels: Pixels, scale: float) -> Pixels:
    """Local colour of the bare paper at 1 px/mm: closing, then median, never below 0.8 of the page's own."""
    small = resize_by(pixels, _PAPER_PX_PER_MM / scale)
    size = int(_CLOSE_MM * _PAPER_PX_PER_MM) | 1
    kernel = np.ones((size, size), np.uint8)
    padded = cv2.copyMakeBorder(small, size, size, size, size, cv2.BORDER_REFLECT)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, kernel)[size:-size, size:-size]
    smooth = cv2.medianBlur(np.ascontiguousarray(closed), 21)
    floor = 0.8 * np.median(smooth.reshape(-1, 3), axis=0)
    return np.asarray(np.maximum(smooth, floor), dtype=np.uint8)


def ink_maps(pixels: Pixels, scale: float, paper: Pixels | None = None) -> InkMaps:
    """Densities over the local paper; `pixels` RGB at `scale` px/mm, `paper` from `paper_colour` of the same region."""
    if paper is None:
        paper = paper_colour(pixels, scale)
    height, width = pixels.shape[:2]
    base = cv2.resize(_LOG[paper], (width, height), interpolation=cv2.INTER_LINEAR).reshape(height, width, 3)
    density = cv2.subtract(cv2.LUT(pixels, _LOG), base)
    red, green, blue = cv2.split(np.clip(density, 0, MAX_DENSITY, out=density))
    return InkMaps(scale, np.asarray(red, np.float32), np.asarray(green, np.float32), np.asarray(blue, np.float32))


def is_neutral(pixels: Pixels, scale: float) -> bool:
    """True for grey and one-bit scans: the channels agree everywhere but for compression noise.

    A thin slice of a seal may be all the colour of a page, hence the small area; `scale` in px/mm.
    """
    red, green, blue = cv2.split(pixels)
    spread = cv2.subtract(cv2.max(cv2.max(red, green), blue), cv2.min(cv2.min(red, green), blue))
    if np.quantile(spread[::7, ::7], 0.999) > _GREY_SPREAD:
        return False
    return bool(np.count_nonzero(spread > _CLEAR_SPREAD) < _COLOUR_MM2 * scale**2)


def colour_name(red: float, green: float, blue: float) -> InkColour:
    """Name of an ink from its mean densities per channel."""
    strongest = max(red, green, blue)
    if strongest < 0.02:
        return "other"
    if strongest - min(red, green, blue) < 0.2 * strongest:
        return "grey"
    if red < 0.6 * min(green, blue * 1.25):
        return "red"
    if green >= max(red, blue):
        return "purple" if red > 0.25 * green else "red"
    return "blue" if blue < red else "other"
