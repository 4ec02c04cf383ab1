"""The same words a little aside: what another word processor or printer driver makes of a line, no tampering."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.simulator.ink import Box, Mark, Page
from tests.simulator.textmap import TextMap


@dataclass(frozen=True)
class RowAside:
    """The line with these words set `aside` mm to the right, and spread by a share of its length."""

    words: str
    page: int
    aside: float = 0.0
    spread: float = 0.0

    def apply(self, pages: list[Page], text: TextMap, rng: np.random.Generator) -> list[Mark]:
        """Moves print only: nothing to find."""
        del rng
        page, row = pages[self.page - 1], text.find(self.words, self.page).row
        glyphs = [(char.box, page.toner[_area(page, char.box)].copy()) for char in row.chars]
        page.toner[_area(page, row.box)] = 0
        for box, glyph in glyphs:
            along = self.aside / 25.4 * 72 + self.spread * (box[0] - row.box[0])
            rows, columns = _area(page, (box[0] + along, box[1], box[2] + along, box[3]))
            under = page.toner[rows, columns.start : columns.start + glyph.shape[1]]
            np.maximum(under, glyph[:, : under.shape[1]], out=under)
        return []


def _area(page: Page, box: Box) -> tuple[slice, slice]:
    x0, top, x1, bottom = page.px(box)
    return slice(top - 1, bottom + 1), slice(x0 - 1, x1 + 1)
