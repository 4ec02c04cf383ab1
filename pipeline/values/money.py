"""Amounts in digits."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.values.parsed import MISSING, Parsed, bad, mend_digits, numeric

_CURRENCY = re.compile(r"^(?:¥|RMB|CNY|人民币)+|(?:元|圆|RMB|CNY)?整?$", re.IGNORECASE)
_CLEAN = re.compile(r"(-?)(0|[1-9]\d{0,14}|[1-9]\d{0,2}(?:,\d{3}){1,4})(?:\.(\d{1,2})0*)?")
# 115.200.00 or 115,200,00: thousands in threes, two places at the end, with comma and point misread.
_MIXED = re.compile(r"(-?)([1-9]\d{0,2}(?:[.,]\d{3}){1,4})[.,](\d{2})")


def parse_money(raw: str, *, pattern: str | None, options: Mapping[str, tuple[str, ...]]) -> Parsed:
    """A plain decimal with two places; ¥, RMB, CNY, 元 and thousands commas are dropped."""
    text = _CURRENCY.sub("", numeric(raw))
    if not text:
        return MISSING
    match = _CLEAN.fullmatch(text)
    if match:
        value = _amount(match)
        return bad(value, "negative") if match[1] else Parsed(value)
    mended = mend_digits(text)
    match = _CLEAN.fullmatch(mended) or _MIXED.fullmatch(mended)
    return bad(_amount(match), "repaired") if match else bad(None, "not_money")


def _amount(match: re.Match[str]) -> str:
    sign, whole, cents = match.groups()
    return f"{sign}{int(re.sub('[.,]', '', whole))}.{(cents or '').ljust(2, '0')}"
