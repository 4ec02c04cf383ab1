"""Candidates for every field from all sources, and the choice between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.extract.anchors import Keep, Layout, centre_in, layout
from pipeline.extract.beside import APART, TIGHT, Found, Part, found_values, in_parts, merged
from pipeline.extract.cells import CellValue, cell_values, line_values
from pipeline.extract.crossread import Pen, weighed
from pipeline.extract.fields import Raw, field_value, is_telling
from pipeline.extract.glyphs import Run, page_slope
from pipeline.extract.grid import Grid, find_grid
from pipeline.extract.labels import LabelBook
from pipeline.extract.rows import cell_rows
from pipeline.model import Box, Cell, Document, Extraction, FieldValue, Page
from pipeline.packs import FieldSpec, Pack
from pipeline.values import UNLIKE, squeezed

# Order of trust; the places of `anchors` rank below these.
FORM, BLANK, CELL = 6.0, 5.0, 4.0
SOUND = 0.5  # a value that holds its own check
READ_AGAIN = 0.8  # below this confidence a value is read a second time
SCATTERED = "scattered"
SURE_ALONE = 0.8  # a crop read by the recogniser alone must be this clear


@dataclass(frozen=True)
class _Candidate:
    value: FieldValue
    score: float


class Collector:
    """Gathers candidates source by source; a key whose form value or row is known is not looked for again."""

    def __init__(self, document: Document, pack: Pack, pen: Pen | None) -> None:
        self._document, self._pack, self._pen = document, pack, pen
        self._book = LabelBook.of_pack(pack)
        self._layouts: dict[int, Layout] = {}
        self._grids: dict[int, list[tuple[str, Grid]]] = {}
        self._candidates: dict[str, list[_Candidate]] = {}
        self._rows: dict[str, int] = dict.fromkeys(pack.rows, 0)
        self._settled: set[tuple[str, int | None]] = set()
        self._unread: set[str] = set()
        self._blank: set[str] = set()

    # --- sources --------------------------------------------------------------------------------------------------

    def from_form(self) -> None:
        """AcroForm and order data, by the blank's name or the field's own."""
        names = {spec.blank or key: key for key, spec in self._pack.fields.items()}
        for name, text in self._document.form.items():
            self._offer(names.get(name, name), Raw(text, source="form"), FORM)
        given = {name.partition(".")[0] for name in self._document.form if "." in name}
        self._settled = {(name, page.number) for name in given for page in self._document.pages}

    def from_blanks(self, blanks: Mapping[str, tuple[int, Box]]) -> None:
        """Text inside the registered places, read a second time where the caller allows it."""
        for key, spec in self._pack.fields.items():
            place = blanks.get(spec.blank or key)
            page = self._page(place[0]) if place else None
            if place is None or page is None or key in self._candidates:
                continue
            parts = _inside(self._layout(page), place[1])
            value = self._value(spec, parts, page)
            if page.text_source != "text":
                value = self._second(key, spec, value, parts, page, place[1])
            if value:
                self._add(key, value, BLANK)

    def from_cells(self) -> None:
        """Tables with cells, and `label: value` paragraphs."""
        for page in self._document.pages:
            for table in page.tables:
                used = self._table_rows(page, table.rows)
                rest = [row for number, row in enumerate(table.rows) if number not in used]
                self._cell_values(cell_values(page, rest, self._book))
            self._cell_values(line_values(page, self._book))
            self._settled |= {(name, page.number) for name in self._pack.rows if self._from_page(name, page)}

    def from_pages(self) -> None:
        """Labels and tables by geometry, on pages that have it."""
        for page in self._document.pages:
            if not any(line.box for line in page.lines):
                continue
            for found in found_values(self._layout(page), page_slope(page)):
                self._found(page, found)
            for name, grid in self._grids[page.number]:
                if (name, page.number) not in self._settled:
                    first = self._rows[name] + 1
                    self._add_rows(name, grid.rows)
                    self._unread_cells(page, name, grid, first)

    # --- the choice -----------------------------------------------------------------------------------------------

    def extraction(self) -> Extraction:
        """The best candidate of every field; equally good ones that differ leave the field ambiguous."""
        fields = {key: _best(candidates) for key, candidates in self._candidates.items()}
        return Extraction(fields=fields, unread=tuple(sorted(self._unread - set(fields))))

    def _offer(self, key: str, raw: Raw, score: float) -> None:
        spec = self._pack.column(key)
        value = field_value(spec, raw) if spec else None
        if value:
            self._add(key, value, score)

    def _add(self, key: str, value: FieldValue, score: float) -> None:
        self._candidates.setdefault(key, []).append(_Candidate(value, score + (0.0 if value.problem else SOUND)))

    # --- helpers of the sources -------------------------------------------------------------------------------------

    def _value(self, spec: FieldSpec, parts: Sequence[Part], page: Page) -> FieldValue | None:
        """All parts as one value; where that fails its check, the one part that holds it, with all parts as `raw`."""
        if not parts:
            return None
        whole = _valued(spec, merged(parts), page)
        if len(parts) == 1 or (whole and is_telling(spec, whole)):
            return whole
        single = [value for part in parts if (value := _valued(spec, part, page)) and is_telling(spec, value)]
        if len({value.value for value in single}) == 1:
            return single[0].model_copy(update={"raw": whole.raw}) if whole else single[0]
        doubt = {"confidence": min(whole.confidence, 0.5), "problem": whole.problem or SCATTERED} if whole else {}
        return whole.model_copy(update=doubt) if whole else None

    def _second(
        self, key: str, spec: FieldSpec, first: FieldValue | None, parts: Sequence[Part], page: Page, box: Box
    ) -> FieldValue | None:
        """Also settles whether a place without text is blank (absent) or illegible (unread)."""
        if self._pen is None:
            return first
        again = self._pen.read(page.number, box)
        if first:
            return self._agreed(spec, first, parts, page, again) if again and again.text else first
        if again is None:
            self._blank.add(key)
            return None
        value = field_value(spec, again) if again.confidence >= SURE_ALONE else None
        if value is None or value.problem:
            self._unread.add(key)
        return value

    def _agreed(self, spec: FieldSpec, first: FieldValue, parts: Sequence[Part], page: Page, again: Raw) -> FieldValue:
        """A part that the second reading has alone is the value, what stands beside it a seal's writing."""
        options = [value for part in parts if len(parts) > 1 and (value := _valued(spec, part, page))]
        same = [option for option in options if squeezed(option.raw) == squeezed(again.text)]
        return weighed(spec, same[0] if same else first, again)

    def _cell_values(self, values: Iterable[CellValue]) -> None:
        for value in values:
            for key in value.keys:
                self._offer(key, value.raw, CELL)

    def _table_rows(self, page: Page, rows: Sequence[Sequence[Cell]]) -> frozenset[int]:
        used: frozenset[int] = frozenset()
        for name, spec in self._pack.rows.items():
            found = cell_rows(page, rows, spec)
            used |= found.used
            if (name, page.number) not in self._settled:
                self._add_rows(name, found.rows)
        return used

    def _from_page(self, name: str, page: Page) -> bool:
        """Whether cells of this page gave rows, which must not be counted again from its lines."""
        return any(
            key.startswith(f"{name}.") and candidate.value.page == page.number
            for key, candidates in self._candidates.items()
            for candidate in candidates
        )

    def _add_rows(self, name: str, rows: Sequence[Mapping[str, Raw]]) -> None:
        for row in rows:
            self._rows[name] += 1
            for column, raw in row.items():
                self._offer(f"{name}.{self._rows[name]}.{column}", raw, CELL)

    def _unread_cells(self, page: Page, name: str, grid: Grid, first: int) -> None:
        """Cells of a row in which nothing was found: read again where that is possible."""
        for number, boxes in enumerate(grid.cells, start=first):
            for column, box in boxes.items():
                key = f"{name}.{number}.{column}"
                if key not in self._candidates:
                    found = Found((key,), APART, beside=box)
                    self._nothing(key, self._pack.rows[name].columns[column], page, found)
            # Where a head cell was not read, its column ran into the neighbour's and spoiled that one's check.
            row = [f"{name}.{number}.{column}" for column in self._pack.rows[name].columns]
            if any(item.value.problem for key in row for item in self._candidates.get(key, ())):
                self._unread.update(key for key in row if key not in self._candidates)

    def _found(self, page: Page, found: Found) -> None:
        weak = found.score <= TIGHT
        for key in found.keys:
            spec = self._pack.fields[key]
            value = self._value(spec, found.parts, page)
            if value and found.below and weak and not is_telling(spec, value):
                value = None
            if value is None:
                self._nothing(key, spec, page, found)
            elif found.score > 0 and not (weak and _fails(value)):
                if self._pen and found.beside and page.text_source == "ocr" and _doubtful(value) and not found.below:
                    again = self._pen.read(page.number, found.beside)
                    value = self._agreed(spec, value, found.parts, page, again) if again and again.text else value
                self._add(key, value, found.score)

    def _nothing(self, key: str, spec: FieldSpec, page: Page, found: Found) -> None:
        """A label without text beside it: blank where the picture shows no ink, else to be read by a person."""
        if page.text_source != "ocr" or key in self._blank or (found.score < APART and not found.below):
            return
        if self._pen and found.beside:
            again = self._pen.read(page.number, found.beside)
            if again is None:
                return
            value = field_value(spec, again) if again.confidence >= SURE_ALONE else None
            if value and is_telling(spec, value):
                self._add(key, value, TIGHT)
        self._unread.add(key)

    def _layout(self, page: Page) -> Layout:
        if page.number not in self._layouts:
            slope, keep = page_slope(page), self._keep(page)
            grids = {name: find_grid(page, spec, self._book, slope, keep) for name, spec in self._pack.rows.items()}
            self._grids[page.number] = [(name, grid) for name, grid in grids.items() if grid]
            taken = frozenset(box for grid in grids.values() if grid for box in grid.lines)
            self._layouts[page.number] = layout(page, self._book, slope, taken, keep)
        return self._layouts[page.number]

    def _keep(self, page: Page) -> Keep | None:
        """Leaves out what OCR read in a coloured seal; None where colour cannot tell."""
        pen = self._pen
        if pen is None or page.text_source != "ocr" or not page.colour:
            return None
        return lambda glyph: pen.is_print(page.number, glyph.origin)

    def _page(self, number: int) -> Page | None:
        return next((page for page in self._document.pages if page.number == number), None)


def _inside(page_layout: Layout, box: Box) -> tuple[Part, ...]:
    runs = []
    for run in (*page_layout.texts, *(anchor.inline for anchor in page_layout.anchors if anchor.inline)):
        glyphs = tuple(glyph for glyph in run.glyphs if centre_in(glyph.origin, box))
        if glyphs:
            runs.append(Run(glyphs))
    return in_parts(runs)


def _valued(spec: FieldSpec, part: Part, page: Page) -> FieldValue | None:
    return field_value(spec, Raw(part.text, page.number, part.box, part.confidence, page.text_source))


def _fails(value: FieldValue) -> bool:
    """Whether it is no such value at all; an unusual name is one, and must not be lost as if nothing stood there."""
    return value.problem is not None and value.problem not in UNLIKE


def _doubtful(value: FieldValue) -> bool:
    return value.problem is not None or value.confidence < READ_AGAIN


def _best(candidates: Sequence[_Candidate]) -> FieldValue:
    top = max(candidate.score for candidate in candidates)
    best = [candidate.value for candidate in candidates if candidate.score == top]
    if len({value.value for value in best}) == 1:
        return best[0]
    return best[0].model_copy(update={"problem": "ambiguous", "confidence": min(best[0].confidence, 0.5)})
