"""Worker processes: each opens the product once; a case that crashes is an answer, not the end of the run."""

from __future__ import annotations

import multiprocessing
import os
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import wait
from typing import Generic, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

J = TypeVar("J")
R = TypeVar("R")


@dataclass(frozen=True)
class Crash:
    """What a case raised."""

    message: str


@dataclass(frozen=True)
class Done(Generic[J, R]):
    """A case and what became of it."""

    job: J
    result: R | Crash

    @property
    def value(self) -> R | None:
        """The result, None after a crash."""
        return None if isinstance(self.result, Crash) else self.result


class Crew:
    """Runs cases in `workers` processes, or in this one when there is but one."""

    def __init__(self, workers: int, console: Console) -> None:
        self.workers = workers
        self.console = console
        self._pool: ProcessPoolExecutor | None = None

    def map(self, work: Callable[[J], R], jobs: Sequence[J], title: str) -> list[Done[J, R]]:
        """`work(job)` for every job, in the order of the jobs; both must be picklable."""
        guarded = partial(_guarded, work)
        results: dict[int, R | Crash] = {}
        with _progress(self.console, title, len(jobs)) as step:
            if self.workers == 1:
                for index, job in enumerate(jobs):
                    results[index] = guarded(job)
                    step()
            while len(results) < len(jobs):
                left = [index for index in range(len(jobs)) if index not in results]
                if not self._round(guarded, jobs, left, results, step):
                    # Someone took his process and the whole pool down: those in hand then are run one by one.
                    left = [index for index in left if index not in results][: 2 * self.workers]
                    for index in left:
                        if not self._round(guarded, jobs, [index], results, step):
                            results[index] = Crash("the process died")
                            step()
        return [Done(job, results[index]) for index, job in enumerate(jobs)]

    def _round(
        self,
        guarded: Callable[[J], R | Crash],
        jobs: Sequence[J],
        left: Sequence[int],
        results: dict[int, R | Crash],
        step: Callable[[], None],
    ) -> bool:
        """Run what is left; False when a process died before the end."""
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.workers, mp_context=context, initializer=_ready)
        try:
            waiting = {self._pool.submit(guarded, jobs[index]): index for index in left}
            for future in as_completed(waiting):
                results[waiting[future]] = future.result()
                step()
        except BrokenProcessPool:
            self.close()
            return False
        return True

    def close(self) -> None:
        """Stop the processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def _ready() -> None:
    """Before a worker's first case."""
    _one_thread()
    _end_with_parent()


def _end_with_parent() -> None:
    """A run that was killed leaves no workers, of two gigabytes each, that go on with what was queued."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _one_thread() -> None:
    """OpenCV and BLAS would otherwise take every core in every process."""
    import cv2

    cv2.setNumThreads(1)
    os.environ.setdefault("OMP_NUM_THREADS", "1")


def _guarded(work: Callable[[J], R], job: J) -> R | Crash:
    try:
        return work(job)
    except Exception:
        return Crash(traceback.format_exc(limit=-4))


@contextmanager
def _progress(console: Console, title: str, total: int) -> Iterator[Callable[[], None]]:
    columns = (
        TextColumn("{task.description:<34}"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(title, total=total)
        yield lambda: progress.advance(task)
