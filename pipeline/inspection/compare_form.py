"""The blank form made ready: its characters in reading order with the blanks among them, its clauses, its pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.inspection.compare_paper import FRAME_DPI
from pipeline.inspection.compare_runs import in_rows
from pipeline.inspection.compare_text import Mark, clause_of, holes, marks
from pipeline.model import Box, Page, PageSource, Picture, Reference


@dataclass(frozen=True)
class Form:
    """`headings` = (page, top in pt, clause number) of every numbered clause, in order."""

    reference: Reference
    pictures: PageSource
    texts: Mapping[int, tuple[Mark, ...]]
    headings: tuple[tuple[int, float, str], ...]

    def expected(self, number: int) -> tuple[Mark, ...]:
        """Folded characters of a page in reading order, a `HOLE` for each blank."""
        return self.texts[number]

    def picture(self, number: int) -> Picture:
        """The page at the frame's resolution."""
        return self.pictures.picture(number, FRAME_DPI)

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
    texts = {
        page.number: tuple(in_rows([*marks(page), *holes(reference.blanks, page.number)])) for page in reference.pages
    }
    headings = [
        (page.number, line.box[1], clause)
        for page in reference.pages
        for line in page.lines
        if line.box is not None and (clause := clause_of(line.text))
    ]
    return Form(reference, pictures, texts, tuple(sorted(headings)))
