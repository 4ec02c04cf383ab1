"""Pages of several files become one PDF: the same bytes every time, and the same pictures."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from pipeline.errors import StageError
from pipeline.model import Media
from pipeline.read import bind_pages
from pipeline.read.limits import ReadLimits
from pipeline.read.pictures import ImagePages
from pipeline.read.raster import PdfPages


def picture(seed: int, mode: str = "RGB", size: tuple[int, int] = (662, 936)) -> Image.Image:
    """A page of 80 dpi with soft shapes, so that JPEG keeps it well."""
    noise = np.random.default_rng(seed).integers(0, 255, (size[1] // 20, size[0] // 20, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC).convert(mode)


def pdf(path: Path, *widths: int) -> Path:
    writer = PdfWriter()
    for width in widths:
        writer.add_blank_page(width, 300)
    writer.write(path)
    return path


def bound(folder: Path, *pages: tuple[Path, Media, int]) -> PdfPages:
    content = bind_pages(pages)
    assert content == bind_pages(pages), "the same bytes every time"
    path = folder / f"{hashlib.sha256(content).hexdigest()}.pdf"
    path.write_bytes(content)
    return PdfPages.open(path, ReadLimits())


def test_pages_of_pdfs_come_in_the_order_asked_for(tmp_path: Path) -> None:
    one, other = pdf(tmp_path / "a.pdf", 201, 202, 203), pdf(tmp_path / "b.pdf", 301, 302)
    whole = bound(tmp_path, (one, "pdf", 1), (one, "pdf", 3), (other, "pdf", 2), (one, "pdf", 2))
    assert [round(whole.frame(number).size[0]) for number in range(1, 5)] == [201, 203, 302, 202]


@pytest.mark.parametrize(
    ("name", "media", "mode", "save", "loss"),
    [
        ("a.jpg", "jpg", "RGB", {"quality": 90, "dpi": (80, 80)}, 3),
        ("a.jpg", "jpg", "L", {"quality": 90, "dpi": (80, 80)}, 3),
        ("a.jpg", "jpg", "CMYK", {"quality": 95, "dpi": (80, 80)}, 3),
        ("a.png", "png", "RGB", {"dpi": (80, 80)}, 0),
        ("a.png", "png", "L", {"dpi": (80, 80)}, 0),
        ("a.tif", "tif", "1", {"dpi": (80, 80), "compression": "group4"}, 0),
    ],
)
def test_a_picture_is_shown_as_the_reader_sees_it(
    tmp_path: Path, name: str, media: Media, mode: str, save: dict[str, object], loss: int
) -> None:
    path = tmp_path / name
    picture(1, mode).save(path, **save)  # type: ignore[arg-type]
    own = ImagePages(path, name, ReadLimits()).picture(1)
    whole = bound(tmp_path, (path, media, 1))
    drawn = whole.picture(1, whole.drawn(1).dpi).pixels.astype(int)
    assert drawn.shape == own.pixels.shape
    assert np.abs(drawn - own.pixels.astype(int)).mean() <= loss


def test_a_jpeg_keeps_its_own_bytes_and_a_turned_one_is_made_upright(tmp_path: Path) -> None:
    plain, turned = tmp_path / "a.jpg", tmp_path / "b.jpg"
    picture(1).save(plain, dpi=(80, 80), quality=80)
    exif = Image.Exif()
    exif[0x0112] = 6
    picture(1).save(turned, dpi=(80, 80), quality=80, exif=exif)
    content = bind_pages([(plain, "jpg", 1), (turned, "jpg", 1)])
    first, second = PdfReader(io.BytesIO(content)).pages
    assert plain.read_bytes() in content
    assert turned.read_bytes() not in content
    assert [round(float(side)) for side in (first.mediabox.width, first.mediabox.height)] == [596, 842]
    assert [round(float(side)) for side in (second.mediabox.width, second.mediabox.height)] == [842, 596]


def test_pages_of_a_tiff_are_taken_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    frames = [picture(seed) for seed in (1, 2, 3)]
    frames[0].save(path, save_all=True, append_images=frames[1:], dpi=(80, 80))
    whole = bound(tmp_path, (path, "tif", 3), (path, "tif", 1))
    drawn = whole.picture(1, 80).pixels.astype(int)
    assert np.abs(drawn - np.asarray(frames[2]).astype(int)).mean() < 2


def test_a_file_that_cannot_be_taken_in_is_told(tmp_path: Path) -> None:
    (tmp_path / "no.pdf").write_bytes(b"%PDF-1.7 nothing")
    (tmp_path / "no.jpg").write_bytes(b"\xff\xd8\xff nothing")
    good = pdf(tmp_path / "a.pdf", 200)
    for bad, media in (("no.pdf", "pdf"), ("no.jpg", "jpg")):
        with pytest.raises(StageError, match="cannot be put together"):
            bind_pages([(good, "pdf", 1), (tmp_path / bad, media, 1)])  # type: ignore[list-item]
    with pytest.raises(StageError, match="cannot be put together"):
        bind_pages([(good, "pdf", 9)])
