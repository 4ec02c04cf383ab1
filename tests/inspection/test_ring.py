"""Unwrapping an impression and naming its kind; the engine itself is a fake at the door."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.inspection.ring import cut_patch, has_line, has_star, name_strips, read_seal, unroll
from pipeline.inspection.seals import find_seals
from pipeline.model import Picture, Pixels, ReadLine, ReadText
from tests.inspection.scenes import CUSTOMER, lined_page, needs_fonts, picture, scanned, stamped
from tests.simulator.seals import SealSpec


class FakeReader:
    """Answers the strips it is given from a list and keeps them."""

    def __init__(self, *answers: tuple[str, float]) -> None:
        self.answers = answers
        self.strips: list[Pixels] = []

    def read_page(self, pixels: Pixels) -> tuple[ReadLine, ...]:
        raise AssertionError("a seal is read without detection")

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        self.strips = strips
        texts = [*self.answers, *[("", 0.0)] * len(strips)][: len(strips)]
        return tuple(ReadText(text, confidence) for text, confidence in texts)


def _page(spec: SealSpec, dpi: int = 200) -> Picture:
    page = lined_page()
    stamped(page, spec, (65, 90))
    return picture(scanned(page, dpi=dpi))


@needs_fonts
@pytest.mark.parametrize("degrees", [0.0, 35.0, -120.0])
def test_name_arc_is_found_at_any_rotation(degrees: float) -> None:
    spec = SealSpec(CUSTOMER, diameter_mm=42, rotation_deg=degrees, code="4403051234567")
    page = _page(spec)
    unrolled = unroll(cut_patch(page, find_seals(page, 1)[0]))
    assert unrolled is not None
    assert (unrolled.middle * 360 - degrees + 180) % 360 - 180 == pytest.approx(0, abs=6)
    assert 0.55 < (unrolled.last - unrolled.first) / unrolled.ink.shape[1] < 0.8


@needs_fonts
def test_strips_hold_straight_evenly_spaced_characters() -> None:
    page = _page(SealSpec(CUSTOMER, diameter_mm=42))
    patch = cut_patch(page, find_seals(page, 1)[0])
    unrolled = unroll(patch)
    assert unrolled is not None
    strips = name_strips(patch, unrolled)
    assert [strip.shape[0] for strip in strips] == [48, 48, 48]
    ink = 255 - strips[0][..., 0].astype(int)
    # Fourteen characters leave gaps between them; a border or a slanted line would not.
    empty = ink[6:42].max(axis=0) < 110
    runs = int((np.diff(empty.astype(int)) == 1).sum())
    assert runs >= 9
    assert ink[:3].mean() < 60


@needs_fonts
@pytest.mark.parametrize(
    ("kind", "inner", "expected"),
    [
        ("company", "", "company"),
        ("contract", "合同专用章", "contract"),
        ("finance", "财务专用章", "finance"),
        ("finance", "", "unknown"),
        ("contract", "专用章", "unknown"),
    ],
)
def test_kind_follows_the_inner_line_and_an_unread_line_is_not_a_company_seal(
    kind: str, inner: str, expected: str
) -> None:
    page = _page(SealSpec(CUSTOMER, kind=kind, diameter_mm=40))  # type: ignore[arg-type]
    mark = find_seals(page, 1)[0]
    seal = read_seal(page, mark, 6, FakeReader(*[(CUSTOMER, 0.98)] * 3, (inner, 0.9)))
    assert (seal.page, seal.text, seal.kind) == (6, CUSTOMER, expected)
    assert seal.box == mark.box


@needs_fonts
def test_star_and_line_are_told_apart() -> None:
    page = _page(SealSpec(CUSTOMER, diameter_mm=42))
    patch = cut_patch(page, find_seals(page, 1)[0])
    unrolled = unroll(patch)
    assert unrolled is not None
    assert has_star(patch)
    assert not has_line(patch, unrolled.middle)


@needs_fonts
def test_oval_and_square_seals_have_their_kinds() -> None:
    page = _page(SealSpec(CUSTOMER, kind="invoice", diameter_mm=40))
    answers = [(CUSTOMER, 0.9)] * 3
    assert read_seal(page, find_seals(page, 1)[0], 1, FakeReader(*answers, ("发票专用章", 0.9))).kind == "invoice"
    page = _page(SealSpec("林若青印", kind="personal", diameter_mm=20))
    seal = read_seal(page, find_seals(page, 1)[0], 1, FakeReader(("林若青印", 0.99)))
    assert seal.kind == "personal"
    assert seal.text_confidence <= 0.6


@needs_fonts
def test_an_engine_that_reads_nothing_leaves_the_text_empty() -> None:
    page = _page(SealSpec(CUSTOMER, diameter_mm=42))
    seal = read_seal(page, find_seals(page, 1)[0], 1, FakeReader())
    assert (seal.text, seal.text_confidence, seal.code) == ("", 0.0, "")


@needs_fonts
@pytest.mark.parametrize(
    "spec",
    [
        SealSpec(CUSTOMER, diameter_mm=42, rotation_deg=-120),
        SealSpec(CUSTOMER, diameter_mm=45, oval_height_mm=30, rotation_deg=14),
        SealSpec(CUSTOMER, diameter_mm=45, oval_height_mm=30, rotation_deg=170),
    ],
)
def test_a_seal_tells_how_far_it_is_turned_and_inked(spec: SealSpec) -> None:
    page = _page(spec)
    seal = read_seal(page, find_seals(page, 1)[0], 1, FakeReader())
    assert seal.turn is not None
    assert (seal.turn - spec.rotation_deg + 180) % 360 - 180 == pytest.approx(0, abs=6)
    assert seal.inked > 0.95
