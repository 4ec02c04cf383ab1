"""One case: judged, published, moved on by events and decisions, and its outgoing papers."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import structlog

from pipeline.cases.clocks import next_wake, raised
from pipeline.cases.life import Event
from pipeline.cases.life_store import Mark
from pipeline.cases.store import CaseStore, DocumentRow
from pipeline.errors import RefusedError
from pipeline.flow.elsewhere import STANDING, overtaken
from pipeline.flow.judging import Judge, Judged
from pipeline.flow.outgoing import Outgoing
from pipeline.flow.shown import decision_views, marks_of
from pipeline.ingest import FileStore
from pipeline.model import Bilingual, Facts, Review
from pipeline.packs import CaseType, Packs, forms_of
from pipeline.report import (
    Arrival,
    CaseView,
    ConsentView,
    DocumentView,
    IndexRow,
    render_case,
    render_index,
)
from pipeline.rules.wording import title_of
from pipeline.settings import Settings

UNSORTED = "unsorted"  # the case type of documents that nobody claims
_URGENCY = ("failed", "indeterminate", "passed")
_PARTED = Bilingual(zh="多份材料合订的文件", en="File of several documents")
_PIECE = Bilingual(zh="一份材料的部分页", en="Some pages of a document")
_PARCELS = {"mail": Bilingual(zh="电子邮件", en="E-mail"), "archive": Bilingual(zh="压缩包", en="Archive")}
_LETTER = 20_000  # characters of a mail that the report shows
_UNSORTED_TITLE = Bilingual(zh="未归类文件", en="Unsorted file")

_log = structlog.get_logger(__name__)


class CaseDesk:
    """Judges cases and writes what staff read; every method may be repeated."""

    def __init__(self, settings: Settings, packs: Packs, cases: CaseStore, files: FileStore) -> None:
        self._settings = settings
        self._packs = packs
        self._cases = cases
        self._files = files
        self.judging = Judge(settings, packs, cases)
        self.outgoing = Outgoing(settings, packs, self.judging, cases, files)

    def judge(self, case_id: str) -> Judged:
        """Judge all documents of a case anew from their facts."""
        return self.judging.judge(case_id)

    # --- what happens to a case -----------------------------------------------------------------------------------

    def publish(self, case_id: str, rev: int) -> bool:
        """Let the judgement of a revision happen and write the report; False when `rev` is no longer the newest."""
        return self._publish(case_id, rev) is not None

    def _publish(self, case_id: str, rev: int) -> Judged | None:
        judged = self.judge(case_id)
        day, at = self.judging.day(judged.case_type), self.judging.now()
        if not self._cases.judged(case_id, rev, Event(name="judged", on=day), judged.situation, at):
            return None
        if judged.situation.outcome == "accepted":
            self.judging.keep_specimens(judged)
        self._arrivals(judged)
        return self._show(self.judging.again(judged))

    def refresh(self, case_id: str, *, rev: int) -> None:
        """Judge and publish a case at once with the papers it calls for, after a person did something."""
        judged = self._publish(case_id, rev)
        if judged is None:
            return
        codes = self.outgoing.due(judged)
        for code in codes:
            self.outgoing.draft_if_possible(judged, code)
        if codes:
            self._show(self.judging.again(judged))

    def _arrivals(self, judged: Judged) -> None:
        """Events that documents of the case stand for, such as a payment slip; each happens once."""
        for part in judged.dossier.parts:
            pack = judged.pack_of(part.facts)
            if pack is None or pack.event is None:
                continue
            if pack.event.clean and any(finding.is_open for finding in part.findings):
                continue
            sha256 = part.facts.document.submission.sha256
            fields = part.facts.extraction.fields
            values = {name: fields[key].value for name, key in pack.event.values.items() if key in fields}
            event = Event(
                name=pack.event.name,
                on=self.judging.day(judged.case_type),
                values=values,
                token=f"{pack.event.name}:{sha256}",
            )
            try:
                self._cases.happen(judged.case.id, event, judged.situation, self.judging.now())
            except RefusedError as refusal:  # e.g. a slip before the payment notice; a person sees it in the report
                _log.info("event not possible now", case=judged.case.id, document_event=event.name, why=str(refusal))

    def sweep(self) -> list[tuple[str, int]]:
        """What time has brought about in all cases; returns cases with the revision to be published anew."""
        today, changed = self.judging.now().date(), []
        lives = self._cases.lives()
        for case_id, (type_name, life) in lives.items():
            case_type = self._packs.case_types.get(type_name)
            events = list(raised(life, case_type.clocks, today)) if case_type else []
            if not events:
                continue
            situation = self.judge(case_id).situation
            for event in events:
                try:
                    self._cases.happen(case_id, event, situation, self.judging.now())
                except RefusedError as refusal:  # an earlier event of the same day moved the case on
                    _log.info("time event not possible", case=case_id, time_event=event.name, why=str(refusal))
                else:
                    if event.name == "renewal_due" and event.values["count"] == "1" and case_type:
                        changed.append((self._renewal(case_id, case_type, event.on), 1))
            changed.append((case_id, self._cases.raise_rev(case_id)))
        held_up = [case_id for case_id in self.overtaken() if case_id not in dict(changed)]
        return [*changed, *((case_id, self._cases.raise_rev(case_id)) for case_id in held_up)]

    def overtaken(self) -> list[str]:
        """Cases that stand where other cases no longer leave them, such as when late originals have come in."""
        found = []
        for case in self._cases.cases():
            case_type = self._packs.case_types.get(case.case_type)
            if case_type is None or case.state not in STANDING or case.published_rev != case.rev:
                continue
            judged = self.judge(case.id)
            if overtaken(case.state, judged.situation.outcome, case_type, judged.effective):
                found.append(case.id)
        return found

    def _renewal(self, case_id: str, case_type: CaseType, on: date) -> str:
        """The case that waits for the renewal order of the same customer."""
        shared = frozenset(join.key for join in case_type.join if not join.exclusive)
        return self._cases.spawn(case_id, f"renewal {on}", self.judging.now(), shared=shared)

    # --- what staff read ------------------------------------------------------------------------------------------

    def publish_case(self, case_id: str) -> None:
        """Judge a case and write report, reviews and originals, then the index."""
        self._show(self.judge(case_id))

    def _show(self, judged: Judged) -> Judged:
        folder = self._settings.outbox / judged.case.id
        folder.mkdir(parents=True, exist_ok=True)
        for review in judged.reviews:
            text = review.model_dump_json(by_alias=True, indent=1, exclude_none=False)
            _replace(folder / f"review-{review.submission.sha256[:8]}.json", text)
        for row in judged.rows:
            _keep(self._files.path(row.submission.sha256), folder / "originals" / _original_name(row))
        marks = marks_of(judged)
        self._cases.keep_marks(judged.case.id, marks)
        _replace(folder / "report.html", render_case(self._view(judged, marks), self._settings.language))
        self.publish_index()
        return judged

    def publish_index(self) -> None:
        """Write the list of all cases; few queries, because every document that joins a case publishes it again."""
        documents, papers = self._cases.document_counts(), self._cases.waiting()
        boards, consents = self._cases.boards(), self._cases.all_consents()
        rows = [
            IndexRow(
                id=case.id,
                folder=case.id,
                label=case.label,
                state=case.state,
                documents=documents.get(case.id, 0),
                papers=papers.get(case.id, []),
                consents=[f"{item.item} ({item.by})" for item in consents.get(case.id, ())],
                changed_at=case.changed_at,
                board=boards.get(case.id),
            )
            for case in self._cases.cases()
        ]
        at = self.judging.now()
        _replace(self._settings.outbox / "index.html", render_index(rows, self._settings.language, at))

    def next_wake(self, case_id: str) -> str | None:
        """The next day (ISO) on which a clock of the case raises something; None when none will."""
        case = self._cases.case(case_id)
        case_type = self._packs.case_types.get(case.case_type)
        if case_type is None:
            return None
        day = next_wake(self._cases.life(case_id), case_type.clocks, self.judging.now().date())
        return day.isoformat() if day else None

    def _view(self, judged: Judged, marks: Sequence[Mark]) -> CaseView:
        counted = {part.facts.document.submission.sha256 for part in judged.dossier.parts}
        case_type, consents = judged.case_type, self._cases.consents(judged.case.id)
        return CaseView(
            id=judged.case.id,
            label=judged.case.label,
            title=case_type.title if case_type else _UNSORTED_TITLE,
            profile=judged.case.profile,
            state=judged.life.state,
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
            papers=self.outgoing.views(judged),
            events=self._cases.events(judged.case.id),
            rev=judged.case.rev,
            hold=judged.life.hold,
            dates=judged.life.dates,
            values=judged.life.values,
            tracks=judged.life.tracks,
            marks=marks,
            today=self.judging.now().date(),
            due=judged.situation.due,
            needs=judged.situation.needs,
            decisions=decision_views(judged, consents),
            consents=[ConsentView(item.kind, item.item, item.by, item.rev) for item in consents],
        )

    def _document_view(self, row: DocumentRow, facts: Facts, review: Review, *, counts: bool) -> DocumentView:
        pack = self._packs.find(facts.classification.case_type, facts.classification.type)
        case_type = self._packs.case_types.get(facts.classification.case_type or "")
        arrivals = self._cases.deliveries(row.submission.sha256)
        return DocumentView(
            review=review,
            title=_made_title(facts) or (case_type.form_title(forms_of(facts)[-1]) if pack and case_type else None),
            titles={name: title_of(pack, name) for name in facts.extraction.fields},
            code=pack.code if pack else "",
            gallery=self.judging.work(row.submission.sha256),
            pictures=facts.pictures,
            counts=counts,
            original=f"originals/{_original_name(row)}",
            arrivals=[Arrival(item.name, item.received_at, item.duplicate) for item in arrivals],
            parcel=facts.parcel,
            letter=facts.document.text[:_LETTER] if facts.parcel else "",
        )


def _made_title(facts: Facts) -> Bilingual | None:
    """The title of a file that is no document by itself."""
    if facts.parcel is not None:
        return _PARCELS[facts.parcel.kind]
    return _PARTED if facts.parts else _PIECE if facts.whole else None


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
    """How staff recognise a case: the pack's label fields, else the subject of the mail, else the file's name."""
    values: Mapping[str, str] = {name: value.value for name, value in facts.extraction.fields.items()}
    words = [values[name] for name in (case_type.label if case_type else ()) if values.get(name)]
    mail = facts.parcel.mail if facts.parcel else None
    return " · ".join(words) or (mail.subject if mail else "") or facts.document.submission.name
