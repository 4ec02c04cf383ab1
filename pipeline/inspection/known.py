"""Pages of a blank form proved unchanged by their look: what is proved need not be transcribed.

A proof may only ever say "this page is the form's". Every doubt, down to one character that looks a little odd and is
not read as it should be, leaves the page to the whole reading, whose witnesses alone can tell a change.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.inspection.claims import Stock, likely
from pipeline.inspection.compare_field import BORDER
from pipeline.inspection.compare_form import Form, open_form
from pipeline.inspection.compare_judge import judge
from pipeline.inspection.compare_paper import FRAME, darkness
from pipeline.inspection.compare_reread import strip_of
from pipeline.inspection.compare_runs import Aligned
from pipeline.inspection.compare_scene import LEAST_DPI, Scene, is_moved, is_odd, limits_of
from pipeline.inspection.compare_sheet import Sheet, lay
from pipeline.inspection.compare_text import HOLE
from pipeline.inspection.digital import PIXEL_DPI, Pages
from pipeline.inspection.locate import FINE, Look, locate, look_of
from pipeline.inspection.register import Registration
from pipeline.inspection.tones import darkness_tells_all, two_tones
from pipeline.model import (
    Blank,
    Box,
    Claim,
    Difference,
    Line,
    PageSource,
    Picture,
    Pixels,
    Reference,
    TextReader,
    Verified,
    Word,
)

SHARPEST = 1.75  # px of blur at 200 dpi up to which strokes of look-alikes stay apart
MOST_ODD = 30  # characters to read singly; with more the page is sooner read as a whole
WELL_LAID = 0.9  # share of the form's segments found in their place
PROVED = 0.99  # confidence of text that was verified, not read
SURE = 0.9  # confidence of the recogniser on a window or a blank
BLANK_INK = 0.3  # darkness of writing in a blank
LEAST_ROW = 8  # px of the frame; lower ink in a blank is no writing
CLOSE = 5  # px between rows of one line of writing


@dataclass(frozen=True)
class Proof:
    """A page that is the form's; `lines` in pt of the page, blanks included; `differences` = what fills its blanks."""

    registration: Registration
    lines: tuple[Line, ...]
    differences: tuple[Difference, ...]
    seconds: float


class KnownForms:
    """The blank forms of an installation, and which pages of the document at hand were proved to be theirs.

    `forms` opens them when the first picture is shown: electronic files have none. `signed` = names of blanks to seal
    or sign: a page that has one is always read whole.
    """

    def __init__(
        self,
        forms: Callable[[], Sequence[tuple[Reference, PageSource]]],
        reader: TextReader,
        signed: frozenset[str] = frozenset(),
    ) -> None:
        self._reader = reader
        self._forms, self._signed = forms, signed
        self._proofs: dict[int, tuple[str, Proof]] = {}
        self._next = 0

    def lines(self, number: int, picture: Picture) -> tuple[Line, ...] | None:
        """The text of page `number` when it is proved to be a form's page, else None."""
        self._next = 0 if number == 1 else self._next  # a new document begins where forms do
        found = self._by_look(number, picture, self._unsigned)
        return self._keep(*found).lines if found else None

    def verified(self, claim: Claim, pictures: PageSource) -> Verified | None:
        """A page made on a computer whose layer is a form's text, as its picture shows: to the pixel or nearly so.

        Where the layer is not, or there is none, the picture may still be the form's: that is not honest.
        """
        begun = time.perf_counter()
        near = likely(claim, self._stocks)
        pages = {at: Pages(claim, pictures, *self._pages[at], self._signed, self._reader) for at in near}
        for proved in (Pages.to_the_pixel, Pages.reprinted):
            for page in pages.values():
                exact = proved(page)
                if exact is not None:
                    proof = _proof(page.form, exact.registration, exact.filled, begun)
                    return Verified(self._keep(page.form, proof).lines, honest=True)
        if any(page.says_the_form for page in pages.values()):
            return None
        order = [at for at in self._unsigned if at in pages or not claim.glyphs]
        found = self._by_look(claim.number, pictures.picture(claim.number, PIXEL_DPI), order) if order else None
        if found is None:
            return None
        form, proof = found
        place = proof.registration
        drawn = Pages(claim, pictures, form, place.reference_page, self._signed, self._reader)
        if not drawn.has_same_ink(place.array, drawn.blank_boxes(place, proof.differences)):
            return None
        return Verified(self._keep(form, proof).lines, honest=False)

    def proof(self, number: int, sha256: str) -> Proof | None:
        """How page `number` was proved to be of the form with this hash."""
        known = self._proofs.get(number)
        return known[1] if known and known[0] == sha256 else None

    def _keep(self, form: Form, proof: Proof) -> Proof:
        self._proofs[proof.registration.page] = (form.reference.sha256, proof)
        return proof

    @cached_property
    def _pages(self) -> list[tuple[Form, int]]:
        """Every page of the forms."""
        forms = [open_form(reference, pictures) for reference, pictures in self._forms()]
        return [(form, page.number) for form in forms for page in form.reference.pages]

    @cached_property
    def _stocks(self) -> list[Stock]:
        """What each of them says."""
        return [Stock.of(form.page(page)) for form, page in self._pages]

    @cached_property
    def _looks(self) -> list[Look]:
        """How each of them looks."""
        pictures = [form.pictures.picture(page, FINE) for form, page in self._pages]
        return [look_of(darkness(picture), picture.dpi) for picture in pictures]

    @property
    def _unsigned(self) -> list[int]:
        """Indices of the pages that nobody signs, the likely one first."""
        count = len(self._pages)
        order = [(self._next + at) % count for at in range(count)]
        return [at for at in order if not _to_sign(*self._pages[at], self._signed)]

    def _by_look(self, number: int, picture: Picture, order: Sequence[int]) -> tuple[Form, Proof] | None:
        """`order` = indices of the pages to try."""
        begun = time.perf_counter()
        if picture.dpi < LEAST_DPI:
            return None
        if not darkness_tells_all(picture):
            return None
        dark = darkness(picture)
        if two_tones(dark):
            return None
        found = locate(look_of(dark, picture.dpi), self._looks, order)
        if found is None:
            return None
        self._next = found.index + 1
        form, page = self._pages[found.index]
        sheet = lay(dark, picture.dpi, form.layout(page), found.matrix, {})
        proof = self._prove(form, page, number, sheet, begun)
        return (form, proof) if proof else None

    def _prove(self, form: Form, page: int, number: int, sheet: Sheet, begun: float) -> Proof | None:
        if sheet.matched < WELL_LAID or sheet.blur > SHARPEST or sheet.retyped:
            return None
        blanks = [blank for blank in form.reference.blanks if blank.page == page]
        scene = _scene(form, page, sheet, blanks)
        registration = Registration.of(number, page, sheet.matrix, sheet.residual, sheet.matched)
        if not _has_few_oddities(scene) or judge(scene, registration, self._reader):
            return None
        filled = self._filled(sheet, registration, blanks)
        if filled is None:
            return None
        return _proof(form, registration, filled, begun)

    def _filled(
        self, sheet: Sheet, registration: Registration, blanks: Sequence[Blank]
    ) -> list[tuple[str, Line]] | None:
        """What stands in the blanks, row by row, read by the recogniser alone; None where it is not sure."""
        places = [(blank.name, row) for blank in blanks for row in _rows(sheet, blank.box)]
        texts = self._reader.read_strips([_row_strip(sheet, row) for _, row in places]) if places else ()
        filled = []
        for (name, row), read in zip(places, texts, strict=True):
            if not read.text.strip() or read.confidence < SURE:
                return None
            box = registration.place(row)
            word = Word(text=read.text, box=box, confidence=read.confidence)
            filled.append((name, Line(text=read.text, box=box, confidence=read.confidence, words=(word,))))
        return filled


def _to_sign(form: Form, page: int, signed: frozenset[str]) -> bool:
    return any(blank.page == page and blank.name in signed for blank in form.reference.blanks)


def _proof(form: Form, place: Registration, filled: Sequence[tuple[str, Line]], begun: float) -> Proof:
    """The form's text where it lies on the page, and what fills its blanks."""
    lines = [_placed(line, place) for line in form.page(place.reference_page).lines]
    written = [line for _, line in filled]
    differences = tuple(_fill_in(name, line, place) for name, line in filled)
    return Proof(place, (*lines, *written), differences, round(time.perf_counter() - begun, 3))


def _scene(form: Form, page: int, sheet: Sheet, blanks: Sequence[Blank]) -> Scene:
    """The page as the judge sees it, supposing that it reads as the form does."""
    expected = form.expected(page)
    fixed = [at for at, mark in enumerate(expected) if mark.char != HOLE]
    supposed = tuple(expected[at] for at in fixed)
    return Scene(
        aligned=Aligned(tuple(expected), supposed, tuple((at, n) for n, at in enumerate(fixed)), ()),
        sheet=sheet,
        blanks=[(blank.name, blank.box) for blank in blanks],
        seals=(),
        stamped=(),
        slices=(),
        veiled=(),
        limits=limits_of(sheet, expected, (), bilevel=False),
        doubt="",
        clause=lambda box: form.clause(page, box),
    )


def _has_few_oddities(scene: Scene) -> bool:
    """Whether the judge looks at every odd character; where rows have moved or most look odd, it takes them as read."""
    glyphs = scene.sheet.glyphs
    return sum(is_odd(scene, at) for at in glyphs) <= MOST_ODD and not any(is_moved(scene, at) for at in glyphs)


def _rows(sheet: Sheet, box: Box) -> list[Box]:
    """Rows of writing in a blank, trimmed to their ink; box in pt of the form's page."""
    x0, top, x1, bottom = (round(side * FRAME) + BORDER for side in box)
    inset = 3  # px; rules of the table stand on the blank's edge
    area = sheet.scan[top + inset : bottom - inset, x0 + inset : x1 - inset] > BLANK_INK * 255
    if area.size == 0:
        return []
    filled = np.flatnonzero(area.any(axis=1))
    groups = np.split(filled, np.flatnonzero(np.diff(filled) > CLOSE) + 1) if len(filled) else []
    rows = []
    for group in groups:
        if len(group) and group[-1] - group[0] >= LEAST_ROW:
            columns = np.flatnonzero(area[group[0] : group[-1] + 1].any(axis=0))
            left, right = x0 + inset + int(columns[0]) - BORDER, x0 + inset + int(columns[-1]) + 1 - BORDER
            upper, lower = top + inset + int(group[0]) - BORDER, top + inset + int(group[-1]) + 1 - BORDER
            rows.append((left / FRAME, upper / FRAME, right / FRAME, lower / FRAME))
    return rows


def _row_strip(sheet: Sheet, row: Box) -> Pixels:
    x0, top, x1, bottom = (side * FRAME + BORDER for side in row)
    return strip_of(sheet.scan, x0, top, x1, bottom)


def _placed(line: Line, registration: Registration) -> Line:
    # Built without being checked: a page has a thousand words, and all of these were checked before.
    words = tuple(
        Word.model_construct(text=word.text, box=registration.place(word.box), confidence=PROVED) for word in line.words
    )
    box = registration.place(line.box) if line.box else None
    return line.model_copy(update={"box": box, "words": words, "confidence": PROVED})


def _fill_in(name: str, line: Line, registration: Registration) -> Difference:
    return Difference(
        kind="fill_in",
        page=registration.page,
        reference_page=registration.reference_page,
        box=line.box,
        found=line.text,
        confidence=line.confidence,
        signals=("text",),
        note=name,
    )
