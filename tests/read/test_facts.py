"""Colour, tones, frames and comparison: the pure parts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Line, Page, ReadLine, Word
from pipeline.read.agree import compared, contradicts, disagreements
from pipeline.read.frame import Frame, Turn, turned, turned_size
from pipeline.read.glyphs import char_spans
from pipeline.read.paper import placed
from pipeline.read.tone import has_colour, is_bilevel, is_whitened


def paper(height: int = 1754, width: int = 1240) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    page = np.full((height, width, 3), 250, dtype=np.uint8)
    page[100:1600:30, 100:1100] = 20
    return page


def test_a_slice_of_a_red_seal_is_colour() -> None:
    page = paper()
    page[800:1036, -12:] = (200, 40, 40)
    assert has_colour(page)
    assert not has_colour(paper())


def test_colour_fringes_at_black_edges_are_not_colour() -> None:
    page = paper()
    page[99:1599:30, 100:1100] = (250, 240, 225)
    page[101:1601:30, 100:1100] = (225, 235, 250)
    assert not has_colour(page)


def test_bilevel_needs_two_clean_tones() -> None:
    assert is_bilevel(paper())
    noisy = np.clip(paper().astype(int) + np.random.default_rng(1).normal(0, 25, paper().shape), 0, 255)
    assert not is_bilevel(noisy.astype(np.uint8))
    assert not is_bilevel(np.full((100, 100, 3), 255, dtype=np.uint8))


def test_a_filter_leaves_pure_white_where_a_sensor_leaves_paper() -> None:
    noise = np.random.default_rng(1).normal(0, 2, paper().shape)
    sensed = np.clip(paper().astype(int) - 4 + noise, 0, 255).astype(np.uint8)
    assert not is_whitened(sensed)
    wiped = np.where(sensed > 200, 255, sensed).astype(np.uint8)
    assert is_whitened(wiped)


BOXES = st.tuples(st.floats(0, 200), st.floats(0, 300), st.floats(200, 400), st.floats(300, 500))


@given(box=BOXES, turn=st.sampled_from([0, 90, 180, 270]))
def test_turning_is_undone_by_as_received(box: tuple[float, float, float, float], turn: Turn) -> None:
    size = (400.0, 500.0)
    width, height = turned_size(size, turn)
    page = Page(number=1, width=width, height=height, rotation=turn)
    assert page.as_received(turned(box, size, turn)) == pytest.approx(box, abs=1e-6)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_shown_boxes_lie_on_the_page(rotate: Turn) -> None:
    frame = Frame((10, 20, 310, 420), rotate)
    whole = (0, 0, *frame.size)
    assert frame.shown((10, 20, 310, 420)) == whole


@pytest.mark.parametrize(
    ("layer", "picture", "expected"),
    [
        ("合同金额人民币112500元", "合同金额人民币112500元", False),
        ("合同金额人民币112500元", "合同金额人民币152500元", True),
        ("合同金额人民币 112,500 元。", "合同金额人民币112,500元", False),
        ("甲方应于十日内付款", "本页无正文内容签署", True),
        ("甲方应于十日内付款", "甲方應于十日內付款", False),
        ("附件", "另文", False),
    ],
)
def test_what_contradicts(layer: str, picture: str, expected: bool) -> None:
    assert contradicts(layer, picture, 0.97) is expected


def test_an_unsure_reading_contradicts_nothing() -> None:
    assert not contradicts("合同金额人民币112500元", "合同金额人民币152500元", 0.6)


def row(text: str, at: int, confidence: float = 1.0) -> Line:
    box = (50.0, 20.0 * at, 50.0 + 10 * len(text), 20.0 * at + 12)
    return Line(text=text, box=box, confidence=confidence, words=(Word(text=text, box=box, confidence=confidence),))


def test_a_poor_ocr_layer_is_noise_and_one_changed_line_is_not() -> None:
    good = [row(f"第{at}条双方应当按照本协议约定履行义务", at) for at in range(1, 11)]
    changed = [*good[:4], row("乙方可以随时解除协议且不承担责任", 5), *good[5:]]
    assert [found.layer for found in disagreements(compared(changed, good))] == ["乙方可以随时解除协议且不承担责任"]
    poor = [row(line.text.translate(str.maketrans("双方应协履", "又万庇怂屦")), at + 1) for at, line in enumerate(good)]
    assert disagreements(compared(poor, good)) == ()


def test_characters_stand_where_the_recogniser_saw_them() -> None:
    quad = np.array([[100, 50], [300, 50], [300, 70], [100, 70]], dtype=np.float32)
    spans = char_spans(quad, "甲 乙", [4, 14], [0.9, 0.5, 0.8], 20)
    assert [char for char, *_ in spans] == ["甲", " ", "乙"]
    assert [round((x0 + x1) / 2) for _, x0, x1, _ in spans] == [145, 195, 245]
    assert spans[2][3] == 0.8


def test_words_break_between_hanzi_and_letters() -> None:
    text = "数量:80套 Office"
    chars = tuple((char, 10.0 * at, 10.0 * at + 9, 0.9) for at, char in enumerate(text))
    line = placed([ReadLine(text, 0.9, ((0, 0), (130, 0), (130, 20), (0, 20)), chars)], 72)[0]
    assert [word.text for word in line.words] == ["数量:80", "套", "Office"]
    assert line.words[1].box == (50, 0, 59, 20)


def test_rows_are_read_from_left_to_right() -> None:
    def at(text: str, x: float, y: float) -> ReadLine:
        return ReadLine(text, 0.9, ((x, y), (x + 50, y), (x + 50, y + 20), (x, y + 20)))

    lines = placed([at("右", 200, 3), at("下", 0, 40), at("左", 0, 6)], 72)
    assert [line.text for line in lines] == ["左", "右", "下"]
