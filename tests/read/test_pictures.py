"""Picture files of every mode, resolution and state."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import UnreadableError
from pipeline.read import Reading, ReadLimits, read

from .conftest import BlindReader, submission


def reading(path: Path, limits: ReadLimits | None = None) -> Reading:
    return read(path, submission(path), BlindReader(), limits or ReadLimits())


def codes(found: Reading) -> list[str]:
    return [remark.code for remark in found.document.remarks]


def page_of(mode: str) -> Image.Image:
    """A5 at 100 dpi with a dark band at the top."""
    grey = np.full((827, 583), 255, dtype=np.uint8)
    grey[40:80, 50:500] = 0
    if mode == "I;16":
        return Image.fromarray(grey.astype(np.uint16) * 257)
    if mode == "CMYK":
        return Image.fromarray(grey).convert("RGB").convert("CMYK")
    return Image.fromarray(grey).convert(mode)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I;16"])
def test_every_mode_becomes_rgb_with_the_same_ink(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "page.tif"
    page_of(mode).save(path, dpi=(100, 100))
    found = reading(path)
    page = found.document.pages[0]
    assert (round(page.width), round(page.height), page.dpi) == (420, 595, 100)
    assert found.pictures is not None
    pixels = found.pictures.picture(1).pixels
    assert pixels.dtype == np.uint8
    assert (pixels[60, 100] < 60).all()
    assert (pixels[400, 100] > 240).all()
    assert not page.colour
    assert codes(found) == []


def test_jpeg_in_multi_page_tiff(tmp_path: Path) -> None:
    path = tmp_path / "fax.tiff"
    pages = [page_of("L").rotate(angle, expand=True) for angle in (0, 90, 0)]
    pages[0].save(path, save_all=True, append_images=pages[1:], compression="jpeg", dpi=(100, 100))
    found = reading(path).document
    assert [(page.number, round(page.width)) for page in found.pages] == [(1, 420), (2, 595), (3, 420)]
    with pytest.raises(UnreadableError) as caught:
        reading(path, ReadLimits(pages=2))
    assert caught.value.reason == "too_large"


def test_fax_pixels_are_made_square(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    Image.new("1", (1728, 1078), 1).save(path, dpi=(204, 98), compression="group4")
    page = reading(path).document.pages[0]
    assert page.width == pytest.approx(610, abs=2)
    assert page.height == pytest.approx(792, abs=2)
    assert page.dpi == 204


def test_exif_orientation_is_undone(tmp_path: Path) -> None:
    image = page_of("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise to see it upright
    path = tmp_path / "photo.jpg"
    image.rotate(90, expand=True).save(path, exif=exif, dpi=(100, 100), quality=95)
    found = reading(path)
    assert found.pictures is not None
    pixels = found.pictures.picture(1).pixels
    assert pixels.shape[:2] == (827, 583)
    assert (pixels[60, 100] < 60).all()


@pytest.mark.parametrize("dpi", [None, (1, 1), (72000, 72000), (72, 72)])
def test_senseless_resolution_is_replaced_by_a4(tmp_path: Path, dpi: tuple[int, int] | None) -> None:
    path = tmp_path / "photo.png"
    image = Image.new("L", (3000, 4000), 255)
    if dpi:
        image.info["dpi"] = dpi
    image.save(path, dpi=dpi or (0, 0))
    found = reading(path)
    assert codes(found) == ["dpi_guessed"]
    assert found.document.pages[0].height == pytest.approx(841.9, abs=0.1)


def test_truncated_picture_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = tmp_path / "whole.jpg"
    noise = np.random.default_rng(1).integers(0, 255, (600, 600), dtype=np.uint8)
    Image.fromarray(noise).save(whole, dpi=(100, 100))
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert "truncated" in codes(reading(cut))


def test_a_head_without_a_picture_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "bad.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    with pytest.raises(UnreadableError) as caught:
        reading(path)
    assert caught.value.reason == "damaged"


def test_bomb_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    Image.new("1", (5000, 5000)).save(path)
    with pytest.raises(UnreadableError) as caught:
        reading(path, ReadLimits(pixels=1_000_000))
    assert caught.value.reason == "too_large"


def test_picture_within_budget_and_at_a_lower_resolution(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    Image.new("L", (2000, 2000), 255).save(path, dpi=(200, 200))
    found = reading(path, ReadLimits(pixels=1_000_000))
    assert found.pictures is not None
    own, low = found.pictures.picture(1), found.pictures.picture(1, 50)
    assert (own.pixels.shape, low.pixels.shape) == ((1000, 1000, 3), (500, 500, 3))
    assert (own.dpi, low.dpi) == pytest.approx((100, 50), abs=0.01)
    assert found.document.pages[0].width == pytest.approx(720, abs=1)
