"""Passwords taken out of data and mail files before their bytes are stored anywhere.

Portals export the password beside the account, and mails carry it on. Such a file is kept without it; its hash is that
of the bytes kept. Scans, PDF and Office files cannot be rewritten safely: what they show is masked when they are read.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import PurePath

from pipeline.values import REMOVED, is_secret_name, without_secrets

MAX_BYTES = 16 * 1024 * 1024  # bigger text files are neither data nor mail
_BINARY = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"PK", b"\xd0\xcf\x11\xe0")
_ENCODINGS = ("utf-8-sig", "utf-16", "gb18030")
_HEADER = re.compile(rb"\A(?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){3,}\r?\n")
_DELIMITERS = (",", ";", "\t", "|")
_SPACES = re.compile(r"\s+")


def is_text(head: bytes) -> bool:
    """Whether a file that begins so may be data, a mail or a plain text."""
    if head.startswith(_BINARY):
        return False
    return b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff"))


def redacted(content: bytes, name: str) -> bytes:
    """The bytes without secret values; the very same bytes when there are none. `name` lends the ending."""
    suffix = PurePath(name).suffix.lower()
    if suffix in (".eml", ".msg") or _HEADER.match(content):
        return _mail(content)
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except (UnicodeDecodeError, UnicodeError):
            continue
        clean = _text(text, suffix)
        bare = encoding == "utf-8-sig" and not content.startswith(codecs.BOM_UTF8)
        return content if clean == text else clean.encode("utf-8" if bare else encoding)
    return content


def _text(text: str, suffix: str) -> str:
    if suffix in (".csv", ".tsv"):
        return _table(text)
    if suffix == ".json" or text.lstrip()[:1] in ("{", "["):
        text = _data(text)
    return _loose(text)


def _data(text: str) -> str:
    """JSON with every value under a secret name replaced; broken JSON is left to the text rules."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    found = False

    def clean(item: object, *, secret: bool) -> object:
        nonlocal found
        if isinstance(item, dict):
            return {key: clean(inner, secret=secret or is_secret_name(str(key))) for key, inner in item.items()}
        if isinstance(item, list):
            return [clean(inner, secret=secret) for inner in item]
        if secret and item not in (None, "", True, False):
            found = True
            return REMOVED
        return item

    try:
        result = clean(value, secret=False)
    except RecursionError:
        return text
    return json.dumps(result, ensure_ascii=False, indent=1) + "\n" if found else text


def _table(text: str) -> str:
    """Secret columns, values behind secret keys, and what stands inside cells, replaced; the delimiter is kept."""
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        return _loose(text)
    clean = [[without_secrets(cell) for cell in row] for row in rows]
    for at, place in _secret_cells(rows):
        if clean[at][place].strip():
            clean[at][place] = REMOVED
    if clean == rows:
        return text
    sink = io.StringIO()
    ending = "\r\n" if "\r\n" in text else "\n"
    csv.writer(sink, delimiter=delimiter, lineterminator=ending).writerows(clean)
    return sink.getvalue()


def _loose(text: str) -> str:
    return without_secrets("".join(_assignment(line) for line in text.splitlines(keepends=True)))


def _secret_cells(rows: list[list[str]]) -> Iterator[tuple[int, int]]:
    """Cells under a secret heading, and cells behind a secret key in rows of two."""
    for place, heading in enumerate(rows[0] if rows else []):
        if is_secret_name(heading):
            yield from ((at, place) for at, row in enumerate(rows[1:], start=1) if place < len(row))
    if all(len(row) in (0, 2) for row in rows):
        yield from ((at, 1) for at, row in enumerate(rows) if row and is_secret_name(row[0]))


def _assignment(line: str) -> str:
    """`initial_password = "x"` of TOML, INI and key files, whatever the value is made of."""
    name, sign, rest = line.partition("=")
    if not sign or len(name) > 80 or not is_secret_name(_SPACES.sub("", name)) or not rest.strip():
        return line
    ending = line[len(line.rstrip("\r\n")) :]
    return f'{name}= "{REMOVED}"{ending}' if REMOVED not in rest else line


def _mail(content: bytes) -> bytes:
    """A mail with its texts and data attachments cleaned; untouched when nothing was found."""
    message = message_from_bytes(content, policy=policy.default)
    changed = False
    for part in message.walk():
        if part.is_multipart() or not isinstance(part, EmailMessage):
            continue
        changed = _part(part) or changed
    for name in ("Subject", "Comments", "Keywords"):
        text = str(message.get(name, ""))
        if (clean := without_secrets(text)) != text:
            message.replace_header(name, clean)
            changed = True
    if not changed:
        return content
    return message.as_bytes(policy=policy.SMTP)


def _part(part: EmailMessage) -> bool:
    name = part.get_filename() or ""
    if part.get_content_maintype() == "text" and not part.is_attachment():
        return _replace(part, _decoded(part), lambda text: _text(text, ""))
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not is_text(payload[:1024]):
        return False
    clean = redacted(payload, name)
    if clean == payload:
        return False
    main, _, sub = part.get_content_type().partition("/")
    part.set_content(clean, maintype=main, subtype=sub, disposition="attachment", filename=name or None)
    return True


def _replace(part: EmailMessage, text: str, clean: Callable[[str], str]) -> bool:
    result = clean(text)
    if result == text:
        return False
    part.set_content(result, subtype=part.get_content_subtype(), charset="utf-8")
    return True


def _decoded(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    for encoding in (part.get_content_charset() or "utf-8", "utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("utf-8", errors="replace")
