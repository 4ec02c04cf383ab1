"""File -> Submission: what it is, whether it is whole, and a copy that is never changed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pipeline.ingest.completeness import Completeness, completeness
from pipeline.ingest.folders import check_folders
from pipeline.ingest.media import media_of
from pipeline.ingest.names import display_name, safe_name
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
    """Take a file over; the source is left where it is. Raises IntakeError."""
    sha256, size = store.take(path)
    shown = safe_name(name)
    # The kept bytes are judged, not the source: it may change after the copy.
    media = media_of(store.path(sha256), shown)
    return Submission(sha256=sha256, name=shown, received_at=now, source=source, size=size, media=media)
