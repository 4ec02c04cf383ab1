"""Lines of a page from its picture: OCR results placed in points on the upright page, in reading order."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np

from pipeline.model import Box, Line, ReadLine, Word
from pipeline.read.frame import union


def placed(found: Iterable[ReadLine], dpi: float) -> tuple[Line, ...]:
    """Lines in pt, top to bottom and left to right; words are runs of hanzi or of other characters."""
    scale = 72 / dpi
    lines = []
    for read in found:
        quad = [(x * scale, y * scale) for x, y in read.quad]
        box = (min(x for x, _ in quad), min(y for _, y in quad), max(x for x, _ in quad), max(y for _, y in quad))
        words = tuple(_words(read, quad, scale)) or (Word(text=read.text, box=box, confidence=read.confidence),)
        lines.append(Line(text=read.text, box=box, confidence=_share(read.confidence), words=words))
    return reading_order(lines)


def reading_order(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Rows by vertical overlap, each from left to right; lines without a box keep their place at the end."""
    rows: list[list[Line]] = []
    boxed = sorted((line for line in lines if line.box), key=lambda line: _middle(line.box))
    for line in boxed:
        if rows and _same_row(rows[-1][0].box, line.box):
            rows[-1].append(line)
        else:
            rows.append([line])
    ordered = [line for row in rows for line in sorted(row, key=lambda line: line.box[0] if line.box else 0.0)]
    return tuple(ordered + [line for line in lines if not line.box])


def is_han(char: str) -> bool:
    """True for a hanzi of the common planes."""
    return "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or "\U00020000" <= char <= "\U0003ffff"


def _words(read: ReadLine, quad: list[tuple[float, float]], scale: float) -> Iterable[Word]:
    run: list[tuple[str, float, float, float]] = []
    for item in read.chars:
        if run and (item[0].isspace() or _breaks(run[-1][0], item[0])):
            yield _word(run, quad, scale)
            run = []
        if not item[0].isspace():
            run.append(item)
    if run:
        yield _word(run, quad, scale)


def _word(run: list[tuple[str, float, float, float]], quad: list[tuple[float, float]], scale: float) -> Word:
    x0, x1 = run[0][1] * scale, run[-1][2] * scale
    top = min(_height_at(x, quad[0], quad[1]) for x in (x0, x1))
    bottom = max(_height_at(x, quad[3], quad[2]) for x in (x0, x1))
    confidence = _share(float(np.mean([item[3] for item in run])))
    return Word(text="".join(item[0] for item in run), box=(x0, top, x1, bottom), confidence=confidence)


def _breaks(before: str, char: str) -> bool:
    """A word ends where hanzi meet letters or digits; punctuation stays with what precedes it."""
    plain = unicodedata.category(char)[0] in "PS" or unicodedata.category(before)[0] in "PS"
    return not plain and is_han(before) != is_han(char)


def _height_at(x: float, left: tuple[float, float], right: tuple[float, float]) -> float:
    if right[0] == left[0]:
        return left[1]
    return left[1] + (right[1] - left[1]) * (x - left[0]) / (right[0] - left[0])


def _same_row(first: Box | None, box: Box | None) -> bool:
    if first is None or box is None:
        return False
    common = min(first[3], box[3]) - max(first[1], box[1])
    return common > 0.5 * min(first[3] - first[1], box[3] - box[1])


def _middle(box: Box | None) -> float:
    return (box[1] + box[3]) / 2 if box else 0.0


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def around(words: Sequence[Word]) -> Box:
    """The box around all words."""
    return union([word.box for word in words])
