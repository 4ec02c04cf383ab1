"""Changes in scans without colour: proved where nothing but print lies about them, in doubt beside any other ink."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from pipeline.model import Difference, Pixels, Seal
from tests.inspection.test_compare import ROWS, SCALE, Script, compared, drawn, edited, place

OTHER = edited(2, "36", "12")
AT = ROWS[2].index("36")


def changed(**scan: Any) -> Difference:
    """The one difference of words on a page that says 12 for 36."""
    told = compared(OTHER, OTHER, Script(["rmis12mont"]), **scan).differences
    (item,) = [item for item in told if item.expected == "36"]
    return item


def round_seal(x: float, y: float, darkness: int = 140) -> Pixels:
    """Paper with a ring of 40 mm about a place (pt), as grey as red ink without its colour."""
    ink = np.full_like(drawn([]), 255)
    middle = (round(x * SCALE), round(y * SCALE))
    for radius in (157, 60):
        cv2.circle(ink, middle, radius, (255 - darkness,) * 3, 9, cv2.LINE_AA)
    return ink


def middle(row: int, column: int) -> tuple[float, float]:
    x0, top, x1, bottom = place(row, column)
    return (x0 + x1) / 2, (top + bottom) / 2


def test_a_changed_figure_among_nothing_but_print_is_clear() -> None:
    item = changed()
    assert (item.kind, item.clear) == ("change", True)


@pytest.mark.parametrize("darkness", [140, 60])
def test_a_change_beside_ink_that_no_form_has_is_not_clear(darkness: int) -> None:
    """A seal that was not found: its outline runs between the words, two characters from the change."""
    x, y = middle(2, AT + 4)
    item = changed(ink=round_seal(x + 157 / SCALE, y, darkness))
    assert item.kind == "change"
    assert not item.clear


def test_ink_far_from_the_change_leaves_it_clear() -> None:
    x, y = middle(8, 40)
    item = changed(ink=round_seal(x, y + 60))
    assert (item.kind, item.clear) == ("change", True)


def test_a_change_beside_a_seal_that_was_found_is_not_clear_even_if_its_ink_is_gone() -> None:
    x0, top, x1, bottom = place(3, AT - 1)
    near = Seal(
        page=1, box=(x0, top + 8, x1 + 60, bottom + 60), shape="square", diameter_mm=20, colour="red", confidence=0.9
    )
    item = changed(seals=(near,))
    assert not item.clear


@pytest.mark.parametrize("scan", [{"dpi": 150}, {"bilevel": True}, {"dpi": 100}])
def test_coarse_and_two_toned_scans_prove_nothing_by_themselves(scan: dict[str, Any]) -> None:
    assert not changed(**scan).clear


def test_words_that_only_add_ink_are_not_clear() -> None:
    """A seal's lettering is read as words, too; what was put in their stead takes print away."""
    script = Script(["consent in 2026"])
    read = [*ROWS[:-2], f"{ROWS[-2]} 2026", ROWS[-1]]
    told = compared(read, read, script).differences
    assert [(item.kind, item.found, item.clear) for item in told] == [("change", "2026", False)]


def test_a_speck_of_dust_in_the_white_does_not_hide_a_change() -> None:
    x, y = middle(2, AT + 4)
    ink = np.full_like(drawn([]), 255)
    cv2.circle(ink, (round(x * SCALE), round((y + 10) * SCALE)), 1, (120,) * 3, -1)
    assert changed(ink=ink).clear
