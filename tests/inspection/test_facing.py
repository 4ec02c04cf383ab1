"""Half seals over facing pages of a booklet."""

from __future__ import annotations

import pytest

from pipeline.inspection.facing import facing_pairs
from pipeline.inspection.straddle import compose
from pipeline.model import Slice
from tests.inspection.scenes import CUSTOMER, SMALL_MM, edges_of, lined_page, needs_fonts, stamped
from tests.simulator.seals import SealSpec

PT = 72 / 25.4


def half(page: int, width: float = 20.5, middle: float = 140.0) -> Slice:
    top, bottom = (middle - 21) * PT, (middle + 21) * PT
    return Slice(page=page, box=(0.0, top, width * PT, bottom), width_mm=width, height_mm=42.0)


def test_every_half_faces_its_other_half() -> None:
    right, left = [half(2), half(4)], [half(3, 21.5, 143.0), half(5)]
    assert [(one.page, other.page) for one, other in facing_pairs(right, left)] == [(2, 3), (4, 5)]


@pytest.mark.parametrize(
    ("right", "left"),
    [
        ([half(2), half(4)], [half(3)]),  # a half without its other
        ([half(2), half(4)], [half(3), half(5), half(7)]),
        ([half(2)], [half(3)]),  # one pair may be anything
        ([half(1), half(3)], [half(2), half(4)]),  # backs of two sheets: another party's straddle seal
        ([half(2), half(4)], [half(3), half(5, middle=160.0)]),  # at another height
        ([half(2, 6.0), half(4, 6.0)], [half(3, 6.0), half(5, 6.0)]),  # slices of fanned sheets
        ([half(2, 38.0), half(4, 38.0)], [half(3, 38.0), half(5, 38.0)]),  # whole seals at the edges
    ],
)
def test_other_slices_at_two_edges_are_no_booklet(right: list[Slice], left: list[Slice]) -> None:
    assert facing_pairs(right, left) == []


@needs_fonts
def test_a_sealed_booklet_is_told_pair_by_pair() -> None:
    pages = [lined_page(SMALL_MM) for _ in range(6)]
    seal = SealSpec(CUSTOMER, diameter_mm=42, rotation_deg=12)
    for left in (2, 4):
        stamped(pages[left - 1], seal, (SMALL_MM[0], 80.0))
        stamped(pages[left], seal, (0.0, 80.0))
    straddle, picture = compose(edges_of(pages), ())
    assert (straddle.form, straddle.missing_pages) == ("facing_pages", (1, 6))
    assert [half.page for half in straddle.slices] == [2, 3, 4, 5]
    assert picture is not None
