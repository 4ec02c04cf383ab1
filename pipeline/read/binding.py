"""Pages of several files as one PDF: pages of PDFs as they are, pictures in their own resolution."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
import pypdf
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, NumberObject, StreamObject

from pipeline.errors import StageError, UnreadableError
from pipeline.model import Media, Pixels
from pipeline.read.limits import ReadLimits
from pipeline.read.pictures import ImagePages, plain_jpeg

_BROKEN = (pypdf.errors.PyPdfError, UnreadableError, ValueError, LookupError, TypeError, AttributeError, RecursionError)

_HAIR = 0.01  # pt

BoundPage = tuple[Path, Media, int]  # a file, what it is, and the page of it (from 1)


def bind_pages(pages: Sequence[BoundPage]) -> bytes:
    """One PDF of these pages in this order; the same bytes every time. StageError when a file cannot be taken in."""
    writer = pypdf.PdfWriter()
    name = ""
    try:
        for (path, media), group in groupby(pages, key=lambda page: page[:2]):
            name = path.name[:12]
            numbers = [number for _, _, number in group]
            if media == "pdf":
                _append(writer, path, numbers)
            else:
                source = ImagePages(path, name, ReadLimits())
                for number in numbers:
                    _draw(writer, source, number)
        writer.metadata = None
        memory = io.BytesIO()
        writer.write(memory)
    except (*_BROKEN, OSError) as error:
        raise StageError(f"{name}: its pages cannot be put together with others: {error}") from error
    return memory.getvalue()


def _append(writer: pypdf.PdfWriter, path: Path, numbers: Sequence[int]) -> None:
    writer.append(pypdf.PdfReader(path), pages=[number - 1 for number in numbers], import_outline=False)


def _draw(writer: pypdf.PdfWriter, source: ImagePages, number: int) -> None:
    """The picture over a page of its own size, upright as the reader shows it."""
    picture = source.picture(number)
    height, width = picture.pixels.shape[:2]
    # a hair less than its size, because a viewer that rounds up would stretch it by a pixel
    wide, high = (round(side * 72 / picture.dpi - _HAIR, 3) for side in (width, height))
    sheet = writer.add_blank_page(wide, high)
    image = writer._add_object(_image(source.path, picture.pixels))
    resources = DictionaryObject({NameObject("/XObject"): DictionaryObject({NameObject("/Im0"): image})})
    sheet[NameObject("/Resources")] = resources
    content = DecodedStreamObject()
    content.set_data(f"q {wide} 0 0 {high} 0 0 cm /Im0 Do Q".encode())
    sheet[NameObject("/Contents")] = writer._add_object(content)


def _image(path: Path, pixels: Pixels) -> StreamObject:
    """A JPEG that is shown as it is keeps its own bytes; all else is packed without loss."""
    height, width = pixels.shape[:2]
    jpeg = plain_jpeg(path)
    stream = StreamObject()
    if jpeg is not None and (jpeg.width, jpeg.height) == (width, height):
        coded, way, grey = path.read_bytes(), "/DCTDecode", jpeg.grey
    else:
        grey = bool(
            np.array_equal(pixels[:, :, 0], pixels[:, :, 1]) and np.array_equal(pixels[:, :, 0], pixels[:, :, 2])
        )
        shown = pixels[:, :, 0] if grey else pixels
        coded, way = zlib.compress(np.ascontiguousarray(shown).tobytes(), 6), "/FlateDecode"
    stream.set_data(coded)
    stream.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(width),
            NameObject("/Height"): NumberObject(height),
            NameObject("/ColorSpace"): NameObject("/DeviceGray" if grey else "/DeviceRGB"),
            NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/Filter"): NameObject(way),
        }
    )
    return stream
