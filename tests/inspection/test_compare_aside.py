"""Lines that say the same a little aside: another word processor's or printer's doing, never a modification."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.inspection.compare_judge import judge
from pipeline.inspection.compare_runs import align
from pipeline.inspection.compare_text import HOLE
from pipeline.inspection.register import Registration
from tests.inspection.scenes import CLAUSES, laid, needs_fonts, scene_of
from tests.inspection.test_known import engine
from tests.simulator.defects_layout import RowAside


@needs_fonts
@pytest.mark.engine
@pytest.mark.parametrize(("aside", "spread"), [(0.5, 0.0), (1.0, 0.0), (0.0, -0.015)])
def test_a_line_with_equal_words_is_no_change(aside: float, spread: float) -> None:
    sheet, expected = laid("clean", 200, RowAside("不能预见", CLAUSES, aside, spread))
    read = [mark for mark in expected if mark.char != HOLE]
    scene = replace(scene_of(sheet, expected), aligned=align(expected, read))
    place = Registration.of(1, CLAUSES, sheet.matrix, sheet.residual, sheet.matched)
    assert "change" not in [item.kind for item in judge(scene, place, engine())]
