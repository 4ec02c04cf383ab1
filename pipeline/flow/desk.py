"""What a person at the desk does with the cases, with or without a running service."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from pipeline.cases.store import CaseStore
from pipeline.errors import UsageError
from pipeline.flow.audit import Audit, audit
from pipeline.flow.case import CaseDesk
from pipeline.flow.deciding import Deciding, Request
from pipeline.flow.service import packs_of
from pipeline.ingest import FileStore
from pipeline.settings import Settings


class Desk:
    """The cases of an installation without its service: what a person decides takes effect at once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._packs = packs_of(settings)
        self.cases = CaseStore(settings.url)
        self._desk = CaseDesk(settings, self._packs, self.cases, FileStore(settings.state / "store"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cases.close()

    def decide(self, case_id: str, request: Request) -> str:
        """Carry out what a person decided; UsageError when there is no such case."""
        self._known(case_id)
        return Deciding(self._desk, self.cases).decide(case_id, request)

    def generate(self, case_id: str, code: str) -> str:
        """Write one paper because a person asked for it; its number. UsageError names the valid ones."""
        case_type = self._packs.case_types.get(self._known(case_id))
        valid = sorted({paper.code for paper in case_type.papers}) if case_type else []
        if code not in valid:
            raise UsageError(f"{code!r} is no paper of this case", advice=f"valid: {', '.join(valid) or 'none'}")
        number = self._desk.outgoing.draft(self._desk.judge(case_id), code)
        self._desk.publish_case(case_id)
        return number

    def audit(self) -> Audit:
        """Whether the files of released papers are still what was released."""
        return audit(self._settings.outbox, self.cases)

    def _known(self, case_id: str) -> str:
        try:
            return self.cases.case(case_id).case_type
        except KeyError:
            raise UsageError(f"there is no case {case_id!r}", advice="see `countersign cases list`") from None
