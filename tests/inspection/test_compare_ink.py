"""Ink beyond the print that no reader sees: hairlines through words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from pipeline.inspection.compare_ink import strokes
from tests.inspection.scenes import CLAUSES, laid, needs_fonts
from tests.simulator.dossier import PrintDefect
from tests.simulator.ink import Mark, Page
from tests.simulator.textmap import TextMap

WORDS = "不能预见"


@dataclass(frozen=True)
class Hairline:
    """A level line through some words, of a width in px of the print at 300 dpi and a shade 0..1."""

    width: int
    shade: float

    def apply(self, pages: list[Page], text: TextMap, rng: np.random.Generator) -> list[Mark]:
        """Raises TextNotFoundError."""
        del rng
        page = pages[CLAUSES - 1]
        x0, top, x1, bottom = page.px(text.find(WORDS, CLAUSES).row.box)
        middle = (top + bottom) // 2
        line = page.toner[middle : middle + self.width, x0:x1]
        np.maximum(line, np.uint8(255 * self.shade), out=line)
        return []


def found(name: str, *defects: PrintDefect) -> list[bool]:
    """Whether each stroke is a pen's beyond doubt."""
    sheet, _ = laid(name, 200, *defects)
    return [stroke.pen for stroke in strokes(sheet, [], [])]


@needs_fonts
@pytest.mark.parametrize(("width", "shade"), [(2, 1.0), (3, 0.6), (4, 0.4)])
@pytest.mark.parametrize("name", ["clean", "normal"])
def test_a_hairline_through_a_row_is_seen(name: str, width: int, shade: float) -> None:
    assert found(name, Hairline(width, shade))


@needs_fonts
@pytest.mark.parametrize("name", ["clean", "normal", "hard"])
def test_an_unchanged_page_has_no_strokes(name: str) -> None:
    assert found(name) == []
