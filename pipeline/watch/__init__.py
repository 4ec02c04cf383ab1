"""Inbox -> settled files; the only door to watchdog."""

from pipeline.watch.mounts import file_systems, is_remote
from pipeline.watch.status import Pending, WatchOptions, WatchStatus
from pipeline.watch.survey import is_litter
from pipeline.watch.watcher import Watcher

__all__ = ["Pending", "WatchOptions", "WatchStatus", "Watcher", "file_systems", "is_litter", "is_remote"]
