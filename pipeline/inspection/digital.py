"""A page made on a computer, proved to be its form's: to the pixel, or printed again by another program.

A text layer is a claim, not a fact: fonts map glyphs to other characters, text is hidden, things are drawn over it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.inspection.claims import entered, layer_marks
from pipeline.inspection.compare_form import Form
from pipeline.inspection.compare_runs import align, in_rows
from pipeline.inspection.compare_text import marks
from pipeline.inspection.exact import same_print, shown_entries
from pipeline.inspection.register import Matrix, Registration, from_text
from pipeline.inspection.reprint import DPI, same_outlines, size_of
from pipeline.model import Blank, Box, Claim, Difference, Line, PageSource, Picture, TextReader

PIXEL_DPI = 200.0
NEAR, LOOSE = 1.5, 4.0  # pt that a character may stand off its place, to the pixel and in another print
SAME_PLACE: Matrix = np.eye(2, 3)


@dataclass(frozen=True)
class Exact:
    """Where a proved page lies on its form, and what fills its blanks by name, on the page."""

    registration: Registration
    filled: tuple[tuple[str, Line], ...]


@dataclass(frozen=True)
class Pages:
    """The page at hand, the form's it may be, and the recogniser for its blanks.

    Places to seal or sign (`signed`) must be empty: what is drawn there cannot be verified by reading.
    """

    claim: Claim
    pictures: PageSource
    form: Form
    page: int
    signed: Collection[str]
    reader: TextReader

    def to_the_pixel(self) -> Exact | None:
        """The layer is the form's text at its places, and the picture is the form's outside its blanks."""
        found = self._entered(SAME_PLACE, NEAR)
        if found is None:
            return None
        shown, printed = self._shown(PIXEL_DPI), self.form.pictures.picture(self.page, PIXEL_DPI)
        boxes = [box for box, _ in found.values()]
        if shown.dpi != printed.dpi or not same_print(shown, printed, boxes):
            return None
        return self._filled(SAME_PLACE, shown, printed, found)

    def reprinted(self) -> Exact | None:
        """The same where another program has placed and smoothed the glyphs a little otherwise."""
        matrix = self.laid
        found = self._entered(matrix, LOOSE) if matrix is not None else None
        if matrix is None or found is None or not self.has_same_ink(matrix, [box for box, _ in found.values()]):
            return None
        shown = self._shown(PIXEL_DPI)
        paper = Picture(np.full_like(shown.pixels, 255), shown.dpi)
        return self._filled(matrix, shown, paper, found)

    def has_same_ink(self, matrix: Matrix, free: Sequence[Box]) -> bool:
        """Whether nothing is drawn on the page, outside the `free` boxes, but the form's own outlines."""
        size = size_of(matrix)
        if size is None:
            return False
        shown, printed = self._shown(DPI), self.form.pictures.picture(self.page, DPI * size)
        expected = self.form.expected(self.page)
        return shown.dpi == DPI and same_outlines(shown.pixels, printed.pixels, expected, matrix, size, free)

    @cached_property
    def laid(self) -> Matrix | None:
        """Where the layer's own characters say that the form lies; None where they are not its text."""
        expected = in_rows(marks(self.form.page(self.page)))
        return from_text(align(expected, in_rows(layer_marks(self.claim))))

    @property
    def says_the_form(self) -> bool:
        """Whether the layer is the form's text, wherever it lies."""
        matrix = self.laid
        return matrix is not None and self._entered(matrix, LOOSE) is not None

    def blank_boxes(self, place: Registration, filled: Sequence[Difference]) -> list[Box]:
        """Boxes on the page of the blanks that are filled in."""
        names = {difference.note for difference in filled}
        return [place.place(blank.box) for blank in self._blanks if blank.name in names]

    def _shown(self, dpi: float) -> Picture:
        return self.pictures.picture(self.claim.number, dpi)

    @property
    def _blanks(self) -> Sequence[Blank]:
        return [blank for blank in self.form.reference.blanks if blank.page == self.page]

    def _entered(self, matrix: Matrix, reach: float) -> dict[str, tuple[Box, str]] | None:
        """Box on the page and text of every filled blank; None when the layer is another's, or in a signing place."""
        place = self._registered(matrix).place
        found = entered(self.claim, self.form.page(self.page), self.form.reference.blanks, place, reach)
        if found is None or any(name in self.signed for name in found):
            return None
        return {blank.name: (place(blank.box), found[blank.name]) for blank in self._blanks if blank.name in found}

    def _filled(
        self, matrix: Matrix, shown: Picture, printed: Picture, found: dict[str, tuple[Box, str]]
    ) -> Exact | None:
        lines = shown_entries(shown, printed, found, self.reader)
        return Exact(self._registered(matrix), tuple(lines.items())) if lines is not None else None

    def _registered(self, matrix: Matrix) -> Registration:
        return Registration.of(self.claim.number, self.page, matrix, 0.0, 1.0)
