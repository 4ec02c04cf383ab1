"""Writing too pale for the page's reader: light print between the lines, pencil, grey small print in a margin.

The image finds where the paper is a shade darker in the shape of a line; the recogniser says whether that is writing.
Stains and shadows are as pale, but do not read; print of the back reads better in the mirror. What is found is doubt,
never a change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.compare_field import BORDER
from pipeline.inspection.compare_ink import area, clear
from pipeline.inspection.compare_paper import in_pt
from pipeline.inspection.compare_reread import strip_of
from pipeline.inspection.compare_sheet import Sheet
from pipeline.inspection.compare_text import fold, gist, is_hanzi
from pipeline.inspection.compare_warp import halved
from pipeline.model import Box, Pixels, ReadText, TextReader

Mask = NDArray[np.uint8]
HALF = 2  # the search runs at half the resolution: averaging halves the noise, and the time is a quarter
SHADE = 10.0  # darkness of 255 from which paper may be written on; print of 15 % toner reaches 70
NOISES = 6.0  # times the paper's own noise that it must reach
PRINT, AROUND = 12, 5  # darkness of the form's print, and halved px about it that its edge and JPEG make grey
DARK, BESIDE = 76, 9  # darkness from which what stands in a blank is read as its filling; halved px about its strokes
LOWEST, TALLEST, NARROWEST = 4, 32, 7  # halved px of a line of writing: 4 pt type is 5 px high
JOIN = (2, 9)  # halved px between strokes of one line: more across would join two
MOST = 24  # lines looked at on a page, the widest first
READS, SURELY = 0.6, 0.9  # confidence of three and more characters, and of fewer
FEW = 3
STEP = 2  # every so manieth px tells how noisy the paper is

Span = tuple[int, int, int, int]  # x0, top, x1, bottom


def faint_writing(
    sheet: Sheet, free: Sequence[Box], blanks: Sequence[Box], reader: TextReader
) -> list[tuple[Box, ReadText]]:
    """Pale lines that read as words on bare paper outside the `free` boxes; all boxes in pt of the frame.

    In a blank dark ink may stand, pale ink beside it may not: what fills a blank is read where it is dark.
    """
    shade = halved(sheet.scan)
    bare = _bare(sheet, free)
    _clear_filled(bare, shade, blanks)
    mask = _shaded(shade, bare)
    lines = sorted(_lines(mask), key=lambda line: line[0] - line[2])[:MOST]
    strips = [_strip(sheet.scan, bare, line) for line in lines]
    texts = reader.read_strips(strips) if strips else ()
    return [
        (in_pt(x0 - BORDER, top - BORDER, x1 - x0, bottom - top), text)
        for (x0, top, x1, bottom), strip, text in zip(lines, strips, texts, strict=True)
        if _is_writing(text) and not _shows_through(strip, text, reader)
    ]


def _bare(sheet: Sheet, free: Sequence[Box]) -> Mask:
    """1 where the form has no print, halved px."""
    bare = np.asarray(_around(halved(sheet.expected), PRINT, AROUND) == 0, dtype=np.uint8)
    if sheet.rules is not None:
        bare[sheet.rules[: bare.shape[0] * HALF : HALF, : bare.shape[1] * HALF : HALF] > 0] = 0
    clear(bare, free, HALF)
    return bare


def _clear_filled(bare: Mask, shade: Pixels, blanks: Sequence[Box]) -> None:
    dark = _around(shade, DARK, BESIDE)
    for blank in blanks:
        place = area(bare, blank, HALF)
        place[area(dark, blank, HALF) > 0] = 0


def _around(picture: Pixels, least: int, reach: int) -> Mask:
    """1 within about half of `reach` px of what is darker than `least`."""
    return np.asarray(cv2.dilate((picture > least).astype(np.uint8), np.ones((reach, reach), np.uint8)), dtype=np.uint8)


def _shaded(shade: Pixels, bare: Mask) -> Mask:
    """Where bare paper is darker than its own noise explains."""
    paper = shade[::STEP, ::STEP][bare[::STEP, ::STEP] > 0]
    if not paper.size:
        return np.zeros_like(bare)
    level = float(np.median(paper))
    noise = 1.4826 * float(np.median(np.abs(paper.astype(np.float32) - level)))
    return np.asarray(bare * (shade > max(SHADE, level + NOISES * noise)), dtype=np.uint8)


def _lines(mask: Mask) -> Iterator[Span]:
    """What has the height of a line, in px of the frame."""
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones(JOIN, np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    for x, y, width, height, _ in (stats[1:] * HALF).tolist():
        if LOWEST * HALF <= height <= TALLEST * HALF and width >= NARROWEST * HALF:
            yield x, y, x + width, y + height


def _strip(scan: Pixels, bare: Mask, line: Span) -> Pixels:
    """The line as a recogniser takes it: as dark as print, the form's own print beside it blanked out."""
    x0, top, x1, bottom = line
    pad = bottom - top
    rows, columns = slice(max(top - pad, 0), bottom + pad), slice(max(x0 - pad, 0), x1 + pad)
    part = scan[rows, columns]
    small = bare[rows.start // HALF : rows.stop // HALF + 1, columns.start // HALF : columns.stop // HALF + 1]
    free = np.repeat(np.repeat(small, HALF, axis=0), HALF, axis=1)
    free = free[rows.start % HALF :, columns.start % HALF :][: part.shape[0], : part.shape[1]]
    left, upper = x0 - columns.start, top - rows.start
    own = part[upper : upper + bottom - top, left : left + x1 - x0]
    full = max(float(np.quantile(own, 0.95)), SHADE)
    line_alone = (part[: free.shape[0], : free.shape[1]] * free).astype(np.float32)
    stretched = np.minimum(line_alone * (255.0 / full), 255.0).astype(np.uint8)
    return strip_of(stretched, left, upper, left + x1 - x0, upper + bottom - top)


def _shows_through(strip: Pixels, text: ReadText, reader: TextReader) -> bool:
    """Whether it reads better in the mirror: print of the sheet's back reads as some words from this side, too."""
    (mirrored,) = reader.read_strips([np.ascontiguousarray(strip[:, ::-1])])
    return mirrored.confidence > text.confidence and len(mirrored.text) >= len(text.text) / 2


def _is_writing(text: ReadText) -> bool:
    said = gist(fold(text.text))
    if len(said) < FEW:
        return any(map(is_hanzi, said)) and text.confidence >= SURELY
    return text.confidence >= READS
