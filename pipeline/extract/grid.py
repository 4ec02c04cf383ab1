"""Tables of like rows on scanned pages: columns from the head and the white between, rows from the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import linear_regression

from pipeline.extract.anchors import Anchor, Keep, blocks, cut_lines, reading_order, runs_of, same_row
from pipeline.extract.fields import Raw
from pipeline.extract.glyphs import Glyph, Run, around, joined, letters
from pipeline.extract.labels import Label, LabelBook, Span
from pipeline.extract.rows import head_size, is_end
from pipeline.model import Box, Page
from pipeline.packs import FieldSpec, RowsSpec
from pipeline.values import parse

# Numbers and dates stand on one line, so they say where rows are; text may be wrapped.
_WRAPPED_TYPES = ("text", "address", "person_name", "job_title", "org_name", "number_text", "choice")
REACH = 1.6  # of the text height; how far a wrapped line may stand from the middle of its row

STEEPEST = 0.1  # a head row that falls more is no row


@dataclass(frozen=True)
class Grid:
    """The table under one head row; `lines` = places of the lines it took, `cells` = boxes by row, upright page."""

    lines: frozenset[Box]
    rows: tuple[dict[str, Raw], ...]
    cells: tuple[dict[str, Box], ...]


def find_grid(page: Page, spec: RowsSpec, labels: LabelBook, slope: float, keep: Keep | None = None) -> Grid | None:
    """The table of a page, None without a head row; it ends at an end word, a label of a field, or a heading."""
    head = _head(page, spec, slope, keep)
    if not head:
        return None
    tilt = slope + _slope(head)
    level = [_relevelled(anchor.run, _slope(head)) for anchor in head]
    lines = runs_of(page, tilt, keep)
    runs = [run for run in lines if run.middle > max(box[3] for box in level)]
    bottom = min((run.box[1] for run in runs if _stops(run, spec, labels)), default=page.height)
    inside = [run for run in runs if run.middle < bottom]
    lone = {run for run in inside if not any(same_row(run.box, o.box) for o in inside if o is not run)}
    last = max((run.middle + run.height for run in inside if run not in lone), default=page.height)
    cuts = _cuts(head, [word for run in inside if run.middle < last for word in _words(run)])
    # A line by itself across several columns is a heading, not a wrapped cell: there the table has ended.
    bottom = min((run.box[1] for run in lone if run.middle >= last and _crosses(run, cuts)), default=bottom)
    columns = _columns(head, [run for run in inside if run.middle < bottom], cuts)
    rows, middles = _rows(columns, spec)
    raws = tuple(_filled(row, page) for row in rows)
    edges = [head[0].run.box[0] - _margin(head), *cuts, head[-1].run.box[2] + _margin(head)]
    height = min(anchor.run.height for anchor in head)
    cells = tuple(
        {
            key: _cell(left, right, middle, height, tilt)
            for key, (left, right) in zip(columns, pairwise(edges), strict=True)
        }
        for middle in middles
    )
    area = around([*level, *(run.box for row in rows for parts in row.values() for run in parts)])
    return Grid(frozenset(run.origin for run in lines if area[1] <= run.middle <= area[3]), raws, cells)


def _margin(head: Sequence[Anchor]) -> float:
    return 2 * max(anchor.run.height for anchor in head)


def _cell(left: float, right: float, middle: float, height: float, slope: float) -> Box:
    """On the upright page."""
    drop, half = slope * (left + right) / 2, 0.8 * height
    return (left, middle + drop - half, right, middle + drop + half)


def _relevelled(run: Run, slope: float) -> Box:
    drop = slope * (run.box[0] + run.box[2]) / 2
    return (run.box[0], run.box[1] - drop, run.box[2], run.box[3] - drop)


def _stops(run: Run, spec: RowsSpec, labels: LabelBook) -> bool:
    if is_end(run.text, spec):
        return True
    spans = labels.spans(run, fuzzy=False)
    return bool(spans) and spans[0].start == 0 and (spans[0].colon or spans[0].end == len(run.glyphs))


def _filled(row: dict[str, list[Run]], page: Page) -> dict[str, Raw]:
    found = {}
    for key, runs in row.items():
        ordered = reading_order(runs)
        found[key] = Raw(
            text=joined([run.text for run in ordered]),
            page=page.number,
            box=around([run.origin for run in ordered]),
            confidence=min(run.confidence for run in ordered),
            source=page.text_source,
        )
    return found


def _head(page: Page, spec: RowsSpec, slope: float, keep: Keep | None) -> list[Anchor]:
    """The row with most different column labels, left to right; empty when no row has enough."""
    anchors, texts = cut_lines(page, LabelBook.of_rows(spec), slope, keep=keep)
    best: dict[str, Anchor] = {}
    for anchor in anchors:
        row = {mate.span.label.fields[0]: mate for mate in reversed(anchors) if same_row(anchor.run.box, mate.run.box)}
        if len(row) > len(best):
            best = row
    if len(best) < head_size(spec):
        return []
    row_box = next(iter(best.values())).run.box
    for run in texts:
        if same_row(row_box, run.box):
            _add_partial(best, run, spec)
    return sorted(best.values(), key=lambda mate: mate.run.box[0])


def _add_partial(head: dict[str, Anchor], run: Run, spec: RowsSpec) -> None:
    """A head cell of which only a part was read, where it can be but one column."""
    words = letters(run.text)
    fits = [
        (key, letters(label))
        for key, column in spec.columns.items()
        for label in column.labels
        if key not in head and words and words in letters(label)
    ]
    if len({key for key, _ in fits}) == 1:
        key, label = fits[0]
        head[key] = Anchor(run, Span(0, len(run.glyphs), Label(label, (key,)), False, False), alone=True)


def _slope(head: Sequence[Anchor]) -> float:
    """How a crooked scan lets the row fall, pt per pt: the straight line through the head cells."""
    across = [(anchor.run.box[0] + anchor.run.box[2]) / 2 for anchor in head]
    down = [anchor.run.middle for anchor in head]
    slope, _ = linear_regression(across, down)
    return slope if abs(slope) < STEEPEST else 0.0


def _cuts(head: Sequence[Anchor], words: Sequence[Run]) -> list[float]:
    """Between two columns: the middle of the widest white gap over all rows, else halfway between the head cells."""
    boxes = [anchor.run.box for anchor in head]
    taken = sorted((box[0], box[2]) for box in (*boxes, *(word.box for word in words)))
    cuts = []
    for left, right in pairwise(boxes):
        start, end = (left[0] + left[2]) / 2, (right[0] + right[2]) / 2
        gaps = []
        reached = start
        for x0, x1 in [*taken, (end, end)]:
            if x0 > reached and reached < end:
                gaps.append((min(x0, end) - reached, reached, min(x0, end)))
            reached = max(reached, x1)
        cuts.append(sum(max(gaps)[1:]) / 2 if gaps else (left[2] + right[0]) / 2)
    return cuts


def _crosses(run: Run, cuts: Sequence[float]) -> bool:
    return any(run.box[0] + run.height / 2 < cut < run.box[2] - run.height / 2 for cut in cuts)


def _columns(head: Sequence[Anchor], lines: Sequence[Run], cuts: Sequence[float]) -> dict[str, list[Run]]:
    edges = [float("-inf"), *cuts, float("inf")]
    columns: dict[str, list[Run]] = {anchor.span.label.fields[0]: [] for anchor in head}
    for line in lines:
        for key, (left, right) in zip(columns, pairwise(edges), strict=True):
            part = tuple(glyph for glyph in line.glyphs if left <= _centre(glyph) < right)
            if part:
                columns[key].append(Run(part))
    return columns


def _rows(columns: dict[str, list[Run]], spec: RowsSpec) -> tuple[list[dict[str, list[Run]]], list[float]]:
    """Runs by column for each row, and the middles of the rows."""
    single = [key for key in columns if spec.columns[key].type not in _WRAPPED_TYPES] or list(columns)
    middles = _middles([(key, run) for key in single for run in columns[key]], spec, need=min(2, len(single)))
    rows: list[dict[str, list[Run]]] = [{} for _ in middles]
    for key, runs in columns.items():
        for block in blocks(runs):
            for part in [block] if _one_row(block, middles) else [[run] for run in block]:
                box = around([run.box for run in part])
                place = _nearest((box[1] + box[3]) / 2, middles)
                reach = 0.0 if key in single else REACH * part[0].height
                if place is not None and _near(box, reach, middles[place]):
                    rows[place].setdefault(key, []).extend(part)
    return rows, middles


def _middles(entries: Sequence[tuple[str, Run]], spec: RowsSpec, need: int) -> list[float]:
    """Middles of the rows in which at least `need` of the one-line columns hold their check; a heading has none."""
    rows: list[list[tuple[str, Run]]] = []
    for entry in sorted(entries, key=lambda entry: entry[1].middle):
        if rows and same_row(rows[-1][0][1].box, entry[1].box):
            rows[-1].append(entry)
        else:
            rows.append([entry])
    full = [row for row in rows if len({key for key, run in row if _holds(spec.columns[key], run)}) >= need]
    return [sum(run.middle for _, run in row) / len(row) for row in full]


def _holds(column: FieldSpec, run: Run) -> bool:
    return parse(column.type, run.text, pattern=column.pattern, options=column.options).problem is None


def _one_row(block: Sequence[Run], middles: Sequence[float]) -> bool:
    top, bottom = min(run.box[1] for run in block), max(run.box[3] for run in block)
    return sum(top <= middle <= bottom for middle in middles) <= 1


def _near(box: Box, reach: float, middle: float) -> bool:
    return box[1] <= middle <= box[3] or abs((box[1] + box[3]) / 2 - middle) <= reach


def _nearest(middle: float, middles: Sequence[float]) -> int | None:
    return min(range(len(middles)), key=lambda place: abs(middles[place] - middle), default=None)


def _words(run: Run) -> list[Run]:
    words: list[list[Glyph]] = []
    for glyph in run.glyphs:
        if words and not glyph.spaced:
            words[-1].append(glyph)
        else:
            words.append([glyph])
    return [Run(tuple(word)) for word in words]


def _centre(glyph: Glyph) -> float:
    return (glyph.box[0] + glyph.box[2]) / 2
