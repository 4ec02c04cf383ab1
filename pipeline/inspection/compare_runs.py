"""Two sequences of characters laid side by side: reading order, alignment, runs that differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from rapidfuzz.distance import Levenshtein

from pipeline.inspection.compare_text import HOLE, Mark, text_of

SAME_ROW = 0.45  # of the line height: centres closer than this stand in one row
LEVEL = 0.2  # of the line height by which figures may stand higher than the hanzi of their row


@dataclass(frozen=True)
class Run:
    """`expected[lo:hi]` of the reference reads `found[start:stop]` on the page."""

    lo: int
    hi: int
    start: int
    stop: int


@dataclass(frozen=True)
class Aligned:
    """Both texts, which reference characters were found where (`pairs`), and the runs that differ."""

    expected: tuple[Mark, ...]
    found: tuple[Mark, ...]
    pairs: tuple[tuple[int, int], ...]
    runs: tuple[Run, ...]

    @property
    def share(self) -> float:
        """Share 0..1 of the reference's characters found on the page."""
        fixed = sum(mark.char != HOLE for mark in self.expected)
        return len(self.pairs) / fixed if fixed else 1.0


def in_rows(found: Sequence[Mark]) -> list[Mark]:
    """Reading order: rows top to bottom, left to right inside; cells that stand side by side become one row."""
    if not found:
        return []
    height = median(mark.box[3] - mark.box[1] for mark in found if mark.char != HOLE or len(found) == 1)
    rows: list[tuple[float, list[Mark]]] = []
    for _, line in sorted(_lines(found), key=lambda item: item[0]):
        middle = _middle(line)
        fitting = [row for row in rows[-4:] if abs(row[0] - middle) < SAME_ROW * height and not _overlap(row[1], line)]
        if fitting:
            min(fitting, key=lambda row: abs(row[0] - middle))[1].extend(line)
        else:
            rows.append((middle, list(line)))
    rows.sort(key=lambda row: row[0])
    return [mark for _, row in rows for mark in sorted(row, key=lambda mark: mark.box[0] + mark.box[2])]


def beside(found: Sequence[Mark], expected: Sequence[Mark]) -> list[Mark]:
    """Characters of a page, already in the reference's frame, in the reading order of the reference's rows.

    A line that stands where the reference has one takes that row's place, so that merged or split table cells fall
    into the same order; a line that stands elsewhere keeps its own height.
    """
    height = median([mark.box[3] - mark.box[1] for mark in expected if mark.char != HOLE] or [10.0])
    levels = _levels([_middle([mark]) for mark in expected if mark.char != HOLE], LEVEL * height)
    placed: list[tuple[float, list[Mark]]] = []
    for middle, line in sorted(_lines(found), key=lambda item: item[0]):
        level = min(levels, key=lambda value: abs(value - middle), default=middle)
        at = level if abs(level - middle) < SAME_ROW * height else middle
        if any(row == at and _overlap(other, line) for row, other in placed):
            at = middle
        placed.append((at, list(line)))
    rows: dict[float, list[Mark]] = {}
    for level, line in placed:
        key = next((row for row in rows if abs(row - level) < 0.1 and not _overlap(rows[row], line)), level)
        while key in rows and _overlap(rows[key], line):
            key += 0.01
        rows.setdefault(key, []).extend(line)
    return [mark for at in sorted(rows) for mark in sorted(rows[at], key=lambda mark: mark.box[0] + mark.box[2])]


def align(expected: Sequence[Mark], found: Sequence[Mark]) -> Aligned:
    """The shortest edit of the reference text into the page's; edits closer than two characters become one run."""
    pairs: list[tuple[int, int]] = []
    runs: list[Run] = []
    for code in Levenshtein.opcodes(text_of(expected), text_of(found)):
        if code.tag == "equal":
            pairs += zip(range(code.src_start, code.src_end), range(code.dest_start, code.dest_end), strict=True)
            continue
        run = Run(code.src_start, code.src_end, code.dest_start, code.dest_end)
        if runs and _belongs(expected, runs[-1], run):
            run = Run(runs[-1].lo, run.hi, runs[-1].start, run.stop)
            runs.pop()
        runs.append(run)
    return Aligned(tuple(expected), tuple(found), tuple(pairs), tuple(_trimmed(run, expected, found) for run in runs))


def _trimmed(run: Run, expected: Sequence[Mark], found: Sequence[Mark]) -> Run:
    """Without what both begin or end with: a row left out between two alike figures is left out, not exchanged."""
    lo, hi, start, stop = run.lo, run.hi, run.start, run.stop
    while lo < hi and start < stop and expected[hi - 1].char == found[stop - 1].char:
        hi, stop = hi - 1, stop - 1
    while lo < hi and start < stop and expected[lo].char == found[start].char:
        lo, start = lo + 1, start + 1
    return Run(lo, hi, start, stop)


def _belongs(expected: Sequence[Mark], first: Run, second: Run) -> bool:
    """Edits that touch are one, and a lone equal character between two is chance; a blank's content stays by itself."""
    gap = second.lo - first.hi
    if gap != second.start - first.stop or gap > 1:
        return False
    if gap == 0 and len({mark.char == HOLE for mark in expected[first.lo : second.hi]}) <= 1:
        return True
    return not any(mark.char == HOLE for mark in expected[max(first.lo - 1, 0) : second.hi + 1])


def _lines(found: Sequence[Mark]) -> list[tuple[float, list[Mark]]]:
    """Characters grouped by the line they were read in, with the line's middle; every hole is a line of its own."""
    groups: dict[tuple[int, int, int], list[Mark]] = {}
    for at, mark in enumerate(found):
        groups.setdefault((mark.page, mark.line, at if mark.char == HOLE else -1), []).append(mark)
    return [(_middle(line), line) for line in groups.values()]


def _levels(middles: Sequence[float], apart: float) -> list[float]:
    """Heights of rows: middles no further than `apart` from the next one are of one row."""
    groups: list[list[float]] = []
    for middle in sorted(middles):
        if groups and middle - groups[-1][-1] < apart:
            groups[-1].append(middle)
        else:
            groups.append([middle])
    return [median(group) for group in groups]


def _middle(line: Sequence[Mark]) -> float:
    return float(median((mark.box[1] + mark.box[3]) / 2 for mark in line))


def _overlap(first: Sequence[Mark], second: Sequence[Mark]) -> bool:
    """Whether two lines cover the same stretch of a row by more than a character."""
    left = max(min(mark.box[0] for mark in first), min(mark.box[0] for mark in second))
    right = min(max(mark.box[2] for mark in first), max(mark.box[2] for mark in second))
    return right - left > 12.0 and all(
        any(left <= (mark.box[0] + mark.box[2]) / 2 <= right for mark in line) for line in (first, second)
    )
