"""What may be concluded from a field: read, doubtful, blank or unread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from pipeline.model import Bilingual, Facts, FieldValue
from pipeline.packs import Pack
from pipeline.rules.wording import title_of
from pipeline.values import UNLIKE, squeezed

LEGIBLE = 0.80  # below this nothing is decided
SURE = 0.90  # below this nothing is refused
_EXACT = 0.98  # a text layer or form value, not a picture
_HARMLESS = (None, "tolerated")

State = Literal["read", "doubtful", "blank", "unread"]


@dataclass(frozen=True)
class Reading:
    """A field as evidence; `value` is None unless something was read."""

    key: str
    title: Bilingual
    state: State
    value: FieldValue | None = None

    @property
    def text(self) -> str:
        """The canonical value, empty when there is none."""
        return self.value.value if self.value else ""

    @property
    def sure(self) -> bool:
        """Read well enough to refuse a paper because of it."""
        return self.state == "read" and self.value is not None and self.value.confidence >= SURE

    @property
    def number(self) -> Decimal | None:
        """The value as a decimal, None when it is none or was not read well."""
        try:
            return Decimal(self.text) if self.state == "read" else None
        except InvalidOperation:
            return None

    @property
    def day(self) -> date | None:
        """The value as a date, None when it is none or was not read well."""
        try:
            return date.fromisoformat(self.text) if self.state == "read" else None
        except ValueError:
            return None

    @property
    def broken(self) -> bool:
        """A value of exact origin (text layer, form, data file) that fails its own check, not only looks unusual."""
        value = self.value
        return value is not None and value.problem not in (*_HARMLESS, *UNLIKE) and is_exact(value)

    def place(self) -> dict[str, Any]:
        """Page, box and confidence for a judgement about this field."""
        if self.value is None:
            return {}
        return {"page": self.value.page, "box": self.value.box, "confidence": self.value.confidence}


def is_exact(value: FieldValue) -> bool:
    """Whether the characters are certain, so that only the writer can be wrong."""
    return value.source in ("text", "form") and value.confidence >= _EXACT


def read_field(facts: Facts, pack: Pack | None, key: str) -> Reading:
    """A value with a problem or little confidence is doubtful; a key nobody found is unread unless seen blank."""
    title = title_of(pack, key)
    value = facts.extraction.fields.get(key)
    if value is None:
        return Reading(key, title, "blank" if _seen_blank(facts, pack, key) else "unread")
    if not value.value.strip() or value.problem == "missing":
        return Reading(key, title, "blank" if value.confidence >= LEGIBLE else "unread", value)
    doubtful = value.problem not in _HARMLESS or value.confidence < LEGIBLE
    return Reading(key, title, "doubtful" if doubtful else "read", value)


def _seen_blank(facts: Facts, pack: Pack | None, key: str) -> bool:
    """Exact text with the label but no value, or a registered form whose blanks were all looked into."""
    if key in facts.extraction.unread:
        return False
    if facts.document.submission.media in ("toml", "csv", "json"):
        return True
    spec = pack.column(key) if pack else None
    labels = [squeezed(label) for label in spec.labels] if spec else []
    exact = [page for page in facts.document.pages if page.text_source in ("text", "form")]
    if any(label in squeezed(page.text) for label in labels for page in exact):
        return True
    comparison = facts.observations.comparison
    return (
        comparison is not None
        and not comparison.missing
        and all(match.alignment == "registered" for match in comparison.pages)
        and "." not in key
    )


def rows_of(facts: Facts, table: str) -> tuple[int, ...]:
    """Row numbers of a table of which at least one cell was seen."""
    keys = [*facts.extraction.fields, *facts.extraction.unread]
    parts = [key.split(".") for key in keys if key.startswith(f"{table}.")]
    return tuple(sorted({int(part[1]) for part in parts if len(part) == 3 and part[1].isdigit()}))
