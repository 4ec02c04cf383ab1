"""Writing too pale for the page's reader: found as doubt, and nothing where only paper, stains or the back show."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest

from pipeline.inspection.compare_faint import faint_writing
from pipeline.model import TextReader
from pipeline.read import open_reader
from tests.inspection.scenes import CLAUSES, laid, needs_fonts
from tests.simulator.defects_pale import PalePrint
from tests.simulator.dossier import PrintDefect

WORDS = "本协议第三条不适用于乙方"
FOOT = (90.0, 786.0)


@cache
def engine() -> TextReader:
    return open_reader(1)


def said(name: str, dpi: int, *defects: PrintDefect) -> list[str]:
    sheet, _ = laid(name, dpi, *defects)
    return [text.text for _, text in faint_writing(sheet, [], [], engine())]


@needs_fonts
@pytest.mark.engine
@pytest.mark.parametrize(
    ("name", "dpi", "shade", "size"),
    [("clean", 200, 0.15, 10.5), ("normal", 200, 0.15, 10.5), ("hard", 200, 0.2, 10.5), ("normal", 300, 0.4, 5.0)],
)
def test_pale_words_on_bare_paper_are_read(name: str, dpi: int, shade: float, size: float) -> None:
    assert said(name, dpi, PalePrint(WORDS, CLAUSES, FOOT, shade, size)) == [WORDS]


@needs_fonts
@pytest.mark.engine
@pytest.mark.parametrize("name", ["clean", "normal", "hard"])
def test_an_unchanged_page_has_no_pale_words(name: str) -> None:
    assert said(name, 200) == []


@needs_fonts
@pytest.mark.engine
def test_print_of_the_other_side_that_shows_through_does_not_read() -> None:
    back = [PalePrint(WORDS, CLAUSES, (90.0, 770.0 + 14 * row), 0.1, mirrored=True) for row in range(3)]
    assert said("normal", 200, *back) == []


@needs_fonts
@pytest.mark.engine
def test_stains_are_no_writing() -> None:
    sheet, _ = laid("normal", 200)
    for x, y, radius in ((300, 2240, 18), (420, 2250, 30), (560, 2230, 9)):
        stain = np.zeros_like(sheet.scan)
        cv2.circle(stain, (x, y), radius, 45, -1, cv2.LINE_AA)
        np.maximum(sheet.scan, stain, out=sheet.scan)
    assert faint_writing(sheet, [], [], engine()) == []


@needs_fonts
@pytest.mark.engine
def test_pale_words_in_a_blank_are_told_and_its_dark_ones_are_not() -> None:
    blank = (80.0, 762.0, 520.0, 805.0)
    dark, pale = PalePrint("青禾医疗器械", CLAUSES, (90.0, 768.0), 1.0), PalePrint(WORDS, CLAUSES, FOOT, 0.1)
    sheet, _ = laid("normal", 200, dark, pale)
    assert [text.text for _, text in faint_writing(sheet, [], [blank], engine())] == [WORDS]
    assert faint_writing(sheet, [blank], [], engine()) == []
