"""Reading an impression: its name, the line across, the code and its kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from pipeline.inspection.ring_arc import COLUMNS
from pipeline.inspection.ring_axis import has_star
from pipeline.inspection.ring_ink import COLOURED, Patch, cut_patch
from pipeline.inspection.ring_kind import has_line, kind_of, kinds_in, line_turn
from pipeline.inspection.ring_lines import (
    code_strip,
    doubtful_strips,
    inner_strips,
    name_strips,
    square_strips,
)
from pipeline.inspection.ring_unroll import Unrolled, unroll
from pipeline.inspection.ring_vote import cleaned, voted, widest_step
from pipeline.inspection.seals import SealMark
from pipeline.model import Picture, Pixels, ReadText, Seal, TextReader

_CODE = re.compile(r"\d{6,18}")
# Confidence from which a name is worth a second look, and that it must then have to count as sure: of five between them
# one was right. Below, further pictures gain nothing: of 85 hard names six pictures each told 66, three of them 68.
_NEARLY, _SETTLED = 0.9, 0.93
_PART = 0.89  # most confidence in any other name, or where other ink may run into it: too little to refuse a paper
_SPARSE = 1.8  # letter heights from one character to the next; names have up to 1.5, where none was passed over
_PASSED_OVER = 1.6  # pitches from one character to the next, from which one between them may not have been read
_LEGIBLE = 0.5  # least confidence in a line across
_SQUARE = 0.6


_NOTHING = ReadText("", 0.0)


@dataclass(frozen=True)
class _Words:
    name: ReadText = _NOTHING
    lines: tuple[str, ...] = ()
    code: str = ""


def read_seal(
    picture: Picture, mark: SealMark, page: int, reader: TextReader, neighbours: Sequence[SealMark] = ()
) -> Seal:
    """The impression with what is written on it; `picture` is the upright page the mark was found on.

    `neighbours` = the other seals of the page.
    """
    patch = cut_patch(picture, mark, neighbours)
    words, line, turn = _Words(), False, None
    if mark.shape == "square":
        strips = square_strips(patch)
        name = max(reader.read_strips(strips), key=lambda one: one.confidence) if strips else _NOTHING
        words = _Words(ReadText(cleaned(name.text), min(name.confidence, _SQUARE)))
    else:
        unrolled = unroll(patch)
        if unrolled is not None:
            words = _read_ring(patch, unrolled, reader, apart=mark.colour in COLOURED)
        line = has_line(patch, unrolled)
        turn = turn_of(patch, unrolled)
    text = words.name.text
    return Seal(
        page=page, box=mark.box, shape=mark.shape, diameter_mm=round(mark.diameter, 1), colour=mark.colour,
        text=text, text_confidence=round(words.name.confidence if text else 0.0, 3), inner=next(iter(words.lines), ""),
        code=words.code, kind=kind_of(mark, text, words.lines, has_star(patch), line), visible=round(mark.visible, 3),
        inked=round(mark.support, 3), turn=turn, confidence=mark.confidence,
    )  # fmt: skip


def turn_of(patch: Patch, unrolled: Unrolled | None) -> float | None:
    """Degrees clockwise by which the lettering is turned, -180..180; None where the name has no middle."""
    if unrolled is None or unrolled.last - unrolled.first >= COLUMNS:
        return None
    if patch.outline.shape == "round":
        degrees = unrolled.middle * 360
    else:  # an oval is told by its own axis; its name is at one end of the short one or at the other
        degrees = float(np.rad2deg(patch.outline.angle)) + (180 if 0.25 < unrolled.middle < 0.75 else 0)
    return round((degrees + 180) % 360 - 180, 1)


def _read_ring(patch: Patch, unrolled: Unrolled, reader: TextReader, *, apart: bool) -> _Words:
    """All lines in one batch; a second batch only for a name all but sure, or a line across not told.

    `apart` = the seal's ink can be told from print by its colour.
    """
    spans = (unrolled.span, *unrolled.others)
    groups = [name_strips(unrolled, span) for span in spans]
    level = line_turn(patch, unrolled)
    groups.append(inner_strips((patch.ink, patch.lean), patch, level))
    figures = code_strip(unrolled, min(patch.outline.a, patch.outline.b) / 20.0)
    groups.append([figures] if figures is not None else [])
    *names, across, digits = _read(groups, reader)
    span, readings = max(zip(spans, names, strict=True), key=lambda one: _worth(voted(one[1])))
    name = voted(readings)
    again = doubtful_strips(unrolled, span) if _NEARLY <= name.confidence < _SETTLED else []
    lined = inner_strips((patch.thinned,), patch, level) if across and not kinds_in(_lines(across)) else []
    if again or lined:
        more, beside = _read((again, lined), reader)
        name, across = voted((*readings, *more)), (*across, *beside)
    sure = name.confidence >= _SETTLED and apart and unrolled.alone
    if not sure or unrolled.pitch(len(name.text), span) > _SPARSE or widest_step(name) > _PASSED_OVER:
        name = ReadText(name.text, min(name.confidence, _PART))
    found = _CODE.search(digits[0].text.replace(" ", "")) if digits else None
    return _Words(name, _lines(across), found.group() if found else "")


def _read(groups: Sequence[list[Pixels]], reader: TextReader) -> list[tuple[ReadText, ...]]:
    """All groups of strips in one batch."""
    read = iter(reader.read_strips([strip for group in groups for strip in group]))
    return [tuple(islice(read, len(group))) for group in groups]


def _worth(read: ReadText) -> float:
    """Rather more characters than surer ones, but not at any price."""
    return float(len(read.text) * read.confidence**1.5)


def _lines(read: Sequence[ReadText]) -> tuple[str, ...]:
    """What the line across reads in its pictures, the surest first, as far as it is legible."""
    legible = [one for one in read if one.confidence >= _LEGIBLE and re.search(r"[\u4e00-\u9fff]{2}", one.text)]
    return tuple(cleaned(one.text) for one in sorted(legible, key=lambda one: -one.confidence))
