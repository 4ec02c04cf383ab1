"""Executor slots: a process leases `slot-n` by a lock the system drops when it dies."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from pipeline.errors import SettingsError

_SLOTS = 16


class Slot:
    """One leased slot; the engine resumes work by slot name, so two live processes must never share one."""

    def __init__(self, name: str, file: IO[str]) -> None:
        self.name = name
        self._file = file

    def release(self) -> None:
        """Give the slot back."""
        self._file.close()


def lease(folder: Path) -> Slot:
    """The lowest free slot; SettingsError when all are taken."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(_SLOTS):
        slot = _try(folder / f"slot-{number}")
        if slot is not None:
            return slot
    raise SettingsError(f"{folder}: all {_SLOTS} slots are taken", advice="stop one of the running services")


def dead_slots(folder: Path, own: Slot) -> list[str]:
    """Names of slots that exist, are not ours and that nobody holds any more."""
    dead = []
    for path in sorted(folder.glob("slot-*")):
        if path.name == own.name:
            continue
        slot = _try(path)
        if slot is not None:
            dead.append(slot.name)
            slot.release()
    return dead


def _try(path: Path) -> Slot | None:
    file = path.open("a", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return Slot(path.name, file)
