"""What is known of every file in the inbox, and when one is ready; decides by observed change, never by file dates."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pipeline.ingest import Completeness
from pipeline.model import Bilingual
from pipeline.watch.status import WatchOptions
from pipeline.watch.survey import Stamp, Survey

CHANGING = Bilingual(zh="文件仍在写入", en="still changing")
WRITING = Bilingual(zh="文件仍被其他程序打开写入", en="still open for writing elsewhere")
# A scanner that wrote another page after `gap` seconds may well take half as long again.
_MARGIN = 1.5
_FORGET_AFTER = 24 * 3600.0


@dataclass
class Entry:
    """One path; `changed_at` and all other times are monotonic seconds."""

    path: Path
    stamp: Stamp
    changed_at: float
    root: tuple[int, int] | None
    reason: Bilingual = CHANGING
    due: float = 0.0
    attempts: int = 0
    delivered: Stamp | None = None
    lack: Bilingual | None = None
    seen_at: float = 0.0

    @property
    def waits(self) -> bool:
        """True while the present content was not handed over."""
        return self.delivered != self.stamp


@dataclass
class Ledger:
    """All entries by path, and the quiet time learned for each folder (s)."""

    options: WatchOptions
    entries: dict[Path, Entry] = field(default_factory=dict)
    learned: dict[Path, float] = field(default_factory=dict)
    updated_at: float = 0.0
    changes: int = 0

    def update(self, found: Survey, now: float) -> None:
        """Take in what was seen; `changes` counts the new and changed files."""
        self.updated_at = now
        for path, stamp in found.files.items():
            entry = self.entries.get(path)
            if entry is None:
                entry = self.entries[path] = Entry(path, stamp, now, found.root, due=now + self.quiet(path.parent))
                self.changes += 1
            elif entry.stamp != stamp:
                self._learn(entry, stamp, now)
                self._rearm(entry, stamp, now)
                self.changes += 1
            entry.seen_at, entry.root = now, found.root
        self._forget(found, now)

    def quiet(self, folder: Path) -> float:
        """How long (s) a file in this folder must not change before it is looked at."""
        return self.learned.get(folder, self.options.quiet)

    def waiting(self) -> list[Entry]:
        """Entries whose content was not handed over, as far as they could be seen in the last survey."""
        return [entry for entry in self.entries.values() if entry.waits and entry.seen_at == self.updated_at]

    def due(self, now: float) -> list[Entry]:
        """Entries to look at now, in order of arrival."""
        ready = [entry for entry in self.waiting() if entry.due <= now]
        return sorted(ready, key=lambda entry: (entry.changed_at, entry.path))

    def next_due(self) -> float | None:
        """When the next entry must be looked at."""
        return min((entry.due for entry in self.waiting()), default=None)

    def judge(self, entry: Entry, checked: Completeness, *, writer: bool, now: float, age: float = 0.0) -> bool:
        """True = hand it over; else `entry` says why not and when to look again. `age` (s) adds to the waiting."""
        if checked.state != "incomplete" and not writer:
            entry.lack = None
            return True
        entry.reason = checked.reason or WRITING
        limit = self.options.empty_after if entry.stamp.size == 0 else self.options.give_up_after
        waited = now - entry.changed_at if writer else max(now - entry.changed_at, age)
        if waited >= limit:
            entry.lack = entry.reason
            return True
        entry.due = min(now + self.options.recheck_every, now + limit - waited)
        if writer:  # cheap to ask, and it ends any moment
            entry.due = min(entry.due, now + self.options.scan_interval)
        return False

    def failed(self, entry: Entry, reason: Bilingual, now: float) -> float:
        """Hand-over did not work: look again after a growing pause, which is returned (s)."""
        pause = min(self.options.retry_after * 2.0 ** min(entry.attempts, 30), self.options.retry_limit)
        entry.attempts += 1
        entry.reason, entry.due = reason, now + pause
        return pause

    def _rearm(self, entry: Entry, stamp: Stamp, now: float) -> None:
        entry.stamp, entry.changed_at, entry.due = stamp, now, now + self.quiet(entry.path.parent)
        entry.reason, entry.attempts, entry.lack = CHANGING, 0, None

    def _learn(self, entry: Entry, stamp: Stamp, now: float) -> None:
        """A file that had been quiet and then grew comes from a source that pauses longer than we wait."""
        gap, quiet = now - entry.changed_at, self.quiet(entry.path.parent)
        # From nothing to something is a reserved name, not a pause between pages.
        grew = stamp.inode == entry.stamp.inode and stamp.size > entry.stamp.size > 0
        # A longer pause is a person who saved again, not a device.
        if grew and quiet <= gap <= self.options.quiet_limit:
            self.learned[entry.path.parent] = min(gap * _MARGIN, self.options.quiet_limit)

    def _forget(self, found: Survey, now: float) -> None:
        for path in [path for path in self.entries if path not in found.files]:
            entry = self.entries[path]
            # Behind a lost network mount lies an empty folder: its files are not gone.
            other_root = entry.root is not None and found.root is not None and entry.root[0] != found.root[0]
            if now - entry.seen_at > _FORGET_AFTER or (found.covers(path) and not other_root):
                del self.entries[path]
