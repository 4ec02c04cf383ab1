"""Passwords and their like in texts and data, so that none is ever kept or sent."""

from __future__ import annotations

import re
from collections.abc import Iterator

REMOVED = "[removed by countersign]"

# What a secret is called, in keys of data and in running text.
_CALLED = (
    r"(?:密\s*码|口\s*令|passwo?r?d|passwd|passcode|passphrase|\bpwd\b|\bpin code\b"
    r"|client[\s_-]?secret|api[\s_-]?key|access[\s_-]?token|refresh[\s_-]?token)"
)
_HINTS = ("密", "口", "pass", "pwd", "pin", "secret", "key", "token")  # one of them is in every one of these
_NAME = re.compile(
    r"密码|口令|passwo?r?d|passwd|passcode|passphrase|^pwd|pwd$|secret|credential|apikey|accesstoken|refreshtoken",
    re.IGNORECASE,
)
_SEPARATOR = r"""["'”）)\]]*\s*(?:(?:是|为|is)\s*[:：=＝]?|[:：=＝])\s*"""
# In a table the value stands in the next cell, in a mail often on the next line.
_CELL = (
    r"""["'”]?\s*(?:</t[dh]>\s*(?:</tr>\s*<tr[^>]*>\s*)?<t[dh][^>]*>\s*(?:<[^>/]+>\s*)*"""
    r"""|[|\t]\s*|[,;]\s*(?=[!-~]*[\d@#$%^&*!]))"""
)
_VALUE = r"""(?:"(?P<double>[^"\n]{1,200})"|'(?P<single>[^'\n]{1,200})'|(?P<bare>[!-~]{3,200}))"""
_WRITTEN = re.compile(
    rf"{_CALLED}\s*(?:{_SEPARATOR}|{_CELL}|[:：]?\s*\n\s*(?=[!-~]*[\d@#$%^&*!][!-~]*\s)){_VALUE}", re.IGNORECASE
)
_LABEL = re.compile(rf"{_CALLED}\s*(?:是|为|is)?\s*[:：=＝]\s*\S", re.IGNORECASE)
_TAIL = ",;.。，；、)）>\"'"


def is_secret_name(name: str) -> bool:
    """Whether a key, column or label is that of a secret."""
    return _NAME.search(re.sub(r"[\s_.\-]", "", name)) is not None


def labelled_secret(text: str) -> str | None:
    """The words of a label with anything behind it: stricter than `secrets_in`, for papers this desk writes."""
    found = _LABEL.search(text)
    return found.group() if found else None


def secrets_in(text: str) -> Iterator[tuple[int, int]]:
    """Where secret values stand in a text, as (start, end); a sentence behind the label is none."""
    plain = text.lower()
    if not any(hint in plain for hint in _HINTS):
        return
    for found in _WRITTEN.finditer(text):
        group = next(name for name in ("double", "single", "bare") if found.group(name) is not None)
        start, end = found.span(group)
        if group == "bare" and "</" in found[group]:
            end = text.index("</", start)
        while group == "bare" and end > start + 3 and text[end - 1] in _TAIL:
            end -= 1
        value = text[start:end]
        if not value or value.startswith("<") or value == REMOVED or REMOVED.startswith(value):
            continue
        yield start, end


def without_secrets(text: str) -> str:
    """The text with every secret value replaced; the same object when there is none."""
    pieces, last = [], 0
    for start, end in secrets_in(text):
        pieces += [text[last:start], REMOVED]
        last = end
    return "".join([*pieces, text[last:]]) if pieces else text
