"""Text as comparison sees it: single characters with their place, folded alike for print and OCR."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.model import Blank, Box, Line, Page

HOLE = "\ue000"  # stands in the reference text where a blank is; never occurs in a document

_FOLD = str.maketrans(
    {
        **dict.fromkeys("“”„‟‘’‚‛\"'`´「」『』″′", '"'),
        **dict.fromkeys("‐‑‒–—―−─━-", "-"),
        **dict.fromkeys("〔〖【[", "["),
        **dict.fromkeys("〕〗】]", "]"),
        **dict.fromkeys("〈《«", "《"),
        **dict.fromkeys("〉》»", "》"),
        **dict.fromkeys("·•‧・∙⋅●", "·"),
        **dict.fromkeys("~∼〜～", "~"),
        **dict.fromkeys("¥￥", "¥"),
    }
)
# Pairs that no scan keeps apart: told from each other by the image or not at all.
_ALIKE = str.maketrans({**dict.fromkeys("oO0〇○", "0"), **dict.fromkeys("lI1|!", "1"), **dict.fromkeys("xX×", "x")})
_DROPPED = frozenset("_＿‗¯\u200b\ufeff\u00ad")

_CRITICAL = (
    re.compile(r"[0-9０-９]+(?:[.,:/-][0-9]+)*(?:%|％|‰)?"),
    re.compile(r"[〇零一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]+(?:分之)?"),
    re.compile(r"除外|除非|法院|仲裁|人民币|美元|[%‰¥$元角整]|[不无未非免勿]"),
    re.compile(r"[\u4e00-\u9fff()]{2,24}?(?:公司|集团|委员会|事务所)"),
)
_HEADING = re.compile(
    r"^\s*(第\s*[一二三四五六七八九十百0-9]+\s*[章节条款]|附[件录表]\s*[一二三四五六七八九十0-9]*"
    r"|[0-9]{1,2}(?:\.[0-9]{1,2}){0,3}(?=[^0-9,%年月日])|[一二三四五六七八九十]{1,3}、)"
)


class Mark(NamedTuple):
    """One folded character; `box` in pt of its own page, `line` counts the page's lines as read."""

    char: str
    box: Box
    confidence: float
    page: int
    line: int


def folded(text: str) -> list[tuple[str, int]]:
    """NFKC, quotes, dashes and widths unified, blanks and underscores gone; with the index each character came from.

    Accents of Latin letters are left out, because recognisers drop them: whether one is there the image tells.
    """
    return [(char, at) for at, source in enumerate(text) for char in _folded(source)]


@lru_cache(maxsize=4096)
def _folded(source: str) -> tuple[str, ...]:
    if source in _DROPPED:
        return ()
    unified = unicodedata.normalize("NFKC", source.translate(_FOLD)).translate(_FOLD)
    return tuple(
        _without_accent(char)
        for char in unified
        if not char.isspace() and char not in _DROPPED and unicodedata.category(char)[0] not in "CM"
    )


def _without_accent(char: str) -> str:
    base = unicodedata.normalize("NFD", char)[0]
    return base if base.isascii() and base.isalpha() else char


def fold(text: str) -> str:
    """The folded characters of `text` alone."""
    return "".join(char for char, _ in folded(text))


def is_weak(char: str) -> bool:
    """Punctuation and symbols: what dust adds and blur takes away. Not percent, currency or signs of comparison."""
    return unicodedata.category(char)[0] in "PSZ" and char not in "%‰¥$€+=<>"


def is_hanzi(char: str) -> bool:
    """Chinese characters, of which look-alikes differ by a stroke; 一 is a stroke itself and reads as a dash alone."""
    return "\u3400" <= char <= "\u9fff" and char != "一"


def gist(text: str) -> str:
    """What remains of a folded text when punctuation, case and inseparable look-alikes are set aside."""
    return "".join(char for char in text if not is_weak(char)).translate(_ALIKE).casefold().translate(_ALIKE)


def critical(text: str) -> list[bool]:
    """Which folded characters belong to a number, date, amount, negation, party name or forum."""
    mask = [False] * len(text)
    for pattern in _CRITICAL:
        for match in pattern.finditer(text):
            mask[match.start() : match.end()] = [True] * (match.end() - match.start())
    return mask


def marks(page: Page) -> list[Mark]:
    """All folded characters of a page, in the order of its lines; lines without a place are left out."""
    return [mark for number, line in enumerate(page.lines) for mark in line_marks(line, page.number, number)]


def line_marks(line: Line, page: int, number: int) -> list[Mark]:
    """Folded characters of one line with boxes interpolated inside its words."""
    if line.box is None:
        return []
    parts = [(word.text, word.box, word.confidence) for word in line.words] or [(line.text, line.box, line.confidence)]
    found = []
    for text, box, confidence in parts:
        spans = _spans(text, box)
        found += [Mark(char, spans[at], confidence, page, number) for char, at in folded(text)]
    return found


def holes(blanks: Iterable[Blank], page: int) -> list[Mark]:
    """One `HOLE` for every blank of the page."""
    return [Mark(HOLE, blank.box, 1.0, page, -1) for blank in blanks if blank.page == page]


def text_of(found: Sequence[Mark]) -> str:
    """Their characters as one string."""
    return "".join(mark.char for mark in found)


_HEAD = re.compile(r"(?:[0-9]+[.,]?)+$")
_TAIL = re.compile(r"^[0-9]*(?:[.,][0-9]+)*%?")


def whole_figures(before: str, expected: str, found: str, after: str) -> tuple[str, str]:
    """A change inside a figure told by the whole figure: 99.9% and 99.5%, not 9 and 5."""
    if not any(char.isdigit() for char in expected + found):
        return expected, found
    head, tail = _HEAD.search(before), _TAIL.match(after)
    start, end = head[0] if head else "", tail[0] if tail else ""
    return f"{start}{expected}{end}", f"{start}{found}{end}"


def from_row_start(marks: Sequence[Mark], lo: int, hi: int) -> tuple[int, int]:
    """Of the ways to leave words out between alike ones, the one that begins with a row: 10.2 and so on, not 2…10."""
    first, last = lo, hi
    while first > 0 and marks[first - 1].line == marks[first].line and marks[first - 1].char == marks[last - 1].char:
        first, last = first - 1, last - 1
    begins = first == 0 or marks[first - 1].line != marks[first].line
    return (first, last) if begins else (lo, hi)


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box about all of them; raises ValueError for none."""
    x0, top, x1, bottom = zip(*boxes, strict=True)
    return (min(x0), min(top), max(x1), max(bottom))


def clause_of(line: str) -> str:
    """The clause number a line starts with, e.g. `3.2` or `第五条`; empty for running text."""
    match = _HEADING.match(unicodedata.normalize("NFKC", line))
    return re.sub(r"\s+", "", match.group(1)).strip("、.") if match else ""


def _spans(text: str, box: Box) -> list[Box]:
    """Boxes of the characters of a run, hanzi twice as wide as Latin ones."""
    widths = [2.0 if unicodedata.east_asian_width(char) in "WF" else 1.0 for char in text]
    scale = (box[2] - box[0]) / (sum(widths) or 1.0)
    spans, left = [], box[0]
    for width in widths:
        spans.append((left, box[1], left + width * scale, box[3]))
        left += width * scale
    return spans
