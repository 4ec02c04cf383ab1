"""What a file is, by its content."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePath
from typing import BinaryIO, Literal

from pipeline.errors import IntakeError
from pipeline.ingest.source import open_regular
from pipeline.model import Media
from pipeline.unpack import is_message, is_plain_archive

Container = Literal["empty", "pdf", "jpg", "png", "tif", "zip", "ole", "toml", "csv", "json", "mail", "other"]

HEAD = 4096  # the first fields of a mail may be long
PDF_HEAD = 1024  # readers look for the PDF header this far in
_MAGIC: tuple[tuple[bytes, Container], ...] = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"II*\0", "tif"),
    (b"MM\0*", "tif"),
    (b"II+\0", "tif"),
    (b"MM\0+", "tif"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
)
_DATA: dict[str, Container] = {".toml": "toml", ".csv": "csv", ".json": "json"}
_OFFICE: dict[str, Media] = {
    **dict.fromkeys((".docx", ".docm", ".dotx"), "docx"),
    **dict.fromkeys((".xlsx", ".xlsm", ".xltx"), "xlsx"),
}
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLE_LOOK = 4 * 1024 * 1024


def media_of(path: Path, name: str | None = None) -> Media:
    """Kind by content; `name` lends the extension where the stored file has none. Raises IntakeError."""
    suffix = PurePath(name or path.name).suffix.lower()
    try:
        with open_regular(path) as stream:
            container = container_of(stream.read(HEAD), suffix)
            if container == "zip":
                return _office(stream)
            if container == "ole":
                return _encrypted_office(stream, suffix)
    except OSError as error:
        raise IntakeError(f"{path.name!r} cannot be read: {error.strerror}", advice="check that it is there") from error
    match container:
        case "pdf" | "jpg" | "png" | "tif" | "toml" | "csv" | "json":
            return container
        case "mail":
            return "eml"
        case _:
            return "unknown"


def container_of(head: bytes, suffix: str) -> Container:
    """The outer format; `head` = the first 4096 bytes, `suffix` in lower case decides for order data and mails only."""
    if not head:
        return "empty"
    for magic, container in _MAGIC:
        if head.startswith(magic):
            return container
    if b"%PDF-" in head[:PDF_HEAD]:
        return "pdf"
    if is_message(head, suffix):
        return "mail"
    # Broken order data is still order data: its reader can name the line, "unknown" could not.
    return _DATA.get(suffix, "other") if b"\0" not in head else "other"


def _office(stream: BinaryIO) -> Media:
    try:
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OverflowError):
        return "unknown"
    if "OFD.xml" in names:  # GB/T 33190
        return "ofd"
    if is_plain_archive(names):
        return "zip"
    if "[Content_Types].xml" not in names:
        return "unknown"
    # Word for the web calls its main part document2.xml.
    if any(name.startswith("word/document") and name.endswith(".xml") for name in names):
        return "docx"
    return "xlsx" if "xl/workbook.xml" in names else "unknown"


def _encrypted_office(stream: BinaryIO, suffix: str) -> Media:
    """A password-protected docx/xlsx is an OLE file around the package: its reader must say "encrypted"."""
    promised = _OFFICE.get(suffix)
    if promised is None:
        return "unknown"
    stream.seek(0)
    start = stream.read(_OLE_LOOK)
    if _ENCRYPTED in start:
        return promised
    stream.seek(-min(_OLE_LOOK, stream.seek(0, 2)), 2)
    return promised if _ENCRYPTED in stream.read(_OLE_LOOK) else "unknown"
