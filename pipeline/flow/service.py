"""The service: folders, stores and the engine of one installation put together."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

import pipeline
from pipeline.cases.life import UNPAID
from pipeline.cases.pieces import WAITING
from pipeline.cases.store import CaseStore
from pipeline.errors import SettingsError
from pipeline.flow.assembling import Assembler, cut
from pipeline.flow.case import CaseDesk
from pipeline.flow.document import prepare_forms, unreadable
from pipeline.flow.engine import Engine
from pipeline.flow.joining import Joining
from pipeline.flow.sandbox import Limits, facts_of
from pipeline.flow.sending import PATIENCE, lost
from pipeline.flow.work import Fate
from pipeline.ingest import FileStore, check_folders, display_name, ingest
from pipeline.model import Bilingual
from pipeline.packs import Packs, load_packs
from pipeline.rules import CHECKS
from pipeline.settings import Settings

_log = structlog.get_logger(__name__)


def packs_of(settings: Settings) -> Packs:
    """The packs of an installation; PackError or SettingsError when they do not fit the settings."""
    packs = load_packs(settings.templates, CHECKS)
    known = sorted({profile for case in packs.case_types.values() for profile in case.requires})
    if settings.profile not in known:
        raise SettingsError(f"profile: {settings.profile!r} is unknown", advice=f"valid: {', '.join(known)}")
    return packs


def limits_of(settings: Settings) -> Limits:
    """The reading limits of an installation."""
    return Limits(
        seconds=settings.reading_seconds,
        cpu_seconds=settings.reading_seconds * max(1, settings.threads),
        memory_mib=settings.memory_mib,
        threads=settings.threads,
        unpack_files=settings.unpack_files,
        unpack_mib=settings.unpack_mib,
    )


def digest_of(templates: Path) -> str:
    """One hash over all pack and register files."""
    digest = hashlib.sha256()
    for file in sorted(path for path in templates.rglob("*") if path.is_file()):
        digest.update(f"{file.relative_to(templates)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


class Service:
    """One running installation; use as a context manager."""

    def __init__(self, settings: Settings) -> None:
        check_folders(
            settings.inbox, settings.outbox, settings.state, settings.templates, Path(pipeline.__file__).parent
        )
        for folder in (settings.inbox, settings.outbox, settings.state):
            folder.mkdir(parents=True, exist_ok=True)
        self._settings = settings
        self._packs = packs_of(settings)
        self._files = FileStore(settings.state / "store")
        self._forms = settings.state / "forms"
        self._cases = CaseStore(settings.url)
        self._desk = CaseDesk(settings, self._packs, self._cases, self._files)
        self._assembler = Assembler(self._packs, self._cases, self._files, self._desk.judging, settings.settle_seconds)
        self._joining = Joining(
            settings.profile, self._packs, self._cases, self._files, self._desk.judging, self._assembler
        )
        self._engine = Engine(
            self,
            url=settings.url,
            slots=settings.state / "slots",
            workers=settings.workers,
            settle_seconds=settings.settle_seconds,
        )

    @property
    def cases(self) -> CaseStore:
        """The stored cases."""
        return self._cases

    @property
    def desk(self) -> CaseDesk:
        """Judging and writing, without the queue."""
        return self._desk

    @property
    def files(self) -> FileStore:
        """The stored originals."""
        return self._files

    def __enter__(self) -> Self:
        prepare_forms(self._packs, self._forms)
        self._judge_anew_under_new_rules()
        lost(self._cases, self._desk.judging.now())
        self._engine.start()
        self._desk.publish_index()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine.stop()
        self._cases.close()

    def _judge_anew_under_new_rules(self) -> None:
        """Open cases are judged again when packs or registers have changed since the last start."""
        mark = self._settings.state / "rules.sha256"
        digest = digest_of(self._settings.templates)
        known = mark.read_text(encoding="utf-8") if mark.exists() else ""
        if known not in ("", digest):
            for case in self._cases.cases():
                if case.state in UNPAID:
                    self._cases.raise_rev(case.id)
            _log.info("rules or registers changed; open cases are judged again")
        mark.write_text(digest, encoding="utf-8")

    # --- intake ---------------------------------------------------------------------------------------------------

    def submit(self, path: Path) -> None:
        """Take a settled inbox file over: store, record, enqueue, and only then remove it from the inbox."""
        before = path.lstat()
        name = display_name(path, self._settings.inbox)
        submission = ingest(path, self._files, name=name, source="inbox", now=self._desk.judging.now())
        stamp = [submission.sha256, name, before.st_mtime_ns, before.st_ino]
        token = hashlib.sha256(json.dumps(stamp).encode()).hexdigest()
        new = self._cases.receive(submission, token)
        self._engine.enqueue(submission.sha256)
        if not new:
            self._report_duplicate(submission.sha256, token)
        if submission.withheld:
            _log.warning("not all of it is kept; the file stays in the inbox", file=name, texts=submission.withheld)
        else:
            _remove(path, before)
        _log.info("taken over", file=name, sha256=submission.sha256[:12], duplicate=not new)

    def _report_duplicate(self, sha256: str, token: str) -> None:
        case_id = self._cases.document(sha256).case_id
        if case_id is not None:
            self._engine.publish_again(case_id, self._cases.case(case_id).rev, token[:12])

    def wait_until_idle(self, each: Callable[[], None] = lambda: None, *, poll: float = 0.5) -> None:
        """Return when no work is waiting, running or delayed; `each` is called at every look."""
        while self._engine.active():
            each()
            time.sleep(poll)
        each()

    # --- work of the engine ---------------------------------------------------------------------------------------

    def read(self, sha256: str) -> str:
        """Facts of one stored document."""
        folder = self._desk.judging.work(sha256)
        facts_of(
            self._files.path(sha256),
            self._cases.document(sha256).submission,
            templates=self._settings.templates,
            folder=folder,
            limits=limits_of(self._settings),
            recordings=self._settings.recordings,
            forms=self._forms,
        )
        return hashlib.sha256((folder / "facts.json").read_bytes()).hexdigest()

    def split(self, sha256: str, facts: str) -> list[str]:
        """Take a file of several documents, a mail or an archive apart; hashes of the documents to be read."""
        seen = self._desk.judging.facts(sha256)
        if seen.parcel is not None:
            return self._joining.take_out(sha256, facts, seen)
        parts = cut(seen, self._files)
        for part, pages in zip(parts, seen.parts, strict=True):
            self._cases.receive(part, token=f"{sha256}:{pages[0]}-{pages[1]}")
        if parts:
            self._cases.split(sha256, facts)
            _log.info("several documents in one file", file=seen.document.submission.name, parts=len(parts))
        return [part.sha256 for part in parts]

    def join(self, sha256: str, facts: str) -> tuple[str, int]:
        """Put a document into its case; no case while it waits for pages, or for what came in the same mail."""
        seen = self._desk.judging.facts(sha256)
        if self._assembler.waits(sha256, facts, seen) or self._joining.waits(sha256, facts, seen):
            return "", 0
        return self._joining.join(sha256, facts, seen)

    def left(self, sha256: str) -> list[tuple[str, int]]:
        """Cases that lost pages to a document that has joined another, with their new revisions."""
        case_id = self._cases.document(sha256).case_id
        return self._assembler.settle_in(sha256, case_id) if case_id else []

    def reading(self, before: str) -> bool:
        """Whether documents that arrived before this moment (ISO) have not been read."""
        return self._cases.being_read(before)

    def put_together(self, sha256: str) -> Fate:
        """What becomes of a document that waits for pages, or for what came with it."""
        fate = self._joining.fate(sha256) or self._assembler.fate(sha256)
        if fate[0] == "alone" and self._cases.document(sha256).state == WAITING:
            row = self._cases.document(sha256)
            if self._joining.waits(sha256, row.facts or "", self._desk.judging.facts(sha256)):
                return self._joining.fate(sha256) or fate
        return fate

    def join_alone(self, sha256: str) -> tuple[str, int]:
        """Put a document into its case although pages are missing."""
        row = self._cases.document(sha256)
        return self._joining.join(sha256, row.facts or "", self._desk.judging.facts(sha256))

    def pieces(self) -> tuple[str, ...]:
        """Documents that wait for pages, or for what came with them."""
        return (*self._cases.waiting_pieces(), *self._cases.ready_documents())

    def publish(self, case_id: str, rev: int) -> bool:
        """Judge a case and write its report; False when `rev` is stale."""
        return self._desk.publish(case_id, rev)

    def arriving(self, before: str) -> bool:
        """Whether documents that arrived before this moment (ISO) are still being read."""
        return self._cases.reading_since(before)

    def papers_due(self, case_id: str, rev: int) -> list[str]:
        """Codes of the papers to draft for this revision; none when a newer one exists."""
        judged = self._desk.judge(case_id)
        return self._desk.outgoing.due(judged) if judged.case.rev == rev else []

    def draft(self, case_id: str, code: str) -> str:
        """Write one outgoing paper."""
        return self._desk.outgoing.draft_if_possible(self._desk.judge(case_id), code)

    def next_wake(self, case_id: str) -> str | None:
        """The next day (ISO) on which a clock of the case raises something."""
        return self._desk.next_wake(case_id)

    def sweep(self) -> list[tuple[str, int]]:
        """Let time pass in all cases; returns those to be published anew."""
        return [*lost(self._cases, self._desk.judging.now(), PATIENCE), *self._desk.sweep()]

    def give_up(self, sha256: str) -> None:
        """Facts for a document that broke the reading process again and again."""
        submission = self._cases.document(sha256).submission
        why = Bilingual(
            zh=f"读取“{submission.name}”多次失败,已停止重试;原件已保存,请人工处理。",
            en=f"Reading {submission.name!r} failed again and again; the original is kept. Handle it by hand.",
        )
        folder = self._desk.judging.work(sha256)
        folder.mkdir(parents=True, exist_ok=True)
        text = unreadable(submission, "crashed", why).model_dump_json()
        (folder / "facts.json").write_text(text, encoding="utf-8")
        self.join(sha256, hashlib.sha256(text.encode()).hexdigest())

    def unfinished(self) -> tuple[str, ...]:
        """Documents that have not joined a case."""
        return self._cases.unfinished()

    def unpublished(self) -> tuple[tuple[str, int], ...]:
        """Cases whose newest revision was not judged."""
        return self._cases.unpublished()


def _remove(path: Path, before: os.stat_result) -> None:
    """Take a stored file out of the inbox unless it was replaced meanwhile; a read-only inbox is left alone."""
    after = path.lstat()
    if (after.st_ino, after.st_mtime_ns, after.st_size) != (before.st_ino, before.st_mtime_ns, before.st_size):
        return
    try:
        path.unlink()
    except OSError as error:
        if error.errno not in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise
        _log.warning("the inbox is read-only; the file stays there", file=path.name)
