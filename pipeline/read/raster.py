"""With `objects` the only door to pypdfium2: page pictures within a pixel budget, and what drawing objects reveal."""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
from pypdfium2 import raw

from pipeline.model import Box, Picture, Pixels
from pipeline.read.frame import Frame, Turn, area, as_turn, overlap
from pipeline.read.limits import ReadLimits

Opaque = Any  # an object of pypdfium2, which has no types
GRID = 48  # cells a side in which the share of the page covered by images is counted
COVERED = 0.85  # share of the page that images cover when the page is a scan
SCAN_DPI = (72.0, 600.0)
MAX_OBJECTS = 20_000
MAX_SIDE = 16_000  # px
INVISIBLE = (3, 7)  # text render modes: neither filled nor stroked

PdfiumError = pdfium.PdfiumError


@dataclass(frozen=True)
class Drawn:
    """What is drawn on a page: boxes as shown; `covered` 0..1 by images; `hidden` = text drawn invisibly."""

    covered: float = 0.0
    dpi: float | None = None
    bilevel: bool = False
    images: tuple[Box, ...] = ()
    hidden: tuple[Box, ...] = ()
    texts: int = 0
    paths: int = 0


@dataclass
class PdfPages:
    """Upright page pictures of one PDF; pdfium is not thread-safe, so use one object in one thread."""

    document: Opaque
    limits: ReadLimits
    turns: dict[int, Turn] = field(default_factory=dict)
    resolutions: dict[int, float] = field(default_factory=dict)

    @classmethod
    def open(cls, path: Path, limits: ReadLimits) -> PdfPages:
        """Raises PdfiumError when pdfium cannot open the file, even with the empty password."""
        document = pdfium.PdfDocument(path, password="")
        with contextlib.suppress(pdfium.PdfiumError, OSError):  # a broken form is not drawn; the page still is
            document.init_forms()
        return cls(document, limits)

    def __len__(self) -> int:
        return len(self.document)

    def frame(self, number: int) -> Frame:
        """Crop box within media box, and /Rotate, as pdfium shows the page."""
        page = self.document[number - 1]
        x0, y0, x1, y1 = page.get_bbox()
        turn = as_turn(page.get_rotation())
        width, height = page.get_size()
        if turn in (90, 270):
            width, height = height, width
        if abs(x1 - x0 - width) > 0.5 or abs(y1 - y0 - height) > 0.5:  # pdfium replaced a senseless box by its default
            x1, y1 = x0 + width, y0 + height
        return Frame((x0, y0, x1, y1), turn)

    def picture(self, number: int, dpi: float | None = None) -> Picture:
        """Page `number` upright; `dpi` None = the scan's own resolution or the default, within the pixel budget."""
        page = self.document[number - 1]
        width, height = page.get_size()
        fitting = fit_dpi(width, height, dpi or self.resolutions.get(number, self.limits.dpi), self.limits.pixels)
        bitmap = page.render(scale=fitting / 72, rev_byteorder=True, may_draw_forms=True, draw_annots=True)
        pixels = np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8, order="C")
        bitmap.close()
        return Picture(turned_pixels(pixels, self.turns.get(number, 0)), fitting)

    def drawn(self, number: int) -> Drawn:
        """Images, hidden text and counts of drawing objects; stops counting at a limit."""
        page = self.document[number - 1]
        frame = self.frame(number)
        images: list[tuple[Box, float, bool]] = []
        hidden: list[Box] = []
        texts = paths = 0
        for count, item in enumerate(page.get_objects(max_depth=6)):
            if count > MAX_OBJECTS:
                break
            if item.type == raw.FPDF_PAGEOBJ_IMAGE:
                images.extend(_image(item, frame))
            elif item.type == raw.FPDF_PAGEOBJ_TEXT:
                texts += 1
                if raw.FPDFTextObj_GetTextRenderMode(item) in INVISIBLE:
                    hidden.append(frame.shown(item.get_bounds()))
            elif item.type == raw.FPDF_PAGEOBJ_PATH:
                paths += 1
        return _summary(images, hidden, texts, paths, frame)

    def characters(self, number: int) -> int:
        """Number of characters in the text layer, by pdfium."""
        textpage = self.document[number - 1].get_textpage()
        count = int(textpage.count_chars())
        textpage.close()
        return count

    def close(self) -> None:
        """Let go of the file."""
        self.document.close()


def fit_dpi(width: float, height: float, dpi: float, pixels: int) -> float:
    """The largest resolution up to `dpi` that keeps a page of `width` x `height` pt within the budget."""
    square_inches = max(width, 1.0) * max(height, 1.0) / 72**2
    by_area = math.sqrt(pixels / square_inches)
    by_side = MAX_SIDE * 72 / max(width, height, 1.0)
    return min(dpi, by_area, by_side)


def turned_pixels(pixels: Pixels, turn: Turn) -> Pixels:
    """The picture turned clockwise."""
    return np.ascontiguousarray(np.rot90(pixels, k=-turn // 90)) if turn else pixels


def _image(item: Opaque, frame: Frame) -> list[tuple[Box, float, bool]]:
    """Box as shown, resolution in dpi and whether it has one bit a pixel; nothing for a degenerate image."""
    try:
        box = frame.shown(item.get_bounds())
        wide, high = item.get_px_size()
        bits = int(item.get_metadata().bits_per_pixel) if wide * high > 1 else 0
    except pdfium.PdfiumError:
        return []
    longer = max(box[2] - box[0], box[3] - box[1])
    if longer < 1 or min(wide, high) < 1:
        return []
    return [(box, max(wide, high) * 72 / longer, bits == 1)]


def _summary(images: list[tuple[Box, float, bool]], hidden: list[Box], texts: int, paths: int, frame: Frame) -> Drawn:
    width, height = frame.size
    page: Box = (0.0, 0.0, width, height)
    boxes = [box for box, _, _ in images]
    covered = _coverage(boxes, width, height)
    dpi = None
    large = [(overlap(box, page), dpi, bits) for box, dpi, bits in images if area(box) > 0.02 * area(page)]
    if covered >= COVERED and large:
        total = sum(weight for weight, _, _ in large) or 1.0
        average = sum(weight * found for weight, found, _ in large) / total
        dpi = min(max(average, SCAN_DPI[0]), SCAN_DPI[1])
    bilevel = bool(large) and covered >= COVERED and all(bits for _, _, bits in large)
    return Drawn(covered, dpi, bilevel, tuple(boxes), tuple(hidden), texts, paths)


def _coverage(boxes: list[Box], width: float, height: float) -> float:
    """Share of the page under at least one image, counted on a grid: scanners cut pages into strips and tiles."""
    grid = np.zeros((GRID, GRID), dtype=bool)
    centres_x = (np.arange(GRID) + 0.5) * width / GRID
    centres_y = (np.arange(GRID) + 0.5) * height / GRID
    for x0, top, x1, bottom in boxes:
        grid |= np.outer((centres_y >= top) & (centres_y <= bottom), (centres_x >= x0) & (centres_x <= x1))
    return float(grid.mean())
