"""The door to watchdog: events ring a bell and nothing more, so that losing one costs seconds, never a file."""

from __future__ import annotations

import errno
import threading
import time
from pathlib import Path

import structlog
from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.utils import BaseThread

from pipeline.model import Bilingual

log = structlog.get_logger(__name__)

# Not "opened" or "modified": our own reading and every block of a slow copy would ring.
_RINGING: list[type[FileSystemEvent]] = [
    FileCreatedEvent,
    FileClosedEvent,
    FileMovedEvent,
    DirCreatedEvent,
    DirMovedEvent,
]
_STOP_LIMIT = 5.0
_RETRY_FIRST, _RETRY_LAST = 1.0, 60.0
_LIMITS = {
    errno.ENOSPC: Bilingual(
        zh="inotify 监视数已达上限,改为定时扫描;请调高 fs.inotify.max_user_watches",
        en="inotify watch limit reached, scanning only; raise fs.inotify.max_user_watches",
    ),
    errno.EMFILE: Bilingual(
        zh="inotify 实例数或打开文件数已达上限,改为定时扫描;请调高 fs.inotify.max_user_instances",
        en="inotify instance or open file limit reached, scanning only; raise fs.inotify.max_user_instances",
    ),
}


class _Ring(FileSystemEventHandler):
    def __init__(self, bell: threading.Event) -> None:
        self._bell = bell

    def dispatch(self, event: FileSystemEvent) -> None:
        try:
            self._bell.set()
        except Exception as error:  # an exception here would end watchdog's thread without a word
            log.warning("watch.bell_failed", error=str(error), path=str(event.src_path))


class Events:
    """File-system events of one folder tree, supervised; every thread that died is replaced."""

    def __init__(self, folder: Path, bell: threading.Event) -> None:
        self._folder = folder
        self._bell = bell
        self._observer: BaseObserver | None = None
        self._wanted = False
        self._retry_at = 0.0
        self._retry_after = _RETRY_FIRST
        self._started_at = 0.0
        self.restarts = 0
        self.note: Bilingual | None = None

    @property
    def alive(self) -> bool:
        """True when the observer and every thread behind it run."""
        threads = self.threads
        return bool(threads) and all(thread.is_alive() for thread in threads)

    @property
    def threads(self) -> tuple[BaseThread, ...]:
        """All threads that must run for an event to arrive; empty when stopped."""
        observer = self._observer
        if observer is None:
            return ()
        # The inotify reader is a third thread which watchdog does not publish.
        reader = getattr(observer, "_inotify_fd", None)
        return (observer, *observer.emitters, *((reader,) if isinstance(reader, BaseThread) else ()))

    def start(self) -> None:
        """Begin to listen; never raises: what fails is noted and tried again by `supervise`."""
        self._wanted = True
        self._open()

    def stop(self) -> None:
        """Stop to listen."""
        self._wanted = False
        self._close()

    def supervise(self) -> None:
        """Replace dead threads; call it every few seconds."""
        if not self._wanted or self.alive or time.monotonic() < self._retry_at:
            return
        if self._observer is not None:
            dead = [type(thread).__name__ for thread in self.threads if not thread.is_alive()] or ["emitter"]
            self.restarts += 1
            log.warning("watch.events_restarted", dead=dead, restarts=self.restarts, folder=str(self._folder))
            if time.monotonic() - self._started_at > _RETRY_LAST:
                self._retry_after = _RETRY_FIRST
            self._later()
        self._close()
        self._open()
        self._bell.set()

    def renew(self) -> None:
        """Listen to the folder anew: another one has taken its place."""
        if self._wanted:
            self._close()
            self._open()

    def _open(self) -> None:
        observer: BaseObserver | None = None
        try:
            observer = Observer()
            observer.schedule(_Ring(self._bell), str(self._folder), recursive=True, event_filter=_RINGING)
            observer.start()
        except Exception as error:
            if observer is not None:
                _end(observer)
            self._later()
            self.note = _explain(error)
            log.warning("watch.events_unavailable", folder=str(self._folder), reason=self.note.en)
            return
        self._observer = observer
        self._started_at = time.monotonic()
        self.note = None

    def _close(self) -> None:
        if self._observer is not None:
            _end(self._observer)
        self._observer = None

    def _later(self) -> None:
        self._retry_at = time.monotonic() + self._retry_after
        self._retry_after = min(self._retry_after * 2, _RETRY_LAST)


def _end(observer: BaseObserver) -> None:
    """Stopping joins threads that may hang in the file system; our loop must not hang with them."""

    def stop() -> None:
        try:
            observer.stop()
            # Stopping an observer that never ran leaves its reader behind.
            if observer.ident is not None:
                observer.join(_STOP_LIMIT)
        except Exception as error:
            log.warning("watch.observer_stop_failed", error=str(error))

    thread = threading.Thread(target=stop, name="countersign-watch-stop", daemon=True)
    thread.start()
    thread.join(_STOP_LIMIT)


def _explain(error: Exception) -> Bilingual:
    number = error.errno if isinstance(error, OSError) else None
    if number in _LIMITS:
        return _LIMITS[number]
    return Bilingual(zh=f"无法监听文件夹事件({error}),改为定时扫描", en=f"no events ({error}), scanning only")
