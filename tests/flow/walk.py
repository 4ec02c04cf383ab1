"""A desk on scratch folders whose clock can be set; papers arrive as facts, everything after the reading is real."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.cases.life import Life
from pipeline.cases.paper_store import PaperRow
from pipeline.cases.store import CaseStore
from pipeline.flow.deciding import Request
from pipeline.flow.desk import Desk
from pipeline.flow.judging import Judged
from pipeline.flow.service import Service
from pipeline.generate import text_of
from pipeline.model import Facts
from pipeline.settings import Settings
from tests.rules.made import TEMPLATES


class Walk:
    """One desk; `at` sets day and hour, `drop` lets papers arrive, `decide` is what a person types."""

    def __init__(self, home: Path, profile: str = "distributor") -> None:
        self.settings = Settings(
            inbox=home / "inbox",
            outbox=home / "outbox",
            state=home / "state",
            templates=TEMPLATES,
            profile=profile,
            pdf=False,
            today=date(2026, 9, 28),
            time_of_day=time(9),
        )
        for folder in (self.settings.inbox, self.settings.outbox, self.settings.state):
            folder.mkdir(parents=True)
        self.case = ""
        self._drops = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing stays open between two steps."""

    def at(self, day: date, hour: time = time(9)) -> list[str]:
        """Set the clock and let time pass as the service does every morning; returns cases that changed."""
        self.settings = self.settings.model_copy(update={"today": day, "time_of_day": hour})
        service = Service(self.settings)
        with closing(service.cases):
            changed = service.sweep()
            for case, rev in changed:
                self._settle(service, case, rev)
        return [case for case, _ in changed]

    def drop(self, *papers: Facts, name: str = "") -> str:
        """Let papers arrive and be judged; returns the case of the last one, which becomes the case of the walk."""
        service = Service(self.settings)
        with closing(service.cases):
            found = [self._join(service, facts, name) for facts in papers]
            for case in dict.fromkeys(found):
                self._settle(service, case, service.cases.case(case).rev)
        self.case = found[-1]
        return self.case

    def decide(
        self,
        action: str,
        item: str = "",
        *,
        by: str = "李复核",
        reason: str = "",
        values: Mapping[str, str] | None = None,
        on: date | None = None,
        document: str = "",
        rev: int | None = None,
        false_alarm: bool = False,
        case: str = "",
    ) -> str:
        """What a person decides about the case of the walk."""
        request = Request(
            action, item, by, reason, rev=rev, document=document, values=values or {}, on=on, false_alarm=false_alarm
        )
        with Desk(self.settings) as desk:
            return desk.decide(case or self.case, request)

    def generate(self, code: str) -> str:
        """`countersign generate`."""
        with Desk(self.settings) as desk:
            return desk.generate(self.case, code)

    @property
    def store(self) -> CaseStore:
        """The tables; close it."""
        return CaseStore(self.settings.url)

    @property
    def life(self) -> Life:
        """Where the case of the walk stands."""
        with closing(self.store) as store:
            return store.life(self.case)

    @property
    def state(self) -> str:
        """The state of the case of the walk."""
        return self.life.state

    def judged(self) -> Judged:
        """The case of the walk, judged anew."""
        service = Service(self.settings)
        with closing(service.cases):
            return service.desk.judge(self.case)

    def papers(self) -> dict[str, PaperRow]:
        """The newest paper of each code."""
        with closing(self.store) as store:
            return {paper.code: paper for paper in store.papers(self.case)}

    def text(self, code: str) -> str:
        """The words of the newest paper of a code."""
        paper = self.papers()[code]
        return text_of((self.settings.outbox / self.case / "outgoing" / f"{code}-{paper.seq}.docx").read_bytes())

    def due(self) -> dict[str, date]:
        """Running deadlines by clock, as the list of cases shows them."""
        with closing(self.store) as store:
            board = store.boards().get(self.case)
        return {mark.clock: mark.due for mark in board.marks} if board else {}

    def kinds(self) -> list[str]:
        """What the journal says happened."""
        with closing(self.store) as store:
            return [str(entry["kind"]) for entry in store.events(self.case)]

    def _join(self, service: Service, facts: Facts, name: str) -> str:
        self._drops += 1
        shown = name or f"{facts.classification.type}-{self._drops}.{facts.document.submission.media}"
        original = self.settings.inbox / shown
        original.write_bytes(f"{self._drops} {shown}".encode())
        sha256 = service.files.take(original)[0]
        original.unlink()
        moment = datetime.combine(
            self.settings.today or date.today(), self.settings.time_of_day or time(9)
        ).astimezone()
        submission = facts.document.submission.model_copy(
            update={"sha256": sha256, "name": shown, "received_at": moment}
        )
        document = facts.document.model_copy(update={"submission": submission})
        text = facts.model_copy(update={"document": document}).model_dump_json()
        folder = service.desk.judging.work(sha256)
        folder.mkdir(parents=True)
        (folder / "facts.json").write_text(text, encoding="utf-8")
        service.cases.receive(submission, token=sha256)
        return service.join(sha256, hashlib.sha256(text.encode()).hexdigest())[0]

    def _settle(self, service: Service, case: str, rev: int) -> None:
        if service.publish(case, rev):
            for code in service.papers_due(case, rev):
                service.draft(case, code)
            service.publish(case, rev)
