"""Labels on a page and the lines that belong to them, by geometry."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from pipeline.extract.glyphs import Glyph, Run, around, letters, line_run
from pipeline.extract.labels import LabelBook, Span, gap_before
from pipeline.model import Box, Page

BLOCK_GAP = 0.45  # of the text height; lines of one cell stand closer
ROW_SHARE = 0.5
TALLEST = 2.2  # times the label; larger writing beside it is a seal's

Keep = Callable[[Glyph], bool]


@dataclass(eq=False)
class Anchor:
    """A label on the page; `inline` follows it in its line, `owned` are the lines beside it, before `bound`."""

    run: Run
    span: Span
    alone: bool
    inline: Run | None = None
    gap: float = 0.0
    owned: list[Run] = field(default_factory=list)
    row_mates: list[Anchor] = field(default_factory=list)
    bound: float = 0.0

    @property
    def right(self) -> float:
        """Where the label ends, pt."""
        return self.run.box[2]

    def reaches(self, run: Run) -> bool:
        """The text begins right of the label, before the next label of that row, and is no seal's large writing."""
        slack = 0.5 * self.run.height
        after = self.inline.box[0] if self.inline else self.right
        beside = run.box[0] >= after - slack and (run.box[0] + run.box[2]) / 2 < self.bound
        return beside and run.height <= TALLEST * self.run.height


@dataclass(frozen=True)
class Layout:
    """The labels of a page and the lines that are none."""

    anchors: tuple[Anchor, ...]
    texts: tuple[Run, ...]


def layout(
    page: Page, book: LabelBook, slope: float, without: Collection[Box] = frozenset(), keep: Keep | None = None
) -> Layout:
    """Cuts the lines at labels and gives every other line to its label; lines placed as in `without` are left out."""
    anchors, texts = cut_lines(page, book, slope, without, keep)
    for anchor in anchors:
        mates = [other for other in anchors if other is not anchor and same_row(anchor.run.box, other.run.box)]
        anchor.row_mates = mates
        anchor.bound = min((o.run.box[0] for o in mates if o.run.box[0] >= anchor.right - 1), default=page.width)
    _give(texts, anchors)
    return Layout(tuple(anchors), tuple(texts))


def cut_lines(
    page: Page, book: LabelBook, slope: float, without: Collection[Box] = frozenset(), keep: Keep | None = None
) -> tuple[list[Anchor], list[Run]]:
    """Labels, and the lines or parts of lines before them that are none; glyphs that `keep` refuses are left out."""
    anchors: list[Anchor] = []
    texts: list[Run] = []
    fuzzy = page.text_source == "ocr"
    for run in runs_of(page, slope, keep):
        if run.origin not in without:
            _cut(run, book, anchors, texts, fuzzy=fuzzy)
    _join_stacked_labels(anchors, texts, book, fuzzy=fuzzy)
    return anchors, texts


def runs_of(page: Page, slope: float, keep: Keep | None = None) -> list[Run]:
    """The lines of a page."""
    runs = [run for line in page.lines if (run := line_run(line, slope))]
    if keep is None:
        return runs
    kept = (tuple(glyph for glyph in run.glyphs if keep(glyph)) for run in runs)
    return [Run(glyphs) for glyphs in kept if glyphs]


def same_row(a: Box, b: Box) -> bool:
    """More than half of the lower one's height in common."""
    common = min(a[3], b[3]) - max(a[1], b[1])
    return common > ROW_SHARE * min(a[3] - a[1], b[3] - b[1])


def centre_in(box: Box, area: Box) -> bool:
    """Whether the middle of `box` lies in `area`."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return area[0] <= x <= area[2] and area[1] <= y <= area[3]


def blocks(runs: Sequence[Run]) -> list[list[Run]]:
    """Lines that stand close under each other, as in one cell."""
    found: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: run.middle):
        home = next((block for block in found if stacked(block[-1], run)), None)
        if home is None:
            found.append([run])
        else:
            home.append(run)
    return found


def stacked(upper: Run, lower: Run) -> bool:
    """The second right under the first, with the same left edge or the same middle."""
    gap = lower.box[1] - upper.box[3]
    height = min(upper.height, lower.height)
    if lower is upper or lower.middle <= upper.middle or not -0.5 * height < gap < BLOCK_GAP * height:
        return False
    left = abs(upper.box[0] - lower.box[0]) < height
    centred = abs(upper.box[0] + upper.box[2] - lower.box[0] - lower.box[2]) < 2 * height
    return left or centred


def reading_order(runs: Sequence[Run]) -> list[Run]:
    """Rows from the top, each from left to right."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: run.middle):
        if rows and same_row(rows[-1][0].box, run.box):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [run for row in rows for run in sorted(row, key=lambda run: run.box[0])]


def _cut(run: Run, book: LabelBook, anchors: list[Anchor], texts: list[Run], *, fuzzy: bool) -> None:
    spans = book.spans(run, fuzzy=fuzzy)
    if not spans:
        texts.append(run)
        return
    if spans[0].start:
        texts.append(Run(run.glyphs[: spans[0].start]))
    for place, span in enumerate(spans):
        stop = spans[place + 1].start if place + 1 < len(spans) else len(run.glyphs)
        rest = run.glyphs[span.end : stop]
        anchors.append(
            Anchor(
                run=Run(run.glyphs[span.start : span.end]),
                span=span,
                alone=len(spans) == 1 and not rest,
                inline=Run(rest) if any(glyph.key for glyph in rest) else None,
                gap=gap_before(run.glyphs, span.end),
            )
        )


def _join_stacked_labels(anchors: list[Anchor], texts: list[Run], book: LabelBook, *, fuzzy: bool) -> None:
    """A label broken over two lines of its cell."""
    for upper in list(texts):
        for lower in list(texts):
            if upper not in texts or lower not in texts or not stacked(upper, lower):
                continue
            label = book.whole(upper.text + lower.text, fuzzy=fuzzy)
            if label and len(label.words) > len(letters(upper.text)):
                texts.remove(upper)
                texts.remove(lower)
                run = Run(upper.glyphs + lower.glyphs)
                anchors.append(Anchor(run, Span(0, len(run.glyphs), label, True, False), alone=True))


def _give(texts: Sequence[Run], anchors: Sequence[Anchor]) -> None:
    """Each line to the label of its row; lines in no label's row are further lines of a cell."""
    owner: dict[Run, Anchor] = {anchor.inline: anchor for anchor in anchors if anchor.inline}
    rest = []
    for run in texts:
        rows = [anchor for anchor in anchors if anchor.reaches(run) and same_row(anchor.run.box, run.box)]
        if rows:
            owner[run] = max(rows, key=lambda anchor: anchor.right)
        else:
            rest.append(run)
    settled = list(owner)
    for block in blocks(rest):
        _give_block(block, anchors, settled, owner)
    for run, anchor in owner.items():
        if run is not anchor.inline:
            anchor.owned.append(run)


def _give_block(block: list[Run], anchors: Sequence[Anchor], settled: Sequence[Run], owner: dict[Run, Anchor]) -> None:
    """Around a label's middle (an even number of lines), else next to the closest line that has a label."""
    box = around([run.box for run in block])
    slack = 0.1 * block[0].height
    beside = [a for a in anchors if a.reaches(block[0]) and box[1] - slack <= a.run.middle <= box[3] + slack]
    if beside:
        for run in block:
            owner[run] = min(beside, key=lambda anchor: abs(anchor.run.middle - run.middle))
        return
    near = [run for run in settled if stacked(run, block[0]) or stacked(block[-1], run)]
    if near:
        closest = min(near, key=lambda run: min(abs(run.middle - block[0].middle), abs(run.middle - block[-1].middle)))
        owner.update(dict.fromkeys(block, owner[closest]))
