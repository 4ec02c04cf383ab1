"""Order data written by machines or by hand: `order.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

from pipeline.model import Document, Line, Page, Submission
from pipeline.read.messages import unreadable

MAX_BYTES = 2_000_000


def read_order(path: Path, submission: Submission) -> Document:
    """Form keys are flattened, lists count from 1 (`lines.1.qty`); raises UnreadableError `damaged` or `too_large`."""
    if path.stat().st_size > MAX_BYTES:
        raise unreadable("too_large", submission.name, "作为订单数据过大", "is too large for order data")
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
        form = dict(_flat(data, ""))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        advice = ("请按样例改正后重新提交（UTF-8 编码）。", "Correct it after the sample (UTF-8) and submit it again.")
        raise unreadable(
            "damaged", submission.name, "不是有效的 TOML", f"is no valid TOML ({error})", advice=advice
        ) from None
    lines = tuple(Line(text=f"{key}: {value}") for key, value in form.items())
    page = Page(number=1, width=0.0, height=0.0, text_source="form", lines=lines)
    return Document(submission=submission, pages=(page,), form=form)


def _flat(value: object, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        for at, inner in enumerate(value, start=1):
            yield from _flat(inner, f"{key}.{at}")
    else:
        yield key, _text(value)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else str(value)
    return str(value)
