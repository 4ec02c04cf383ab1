"""Lines that the page's reader lost in part: read once more by themselves, without the colour of a seal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from rapidfuzz.distance import Levenshtein

from pipeline.model import Box, Picture, Pixels, ReadText, TextReader
from pipeline.read.agree import AROUND, Claim, Compared, Disagreement, excerpt
from pipeline.read.telling import NEIGHBOURS, Edit, confirms, edits, fold

AGAIN = 0.8  # confidence of a reading that agrees with another
MOST = 40  # places of a page that are looked at again
MARGIN = 0.15  # of the height around a place that is looked at again


def cut(picture: Picture, box: Box) -> Pixels:
    """The picture of a place, given in points."""
    scale, pad = picture.dpi / 72, MARGIN * (box[3] - box[1])
    x0, top, x1, bottom = (round(side * scale) for side in (box[0] - pad, box[1] - pad, box[2] + pad, box[3] + pad))
    return picture.pixels[max(top, 0) : max(bottom, 0), max(x0, 0) : max(x1, 0)]


def unread(page: Compared, told: Sequence[Box], picture: Picture, reader: TextReader) -> list[Disagreement]:
    """What tells of a lie in lines that were read in part only; `told` = places already known.

    Two looks without colour must agree: at the line, and at the place in it.
    """
    if not page.good or page.foreign:
        return []
    lost = [claim for claim in page.claims if claim.share and not any(_lies_in(box, claim.box) for box in told)][:MOST]
    read = reader.read_strips([faded(cut(picture, claim.box)) for claim in lost]) if lost else ()
    faithful = _read_better(page, lost, read).faithful
    found = [
        (claim.line.text, each)
        for claim, text in zip(lost, read, strict=True)
        for each in _told_by(claim, text, faithful)
    ][:MOST]
    near = reader.read_strips([faded(cut(picture, each.again or each.box)) for _, each in found]) if found else ()
    return [each for (claimed, each), text in zip(found, near, strict=True) if _confirms(claimed, each.edit, text)]


def _read_better(page: Compared, lost: Sequence[Claim], read: Sequence[ReadText]) -> Compared:
    """The page with the better of both readings: a layer is not poor where a seal hid the print from the first."""
    again = {
        id(claim): Levenshtein.distance(fold(claim.line.text), fold(text.text))
        for claim, text in zip(lost, read, strict=True)
    }
    return Compared(
        [replace(claim, wrong=min(claim.wrong, again.get(id(claim), claim.wrong))) for claim in page.claims]
    )


def _confirms(claimed: str, edit: Edit | None, near: ReadText) -> bool:
    """Whether the place, read alone, shows what its line showed, or in another way something that tells."""
    if edit is None or near.confidence < AGAIN:
        return False
    if edit.settled and confirms(edit, near.text):
        return True
    first = max(edit.lo - AROUND - NEIGHBOURS, 0)
    others = edits(claimed[first : edit.hi + AROUND + NEIGHBOURS], near.text)
    return any(other.settled and other.lo + first < edit.hi and edit.lo < other.hi + first for other in others)


def _lies_in(place: Box, line: Box) -> bool:
    x, y = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
    return line[0] <= x <= line[2] and line[1] <= y <= line[3]


def faded(strip: Pixels) -> Pixels:
    """A strip with each pixel as light as its lightest channel: coloured ink vanishes, print stays."""
    if not strip.size:
        return strip
    return np.ascontiguousarray(np.repeat(strip.max(axis=2, keepdims=True), 3, axis=2))


def _told_by(claim: Claim, text: ReadText, faithful: bool) -> Iterator[Disagreement]:
    if not text.text or text.confidence < AGAIN or len(text.places) != len(text.text):
        return
    for edit in edits(claim.line.text, text.text, faithful=faithful):
        yield Disagreement(
            _place(claim.box, text, edit.start, edit.stop),
            excerpt(claim.line.text, edit.lo, edit.hi),
            excerpt(text.text, edit.start, edit.stop),
            edit,
            _place(claim.box, text, edit.first - AROUND, edit.last + AROUND),
        )


def _place(line: Box, text: ReadText, start: int, stop: int) -> Box:
    """Where characters `start:stop` stand, in points; an empty place has the characters about it."""
    lo, hi = max(min(start, stop - 1), 0), min(max(stop, start + 1), len(text.text)) - 1
    width = line[2] - line[0]
    half = width / max(len(text.text), 1) / 2
    x0, x1 = (line[0] + width * text.places[at] for at in (lo, hi))
    return x0 - half, line[1], x1 + half, line[3]
