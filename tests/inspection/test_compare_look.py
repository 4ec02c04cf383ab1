"""How much a character may look unlike its print: look-alikes, rows torn apart, another typeface, seals over words."""

from __future__ import annotations

import pytest

from pipeline.inspection.compare_scene import Limits, is_odd, is_surely_odd, strained_rows
from tests.inspection.scenes import CLAUSES, laid, needs_fonts, scene_of
from tests.simulator.defects import ReplaceText

CONDITIONS = [("clean", 200), ("normal", 200), ("normal", 300), ("hard", 200)]


@needs_fonts
@pytest.mark.parametrize(("name", "dpi"), CONDITIONS)
def test_unchanged_print_is_hardly_ever_odd(name: str, dpi: int) -> None:
    sheet, expected = laid(name, dpi)
    scene = scene_of(sheet, expected)
    odd = [at for at in sheet.glyphs if is_odd(scene, at)]
    assert len(odd) <= 0.015 * len(sheet.glyphs)
    assert len([at for at in odd if is_surely_odd(scene, at)]) <= 2  # specks of dust
    assert strained_rows(scene) == []
    assert not sheet.retyped


@needs_fonts
@pytest.mark.parametrize(("name", "dpi"), CONDITIONS)
@pytest.mark.parametrize(
    ("words", "instead", "char"),
    [
        ("未付款项", "末付款项", "未"),
        ("人身损害", "入身损害", "人"),
        ("不能预见", "不能预贝", "见"),
        ("10.1本协", "10.7本协", "1"),
    ],
)
def test_a_look_alike_is_odd_however_it_is_scanned(name: str, dpi: int, words: str, instead: str, char: str) -> None:
    sheet, expected = laid(name, dpi, ReplaceText(words, instead, CLAUSES))
    scene = scene_of(sheet, expected)
    text = "".join(mark.char for mark in expected)
    start = text.index(words)
    at = start + next(n for n in range(len(words)) if words[n] != instead[n])
    assert expected[at].char == char
    assert is_odd(scene, at)
    assert is_surely_odd(scene, at) or name == "hard"  # there the reading of the character alone decides


@needs_fonts
@pytest.mark.parametrize(("name", "dpi"), CONDITIONS)
def test_a_row_pressed_together_for_one_more_word_is_strained(name: str, dpi: int) -> None:
    sheet, expected = laid(name, dpi, ReplaceText("不能预见", "不可能预见", CLAUSES))
    text = "".join(mark.char for mark in expected)
    near = text.index("不能预见")
    line = expected[near].line
    scene = scene_of(sheet, expected)
    torn = {expected[at].line for pair in strained_rows(scene) for at in pair}
    unlike = any(is_surely_odd(scene, at) for at in sheet.glyphs if expected[at].line == line)
    assert torn == {line} or unlike
    assert torn <= {line}


@pytest.mark.parametrize("char", ["未", "a", "，"])
def test_a_seal_blurs_but_never_without_end(char: str) -> None:
    clear, blurred, drowned = Limits(), Limits(sealed=2.0), Limits(sealed=50.0)
    assert clear.odd(char, under_seal=True) == clear.odd(char, under_seal=False)
    assert clear.odd(char, under_seal=True) < blurred.odd(char, under_seal=True)
    assert drowned.odd(char, under_seal=True) <= 9.0
    assert drowned.odd(char, under_seal=False) == clear.odd(char, under_seal=False)
    assert clear.sure(char, under_seal=False) > clear.odd(char, under_seal=False)
