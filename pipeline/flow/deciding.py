"""What a person at the desk may do to a case, each step guarded, recorded and shown at once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pipeline.cases.consents import digest_of, person
from pipeline.cases.decisions import check_acceptance, evidence_of, read_by_person, spec_of, specs_of
from pipeline.cases.join import keys_of
from pipeline.cases.life import Event
from pipeline.cases.life_store import Decision, current
from pipeline.cases.lifecycle import PERSONS_EVENTS
from pipeline.cases.store import CaseStore
from pipeline.errors import RefusedError, UsageError
from pipeline.flow.case import CaseDesk
from pipeline.flow.judging import Judged
from pipeline.flow.sending import told
from pipeline.model import Finding
from pipeline.packs import Pack, Register, covers
from pipeline.values import is_secret_name, secrets_in

ACTIONS = ("accept", "refuse", "correct", "release", "reject", "send", "sent", "move", *PERSONS_EVENTS)


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
        if not person(request.by):
            raise RefusedError("a decision needs a name", advice="give yours with --by")
        _refuse_secrets(request)
        match request.action:
            case "accept" | "refuse":
                return self._keep(judged, self._rule(judged, request), request)
            case "correct":
                return self._keep(judged, (self._field(judged, request),), request)
            case "release":
                paper = self._desk.outgoing.release(judged, request.item, by=request.by, reason=request.reason)
                if paper.status == "draft":
                    return self._consented(judged, (paper.number,), request)
                said = "; ".join(filter(None, (f"{paper.number} released", told(paper))))
            case "reject":
                if not request.reason.strip():
                    raise RefusedError("rejecting a draft needs a reason", advice="say why with --reason")
                paper = self._desk.outgoing.reject(judged, request.item, by=request.by, reason=request.reason)
                said = f"{paper.number} rejected"
            case "send" | "sent":
                said = self._send(judged, request)
            case "move":
                return self._move(judged, request)
            case name if name in PERSONS_EVENTS:
                said = self._event(judged, request)
            case name:
                raise UsageError(f"{name!r} is no decision", advice=f"valid: {', '.join(ACTIONS)}")
        return self._done(judged, said)

    def _done(self, judged: Judged, said: str, *, seconded: bool = False) -> str:
        """Judge and publish the case anew, and those that its originals held up."""
        case_id = judged.case.id
        self._desk.refresh(case_id, rev=self._cases.raise_rev(case_id, seconded=seconded))
        life = self._cases.life(case_id)
        if life.tracks.get("originals") != judged.life.tracks.get("originals"):
            for other in self._desk.overtaken():
                self._desk.refresh(other, rev=self._cases.raise_rev(other))
        return f"{case_id}: {said}; state {life.state}"

    def _consented(self, judged: Judged, items: Sequence[str], request: Request) -> str:
        """Show that a second person is wanted; nothing else has changed, so the revision stays."""
        case_id, rev = judged.case.id, judged.case.rev
        self._desk.refresh(case_id, rev=rev)
        what, state = ", ".join(dict.fromkeys(items)), self._cases.life(case_id).state
        said = f"{request.by} consents to {request.action} {what} on revision {rev}"
        return f"{case_id}: {said}; a second person must say the same; state {state}"

    def _keep(self, judged: Judged, decisions: Sequence[Decision], request: Request) -> str:
        """Decisions that count at once, or with the second of two persons."""
        two = judged.two and request.action != "refuse"
        counting = self._cases.decide(judged.case.id, *decisions, two=two)
        counted = {(item.rule, item.evidence, item.machine) for item in counting}
        waiting = [item.rule for item in decisions if (item.rule, item.evidence, item.machine) not in counted]
        if not counting:
            return self._consented(judged, waiting, request)
        done = {"accept": "accepted", "refuse": "refused"}.get(request.action, f"read as {decisions[0].shown}")
        said = f"{', '.join(sorted({item.rule for item in counting}))} {done}"
        if waiting:
            said += f", {', '.join(sorted(set(waiting)))} wait for a second person"
        return self._done(judged, said, seconded=two and request.action == "accept")

    def _rule(self, judged: Judged, request: Request) -> tuple[Decision, ...]:
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
        shown: dict[tuple[str, str, str], list[str]] = {}
        for finding, sha256, _ in found:
            about = finding.rule, sha256 or evidence_of(finding), finding.outcome
            shown.setdefault(about, []).append(evidence_of(finding))
        return tuple(
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
                shown=digest_of(*sorted(findings)),
            )
            for (rule, evidence, machine), findings in shown.items()
        )

    def _field(self, judged: Judged, request: Request) -> Decision:
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
        return Decision(
            kind="correct",
            rule=request.item,
            evidence=facts.document.submission.sha256,
            by=request.by,
            reason=request.reason,
            at=self._desk.judging.now(),
            rev=judged.case.rev,
            value=request.values["value"],
            machine=before.value if before else "",
            shown=value.value,
        )

    def _send(self, judged: Judged, request: Request) -> str:
        """What a person found out about a message: `sent`, or not, so that it is sent again."""
        paper = self._desk.outgoing.find(judged.case.id, request.item)
        out = request.action == "sent"
        return f"{paper.number} {self._desk.outgoing.found_out(paper, out=out, by=request.by, reason=request.reason)}"

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
