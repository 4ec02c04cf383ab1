"""Impressions that no press made: one picture laid down twice, ink without grain; and presses that only look alike."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipeline.inspection import inspect
from pipeline.inspection.copies import is_flat, repeated
from pipeline.inspection.seals import SealMark, find_seals
from pipeline.model import Document, Page, Picture, Submission
from tests.inspection.scenes import CUSTOMER, Illiterate, lined_page, needs_fonts, picture, scanned, stamped
from tests.simulator.seals import SealSpec, die, impress

SPEC = SealSpec(CUSTOMER, diameter_mm=42, code="4403050000031", rotation_deg=7.0)
RED = np.array([215, 35, 45])
PX = 16.0  # px/mm of a picture of a seal

pytestmark = needs_fonts


class Pages:
    """Page pictures by number."""

    def __init__(self, *pictures: Picture) -> None:
        self._pictures = pictures

    def picture(self, number: int, dpi: float | None = None) -> Picture:
        return self._pictures[number - 1]


def pressed(seed: int, spec: SealSpec = SPEC, name: str = "normal") -> Picture:
    """A sheet sealed and scanned."""
    page = lined_page(seed=seed)
    stamped(page, spec, (65, 80), seed=seed + 100)
    return picture(scanned(page, seed=seed, name=name))


def laid(seed: int, ink: NDArray[np.float32], at_mm: tuple[float, float], jpeg: int = 0) -> Picture:
    """A scan without a seal, and a picture of one laid on it in one colour; `jpeg` = coded again."""
    bare = picture(scanned(lined_page(seed=seed), seed=seed))
    scale = bare.dpi / 25.4
    factor = scale / PX
    place = [[factor, 0, at_mm[0] * scale - ink.shape[1] * factor / 2]]
    place += [[0, factor, at_mm[1] * scale - ink.shape[0] * factor / 2]]
    soft = cv2.GaussianBlur(ink, (0, 0), 0.4 / factor)
    height, width = bare.pixels.shape[:2]
    cover = cv2.warpAffine(soft, np.array(place), (width, height), flags=cv2.INTER_LINEAR)[..., None]
    pixels = np.clip(bare.pixels * (1 - cover) + RED * cover, 0, 255).astype(np.uint8)
    if jpeg:
        coded = io.BytesIO()
        Image.fromarray(pixels).save(coded, "JPEG", quality=jpeg)
        pixels = np.array(Image.open(coded).convert("RGB"))
    return Picture(pixels, bare.dpi)


def marks(*pages: Picture) -> list[SealMark]:
    return [mark for number, page in enumerate(pages, 1) for mark in find_seals(page, number)]


def clean() -> NDArray[np.float32]:
    """The picture of a seal as a program draws it."""
    plate = die(SPEC, PX)
    middle = ((plate.shape[1] - 1) / 2, (plate.shape[0] - 1) / 2)
    turned = cv2.warpAffine(plate, cv2.getRotationMatrix2D(middle, -7.0, 1.0), plate.shape[::-1])
    return np.asarray(np.clip(turned, 0, 1), dtype=np.float32)


@pytest.mark.parametrize("wear", [0.05, 0.4])
def test_two_presses_of_one_die_at_the_same_angle_do_not_repeat(wear: float) -> None:
    spec = replace(SPEC, wear=wear)
    pages = (pressed(0, spec), pressed(1, spec))
    found = marks(*pages)
    assert len(found) == 2
    assert repeated(found, Pages(*pages)) == ()
    assert [is_flat(page, mark) for page, mark in zip(pages, found, strict=True)] == [False, False]


@pytest.mark.parametrize("jpeg", [0, 90])
@pytest.mark.parametrize("scanned_once", [True, False])
def test_one_picture_laid_on_two_scans_repeats(scanned_once: bool, jpeg: int) -> None:
    ink = impress(SPEC, PX, np.random.default_rng(0)).coverage if scanned_once else clean()
    pages = (laid(20, ink, (65.0, 80.1), jpeg), laid(21, ink, (65.4, 80.3), jpeg))
    (found,) = repeated(marks(*pages), Pages(*pages))
    assert found.pages == (1, 2)
    assert found.likeness > 0.98
    assert found.boxes[0] == marks(pages[0])[0].box


def test_inspection_tells_of_both() -> None:
    pages = (laid(20, clean(), (65.0, 80.1)), laid(21, clean(), (65.4, 80.3)), pressed(0))
    received = datetime(2026, 9, 28, 9, tzinfo=UTC)
    document = Document(
        submission=Submission(sha256="0" * 64, name="a.pdf", received_at=received, source="cli", size=1, media="pdf"),
        pages=tuple(Page(number=n, width=370, height=450, dpi=200.0, colour=True) for n in (1, 2, 3)),
    )
    seen = inspect(document, Pages(*pages), Illiterate(), places={}, straddle=False).observations
    assert [pair.pages for pair in seen.repeated] == [(1, 2)]
    assert [seal.flat for seal in seen.seals] == [True, True, False]
    assert [seal.inked for seal in seen.seals] == pytest.approx([1.0] * 3, abs=0.02)
    assert [seal.turn for seal in seen.seals] == pytest.approx([7.0] * 3, abs=2.5)


def test_another_company_s_seal_or_size_does_not_repeat() -> None:
    pages = (pressed(0), pressed(1, replace(SPEC, text="蓝鲸信息技术（北京）有限公司")))
    assert repeated(marks(*pages), Pages(*pages)) == ()


def test_a_page_that_was_scanned_in_twice_is_no_repeated_seal() -> None:
    page = pressed(0)
    assert repeated(marks(page, page), Pages(page, page)) == ()


def test_ink_of_one_colour_amid_the_grain_of_a_scan_is_flat() -> None:
    page = laid(20, clean(), (65.0, 80.0))
    (mark,) = marks(page)
    assert is_flat(page, mark)
    once_more = laid(20, clean(), (65.0, 80.0), jpeg=80)
    assert not is_flat(once_more, marks(once_more)[0])  # the code's own noise hides it


def test_compression_that_paints_print_flat_as_well_tells_nothing() -> None:
    page = laid(20, clean(), (65.0, 80.0))
    pixels = page.pixels.copy()
    pixels[pixels.max(axis=2) < 140] = (25, 25, 25)
    layered = Picture(pixels, page.dpi)
    assert not is_flat(layered, marks(layered)[0])


def test_a_page_made_on_a_computer_has_no_grain_to_compare_with() -> None:
    page = laid(20, clean(), (65.0, 80.0))
    pixels = np.where(page.pixels.min(axis=2, keepdims=True) > 170, 255, page.pixels).astype(np.uint8)
    drawn = Picture(pixels, page.dpi)
    assert not is_flat(drawn, marks(drawn)[0])
