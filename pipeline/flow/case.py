"""One case, from its documents' facts to reviews, reports and outgoing papers."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.cases.lifecycle import state_of
from pipeline.cases.papers import CaseFacts, content, due_papers, finished, number_of
from pipeline.cases.store import CaseRow, CaseStore, DocumentRow
from pipeline.generate import fingerprint, publish, render, to_pdf
from pipeline.ingest import FileStore
from pipeline.model import Bilingual, Facts, Finding, Review
from pipeline.packs import CaseType, Dossier, Packs, PaperSpec, Part, World, forms_of
from pipeline.report import Arrival, CaseView, DocumentView, IndexRow, PaperView, render_case, render_index
from pipeline.rules.wording import title_of
from pipeline.settings import Settings
from pipeline.validate import judge_case, validate

UNSORTED = "unsorted"  # the case type of documents that nobody claims
_ZONE = ZoneInfo("Asia/Shanghai")
_URGENCY = ("failed", "indeterminate", "passed")
_UNSORTED_TITLE = Bilingual(zh="未归类文件", en="Unsorted file")


def now(today: date | None = None) -> datetime:
    """The present moment in the desk's time zone, on another day when the settings replay one."""
    moment = datetime.now(UTC).astimezone(_ZONE)
    return moment if today is None else moment.replace(year=today.year, month=today.month, day=today.day)


@dataclass(frozen=True)
class Judged:
    """A case after judgement."""

    case: CaseRow
    case_type: CaseType | None
    rows: Sequence[DocumentRow]
    facts: Sequence[Facts]
    reviews: Sequence[Review]
    dossier: Dossier
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]
    state: str


class CaseDesk:
    """Judges cases and writes what staff read; every method may be repeated."""

    def __init__(self, settings: Settings, packs: Packs, cases: CaseStore, files: FileStore) -> None:
        self._settings = settings
        self._packs = packs
        self._cases = cases
        self._files = files

    def now(self) -> datetime:
        """The present moment at this desk."""
        return now(self._settings.today)

    # --- judgement ------------------------------------------------------------------------------------------------

    def world(self, case_type: CaseType | None) -> World:
        """What is known today besides the papers."""
        registers = case_type.registers if case_type else {}
        return World(today=self.now().date(), profile=self._settings.profile, registers=registers)

    def judge(self, case_id: str) -> Judged:
        """Judge all documents of a case anew from their facts."""
        case = self._cases.case(case_id)
        case_type = self._packs.case_types.get(case.case_type)
        world = self.world(case_type)
        rows = self._cases.documents_of(case_id)
        facts = tuple(self.facts(row.submission.sha256) for row in rows)
        reviews = tuple(validate(item, self._packs, world) for item in facts)
        dossier = _newest(facts, reviews)
        needed = case_type.requires.get(case.profile, ()) if case_type else ()
        if any(part.facts.classification.type in (case_type.standalone if case_type else ()) for part in dossier.parts):
            needed = ()
        missing = tuple(form for form in needed if not dossier.parts_of(form))
        findings = judge_case(dossier, case_type, world) if case_type and needed else ()
        documents = [finding for part in dossier.parts for finding in part.findings]
        state = state_of(documents, findings, missing=missing)
        if case_type is None or case.note:
            state = "needs_correction" if state == "needs_correction" else "needs_review"
        return Judged(case, case_type, rows, facts, reviews, dossier, findings, missing, state)

    def facts(self, sha256: str) -> Facts:
        """The facts a reading left behind."""
        return Facts.model_validate_json((self.work(sha256) / "facts.json").read_bytes())

    def work(self, sha256: str) -> Path:
        """The folder for facts and pictures of one document."""
        return self._settings.state / "work" / sha256[:2] / sha256

    # --- what staff read ------------------------------------------------------------------------------------------

    def publish_case(self, case_id: str) -> None:
        """Write report, reviews and originals of a case, then the index."""
        judged = self.judge(case_id)
        folder = self._settings.outbox / case_id
        folder.mkdir(parents=True, exist_ok=True)
        for review in judged.reviews:
            text = review.model_dump_json(by_alias=True, indent=1, exclude_none=False)
            _replace(folder / f"review-{review.submission.sha256[:8]}.json", text)
        for row in judged.rows:
            _keep(self._files.path(row.submission.sha256), folder / "originals" / _original_name(row))
        _replace(folder / "report.html", render_case(self._view(judged), self._settings.language))
        self.publish_index()

    def publish_index(self) -> None:
        """Write the list of all cases; few queries, because every document that joins a case publishes it again."""
        documents, papers = self._cases.document_counts(), self._cases.paper_numbers()
        rows = [
            IndexRow(
                id=case.id,
                folder=case.id,
                label=case.label,
                state=case.state,
                documents=documents.get(case.id, 0),
                papers=papers.get(case.id, []),
                changed_at=case.changed_at,
            )
            for case in self._cases.cases()
        ]
        _replace(self._settings.outbox / "index.html", render_index(rows, self._settings.language, self.now()))

    def _view(self, judged: Judged) -> CaseView:
        counted = {part.facts.document.submission.sha256 for part in judged.dossier.parts}
        case_type = judged.case_type
        return CaseView(
            id=judged.case.id,
            label=judged.case.label,
            title=case_type.title if case_type else _UNSORTED_TITLE,
            profile=judged.case.profile,
            state=judged.state,
            note=judged.case.note,
            opened_at=judged.case.opened_at,
            changed_at=judged.case.changed_at,
            documents=sorted(
                (
                    self._document_view(row, facts, review, counts=row.submission.sha256 in counted)
                    for row, facts, review in zip(judged.rows, judged.facts, judged.reviews, strict=True)
                ),
                key=lambda view: (not view.counts, _URGENCY.index(view.review.verdict), view.code),
            ),
            findings=judged.findings,
            missing=[title for form in judged.missing if case_type and (title := case_type.form_title(form))],
            papers=self._papers(judged),
            events=self._cases.events(judged.case.id),
        )

    def _document_view(self, row: DocumentRow, facts: Facts, review: Review, *, counts: bool) -> DocumentView:
        pack = self._packs.find(facts.classification.case_type, facts.classification.type)
        case_type = self._packs.case_types.get(facts.classification.case_type or "")
        arrivals = self._cases.deliveries(row.submission.sha256)
        return DocumentView(
            review=review,
            title=case_type.form_title(forms_of(facts)[-1]) if pack and case_type else None,
            titles={name: title_of(pack, name) for name in facts.extraction.fields},
            code=pack.code if pack else "",
            gallery=self.work(row.submission.sha256),
            pictures=facts.pictures,
            counts=counts,
            original=f"originals/{_original_name(row)}",
            arrivals=[Arrival(item.name, item.received_at, item.duplicate) for item in arrivals],
        )

    def _papers(self, judged: Judged) -> list[PaperView]:
        views = []
        specs = {paper.code: paper for paper in judged.case_type.papers} if judged.case_type else {}
        for paper in self._cases.papers(judged.case.id):
            spec = specs.get(paper.code)
            if spec is None or judged.case_type is None:
                continue
            stem = f"{paper.code}-{paper.seq}"
            folder = self._settings.outbox / judged.case.id / "outgoing"
            files = [name for suffix in ("docx", "pdf") if (folder / (name := f"{stem}.{suffix}")).exists()]
            title = judged.case_type.packs[spec.pack].title
            views.append(PaperView(paper.code, paper.number, title, files, spec.release, current=False))
        newest = {view.code: view for view in views}
        return [replace(view, current=view is newest[view.code]) for view in views]

    # --- outgoing papers ------------------------------------------------------------------------------------------

    def papers_due(self, case_id: str, rev: int) -> list[str]:
        """Codes of the papers the case's state calls for; none when a newer revision exists."""
        judged = self.judge(case_id)
        if judged.case.rev != rev or judged.case_type is None:
            return []
        return [spec.code for spec in due_papers(judged.case_type, judged.case.profile, judged.state)]

    def draft(self, case_id: str, code: str) -> str:
        """Write one paper, numbered once; returns its number."""
        judged = self.judge(case_id)
        spec, case_type = _paper_spec(judged, code)
        world = self.world(case_type)
        facts = CaseFacts(case_id, judged.dossier, judged.findings, received=judged.case.opened_at.date())
        body = content(spec, case_type, facts, world)
        row = self._cases.allocate(
            case_id,
            code,
            fingerprint(body),
            dated=world.today,
            number=lambda seq, daily: number_of(spec, case=case_id, seq=seq, dated=world.today, daily=daily),
        )
        template = case_type.packs[spec.pack].outgoing
        if template is None:
            raise FileNotFoundError(spec.pack)
        document = render(template, finished(spec, body, facts, number=row.number, dated=row.dated), row.dated)
        folder = self._settings.outbox / case_id / "outgoing"
        path = publish(folder, f"{code}-{row.seq}.docx", document)
        self._cases.paper_written(row, self._files.take(path)[0], self.now())
        if self._settings.pdf and not path.with_suffix(".pdf").exists():
            printed = to_pdf(document)
            if printed is not None:
                publish(folder, f"{code}-{row.seq}.pdf", printed)
        return row.number


def _newest(facts: Sequence[Facts], reviews: Sequence[Review]) -> Dossier:
    """Of each form the newest document counts; unclassified ones all count."""
    parts: dict[tuple[str, ...], Part] = {}
    for item, review in zip(facts, reviews, strict=True):
        key = forms_of(item) or (item.document.submission.sha256,)
        parts.pop(key, None)
        parts[key] = Part(item, review.findings)
    return Dossier(parts=tuple(parts.values()))


def _paper_spec(judged: Judged, code: str) -> tuple[PaperSpec, CaseType]:
    if judged.case_type is None:
        raise KeyError(code)
    return next(spec for spec in judged.case_type.papers if spec.code == code), judged.case_type


def _original_name(row: DocumentRow) -> str:
    media = row.submission.media
    suffix = "bin" if media == "unknown" else media
    return f"{row.submission.sha256}.{suffix}"


def _keep(stored: Path, target: Path) -> None:
    """A copy of the stored original beside the report."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    shutil.copyfile(stored, temporary)
    temporary.replace(target)


def _replace(target: Path, text: str) -> None:
    """Write a file that readers always see whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(temporary).chmod(0o644)
    Path(temporary).replace(target)


def label_of(facts: Facts, case_type: CaseType | None) -> str:
    """How staff recognise a case: the pack's label fields, else the file's name."""
    values: Mapping[str, str] = {name: value.value for name, value in facts.extraction.fields.items()}
    words = [values[name] for name in (case_type.label if case_type else ()) if values.get(name)]
    return " · ".join(words) or facts.document.submission.name
