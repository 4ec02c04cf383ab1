"""The loop: the scan is the truth, events only wake it earlier."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from pipeline.errors import IntakeError
from pipeline.ingest import completeness, display_name
from pipeline.model import Bilingual
from pipeline.watch.events import Events
from pipeline.watch.ledger import Entry, Ledger
from pipeline.watch.mounts import file_systems, is_remote
from pipeline.watch.status import Pending, WatchOptions, WatchStatus
from pipeline.watch.survey import Survey, survey
from pipeline.watch.writers import has_writer

log = structlog.get_logger(__name__)

_REMOTE_NOTE = Bilingual(
    zh="收件夹位于网络或虚拟文件系统,不产生事件,仅定时扫描",
    en="the inbox lies on a network or virtual file system that sends no events: scanning only",
)
_SHORTEST_PAUSE = 0.05
_TURN = 5.0  # s of handing over before the inbox and the threads are looked at again
_LISTED = 500


class Watcher:
    """Hands every file of the inbox to `on_ready` once per content (size, mtime, inode), when it is whole and quiet.

    `on_ready` runs in the watcher's thread; it may be called again for the same file after a restart.
    """

    def __init__(self, inbox: Path, on_ready: Callable[[Path], None], options: WatchOptions | None = None) -> None:
        self.inbox = inbox
        self.options = options or WatchOptions()
        self._on_ready = on_ready
        self._ledger = Ledger(self.options)
        self._bell = threading.Event()
        self._stop = threading.Event()
        self._scanning = threading.RLock()
        self._thread: threading.Thread | None = None
        self._events = Events(inbox, self._bell)
        self._systems = file_systems(inbox)
        self._root: tuple[int, int] | None = None
        self._listed = False
        self._odd: frozenset[Path] = frozenset()
        self._published = WatchStatus(inbox=str(inbox), running=False, mode="scan", file_systems=self._systems)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """False when the loop has ended, wanted or not."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Watch in a thread of its own until `stop`; does nothing when already running."""
        if self.running:
            return
        self._stop.clear()
        self._listen()
        self._thread = threading.Thread(target=self._run, name="countersign-watch", daemon=True)
        self._thread.start()
        log.info("watch.started", inbox=str(self.inbox), mode=self.status().mode, file_systems=self._systems)

    def stop(self, timeout: float = 30.0) -> None:
        """End the loop after the file in hand, waiting at most `timeout` s for it."""
        self._stop.set()
        self._bell.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout)
        self._events.stop()

    def scan_once(self) -> int:
        """One look at the inbox, handing over what is ready; returns how many files were."""
        if not self.running:
            self._stop.clear()
        return self._scan(use_dates=False)

    def run_until_quiet(self, patience: float = 10.0) -> tuple[Pending, ...]:
        """Scan until nothing waits, or nothing happened for `patience` s; returns what still waits.

        Raises IntakeError when the inbox cannot be listed. Incomplete files dated longer ago than
        `give_up_after` are handed over: a next run would see them as new.
        """
        self._stop.clear()
        last, before = time.monotonic(), (-1, -1)
        while not self._stop.is_set():
            self._scan(use_dates=True)
            if not self._listed:
                raise IntakeError(
                    f"the inbox {self.inbox} cannot be listed", advice="check that it is there and mounted"
                )
            if self._ledger.next_due() is None:
                break
            # Counted over all threads: the loop may run as well.
            progress = (self._published.delivered, self._ledger.changes)
            if progress != before:
                last, before = time.monotonic(), progress
            elif time.monotonic() - last >= patience:
                break
            self._stop.wait(self._pause())
        now = time.monotonic()
        return tuple(self._pending(entry, entry.reason, now) for entry in self._ledger.waiting())

    def status(self) -> WatchStatus:
        """The state after the last scan, with the threads as they are now."""
        events = self._events
        return self._published.model_copy(
            update={
                "running": self.running,
                "mode": "events+scan" if events.alive else "scan",
                "note": self._published.note or events.note,
                "restarts": events.restarts,
            }
        )

    def _run(self) -> None:
        while not self._stop.is_set():
            self._bell.clear()
            try:
                self._scan(use_dates=False)
                self._events.supervise()
                pause = self._pause()
            except Exception:  # the loop outlives everything: a dead watcher looks like an empty inbox
                log.exception("watch.scan_failed", inbox=str(self.inbox))
                pause = self.options.scan_interval
            if self._bell.wait(pause):
                # A burst rings for every file; one look a little later sees them all.
                self._stop.wait(max(_SHORTEST_PAUSE, self._published.scan_seconds))

    def _pause(self) -> float:
        """Until the next entry is due, at most `scan_interval`; never more than half of the time is spent on scans."""
        due = self._ledger.next_due()
        pause = self.options.scan_interval if due is None else min(self.options.scan_interval, due - time.monotonic())
        return max(pause, _SHORTEST_PAUSE, self._published.scan_seconds)

    def _scan(self, *, use_dates: bool) -> int:
        """How many files were handed over."""
        with self._scanning:
            began = time.monotonic()
            found = survey(self.inbox)
            seconds = time.monotonic() - began
            now = time.monotonic()
            self._notice(found)
            self._ledger.update(found, now)
            delivered = 0
            for entry in self._ledger.due(now):
                if self._stop.is_set() or time.monotonic() - now > _TURN:
                    break
                delivered += self._offer(entry, use_dates=use_dates)
            self._publish(found, delivered, seconds)
            return delivered

    def _offer(self, entry: Entry, *, use_dates: bool) -> int:
        """1 when the file was handed over."""
        stamp = entry.stamp
        age = max(time.time() - stamp.mtime_ns / 1e9, 0.0) if use_dates else 0.0
        checked = completeness(entry.path)
        if not self._ledger.judge(entry, checked, writer=has_writer(entry.path), now=time.monotonic(), age=age):
            return 0
        if entry.lack:
            log.warning("watch.given_up", file=self._name(entry.path), reason=entry.lack.en, detail=checked.detail)
        try:
            self._on_ready(entry.path)
        except Exception as error:
            reason = Bilingual(zh=f"接收失败,将自动重试:{error}", en=f"not taken over, tried again by itself: {error}")
            pause = self._ledger.failed(entry, reason, time.monotonic())
            told = log.warning if isinstance(error, IntakeError) else log.exception
            told("watch.not_taken", file=self._name(entry.path), error=str(error), retry_in=pause)
            return 0
        entry.delivered, entry.attempts = stamp, 0
        return 1

    def _notice(self, found: Survey) -> None:
        """Things that are told once: what is not a file, an inbox that was exchanged."""
        odd = frozenset(found.odd)
        for path in sorted(odd - self._odd):
            log.warning("watch.refused", file=self._name(path), kind=found.odd[path])
        self._odd = odd
        self._listed = self.inbox not in found.unseen
        if found.root is not None and found.root != self._root:
            if self._root is not None:
                log.warning("watch.inbox_exchanged", inbox=str(self.inbox))
                self._listen(anew=True)
            self._root = found.root

    def _listen(self, *, anew: bool = False) -> None:
        """Events where the file system has them; it may have become another one."""
        self._systems = file_systems(self.inbox)
        if not self.options.events or is_remote(self._systems[0]):
            self._events.stop()
        elif anew:
            self._events.renew()
        else:
            self._events.start()

    def _publish(self, found: Survey, delivered: int, seconds: float) -> None:
        now = time.monotonic()
        waiting = self._ledger.waiting()
        given_up = [entry for entry in self._ledger.entries.values() if entry.lack and not entry.waits]
        before = self._published
        self._published = WatchStatus(
            inbox=str(self.inbox),
            running=self.running,
            mode="scan",
            note=self._note(found),
            file_systems=self._systems,
            last_scan_at=datetime.now(UTC),
            scans=before.scans + 1,
            scan_seconds=seconds,
            delivered=before.delivered + delivered,
            waiting=len(waiting),
            pending=tuple(self._pending(entry, entry.reason, now) for entry in waiting[:_LISTED]),
            refused=tuple(
                Pending(name=self._name(path), reason=Bilingual(zh=f"不是普通文件({kind})", en=f"is a {kind}"))
                for path, kind in sorted(found.odd.items())[:_LISTED]
            ),
            given_up=tuple(self._pending(entry, entry.lack or entry.reason, now) for entry in given_up[:_LISTED]),
            quiet={self._name(folder): seconds for folder, seconds in self._ledger.learned.items()},
        )

    def _note(self, found: Survey) -> Bilingual | None:
        for folder, why in found.unseen.items():
            name = str(folder) if folder == self.inbox else self._name(folder)
            return Bilingual(zh=f"无法读取文件夹 {name}:{why}", en=f"the folder {name} cannot be read: {why}")
        return _REMOTE_NOTE if is_remote(self._systems[0]) else None

    def _pending(self, entry: Entry, reason: Bilingual, now: float) -> Pending:
        return Pending(name=self._name(entry.path), reason=reason, waiting=round(now - entry.changed_at, 3))

    def _name(self, path: Path) -> str:
        return display_name(path, self.inbox)
