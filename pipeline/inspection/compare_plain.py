"""Comparison by text alone, for pages that do not lie over the form: re-flowed, other font, failed registration.

Its two witnesses are the page's reading and the second reading of the crop; the image has nothing to say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from rapidfuzz import fuzz

from pipeline.inspection.compare_paper import FRAME, FRAME_DPI, darkness
from pipeline.inspection.compare_reread import Window, read_again, strip_of
from pipeline.inspection.compare_runs import Aligned, Run
from pipeline.inspection.compare_text import HOLE, Mark, around, critical, fold, gist, text_of, whole_figures
from pipeline.model import Box, Difference, Page, PageSource, Pixels, TextReader

ASSURED = 0.85
CONTEXT = 6
SAME_HEAD = 80.0  # likeness (0..100) of a running head as read to the form's
GAP_IN_ROW, GAP_OF_ROWS = 1.5, 1.4  # of the height, and of the rows' usual distance, from which words may stand there
HOLE_REACH = 80  # characters that a filled blank may hold


@dataclass(frozen=True)
class PlainScene:
    """Text of one or all pages; `marked` = boxes of seals and slices by page (pt), `doubt` forbids any `change`."""

    aligned: Aligned
    marked: Mapping[int, Sequence[Box]]
    doubt: str
    clause: Callable[[int, Box], str]


def compare_plain(scene: PlainScene, pictures: PageSource, reader: TextReader) -> list[Difference]:
    """Differences of the words; layout and punctuation alone are none."""
    mask = critical(text_of(scene.aligned.expected))
    found: list[Difference] = []
    open_runs: list[tuple[Run, tuple[Mark, ...]]] = []
    for run in scene.aligned.runs:
        seen = tuple(mark for mark in scene.aligned.found[run.start : run.stop] if not _under_mark(scene, mark))
        fixed = text_of(scene.aligned.expected[run.lo : run.hi])
        if HOLE in _around(scene, run):
            found += _fill_in(scene, run, seen)
            fixed = fixed.replace(HOLE, "")
            seen = seen if fixed else ()
        if gist(fixed) != gist(text_of(seen)) and not (seen and not fixed and len(seen) <= 1):
            open_runs.append((run, seen))
    return found + _weighed(scene, open_runs, mask, pictures, reader)


def _weighed(
    scene: PlainScene,
    runs: Sequence[tuple[Run, tuple[Mark, ...]]],
    mask: Sequence[bool],
    pictures: PageSource,
    reader: TextReader,
) -> list[Difference]:
    windows: dict[int, Window] = {}
    for page in sorted({_page_of(scene, run, seen) for run, seen in runs}):
        dark = darkness(pictures.picture(page, FRAME_DPI))
        for number, (run, seen) in enumerate(runs):
            if _page_of(scene, run, seen) == page:
                windows[number] = _window(scene, run, seen, dark)
    order = sorted(windows)
    answers = dict(zip(order, read_again(reader, [windows[number] for number in order]), strict=True))
    found = []
    for number, (run, seen) in enumerate(runs):
        answer, said = answers[number]
        weighty = any(mask[run.lo : run.hi]) or any(critical(text_of(seen)))
        if answer == "expected" and not weighty:
            continue
        # Beside a filled blank it is not known which characters are the blank's, under a seal which are the seal's.
        apart = HOLE not in text_of(scene.aligned.expected[run.lo : run.hi])
        clear = apart and not _beside_mark(scene, run) and not _may_be_overlooked(scene, run, seen)
        sure = clear and answer == "found" and min((mark.confidence for mark in seen), default=1.0) >= ASSURED
        found.append(_difference(scene, run, seen, said.text, sure=sure and not scene.doubt, weighty=weighty))
    return found


def _difference(
    scene: PlainScene, run: Run, seen: tuple[Mark, ...], said: str, *, sure: bool, weighty: bool
) -> Difference:
    marks = scene.aligned.expected
    own = marks[min(run.lo, len(marks) - 1)]
    near = seen or scene.aligned.found[max(run.start - 1, 0) : run.start + 1]
    page = _page_of(scene, run, seen)
    boxes = [mark.box for mark in near if mark.page == page]
    expected = text_of(marks[run.lo : run.hi]).replace(HOLE, "")
    before = text_of(marks[max(run.lo - CONTEXT, 0) : run.lo]).replace(HOLE, "")
    after = text_of(marks[run.hi : run.hi + CONTEXT]).replace(HOLE, "")
    words = whole_figures(before, expected, text_of(seen), after)
    notes = (["critical"] if weighty else []) + ([scene.doubt] if scene.doubt else [])
    return Difference(
        kind="change" if sure else "reading",
        page=page,
        reference_page=own.page,
        box=around(boxes) if boxes else None,
        clause=scene.clause(own.page, own.box),
        expected=words[0],
        found=words[1],
        confidence=0.9 if sure else 0.5,
        signals=("text", "reread") if sure else ("text",),
        note="; ".join([*notes, f"…{before}[{expected}→{text_of(seen)}]{after}… reread: {said}"]),
    )


def _window(scene: PlainScene, run: Run, seen: tuple[Mark, ...], dark: Pixels) -> Window:
    """The row of the page about the run: what the page read there, and what it would read were it unchanged."""
    found = scene.aligned.found
    page = _page_of(scene, run, seen)
    anchor = seen[0] if seen else found[min(max(run.start - 1, 0), len(found) - 1)]
    line = [at for at, mark in enumerate(found) if mark.page == page and mark.line == anchor.line]
    here = run.start if seen else max(run.start - 1, 0)
    row = [at for at in line if here - 8 <= at < min(run.stop, here + 14) + 8] or line
    box = around(found[at].box for at in row)
    head = text_of([found[at] for at in row if at < run.start])
    tail = text_of([found[at] for at in row if at >= run.stop])
    x0, top, x1, bottom = (side * FRAME for side in box)
    own = text_of(scene.aligned.expected[run.lo : run.hi]).replace(HOLE, "")
    middle = text_of([found[at] for at in row if run.start <= at < run.stop])
    return Window(strip_of(dark, x0, top, x1, bottom), head + own + tail, head + middle + tail)


def _page_of(scene: PlainScene, run: Run, seen: tuple[Mark, ...]) -> int:
    found = scene.aligned.found
    return seen[0].page if seen else found[min(max(run.start - 1, 0), len(found) - 1)].page


def _under_mark(scene: PlainScene, mark: Mark) -> bool:
    x, y = (mark.box[0] + mark.box[2]) / 2, (mark.box[1] + mark.box[3]) / 2
    return any(x0 - 3 <= x <= x1 + 3 and y0 - 3 <= y <= y1 + 3 for x0, y0, x1, y1 in scene.marked.get(mark.page, ()))


def _beside_mark(scene: PlainScene, run: Run) -> bool:
    """Whether the run, or what stands on either side of it, lies under a seal or slice.

    Where words are not read at all, a seal anywhere on the rows between their neighbours may have hidden them.
    """
    near = _near(scene, run, 1)
    if any(_under_mark(scene, mark) for mark in near):
        return True
    if run.start < run.stop or not near:
        return False
    top, bottom = min(mark.box[1] for mark in near), max(mark.box[3] for mark in near)
    return any(
        box[1] < bottom and top < box[3] for page in {mark.page for mark in near} for box in scene.marked.get(page, ())
    )


def _near(scene: PlainScene, run: Run, reach: int) -> Sequence[Mark]:
    """The run and so many characters on either side, beyond those by which the alignment might as well have shifted it.

    Of “A less B over A” read as “A”, it keeps the first or the last A alike.
    """
    left, right, marks = 0, 0, scene.aligned.expected
    if run.start == run.stop:
        while run.lo > left and marks[run.lo - left - 1].char == marks[run.hi - left - 1].char:
            left += 1
        while run.hi + right < len(marks) and marks[run.lo + right].char == marks[run.hi + right].char:
            right += 1
    return scene.aligned.found[max(run.start - left - reach, 0) : run.stop + right + reach]


def _may_be_overlooked(scene: PlainScene, run: Run, seen: tuple[Mark, ...]) -> bool:
    """Whether words not read may still stand in a gap, of a row or between two, that the detector passed over.

    Reading the rows beside it again says nothing about a gap.
    """
    fixed = text_of(scene.aligned.expected[run.lo : run.hi])
    if len(gist(fixed)) <= len(gist(text_of(seen))):
        return False
    # What an alignment leaves out may lie a few equal characters off: of “5.1” after “5. …” it keeps the later 5.
    near = _near(scene, run, CONTEXT)
    lines = {mark.line: mark for mark in scene.aligned.found if near and mark.page == near[0].page}  # by its last one
    levels = sorted((mark.box[1] + mark.box[3]) / 2 for mark in lines.values())
    pitch = float(np.median(np.diff(levels))) if len(levels) > 1 else 0.0
    margin = float(np.quantile([mark.box[2] for mark in lines.values()], 0.9)) if lines else 0.0
    return any(_gap_between(left, right, pitch, margin) for left, right in pairwise(near))


def _gap_between(left: Mark, right: Mark, pitch: float, margin: float) -> bool:
    """Whether words may stand between two characters read one after the other; `margin` = where full rows end."""
    wide = GAP_IN_ROW * (left.box[3] - left.box[1])
    if left.page == right.page and left.line == right.line:
        return right.box[0] - left.box[2] > wide
    below = (right.box[1] + right.box[3] - left.box[1] - left.box[3]) / 2
    return left.page != right.page or below > GAP_OF_ROWS * pitch or margin - left.box[2] > wide


def _around(scene: PlainScene, run: Run) -> list[str]:
    return [mark.char for mark in scene.aligned.expected[max(run.lo - 1, 0) : run.hi + 1]]


def _fill_in(scene: PlainScene, run: Run, seen: tuple[Mark, ...]) -> list[Difference]:
    if not seen or run.stop - run.start > HOLE_REACH:
        return []
    page = seen[0].page
    own = scene.aligned.expected[min(run.lo, len(scene.aligned.expected) - 1)]
    return [
        Difference(
            kind="fill_in",
            page=page,
            reference_page=own.page,
            box=around(mark.box for mark in seen if mark.page == page),
            found=text_of(seen),
            confidence=min(mark.confidence for mark in seen),
            signals=("text",),
        )
    ]


def without_heads(
    form: Sequence[Page], expected: Sequence[Mark], pages: Sequence[Page], found: Sequence[Mark]
) -> tuple[list[Mark], list[Mark]]:
    """Both texts without running heads and page numbers, which fall elsewhere in a copy of another layout."""
    counts = Counter(head for page in form for head in {_head(line.text) for line in page.lines})
    heads = [head for head, count in counts.items() if head and count > len(form) / 2]
    return _body(form, expected, heads), _body(pages, found, heads)


def _body(pages: Sequence[Page], found: Sequence[Mark], heads: Sequence[str]) -> list[Mark]:
    two_as_one = [left + right for left in heads for right in heads if left != right]
    running: set[tuple[int, int]] = set()
    for page in pages:
        for row in _level_lines(page):
            texts = [_head(page.lines[number].text) for number in row]
            whole = _is_any("".join(texts), [*heads, *two_as_one])
            running |= {
                (page.number, number)
                for number, text in zip(row, texts, strict=True)
                if whole or _is_any(text, [*heads, *two_as_one])
            }
    return [mark for mark in found if (mark.page, mark.line) not in running]


def _is_any(text: str, heads: Sequence[str]) -> bool:
    return any(fuzz.ratio(text, head) >= SAME_HEAD for head in heads)


def _level_lines(page: Page) -> list[list[int]]:
    """Numbers of the lines that stand side by side, left to right: a reader breaks a running head at its gaps."""
    rows: list[tuple[float, list[int]]] = []
    boxed = [(line.box, number) for number, line in enumerate(page.lines) if line.box is not None]
    for box, number in sorted(boxed, key=lambda item: item[0][1] + item[0][3]):
        middle = (box[1] + box[3]) / 2
        if rows and middle - rows[-1][0] < 0.4 * (box[3] - box[1]):
            rows[-1][1].append(number)
        else:
            rows.append((middle, [number]))
    lefts = {number: box[0] for box, number in boxed}
    return [sorted(row, key=lefts.__getitem__) for _, row in rows]


def _head(line: str) -> str:
    return re.sub(r"[0-9]+", "#", fold(line))
