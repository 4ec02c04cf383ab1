"""Handwriting in a place: seal ink, print, and ruled lines are not handwriting."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.inspection.signature import find_signature, has_ink
from pipeline.model import Box, Picture
from tests.inspection.scenes import CUSTOMER, needs_fonts, picture, scanned, stamped
from tests.simulator.fill import sign
from tests.simulator.ink import Page, blank_page
from tests.simulator.seals import SealSpec

PLACE: Box = (120.0, 150.0, 400.0, 205.0)  # pt


def _form() -> Page:
    page = blank_page((155.0, 100.0), 200)
    scale = 200 / 72
    x0, top, x1, bottom = (round(v * scale) for v in PLACE)
    cv2.rectangle(page.toner, (x0, top), (x1, bottom), 255, 2)
    cv2.putText(page.toner, "SIGNED BY", (x0 - 300, bottom - 60), cv2.FONT_HERSHEY_DUPLEX, 1.4, 255, 3)
    return page


def _seen(page: Page, name: str, seed: int = 4, dpi: int = 200) -> tuple[Picture, Box]:
    sheet = scanned(page, seed, name, dpi)
    return picture(sheet), sheet.box(tuple(v * 25.4 / 72 for v in PLACE))  # type: ignore[arg-type]


@needs_fonts
@pytest.mark.parametrize(
    ("name", "seal", "pen"),
    [
        ("normal", False, "pen-blue"),
        ("normal", True, "pen-black"),
        ("hard", False, "pen-black"),
        ("hard", True, "pen-blue"),
    ],
)
def test_signature_is_found_with_and_without_a_seal_over_it(name: str, seal: bool, pen: str) -> None:
    page = _form()
    sign(page, PLACE, "林若青", np.random.default_rng(3), pen=pen)
    if seal:
        stamped(page, SealSpec(CUSTOMER, diameter_mm=42), (90, 60))
    found = find_signature(*_seen(page, name), 8, "signature")
    assert found is not None
    assert (found.page, found.field, found.kind) == (8, "signature", "handwritten")
    assert found.box[2] - found.box[0] > 40


@needs_fonts
@pytest.mark.parametrize("name", ["normal", "hard"])
@pytest.mark.parametrize("seed", [1, 2])
def test_empty_place_under_a_seal_holds_no_signature(name: str, seed: int) -> None:
    page = _form()
    stamped(page, SealSpec(CUSTOMER, diameter_mm=42), (90, 60))
    sheet, box = _seen(page, name, seed, 150)
    assert find_signature(sheet, box, 8, "signature") is None
    ink = has_ink(sheet, box)
    assert not ink.present
    assert ink.seal_mm2 > 50


def test_printed_words_given_by_the_form_are_left_out() -> None:
    page = _form()
    scale = 200 / 72
    cv2.putText(
        page.toner, "PRINTED HINT", (round(130 * scale), round(190 * scale)), cv2.FONT_HERSHEY_DUPLEX, 2, 255, 4
    )
    sheet, box = _seen(page, "normal")
    assert has_ink(sheet, box).present
    words: Box = (125.0, 165.0, 330.0, 196.0)
    assert not has_ink(sheet, box, (words,)).present


def test_box_outside_the_page_is_empty() -> None:
    blank = Picture(np.full((300, 200, 3), 255, np.uint8), 72.0)
    assert has_ink(blank, (500.0, 500.0, 600.0, 600.0)).area_mm2 == 0
    assert find_signature(blank, (500.0, 500.0, 600.0, 600.0), 1, "x") is None
