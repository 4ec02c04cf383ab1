"""Print that the page's reader lost, or laid over other rows: what the strip and the image tell of it all the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.inspection.compare_alone import read_alone
from pipeline.inspection.compare_judge import judge
from pipeline.inspection.compare_paper import FRAME
from pipeline.inspection.compare_runs import Aligned, Run, align
from pipeline.inspection.compare_scene import is_surely_odd, located
from pipeline.inspection.compare_sheet import beyond
from pipeline.inspection.compare_suspects import sort_out
from pipeline.inspection.compare_text import Mark
from pipeline.inspection.register import Registration
from pipeline.model import Pixels, ReadLine, ReadText, TextReader
from tests.inspection.scenes import CLAUSES, form, laid, needs_fonts, scene_of
from tests.inspection.test_compare import Script
from tests.simulator.defects import DeleteRows, InsertSentence, ReplaceText

WORDS = "未付款项"


class Row:
    """Reads the row of interest, asked for first, and the form's own of the same size; of all else only characters."""

    def __init__(self, row: str, printed: str) -> None:
        self._said = [row, printed]
        self._shape: tuple[int, ...] = ()

    def read_page(self, pixels: Pixels) -> tuple[ReadLine, ...]:
        raise AssertionError("a page was read")

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        return tuple(ReadText(self._text(strip.shape), 0.95) for strip in strips)

    def _text(self, shape: tuple[int, ...]) -> str:
        self._shape = self._shape or shape
        if shape == self._shape and self._said:
            return self._said.pop(0)
        return "木" if shape[1] < 2 * shape[0] else ""


def lost(instead: str, reader: TextReader) -> list[tuple[str, str, str]]:
    """What is told of 未 where the page's reader lost it."""
    sheet, expected = laid("normal", 200, ReplaceText(WORDS, instead, CLAUSES))
    at = "".join(mark.char for mark in expected).index(WORDS)
    scene = replace(scene_of(sheet, expected), aligned=align(expected, [*expected[:at], *expected[at + 1 :]]))
    assert is_surely_odd(scene, at) == (instead != WORDS)
    place = Registration.of(1, CLAUSES, sheet.matrix, sheet.residual, sheet.matched)
    found = [item for item in judge(scene, place, reader) if item.kind in ("reading", "change")]
    return [(item.kind, item.expected, item.found) for item in found if item.expected == "未"]


@needs_fonts
@pytest.mark.parametrize(
    ("row", "printed", "kind"),
    [
        ("{}来{}", "{}未{}", "change"),
        ("{}来{}", "{}来{}", "reading"),  # the recogniser does not know better
        ("{}未{}", "{}未{}", "reading"),  # it does not admit it
    ],
)
def test_a_character_lost_by_the_reader_and_other_in_its_row(row: str, printed: str, kind: str) -> None:
    _, expected = laid("normal", 200)
    text = "".join(mark.char for mark in expected)
    at = text.index(WORDS)
    before, after = text[at - 4 : at], text[at + 1 : at + 5]
    found = lost("末付款项", Row(row.format(before, after), printed.format(before, after)))
    assert [item[0] for item in found] == [kind]
    assert kind == "reading" or found[0][2] == "来"


@needs_fonts
def test_a_character_looked_for_at_its_neighbour_s_place_is_no_change() -> None:
    sheet, expected = laid("normal", 200)
    at = "".join(mark.char for mark in expected).index(WORDS)
    glyph = sheet.glyphs[at]
    wide = (expected[at + 1].box[0] - expected[at].box[0]) * 200 / 72
    astray = replace(glyph, shift=(glyph.shift[0] + wide, glyph.shift[1]), off=60.0, missing=0.3)
    print_ = sheet.expected.copy()
    sheet = replace(sheet, expected=print_, glyphs={**sheet.glyphs, at: astray})
    scene = scene_of(sheet, expected)
    sheet.cut(print_, located(scene, at))[...] = sheet.cut(print_, expected[at].box)
    (neighbour,) = read_alone(scene, [[at]], Script(["付", "未"]))
    (another,) = read_alone(scene, [[at]], Script(["永", "未"]))
    assert neighbour.said is None
    assert not neighbour.cleared
    assert another.said is not None


class Unsure(Script):
    """Reads the scan's character right, but less surely than the form's own."""

    less: float = 0.08

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        return tuple(
            replace(text, confidence=0.97 - self.less * (at % 2 == 0))
            for at, text in enumerate(super().read_strips(strips))
        )


@needs_fonts
@pytest.mark.parametrize(
    ("off", "missing", "limits", "cleared"),
    [
        (3.3, 0.03, {}, True),
        (3.3, 0.08, {}, False),  # print was taken away
        (3.6, 0.03, {}, False),
        (3.3, 0.03, {"coarse": True}, False),
        (3.3, 0.03, {"bilevel": True}, True),  # not even odd there
    ],
)
def test_a_character_read_less_surely_alone_is_cleared_where_it_looks_hardly_odd(
    off: float, missing: float, limits: dict[str, bool], cleared: bool
) -> None:
    sheet, expected = laid("normal", 200)
    at = "".join(mark.char for mark in expected).index(WORDS)
    sheet = replace(sheet, glyphs={**sheet.glyphs, at: replace(sheet.glyphs[at], off=off, missing=missing)})
    scene = scene_of(sheet, expected)
    scene = replace(scene, limits=replace(scene.limits, **limits))
    (told,) = read_alone(scene, [[at]], Unsure(["未", "未"]))
    assert told.cleared == cleared
    hardly = Unsure(["未", "未"])
    hardly.less = 0.2
    (guessed,) = read_alone(scene, [[at]], hardly)
    assert guessed.cleared == bool(limits.get("bilevel"))
    (veiled,) = read_alone(replace(scene, seals=[(0, 0, 600, 850)]), [[at]], Unsure(["未", "未"]))
    assert veiled.cleared == (cleared and bool(limits))
    (other,) = read_alone(scene, [[at]], Unsure(["末", "未"]))
    assert other.cleared == bool(limits.get("bilevel"))


@needs_fonts
@pytest.mark.parametrize(("missing", "cleared"), [(0.015, True), (0.03, False)])
def test_a_speck_takes_no_ink_away_from_a_character_that_is_surely_odd(missing: float, cleared: bool) -> None:
    """夭 printed for 天 was read as 天 without its neighbours, as surely as 天 itself."""
    sheet, expected = laid("normal", 200)
    at = "".join(mark.char for mark in expected).index(WORDS)
    sheet = replace(sheet, glyphs={**sheet.glyphs, at: replace(sheet.glyphs[at], off=5.95, missing=missing, extra=0.2)})
    (told,) = read_alone(scene_of(sheet, expected), [[at]], Script(["未", "未"]))
    assert told.cleared == cleared


@needs_fonts
def test_words_read_over_a_row_that_stands_as_printed_are_no_addition() -> None:
    """Where the reader garbles a row, the shortest edit may have it lost and its words put in beside."""
    sheet, expected = laid("normal", 200)
    text = "".join(mark.char for mark in expected)
    lo = text.index(WORDS)
    hi = lo + 8
    assert len({mark.line for mark in expected[lo:hi]}) == 1
    garbled = [mark._replace(char=char) for mark, char in zip(expected[lo + 2 : hi : 2], "xyz", strict=True)]
    below = [mark._replace(box=(mark.box[0], mark.box[1] + 40, mark.box[2], mark.box[3] + 40)) for mark in garbled]
    place = Registration.of(1, CLAUSES, sheet.matrix, sheet.residual, sheet.matched)

    def told(put_in: list[Mark], again: str) -> list[str]:
        left = [at for at in range(len(expected)) if not lo <= at < hi]
        found = [*(expected[at] for at in left[: lo + 4]), *put_in, *(expected[at] for at in left[lo + 4 :])]
        pairs = [(at, number + (len(put_in) if number >= lo + 4 else 0)) for number, at in enumerate(left)]
        runs = (Run(lo, hi, lo, lo), Run(hi + 4, hi + 4, lo + 4, lo + 4 + len(put_in)))
        scene = replace(scene_of(sheet, expected), aligned=Aligned(expected, tuple(found), tuple(pairs), runs))
        around = text[max(lo - 4, 0) : hi + 4]
        found_ = judge(scene, place, Script([again or around, text[hi : hi + 4] + "xyz" + text[hi + 4 : hi + 8]]))
        return [item.found for item in found_ if item.kind in ("reading", "change") and set(item.found) <= set("xyz")]

    assert "xyz" not in told(garbled, "")
    assert "xyz" in told(below, "")  # nothing was lost there
    assert "xyz" in told(garbled, "木木木木木木木木")  # the strip does not have it as printed


@needs_fonts
def test_what_reads_as_printed_where_it_is_printed_is_no_difference() -> None:
    """Of two rows the reader lost one; the shortest edit may lay the other over it."""
    sheet, expected = laid("clean", 200)
    lines = sorted({mark.line for mark in expected})[4:6]
    rows = [[at for at, mark in enumerate(expected) if mark.line == line] for line in lines]
    lo, hi = rows[0][0], rows[1][-1] + 1
    left = [*range(lo), *rows[1], *range(hi, len(expected))]
    found = [expected[at] for at in left]
    pairs = [(at, number) for number, at in enumerate(left) if not lo <= at < hi]
    wrong = Aligned(expected, tuple(found), tuple(pairs), (Run(lo, hi, lo, lo + len(rows[1])),))
    _, suspects = sort_out(replace(scene_of(sheet, expected), aligned=wrong))
    (row,) = (suspect for suspect in suspects if suspect.read)
    assert row.seen == ()
    assert row.fewer


@needs_fonts
def test_a_character_changed_beside_a_lost_comma_is_looked_at() -> None:
    sheet, expected = laid("normal", 200, ReplaceText("权的，服务提供方", "权的，股务提供方", CLAUSES))
    comma = "".join(mark.char for mark in expected).index("权的,服务提供方") + 2
    aligned = align(expected, [*expected[:comma], *expected[comma + 1 :]])
    _, suspects = sort_out(replace(scene_of(sheet, expected), aligned=aligned))
    assert {(comma, True), (comma + 1, False)} <= {(suspect.lo, suspect.read) for suspect in suspects}


def test_hints_lose_what_the_field_took_away() -> None:
    field = np.full((64, 48, 2), (13.0, -2.0))
    assert beyond({0: (22.0, -1.0)}, form().layout(CLAUSES), field) == {0: (9.0, 1.0)}


@needs_fonts
@pytest.mark.parametrize(("name", "dpi"), [("clean", 200), ("normal", 200)])
def test_a_clause_left_out_is_told_once_though_the_rows_below_moved_up(name: str, dpi: int) -> None:
    expected = form().expected(CLAUSES)
    text = "".join(mark.char for mark in expected)
    lo, hi, foot = text.index("10.2一方"), text.index("10.3因"), text.index("所载企业")
    up = expected[hi].box[1] - expected[lo].box[1]
    hints = dict.fromkeys(range(hi, foot), (0.0, -up * FRAME))
    sheet, _ = laid(name, dpi, DeleteRows("10.2一方", text[hi - 6 : hi - 1], CLAUSES), hints=hints)
    moved = [
        mark._replace(box=(mark.box[0], mark.box[1] - up, mark.box[2], mark.box[3] - up)) for mark in expected[hi:foot]
    ]
    scene = replace(scene_of(sheet, expected), aligned=align(expected, [*expected[:lo], *moved, *expected[foot:]]))
    place = Registration.of(1, CLAUSES, sheet.matrix, sheet.residual, sheet.matched)
    found = [item for item in judge(scene, place, Script(["因服务提供方违约而解除的"])) if item.kind != "fill_in"]
    told = [item for item in found if len(item.expected) > 10]
    assert [(item.kind, item.found) for item in told] == [("change", "")]
    assert text[lo + 4 : hi - 4] in told[0].expected
    assert len(told[0].expected) < hi - lo + 8
    assert len(found) <= 3  # specks of dust


@needs_fonts
def test_words_put_in_under_a_seal_without_colour_are_told_beside_a_sure_change_that_moved_the_rows() -> None:
    """Ink in moved rows is not told for itself there, so it must not stand for the words that were read."""
    expected = form().expected(CLAUSES)
    text = "".join(mark.char for mark in expected)
    lo, hi, foot = text.index("10.2一方"), text.index("10.3因"), text.index("所载企业")
    after = text.index("此后的期间按标准价格计费。") + len("此后的期间按标准价格计费。")
    up = expected[hi].box[1] - expected[lo].box[1]
    hints = dict.fromkeys(range(hi, foot), (0.0, -up * FRAME))
    put_in = InsertSentence("此后的期间按标准价格计费。", "客户可随时解除本协议并要求全额退款。", CLAUSES)
    left_out = DeleteRows("10.2一方", text[hi - 6 : hi - 1], CLAUSES)
    sheet, _ = laid("clean", 200, put_in, left_out, hints=hints)
    last = expected[after - 1]
    row = [
        last._replace(char=char, box=(last.box[2] + 11 * at, last.box[1], last.box[2] + 11 * at + 10, last.box[3]))
        for at, char in enumerate(put_in.sentence)
    ]
    below = [
        mark._replace(box=(mark.box[0], mark.box[1] - up, mark.box[2], mark.box[3] - up))
        for mark in (*expected[hi:after], *row, *expected[after:foot])
    ]
    edge = row[7].box[0] + 0.5  # the eighth is the first to be read as words
    seal = (edge - 120, row[0].box[1] - up - 60, edge, row[0].box[1] - up + 60)
    aligned = align(expected, [*expected[:lo], *below, *expected[foot:]])
    scene = replace(scene_of(sheet, expected), aligned=aligned, seals=[seal], veiled=[seal])
    place = Registration.of(1, CLAUSES, sheet.matrix, sheet.residual, sheet.matched)
    found = judge(scene, place, Script(["因服务提供方违约而解除的"]))
    assert any(item.kind == "change" and "10.2" in item.expected for item in found)
    assert any(item.kind in ("reading", "change") and "要求全额退款" in item.found for item in found)
