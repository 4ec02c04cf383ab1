"""File -> Submission: what it is, whether it is whole, and a copy that is never changed."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from io import BufferedReader
from pathlib import Path, PurePath

from pipeline.errors import IntakeError
from pipeline.ingest.completeness import Completeness, completeness
from pipeline.ingest.folders import check_folders
from pipeline.ingest.media import HEAD, Container, container_of, media_of
from pipeline.ingest.names import display_name, safe_name
from pipeline.ingest.redact import LOOK, MAX_BYTES, PARCEL_BYTES, redacted
from pipeline.ingest.source import odd_kind, open_regular
from pipeline.ingest.store import FileStore
from pipeline.model import Source, Submission
from pipeline.values import decoded, note

__all__ = [
    "Completeness",
    "FileStore",
    "check_folders",
    "completeness",
    "display_name",
    "ingest",
    "media_of",
    "odd_kind",
    "open_regular",
    "redacted",
    "safe_name",
]

_AS_IT_IS: tuple[Container, ...] = ("pdf", "jpg", "png", "tif", "ole")  # what they show is masked when they are read


def ingest(path: Path, store: FileStore, *, name: str, source: Source, now: datetime) -> Submission:
    """Take a file over, without the passwords it may hold; the source is left alone. Raises IntakeError.

    A text that nobody could search is not kept: a note stands in its place, and `withheld` of the result names it.
    """
    shown = safe_name(name)
    clean, withheld = _cleaned(path, shown)
    sha256, size = store.take(path) if clean is None else store.keep(clean, shown)
    # The kept bytes are judged, not the source: it may change after the copy.
    media = media_of(store.path(sha256), shown)
    return Submission(
        sha256=sha256, name=shown, received_at=now, source=source, size=size, media=media, withheld=withheld
    )


def _cleaned(path: Path, name: str) -> tuple[bytes | None, tuple[str, ...]]:
    """What is kept in place of the file, None for the file itself; and the names of the texts that are not kept."""
    withheld: list[str] = []
    try:
        with open_regular(path) as stream:
            head = stream.read(HEAD)
            kind = container_of(head, PurePath(name).suffix.lower())
            if kind in _AS_IT_IS:
                return None, ()
            limit = PARCEL_BYTES if kind in ("mail", "zip") else MAX_BYTES
            content = head + stream.read(limit)
            if len(content) > limit:
                return _too_long(stream, content, kind, name)
    except (OSError, IntakeError):  # the store says what is wrong with it
        return None, ()
    clean = redacted(content, name, withheld)
    return (None if clean == content else clean), tuple(withheld)


def _too_long(stream: BufferedReader, begun: bytes, kind: Container, name: str) -> tuple[bytes | None, tuple[str, ...]]:
    """A text too long to be searched is not kept; mails and archives of this size are not opened either."""
    if kind in ("mail", "zip") or decoded(begun[:LOOK]) == "binary":
        return None, ()
    stream.seek(0)
    return note(name, os.fstat(stream.fileno()).st_size, hashlib.file_digest(stream, "sha256").hexdigest()), (name,)
