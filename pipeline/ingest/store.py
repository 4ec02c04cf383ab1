"""Originals, kept by their hash, never changed."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import IntakeError
from pipeline.ingest.source import open_regular

_PREFIX = ".incoming-"
_CHUNK = 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FULL = {errno.ENOSPC, errno.EDQUOT}


class FileStore:
    """Content-addressed folder `ab/<sha256>`; `min_free` bytes always stay free on its disk."""

    def __init__(self, root: Path, *, min_free: int = 512 * 1024 * 1024) -> None:
        self.root = root
        self.min_free = min_free
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.sweep()

    def take(self, path: Path) -> tuple[str, int]:
        """Copy a file in, durable when this returns; (sha256, size in bytes). Raises IntakeError, never half a copy."""
        try:
            with open_regular(path) as stream, self._temporary() as (temporary, copy):
                before = os.fstat(stream.fileno())
                self._refuse_full(path, before.st_size)
                digest, size = _copy(stream, copy, before.st_size)
                # The path is looked at as well: a file replaced meanwhile leaves our descriptor on the old one.
                if (
                    not _same(before, os.fstat(stream.fileno()))
                    or not _same(before, path.lstat())
                    or (size != before.st_size)
                ):
                    raise IntakeError(f"{path.name!r} is still changing", advice="it is taken when its sender is done")
                self._keep(temporary, digest)
                return digest, size
        except OSError as error:
            raise _explain(path, error, self.root) from error

    def keep(self, content: bytes, name: str) -> tuple[str, int]:
        """Store bytes that were cleaned before; (sha256, size). Raises IntakeError."""
        try:
            with self._temporary() as (temporary, copy):
                self._refuse_full(Path(name), len(content))
                copy.write(content)
                copy.flush()
                os.fsync(copy.fileno())
                digest = hashlib.sha256(content).hexdigest()
                self._keep(temporary, digest)
                return digest, len(content)
        except OSError as error:
            raise _explain(Path(name), error, self.root) from error

    def path(self, sha256: str) -> Path:
        """Where the bytes with this hash are (or would be); raises IntakeError for anything that is no hash."""
        if not _SHA256.fullmatch(sha256):
            raise IntakeError(f"{sha256!r} is not a SHA-256", advice="use the 64 characters of the review")
        return self.root / sha256[:2] / sha256

    def verify(self, sha256: str) -> bool:
        """True when the stored bytes are there and still have this hash."""
        try:
            with open_regular(self.path(sha256)) as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest() == sha256
        except (OSError, IntakeError):
            return False

    def sweep(self, *, older_than: float = 3600.0) -> int:
        """Remove copies a crash left behind; younger ones (s) may belong to a running process. Returns how many."""
        removed = 0
        for left in self.root.glob(f"{_PREFIX}*"):
            try:
                # A clock set back makes leftovers look as if made in the future.
                if abs(time.time() - left.lstat().st_mtime) >= older_than:
                    left.unlink()
                    removed += 1
            except OSError:
                continue
        return removed

    @contextmanager
    def _temporary(self) -> Iterator[tuple[Path, BinaryIO]]:
        temporary = self.root / f"{_PREFIX}{os.getpid()}-{secrets.token_hex(8)}"
        try:
            with temporary.open("xb") as copy:
                yield temporary, copy
        finally:
            temporary.unlink(missing_ok=True)

    def _keep(self, temporary: Path, digest: str) -> None:
        if self.verify(digest):
            return
        final = self.path(digest)
        if not final.parent.is_dir():
            final.parent.mkdir(mode=0o700, exist_ok=True)
            _sync_folder(self.root)
        temporary.chmod(0o440)
        temporary.replace(final)
        _sync_folder(final.parent)

    def _refuse_full(self, path: Path, size: int) -> None:
        free = shutil.disk_usage(self.root).free
        if free - size < self.min_free:
            raise IntakeError(
                f"{path.name!r} is not taken: only {free // 1_000_000} MB free on the disk of {self.root}",
                advice=f"free {(self.min_free + size - free) // 1_000_000 + 1} MB; it is then taken by itself",
            )


def _copy(stream: BinaryIO, copy: BinaryIO, limit: int) -> tuple[str, int]:
    """Stops soon after `limit` bytes: a file that grows faster than we read must not fill the disk."""
    digest = hashlib.sha256()
    size = 0
    while size <= limit and (chunk := stream.read(_CHUNK)):
        digest.update(chunk)
        copy.write(chunk)
        size += len(chunk)
    copy.flush()
    os.fsync(copy.fileno())
    return digest.hexdigest(), size


def _same(before: os.stat_result, after: os.stat_result) -> bool:
    return (before.st_size, before.st_mtime_ns, before.st_ino) == (after.st_size, after.st_mtime_ns, after.st_ino)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _explain(path: Path, error: OSError, root: Path) -> IntakeError:
    if error.errno in _FULL:
        return IntakeError(f"the disk of {root} is full", advice="free space; the file stays and is taken later")
    if isinstance(error, FileNotFoundError):
        return IntakeError(f"{path.name!r} is gone", advice="drop it again if it was not moved on purpose")
    if isinstance(error, PermissionError):
        return IntakeError(f"{path.name!r} may not be read", advice="give the account of the service read permission")
    return IntakeError(
        f"{path.name!r} cannot be copied: {error.strerror or error}", advice="it is tried again by itself"
    )
