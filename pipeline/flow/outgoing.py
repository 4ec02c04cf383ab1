"""Outgoing papers of a case: drafted, released or rejected; never sent without a person unless the pack says so."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import structlog

from pipeline.cases.clocks import running
from pipeline.cases.life import Event
from pipeline.cases.lifecycle import EVENTS
from pipeline.cases.paper_store import PaperRow
from pipeline.cases.papers import CaseFacts, content, due_papers, finished, number_of
from pipeline.cases.store import CaseStore
from pipeline.envelope import message
from pipeline.errors import GenerateError, RefusedError
from pipeline.flow.judging import Judge, Judged
from pipeline.flow.proof import prove
from pipeline.generate import fingerprint, publish, render, to_pdf
from pipeline.ingest import FileStore
from pipeline.packs import CaseType, Packs, PaperSpec, World
from pipeline.posting import post
from pipeline.report import PaperView
from pipeline.report.words import term
from pipeline.settings import Settings

_log = structlog.get_logger(__name__)


class Outgoing:
    """Writes and settles papers; every method may be repeated."""

    def __init__(self, settings: Settings, packs: Packs, judge: Judge, cases: CaseStore, files: FileStore) -> None:
        self._settings = settings
        self._packs = packs
        self._judge = judge
        self._cases = cases
        self._files = files

    def due(self, judged: Judged) -> list[str]:
        """Codes of the papers the case calls for now."""
        if judged.case_type is None:
            return []
        found = due_papers(
            judged.case_type,
            judged.case.profile,
            judged.life.state,
            reminded=judged.life.reminded,
            given=_spoken(judged),
            events=frozenset(judged.life.dates),
        )
        return [spec.code for spec in found]

    def draft(self, judged: Judged, code: str) -> str:
        """Write one paper, numbered once; returns its number."""
        spec, case_type = paper_spec(judged, code)
        world = self._judge.world(case_type, judged.case)
        facts = _case_facts(judged, self._cases.events(judged.case.id) if "archive" in spec.body else ())
        body = content(spec, case_type, facts, world)
        row = self._cases.allocate(
            judged.case.id,
            code,
            _print_of(spec, judged, body),
            dated=world.today,
            number=lambda seq, daily: number_of(spec, case=judged.case.id, seq=seq, dated=world.today, daily=daily),
        )
        data = finished(spec, body, facts, number=row.number, dated=row.dated)
        path = self._write(judged, spec, case_type, row, data)
        self._cases.paper_written(row, self._files.take(path)[0], self._judge.now())
        if spec.release == "auto" and row.status == "draft":
            self._settle(judged, spec, row, by="", world=world)
        return row.number

    def draft_if_possible(self, judged: Judged, code: str) -> str:
        """Write a paper the case calls for; one that lacks a value is noted in the journal instead, empty number."""
        try:
            return self.draft(judged, code)
        except (GenerateError, RefusedError) as error:
            _log.warning("paper not written", case=judged.case.id, code=code, why=str(error))
            self._cases.note(judged.case.id, "paper_failed", {"code": code, "why": str(error)}, self._judge.now())
            return ""

    def release(self, judged: Judged, name: str, *, by: str) -> PaperRow:
        """Release a draft, by its number or `<code>-<seq>`: what it does to the case happens first."""
        row = self.find(judged.case.id, name)
        spec, case_type = paper_spec(judged, row.code)
        if row.status != "draft":
            raise RefusedError(f"{row.number} was {row.status} by {row.settled_by or 'the service'} already")
        newest = max(paper.seq for paper in self._cases.papers(judged.case.id) if paper.code == row.code)
        if row.seq != newest:
            raise RefusedError(f"{row.number} was replaced", advice=f"release {row.code}-{newest} instead")
        world = self._judge.world(case_type, judged.case)
        facts = _case_facts(judged, self._cases.events(judged.case.id) if "archive" in spec.body else ())
        if _print_of(spec, judged, content(spec, case_type, facts, world)) != row.fingerprint:
            raise RefusedError(
                f"{row.number} no longer says what the case says",
                advice=f"write it anew with `countersign generate {judged.case.id} {row.code}`, then release that",
            )
        self._settle(judged, spec, row, by=by, world=world)
        return row

    def reject(self, judged: Judged, name: str, *, by: str, reason: str) -> PaperRow:
        """Set a draft aside; a released paper cannot be called back."""
        row = self.find(judged.case.id, name)
        self._cases.settle(row.number, "rejected", by=by, reason=reason, at=self._judge.now())
        return row

    def find(self, case_id: str, name: str) -> PaperRow:
        """A written paper by number or `<code>-<seq>`; RefusedError names the ones there are."""
        papers = self._cases.papers(case_id)
        for paper in papers:
            if name in (paper.number, f"{paper.code}-{paper.seq}"):
                return paper
        valid = ", ".join(f"{paper.code}-{paper.seq}" for paper in papers) or "none"
        raise RefusedError(f"{case_id} has no paper {name!r}", advice=f"valid: {valid}")

    def views(self, judged: Judged) -> Sequence[PaperView]:
        """The papers as the report shows them."""
        views = []
        specs = {paper.code: paper for paper in judged.case_type.papers} if judged.case_type else {}
        for paper in self._cases.papers(judged.case.id):
            spec = specs.get(paper.code)
            if spec is None or judged.case_type is None:
                continue
            stem = f"{paper.code}-{paper.seq}"
            folder = self.folder(judged.case.id)
            files = [name for suffix in ("docx", "pdf", "eml") if (folder / (name := f"{stem}.{suffix}")).exists()]
            title = judged.case_type.packs[spec.pack].title
            views.append(
                PaperView(
                    paper.code, paper.number, title, files, spec.release,
                    current=False, status=paper.status, settled_by=paper.settled_by, stem=stem, mail=paper.mail,
                )
            )  # fmt: skip
        newest = {view.code: view for view in views}
        return [replace(view, current=view is newest[view.code]) for view in views]

    def altered(self) -> list[str]:
        """Released papers whose Word file in the outbox is missing or no longer what was released."""
        found = []
        for paper in self._cases.released():
            path = self.folder(paper.case_id) / f"{paper.code}-{paper.seq}.docx"
            if not path.exists():
                found.append(f"{paper.number}: {path.name} is missing from the outbox of {paper.case_id}")
            elif hashlib.sha256(path.read_bytes()).hexdigest() != paper.sha256:
                found.append(f"{paper.number}: {path} differs from what was released")
        return found

    def folder(self, case_id: str) -> Path:
        """Where the papers of a case stand."""
        return self._settings.outbox / case_id / "outgoing"

    def _write(
        self, judged: Judged, spec: PaperSpec, case_type: CaseType, row: PaperRow, data: Mapping[str, object]
    ) -> Path:
        template = case_type.packs[spec.pack].outgoing
        if template is None:
            raise FileNotFoundError(spec.pack)
        document = render(template, data, row.dated)
        name = f"{row.code}-{row.seq}.docx"
        prove(document, name, case_type.packs[spec.pack], self._packs, self._judge.world(case_type), self._judge.now())
        path = publish(self.folder(judged.case.id), name, document)
        if self._settings.pdf and not path.with_suffix(".pdf").exists():
            printed = to_pdf(document)
            if printed is not None:
                publish(path.parent, f"{row.code}-{row.seq}.pdf", printed)
        return path

    def _settle(self, judged: Judged, spec: PaperSpec, row: PaperRow, *, by: str, world: World) -> None:
        at = self._judge.now()
        if spec.event:
            event = Event(name=spec.event, on=self._judge.day(judged.case_type), by=by, token=f"paper:{row.number}")
            self._cases.happen(judged.case.id, event, judged.situation, at)
        self._mail(judged, spec, row, world)
        self._cases.settle(row.number, "released", by=by, reason="", at=at)
        for file in self.folder(judged.case.id).glob(f"{row.code}-{row.seq}.*"):
            file.chmod(0o444)
        self.send(row)

    def send(self, row: PaperRow) -> str:
        """Hand a released message to the mail server, where there is one; says what came of it."""
        server = self._settings.mail_server
        path = self.folder(row.case_id) / f"{row.code}-{row.seq}.eml"
        if server is None or not path.exists():
            return "not sent: no mail server is set" if path.exists() else "not sent: the paper has no address"
        if not self._cases.begin_sending(row.number, self._judge.now()):
            return "not sent again: it is out, or may be"
        posted = post(server, path.read_bytes())
        self._cases.sent(row.number, posted.fate, posted.detail, self._judge.now())
        return f"{posted.fate} {posted.detail}".strip()

    def _mail(self, judged: Judged, spec: PaperSpec, row: PaperRow, world: World) -> None:
        """The paper as a message ready to be sent, for papers that say where they go."""
        if not spec.mail or judged.case_type is None:
            return
        facts = _case_facts(judged)
        address = content(
            spec.model_copy(update={"body": (), "values": {"to": spec.mail}}), judged.case_type, facts, world
        )
        folder = self.folder(judged.case.id)
        stem = f"{row.code}-{row.seq}"
        attachment = next(path for name in ("pdf", "docx") if (path := folder / f"{stem}.{name}").exists())
        text = message(
            to=str(address["to"]),
            subject=spec.subject.format(number=row.number, label=judged.case.label, case=judged.case.id),
            paper=(folder / f"{stem}.docx").read_bytes(),
            attachment=(attachment.name, attachment.read_bytes()),
            number=row.number,
            dated=row.dated,
            sender=self._settings.smtp_from if self._settings.mail_server else "",
        )
        publish(folder, f"{stem}.eml", text)


def paper_spec(judged: Judged, code: str) -> tuple[PaperSpec, CaseType]:
    """The paper of this code for this desk; KeyError when there is none."""
    if judged.case_type is None:
        raise KeyError(code)
    mine = [spec for spec in judged.case_type.papers if spec.code == code and spec.profile == judged.case.profile]
    others = [spec for spec in judged.case_type.papers if spec.code == code]
    return (mine or others)[0], judged.case_type


def _print_of(spec: PaperSpec, judged: Judged, body: Mapping[str, object]) -> str:
    """Equal for equal content; a payment notice after a lapsed one is another paper though it says the same."""
    rounds = judged.life.values.get("lapses", "") if spec.event == "billed" else ""
    return fingerprint({**body, "round": rounds} if rounds else body)


def _spoken(judged: Judged) -> frozenset[str]:
    """Rules that gave an answer other than n/a."""
    own = [finding for part in judged.dossier.parts for finding in part.findings]
    return frozenset(finding.rule for finding in (*own, *judged.findings) if finding.outcome != "n/a")


def _case_facts(judged: Judged, events: Sequence[Mapping[str, object]] = ()) -> CaseFacts:
    life, settlement = judged.life, judged.settlement
    clocks = judged.case_type.clocks if judged.case_type else ()
    amounts = {}
    if settlement and settlement.net is not None:
        named = {"list": settlement.list_total, "discount": settlement.discount, "net": settlement.net}
        amounts = {name: amount for name, amount in named.items() if amount is not None}
    return CaseFacts(
        id=judged.case.id,
        dossier=judged.dossier,
        findings=judged.effective,
        received=judged.case.opened_at.date(),
        label=judged.case.label,
        life={**{name: day.isoformat() for name, day in life.dates.items()}, **life.values},
        due={deadline.spec.id: deadline.due for deadline in running(life, clocks)},
        amounts=amounts,
        reminders=life.reminded,
        missing=judged.missing,
        originals=judged.situation.originals,
        history=_history(events),
    )


def _history(events: Sequence[Mapping[str, object]]) -> tuple[tuple[str, str], ...]:
    """What happened until the case was closed; later entries would make every manifest differ from the last."""
    kinds = [str(event["kind"]) for event in events]
    end = kinds.index(_CLOSING) + 1 if _CLOSING in kinds else len(kinds)
    return tuple(
        (str(event["at"])[:16].replace("T", " "), term("event", kind).zh)
        for event, kind in zip(events[:end], kinds, strict=False)
        if kind in _TOLD
    )


_CLOSING = "originals_verified"
_TOLD = {"case_opened", "document_joined", "decided", "paper_released", *EVENTS} - {"reminded"}
