"""What the watcher is told and what it tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from pipeline.model import Bilingual, Value


class WatchOptions(Value):
    """All times in seconds; the defaults suit scanners and people, tests shorten them."""

    scan_interval: float = Field(default=2.0, gt=0)
    quiet: float = Field(default=1.0, ge=0)
    quiet_limit: float = Field(default=60.0, ge=0)
    give_up_after: float = Field(default=600.0, ge=0)
    empty_after: float = Field(default=60.0, ge=0)
    recheck_every: float = Field(default=10.0, gt=0)
    retry_after: float = Field(default=1.0, gt=0)
    retry_limit: float = Field(default=60.0, gt=0)
    events: bool = True


class Pending(Value):
    """A file that was not handed over, or was with a lack; `name` is for display, `waiting` in s since its change."""

    name: str
    reason: Bilingual
    waiting: float = 0.0


class WatchStatus(Value):
    """A moment of the watcher; `file_systems`: of the inbox, then of mounts inside it; lists are cut at 500."""

    inbox: str
    running: bool
    mode: Literal["events+scan", "scan"]
    note: Bilingual | None = None
    file_systems: tuple[str, ...] = ()
    last_scan_at: datetime | None = None
    scans: int = 0
    scan_seconds: float = 0.0
    delivered: int = 0
    waiting: int = 0
    pending: tuple[Pending, ...] = ()
    refused: tuple[Pending, ...] = ()
    given_up: tuple[Pending, ...] = ()
    restarts: int = 0
    quiet: Mapping[str, float] = Field(default_factory=dict)
