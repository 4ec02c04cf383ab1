"""Lines as single characters with places, so that a line can be cut where a label or a cell ends."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from pipeline.model import Box, Line, Page, Word
from pipeline.values import simplified

LONG_LINE = 60.0  # pt between the first and last word, from which a line tells how crooked the page is


@dataclass(frozen=True)
class Glyph:
    """One character that is no space; `box` on the levelled page, `origin` on the page; `key` for matching."""

    char: str
    key: str
    box: Box
    origin: Box
    confidence: float
    spaced: bool


@dataclass(frozen=True, eq=False)
class Run:
    """Neighbouring glyphs of one line; two runs are the same only if they are one object."""

    glyphs: tuple[Glyph, ...]

    @cached_property
    def text(self) -> str:
        """As printed, with the spaces inside."""
        parts = [(" " if glyph.spaced and place else "") + glyph.char for place, glyph in enumerate(self.glyphs)]
        return "".join(parts)

    @cached_property
    def box(self) -> Box:
        """Around all glyphs, pt on the levelled page."""
        return around([glyph.box for glyph in self.glyphs])

    @cached_property
    def origin(self) -> Box:
        """Around all glyphs, pt on the upright page."""
        return around([glyph.origin for glyph in self.glyphs])

    @property
    def confidence(self) -> float:
        """Of the worst word."""
        return min(glyph.confidence for glyph in self.glyphs)

    @property
    def height(self) -> float:
        """Of the text, pt."""
        return self.box[3] - self.box[1]

    @property
    def middle(self) -> float:
        """Vertical centre, pt."""
        return (self.box[1] + self.box[3]) / 2


def around(boxes: Sequence[Box]) -> Box:
    """The union."""
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


def letters(text: str) -> str:
    """What labels are compared by: NFKC, letters and digits only, lower case, simplified characters."""
    plain = simplified(unicodedata.normalize("NFKC", text).casefold())
    return "".join(char for char in plain if char.isalnum())


def page_slope(page: Page) -> float:
    """How far rows fall to the right, pt per pt, by the words of its long lines; 0 where nothing tells."""
    slopes = []
    for line in page.lines:
        if len(line.words) > 1:
            first, last = line.words[0].box, line.words[-1].box
            across = (last[0] + last[2] - first[0] - first[2]) / 2
            if across >= LONG_LINE:
                slopes.append((last[1] + last[3] - first[1] - first[3]) / 2 / across)
    return median(slopes) if page.text_source == "ocr" and slopes else 0.0


def line_run(line: Line, slope: float = 0.0) -> Run | None:
    """The glyphs of a line, placed by its words, on a page levelled by `slope`; None without box or text."""
    chars = [char for char in line.text if not char.isspace()]
    if line.box is None or not chars:
        return None
    words = line.words or (Word(text=line.text, box=line.box, confidence=line.confidence),)
    places = [place for word in words for place in _spread(word, slope)]
    if len(places) != len(chars):
        places = _spread(Word(text="".join(chars), box=line.box, confidence=line.confidence), slope)
    glyphs = []
    spaced = False
    at = 0
    for char in line.text:
        if char.isspace():
            spaced = True
            continue
        box, origin, confidence = places[at]
        glyphs.append(Glyph(char, letters(char), box, origin, min(confidence, line.confidence), spaced))
        spaced = False
        at += 1
    return Run(tuple(glyphs))


def joined(texts: Sequence[str]) -> str:
    """Lines of one cell as one text; only between Latin words does a line break stand for a space."""
    whole = ""
    for text in texts:
        gap = bool(whole and text) and whole[-1].isascii() and text[0].isascii() and whole[-1] not in "-@./"
        whole += f" {text}" if gap else text
    return whole


def _spread(word: Word, slope: float) -> list[tuple[Box, Box, float]]:
    """Level box, box on the page, confidence of each character; wide ones take twice as much of the word."""
    chars = [char for char in word.text if not char.isspace()]
    shares = [2.0 if unicodedata.east_asian_width(char) in "WF" else 1.0 for char in chars]
    x0, top, x1, bottom = word.box
    unit = (x1 - x0) / (sum(shares) or 1.0)
    # The box of a crooked word is as much too high as the word falls.
    shrink = min(abs(slope) * (x1 - x0), (bottom - top) / 2) / 2
    drop = slope * (x0 + x1) / 2
    found = []
    for share in shares:
        end = x0 + unit * share
        level = (x0, top + shrink - drop, end, bottom - shrink - drop)
        found.append((level, (x0, top, end, bottom), word.confidence))
        x0 = end
    return found
