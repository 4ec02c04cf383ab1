"""A desk into whose inbox mails are dropped: the service's own steps in the order of the engine, without its queues.

Only electronic documents are used here, so that nothing waits for the recogniser.
"""

from __future__ import annotations

import hashlib
from contextlib import closing
from datetime import date, time
from pathlib import Path

from pipeline.cases.store import CaseRow, DocumentRow
from pipeline.flow.judging import Judged
from pipeline.flow.service import Service
from pipeline.ingest import ingest
from pipeline.settings import Settings
from tests.rules.made import TEMPLATES


class Mailroom:
    """One desk; `drop` lets a file arrive and be worked off, `arrive` only lets it arrive."""

    def __init__(self, home: Path, templates: Path = TEMPLATES) -> None:
        self.settings = Settings(
            inbox=home / "inbox",
            outbox=home / "outbox",
            state=home / "state",
            templates=templates,
            pdf=False,
            settle_seconds=0,
            today=date(2026, 9, 28),
            time_of_day=time(9),
        )
        for folder in (self.settings.inbox, self.settings.outbox, self.settings.state):
            folder.mkdir(parents=True)
        self._drops = 0

    def drop(self, name: str, content: bytes) -> str:
        """The hash under which the file was kept."""
        service = Service(self.settings)
        with closing(service.cases):
            sha256 = self.arrive(service, name, content)
            self.work(service, [sha256])
        return sha256

    def arrive(self, service: Service, name: str, content: bytes) -> str:
        """Take a file in."""
        self._drops += 1
        path = self.settings.inbox / name
        path.write_bytes(content)
        submission = ingest(path, service.files, name=name, source="inbox", now=service.desk.judging.now())
        service.cases.receive(submission, f"drop {self._drops}")
        path.unlink()
        return submission.sha256

    def work(self, service: Service, queue: list[str]) -> None:
        """What the engine does: read, take apart, join; what waits is looked at again when all has been read."""
        waiting = []
        while queue:
            sha256 = queue.pop(0)
            if service.cases.document(sha256).facts is not None:
                continue
            facts = service.read(sha256)
            parts = service.split(sha256, facts)
            queue += parts
            if not parts and service.join(sha256, facts) == ("", 0):
                waiting.append(sha256)
        for sha256 in waiting:
            fate, whole = service.put_together(sha256)
            assert fate == "alone", (fate, whole)
            service.join_alone(sha256)
        for case_id, rev in service.unpublished():
            service.publish(case_id, rev)

    def cases(self) -> tuple[CaseRow, ...]:
        """All cases, the oldest first."""
        service = Service(self.settings)
        with closing(service.cases):
            return tuple(reversed(service.cases.cases()))

    def documents(self, case_id: str) -> tuple[DocumentRow, ...]:
        """The documents of a case in the order they joined."""
        service = Service(self.settings)
        with closing(service.cases):
            return service.cases.documents_of(case_id)

    def judged(self, case_id: str) -> Judged:
        """A case judged anew."""
        service = Service(self.settings)
        with closing(service.cases):
            return service.desk.judge(case_id)

    def report(self, case_id: str) -> str:
        """The report of a case."""
        return (self.settings.outbox / case_id / "report.html").read_text(encoding="utf-8")


def sha256_of(content: bytes) -> str:
    """The name of these bytes."""
    return hashlib.sha256(content).hexdigest()
