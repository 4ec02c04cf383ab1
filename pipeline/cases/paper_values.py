"""The value of one source of an outgoing paper; the grammar stands in `pipeline.packs.sources`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pipeline.cases.case_facts import CaseFacts
from pipeline.cases.wording import as_amount, as_date, capitals, chinese_date, due_date, field_text, masked, money
from pipeline.packs import CaseType, World
from pipeline.packs.sources import CAPITALS, Source
from pipeline.values import DueDate, add_business_days


@dataclass(frozen=True)
class Known:
    """Everything sources look into."""

    case_type: CaseType
    facts: CaseFacts
    world: World

    def text(self, source: Source) -> str | None:
        """What is printed; None when the source has no value."""
        match source.kind:
            case "field":
                return self._field(source)
            case "clock" | "before" | "after":
                due = self._due(source)
                return due_date(due) if due else None
            case "date" | "money" | "capitals" | "masked":
                return self._styled(source)
            case "due":
                return self._amount(source.name)
        plain = self._plain(source)
        day = as_date(plain) if plain and source.kind in ("life", "register") else None
        return chinese_date(day) if day else plain

    def _plain(self, source: Source) -> str | None:
        """The value as kept: dates in ISO form, amounts as plain numbers."""
        match source.kind:
            case "text":
                return source.words
            case "field":
                value = self.facts.field(source.name, source.column)
                return value.value if value else None
            case "register":
                return self._register(source)
            case "life":
                return self.facts.life.get(source.name) or None
            case "if":
                return source.words if self.facts.life.get(source.name) else None
            case "within" | "late":
                return self._span(source)
            case "reminder":
                count = self.facts.reminders.get(source.name, 0)
                return str(count) if count else None
            case "due":
                amount = self.facts.amounts.get(source.name.removesuffix(CAPITALS))
                return None if amount is None else str(amount)
            case "case":
                return (self.facts.id if source.name == "id" else self.facts.label) or None
            case "clock" | "before" | "after":
                due = self._due(source)
                return due.date.isoformat() if due else None
            case "date" | "money" | "capitals" | "masked":
                return self._styled(source)
        return None  # the paper's own number, allocated later

    def _field(self, source: Source) -> str | None:
        value, spec = self._plain(source), self.case_type.packs[source.name].column(source.column)
        return field_text(value, spec) if value and spec else None

    def _register(self, source: Source) -> str | None:
        wanted = {column: self._plain(inner) for column, inner in source.where}
        if None in wanted.values():
            return None
        for row in self.world.registers.get(source.name, ()):
            if _in_force(row, self.world.today) and all(
                str(row.get(column, "")) == value for column, value in wanted.items()
            ):
                value = row.get(source.column)
                return None if value is None or value == "" else str(value)
        return None

    def _due(self, source: Source) -> DueDate | None:
        if source.kind == "clock":
            return self.facts.due.get(source.name) or self._stopped(source.name)
        day = self._day(source.inner)
        sign = 1 if source.kind == "after" else -1
        return add_business_days(day, sign * source.days) if day else None

    def _stopped(self, name: str) -> DueDate | None:
        """The last good day of a clock that has started, so that a paper says the same when the clock has stopped."""
        spec = next((clock for clock in self.case_type.clocks if clock.id == name), None)
        start = as_date(self.facts.life.get(spec.start, "")) if spec else None
        if spec is None or start is None:
            return None
        if spec.business_days is not None:
            return add_business_days(start, spec.business_days)
        return DueDate(start + timedelta(days=spec.days or 0), provisional=False)

    def _day(self, source: Source | None) -> date | None:
        plain = self._plain(source) if source else None
        return as_date(plain) if plain else None

    def _span(self, source: Source) -> str | None:
        start, end = (as_date(self.facts.life.get(name, "")) for name in (source.name, source.other))
        if start is None or end is None:
            return None
        late = end > add_business_days(start, source.days).date
        return source.words if late == (source.kind == "late") else None

    def _amount(self, name: str) -> str | None:
        amount = self.facts.amounts.get(name.removesuffix(CAPITALS))
        if amount is None:
            return None
        return capitals(amount) if name.endswith(CAPITALS) else money(amount)

    def _styled(self, source: Source) -> str | None:
        plain = self._plain(source.inner) if source.inner else None
        if not plain:
            return None
        if source.kind == "masked":
            return masked(plain)
        if source.kind == "date":
            day = as_date(plain)
            return chinese_date(day) if day else None
        amount: Decimal | None = as_amount(plain)
        if amount is None:
            return None
        return capitals(amount) if source.kind == "capitals" else money(amount)


def _in_force(row: Mapping[str, Any], today: date) -> bool:
    """Whether a register's row that has a term may be used today."""
    begins, ends = row.get("valid_from"), row.get("valid_to")
    return not (isinstance(begins, date) and begins > today) and not (isinstance(ends, date) and ends < today)
