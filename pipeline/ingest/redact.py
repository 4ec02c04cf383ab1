"""Passwords taken out of data, mail and archive files before their bytes are stored anywhere.

Portals export the password beside the account, and mails carry it on. Such a file is kept without it; its hash is that
of the bytes kept. Scans, PDF and Office files cannot be rewritten safely: what they show is masked when they are read.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import PurePath

from pipeline.ingest.redact_mail import archive_without_secrets, mail_without_secrets
from pipeline.unpack import is_message
from pipeline.unpack.kinds import HEAD, ZIP
from pipeline.values import REMOVED, Decoded, decoded, is_secret_name, note_on, without_secrets

MAX_BYTES = 16 * 1024 * 1024  # bigger text files are no data, and are not kept
PARCEL_BYTES = 300_000_000  # bigger mails and archives are refused when they are read
LOOK = 1024 * 1024  # bytes by which a long text is known
_DELIMITERS = (",", ";", "\t", "|")
_SPACES = re.compile(r"\s+")


def redacted(content: bytes, name: str, withheld: list[str] | None = None) -> bytes:
    """The bytes without secret values; the very same bytes when there are none. `name` lends the ending.

    A text that cannot be searched becomes a note saying so, also inside a mail or archive; its name goes to `withheld`.
    """
    suffix = PurePath(name).suffix.lower()
    again = partial(redacted, withheld=withheld)
    if content.startswith(ZIP):
        return archive_without_secrets(content, again)
    if is_message(content[:HEAD], suffix):
        mail = mail_without_secrets(content, lambda text: _text(text, ""), again)
        if mail is not None:
            return mail
    found = decoded(content if len(content) <= MAX_BYTES else content[:LOOK])
    if found == "binary":
        return content
    if not isinstance(found, Decoded) or len(content) > MAX_BYTES:
        if withheld is not None:
            withheld.append(name)
        return note_on(name, content)
    clean = _text(found.text, suffix)
    return content if clean == found.text else found.encoded(clean)


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
