"""From raw text to a field value: the type's own check decides how far it may be believed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.model import Box, FieldValue, TextSource
from pipeline.packs import FieldSpec
from pipeline.values import folded, parse

FAILED_CONFIDENCE = 0.5
# Types whose check would refuse a heading or a neighbour's text.
_TELLING = frozenset(
    {
        "uscc",
        "money",
        "capitals",
        "date",
        "phone",
        "mobile",
        "email",
        "domain",
        "bank_account",
        "integer",
        "percent",
        "months",
    }
)
# Dust behind the last hanzi is read as a point.
_SPECK = re.compile(r"(?<=[\u3400-\u9fff])\s*[.,·'`‘’_\-]+$")
_FILLERS = " _＿\u3000:："


@dataclass(frozen=True)
class Raw:
    """A value as it stands on the paper; `confidence` = the worst word's."""

    text: str
    page: int | None = None
    box: Box | None = None
    confidence: float = 1.0
    source: TextSource = "text"


def field_value(spec: FieldSpec, raw: Raw) -> FieldValue | None:
    """None for an unfilled place; an OCR value that fails its check is never believed above 0.5."""
    text = raw.text.strip(_FILLERS)
    if raw.source == "ocr":
        text = _SPECK.sub("", text)
    parsed = parse(spec.type, text, pattern=spec.pattern, options=spec.options)
    if parsed.problem == "missing":
        return None
    doubted = not parsed.sure and raw.source == "ocr"
    return FieldValue(
        value=folded(text) if parsed.value is None else parsed.value,
        raw=text,
        page=raw.page,
        box=raw.box,
        confidence=min(raw.confidence, FAILED_CONFIDENCE) if doubted else raw.confidence,
        source=raw.source,
        problem=parsed.problem,
    )


def is_telling(spec: FieldSpec, value: FieldValue) -> bool:
    """Whether the value holds a check that wrong text would not."""
    return value.problem is None and (spec.type in _TELLING or spec.pattern is not None or bool(spec.options))
