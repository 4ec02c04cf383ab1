"""What lies on a sheet before it is scanned: toner as a raster, wet ink as patches; optical densities add."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pypdfium2
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Box = tuple[float, float, float, float]  # x0, top, x1, bottom

MM_PER_PT = 25.4 / 72.0

# Optical density (R, G, B) of full coverage over white paper.
INKS: dict[str, tuple[float, float, float]] = {
    "red": (0.07, 0.80, 0.62),
    "blue": (0.90, 0.52, 0.13),
    "purple": (0.48, 0.86, 0.26),
    "pen-blue": (0.85, 0.58, 0.17),
    "pen-black": (0.86, 0.88, 0.82),
    "pen-red": (0.08, 0.78, 0.55),
    "pen-yellow": (0.03, 0.12, 0.90),
    "toner": (1.15, 1.15, 1.15),
    "shadow": (0.30, 0.30, 0.32),
}


@dataclass(frozen=True)
class InkPatch:
    """Coverage 0..1 at the print resolution; x, y are pixels of the page raster and may lie partly outside it."""

    x: int
    y: int
    coverage: Floats
    ink: str
    density: float = 1.0


@dataclass(frozen=True)
class Mark:
    """One thing done to a page, for the truth: what = seal, slice, value, signature or defect; box in paper mm."""

    what: str
    page: int
    box_mm: Box
    detail: dict[str, object] = field(default_factory=dict)


def cover(picture: Bytes) -> Floats:
    """Coverage 0..1 of a drawing in 0..255."""
    return np.asarray(picture / 255, dtype=np.float32)


def mm(box_pt: Box) -> Box:
    """A box in points as millimetres."""
    x0, top, x1, bottom = (v * MM_PER_PT for v in box_pt)
    return x0, top, x1, bottom


def defect(kind: str, page: int, box_pt: Box, expected: str, found: str) -> Mark:
    """The mark of something wrong; box in points."""
    return Mark("defect", page, mm(box_pt), {"kind": kind, "expected": expected, "found": found})


@dataclass
class Page:
    """One printed side: toner coverage 0..255 (255 = black), origin top-left."""

    toner: Bytes
    dpi: int
    number: int = 0  # place in the printed document, from 1; 0 = not of this document
    patches: list[InkPatch] = field(default_factory=list)
    plain: Bytes | None = None  # the toner as first printed, once somebody changes it

    @property
    def px_per_mm(self) -> float:
        """Print raster resolution."""
        return self.dpi / 25.4

    @property
    def size_mm(self) -> tuple[float, float]:
        """Paper width and height."""
        height, width = self.toner.shape
        return width / self.px_per_mm, height / self.px_per_mm

    def copy(self) -> Page:
        """An independent sheet with the same print and ink."""
        return replace(self, toner=self.toner.copy(), patches=list(self.patches))

    def px(self, box_pt: Box) -> tuple[int, int, int, int]:
        """A box in points as raster pixels."""
        x0, top, x1, bottom = (round(v * self.dpi / 72) for v in box_pt)
        return x0, top, x1, bottom

    def stamp(self, coverage: Floats, centre_mm: tuple[float, float], ink: str, density: float = 1.0) -> None:
        """Put a coverage map with its middle at a point of the paper."""
        height, width = coverage.shape
        x = round(centre_mm[0] * self.px_per_mm - width / 2)
        y = round(centre_mm[1] * self.px_per_mm - height / 2)
        self.patches.append(InkPatch(x, y, coverage, ink, density))


def print_pdf(path: Path, dpi: int = 300) -> list[Page]:
    """Every page as grey toner (colours of the file print grey); form fields are not drawn."""
    document = pypdfium2.PdfDocument(path)
    try:
        return [print_page(document[index], dpi, index + 1) for index in range(len(document))]
    finally:
        document.close()


def print_page(page: pypdfium2.PdfPage, dpi: int, number: int) -> Page:
    """One page as `print_pdf` prints it."""
    bitmap = page.render(scale=dpi / 72, grayscale=True, draw_annots=False)
    grey = np.asarray(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width, -1)[:, :, 0]
    return Page(toner=np.ascontiguousarray(255 - grey, dtype=np.uint8), dpi=dpi, number=number)


def blank_page(size_mm: tuple[float, float] = (210.0, 297.0), dpi: int = 300) -> Page:
    """An empty sheet."""
    shape = (round(size_mm[1] * dpi / 25.4), round(size_mm[0] * dpi / 25.4))
    return Page(toner=np.zeros(shape, dtype=np.uint8), dpi=dpi)


def compose(page: Page) -> Bytes:
    """RGB picture of the sheet at the print resolution; white paper = 255."""
    toner_od = INKS["toner"][0]
    table = np.round(255 * 10 ** (-toner_od * np.arange(256) / 255)).astype(np.uint8)
    picture = np.repeat(table[page.toner][:, :, None], 3, axis=2)
    height, width = page.toner.shape
    for patch in page.patches:
        rows, cols = patch.coverage.shape
        top, left = max(0, patch.y), max(0, patch.x)
        bottom, right = min(height, patch.y + rows), min(width, patch.x + cols)
        if bottom <= top or right <= left:
            continue
        cover = patch.coverage[top - patch.y : bottom - patch.y, left - patch.x : right - patch.x] * patch.density
        od = np.asarray(INKS[patch.ink], dtype=np.float32)
        under = picture[top:bottom, left:right].astype(np.float32)
        picture[top:bottom, left:right] = np.round(under * 10 ** (-cover[:, :, None] * od)).astype(np.uint8)
    return picture
