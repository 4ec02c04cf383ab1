"""Text, choices, identifiers and small numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from rapidfuzz.distance import Levenshtein

from pipeline.values.parsed import MISSING, Parsed, bad, folded, numeric, squeezed

_Options = Mapping[str, tuple[str, ...]]
_INTEGER = re.compile(r"(-?\d{1,12}|-?\d{1,3}(?:,\d{3}){1,3})(?:\.0+)?(?:个|用户|许可|套|席|份|页|人|台)?")
_PERCENT = re.compile(r"(-?\d{1,3}(?:\.\d+)?)%?")
_MONTHS = re.compile(r"(\d{1,3})(个?月|months?|年|years?)?", re.IGNORECASE)
_BOX = re.compile(r"[□☐○☑☒■✓✔√●]")
_TICKED = re.compile(r"[☑☒■✓✔√●]([^□☐○☑☒■✓✔√●]+)")
# One wrong character in a shorter word may well be another word (年付 and 月付).
_FUZZY_LENGTH = 4
_ACCOUNT = re.compile(r"\d{8,32}")


def parse_text(raw: str, *, pattern: str | None, options: _Options) -> Parsed:
    """Any text; `pattern` must match it wholly, and what its group ( ) holds, if it has one, is the value."""
    text = folded(raw)
    return _matched(text, pattern) if text else MISSING


def parse_number_text(raw: str, *, pattern: str | None, options: _Options) -> Parsed:
    """Numbers of papers such as `AB-2026-0042`: no spaces, upper case; `pattern` as in `parse_text`."""
    text = numeric(raw).upper()
    if "·" in text:  # a dash in worn print
        mended = _matched(text.replace("·", "-"), pattern)
        return mended if mended.problem else bad(mended.value, "repaired")
    return _matched(text, pattern) if text else MISSING


def parse_integer(raw: str, *, pattern: str | None, options: _Options) -> Parsed:
    """Whole numbers with thousands commas and a counting word."""
    text = numeric(raw)
    if not text:
        return MISSING
    match = _INTEGER.fullmatch(text)
    return Parsed(str(int(match[1].replace(",", "")))) if match else bad(None, "not_a_number")


def parse_percent(raw: str, *, pattern: str | None, options: _Options) -> Parsed:
    """Percent as a plain decimal: `6%` and `6` are `6`."""
    text = numeric(raw)
    if not text:
        return MISSING
    match = _PERCENT.fullmatch(text)
    if not match:
        return bad(None, "not_a_percent")
    value = _plain(match[1])
    return Parsed(value) if 0 <= Decimal(value) <= 100 else bad(value, "out_of_range")


def parse_months(raw: str, *, pattern: str | None, options: _Options) -> Parsed:
    """A term in months; `1年` is 12."""
    text = numeric(raw)
    if not text:
        return MISSING
    match = _MONTHS.fullmatch(text)
    if not match:
        return bad(None, "not_a_term")
    years = (match[2] or "").lower().startswith(("年", "y"))
    return Parsed(str(int(match[1]) * (12 if years else 1)))


def parse_bank_account(raw: str, *, pattern: str | None, options: _Options) -> Parsed:
    """8 to 32 digits; blanks and hyphens between groups are dropped."""
    text = numeric(raw).replace("-", "")
    if not text:
        return MISSING
    return _matched(text, pattern) if _ACCOUNT.fullmatch(text) else bad(None, "not_an_account")


def parse_choice(raw: str, *, pattern: str | None, options: _Options) -> Parsed:
    """One of `options` (canonical name -> synonyms); of ticked boxes the ticked one, of several none."""
    text = squeezed(raw)
    ticked = _TICKED.findall(text)
    if ticked or _BOX.search(text):
        found = {_option(word, options) for word in ticked}
        name = found.pop() if len(found) == 1 else None
        return Parsed(name) if name else (bad(None, "not_an_option") if ticked else MISSING)
    if not text:
        return MISSING
    if not options:
        return Parsed(folded(raw))
    name = _option(text, options)
    return Parsed(name) if name else _nearest_option(text, options)


def _option(text: str, options: _Options) -> str | None:
    wanted = _bare(text)
    return next((name for name, words in options.items() if wanted in map(_bare, (name, *words))), None)


def _nearest_option(text: str, options: _Options) -> Parsed:
    wanted = _bare(text)
    near = {
        name
        for name, words in options.items()
        for word in map(_bare, (name, *words))
        if len(word) >= _FUZZY_LENGTH and Levenshtein.distance(wanted, word) == 1
    }
    return bad(near.pop(), "repaired") if len(near) == 1 else bad(None, "not_an_option")


def _bare(text: str) -> str:
    return squeezed(text).casefold().strip("_()[]:,.;、")


def _matched(text: str, pattern: str | None) -> Parsed:
    if pattern is None:
        return Parsed(text)
    match = re.fullmatch(pattern, text)
    if match is None:
        return bad(text, "pattern")
    return Parsed((match[1] if match.re.groups else None) or text)


def _plain(number: str) -> str:
    try:
        value = Decimal(number)
    except InvalidOperation:
        return number
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
