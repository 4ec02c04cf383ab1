"""The known values of a real invoice, and whether they stand in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

# Keys of the invoice truths that are printed on the paper as they stand; the others are derived or guessed.
AMOUNTS = ("amount", "amount_untaxed", "amount_tax", "price_subtotal", "price_unit", "price")
DATES = ("date", "date_due")
CODES = ("invoice_number", "iban", "vat")
NAMES = ("name", "desc", "partner_street")
GROUPS = {"amounts": AMOUNTS, "dates": DATES, "numbers and codes": CODES, "names and lines": NAMES}
MONTHS = (
    "january januar janvier januari", "february februar février februari", "march märz mars maart",
    "april avril", "may mai mei", "june juni juin", "july juli juillet", "august août augustus",
    "september septembre", "october oktober octobre", "november novembre", "december dezember décembre",
)  # fmt: skip


@dataclass(frozen=True)
class Value:
    """A value that stands on the paper, and the ways in which it may be written."""

    group: str
    key: str
    ways: tuple[str, ...]


def values(truth: Mapping[str, Any]) -> list[Value]:
    """Values of an invoice and its lines, each but once; what is not printed as such is left out."""
    found: dict[tuple[str, tuple[str, ...]], Value] = {}
    for source in (truth, *truth.get("lines", ())):
        for group, keys in GROUPS.items():
            for key in (name for name in keys if source.get(name) and not (name == "desc" and source is truth)):
                for ways in _ways(key, source[key]):
                    found.setdefault((group, ways), Value(group, key, ways))
    return list(found.values())


def _ways(key: str, value: Any) -> Iterable[tuple[str, ...]]:
    """How a value may be printed; a text of several lines is several values."""
    if key in AMOUNTS:
        whole, cents = f"{float(value):.2f}".split(".")
        yield f"{whole}.{cents}", f"{whole},{cents}"
    elif key in DATES:
        day = date.fromisoformat(str(value))
        plain = tuple(day.strftime(form) for form in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y"))
        yield (
            *plain,
            *(f"{day.day}{dot}{name}{day.year}" for name in MONTHS[day.month - 1].split() for dot in ("", ".")),
        )
    else:
        yield from ((line,) for line in str(value).splitlines() if line.strip())


def occurs(value: Value, text: str) -> bool:
    """Whether one of its ways stands in the text; amounts as numbers of their own, the rest without spaces."""
    if value.group == "amounts":
        return any(re.search(rf"(?<![\d.,]){re.escape(way)}(?!\d)", text) for way in value.ways)
    packed = tight(text)
    return any(tight(way) in packed for way in value.ways)


def tight(text: str) -> str:
    """Without spaces and capitals."""
    return re.sub(r"\s+", "", text).casefold()
