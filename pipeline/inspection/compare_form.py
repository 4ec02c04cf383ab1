"""The blank form made ready: its characters in reading order with the blanks among them, its clauses, its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.compare_field import BORDER, box_px
from pipeline.inspection.compare_layout import Layout
from pipeline.inspection.compare_paper import FRAME, FRAME_DPI
from pipeline.inspection.compare_runs import in_rows
from pipeline.inspection.compare_sheet import framed
from pipeline.inspection.compare_text import Mark, around, clause_of, holes, marks
from pipeline.inspection.register import FEATURE_DPI
from pipeline.inspection.tones import unseen_ink
from pipeline.model import Box, Page, PageSource, Picture, Pixels, Reference

INK = 40  # darkness from which a row of the print carries ink


@dataclass(frozen=True)
class Form:
    """`headings` = (page, top in pt, clause number) of every numbered clause, in order."""

    reference: Reference
    pictures: PageSource
    headings: tuple[tuple[int, float, str], ...]
    texts: dict[int, tuple[Mark, ...]] = field(default_factory=dict)
    prints: dict[int, Pixels] = field(default_factory=dict)
    layouts: dict[int, Layout] = field(default_factory=dict)
    hues: dict[int, tuple[Box, ...]] = field(default_factory=dict)

    def expected(self, number: int) -> tuple[Mark, ...]:
        """Folded characters of a page in reading order, a `HOLE` for each blank; made once."""
        if number not in self.texts:
            printed = _inked(marks(self.page(number)), self.print_of(number))
            self.texts[number] = tuple(in_rows([*printed, *holes(self.reference.blanks, number)]))
        return self.texts[number]

    def print_of(self, number: int) -> Pixels:
        """Darkness of the page in the frame with `BORDER` around; made once."""
        if number not in self.prints:
            self.prints[number] = framed(self.pictures.picture(number, FRAME_DPI))
        return self.prints[number]

    def layout(self, number: int) -> Layout:
        """What scans of the page are laid over; made once."""
        if number not in self.layouts:
            self.layouts[number] = Layout(self.print_of(number), self.expected(number))
        return self.layouts[number]

    def hued(self, number: int) -> tuple[Box, ...]:
        """Places (pt) of the page's coloured print, a letterhead's or a logo's; made once."""
        if number not in self.hues:
            self.hues[number] = tuple(unseen_ink(self.picture(number)))
        return self.hues[number]

    def picture(self, number: int) -> Picture:
        """The page at the resolution in which features are found."""
        return self.pictures.picture(number, FEATURE_DPI)

    def page(self, number: int) -> Page:
        """Page by its number; raises StopIteration for a number the form has not."""
        return next(page for page in self.reference.pages if page.number == number)

    def clause(self, number: int, box: Box) -> str:
        """The clause a place belongs to: the nearest heading above; empty before the first."""
        middle = (box[1] + box[3]) / 2
        above = [text for page, top, text in self.headings if (page, top) <= (number, middle)]
        return above[-1] if above else ""


def open_form(reference: Reference, pictures: PageSource) -> Form:
    """Everything about the form that does not depend on the document."""
    headings = [
        (page.number, line.box[1], clause)
        for page in reference.pages
        for line in page.lines
        if line.box is not None and (clause := clause_of(line.text))
    ]
    return Form(reference, pictures, tuple(sorted(headings)))


def _inked(found: Sequence[Mark], print_: Pixels) -> list[Mark]:
    """Boxes made as high as the ink of their line: those of a PDF go by the font's word and cut commas and feet off."""
    lines: dict[int, list[Mark]] = {}
    for mark in found:
        lines.setdefault(mark.line, []).append(mark)
    spans = {line: _ink_span(around(mark.box for mark in members), print_) for line, members in lines.items()}
    return [
        mark._replace(
            box=(mark.box[0], min(mark.box[1], spans[mark.line][0]), mark.box[2], max(mark.box[3], spans[mark.line][1]))
        )
        for mark in found
    ]


def _ink_span(box: Box, print_: Pixels) -> tuple[float, float]:
    """Top and bottom (pt) of the ink that hangs together with a line, at most a third of its height beyond it."""
    x0, top, x1, bottom = (side + BORDER for side in box_px(box))
    reach = (bottom - top) // 3
    dark = print_[max(top - reach, 0) : bottom + reach, x0:x1].max(axis=1, initial=0) > INK
    below = dark[-reach:] if reach else dark[:0]
    above = dark[:reach][::-1]
    return (top - BORDER - _run(above)) / FRAME, (bottom - BORDER + _run(below)) / FRAME


def _run(dark: NDArray[np.bool_]) -> int:
    """How many rows from the start carry ink; one empty row does not end them."""
    length = 0
    for at, inked in enumerate(dark.tolist()):
        if inked:
            length = at + 1
        elif at - length >= 1:
            break
    return length
