"""Which page of its document each page is: by its blank form where there is one, else by the number printed on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from pipeline.inspection import match_pages, page_number
from pipeline.model import Line, Page, Sheet
from pipeline.values import squeezed

Proof = Callable[[int], tuple[str, int] | None]  # page -> kind and page of the form it was proved to be

WRITTEN = 6  # characters; fewer = a blank back side
_LEGIBLE = 60  # characters from which a page can be told by its words
_ALIKE, _AHEAD = 0.5, 0.15  # share of a form's words on the page, and by how much more than of any other form's
_SURE = 0.8  # confidence of a line from which a number in it counts
_ALONE = 12  # characters of a line that is a page number without a total, and no sentence that speaks of a page
_PROVED = 2.0


def is_written(page: Page) -> bool:
    """Whether the page carries text; back sides and slip sheets do not."""
    return len(squeezed(page.text)) >= WRITTEN


def sheets_of(pages: Sequence[Page], forms: Mapping[str, Sequence[Page]], proof: Proof) -> tuple[Sheet, ...]:
    """One entry for every page that says where it belongs; `forms` = the pages of the blank form of each type."""
    matches = {kind: match_pages(pages, form).matches for kind, form in forms.items()}
    sheets = []
    for page in pages:
        scores = _scores(page, matches, proof)
        if scores:
            _, kind, number = scores[0]
            sheets.append(Sheet(page=page.number, number=number, total=len(forms[kind]), kind=kind))
        elif printed := _printed(page):
            sheets.append(Sheet(page=page.number, number=printed[0], total=printed[1]))
    return tuple(sheets)


def _scores(
    page: Page, matches: Mapping[str, Mapping[int, tuple[int | None, float]]], proof: Proof
) -> list[tuple[float, str, int]]:
    """The form's page that this one is, first; empty when it is none's or could be two forms'."""
    proved = proof(page.number)
    if proved is not None:
        return [(_PROVED, *proved)]
    if len(squeezed(page.text)) < _LEGIBLE:
        return []
    found = [(score, kind, number) for kind, of in matches.items() for number, score in [of[page.number]] if number]
    found.sort(reverse=True)
    clear = len(found) == 1 or (len(found) > 1 and found[0][0] - found[1][0] >= _AHEAD)
    return found if clear and found[0][0] >= _ALIKE else []


def _printed(page: Page) -> tuple[int, int | None] | None:
    """The number in the lowest or topmost lines, when it was read well and is possible."""
    for line in _edge_lines(page):
        found = page_number(line.text) if line.confidence >= _SURE else None
        if found is None:
            continue
        number, total = found
        alone = total is not None or len(squeezed(line.text)) <= _ALONE
        if alone and 1 <= number <= (total or number):
            return number, total
    return None


def _edge_lines(page: Page) -> Iterator[Line]:
    lines = sorted((line for line in page.lines if line.box), key=lambda line: line.box[1] if line.box else 0.0)
    yield from reversed(lines[-3:])
    yield from lines[:2]
