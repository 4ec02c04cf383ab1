"""Outgoing papers of a case: drafted, released or rejected; never sent without a person unless the pack says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import structlog

from pipeline.cases.life import Event
from pipeline.cases.paper_store import PaperRow
from pipeline.cases.papers import CaseFacts, content, due_papers, finished, number_of
from pipeline.cases.releases import made
from pipeline.cases.store import CaseStore
from pipeline.envelope import message
from pipeline.errors import GenerateError, RefusedError
from pipeline.flow.audit import intact, papers_folder, stem_of
from pipeline.flow.consenting import names_for
from pipeline.flow.judging import Judge, Judged
from pipeline.flow.paper_facts import facts_for_papers
from pipeline.flow.proof import prove
from pipeline.flow.sending import Sending, told
from pipeline.generate import fingerprint, publish, render, to_pdf
from pipeline.ingest import FileStore
from pipeline.packs import CaseType, Packs, PaperSpec, World, contacts_of
from pipeline.report import PaperView
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
        self._sending = Sending(cases, settings.mail_server)

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
        facts = self._facts(judged, spec)
        body = content(spec, case_type, facts, world)
        row = self._cases.allocate(
            judged.case.id,
            code,
            _print_of(spec, judged, body),
            dated=world.today,
            number=lambda seq, daily: number_of(spec, case=judged.case.id, seq=seq, dated=world.today, daily=daily),
        )
        data = finished(spec, body, facts, number=row.number, dated=row.dated)
        document = self._write(judged, spec, case_type, row, data)
        sha256 = self._files.keep(document, f"{row.number}.docx")[0]
        self._cases.paper_written(row, sha256, self._judge.now())
        row = row.model_copy(update={"sha256": sha256 if row.status == "draft" else row.sha256})
        self._print(row, document)
        if spec.release == "auto" and row.status == "draft" and self._may_go(judged, spec, row, world):
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

    def release(self, judged: Judged, name: str, *, by: str, reason: str = "") -> PaperRow:
        """Release a draft, by its number or `<code>-<seq>`: what it does to the case happens first.

        The row as it is then; still a draft when a second person must release it too.
        """
        row = self.find(judged.case.id, name)
        spec, case_type = paper_spec(judged, row.code)
        if row.status != "draft":
            said = f"{row.number} was {row.status} by {row.settled_by or 'the service'} already"
            raise RefusedError(said, advice=told(row))
        newest = max(paper.seq for paper in self._cases.papers(judged.case.id) if paper.code == row.code)
        if row.seq != newest:
            raise RefusedError(f"{row.number} was replaced", advice=f"release {row.code}-{newest} instead")
        world = self._judge.world(case_type, judged.case)
        facts = self._facts(judged, spec)
        if _print_of(spec, judged, content(spec, case_type, facts, world)) != row.fingerprint:
            raise RefusedError(
                f"{row.number} no longer says what the case says",
                advice=f"write it anew with `countersign generate {judged.case.id} {row.code}`, then release that",
            )
        on, at = self._judge.day(judged.case_type), self._judge.now()
        names = names_for(self._cases, judged, spec, row, by=by, reason=reason, on=on, at=at)
        if names is not None:
            self._settle(judged, spec, row, by=names, world=world)
        return self.find(judged.case.id, row.number)

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
        consents = {item.item: item.by for item in self._cases.consents(judged.case.id) if item.kind == "release"}
        for paper in self._cases.papers(judged.case.id):
            spec = specs.get(paper.code)
            if spec is None or judged.case_type is None:
                continue
            stem = stem_of(paper)
            folder = self.folder(judged.case.id)
            files = [name for suffix in ("docx", "pdf", "eml") if (folder / (name := f"{stem}.{suffix}")).exists()]
            title = judged.case_type.packs[spec.pack].title
            views.append(
                PaperView(
                    paper.code, paper.number, title, files, spec.release if paper.status != "draft" else "person",
                    current=False, status=paper.status, settled_by=paper.settled_by, stem=stem,
                    mail=paper.mail or self._sending.waiting(paper, self._message(paper)),
                    two=spec.release == "person" and (spec.four_eyes or judged.two),
                    consent=consents.get(paper.number, "") if paper.status == "draft" else "",
                )
            )  # fmt: skip
        newest = {view.code: view for view in views}
        return [replace(view, current=view is newest[view.code]) for view in views]

    def _facts(self, judged: Judged, spec: PaperSpec) -> CaseFacts:
        """The case as this paper tells it; only the manifest needs the journal."""
        case_id = judged.case.id if "archive" in spec.body else ""
        return facts_for_papers(judged, self._cases.events(case_id), self._cases.papers(case_id))

    def folder(self, case_id: str) -> Path:
        """Where the papers of a case stand."""
        return papers_folder(self._settings.outbox, case_id)

    def _write(
        self, judged: Judged, spec: PaperSpec, case_type: CaseType, row: PaperRow, data: Mapping[str, object]
    ) -> bytes:
        template = case_type.packs[spec.pack].outgoing
        if template is None:
            raise FileNotFoundError(spec.pack)
        document = render(template, data, row.dated)
        name = f"{stem_of(row)}.docx"
        prove(document, name, case_type.packs[spec.pack], self._packs, self._judge.world(case_type), self._judge.now())
        publish(self.folder(judged.case.id), name, document)
        return document

    def _print(self, row: PaperRow, document: bytes) -> None:
        """The paper as PDF, once; kept and in the journal before it is laid down, also after the release."""
        path, draft = self.folder(row.case_id) / f"{stem_of(row)}.pdf", row.status == "draft"
        known = made(self._cases.events(row.case_id), row.number).get(path.name)
        if draft and known is None:
            path.unlink(missing_ok=True)  # printed of other words, or before hashes were kept
        if path.exists():
            return
        printed = self._files.path(known).read_bytes() if known and self._files.verify(known) else None
        if printed is None and self._settings.pdf and (draft or known is None):
            printed = to_pdf(document)
        if printed is not None:
            sha256 = self._files.keep(printed, path.name)[0]
            if sha256 != known:
                self._cases.file_made(row, path.name, sha256, self._judge.now())
            publish(path.parent, path.name, printed)
            path.chmod(0o644 if draft else 0o444)

    def _settle(self, judged: Judged, spec: PaperSpec, row: PaperRow, *, by: str, world: World) -> None:
        at = self._judge.now()
        files = intact(self.folder(row.case_id), row, made(self._cases.events(row.case_id), row.number))
        if spec.event:
            event = Event(name=spec.event, on=self._judge.day(judged.case_type), by=by, token=f"paper:{row.number}")
            self._cases.happen(judged.case.id, event, judged.situation, at)
        files |= self._mail(judged, spec, row, world, files)
        hashes = {name: self._files.keep(content, name)[0] for name, content in files.items()}
        self._cases.settle(row.number, "released", by=by, reason="", at=at, files=hashes)
        for name in files:
            (self.folder(judged.case.id) / name).chmod(0o444)
        self.send(row)

    def send(self, row: PaperRow) -> str:
        """Hand a released message to the mail server, where there is one; says what came of it."""
        return self._sending.send(row, self._message(row), self._judge.now())

    def found_out(self, row: PaperRow, *, out: bool, by: str, reason: str) -> str:
        """What a person found out about a message: it is `out`, or it is not and is sent again."""
        return self._sending.found_out(row, self._message(row), out=out, by=by, reason=reason, at=self._judge.now())

    def _message(self, row: PaperRow) -> Path:
        return self.folder(row.case_id) / f"{stem_of(row)}.eml"

    def _may_go(self, judged: Judged, spec: PaperSpec, row: PaperRow, world: World) -> bool:
        """Whether a paper may go out by itself: never to an address that stands on no list of contacts (IN-08)."""
        contacts = judged.case_type.contacts if judged.case_type else None
        address = self._address(judged, spec, world).lower() if spec.mail else ""
        if contacts is None or not address:
            return True
        if any(contact.covers(address) for contact in contacts_of(contacts, world.registers, world.today)):
            return True
        data = {"number": row.number, "address": address}
        self._cases.note(judged.case.id, "paper_waits", data, self._judge.now())
        return False

    def _address(self, judged: Judged, spec: PaperSpec, world: World) -> str:
        """Where a paper goes; GenerateError when none of its sources has an address."""
        if judged.case_type is None:
            return ""
        wanted = spec.model_copy(update={"body": (), "values": {"to": spec.mail}})
        return str(content(wanted, judged.case_type, facts_for_papers(judged), world)["to"])

    def _mail(
        self, judged: Judged, spec: PaperSpec, row: PaperRow, world: World, files: Mapping[str, bytes]
    ) -> Mapping[str, bytes]:
        """The paper as a message ready to be sent, for papers that say where they go."""
        if not spec.mail or judged.case_type is None:
            return {}
        stem = stem_of(row)
        attachment = next(name for suffix in ("pdf", "docx") if (name := f"{stem}.{suffix}") in files)
        text = message(
            to=self._address(judged, spec, world),
            subject=spec.subject.format(number=row.number, label=judged.case.label, case=judged.case.id),
            paper=files[f"{stem}.docx"],
            attachment=(attachment, files[attachment]),
            number=row.number,
            dated=row.dated,
            sender=self._settings.smtp_from if self._settings.mail_server else "",
        )
        publish(self.folder(judged.case.id), f"{stem}.eml", text)
        return {f"{stem}.eml": text}


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
