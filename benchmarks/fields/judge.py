"""Read values against what was written: right, wrong and flagged, or wrong without a word."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Literal

from benchmarks.product import SHIPPED
from pipeline.model import Box, FieldValue, Finding

State = Literal["right", "flagged", "caught", "silent"]

KINDS = {
    "text": "text",
    "person_name": "text",
    "job_title": "text",
    "address": "text",
    "org_name": "company name",
    "uscc": "credit code",
    "number_text": "number",
    "money": "amount",
    "capitals": "amount in words",
    "date": "date",
    "mobile": "phone",
    "phone": "phone",
    "email": "e-mail, domain",
    "domain": "e-mail, domain",
    "integer": "count",
    "percent": "count",
    "months": "count",
    "choice": "choice",
    "bank_account": "account",
}
_NUMBERS = ("money", "capitals", "integer", "percent", "months")
_GRAVE = ("block", "hold")  # the severities that change a verdict
_SUMS = ("total", "total_capitals", "tax_net", "tax_amount")
_NAMES = ("agent_name", "invoice_title")
_LINE = re.compile(r"第 (\d+) 行")


@dataclass(frozen=True)
class Entry:
    """A field of a form: its type, and of a choice the printed words by canonical name."""

    type: str
    options: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Seen:
    """One value judged; `refused`, `doubted`: right, but a rule failed or was unsure because of it.

    flagged: its own document says that something is wrong there; caught: only the electronic copy shows it.
    """

    key: str
    type: str
    state: State
    meant: str
    told: str
    refused: bool = False
    doubted: bool = False
    page: int | None = None
    box: Box | None = None

    @property
    def kind(self) -> str:
        """The type in plain words."""
        return KINDS[self.type]


@cache
def form_of(document: str) -> Mapping[str, Entry]:
    """Fields and columns (`lines.qty`) of a shipped pack."""
    with (SHIPPED / "csp_order" / document / "pack.toml").open("rb") as file:
        pack = tomllib.load(file)
    fields = {key: _entry(spec) for key, spec in pack["fields"].items()}
    for table, rows in pack.get("rows", {}).items():
        fields |= {f"{table}.{key}": _entry(spec) for key, spec in rows["columns"].items()}
    return fields


def _entry(spec: Mapping[str, object]) -> Entry:
    options = spec.get("options", {})
    assert isinstance(options, dict)
    return Entry(str(spec["type"]), {name: tuple(words) for name, words in options.items()})


def column(key: str) -> str:
    """`lines.3.qty` is the column `lines.qty`; other keys stay."""
    parts = key.split(".")
    return f"{parts[0]}.{parts[2]}" if len(parts) == 3 else key


def same(entry: Entry, meant: str, told: str) -> bool:
    """Whether the canonical value says what was meant: numbers by value, dates by day, words without blanks."""
    if not meant or not told:
        return not meant and not told
    try:
        if entry.type in _NUMBERS:
            return Decimal(meant) == Decimal(told)
        if entry.type == "date":
            return date.fromisoformat(meant) == date.fromisoformat(told)
    except (InvalidOperation, ValueError):
        return False
    if entry.type == "choice":
        names = [name for name, words in entry.options.items() if meant in (name, *words)]
        return told in names
    if entry.type in ("mobile", "phone"):
        return _digits(meant) == _digits(told)
    if entry.type in ("email", "domain"):
        return _plain(meant).lower() == _plain(told).lower()
    return _plain(meant) == _plain(told)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


@dataclass(frozen=True)
class _Doubts:
    """Outcomes other than pass by the place they point at, and order lines named without a place (a cell unread)."""

    places: Mapping[tuple[int | None, Box], set[str]]
    lines: frozenset[str]

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> _Doubts:
        """Of the findings that change a verdict."""
        places: dict[tuple[int | None, Box], set[str]] = {}
        lines: set[str] = set()
        for finding in findings:
            if finding.severity not in _GRAVE or finding.outcome not in ("fail", "unsure", "error"):
                continue
            if finding.box is None:
                lines.update(_LINE.findall(finding.message.zh))
            else:
                places.setdefault((finding.page, finding.box), set()).add(finding.outcome)
        return cls(places, frozenset(lines))

    def at(self, value: FieldValue | None) -> set[str]:
        """What is said of the place of a value."""
        return self.places.get((value.page, value.box), set()) if value and value.box else set()

    def show(self, key: str, value: FieldValue | None) -> bool:
        """Whether a person is led to the value or its line."""
        return bool(self.at(value)) or (key.startswith("lines.") and key.split(".")[1] in self.lines)


def judge(
    form: Mapping[str, Entry],
    meant: Mapping[str, str],
    told: Mapping[str, FieldValue],
    findings: Iterable[Finding],
    beside: Iterable[Finding] = (),
) -> tuple[Seen, ...]:
    """Every field that was written or told; `beside` = what the comparison with the electronic copy found."""
    own, copy = _Doubts.of(findings), _Doubts.of(beside)
    keys = [*meant, *(key for key in told if key not in meant and column(key) in form)]
    right = {key: same(form[column(key)], meant.get(key, ""), _value(told.get(key))) for key in keys}
    seen = []
    for key in keys:
        value = told.get(key)
        near = [other for other in fellows(key, keys) if other != key]
        blame = _doubtful(value) or own.show(key, value) or any(own.at(told.get(other)) for other in near)
        state: State = "right"
        if not right[key]:
            state = "flagged" if blame or not _value(value) else "caught" if copy.show(key, value) else "silent"
        alone, said = right[key] and all(right[other] for other in near), own.at(value) | copy.at(value)
        seen.append(
            Seen(
                key=key,
                type=form[column(key)].type,
                state=state,
                meant=meant.get(key, ""),
                told=_value(value),
                refused=alone and "fail" in said,
                doubted=alone and (_doubtful(value) or bool(said & {"unsure", "error"})),
                page=value.page if value else None,
                box=value.box if value else None,
            )
        )
    return tuple(seen)


def fellows(key: str, keys: Iterable[str]) -> list[str]:
    """Fields that a rule judges together with this one, so that it may name one for the other's fault."""
    parts = key.split(".")
    if len(parts) == 3:
        row = [other for other in keys if other.split(".")[:2] == parts[:2]]
        return [*row, "total"] if parts[2] == "amount" else row
    return next((list(group) for group in (_SUMS, _NAMES) if key in group), [key])


def _value(value: FieldValue | None) -> str:
    return value.value.strip() if value else ""


def _doubtful(value: FieldValue | None) -> bool:
    return value is not None and value.problem not in (None, "tolerated")
