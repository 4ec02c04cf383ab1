"""Texts of a re-flowed copy, placed by hand, compared by their words alone; the recogniser confirms what was read."""

from __future__ import annotations

import numpy as np

from pipeline.inspection.compare_plain import PlainScene, compare_plain
from pipeline.inspection.compare_runs import Aligned, Run
from pipeline.inspection.compare_text import Mark
from pipeline.model import Box, Picture, Pixels, ReadLine, ReadText

FORM = (
    "3.1可用率=(当月总分钟数-停机分钟数)÷",
    "当月总分钟数×100%,精确至小数点后两位",
    "超出部分不计入当月可用时间之内",
)
SEAL = (150.0, 60.0, 260.0, 110.0)  # over the first row
SIZE = 12.0


def marks(rows: tuple[str, ...]) -> list[Mark]:
    return [
        Mark(char, (60 + SIZE * at, 100 + 20.0 * row, 72 + SIZE * at, 112 + 20.0 * row), 0.98, 1, row)
        for row, text in enumerate(rows)
        for at, char in enumerate(text)
    ]


class Blank:
    def picture(self, number: int, dpi: float | None = None) -> Picture:
        return Picture(np.full((2339, 1654, 3), 255, np.uint8), dpi or 200.0)


class Echo:
    """Reads every strip as the page was read."""

    def __init__(self, text: str) -> None:
        self._text = text

    def read_page(self, pixels: Pixels) -> tuple[ReadLine, ...]:
        return ()

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        return tuple(ReadText(self._text, 0.98) for _ in strips)


def kinds(rows: tuple[str, ...], runs: tuple[Run, ...], again: str, seals: tuple[Box, ...]) -> set[str]:
    scene = PlainScene(
        Aligned(tuple(marks(FORM)), tuple(marks(rows)), (), runs), {1: seals}, "", lambda page, box: "3.1"
    )
    return {item.kind for item in compare_plain(scene, Blank(), Echo(again))}


def test_what_a_seal_hid_is_not_taken_out_where_the_same_words_stand_behind_it() -> None:
    read = ("3.1", *FORM[1:])  # the second 当月总分钟数, which the alignment takes for the first
    runs = (Run(3, 8, 3, 3), Run(14, 28, 9, 9))
    assert kinds(read, runs, "当月总分钟数×100%,精确", (SEAL,)) == {"reading"}


def test_words_missing_from_rows_that_were_read_were_taken_out() -> None:
    read = ("3.1可用率=(当月总分钟数×100%,精确至", "小数点后两位", FORM[2])
    assert kinds(read, (Run(14, 28, 14, 14),), "(当月总分钟数×100%,精确至", ()) == {"change"}
