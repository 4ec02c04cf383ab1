"""The real service in a process of its own, on scratch folders."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.cases.store import CaseRow, CaseStore

SAMPLES = Path(__file__).resolve().parents[1] / "samples"


class Installation:
    """One scratch installation and its service process."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.inbox, self.outbox, self.state = home / "inbox", home / "outbox", home / "state"
        self.environment = {
            **os.environ,
            "COUNTERSIGN_TODAY": "2026-09-28",
            "COUNTERSIGN_SETTLE_SECONDS": "2",
            "COUNTERSIGN_SCAN_SECONDS": "0.5",
            "COUNTERSIGN_QUIET_SECONDS": "0.5",
            "COUNTERSIGN_WORKERS": "2",
            "COUNTERSIGN_THREADS": "1",
            "COUNTERSIGN_PDF": "false",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One `countersign` command, to its end."""
        return subprocess.run(
            [sys.executable, "-P", "-m", "pipeline.cli", *arguments],
            cwd=self.home,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )

    def start(self) -> None:
        """`countersign run` in the background."""
        with (self.home / "service.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "pipeline.cli", "run"],
                cwd=self.home,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        assert self.until(lambda: (self.outbox / "index.html").exists(), 60), self.log()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the service and wait for its end."""
        if self.process is not None:
            self.process.send_signal(how)
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def until(self, condition: Callable[[], bool], seconds: float = 240.0) -> bool:
        """Poll; the machine may be slow, the outcome may not differ."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return True
            time.sleep(0.2)
        return condition()

    def cases(self) -> tuple[CaseRow, ...]:
        """The cases now."""
        store = self.store()
        try:
            return store.cases()
        finally:
            store.close()

    def store(self) -> CaseStore:
        """The tables; close it."""
        return CaseStore(f"sqlite:///{self.state / 'countersign.db'}")

    def log(self) -> str:
        """The end of the service's log."""
        return (self.home / "service.log").read_text(errors="replace")[-4000:]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    place = Installation(tmp_path)
    place.inbox.mkdir()
    yield place
    place.stop()
