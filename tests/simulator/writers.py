"""Write a scan as the files people send: one PDF, one TIFF, JPG pages; the same scan gives the same bytes."""

from __future__ import annotations

import zlib
from pathlib import Path

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
)

from tests.simulator.dossier import Scan
from tests.simulator.paper import ScannedPage


def write_pdf(scan: Scan, path: Path) -> Path:
    """One image per page (JPEG, or packed bits for 1-bit), page box from the resolution."""
    writer = PdfWriter()
    writer.metadata = None
    for page in scan.pages:
        width, height = page.size_pt
        sheet = writer.add_blank_page(width, height)
        image = writer._add_object(_image(page))
        sheet[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/XObject"): DictionaryObject({NameObject("/Im0"): image})}
        )
        content = DecodedStreamObject()
        content.set_data(f"q {width:.4f} 0 0 {height:.4f} 0 0 cm /Im0 Do Q".encode())
        sheet[NameObject("/Contents")] = writer._add_object(content)
        sheet[NameObject("/MediaBox")] = ArrayObject(
            [FloatObject(0), FloatObject(0), FloatObject(round(width, 4)), FloatObject(round(height, 4))]
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        writer.write(target)
    return path


def _image(page: ScannedPage) -> StreamObject:
    height, width = page.picture.shape[:2]
    stream = StreamObject()
    one_bit = page.mode == "1-bit"
    stream.set_data(zlib.compress(page.coded, 9) if one_bit else page.coded)
    stream.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(width),
            NameObject("/Height"): NumberObject(height),
            NameObject("/ColorSpace"): NameObject("/DeviceRGB" if page.mode == "colour" else "/DeviceGray"),
            NameObject("/BitsPerComponent"): NumberObject(1 if one_bit else 8),
            NameObject("/Filter"): NameObject("/FlateDecode" if one_bit else "/DCTDecode"),
        }
    )
    return stream


def write_tiff(scan: Scan, path: Path) -> Path:
    """Multi-page TIFF: JPEG inside for colour and grey, G4 for 1-bit."""
    pages = [picture(page) for page in scan.pages]
    how = "group4" if scan.pages[0].mode == "1-bit" else "tiff_deflate"
    dpi = scan.pages[0].dpi
    path.parent.mkdir(parents=True, exist_ok=True)
    pages[0].save(path, "TIFF", save_all=True, append_images=pages[1:], compression=how, dpi=(dpi, dpi))
    return path


def picture(page: ScannedPage) -> Image.Image:
    """A page as Pillow image in its own mode (RGB, L or 1)."""
    image = Image.fromarray(page.picture)
    return {"colour": image, "grey": image.convert("L"), "1-bit": image.convert("1", dither=Image.Dither.NONE)}[
        page.mode
    ]


def write_jpegs(scan: Scan, folder: Path, stem: str = "page") -> list[Path]:
    """One JPG per page: stem-1.jpg …; 1-bit pages are coded grey."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, page in enumerate(scan.pages, 1):
        path = folder / f"{stem}-{number}.jpg"
        if page.mode == "1-bit":
            picture(page).convert("L").save(path, "JPEG", quality=85, dpi=(page.dpi, page.dpi))
        else:
            path.write_bytes(page.coded)
        paths.append(path)
    return paths


def write_truth(scan: Scan, path: Path) -> Path:
    """The truth as JSON beside the scan."""
    path.write_text(scan.truth.to_json() + "\n", encoding="utf-8")
    return path
