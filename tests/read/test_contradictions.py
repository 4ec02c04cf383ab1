"""Remarks on text layers that contradict the picture: one for each place, none for what honest scanners misread."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest

from pipeline.model import Line, Picture, Pixels, ReadText, Word
from pipeline.read import open_reader
from pipeline.read.contradictions import contradictions
from pipeline.read.paper import placed
from tests.inspection.scenes import needs_fonts
from tests.inspection.test_known import CLAUSES, form, scanned, sheet

from .conftest import BlindReader, ScriptedReader

PICTURE = Picture(np.full((2339, 1654, 3), 255, np.uint8), 200.0)
CLAUSE = "第{}条双方应当按照本协议约定履行义务不得违反"


class InTurn(ScriptedReader):
    """Answers each time it is asked with the next text."""

    def __init__(self, answers: list[str]) -> None:
        super().__init__([])
        self._turns = iter(answers)

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        self._answers = [next(self._turns)]
        return super().read_strips(strips)


def row(text: str, at: int, confidence: float = 0.97) -> Line:
    box = (50.0, 20.0 * at, 50.0 + 10 * len(text), 20.0 * at + 12)
    return Line(text=text, box=box, confidence=confidence, words=(Word(text=text, box=box, confidence=confidence),))


def page(count: int = 12, confidence: float = 0.97) -> list[Line]:
    return [row(CLAUSE.format(at), at, confidence) for at in range(1, count + 1)]


def lied(lines: list[Line], at: int, old: str, new: str) -> list[Line]:
    changed = lines[at - 1].model_copy(update={"text": lines[at - 1].text.replace(old, new)})
    return [*lines[: at - 1], changed, *lines[at:]]


def test_each_contradiction_is_told_at_its_place_with_both_wordings() -> None:
    shown = page()
    layer = lied(lied(shown, 3, "第3条", "第8条"), 7, CLAUSE.format(7), "乙方可以随时解除合同并且不承担任何责任")
    found = contradictions(2, layer, shown, PICTURE, ScriptedReader([], ["第3条双方"]))
    assert [(each.page, each.code) for each in found] == [(2, "text_layer_contradicts")] * 2
    figure, line = found
    assert figure.box == pytest.approx((60, 60, 70, 72))
    assert "第8条" in figure.message.zh
    assert "第3条" in figure.message.zh
    assert line.box == shown[6].box
    assert "随时解除" in line.message.en


def test_more_than_five_are_summed_up() -> None:
    shown = layer = page(30)
    for at in range(1, 9):
        layer = lied(layer, at, CLAUSE.format(at), "乙方可以随时解除合同并且不承担任何责任")
    found = contradictions(1, layer, shown, PICTURE, BlindReader())
    assert len(found) == 6
    assert "3" in found[-1].message.en
    first, last = shown[5].box, shown[7].box
    assert first is not None
    assert last is not None
    assert found[-1].box == (*first[:2], *last[2:])


@pytest.mark.parametrize(
    ("answer", "told"), [("第3条双方", True), ("第8条双方", False), ("", False), ("第B条双方", False)]
)
def test_a_second_look_decides_about_a_figure(answer: str, told: bool) -> None:
    shown = page()
    found = contradictions(1, lied(shown, 3, "第3条", "第8条"), shown, PICTURE, ScriptedReader([], [answer]))
    assert bool(found) is told


def test_a_figure_alone_on_its_line_is_not_too_short() -> None:
    shown = [*page(), row("4.1", 14)]
    found = contradictions(1, lied(shown, 13, "4.1", "4.2"), shown, PICTURE, ScriptedReader([], ["4.1"]))
    assert [each.box for each in found] == [shown[-1].box]


def test_what_is_known_needs_no_second_look() -> None:
    shown, blind = page(confidence=0.99), BlindReader()
    for old, new in (("第3条", "第8条"), ("不得违反", "得违反"), ("协议约定履行", "补充条款另计")):
        assert len(contradictions(1, lied(shown, 3, old, new), shown, PICTURE, blind, certain=True)) == 1
    assert blind.strips == 0
    read = [*shown[:2], row(CLAUSE.format(3), 3, 0.95), *shown[3:]]  # what fills a blank is read, not known
    assert contradictions(1, lied(shown, 3, "第3条", "第8条"), read, PICTURE, blind, certain=True) == []
    assert blind.strips == 1


def test_another_word_is_told_where_the_layer_is_good_and_the_picture_known() -> None:
    shown = page(confidence=0.99)
    layer = lied(shown, 3, "协议", "口头")
    (told,) = contradictions(1, layer, shown, PICTURE, BlindReader(), certain=True)
    assert "口头" in told.message.zh
    poor = lied(lied(lied(layer, 5, "双方", "汉万"), 7, "义务", "乂夯"), 9, "约定", "钓走")
    assert contradictions(1, poor, shown, PICTURE, BlindReader(), certain=True) == []


@pytest.mark.parametrize(("answer", "told"), [("按照本协议约定履行", True), ("按照本口头约定履行", False), ("", False)])
def test_a_second_look_decides_about_another_word(answer: str, told: bool) -> None:
    shown = page()
    layer = lied(shown, 3, "协议", "口头")
    assert bool(contradictions(1, layer, shown, PICTURE, ScriptedReader([], [answer]))) is told


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (CLAUSE.format(3), False),
        (CLAUSE.format(3)[2:], False),
        (CLAUSE.format(8), True),
        (CLAUSE.format(3)[6:], True),
        ("第3条双方可以口头约定随时解除履行义务不得违反", True),
        ("", True),
    ],
)
def test_a_line_half_lost_under_a_seal_is_looked_at_again(answer: str, told: bool) -> None:
    shown = page()
    lost = [*shown[:2], row(CLAUSE.format(3)[:8], 3), *shown[3:]]
    assert bool(contradictions(1, page(), lost, PICTURE, ScriptedReader([], [answer]))) is told


@pytest.mark.parametrize(
    ("layer", "line", "near", "told"),
    [
        ("第8条双方", "第3条双方应当按照本协议约定履行义务不得违反", "第3条双方", True),
        ("第8条双方", "第3条双方应当按照本协议约定履行义务不得违反", "第8条双方", False),
        ("第8条双方", "第8条双方应当按照本协议约定履行义务不得违反", "第3条双方", False),
        ("第8条双方", "条双方应当按照本协议约定履行义务不得违反", "条双方", False),
        ("第13条双方", "第3条双方应当按照本协议约定履行义务不得违反", "第3条双方", True),
        ("第3条双方不", "第3条双方应当按照本协议约定履行义务不得违反", "条双方应当按", True),
        ("第3条甲方", "第3条双方应当按照本协议约定履行义务不得违反", "第3条双方应", False),
        ("第3条双方", "第3条双方应当按照本协议约定履行义务不得违反", "第3条双方", False),
    ],
)
def test_a_line_that_lost_a_few_characters_is_read_again_twice(layer: str, line: str, near: str, told: bool) -> None:
    shown = page()
    lost = [*shown[:2], row("方" + CLAUSE.format(3)[5:], 3), *shown[3:]]
    asked = InTurn([line, near])
    found = contradictions(1, lied(shown, 3, "第3条双方", layer), lost, PICTURE, asked)
    assert bool(found) is told


def test_a_claim_where_nothing_is_read_at_all_is_no_lie() -> None:
    assert contradictions(1, [*page(), row("不", 14)], page(), PICTURE, ScriptedReader([], [""])) == []


def test_honest_noise_is_not_told() -> None:
    shown = page(confidence=0.99)
    noise = str.maketrans({"不": "下", "3": "B", "1": "l", "违": "迪", "约": "钓"})
    layer = [line.model_copy(update={"text": line.text.translate(noise)}) for line in shown]
    layer = [*layer[:5], layer[5].model_copy(update={"text": layer[5].text[:-6]}), *layer[6:]]
    assert contradictions(1, layer, shown, PICTURE, BlindReader(), certain=True) == []


# --- with the engine ----------------------------------------------------------------------------------------------


@cache
def scan() -> tuple[Picture, tuple[Line, ...], list[Line]]:
    """A scanned page, what the engine reads on it, and a true layer."""
    page_ = scanned(sheet(CLAUSES))
    picture = Picture(page_.picture, float(page_.dpi))
    shown = placed(open_reader(1).read_page(picture.pixels), picture.dpi)
    layer = []
    for line in form()[0].pages[CLAUSES - 1].lines:
        assert line.box is not None
        corners = np.array([(x * 25.4 / 72, y * 25.4 / 72, 1.0) for x in line.box[::2] for y in line.box[1::2]])
        (x0, top), (x1, bottom) = (corners @ page_.to_points.T).min(axis=0), (corners @ page_.to_points.T).max(axis=0)
        layer.append(Line(text=line.text, box=(float(x0), float(top), float(x1), float(bottom))))
    return picture, shown, layer


@needs_fonts
@pytest.mark.engine
@pytest.mark.parametrize(
    ("old", "new"),
    [("9.1", "9.7"), ("5,000", "50,000"), ("36 个月", "30 个月"), ("不能避免", "能避免"), ("未予纠正", "予纠正")],
)
def test_a_lie_of_one_character_under_a_scan_is_told(old: str, new: str) -> None:
    picture, shown, layer = scan()
    at = next(number for number, line in enumerate(layer, 1) if old in line.text)
    found = contradictions(1, lied(layer, at, old, new), shown, picture, open_reader(1))
    assert len(found) == 1
    box, line = found[0].box, layer[at - 1].box
    assert box is not None
    assert line is not None
    assert line[1] - 4 < box[1] < box[3] < line[3] + 4


@needs_fonts
@pytest.mark.engine
@pytest.mark.parametrize(("old", "new"), [("9.1", "9.7"), ("不能避免", "能避免"), ("未予纠正", "予纠正")])
def test_a_lie_under_a_seal_is_told(old: str, new: str) -> None:
    picture, _, layer = scan()
    at = next(number for number, line in enumerate(layer, 1) if old in line.text)
    sealed, box = picture.pixels.copy(), layer[at - 1].box
    assert box is not None
    start = layer[at - 1].text.index(old) / len(layer[at - 1].text)
    x, y = box[0] + (start + 0.03) * (box[2] - box[0]), (box[1] + box[3]) / 2
    scale = picture.dpi / 72
    over = np.full_like(sealed, 255)
    for radius, thick in ((12, 4), (20, 3), (28, 3)):  # rings over the line, as lettering lies over it
        cv2.circle(
            over, (round(x * scale), round(y * scale)), round(radius * scale), (205, 30, 40), round(thick * scale)
        )
    sealed = np.minimum(sealed, over)
    stamped = Picture(sealed, picture.dpi)
    read = placed(open_reader(1).read_page(sealed), picture.dpi)
    assert contradictions(1, layer, read, stamped, open_reader(1)) == []
    (found,) = contradictions(1, lied(layer, at, old, new), read, stamped, open_reader(1))
    assert found.box is not None
    assert x - 40 < found.box[0] < found.box[2] < x + 80
    assert box[1] - 4 < found.box[1] < found.box[3] < box[3] + 4


@needs_fonts
@pytest.mark.engine
def test_a_true_layer_and_a_poor_scanners_layer_are_not_told() -> None:
    picture, shown, layer = scan()
    assert contradictions(1, layer, shown, picture, open_reader(1)) == []
    small = cv2.GaussianBlur(
        cv2.resize(picture.pixels, None, fx=0.35, fy=0.35, interpolation=cv2.INTER_AREA), (0, 0), 0.6
    )
    coarse = cv2.resize(small, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_LINEAR)
    poor = placed(open_reader(1).read_page(np.asarray(coarse, dtype=np.uint8)), 105.0)
    assert [line.text for line in poor] != [line.text for line in shown]
    assert contradictions(1, poor, shown, picture, open_reader(1)) == []
