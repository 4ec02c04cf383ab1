"""Scans that are picture files: JPG, PNG and multi-page TIFF, the only use of Pillow's decoders."""

from __future__ import annotations

import contextlib
import math
import struct
import warnings
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageFile

from pipeline.model import Picture, Pixels, Remark
from pipeline.read.frame import Turn
from pipeline.read.limits import ReadLimits
from pipeline.read.messages import remark, unreadable
from pipeline.read.raster import fit_dpi, turned_pixels

DPI = (70.0, 1200.0)  # what metadata may claim
SHORT_MM, LONG_MM = (60.0, 900.0), (80.0, 1300.0)  # sides of paper that people scan, receipts to A0
A4_LONG = 841.9  # pt
FORMATS = ("JPEG", "PNG", "TIFF", "MPO")
ORIENTATION = 0x0112  # EXIF tag; libtiff's loader has applied it to TIFF frames already
TRANSPOSED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDES_SWAPPED = 5  # from this orientation on
BOMB_FACTOR = 16  # pixels that may be decoded at once, in page budgets
BROKEN = (
    OSError, ValueError, SyntaxError, EOFError, TypeError, LookupError, ArithmeticError, AttributeError, RuntimeError,
    MemoryError, struct.error, zlib.error,
)  # fmt: skip


@dataclass
class ImagePages:
    """Upright page pictures of one picture file; every call decodes anew, so that memory stays flat."""

    path: Path
    name: str
    limits: ReadLimits
    turns: dict[int, Turn] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    bilevel: set[int] = field(default_factory=set)

    def __len__(self) -> int:
        with self._opened() as image:
            try:
                return int(getattr(image, "n_frames", 1))
            except BROKEN as error:
                raise self._damaged(1, error) from None

    def picture(self, number: int, dpi: float | None = None) -> Picture:
        """Page `number` upright; a `dpi` above the scan's own gives the scan's own."""
        pixels, own = self._decoded(number)
        height, width = pixels.shape[:2]
        wanted = fit_dpi(width * 72 / own, height * 72 / own, min(dpi or own, own), self.limits.pixels)
        if wanted < own * 0.999:
            size = (max(1, round(width * wanted / own)), max(1, round(height * wanted / own)))
            filtering = Image.Resampling.BOX if wanted < own / 2 else Image.Resampling.BICUBIC
            pixels = np.asarray(Image.fromarray(pixels).resize(size, filtering))
        return Picture(turned_pixels(pixels, self.turns.get(number, 0)), min(wanted, own))

    def _opened(self) -> Image.Image:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return Image.open(self.path, formats=FORMATS)
        except Image.DecompressionBombError:
            raise self._too_large() from None
        except BROKEN as error:
            raise unreadable("damaged", self.name, "不是完整的图片", f"is no complete picture ({error})") from None

    def _decoded(self, number: int) -> tuple[Pixels, float]:
        """Pixels and their dpi, at most four budgets large."""
        with self._opened() as image:
            try:
                image.seek(number - 1)
            except BROKEN as error:
                raise self._damaged(number, error) from None
            if image.width * image.height > self.limits.pixels * BOMB_FACTOR:
                raise self._too_large()
            if image.mode == "1":
                self.bilevel.add(number)
            loaded = self._loaded(image, number)
            way, claimed = _orientation(loaded), _claimed(loaded)
            factor = int(math.sqrt(image.width * image.height / self.limits.pixels))
            if factor > 1:
                flat = {"1": "L", "P": "RGB"}.get(loaded.mode, loaded.mode)
                loaded = loaded.convert(flat).reduce(factor)
                claimed = (claimed[0] / factor, claimed[1] / factor)
            if way in TRANSPOSED:
                loaded = loaded.transpose(TRANSPOSED[way])
                claimed = (claimed[1], claimed[0]) if way >= SIDES_SWAPPED else claimed
            return self._resolution(_rgb(loaded), claimed, number)

    def _loaded(self, image: Image.Image, number: int) -> Image.Image:
        """The decoded frame; a truncated one as far as it goes, with a remark."""
        with contextlib.suppress(*BROKEN):
            image.load()
            return image
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        try:
            with self._opened() as again:
                again.seek(number - 1)
                again.load()
                frame = again.copy()
        except BROKEN as error:
            raise self._damaged(number, error) from None
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = False
        zh, en = "图片不完整，只读出了一部分", "The picture is cut off; only a part could be read"
        self._note(remark("truncated", zh, en, page=number))
        return frame

    def _resolution(self, pixels: Pixels, claimed: tuple[float, float], number: int) -> tuple[Pixels, float]:
        """Square pixels and their dpi: faxes have twice as many pixels across as down."""
        height, width = pixels.shape[:2]
        across, down = claimed
        if across and down and 0.3 < across / down < 3.4 and abs(across / down - 1) > 0.02:
            finer = max(across, down)
            size = (round(width * finer / across), round(height * finer / down))
            pixels, across = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC)), finer
            height, width = pixels.shape[:2]
        if not _plausible(across, width, height):
            across = max(width, height) * 72 / A4_LONG
            zh = f"图片没有可信的分辨率信息，按 A4 长边推算为 {across:.0f} dpi"
            en = f"The picture has no credible resolution; taking its long side as A4 gives {across:.0f} dpi"
            self._note(remark("dpi_guessed", zh, en, page=number))
        return pixels, across

    def _note(self, found: Remark) -> None:
        if found not in self.remarks:
            self.remarks.append(found)

    def _damaged(self, number: int, error: BaseException) -> Exception:
        return unreadable("damaged", self.name, f"第 {number} 页无法解码", f"page {number} cannot be decoded ({error})")

    def _too_large(self) -> Exception:
        return unreadable("too_large", self.name, "的像素过多", "has too many pixels")


@dataclass(frozen=True)
class PlainJpeg:
    """A JPEG whose bytes any viewer shows as this program reads them; sides in px."""

    width: int
    height: int
    grey: bool


def plain_jpeg(path: Path) -> PlainJpeg | None:
    """None for other files, and for a JPEG that is turned by its metadata, cut off, or in ink colours."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(path, formats=("JPEG",))
        with image:
            if image.format != "JPEG" or image.mode not in ("L", "RGB") or _orientation(image) != 1:
                return None
            image.load()
            return PlainJpeg(image.width, image.height, image.mode == "L")
    except (*BROKEN, Image.DecompressionBombError):
        return None


def _claimed(image: Image.Image) -> tuple[float, float]:
    """Resolution across and down from the metadata; zeros where there is none."""
    found = image.info.get("dpi", (0, 0))
    try:
        return float(found[0]), float(found[1])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return 0.0, 0.0


def _plausible(dpi: float, width: int, height: int) -> bool:
    if not DPI[0] <= dpi <= DPI[1]:
        return False
    short, long = sorted((width / dpi * 25.4, height / dpi * 25.4))
    return SHORT_MM[0] <= short <= SHORT_MM[1] and LONG_MM[0] <= long <= LONG_MM[1]


def _orientation(image: Image.Image) -> int:
    """EXIF orientation 1..8; a broken EXIF block counts as upright."""
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # EXIF parsers raise whatever the bytes provoke
        return 1


def _rgb(image: Image.Image) -> Pixels:
    """RGB over white paper, from any mode: 1-bit, palette, 16-bit, CMYK, Lab, with or without alpha."""
    if image.mode in ("I", "F", "I;16", "I;16B", "I;16L", "I;16N"):
        values = np.asarray(image, dtype=np.float64)
        top = 65535.0 if values.size and values.max() > 255 else 255.0
        grey = np.clip(values * (255.0 / top), 0, 255).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layer = image.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        return np.asarray(Image.alpha_composite(paper, layer).convert("RGB"))
    return np.asarray(image.convert("RGB"))
