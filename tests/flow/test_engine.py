"""The durable engine with real SQLite: order, idempotence, take-over of a killed process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.flow.engine import Engine
from pipeline.flow.lease import dead_slots, lease
from pipeline.flow.work import Fate


class LoggedWork:
    """Work that writes every call to a file and fails when told to."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.lock = threading.Lock()
        self.open: set[str] = set()
        self.stale: set[str] = set()
        self.read_seconds = 0.0
        self.poison: set[str] = set()
        self.disk_full = 0
        self.others_reading = 0
        self.wakes: dict[str, str] = {}
        self.bundles: dict[str, list[str]] = {}
        self.waiting: set[str] = set()
        self.fates: dict[str, list[Fate]] = {}
        self.vacated: dict[str, list[tuple[str, int]]] = {}
        self.swept: list[tuple[str, int]] = []

    def note(self, line: str) -> None:
        with self.lock, self.log.open("a") as file:
            file.write(line + "\n")

    def lines(self) -> list[str]:
        return self.log.read_text().split("\n")[:-1] if self.log.exists() else []

    def read(self, sha256: str) -> str:
        self.note(f"read {sha256}")
        if sha256 in self.poison:
            raise ValueError(sha256)
        time.sleep(self.read_seconds)
        return f"facts-{sha256}"

    def split(self, sha256: str, facts: str) -> list[str]:
        return self.bundles.get(sha256, [])

    def join(self, sha256: str, facts: str) -> tuple[str, int]:
        assert facts == f"facts-{sha256}"
        self.note(f"join {sha256}")
        self.open.discard(sha256)
        if sha256 in self.fates:
            self.waiting.add(sha256)
            return "", 0
        return f"case-{sha256[0]}", 1

    def left(self, sha256: str) -> list[tuple[str, int]]:
        return self.vacated.pop(sha256, [])

    def reading(self, before: str) -> bool:
        return False

    def put_together(self, sha256: str) -> Fate:
        self.note(f"put_together {sha256}")
        return self.fates[sha256].pop(0)  # none left: it breaks

    def join_alone(self, sha256: str) -> tuple[str, int]:
        self.note(f"join_alone {sha256}")
        self.waiting.discard(sha256)
        return f"case-{sha256[0]}", 1

    def pieces(self) -> tuple[str, ...]:
        return tuple(self.waiting)

    def publish(self, case_id: str, rev: int) -> bool:
        if self.disk_full:
            self.disk_full -= 1
            raise OSError(28, "no space left")
        self.note(f"publish {case_id} {rev}")
        return case_id not in self.stale

    def arriving(self, before: str) -> bool:
        with self.lock:
            self.others_reading -= 1
            return self.others_reading >= 0

    def papers_due(self, case_id: str, rev: int) -> list[str]:
        return ["O01"]

    def draft(self, case_id: str, code: str) -> str:
        self.note(f"draft {case_id} {code}")
        return f"{case_id}-{code}-1"

    def next_wake(self, case_id: str) -> str | None:
        return self.wakes.get(case_id)

    def sweep(self) -> list[tuple[str, int]]:
        with self.lock:
            changed, self.swept = self.swept, []
        return changed

    def give_up(self, sha256: str) -> None:
        self.note(f"give_up {sha256}")
        self.open.discard(sha256)

    def unfinished(self) -> tuple[str, ...]:
        return tuple(self.open)

    def unpublished(self) -> tuple[tuple[str, int], ...]:
        return ()


def engine_at(folder: Path, work: LoggedWork) -> Engine:
    url = f"sqlite:///{folder / 'engine.db'}"
    return Engine(work, url=url, slots=folder / "slots", workers=2, settle_seconds=0.2)


def until(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def test_a_document_is_read_joined_published_and_its_papers_drafted(tmp_path: Path) -> None:
    work = LoggedWork(tmp_path / "log")
    work.disk_full = 1
    engine = engine_at(tmp_path, work)
    engine.start()
    try:
        for _ in range(3):
            engine.enqueue("a1")
        assert until(lambda: engine.active() == 0 and len(work.lines()) >= 5)
    finally:
        engine.stop()
    assert work.lines() == ["read a1", "join a1", "publish case-a 1", "draft case-a O01", "publish case-a 1"]


def test_a_file_of_several_documents_is_read_part_by_part_and_joins_nothing_itself(tmp_path: Path) -> None:
    work = LoggedWork(tmp_path / "log")
    work.bundles["z0"] = ["x1", "y1"]
    engine = engine_at(tmp_path, work)
    engine.start()
    try:
        engine.enqueue("z0")
        assert until(lambda: engine.active() == 0 and "draft case-y O01" in work.lines())
    finally:
        engine.stop()
    assert {"read z0", "join x1", "join y1"} <= set(work.lines())
    assert "join z0" not in work.lines()


def test_a_piece_waits_is_put_together_and_the_whole_is_read(tmp_path: Path) -> None:
    work = LoggedWork(tmp_path / "log")
    work.fates = {"p1": [("wait", ""), ("whole", "w1")], "q1": [("alone", "")], "r1": [("done", "")]}
    work.vacated["w1"] = [("case-old", 4)]
    engine = engine_at(tmp_path, work)
    engine.start()
    try:
        for name in ("p1", "q1", "r1"):
            engine.enqueue(name)
        assert until(lambda: engine.active() == 0 and "publish case-w 1" in work.lines())
        engine.enqueue("p1")
        engine.reconcile()
        assert until(lambda: engine.active() == 0)
    finally:
        engine.stop()
    lines = work.lines()
    assert [lines.count(f"put_together {name}") for name in ("p1", "q1", "r1")] == [2, 1, 1]
    assert lines.count("read w1") == lines.count("join w1") == 1, "a repeated call reads nothing twice"
    assert "publish case-old 4" in lines, "a case that lost its pages is published anew"
    assert "publish case-q 1" in lines
    assert not {"publish case-p 1", "publish case-r 1", "publish  0"} & set(lines)


def test_a_piece_that_breaks_the_assembly_joins_a_case_alone(tmp_path: Path) -> None:
    work = LoggedWork(tmp_path / "log")
    work.fates = {"p1": []}
    engine = engine_at(tmp_path, work)
    engine.start()
    try:
        engine.enqueue("p1")
        assert until(lambda: "join_alone p1" in work.lines())
    finally:
        engine.stop()


def test_papers_wait_for_files_that_arrived_together(tmp_path: Path) -> None:
    work = LoggedWork(tmp_path / "log")
    work.others_reading = 2
    engine = engine_at(tmp_path, work)
    engine.start()
    try:
        engine.enqueue("a1")
        assert until(lambda: "draft case-a O01" in work.lines())
    finally:
        engine.stop()
    assert work.others_reading == -1


def test_a_stale_revision_drafts_nothing(tmp_path: Path) -> None:
    work = LoggedWork(tmp_path / "log")
    work.stale.add("case-b")
    engine = engine_at(tmp_path, work)
    engine.start()
    try:
        engine.enqueue("b1")
        assert until(lambda: engine.active() == 0 and len(work.lines()) >= 3)
    finally:
        engine.stop()
    assert work.lines() == ["read b1", "join b1", "publish case-b 1"]


def test_deadlines_that_passed_while_nothing_ran_are_seen_at_the_start(tmp_path: Path) -> None:
    work = LoggedWork(tmp_path / "log")
    work.swept = [("case-d", 7)]
    engine = engine_at(tmp_path, work)
    engine.start()
    try:
        assert until(lambda: "publish case-d 7" in work.lines())
    finally:
        engine.stop()


def test_a_timer_of_the_past_fires_at_once_and_one_of_the_future_waits_without_being_work(tmp_path: Path) -> None:
    work = LoggedWork(tmp_path / "log")
    work.wakes = {"case-a": "2020-01-01", "case-b": "2999-01-01"}
    engine = engine_at(tmp_path, work)
    engine.start()
    try:
        work.swept = [("case-e", 3)]
        engine.enqueue("b1")
        assert until(lambda: engine.active() == 0 and "publish case-b 1" in work.lines())
        assert "publish case-e 3" not in work.lines()
        engine.enqueue("a1")
        assert until(lambda: "publish case-e 3" in work.lines())
    finally:
        engine.stop()


def test_what_the_tables_know_is_enqueued_at_the_start(tmp_path: Path) -> None:
    work = LoggedWork(tmp_path / "log")
    work.open.add("c1")
    engine = engine_at(tmp_path, work)
    engine.start()
    try:
        assert until(lambda: "draft case-c O01" in work.lines())
    finally:
        engine.stop()


def test_a_document_that_breaks_its_workflow_is_given_up_not_forgotten(tmp_path: Path) -> None:
    work = LoggedWork(tmp_path / "log")
    work.poison.add("d1")
    work.open.add("d1")
    engine = engine_at(tmp_path, work)
    engine.start()
    try:
        assert until(lambda: "give_up d1" in work.lines())
    finally:
        engine.stop()
    assert work.lines().count("give_up d1") == 1


CHILD = """
import sys
from pathlib import Path
from tests.flow.test_engine import LoggedWork, engine_at
work = LoggedWork(Path(sys.argv[1]) / "log")
work.read_seconds = 600
engine = engine_at(Path(sys.argv[1]), work)
engine.start()
engine.enqueue("e1")
engine._janitor.join()
"""


def test_the_work_of_a_killed_process_is_taken_over_by_a_running_one(tmp_path: Path) -> None:
    work = LoggedWork(tmp_path / "log")
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)], cwd=Path(__file__).parents[2])
    assert until(lambda: "read e1" in work.lines())
    engine = engine_at(tmp_path, work)
    engine.start()
    try:
        assert engine._slot is not None
        assert engine._slot.name == "slot-1"
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        assert until(lambda: "draft case-e O01" in work.lines())
    finally:
        engine.stop()
    assert work.lines().count("read e1") == 2
    assert work.lines().count("join e1") == 1


def test_slots_are_leased_once_and_seen_dead_when_released(tmp_path: Path) -> None:
    first, second = lease(tmp_path), lease(tmp_path)
    assert (first.name, second.name) == ("slot-0", "slot-1")
    assert dead_slots(tmp_path, first) == []
    second.release()
    assert dead_slots(tmp_path, first) == ["slot-1"]
    others = [lease(tmp_path) for _ in range(15)]
    with pytest.raises(SettingsError, match="slots are taken"):
        lease(tmp_path)
    for slot in (first, *others):
        slot.release()
