"""Scans that came as picture files: every page is read by OCR."""

from __future__ import annotations

import time
from pathlib import Path

from pipeline.model import Document, KnownPages, Page, Picture, Submission, TextReader
from pipeline.read.frame import Turn
from pipeline.read.limits import ReadLimits
from pipeline.read.messages import unreadable
from pipeline.read.orientation import find_turn
from pipeline.read.paper import placed, reading_order
from pipeline.read.pictures import ImagePages
from pipeline.read.raster import turned_pixels
from pipeline.read.tone import has_colour, is_bilevel, is_whitened

OCR_DPI = 250.0


def read_image(
    path: Path, submission: Submission, reader: TextReader, limits: ReadLimits, known: KnownPages | None = None
) -> tuple[Document, ImagePages]:
    """Raises UnreadableError `damaged` or `too_large`."""
    pages = ImagePages(path, submission.name, limits)
    count = len(pages)
    if count > limits.pages:
        raise unreadable("too_large", submission.name, f"有 {count} 页，超出上限", f"has {count} pages, too many")
    found = tuple(_page(pages, number, reader, known) for number in range(1, count + 1))
    return Document(submission=submission, pages=found, remarks=tuple(pages.remarks)), pages


def _page(pages: ImagePages, number: int, reader: TextReader, known: KnownPages | None) -> Page:
    start = time.perf_counter()
    picture = pages.picture(number)
    shown = picture if picture.dpi <= OCR_DPI else pages.picture(number, OCR_DPI)
    told = known.lines(number, shown) if known else None
    turn: Turn = 0
    if told is not None:
        lines = reading_order(told)
    else:
        found = reader.read_page(shown.pixels)
        turn = find_turn(shown.pixels, found, reader)
        if turn:
            found = reader.read_page(turned_pixels(shown.pixels, turn))
            pages.turns[number] = turn
            picture = Picture(turned_pixels(picture.pixels, turn), picture.dpi)
        lines = placed(found, shown.dpi)
    height, width = picture.pixels.shape[:2]
    return Page(
        number=number,
        width=width * 72 / picture.dpi,
        height=height * 72 / picture.dpi,
        rotation=turn,
        dpi=picture.dpi,
        colour=has_colour(picture.pixels),
        bilevel=number in pages.bilevel or is_bilevel(picture.pixels),
        whitened=is_whitened(picture.pixels),
        text_source="ocr" if lines else "none",
        lines=lines,
        seconds=time.perf_counter() - start,
    )
