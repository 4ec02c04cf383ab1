"""Bytes of foreign mails and archives as text: labels that lie, bytes without a label; never fails."""

from __future__ import annotations

import codecs
import re

# Chinese programs write GBK, and newer characters, under the name of the older and smaller set.
_WIDER = dict.fromkeys(("gb2312", "gb_2312-80", "gbk", "x-gbk", "cp936", "ms936", "euc-cn"), "gb18030")
_VAGUE = frozenset(("", "us-ascii", "ascii", "unknown-8bit", "x-unknown", "8bit", "default", "binary"))
_LATIN = frozenset(("iso-8859-1", "iso8859-1", "latin-1", "latin1", "windows-1252", "cp1252"))
# Python calls these encodings too, but they are none of text in a mail.
_NO_CHARSETS = frozenset(("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"))
_FEW = 3  # of so many characters one may be unreadable
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")


def text_of(data: bytes, charset: str = "") -> str:
    """Text without lone surrogates, so that it can be written anywhere; unreadable bytes become U+FFFD."""
    label = charset.strip().strip("\"'").lower()
    label = _WIDER.get(label, label)
    if label in _LATIN and _looks_chinese(data):
        label = "gb18030"
    return scrubbed(_labelled(data, label) if label not in _VAGUE else _guessed(data))


def scrubbed(text: str) -> str:
    """The same text with lone surrogates replaced."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _labelled(data: bytes, label: str) -> str:
    try:
        name = codecs.lookup(label).name
        return data.decode(name) if name not in _NO_CHARSETS else _guessed(data)
    except UnicodeDecodeError:
        return _mended(data) or _guessed(data)
    except (LookupError, UnicodeError, ValueError):
        return _guessed(data)


def _guessed(data: bytes) -> str:
    for name in ("utf-8", "gb18030", "big5"):
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


def _mended(data: bytes) -> str | None:
    """UTF-8 that is cut off or damaged in a few places; None when it is something else."""
    text = data.decode("utf-8", "replace")
    return text if text.count("\ufffd") * _FEW <= len(text) else None


def _looks_chinese(data: bytes) -> bool:
    """High bytes in pairs that GB 2312 knows, which accents between Latin letters never are."""
    runs = _HIGH_RUN.findall(data)
    if not runs or any(len(run) % 2 for run in runs) or max(map(len, runs)) < 4:
        return False
    try:
        b"".join(runs).decode("gb2312")
    except UnicodeDecodeError:
        return False
    return True
