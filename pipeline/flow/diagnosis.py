"""What this machine has and lacks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.cases.store import CaseStore
from pipeline.errors import CountersignError
from pipeline.flow.service import packs_of
from pipeline.generate import office
from pipeline.read import open_reader
from pipeline.settings import Settings

_LOW_DISK = 2 * 2**30


@dataclass(frozen=True)
class Item:
    """One line of the diagnosis; `ok` None = optional and absent."""

    what: str
    ok: bool | None
    detail: str


def diagnose(settings: Settings) -> Iterator[Item]:
    """All items; nothing is changed."""
    try:
        packs = packs_of(settings)
        yield Item("packs", True, f"{len(packs.documents())} document types from {settings.templates}")
    except CountersignError as error:
        yield Item("packs", False, str(error))
    try:
        reader = open_reader(settings.threads)
        yield Item("OCR", True, str(getattr(reader, "runtime", "ready")))
    except CountersignError as error:
        yield Item("OCR", False, str(error))
    command = office()
    yield Item("LibreOffice", True if command else None, command or "outgoing papers are written as Word files only")
    yield _database(settings)
    cores = os.cpu_count() or 1
    load = settings.workers * settings.threads
    yield Item("processes", load <= cores, f"{settings.workers} x {settings.threads} threads on {cores} cores")
    place = next(folder for folder in (settings.state, *settings.state.resolve().parents) if folder.exists())
    free = shutil.disk_usage(place).free
    yield Item("disk", free > _LOW_DISK, f"{free / 2**30:.1f} GiB free for {settings.state}")


def _database(settings: Settings) -> Item:
    if settings.database_url is None:
        if not (settings.state / "countersign.db").exists():
            return Item("database", True, "SQLite, made at the first run")
        return Item("database", True, f"SQLite in {settings.state}; PostgreSQL is advised for several machines")
    try:
        CaseStore(settings.url).close()
    except Exception as error:
        return Item("database", False, f"{type(error).__name__}: {error}".splitlines()[0])
    return Item("database", True, settings.url.partition(":")[0])
