"""The ink of one impression cut out of its page, in several mixes of sharpness and freedom from print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.ink import FloatMap, InkMaps, ink_maps, resize_by, scale_of
from pipeline.inspection.outline import Outline, profile
from pipeline.inspection.ring_apart import Apart, Channels, apart
from pipeline.inspection.seals import SealMark
from pipeline.model import Picture, Pixels

SCALE = 12.0  # px/mm of the patch
_MARGIN_MM = 8.0
_COARSE = 7.0  # px/mm of a page, below which its pixels show in letters of 12 px/mm: 150 dpi has 5.9, 200 dpi 7.9
_CHROMA_MM = 0.12  # over which colour is averaged to find whose ink a pixel shows
_PRINT_SHARE, _INK_SHARE = 0.15, 0.65  # of a pixel's density in the stamp's own colour: none of it, all of it
_BORDER_MM, _PALEST = 1.2, 0.35  # inside the outline; share of the level that a worn border may fall to
_PRINT, _CARRY_MM = (0.15, 0.5), 0.15  # density of print that hides nothing, all; over which strokes are carried on
_TRACE = 0.06  # density in the ink's own colour, from which there is some
COLOURED = ("red", "blue", "purple")


@dataclass(frozen=True)
class Patch:
    """The impression cut out of its page: its ink without print at 12 px/mm, its outline in mm of the patch.

    `lean` = the same ink with nothing left of print, at the cost of strokes over it; `filled` = such strokes carried
    on across print; `thinned` = print taken off as far as another channel shows it; `beside` = outlines of other seals,
    mm of the patch, `hiding` = those whose ink cannot be told from this one's, `mixed` = where that of others was,
    `coarse` = the page has too few pixels for letters of full size.
    """

    ink: FloatMap
    lean: FloatMap
    filled: FloatMap
    thinned: FloatMap
    outline: Outline
    level: float
    beside: tuple[Outline, ...] = ()
    hiding: tuple[Outline, ...] = ()
    mixed: NDArray[np.bool_] | None = None
    coarse: bool = False


def cut_patch(picture: Picture, mark: SealMark, neighbours: Sequence[SealMark] = ()) -> Patch:
    """Cut the impression with a margin out of the page; `neighbours` = other seals on it."""
    scale = scale_of(picture)
    height, width = picture.pixels.shape[:2]
    reach = mark.diameter / 2 + _MARGIN_MM
    x0, y0 = max(0, int((mark.x - reach) * scale)), max(0, int((mark.y - reach) * scale))
    x1, y1 = min(width, int((mark.x + reach) * scale) + 1), min(height, int((mark.y + reach) * scale) + 1)
    factor = SCALE / scale
    part = picture.pixels[y0:y1, x0:x1]
    mode = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    fine = np.asarray(cv2.resize(part, None, fx=factor, fy=factor, interpolation=mode), dtype=np.uint8)
    maps = ink_maps(fine, SCALE, _bare_paper(part, scale))
    beside = tuple(_moved(other.outline, x0 / scale, y0 / scale) for other in neighbours)
    outline = _moved(mark.outline, x0 / scale, y0 / scale)
    channels = _channels(maps, mark.colour)
    found = Apart(channels, np.zeros(channels[0].shape, dtype=bool), beside)
    if mark.colour in COLOURED:
        found = apart(maps, channels, outline, beside)
    channels = found.channels
    ink = _sharp_ink(maps, mark.colour, channels)
    level = _level(ink, outline)
    bare = _without_print(maps, mark.colour, channels)
    return Patch(ink, *bare, outline, level, beside, found.hiding, found.mixed, scale < _COARSE)


def _level(ink: FloatMap, outline: Outline) -> float:
    """Density of the seal's ink; not that of a darker seal beside it, which its own border is lighter than."""
    inked = ink[ink > 0.08]
    level = float(np.quantile(inked, 0.75)) if inked.size else 0.3
    border, on_patch = profile(ink, SCALE, outline, np.arange(-_BORDER_MM, 0.1, 1 / SCALE))
    own = float(np.median(border.max(axis=1)[on_patch])) if on_patch.any() else level
    return min(level, max(own, _PALEST * level))


def _moved(outline: Outline, x: float, y: float) -> Outline:
    return Outline(outline.shape, outline.x - x, outline.y - y, outline.a, outline.b, outline.angle)


def _bare_paper(part: Pixels, scale: float) -> Pixels:
    """One paper colour per pixel of a small grid: bright percentile, as a seal can fill most of a small cut-out."""
    small = resize_by(part, 1.0 / scale)
    bright = np.quantile(small.reshape(-1, 3), 0.85, axis=0)
    return np.broadcast_to(bright.astype(np.uint8), (2, 2, 3)).copy()


def _channels(maps: InkMaps, colour: str) -> Channels:
    """Ink unmixed by colour (soft), the channel it is darkest in (sharp), and one it hardly shows in."""
    if colour == "red":
        return maps.red, maps.green_channel, maps.red_channel
    return maps.cool, np.maximum(maps.green_channel, maps.red_channel), maps.blue_channel


def _sharp_ink(maps: InkMaps, colour: str, channels: Channels) -> FloatMap:
    """The stamp's ink, sharp: luminance carries it, chroma (half resolution in JPEG) only tells print from ink."""
    if colour not in COLOURED:
        return maps.green_channel
    own, sharp, other = channels
    inked = own[own > _TRACE]
    level = float(np.quantile(inked, 0.8)) if inked.size else 0.3
    print_mask = (other > max(0.22, 0.45 * level)).astype(np.uint8)
    print_mask = np.asarray(cv2.dilate(print_mask, np.ones((3, 3), np.uint8)), dtype=np.uint8)
    soft = cv2.GaussianBlur(own, (0, 0), 0.25 * SCALE)
    neutral = soft < 0.18 * sharp
    return np.where((print_mask > 0) | neutral, own, sharp).astype(np.float32)


def _without_print(maps: InkMaps, colour: str, channels: Channels) -> Channels:
    """Lean, filled and thinned: the sharp channel by the share that the ink's own colour has in it, that with strokes
    carried on across print, and less the print in the other channel.
    """
    if colour not in COLOURED:
        return maps.green_channel, maps.green_channel, maps.green_channel
    own, sharp, other = channels
    inked = own > _TRACE
    clean = own > np.quantile(own[inked], 0.6) if inked.any() else inked
    if not clean.any():
        return own, own, own
    density = np.maximum(sharp[clean], 0.05)
    pure, mixed = float(np.median(own[clean] / density)), float(np.median(other[clean] / density))
    soft, all_ink = (cv2.GaussianBlur(each, (0, 0), _CHROMA_MM * SCALE) for each in (own, sharp))
    share = soft / np.maximum(all_ink, 0.02) / max(pure, 0.1)
    weight = np.clip((share - _PRINT_SHARE) / (_INK_SHARE - _PRINT_SHARE), 0, 1)
    lean = (np.minimum(sharp, np.quantile(sharp[clean], 0.95)) * weight).astype(np.float32)
    mixed = min(max(mixed, 0.05), 0.8)
    black = np.asarray(np.maximum(other - mixed * sharp, 0) / (1 - mixed), dtype=np.float32)
    return lean, _carried_on(lean, black), np.maximum(sharp - black, 0).astype(np.float32)


def _carried_on(ink: FloatMap, black: FloatMap) -> FloatMap:
    """Ink under print as it is beside it, as far as there is any near."""
    bare = 1 - np.clip((black - _PRINT[0]) / (_PRINT[1] - _PRINT[0]), 0, 1)
    shown = np.asarray(cv2.erode(bare.astype(np.float32), np.ones((3, 3), np.uint8)), dtype=np.float32)
    near, weight = (cv2.GaussianBlur(each, (0, 0), _CARRY_MM * SCALE) for each in (ink * shown, shown))
    return np.asarray(shown * ink + (1 - shown) * near / np.maximum(weight, 0.02), dtype=np.float32)
