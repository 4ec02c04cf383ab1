"""How foreign files are opened: regular files only, no links, never waiting for the other end of a pipe."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from pipeline.errors import IntakeError

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a pipe swapped in after the look must not hang us
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


@contextmanager
def open_regular(path: Path) -> Iterator[BufferedReader]:
    """The file opened for reading; raises OSError, or IntakeError when it is a link, pipe, device or folder."""
    # Opening a device can already do something, so its kind is looked at before and after.
    _refuse_odd(path, path.lstat().st_mode)
    descriptor = os.open(path, _FLAGS)
    with os.fdopen(descriptor, "rb") as stream:
        _refuse_odd(path, os.fstat(descriptor).st_mode)
        yield stream


def odd_kind(mode: int) -> str | None:
    """The word for a thing that is not a regular file, None for a regular file; `mode` = st_mode."""
    if stat.S_ISREG(mode):
        return None
    kinds = {
        stat.S_IFLNK: "symbolic link",
        stat.S_IFDIR: "folder",
        stat.S_IFIFO: "named pipe",
        stat.S_IFSOCK: "socket",
        stat.S_IFBLK: "device",
        stat.S_IFCHR: "device",
    }
    return kinds.get(stat.S_IFMT(mode), "special file")


def _refuse_odd(path: Path, mode: int) -> None:
    if kind := odd_kind(mode):
        raise IntakeError(f"{path.name!r} is a {kind}, not a file", advice="put the file itself into the inbox")
