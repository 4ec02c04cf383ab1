"""What the text layer and the fields of a digital page claim, beside what its form prints there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.inspection.compare_runs import in_rows
from pipeline.inspection.compare_scene import inside
from pipeline.inspection.compare_text import Mark, fold, gist, line_marks, marks, text_of
from pipeline.model import Blank, Box, Claim, Line, Page

LIKELY = 0.9  # share of a form's characters that a layer must hold to be worth laying beside it
SAME_SIZE = 0.5  # pt
EMPTY = ("", "Off")  # values of fields and ticks that nobody filled in

Entered = dict[str, str]


@dataclass(frozen=True)
class Stock:
    """How often each character is printed on a page of a form of this size (pt)."""

    size: tuple[float, float]
    printed: Counter[str]

    @classmethod
    def of(cls, page: Page) -> Stock:
        """Counted once for a form, so that pages of other papers are told apart quickly."""
        return cls((page.width, page.height), Counter(mark.char for mark in marks(page)))


def likely(claim: Claim, pages: Sequence[Stock]) -> list[int]:
    """Indices of pages of forms whose size the page has and whose characters its layer mostly holds, the best first."""
    held = Counter(char for glyph in claim.glyphs for char in fold(glyph.text))
    shares = {at: _share(held, page) for at, page in enumerate(pages) if _same_size(claim, page)}
    return sorted((at for at in shares if shares[at] >= LIKELY), key=lambda at: (-shares[at], at))


def entered(
    claim: Claim, page: Page, blanks: Sequence[Blank], place: Callable[[Box], Box], reach: float
) -> Entered | None:
    """What the blanks of the form's `page` hold, by name; None when the layer is not the form's text, at its places.

    `place` maps the form to the page, `reach` = pt a character may be off. A blank filled twice, by print and by a
    field, or by a field of another name, holds what no reader can be sure of.
    """
    wanted = [mark._replace(box=place(mark.box)) for mark in marks(page)]
    rest = _unmatched(wanted, layer_marks(claim), reach)
    places = [(blank.name, place(blank.box)) for blank in blanks if blank.page == page.number]
    found = _sorted_in(rest, places) if rest is not None else None
    fields = _fields(claim, places)
    if found is None or fields is None or set(found) & set(fields):
        return None
    found |= fields
    names = {blank.name for blank in blanks}
    for name, value in claim.form.items():
        here = any(name == other for other, _ in places)
        if value not in EMPTY and (name not in names or (here and plainly(found.get(name, "")) != plainly(value))):
            return None
    return found


def layer_marks(claim: Claim) -> list[Mark]:
    """Every folded character of the layer with its own box; none belongs to a line yet, so each is one."""
    lines = [Line(text=glyph.text, box=glyph.box, words=(glyph,)) for glyph in claim.glyphs]
    return [mark for number, line in enumerate(lines) for mark in line_marks(line, claim.number, number)]


def plainly(text: str) -> str:
    """Text as two readings of it are compared: look-alikes and widths unified, punctuation kept."""
    return "".join(gist(char) or char for char in fold(text))


def _same_size(claim: Claim, page: Stock) -> bool:
    return all(abs(own - printed) <= SAME_SIZE for own, printed in zip(claim.size, page.size, strict=True))


def _share(held: Counter[str], page: Stock) -> float:
    return (page.printed & held).total() / max(page.printed.total(), 1)


def _unmatched(wanted: Sequence[Mark], found: Sequence[Mark], reach: float) -> list[Mark] | None:
    """What is left when every wanted character was found at its place, each once; None when one was not."""
    stock: dict[str, list[Mark]] = {}
    for mark in found:
        stock.setdefault(mark.char, []).append(mark)
    for mark in wanted:
        fitting = [other for other in stock.get(mark.char, ()) if _apart(mark.box, other.box) <= reach]
        if not fitting:
            return None
        nearest = min(fitting, key=lambda other: _apart(mark.box, other.box))
        stock[mark.char].remove(nearest)
    return [mark for marks_ in stock.values() for mark in marks_]


def _apart(one: Box, other: Box) -> float:
    """The larger of the distances of their middles across and down."""
    return max(abs(one[0] + one[2] - other[0] - other[2]), abs(one[1] + one[3] - other[1] - other[3])) / 2


def _sorted_in(rest: Sequence[Mark], places: Sequence[tuple[str, Box]]) -> Entered | None:
    """Text of each blank in reading order; None when a character stands in none."""
    held: dict[str, list[Mark]] = {}
    for mark in rest:
        name = next((name for name, box in places if inside(mark.box, box, 0.0)), None)
        if name is None:
            return None
        held.setdefault(name, []).append(mark)
    return {name: text_of(in_rows(found)) for name, found in held.items()}


def _fields(claim: Claim, places: Sequence[tuple[str, Box]]) -> Entered | None:
    """Values of the page's fields; None when one is not in the blank of its name or stands there twice."""
    found: Entered = {}
    homes: Mapping[str, Box] = dict(places)
    for name, value, box in claim.entries:
        if not value.strip():
            continue
        if name not in homes or name in found or not inside(box, homes[name], 0.0):
            return None
        found[name] = value
    return found
