"""What a text layer and form fields claim, beside the form; and the pictures of what they claim."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.inspection.claims import Stock, entered, likely, plainly
from pipeline.inspection.compare_form import open_form
from pipeline.inspection.exact import same_print, shown_entries
from pipeline.inspection.reprint import DPI, same_outlines, size_of
from pipeline.model import Blank, Box, Claim, Line, Page, Picture, Pixels, ReadLine, ReadText, Word
from pipeline.read.limits import ReadLimits
from pipeline.read.raster import PdfPages
from tests.inspection.test_known import CLAUSES, FORM, form
from tests.simulator.digital import Copy

BLANKS = (Blank(name="name", page=1, box=(200.0, 90.0, 400.0, 115.0)),)


def words(text: str, x: float, top: float) -> tuple[Word, ...]:
    return tuple(Word(text=char, box=(x + 10 * at, top, x + 10 * at + 10, top + 12)) for at, char in enumerate(text))


PRINT = (*words("客户名称", 50, 100), *words("第1条不得转让", 50, 150))
PAGE = Page(number=1, width=595, height=842, lines=(Line(text="", box=(50, 100, 120, 162), words=PRINT),))
CLAIM = Claim(number=3, size=(595.2, 842.0), glyphs=PRINT)


def here(box: Box) -> Box:
    return box


def claimed(claim: Claim) -> dict[str, str] | None:
    return entered(claim, PAGE, BLANKS, here, 1.5)


def test_a_layer_that_is_the_form_fills_no_blank() -> None:
    assert claimed(CLAIM) == {}
    shifted = tuple(word.model_copy(update={"box": (*(side + 1.4 for side in word.box),)}) for word in PRINT)
    assert claimed(replace(CLAIM, glyphs=shifted)) == {}


def test_what_stands_in_a_blank_is_told_in_reading_order() -> None:
    glyphs = (*PRINT, *words("青", 230, 102), *words("林若", 205, 102), *words("_", 260, 102))
    assert claimed(replace(CLAIM, glyphs=glyphs)) == {"name": "林若青"}
    entry = ("name", "林若青", (200.0, 90.0, 400.0, 115.0))
    assert claimed(replace(CLAIM, entries=(entry,), form={"name": "林若青"})) == {"name": "林若青"}


OTHERS: dict[str, Claim] = {
    "a character missing": replace(CLAIM, glyphs=PRINT[:-1]),
    "another character": replace(CLAIM, glyphs=(*PRINT[:-1], *words("给", 110, 150))),
    "a character elsewhere": replace(CLAIM, glyphs=(*PRINT[:-1], *words("让", 112, 150))),
    "a character more": replace(CLAIM, glyphs=(*PRINT, *words("不", 300, 400))),
    "a character twice": replace(CLAIM, glyphs=(*PRINT, *words("不", 80, 150))),
    "a field elsewhere": replace(CLAIM, entries=(("name", "林", (200.0, 300.0, 400.0, 320.0)),)),
    "a field of another name": replace(CLAIM, entries=(("other", "林", BLANKS[0].box),)),
    "two fields": replace(CLAIM, entries=(("name", "林", BLANKS[0].box),) * 2),
    "print and field": replace(
        CLAIM, glyphs=(*PRINT, *words("林", 205, 102)), entries=(("name", "林", BLANKS[0].box),)
    ),
    "a value nowhere on the page": replace(CLAIM, form={"name": "林若青"}),
    "a value the form has no blank for": replace(CLAIM, form={"remark": "不适用"}),
    "another value": replace(CLAIM, entries=(("name", "林", BLANKS[0].box),), form={"name": "李"}),
}


@pytest.mark.parametrize("case", OTHERS)
def test_any_other_layer_is_not_the_form(case: str) -> None:
    assert claimed(OTHERS[case]) is None


def test_pages_are_told_apart_by_size_and_characters() -> None:
    other = Page(
        number=2, width=595, height=842, lines=(Line(text="", box=(0, 0, 1, 1), words=words("另有约定", 0, 0)),)
    )
    large = PAGE.model_copy(update={"width": 842.0, "height": 595.0})
    assert likely(CLAIM, [Stock.of(page) for page in (other, large, PAGE)]) == [2]


def test_two_readings_are_compared_with_their_punctuation() -> None:
    assert plainly("Ｌin@Example.com") == plainly("1in@example.c0m")
    assert plainly("1.000") != plainly("1000")


# --- pictures -----------------------------------------------------------------------------------------------------


def paper() -> Pixels:
    page = np.full((400, 800, 3), 255, np.uint8)
    cv2.putText(page, "fixed words", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0, 0, 0), 2, cv2.LINE_AA)
    return page


def test_smoothed_edges_are_the_same_print_and_a_trace_on_paper_is_not() -> None:
    printed = Picture(paper(), 200.0)
    smoothed = cv2.addWeighted(printed.pixels, 0.95, cv2.GaussianBlur(printed.pixels, (0, 0), 1.0), 0.05, 0)
    assert same_print(Picture(np.asarray(smoothed, np.uint8), 200.0), printed, ())
    traced = printed.pixels.copy()
    traced[300:302, 100:140, 2] = 250
    assert not same_print(Picture(traced, 200.0), printed, ())
    assert same_print(Picture(traced, 200.0), printed, [(0.0, 100.0, 288.0, 144.0)])
    assert not same_print(Picture(traced[:-1], 200.0), printed, ())


class Reads:
    """Reads the same in every strip."""

    def __init__(self, text: str) -> None:
        self._text = text

    def read_page(self, pixels: Pixels) -> tuple[ReadLine, ...]:
        raise AssertionError("a page was read")

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        return tuple(ReadText(self._text, 0.95) for _ in strips)


def shown(text: str, reads: str, extra: tuple[float, int] | None = None) -> bool:
    """Whether the blank is taken to hold `text`; `extra` = size and top of tiny lettering put beside it."""
    printed = paper()
    page = printed.copy()
    cv2.putText(page, text, (120, 250), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0, 0, 0), 2, cv2.LINE_AA)
    if extra is not None:
        cv2.putText(
            page, "all rights waived", (500, extra[1]), cv2.FONT_HERSHEY_SIMPLEX, extra[0], (0, 0, 0), 1, cv2.LINE_AA
        )
    box = (36.0, 72.0, 284.0, 108.0)
    found = shown_entries(Picture(page, 200.0), Picture(printed, 200.0), {"name": (box, text)}, Reads(reads))
    return found is not None


def test_a_blank_holds_what_the_recogniser_reads_there() -> None:
    assert shown("Order-1 by x", "Order-1 by x")
    assert not shown("Order-1 by x", "Order-7 by x")
    assert not shown("Order-1 by x", "")


@pytest.mark.parametrize("extra", [(0.2, 240), (0.2, 262), (0.25, 283), (0.3, 283)])
def test_tiny_lettering_in_a_blank_is_not_passed_over(extra: tuple[float, int]) -> None:
    assert not shown("Order-1 by x", "Order-1 by x", extra)


SWAPS = {
    "双方均未书面反": "末",
    "提供方不作任何": "下",
    "个工作日内书面": "目",
    "（d）客户超出": "容",
    "供方保证在线服": "正",
}
AT = 3  # the character of these words that is swapped


@pytest.mark.parametrize(("at", "scale"), [((0.5, 0.3), 1.0), ((2.1, 1.2), 0.995)])
def test_outlines_tell_look_alikes_apart(tmp_path: Path, at: tuple[float, float], scale: float) -> None:
    reference, pictures = form()
    expected = open_form(reference, pictures).expected(CLAUSES)
    height = reference.pages[CLAUSES - 1].height
    matrix = np.array([[scale, 0, at[0]], [0, scale, height * (1 - scale) - at[1]]])
    size = size_of(matrix)
    assert size == pytest.approx(scale)
    printed = pictures.picture(CLAUSES, DPI * scale).pixels

    def agrees(copy: Copy) -> bool:
        pages = PdfPages.open(copy.moved(*at, scale).write(tmp_path / "copy.pdf"), ReadLimits())
        return same_outlines(pages.picture(1, DPI).pixels, printed, expected, matrix, scale, ())

    assert agrees(Copy(FORM, CLAUSES))
    assert not any(agrees(Copy(FORM, CLAUSES).changed(words_, AT, other)) for words_, other in SWAPS.items())


def test_a_turned_page_is_no_other_print() -> None:
    assert size_of(np.array([[0.99, 0.05, 0.0], [-0.05, 0.99, 0.0]])) is None
    assert size_of(np.array([[1.0, 0.0, 0.0], [0.0, 0.98, 0.0]])) is None
