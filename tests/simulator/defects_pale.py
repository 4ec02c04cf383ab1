"""Print of little toner: small print meant to be overlooked, and print of the other side showing through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.simulator.fonts import load
from tests.simulator.ink import Box, Mark, Page, defect
from tests.simulator.textmap import TextMap


@dataclass(frozen=True)
class PalePrint:
    """Words at a point (pt, top left) in a shade 0..1 of full toner; `mirrored` = seen through the sheet."""

    text: str
    page: int
    at: tuple[float, float]
    shade: float
    size: float = 10.5
    mirrored: bool = False

    def apply(self, pages: list[Page], text: TextMap, rng: np.random.Generator) -> list[Mark]:
        """Adds to what is printed there."""
        del text, rng
        page = pages[self.page - 1]
        drawn = load("song", round(self.size * page.dpi / 72)).getmask(self.text)
        width, height = drawn.size
        glyphs = np.asarray(drawn, dtype=np.float32).reshape(height, width)
        toner = (glyphs[:, ::-1] if self.mirrored else glyphs) * self.shade
        x, y = (round(value * page.dpi / 72) for value in self.at)
        under = page.toner[y : y + height, x : x + width]
        np.maximum(under, toner.astype(np.uint8)[: under.shape[0], : under.shape[1]], out=under)
        box: Box = (self.at[0], self.at[1], self.at[0] + width * 72 / page.dpi, self.at[1] + height * 72 / page.dpi)
        return [] if self.mirrored else [defect("pale print", self.page, box, "", self.text)]
