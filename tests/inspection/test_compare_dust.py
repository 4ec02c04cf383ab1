"""Specks on unmodified print: as black and as large as a dot, read by everybody as one, and yet no change."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from pipeline.inspection.compare_dust import is_speck
from pipeline.inspection.compare_judge import judge
from pipeline.inspection.compare_paper import darkness
from pipeline.inspection.compare_runs import align
from pipeline.inspection.compare_sheet import Sheet, lay
from pipeline.inspection.compare_text import Mark
from pipeline.inspection.locate import FINE, locate, look_of
from pipeline.inspection.register import Matrix, Registration
from pipeline.model import Picture, Pixels
from tests.inspection.scenes import CLAUSES, FORM, form, laid, needs_fonts, scene_of
from tests.inspection.test_compare import ROWS, SCALE, STEP, Script, compared, edited, place, told
from tests.simulator.defects import ReplaceText
from tests.simulator.dossier import ScanJob, prepare
from tests.simulator.paper import Mode, preset, scan


def disc(canvas: Pixels, x: float, y: float, mm: float, dpi: float, dark: int) -> None:
    """Dirt of a width in mm about a point in px."""
    spot = np.zeros(canvas.shape[:2], np.uint8)
    radius = round(mm / 2 / 25.4 * dpi * 16)
    cv2.circle(spot, (round(x * 16), round(y * 16)), radius, 255, -1, cv2.LINE_AA, 4)
    share = cv2.GaussianBlur(spot, (0, 0), 0.5)[:, :, None] / 255.0
    canvas[...] = np.minimum(canvas, canvas * (1 - share) + dark * share)


@pytest.mark.parametrize(("mm", "speck"), [(0.3, True), (0.45, True), (0.6, True), (2.0, False)])
def test_a_speck_is_small_and_round(mm: float, speck: bool) -> None:
    page = np.full((60, 60, 3), 255, np.uint8)
    disc(page, 30, 30, mm, 200.0, 40)
    ink = cv2.GaussianBlur((255 - page[:, :, 0]).astype(np.float32) / 255, (0, 0), 1.2)
    assert is_speck(np.asarray(ink, dtype=np.float32)) is speck


def test_a_stroke_and_two_spots_are_no_speck() -> None:
    stroke, spots = np.zeros((60, 60), np.float32), np.zeros((60, 60), np.float32)
    stroke[28:31, 15:40] = 0.8
    spots[20:23, 20:23] = spots[40:43, 40:43] = 0.8
    assert not is_speck(stroke)
    assert not is_speck(spots)
    assert is_speck(np.zeros((60, 60), np.float32))


@pytest.mark.parametrize(("old", "new", "row"), [("99.9", "99;9", 3), ("99.9", "99:9", 3)])
def test_a_speck_over_a_full_stop_is_no_change_though_everybody_reads_a_colon(old: str, new: str, row: int) -> None:
    paper = np.full((round(842 * SCALE), round(595 * SCALE), 3), 255, np.uint8)
    x, top, _, bottom = place(row, ROWS[row].index("99.9") + 2)
    disc(paper, (x + STEP / 3) * SCALE, (top + 0.45 * (bottom - top)) * SCALE, 0.6, 200.0, 30)
    read = edited(row, old, new)
    found = told(compared(read, ROWS, Script([f"low {new} pct"]), ink=paper))
    assert [item[0] for item in found] == ["reading"]


@cache
def clean_page(mode: Mode) -> tuple[Pixels, Matrix]:
    """An unmodified page at 200 dpi, and where the form's points (pt) lie on it (pt)."""
    pages, _ = prepare(ScanJob(pdf=FORM, defects=(), seed=3), np.random.default_rng(3))
    picture = scan(pages[CLAUSES - 1], preset("clean", 200, mode), np.random.default_rng(8)).picture
    picture = picture if picture.ndim == 3 else np.repeat(picture[:, :, None], 3, axis=2)
    blank = form().pictures.picture(CLAUSES, FINE)
    found = locate(look_of(darkness(Picture(picture, 200.0)), 200.0), [look_of(darkness(blank), blank.dpi)], [0])
    assert found is not None
    return picture, found.matrix


def specked(char: str, mode: Mode, mm: float, dark: int) -> tuple[Sheet, tuple[Mark, ...], int]:
    """An unmodified page with dirt at the lower edge of a character; and its number."""
    picture, matrix = clean_page(mode)
    picture = picture.copy()
    expected = form().expected(CLAUSES)
    at = "".join(mark.char for mark in expected).index(char)
    x0, top, x1, bottom = expected[at].box
    x, y = matrix @ ((x0 + x1) / 2, bottom - 0.15 * (bottom - top), 1.0)
    disc(picture, x * SCALE, y * SCALE, mm, 200.0, dark)
    sheet = lay(darkness(Picture(picture, 200.0)), 200.0, form().layout(CLAUSES), matrix, {})
    return sheet, expected, at


def outcome(sheet: Sheet, expected: tuple[Mark, ...], at: int, instead: str) -> list[str]:
    """What is told where the page's reader and the second one agree on another character."""
    read = [mark._replace(char=instead) if number == at else mark for number, mark in enumerate(expected)]
    scene = replace(scene_of(sheet, expected), aligned=align(expected, read))
    text = "".join(mark.char for mark in expected)
    again = text[max(at - 4, 0) : at] + instead + text[at + 1 : at + 5]
    registration = Registration.of(1, CLAUSES, sheet.matrix, sheet.residual, sheet.matched)
    return [
        item.kind
        for item in judge(scene, registration, Script([again, "", ""]))
        if item.expected == expected[at].char and item.kind in ("change", "reading")
    ]


@needs_fonts
@pytest.mark.parametrize(
    ("mode", "mm", "dark"), [("grey", 0.3, 30), ("colour", 0.45, 60), ("grey", 0.6, 40), ("colour", 0.6, 100)]
)
@pytest.mark.parametrize(("char", "instead"), [("不", "丕"), ("人", "太"), ("一", "二"), ("务", "雾")])
def test_a_speck_on_a_character_is_no_change(mode: Mode, mm: float, dark: int, char: str, instead: str) -> None:
    sheet, expected, at = specked(char, mode, mm, dark)
    assert "change" not in outcome(sheet, expected, at, instead)


@needs_fonts
@pytest.mark.parametrize(("words", "instead"), [("人身损害", "大身损害"), ("不能预见", "丕能预见")])
def test_a_stroke_that_was_added_is_a_change(words: str, instead: str) -> None:
    sheet, expected = laid("clean", 200, ReplaceText(words, instead, CLAUSES))
    at = "".join(mark.char for mark in expected).index(words)
    assert outcome(sheet, expected, at, instead[0]) == ["change"]
    assert sheet.glyphs[at].extra > 0.2
