"""Dates in digits, hanzi numerals and the capitals of bank papers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from pipeline.values.parsed import MISSING, Parsed, bad, folded, mend_digits, numeric

_BLANK = re.compile(r"[年月日号_\-/.\s]*")
_TIME = re.compile(r"[T\s]+\d{1,2}[:：]\d{2}(?:[:：]\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?$")
_DIGITS = (
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?"),
    re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
_PARTIAL = re.compile(
    r"\d{4}(?:年(?:\d{1,2}月?)?日?|[-/.]\d{1,2})|(?:\d{4})?年?\d{1,2}月(?:\d{1,2}日?|日)?|\d{4}年月日?"
)
_HANZI = re.compile(
    r"([〇一二三四五六七八九]{4})年([〇一二三四五六七八九十]{1,3})月([〇一二三四五六七八九十]{1,4})[日号]?"
)
_NUMERALS = "〇一二三四五六七八九"
_CAPITALS = str.maketrans("零○◯壹壱贰貳貮弍叁参叄參肆伍陆陸柒捌玖拾", "〇〇〇一一二二二二三三三三四五六六七八九十")
_TENS = re.compile(rf"〇?([{_NUMERALS[1:]}])?十([{_NUMERALS[1:]}])?|〇?([{_NUMERALS[1:]}])")
_FIRST_YEAR, _LAST_YEAR = 1950, 2100


def parse_date(raw: str, *, pattern: str | None, options: Mapping[str, tuple[str, ...]]) -> Parsed:
    """ISO date; an unfilled `年 月 日` is missing, a half-filled one `incomplete`."""
    text = numeric(_TIME.sub("", folded(raw)))
    if _BLANK.fullmatch(text):
        return MISSING
    for candidate, problem in ((text, None), (_mended(text), "repaired")):
        numbers = _in_digits(candidate) or _in_hanzi(candidate)
        if numbers:
            return _dated(numbers, problem)
    return bad(None, "incomplete" if _PARTIAL.fullmatch(text) else "not_a_date")


def _mended(text: str) -> str:
    return mend_digits(text).replace("曰", "日").replace("口", "日")


def _in_digits(text: str) -> tuple[int, int, int] | None:
    for form in _DIGITS:
        match = form.fullmatch(text)
        if match:
            year, month, day = (int(part) for part in match.groups() if part.isdigit())
            return year, month, day
    return None


def _in_hanzi(text: str) -> tuple[int, int, int] | None:
    match = _HANZI.fullmatch(text.translate(_CAPITALS))
    if not match:
        return None
    month, day = _small(match[2]), _small(match[3])
    if month is None or day is None:
        return None
    return int("".join(str(_NUMERALS.index(char)) for char in match[1])), month, day


def _small(text: str) -> int | None:
    """1 to 99; bank papers put 零 before 壹 and before 壹拾 (`零壹拾月` is October, `零贰拾日` the 20th)."""
    match = _TENS.fullmatch(text)
    if not match:
        return None
    tens, ones, single = match.groups()
    if single:
        return _NUMERALS.index(single)
    return (_NUMERALS.index(tens) if tens else 1) * 10 + (_NUMERALS.index(ones) if ones else 0)


def _dated(numbers: tuple[int, int, int], problem: str | None) -> Parsed:
    try:
        value = date(*numbers)
    except ValueError:
        return bad(None, "no_such_date")
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        return bad(value.isoformat(), "out_of_range")
    return bad(value.isoformat(), problem) if problem else Parsed(value.isoformat())
