"""Page numbers of one document together: whether they are complete, and how they are told to people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pipeline.model import Sheet


@dataclass(frozen=True)
class Run:
    """The page numbers of pages taken for one document, in the order of the pages."""

    sheets: tuple[Sheet, ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """As printed, in the order of the pages."""
        return tuple(sheet.number for sheet in self.sheets)

    @property
    def total(self) -> int | None:
        """The one total that all pages name; None when they name none or several."""
        totals = {sheet.total for sheet in self.sheets}
        return next(iter(totals)) if len(totals) == 1 else None

    @property
    def is_whole(self) -> bool:
        """Every page up to the total exactly once."""
        return self.total is not None and sorted(self.numbers) == list(range(1, self.total + 1))

    @property
    def counts_up(self) -> bool:
        """Two pages or more numbered from 1 without a gap, and no total to say whether that is all."""
        untold = all(sheet.total is None for sheet in self.sheets)
        return untold and len(self.sheets) > 1 and self.numbers == tuple(range(1, len(self.sheets) + 1))

    def lacks(self, sheet: Sheet) -> bool:
        """Whether this page is one that the document still lacks."""
        kinds = {each.kind for each in (*self.sheets, sheet) if each.kind}
        return (
            self.total is not None
            and sheet.total == self.total
            and sheet.number not in self.numbers
            and len(kinds) <= 1
        )


def pages_of(run: Run, language: Literal["zh", "en"]) -> str:
    """The numbers for a sentence."""
    numbers = ranges(run.numbers)
    if not numbers:
        return "没有页码" if language == "zh" else "pages without numbers"
    total = run.total
    if language == "zh":
        return f"是第 {numbers} 页" + (f"（共 {total} 页）" if total else "")
    return f"page {numbers}" + (f" of {total}" if total else "")


def ranges(numbers: Iterable[int]) -> str:
    """`1-3, 5`."""
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ", ".join(f"{first}-{last}" if first < last else f"{first}" for first, last in found)
