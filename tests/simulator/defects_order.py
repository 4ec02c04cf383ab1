"""Sheets in disorder: left out, doubled, swapped, replaced, after stamping and before the scan."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.simulator.ink import Box, Mark, Page, defect, print_pdf

WHOLE: Box = (0.0, 0.0, 595.0, 842.0)


@dataclass(frozen=True)
class PageMissing:
    """A sheet that was not scanned."""

    page: int

    def arrange(self, pages: list[Page]) -> tuple[list[Page], list[Mark]]:
        """Leaves the page out."""
        kept = [page for page in pages if page.number != self.page]
        return kept, [defect("page missing", self.page, WHOLE, str(self.page), "")]


@dataclass(frozen=True)
class PageDoubled:
    """A sheet scanned twice in a row."""

    page: int

    def arrange(self, pages: list[Page]) -> tuple[list[Page], list[Mark]]:
        """Repeats the page."""
        twice = [again for page in pages for again in ([page, page] if page.number == self.page else [page])]
        return twice, [defect("page doubled", self.page, WHOLE, "", str(self.page))]


@dataclass(frozen=True)
class PagesSwapped:
    """Two sheets in each other's place."""

    one: int
    two: int

    def arrange(self, pages: list[Page]) -> tuple[list[Page], list[Mark]]:
        """Swaps the pages."""
        places = {page.number: index for index, page in enumerate(pages)}
        order = list(pages)
        first, second = places[self.one], places[self.two]
        order[first], order[second] = order[second], order[first]
        marks = [
            defect("pages swapped", number, WHOLE, str(other), str(number))
            for number, other in ((self.one, self.two), (self.two, self.one))
        ]
        return order, marks


@dataclass(frozen=True)
class PageForeign:
    """A sheet replaced after stamping by a page of another PDF."""

    page: int
    pdf: Path
    source: int = 1

    def arrange(self, pages: list[Page]) -> tuple[list[Page], list[Mark]]:
        """Puts the other page in the place."""
        other = print_pdf(self.pdf, pages[0].dpi)[self.source - 1]
        other.number = 0
        order = [other if page.number == self.page else page for page in pages]
        return order, [defect("page foreign", self.page, WHOLE, str(self.page), f"{self.pdf.name} {self.source}")]
