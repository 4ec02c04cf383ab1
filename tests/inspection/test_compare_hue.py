"""Inks that the red channel does not see: red, yellow, magenta; a seal's, the form's own, or a note."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.inspection.compare import compare
from pipeline.model import Document, Pixels, Reference, Seal, SealShape
from tests.inspection.test_compare import ROWS, SCALE, SUBMISSION, Pictures, Script, drawn, page, scanned

RED_INK = (215, 50, 60)
NOTED = [("reading", "coloured ink that belongs to no seal")]


def coloured(
    at: tuple[int, int],
    ink: tuple[int, int, int] = RED_INK,
    seals: tuple[Seal, ...] = (),
    blank: Pixels | None = None,
    paper: tuple[int, int, int] = (255, 255, 255),
) -> list[tuple[str, str]]:
    """What is told of a stroke in coloured ink (RGB) at a place in px of the print, on a `blank` form."""
    form = drawn(ROWS) if blank is None else blank
    sheet = (form.astype(np.float32) * np.array(paper, np.float32) / 255).astype(np.uint8)
    cv2.putText(sheet, "no", at, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.4, ink, 3, cv2.LINE_AA)
    comparison, _ = compare(
        Document(submission=SUBMISSION, pages=(page(ROWS).model_copy(update={"colour": True}),)),
        Pictures([scanned(sheet)]),
        Reference(sha256="0" * 64, edition="t", pages=(page(ROWS),), blanks=()),
        Pictures([form]),
        Script(["x"] * 9),
        seals,
    )
    return [(item.kind, item.note) for item in comparison.differences]


def seal_about(x0: int, top: int, x1: int, bottom: int, shape: SealShape = "round") -> tuple[Seal, ...]:
    """A seal by its box in px of the print."""
    box = (x0 / SCALE, top / SCALE, x1 / SCALE, bottom / SCALE)
    return (Seal(page=1, box=box, shape=shape, diameter_mm=14, colour="red", confidence=0.9),)


def test_red_ink_is_a_seal_s_or_told() -> None:
    assert coloured((700, 1500)) == NOTED
    assert coloured((700, 1500), seals=seal_about(680, 1440, 790, 1530, "square")) == []


@pytest.mark.parametrize("ink", [(250, 215, 40), (245, 60, 230), (250, 140, 30)], ids=["yellow", "magenta", "orange"])
def test_ink_as_light_as_paper_in_the_red_channel_is_told(ink: tuple[int, int, int]) -> None:
    assert coloured((700, 1500), ink) == NOTED


def test_ink_in_the_corner_of_a_round_seal_s_box_is_not_the_seal_s() -> None:
    assert coloured((700, 1500), seals=seal_about(560, 1310, 930, 1680)) == []
    assert coloured((700, 1500), seals=seal_about(690, 1460, 1060, 1830)) == NOTED


def test_yellowed_paper_is_not_ink_but_ink_on_it_is() -> None:
    assert coloured((700, 1500), ink=(245, 228, 190), paper=(245, 228, 190)) == []
    assert coloured((700, 1500), paper=(245, 228, 190)) == NOTED


def test_the_form_s_own_letterhead_is_no_note() -> None:
    blank = drawn(ROWS)
    cv2.rectangle(blank, (1200, 1400), (1400, 1480), (230, 120, 20), -1)
    assert coloured((700, 1500), ink=(255, 255, 255), blank=blank) == []
    assert coloured((700, 1500), blank=blank) == NOTED
