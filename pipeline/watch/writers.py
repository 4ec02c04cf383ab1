"""Whether another process still has a file open for writing, where the system can tell."""

from __future__ import annotations

import contextlib
import errno
import signal
import sys
from pathlib import Path

from pipeline.errors import IntakeError
from pipeline.ingest import open_regular

if sys.platform == "linux":
    import fcntl


def has_writer(path: Path) -> bool:
    """True when certainly open for writing elsewhere; False also means: cannot tell (network, foreign owner)."""
    if sys.platform != "linux":
        return False
    with contextlib.suppress(OSError, IntakeError), open_regular(path) as stream:
        descriptor = stream.fileno()
        # A read lease is granted only when nobody has the file open for writing (fcntl(2), "Leases").
        # Who opens it meanwhile makes the kernel signal us: the default signal ends a process, SIGURG is ignored.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        try:
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except OSError as error:
            return error.errno == errno.EAGAIN
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False
