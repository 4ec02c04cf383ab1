"""A page's drawing objects one by one, and how the page looks without some of them; pdfium's second door."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ctypes import c_int, c_uint
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from pypdfium2 import raw

from pipeline.model import Box, Pixels
from pipeline.read.frame import Frame
from pipeline.read.raster import INVISIBLE, PdfiumError, PdfPages

Opaque = Any  # an object of pypdfium2, which has no types
Matrix = tuple[float, float, float, float, float, float]
Kind = Literal["image", "form", "path", "text", "other"]

HERE: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
DEEP = 6  # forms within forms
UNSEEN = 0b100010  # annotation flags Hidden and NoView
REDNESS = 60  # R - max(G, B) of a colour that is named red
KINDS: dict[int, Kind] = {
    raw.FPDF_PAGEOBJ_IMAGE: "image",
    raw.FPDF_PAGEOBJ_FORM: "form",
    raw.FPDF_PAGEOBJ_PATH: "path",
    raw.FPDF_PAGEOBJ_TEXT: "text",
}


@dataclass(frozen=True)
class Item:
    """One object in the order of drawing; `box` on the page as shown, `red` = strokes or areas in red.

    A picture has `bits` per pixel and a resolution across, `dpi`.
    """

    order: int
    kind: Kind
    box: Box
    bits: int = 0
    dpi: float = 0.0
    red: bool = False
    handle: Opaque = field(default=None, compare=False, repr=False)


class Sheet:
    """One page loaded anew: what is switched off here is still drawn everywhere else."""

    def __init__(self, pages: PdfPages, number: int) -> None:
        self._page: Opaque = pages.document[number - 1]
        self._frame: Frame = pages.frame(number)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in pt as shown."""
        return self._frame.size

    def items(self, most: int, whole: tuple[float, float]) -> Iterator[Item]:
        """Visible objects, at most so many; a form is one of them when its sides (pt) lie within `whole`."""
        for order, (handle, matrix) in enumerate(self._walk(None, HERE, 0, whole)):
            if order >= most:
                return
            item = self._item(order, handle, matrix)
            if item is not None:
                yield item

    def stamps(self) -> list[Box]:
        """Visible stamp annotations."""
        found = []
        for index in range(raw.FPDFPage_GetAnnotCount(self._page)):
            note = raw.FPDFPage_GetAnnot(self._page, index)
            if not note:
                continue
            rect = raw.FS_RECTF()
            visible = not raw.FPDFAnnot_GetFlags(note) & UNSEEN
            if visible and raw.FPDFAnnot_GetSubtype(note) == raw.FPDF_ANNOT_STAMP and raw.FPDFAnnot_GetRect(note, rect):
                found.append(self._frame.shown((rect.left, rect.bottom, rect.right, rect.top)))
            raw.FPDFPage_CloseAnnot(note)
        return found

    def looks(self, box: Box, dpi: float, parts: Sequence[Item] | None) -> tuple[Pixels, Pixels]:
        """The place with these parts and without them; None = with and without the page's annotations."""
        if parts is None:
            return self._picture(box, dpi, notes=True), self._picture(box, dpi, notes=False)
        before = self._picture(box, dpi, notes=False)
        try:
            for part in parts:
                raw.FPDFPageObj_SetIsActive(part.handle, False)
            after = self._picture(box, dpi, notes=False)
        finally:
            for part in parts:
                raw.FPDFPageObj_SetIsActive(part.handle, True)
        return before, after

    def _picture(self, box: Box, dpi: float, *, notes: bool) -> Pixels:
        width, height = self.size
        x0, top, x1, bottom = box
        cut = (max(x0, 0), max(height - bottom, 0), max(width - x1, 0), max(top, 0))
        bitmap = self._page.render(
            scale=dpi / 72, crop=cut, rev_byteorder=True, may_draw_forms=False, draw_annots=notes
        )
        pixels = np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8, order="C")
        bitmap.close()
        return pixels

    def _walk(
        self, form: Opaque, matrix: Matrix, level: int, whole: tuple[float, float]
    ) -> Iterator[tuple[Opaque, Matrix]]:
        for handle in self._page.get_objects(max_depth=1, form=form, level=level):
            if handle.type != raw.FPDF_PAGEOBJ_FORM or level >= DEEP:
                yield handle, matrix
                continue
            if self._within(handle, matrix, whole):
                yield handle, matrix
            else:
                yield from self._walk(handle, _after(handle.get_matrix(), matrix), level + 1, whole)

    def _within(self, handle: Opaque, matrix: Matrix, sides: tuple[float, float]) -> bool:
        try:
            x0, top, x1, bottom = self._shown(handle, matrix)
        except PdfiumError:
            return False
        return all(sides[0] <= side <= sides[1] for side in (x1 - x0, bottom - top))

    def _item(self, order: int, handle: Opaque, matrix: Matrix) -> Item | None:
        kind = KINDS.get(handle.type, "other")
        if kind == "text" and raw.FPDFTextObj_GetTextRenderMode(handle) in INVISIBLE:
            return None
        try:
            box = self._shown(handle, matrix)
            bits, dpi = _resolution(handle, box) if kind == "image" else (0, 0.0)
        except PdfiumError:
            return None
        return Item(order, kind, box, bits, dpi, kind in ("path", "text") and _is_red(handle), handle)

    def _shown(self, handle: Opaque, matrix: Matrix) -> Box:
        left, low, right, high = handle.get_bounds()
        a, b, c, d, e, f = matrix
        corners = [(a * x + c * y + e, b * x + d * y + f) for x in (left, right) for y in (low, high)]
        across, up = [corner[0] for corner in corners], [corner[1] for corner in corners]
        return self._frame.shown((min(across), min(up), max(across), max(up)))


def _resolution(handle: Opaque, box: Box) -> tuple[int, float]:
    """Bits per pixel and pixels per inch, along the longer sides."""
    longer = max(box[2] - box[0], box[3] - box[1])
    return int(handle.get_metadata().bits_per_pixel), max(handle.get_px_size()) * 72 / max(longer, 0.1)


def _after(own: Opaque, outer: Matrix) -> Matrix:
    """The matrix of what is drawn inside a form."""
    a, b, c, d, e, f = (float(value) for value in own.get())
    oa, ob, oc, od, oe, of = outer
    return (
        a * oa + b * oc, a * ob + b * od, c * oa + d * oc, c * ob + d * od, e * oa + f * oc + oe, e * ob + f * od + of,
    )  # fmt: skip


def _is_red(handle: Opaque) -> bool:
    """Whether a path or text is filled or stroked in red."""
    filled, stroked = True, False
    if handle.type == raw.FPDF_PAGEOBJ_PATH:
        mode, line = c_int(), c_int()
        if raw.FPDFPath_GetDrawMode(handle, mode, line):
            filled, stroked = mode.value != raw.FPDF_FILLMODE_NONE, bool(line.value)
    return (filled and _red_colour(raw.FPDFPageObj_GetFillColor, handle)) or (
        stroked and _red_colour(raw.FPDFPageObj_GetStrokeColor, handle)
    )


def _red_colour(ask: Opaque, handle: Opaque) -> bool:
    red, green, blue, alpha = c_uint(), c_uint(), c_uint(), c_uint()
    told = ask(handle, red, green, blue, alpha)
    return bool(told) and alpha.value > 0 and red.value - max(green.value, blue.value) > REDNESS
