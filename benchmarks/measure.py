"""What a benchmark says: rates with their intervals, tables, and the cases that went wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Goal = Literal["high", "low", "none"]
_FORBIDDEN = 4.0
_Z = 1.959964  # two-sided 95 %


def wilson(good: int, total: int) -> tuple[float, float]:
    """95 % score interval of a rate (Wilson 1927); (0, 1) when nothing was counted."""
    if total == 0:
        return 0.0, 1.0
    share = good / total
    middle = share + _Z**2 / (2 * total)
    reach = _Z * ((share * (1 - share) + _Z**2 / (4 * total)) / total) ** 0.5
    scale = 1 + _Z**2 / total
    low, high = (middle - reach) / scale, (middle + reach) / scale
    return (0.0 if good == 0 else low), (1.0 if good == total else high)


@dataclass(frozen=True)
class Rate:
    """`hits` of `total`; `goal` says which end is the good one (none: only described)."""

    hits: int
    total: int
    goal: Goal = "high"

    @classmethod
    def of(cls, answers: Iterable[bool], goal: Goal = "high") -> Rate:
        """Count answers."""
        listed = list(answers)
        return cls(sum(listed), len(listed), goal)

    @property
    def share(self) -> float | None:
        """hits / total; None when nothing was counted."""
        return self.hits / self.total if self.total else None

    @property
    def harm(self) -> float:
        """Lower end of the interval of the share that went wrong: few cases never look bad by chance.

        What may not happen at all weighs more than what only should be better.
        """
        if self.goal == "none" or not self.total:
            return 0.0
        wrong = self.total - self.hits if self.goal == "high" else self.hits
        return wilson(wrong, self.total)[0] * (_FORBIDDEN if self.goal == "low" else 1)

    def __str__(self) -> str:
        if self.share is None:
            return "–"
        low, high = wilson(self.hits, self.total)
        return f"{_percent(self.share)} {self.hits}/{self.total} [{_percent(low)}–{_percent(high)}]"

    def to_json(self) -> dict[str, Any]:
        """Counts, share and interval."""
        low, high = wilson(self.hits, self.total)
        share = None if self.share is None else round(self.share, 5)
        return {"hits": self.hits, "total": self.total, "share": share, "low": round(low, 5), "high": round(high, 5)}


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%" if share in (0, 1) else f"{100 * share:.1f}%"


@dataclass(frozen=True)
class Number:
    """A measured quantity that is no rate."""

    value: float
    unit: str = ""
    digits: int = 2

    def __str__(self) -> str:
        return f"{self.value:.{self.digits}f} {self.unit}".rstrip()

    def to_json(self) -> dict[str, Any]:
        """Value and unit."""
        return {"value": round(self.value, 6), "unit": self.unit}


Cell = Rate | Number | str | int


@dataclass(frozen=True)
class Table:
    """Rows by label; a cell that does not apply is left out."""

    title: str
    columns: Sequence[str]
    rows: Mapping[str, Mapping[str, Cell]]
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Nested mappings."""
        rows = {
            label: {column: cell.to_json() if isinstance(cell, Rate | Number) else cell for column, cell in row.items()}
            for label, row in self.rows.items()
        }
        return {"title": self.title, "note": self.note, "rows": rows}


@dataclass(frozen=True)
class Miss:
    """One case that went wrong: where it belongs, what happened, its picture below the output folder."""

    table: str
    row: str
    case: str
    what: str
    picture: str = ""


@dataclass(frozen=True)
class Section:
    """One part of the benchmark; `skipped` = lines that say what was not measured and why."""

    name: str
    tables: Sequence[Table] = ()
    misses: Sequence[Miss] = ()
    skipped: Sequence[str] = ()
    seconds: float = 0.0
    plots: Sequence[str] = field(default_factory=tuple)

    def to_json(self) -> dict[str, Any]:
        """Everything but the pictures themselves."""
        return {
            "seconds": round(self.seconds, 1),
            "tables": [table.to_json() for table in self.tables],
            "misses": [vars(miss) for miss in self.misses],
            "skipped": list(self.skipped),
            "plots": list(self.plots),
        }


@dataclass(frozen=True)
class Worst:
    """A cell of a table that stands out."""

    section: str
    table: str
    row: str
    column: str
    rate: Rate


def worst_cells(sections: Iterable[Section], count: int = 3) -> list[Worst]:
    """The cells with the most certain harm, one per row of a table."""
    cells: dict[tuple[str, str], Worst] = {}
    for section in sections:
        for table in section.tables:
            for label, row in table.rows.items():
                for column, cell in row.items():
                    if not isinstance(cell, Rate) or not cell.harm:
                        continue
                    known = cells.get((table.title, label))
                    if known is None or cell.harm > known.rate.harm:
                        cells[table.title, label] = Worst(section.name, table.title, label, column, cell)
    return sorted(cells.values(), key=lambda cell: -cell.rate.harm)[:count]
