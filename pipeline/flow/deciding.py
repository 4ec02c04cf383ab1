"""What a person at the desk may do to a case, each step guarded, recorded and shown at once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pipeline.cases.decisions import check_acceptance, evidence_of, read_by_person, spec_of, specs_of
from pipeline.cases.join import keys_of
from pipeline.cases.life import Event
from pipeline.cases.life_store import Decision, current
from pipeline.cases.lifecycle import PERSONS_EVENTS
from pipeline.cases.store import CaseStore
from pipeline.errors import RefusedError, UsageError
from pipeline.flow.case import CaseDesk
from pipeline.flow.judging import Judged
from pipeline.model import Finding
from pipeline.packs import Pack, Register, covers
from pipeline.values import is_secret_name, secrets_in

ACTIONS = ("accept", "refuse", "correct", "release", "reject", "send", "move", *PERSONS_EVENTS)


@dataclass(frozen=True)
class Request:
    """What the person asks for; `item` = rule id, field or paper, `document` = first characters of its SHA-256."""

    action: str
    item: str = ""
    by: str = ""
    reason: str = ""
    rev: int | None = None
    document: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    on: date | None = None
    false_alarm: bool = False


class Deciding:
    """Carries out requests; RefusedError says why one is not possible and what to do."""

    def __init__(self, desk: CaseDesk, cases: CaseStore) -> None:
        self._desk = desk
        self._cases = cases

    def decide(self, case_id: str, request: Request) -> str:
        """Do it and publish the case; returns one line saying what came of it."""
        judged = self._desk.judge(case_id)
        current(judged.case.rev, request.rev)
        if not request.by.strip():
            raise RefusedError("a decision needs a name", advice="give yours with --by")
        _refuse_secrets(request)
        match request.action:
            case "accept" | "refuse":
                said = self._rule(judged, request)
            case "correct":
                said = self._field(judged, request)
            case "release":
                said = f"{self._desk.outgoing.release(judged, request.item, by=request.by).number} released"
            case "reject":
                if not request.reason.strip():
                    raise RefusedError("rejecting a draft needs a reason", advice="say why with --reason")
                paper = self._desk.outgoing.reject(judged, request.item, by=request.by, reason=request.reason)
                said = f"{paper.number} rejected"
            case "send":
                said = self._send(judged, request)
            case "move":
                return self._move(judged, request)
            case name if name in PERSONS_EVENTS:
                said = self._event(judged, request)
            case name:
                raise UsageError(f"{name!r} is no decision", advice=f"valid: {', '.join(ACTIONS)}")
        self._desk.refresh(case_id, rev=self._cases.raise_rev(case_id))
        return f"{case_id}: {said}; state {self._cases.life(case_id).state}"

    def _rule(self, judged: Judged, request: Request) -> str:
        found = [
            (finding, sha256, pack)
            for finding, sha256, pack in _findings(judged)
            if covers(request.item, finding.rule) and finding.is_open and (sha256 or "").startswith(request.document)
        ]
        if not found:
            open_ = sorted({finding.rule for finding, _, _ in _findings(judged) if finding.is_open})
            raise RefusedError(
                f"{request.item!r} is no open point of this case", advice=f"open: {', '.join(open_) or 'none'}"
            )
        if len({sha256 for _, sha256, _ in found}) > 1:
            choices = ", ".join(sorted({(sha256 or "case")[:8] for _, sha256, _ in found}))
            raise RefusedError(
                f"{request.item} is open in several documents: {choices}", advice="name one with --document"
            )
        for finding, _, pack in found:
            spec = spec_of(finding.rule, specs_of(judged.case_type, pack))
            if request.action == "accept":
                check_acceptance(finding, spec, reason=request.reason, false_alarm=request.false_alarm)
            elif not request.reason.strip():
                raise RefusedError(f"refusing {finding.rule} needs a reason", advice="say why with --reason")
        for rule, evidence, machine in dict.fromkeys(
            (finding.rule, sha256 or evidence_of(finding), finding.outcome) for finding, sha256, _ in found
        ):
            self._cases.decide(
                judged.case.id,
                Decision(
                    kind="accept" if request.action == "accept" else "refuse",
                    rule=rule,
                    evidence=evidence,
                    by=request.by,
                    reason=request.reason,
                    at=self._desk.judging.now(),
                    rev=judged.case.rev,
                    machine=machine,
                    false_alarm=request.false_alarm,
                ),
            )
        done = "accepted" if request.action == "accept" else "refused"
        return f"{', '.join(sorted({finding.rule for finding, _, _ in found}))} {done}"

    def _field(self, judged: Judged, request: Request) -> str:
        if "value" not in request.values:
            raise RefusedError("a correction needs the value", advice="add --set value=…")
        with_field = [
            part.facts
            for part in judged.dossier.parts
            if part.facts.document.submission.sha256.startswith(request.document)
            and (pack := judged.pack_of(part.facts)) is not None
            and pack.column(request.item) is not None
        ]
        if len(with_field) != 1:
            names = ", ".join(facts.document.submission.sha256[:8] for facts in with_field) or "none"
            raise RefusedError(
                f"{request.item!r} is a field of these documents: {names}", advice="name one with --document"
            )
        facts = with_field[0]
        value = read_by_person(judged.pack_of(facts), request.item, request.values["value"])
        if value.problem:
            raise RefusedError(
                f"{request.values['value']!r} is no valid {request.item}: {value.problem}",
                advice="type it exactly as it stands on the paper; what the paper has wrong must be corrected there",
            )
        if not request.reason.strip():
            raise RefusedError("a correction needs a reason", advice="say where you read it with --reason")
        before = facts.extraction.fields.get(request.item)
        decision = Decision(
            kind="correct",
            rule=request.item,
            evidence=facts.document.submission.sha256,
            by=request.by,
            reason=request.reason,
            at=self._desk.judging.now(),
            rev=judged.case.rev,
            value=request.values["value"],
            machine=before.value if before else "",
        )
        self._cases.decide(judged.case.id, decision)
        return f"{request.item} read as {value.value}"

    def _send(self, judged: Judged, request: Request) -> str:
        """Once more, after a person has found out that the message did not go out."""
        paper = self._desk.outgoing.find(judged.case.id, request.item)
        if paper.status != "released":
            raise RefusedError(f"{paper.number} is not released", advice=f"release {request.item} first")
        if paper.mail == "sent":
            raise RefusedError(f"{paper.number} was sent", advice="a message is sent once")
        if paper.mail in ("sending", "unsure") and not request.reason.strip():
            raise RefusedError(f"{paper.number} may be out already", advice="find out, and say how with --reason")
        self._cases.send_again(paper.number)
        return f"{paper.number} {self._desk.outgoing.send(paper)}"

    def _move(self, judged: Judged, request: Request) -> str:
        """A document that found no case, or the wrong one, is put where a person says it belongs."""
        found = [facts for facts in judged.facts if facts.document.submission.sha256.startswith(request.item or "-")]
        if len(found) != 1:
            names = ", ".join(facts.document.submission.sha256[:8] for facts in judged.facts)
            raise RefusedError(f"{request.item!r} names {len(found)} documents", advice=f"of this case: {names}")
        target = request.values.get("to", "")
        if not target or target == judged.case.id:
            raise RefusedError("move needs the case it goes to", advice="add --set to=CS-…")
        if not request.reason.strip():
            raise RefusedError("move needs a reason", advice="say how you know with --reason")
        try:
            other = self._desk.judge(target)
        except KeyError:
            raise RefusedError(f"there is no case {target!r}", advice="see `countersign cases list`") from None
        facts, kind = found[0], found[0].classification.type or ""
        keys = keys_of(other.case_type, kind, facts.extraction.fields) if other.case_type else {}
        on, at = self._desk.judging.day(other.case_type), self._desk.judging.now()
        sha256 = facts.document.submission.sha256
        rev = self._cases.move(sha256, target, keys, by=request.by, reason=request.reason, at=at, on=on)
        if len(judged.facts) == 1:
            event = Event(name="cancelled", on=on, by=request.by, reason=f"{target}: {request.reason}")
            self._cases.happen(judged.case.id, event, judged.situation, at)
        self._desk.refresh(target, rev=rev)
        self._desk.refresh(judged.case.id, rev=self._cases.raise_rev(judged.case.id))
        return f"{target}: {facts.document.submission.name} moved here; state {self._cases.life(target).state}"

    def _event(self, judged: Judged, request: Request) -> str:
        papers = judged.case_type.papers if judged.case_type else ()
        own = [spec.code for spec in papers if spec.event == request.action and spec.profile == judged.case.profile]
        if own:
            raise RefusedError(
                f"{request.action} follows from releasing a paper", advice=f"release {own[0]} instead of recording it"
            )
        self._refuse_used(judged, request.values)
        today = self._desk.judging.now().date()
        if request.on is not None and request.on > today:
            raise RefusedError(f"{request.on} lies in the future", advice="give the day on which it happened")
        event = Event(
            name=request.action,
            on=request.on or self._desk.judging.day(judged.case_type),
            by=request.by,
            reason=request.reason,
            values=request.values,
            token=uuid.uuid4().hex,
        )
        self._cases.happen(judged.case.id, event, judged.situation, self._desk.judging.now(), rev=request.rev)
        return request.action

    def _refuse_used(self, judged: Judged, values: Mapping[str, str]) -> None:
        """Numbers are never given twice."""
        case_type = judged.case_type
        for name, place in case_type.unique.items() if case_type else ():
            register, _, column = place.partition(".")
            value = values.get(name, "").strip()
            taken = [f"register {register}" for row in _rows(judged, register) if value and row.get(column) == value]
            taken += [
                case_id
                for case_id, (_, life) in self._cases.lives().items()
                if value and case_id != judged.case.id and life.values.get(name) == value
            ]
            if taken:
                raise RefusedError(f"{name} {value} is in use: {', '.join(taken)}", advice="give a number not used yet")


def _rows(judged: Judged, register: str) -> Register:
    return judged.case_type.registers.get(register, ()) if judged.case_type else ()


def _refuse_secrets(request: Request) -> None:
    """A password typed by mistake would stand in the journal for ever."""
    named = [name for name in request.values if is_secret_name(name)]
    texts = (request.reason, request.item, *request.values.values())
    if named or any(next(secrets_in(text), None) for text in texts):
        raise RefusedError(
            "this holds a password; nothing was recorded", advice="say how and to whom it was given, never the password"
        )


def _findings(judged: Judged) -> list[tuple[Finding, str | None, Pack | None]]:
    """Findings of the documents that count, each with its document, then those of the case."""
    counted = {part.facts.document.submission.sha256 for part in judged.dossier.parts}
    found: list[tuple[Finding, str | None, Pack | None]] = []
    for facts, review in zip(judged.facts, judged.reviews, strict=True):
        sha256 = review.submission.sha256
        if sha256 in counted:
            found += [(finding, sha256, judged.pack_of(facts)) for finding in review.findings]
    return [*found, *((finding, None, None) for finding in judged.findings)]
