"""The sandboxed process: reads one file and leaves its facts. Started as `python -m pipeline.flow.child`."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from pipeline.flow.document import look
from pipeline.flow.unpacking import opened
from pipeline.model import Facts, Pixels, ReadLine, ReadText, Submission, TextReader, Value
from pipeline.packs import load_packs
from pipeline.read import RecordedReader, open_reader
from pipeline.rules import CHECKS
from pipeline.unpack import UnpackLimits

_PR_SET_PDEATHSIG = 1


class Job(Value):
    """What the parent asks for; limits: address space in MiB, CPU in seconds."""

    original: Path
    submission: Submission
    templates: Path
    folder: Path
    threads: int
    memory_mib: int
    cpu_seconds: int
    parent: int
    recordings: Path | None = None
    forms: Path | None = None
    unpack_files: int = 200
    unpack_mib: int = 500


def main() -> None:
    """Job as JSON on standard input; facts are written to `folder/facts.json`."""
    job = Job.model_validate_json(sys.stdin.buffer.read())
    _limit(job)
    facts = _facts(job)
    target = job.folder / "facts.json"
    job.folder.mkdir(parents=True, exist_ok=True)
    temporary = job.folder / f".facts.{os.getpid()}"
    with temporary.open("w", encoding="utf-8") as file:
        file.write(facts.model_dump_json())
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)


def _facts(job: Job) -> Facts:
    most = UnpackLimits(files=job.unpack_files, bytes=job.unpack_mib * 2**20)
    parcel = opened(job.original, job.submission, job.folder, most)
    if parcel is not None:
        return parcel
    packs = load_packs(job.templates, CHECKS)
    return look(job.original, job.submission, packs, _reader(job), job.folder, job.forms)


class LazyReader:
    """Opens the engine at the first picture: electronic files never need it, and it takes seconds to start."""

    def __init__(self, start: Callable[[], TextReader]) -> None:
        self._start = start
        self._reader: TextReader | None = None

    def read_page(self, pixels: Pixels) -> tuple[ReadLine, ...]:
        """As the engine."""
        return self._opened().read_page(pixels)

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        """As the engine."""
        return self._opened().read_strips(strips)

    def _opened(self) -> TextReader:
        if self._reader is None:
            self._reader = self._start()
        return self._reader


def _reader(job: Job) -> TextReader:
    if job.recordings is not None:
        return RecordedReader(job.recordings)
    return LazyReader(partial(open_reader, job.threads))


def _limit(job: Job) -> None:
    """Die with the parent, and never take the machine down with a hostile file."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != job.parent:  # it died before the line above
            os._exit(1)
    resource.setrlimit(resource.RLIMIT_AS, (job.memory_mib * 2**20, job.memory_mib * 2**20))
    resource.setrlimit(resource.RLIMIT_CPU, (job.cpu_seconds, job.cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
