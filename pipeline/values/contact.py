"""Telephone numbers, mail addresses and host names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.values.parsed import MISSING, Parsed, bad, mend_digits, numeric

_Options = Mapping[str, tuple[str, ...]]
_COUNTRY = re.compile(r"^(?:\+|00)86-?|^86-|^86(?=1[3-9]\d{9}$)")
_MOBILE = re.compile(r"1[3-9]\d{9}")
# 010 and 02x are the only three-digit area codes; all others have four digits.
_LANDLINE = re.compile(r"\(?(010|02\d|0[3-9]\d{2})\)?-?(\d{7,8})(?:(?:-|转|ext\.?)(\d{1,6}))?", re.IGNORECASE)
_SERVICE = re.compile(r"([48]00)-?(\d{3})-?(\d{4})")
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_TOP = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
_SCHEME = re.compile(r"^(?:https?://|@)|[/.]+$")


def parse_phone(raw: str, *, pattern: str | None, options: _Options) -> Parsed:
    """Mobile, landline with area code, or 400/800; `0755-12345678-123` is the canonical landline."""
    return _number(raw, mobile_only=False)


def parse_mobile(raw: str, *, pattern: str | None, options: _Options) -> Parsed:
    """Eleven digits."""
    return _number(raw, mobile_only=True)


def _number(raw: str, *, mobile_only: bool) -> Parsed:
    text = numeric(raw)
    if not text:
        return MISSING
    for candidate, problem in ((text, None), (mend_digits(text), "repaired")):
        value = _canonical(_COUNTRY.sub("", candidate), mobile_only)
        if value:
            return bad(value, problem) if problem else Parsed(value)
    return bad(None, "not_a_mobile" if mobile_only else "not_a_phone")


def _canonical(text: str, mobile_only: bool) -> str | None:
    digits = text.replace("-", "")
    if _MOBILE.fullmatch(digits):
        return digits
    if mobile_only:
        return None
    for form in (_LANDLINE, _SERVICE):
        match = form.fullmatch(text)
        if match:
            return "-".join(part for part in match.groups() if part)
    return None


def parse_email(raw: str, *, pattern: str | None, options: _Options) -> Parsed:
    """Lower case; the part after @ must be a host name."""
    text = numeric(raw).lower().removeprefix("mailto:")
    if not text:
        return MISSING
    local, _, host = text.rpartition("@")
    return Parsed(text) if _LOCAL.fullmatch(local) and is_host(host) else bad(None, "not_an_email")


def parse_domain(raw: str, *, pattern: str | None, options: _Options) -> Parsed:
    """A host name in lower case, scheme and trailing slash dropped; `pattern` narrows it."""
    text = _SCHEME.sub("", numeric(raw).lower())
    if not text:
        return MISSING
    if not text.isascii():
        return _international(text)
    if not is_host(text):
        return bad(None, "not_a_domain")
    return Parsed(text) if pattern is None or re.fullmatch(pattern, text) else bad(text, "pattern")


def is_host(text: str) -> bool:
    """RFC 1123 labels, at least two, with a top level that is a name."""
    labels = text.split(".")
    known = all(_LABEL.fullmatch(label) for label in labels)
    return known and len(labels) >= 2 and len(text) <= 253 and bool(_TOP.fullmatch(labels[-1]))


def _international(text: str) -> Parsed:
    try:
        name = text.encode("idna").decode("ascii")
    except UnicodeError:
        return bad(None, "not_a_domain")
    return Parsed(name) if is_host(name) else bad(None, "not_a_domain")
