"""Pages without text: the back of a sheet bears dust, holes and staples, everything else is somebody's writing."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from pipeline.inspection.compare_bare import is_bare
from pipeline.model import Picture
from tests.inspection.scenes import CUSTOMER, needs_fonts
from tests.simulator import fonts
from tests.simulator.ink import InkPatch, Page, blank_page, cover
from tests.simulator.paper import preset, scan
from tests.simulator.seals import SealSpec, impress

MM = 200 / 25.4  # px
Drawing = Callable[[Page], object]


def back(*drawings: Drawing, preset_name: str = "normal") -> Picture:
    """The back of a sheet under the scanner."""
    page = blank_page(dpi=200)
    for draw in drawings:
        draw(page)
    return Picture(scan(page, preset(preset_name, 200), np.random.default_rng(3)).picture, 200.0)


def words(text: str, pt: float, ink: str, strength: float = 0.9, at_mm: tuple[float, float] = (60, 90)) -> Drawing:
    def draw(page: Page) -> None:
        font = fonts.load("kai", round(pt * 200 / 72))
        canvas = Image.new("L", (int(font.getlength(text)) + 8, round(pt * 4)), 0)
        ImageDraw.Draw(canvas).text((2, 2), text, font=font, fill=255)
        patch = cover(np.asarray(canvas)) * strength
        page.patches.append(InkPatch(round(at_mm[0] * MM), round(at_mm[1] * MM), patch.astype(np.float32), ink))

    return draw


def line(start: tuple[float, float], end: tuple[float, float], wide: float) -> Drawing:
    ends = [(round(x * MM), round(y * MM)) for x, y in (start, end)]
    return lambda page: cv2.line(page.toner, ends[0], ends[1], 220, round(wide * MM))


def hole(x: float, y: float) -> Drawing:
    return lambda page: cv2.circle(page.toner, (round(x * MM), round(y * MM)), round(3 * MM), 230, -1)


def seen_through(strength: float) -> Drawing:
    def draw(page: Page) -> None:
        impression = impress(SealSpec(CUSTOMER), page.px_per_mm, np.random.default_rng(1))
        page.stamp(impression.coverage[:, ::-1] * strength, (120, 180), "red")

    return draw


@needs_fonts
@pytest.mark.parametrize("preset_name", ["clean", "normal", "hard"])
def test_the_back_of_a_sheet_is_bare_for_all_its_dust_holes_and_staples(preset_name: str) -> None:
    staple = line((12, 10), (20, 16), 0.6)
    assert is_bare(back(hole(12, 108), hole(12, 188), staple, seen_through(0.15), preset_name=preset_name))


MARKS: dict[str, Drawing] = {
    "a sentence": words("客户可随时解除本协议", 12, "pen-blue"),
    "a word": words("不", 12, "pen-blue"),
    "pencil": words("客户可随时解除", 12, "shadow"),
    "red pen": words("第三条不适用", 8, "pen-red"),
    "yellow pen": words("第三条不适用", 12, "pen-yellow"),
    "small print by the edge": words("第三条不适用于乙方", 5, "toner", at_mm=(8, 90)),
    "pale print": words("第三条不适用于乙方", 8, "toner", 0.35),
    "a stroke across": line((30, 40), (170, 250), 0.35),
}


@needs_fonts
@pytest.mark.parametrize("mark", MARKS)
def test_whatever_is_written_on_it_is_seen(mark: str) -> None:
    assert not is_bare(back(MARKS[mark]))


@needs_fonts
def test_slices_of_a_straddle_seal_are_no_writing() -> None:
    sealed = back(
        lambda page: page.stamp(impress(SealSpec(CUSTOMER), MM, np.random.default_rng(1)).coverage, (205, 140), "red")
    )
    assert not is_bare(sealed)
    assert is_bare(sealed, [((205 - 22) * 72 / 25.4, (140 - 22) * 72 / 25.4, 595.0, (140 + 22) * 72 / 25.4)])
