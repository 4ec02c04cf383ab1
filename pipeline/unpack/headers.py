"""Header lines of mails, decoded by hand: the parser of the standard library can be made to hang or to raise."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator, Mapping
from email.message import Message
from urllib.parse import unquote_to_bytes

from pipeline.unpack.charsets import scrubbed, text_of

LONGEST = 16_000  # characters of one value; an honest one has hundreds
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(\?=)\s+(=\?)")
_NO_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,80})\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.DOTALL)
_CONTINUED = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")


def raw_values(message: Message, name: str) -> Iterator[str]:
    """Every value of a header as it came, unfolded, bytes above 127 as lone surrogates."""
    wanted = name.lower()
    for key, value in message.raw_items():
        if key.lower() == wanted:
            yield " ".join(str(value)[:LONGEST].split())


def values(message: Message, name: str) -> list[str]:
    """Every value of a header, decoded."""
    return [decoded(raw) for raw in raw_values(message, name)]


def value(message: Message, name: str) -> str:
    """The first value of a header, decoded; empty when there is none."""
    return next(iter(values(message, name)), "")


def decoded(raw: str) -> str:
    """A value with its encoded words (RFC 2047, wherever they stand) and bare 8-bit bytes made readable."""
    text = text_of(raw.encode("utf-8", "surrogateescape"))
    if "=?" not in text:
        return text
    # Words behind each other are one text, and may break a character in two.
    return scrubbed(_joined(_BETWEEN.sub(r"\1\2", text)))


def _joined(text: str) -> str:
    pieces: list[str] = []
    data, charset, end = b"", "", 0
    for word in _WORD.finditer(text):
        label = word[1].partition("*")[0].lower()
        gap = text[end : word.start()]
        if (gap or label != charset) and data:
            pieces.append(text_of(data, charset))
            data = b""
        pieces.append(gap)
        data, charset, end = data + _word_bytes(word[2], word[3]), label, word.end()
    if data:
        pieces.append(text_of(data, charset))
    return "".join([*pieces, text[end:]])


def _word_bytes(coding: str, body: str) -> bytes:
    plain = body.encode("utf-8", "replace")
    if coding in "qQ":
        return quopri.decodestring(plain, header=True)
    clean = _NO_BASE64.sub("", body)
    clean = clean[: len(clean) - 1] if len(clean) % 4 == 1 else clean
    try:
        return base64.b64decode(clean + "=" * (-len(clean) % 4))
    except binascii.Error:
        return plain


def parameters(raw: str) -> Mapping[str, str]:
    """Parameters of a header by lower-case name: RFC 2231 with continuations and charsets, encoded words, bare bytes.

    The first of two of the same name counts, and an extended one more than a plain one.
    """
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    plain: dict[str, str] = {}
    for found in _PARAMETER.finditer(raw[:LONGEST]):
        name = _CONTINUED.fullmatch(found[1].lower())
        if name is None:
            continue
        if name[2] is None and name[3] is None:
            plain.setdefault(name[1], decoded(_unquoted(found[2])))
        else:
            pieces.setdefault(name[1], {}).setdefault(int(name[2] or 0), (name[3] is not None, _unquoted(found[2])))
    return {**plain, **{name: _assembled(found) for name, found in pieces.items()}}


def _assembled(pieces: Mapping[int, tuple[bool, str]]) -> str:
    charset, data, bare = "", b"", ""
    for place, (extended, text) in sorted(pieces.items()):
        if extended:
            labelled = place == 0 and text.count("'") >= 2
            charset, body = text.split("'", 2)[::2] if labelled else (charset, text)
            data += unquote_to_bytes(body.encode("utf-8", "surrogateescape"))
        else:
            bare += text
            data += text.encode("utf-8", "surrogateescape")
    if not any(extended for extended, _ in pieces.values()):
        return decoded(bare)  # some break an encoded word over several parameters
    return text_of(data, charset)


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) >= 2 and text.startswith('"') and text.endswith('"'):
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text
