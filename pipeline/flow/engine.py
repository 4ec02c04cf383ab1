"""The durable engine: queues, workflows and recovery. The only module that knows DBOS.

Every step may run more than once after a crash; what it does must therefore be safe to repeat. Workflow ids make
enqueueing idempotent: `doc:<sha256>`, `pieces:<sha256>:<turn>`, `case:<id>:r<rev>`, `papers:<id>:r<rev>:<turn>`,
`wake:<day>`.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetEnqueueOptions, SetWorkflowID

from pipeline.flow.lease import Slot, dead_slots, lease
from pipeline.flow.work import Work

# Work in flight belongs to this version; raise it only when a workflow changes shape, after draining.
_VERSION = "2"
_DOCUMENTS, _CASES, _PAPERS, _TIMERS = "documents", "cases", "papers", "timers"
_ZONE = ZoneInfo("Asia/Shanghai")
_OFFICE_OPENS = time(8)
_ATTEMPTS = 5
_TICK_SECONDS = 5.0
_ACTIVE = ["ENQUEUED", "PENDING", "DELAYED"]
_GIVEN_UP = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]

_log = structlog.get_logger(__name__)


class _Desk:
    """The work of this process; workflows are module functions and need to find it."""

    work: Work
    settle_seconds: float


_desk = _Desk()


def _now_iso() -> str:
    """The present moment in UTC."""
    return datetime.now(UTC).isoformat()


def _transient(error: BaseException) -> bool:
    return isinstance(error, OSError)


@DBOS.step(name="read")
def _read(sha256: str) -> str:
    return _desk.work.read(sha256)


@DBOS.step(name="split", retries_allowed=True, should_retry=_transient)
def _split(sha256: str, facts: str) -> list[str]:
    return _desk.work.split(sha256, facts)


@DBOS.step(name="join", retries_allowed=True, should_retry=_transient)
def _join(sha256: str, facts: str) -> list[str | int]:
    joined = _desk.work.join(sha256, facts)
    return [each for pair in (joined, *_desk.work.left(sha256)) for each in pair]


@DBOS.step(name="reading")
def _reading(before: str) -> list[str | bool]:
    moment = before or _now_iso()
    return [moment, _desk.work.reading(moment)]


@DBOS.step(name="put_together", retries_allowed=True, should_retry=_transient)
def _put_together(sha256: str) -> list[str]:
    return list(_desk.work.put_together(sha256))


@DBOS.step(name="join_alone", retries_allowed=True, should_retry=_transient)
def _join_alone(sha256: str) -> list[str | int]:
    joined = _desk.work.join_alone(sha256)
    return [each for pair in (joined, *_desk.work.left(sha256)) for each in pair]


@DBOS.step(name="publish", retries_allowed=True, should_retry=_transient)
def _publish(case_id: str, rev: int) -> bool:
    return _desk.work.publish(case_id, rev)


@DBOS.step(name="papers_due")
def _papers_due(case_id: str, rev: int) -> list[str]:
    return _desk.work.papers_due(case_id, rev)


@DBOS.step(name="draft", retries_allowed=True, should_retry=_transient)
def _draft(case_id: str, code: str) -> str:
    return _desk.work.draft(case_id, code)


@DBOS.step(name="next_wake")
def _next_wake(case_id: str) -> list[str | float]:
    day = _desk.work.next_wake(case_id)
    if day is None:
        return []
    begins = datetime.combine(date.fromisoformat(day), _OFFICE_OPENS, tzinfo=_ZONE)
    return [day, max(0.0, (begins - datetime.now(UTC)).total_seconds())]


@DBOS.step(name="sweep", retries_allowed=True, should_retry=_transient)
def _sweep() -> list[list[str | int]]:
    return [list(item) for item in _desk.work.sweep()]


@DBOS.workflow(name="wake")
def _wake() -> None:
    for case_id, rev in _sweep():
        _enqueue_case(str(case_id), int(rev))


@DBOS.workflow(name="document", max_recovery_attempts=_ATTEMPTS)
def _document(sha256: str) -> None:
    facts = _read(sha256)
    parts = _split(sha256, facts)
    for part in parts:
        _enqueue_document(part)
    if not parts:
        joined = _join(sha256, facts)
        for case_id, rev in zip(joined[::2], joined[1::2], strict=True):
            if case_id:
                _enqueue_case(str(case_id), int(rev))
            else:
                _enqueue_pieces(sha256, "", 0)


@DBOS.workflow(name="pieces", max_recovery_attempts=_ATTEMPTS)
def _pieces(sha256: str, before: str, turn: int) -> None:
    # files that came with it are read first, so that a page is not missed only because it is the last one in the queue
    moment, reading = _reading(before)
    fate, whole = ["wait", ""] if reading else _put_together(sha256)
    match fate:
        case "wait":
            _enqueue_pieces(sha256, str(moment), turn + 1)
        case "whole":
            _enqueue_document(whole)
        case "alone":
            joined = _join_alone(sha256)
            for case_id, rev in zip(joined[::2], joined[1::2], strict=True):
                _enqueue_case(str(case_id), int(rev))


@DBOS.step(name="arriving")
def _arriving(before: str) -> list[str | bool]:
    moment = before or _now_iso()
    return [moment, _desk.work.arriving(moment)]


@DBOS.workflow(name="case")
def _case(case_id: str, rev: int) -> None:
    if _publish(case_id, rev):
        _enqueue_papers(case_id, rev, "", 0)
        _set_timer(case_id)


@DBOS.workflow(name="papers")
def _papers(case_id: str, rev: int, before: str, turn: int) -> None:
    # files dropped together are read one after the other; a notice drafted in between would list half the defects
    moment, waiting = _arriving(before)
    if waiting:
        _enqueue_papers(case_id, rev, str(moment), turn + 1)
        return
    codes = _papers_due(case_id, rev)
    for code in codes:
        _draft(case_id, code)
    if codes:
        _publish(case_id, rev)


def _enqueue_document(sha256: str) -> None:
    with SetWorkflowID(f"doc:{sha256}"):
        DBOS.enqueue_workflow(_DOCUMENTS, _document, sha256)


def _enqueue_pieces(sha256: str, before: str, turn: int) -> None:
    # one at a time: two that look at the same pieces at once would make two documents of them
    options = SetEnqueueOptions(queue_partition_key="pieces", delay_seconds=_desk.settle_seconds)
    with SetWorkflowID(f"pieces:{sha256}:{turn}"), options:
        DBOS.enqueue_workflow(_CASES, _pieces, sha256, before, turn)


def _enqueue_papers(case_id: str, rev: int, before: str, turn: int) -> None:
    with SetWorkflowID(f"papers:{case_id}:r{rev}:{turn}"), SetEnqueueOptions(delay_seconds=_desk.settle_seconds):
        DBOS.enqueue_workflow(_PAPERS, _papers, case_id, rev, before, turn)


def _set_timer(case_id: str) -> None:
    """Wake up on the day of the case's next deadline; a day has one timer, whatever cases want it."""
    found = _next_wake(case_id)
    if found:
        day, seconds = str(found[0]), float(found[1])
        with SetWorkflowID(f"wake:{day}"), SetEnqueueOptions(delay_seconds=seconds):
            DBOS.enqueue_workflow(_TIMERS, _wake)


def _enqueue_case(case_id: str, rev: int, again: str = "") -> None:
    with SetWorkflowID(f"case:{case_id}:r{rev}{again}"), SetEnqueueOptions(queue_partition_key=case_id):
        DBOS.enqueue_workflow(_CASES, _case, case_id, rev)


class Engine:
    """Start, feed and stop the durable work of one process."""

    def __init__(self, work: Work, *, url: str, slots: Path, workers: int, settle_seconds: float) -> None:
        self._url = url
        self._slots = slots
        self._workers = workers
        self._slot: Slot | None = None
        self._stopped = threading.Event()
        self._swept: date | None = None
        self._janitor = threading.Thread(target=self._tidy, name="janitor", daemon=True)
        _desk.work = work
        _desk.settle_seconds = settle_seconds

    def start(self) -> None:
        """Lease a slot, resume what it left unfinished, open the queues."""
        self._slot = lease(self._slots)
        if self._url.startswith("sqlite:///"):
            _write_ahead(Path(self._url.removeprefix("sqlite:///")))
        config: DBOSConfig = {
            "name": "countersign",
            "system_database_url": self._url,
            "application_version": _VERSION,
            "executor_id": self._slot.name,
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "ERROR",
            "enable_otlp": False,
        }
        DBOS(config=config)
        DBOS.launch()
        DBOS.register_queue(_DOCUMENTS, worker_concurrency=self._workers, polling_interval_sec=0.25)
        DBOS.register_queue(_CASES, partition_concurrency=1, polling_interval_sec=0.25)
        DBOS.register_queue(_PAPERS, worker_concurrency=1, polling_interval_sec=0.5)
        DBOS.register_queue(_TIMERS, worker_concurrency=1, polling_interval_sec=1.0)
        self._warn_of_other_versions()
        self.reconcile()
        self._sweep()
        self._janitor.start()

    def stop(self) -> None:
        """Leave running work to the next start."""
        self._stopped.set()
        if self._janitor.is_alive():
            self._janitor.join(timeout=2 * _TICK_SECONDS)
        DBOS.destroy()
        if self._slot is not None:
            self._slot.release()

    def enqueue(self, sha256: str) -> None:
        """Have a document processed; repeated calls change nothing."""
        _enqueue_document(sha256)

    def publish_again(self, case_id: str, rev: int, reason: str) -> None:
        """Write a case's report once more, e.g. because a duplicate arrived."""
        _enqueue_case(case_id, rev, again=f":{reason}")

    def reconcile(self) -> None:
        """Enqueue whatever the tables know of and the queues do not."""
        for sha256 in _desk.work.unfinished():
            self.enqueue(sha256)
        for sha256 in _desk.work.pieces():
            _enqueue_pieces(sha256, "", 0)
        for case_id, rev in _desk.work.unpublished():
            _enqueue_case(case_id, rev)

    def active(self, *, delayed: bool = True) -> int:
        """How many workflows are waiting or running; timers do not count."""
        status = _ACTIVE if delayed else _ACTIVE[:2]
        found = DBOS.list_workflows(status=status, load_input=False, load_output=False)
        return sum(item.name != "wake" for item in found)

    def _tidy(self) -> None:
        while not self._stopped.wait(_TICK_SECONDS):
            for task in (self._take_over, self._bury, self._sweep_once_a_day):
                self._safely(task)

    def _safely(self, task: Callable[[], None]) -> None:
        try:
            task()
        except Exception:  # the janitor must outlive any single failure
            _log.exception("janitor")

    def _take_over(self) -> None:
        """Resume the work of processes that died; the free engine only resumes its own slot."""
        if self._slot is None:
            return
        dead = dead_slots(self._slots, self._slot)
        pending = DBOS.list_workflows(status="PENDING", executor_id=dead, load_input=False) if dead else []
        if pending:
            _log.warning("resuming work of dead processes", slots=dead, workflows=len(pending))
            DBOS._recover_pending_workflows(dead)

    def _sweep(self) -> None:
        """Deadlines that passed while no service ran, and the safety net for timers."""
        self._swept = datetime.now(_ZONE).date()
        for case_id, rev in _desk.work.sweep():
            _enqueue_case(case_id, rev)

    def _sweep_once_a_day(self) -> None:
        if datetime.now(_ZONE).date() != self._swept and datetime.now(_ZONE).time() >= _OFFICE_OPENS:
            self._sweep()

    def _bury(self) -> None:
        """Documents whose workflow was given up get facts that say so, or are judged without the pages they lack."""
        for status in DBOS.list_workflows(status=_GIVEN_UP, name="pieces", load_output=False):
            sha256 = status.workflow_id.split(":")[1]
            if sha256 in _desk.work.pieces():
                _log.error("pages not put together", sha256=sha256)
                _desk.work.join_alone(sha256)
                self.reconcile()
        for status in DBOS.list_workflows(status=_GIVEN_UP, name="document", load_output=False):
            sha256 = status.workflow_id.removeprefix("doc:")
            if sha256 in _desk.work.unfinished():
                _log.error("document given up", sha256=sha256)
                _desk.work.give_up(sha256)
                self.reconcile()

    def _warn_of_other_versions(self) -> None:
        stranded = [
            status.workflow_id
            for status in DBOS.list_workflows(status=_ACTIVE, load_input=False, load_output=False)
            if status.app_version != _VERSION
        ]
        if stranded:
            _log.error("work of another program version is left over and will not run", workflows=stranded)


def _write_ahead(path: Path) -> None:
    """SQLite in WAL mode, once and for all; local disks only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
