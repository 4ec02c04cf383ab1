"""Pages of a blank form proved unchanged by their look: what is proved need not be transcribed.

A proof may only ever say "this page is the form's". Every doubt, down to one character that looks a little odd and is
not read as it should be, leaves the page to the whole reading, whose witnesses alone can tell a change.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from pipeline.inspection.compare_field import BORDER
from pipeline.inspection.compare_form import Form, open_form
from pipeline.inspection.compare_judge import judge
from pipeline.inspection.compare_paper import FRAME, darkness, red_darkness
from pipeline.inspection.compare_reread import strip_of
from pipeline.inspection.compare_runs import Aligned
from pipeline.inspection.compare_scene import Scene, is_moved, is_odd, limits_of
from pipeline.inspection.compare_sheet import Sheet, lay
from pipeline.inspection.compare_text import HOLE
from pipeline.inspection.locate import FINE, Look, locate, look_of
from pipeline.inspection.register import Registration
from pipeline.model import Blank, Box, Difference, Line, PageSource, Picture, Pixels, Reference, TextReader, Word

LEAST_DPI = 180.0  # coarser scans keep look-alikes apart by reading and look together only
SHARPEST = 1.75  # px of blur at 200 dpi up to which strokes of look-alikes stay apart
MOST_ODD = 30  # characters to read singly; with more the page is sooner read as a whole
WELL_LAID = 0.9  # share of the form's segments found in their place
PROVED = 0.99  # confidence of text that was verified, not read
SURE = 0.9  # confidence of the recogniser on a window or a blank
RED_DPI, RED = 50.0, 30  # resolution, and R - max(G, B), at which red ink is looked for
RED_JOIN, RED_LEAST, RED_DEPTH = (
    8,
    4,
    64,
)  # px at 50 dpi: gap within a slice, least ink, and 32 mm, a slice of two sheets
GREYS = 0.02  # share of pixels between ink and paper below which a scan has two tones only
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
        begun = time.perf_counter()
        if picture.dpi < LEAST_DPI or not _red_at_edges_only(picture):
            return None
        dark = darkness(picture)
        if _two_tones(dark):
            return None
        looks = [look for _, _, look in self._pages]
        likely = self._next % max(len(looks), 1)
        order = [*range(likely, len(looks)), *range(likely)]
        found = locate(look_of(dark, picture.dpi), looks, order)
        if found is None:
            return None
        self._next = found.index + 1
        form, page, _ = self._pages[found.index]
        expected = form.expected(page)
        sheet = lay(dark, picture.dpi, form.print_of(page), expected, found.matrix, {})
        proof = self._prove(form, page, number, sheet, begun)
        if proof is not None:
            self._proofs[number] = (form.reference.sha256, proof)
        return proof.lines if proof else None

    def proof(self, number: int, sha256: str) -> Proof | None:
        """How page `number` was proved to be of the form with this hash."""
        known = self._proofs.get(number)
        return known[1] if known and known[0] == sha256 else None

    @cached_property
    def _pages(self) -> list[tuple[Form, int, Look]]:
        """Every page of the forms but those to be signed."""
        pages = []
        for reference, pictures in self._forms():
            form = open_form(reference, pictures)
            signed = {blank.page for blank in reference.blanks if blank.name in self._signed}
            for page in reference.pages:
                if page.number not in signed:
                    picture = pictures.picture(page.number, FINE)
                    pages.append((form, page.number, look_of(darkness(picture), picture.dpi)))
        return pages

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
        lines = [_placed(line, registration) for line in form.page(page).lines]
        written = [line for _, line in filled]
        differences = tuple(_fill_in(name, line, registration) for name, line in filled)
        return Proof(registration, (*lines, *written), differences, round(time.perf_counter() - begun, 3))

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


def _red_at_edges_only(picture: Picture) -> bool:
    """Whether all red ink hangs on the paper's edge as slices do: the darkness map is blind to red, a note included."""
    factor = RED_DPI / picture.dpi
    red = cv2.resize(red_darkness(picture), None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) > RED
    joined = cv2.dilate(red.astype(np.uint8), np.ones((RED_JOIN, RED_JOIN), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    height, width = red.shape
    for label in range(1, count):
        if np.count_nonzero(red & (labels == label)) < RED_LEAST:
            continue
        x, y, w, h = (int(value) for value in stats[label][:4])
        depths = (x + w if x <= RED_JOIN else height, width - x if x + w >= width - RED_JOIN else height)
        falls = (y + h if y <= RED_JOIN else height, height - y if y + h >= height - RED_JOIN else height)
        if min(*depths, *falls) > RED_DEPTH:
            return False
    return True


def _two_tones(dark: Pixels) -> bool:
    counts = np.bincount(dark[::4, ::4].ravel(), minlength=256)
    return bool(counts[40:216].sum() < GREYS * counts[40:].sum())


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
    words = tuple(
        word.model_copy(update={"box": registration.place(word.box), "confidence": PROVED}) for word in line.words
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
