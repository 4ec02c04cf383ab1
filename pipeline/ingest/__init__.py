"""File -> Submission: what it is, whether it is whole, and a copy that is never changed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pipeline.ingest.completeness import Completeness, completeness
from pipeline.ingest.folders import check_folders
from pipeline.ingest.media import media_of
from pipeline.ingest.names import display_name, safe_name
from pipeline.ingest.redact import MAX_BYTES, is_text, redacted
from pipeline.ingest.source import odd_kind, open_regular
from pipeline.ingest.store import FileStore
from pipeline.model import Source, Submission

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
    "safe_name",
]


def ingest(path: Path, store: FileStore, *, name: str, source: Source, now: datetime) -> Submission:
    """Take a file over, without the passwords a text file may hold; the source is left alone. Raises IntakeError."""
    shown = safe_name(name)
    clean = _cleaned(path, shown)
    sha256, size = store.take(path) if clean is None else store.keep(clean, shown)
    # The kept bytes are judged, not the source: it may change after the copy.
    media = media_of(store.path(sha256), shown)
    return Submission(sha256=sha256, name=shown, received_at=now, source=source, size=size, media=media)


def _cleaned(path: Path, name: str) -> bytes | None:
    """The bytes of a text file with secrets in it, without them; None for every other file."""
    try:
        with open_regular(path) as stream:
            head = stream.read(1024)
            if not is_text(head):
                return None
            content = head + stream.read(MAX_BYTES)
    except OSError:  # the store says what is wrong with it
        return None
    if len(content) > MAX_BYTES:
        return None
    clean = redacted(content, name)
    return None if clean == content else clean
