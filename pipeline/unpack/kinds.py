"""Whether bytes are a mail or an archive: by what they are, whatever their name says."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection
from typing import BinaryIO, Literal

from pipeline.values import is_note

HEAD = 4096
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
TNEF = b"\x78\x9f\x3e\x22"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OUTLOOK = "__substg1.0_".encode("utf-16-le")  # names the parts of a message that Outlook saved
NO_TEXTS = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG", b"II*\0", b"MM\0*", OLE, TNEF)
_BINARY = (*NO_TEXTS, b"PK")
_DATA = (".toml", ".csv", ".json", ".tsv")
_FIELD = re.compile(rb"([!-9;-~]{1,60})[ \t]*:(?:[ \t]|\r?\n)")
# Only mails begin with these; a letter may begin with any of the others, so two must be there.
_SURE = frozenset((b"received", b"return-path", b"delivered-to", b"mime-version", b"message-id", b"x-received"))
_USUAL = _SURE | {b"from", b"to", b"cc", b"subject", b"date", b"reply-to", b"sender", b"content-type", b"in-reply-to"}


def is_message(head: bytes, suffix: str = "") -> bool:
    """Whether a file that begins so is an RFC 5322 message; `suffix` in lower case settles it for texts."""
    if head.startswith(_BINARY) or is_note(head) or b"\0" in head[:512] or not head.strip() or suffix in _DATA:
        return False
    if suffix == ".eml":
        return True
    names = _field_names(head)
    return len(names) > 0 and (names[0] in _SURE or sum(name in _USUAL for name in dict.fromkeys(names)) >= 3)


def _field_names(head: bytes) -> list[bytes]:
    """Names of the header fields it begins with, lower case; none when its first lines are no fields."""
    lines = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").splitlines()
    if lines and lines[0].startswith((b"From ", b">From ")):
        lines = lines[1:]
    names: list[bytes] = []
    for line in lines:
        if not line.strip():
            break
        if line[:1] in (b" ", b"\t"):
            continue
        found = _FIELD.match(line + b"\n")
        if found is None:
            break
        names.append(found[1].lower())
    return names


def container_of(stream: BinaryIO, suffix: str) -> Literal["mail", "archive"] | None:
    """What can be taken apart: a message, or a zip that is no Office file; `suffix` in lower case."""
    stream.seek(0)
    head = stream.read(HEAD)
    if head.startswith(ZIP):
        stream.seek(0)
        names = zip_names(stream)
        return "archive" if names is not None and is_plain_archive(names) else None
    return "mail" if is_message(head, suffix) else None


def zip_names(stream: BinaryIO) -> set[str] | None:
    """Names of the members of a zip, None when it cannot be listed."""
    try:
        with zipfile.ZipFile(stream) as archive:
            return set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, OverflowError):
        return None


def is_plain_archive(names: Collection[str]) -> bool:
    """False for zips that are one document: Office, OpenDocument, OFD, e-books, programs."""
    own = ("[Content_Types].xml", "OFD.xml", "mimetype", "META-INF/MANIFEST.MF")
    return not any(name in names for name in own)
