"""What people decided, laid over what the machine found; the machine's own answer stays in the review."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

from pipeline.cases.life_store import Decision
from pipeline.errors import RefusedError, UsageError
from pipeline.model import Facts, FieldValue, Finding
from pipeline.packs import CaseType, Pack, RuleSpec, covers
from pipeline.values import parse


def evidence_of(finding: Finding) -> str:
    """What a decision about a rule of the case rests on: a digest of what was found."""
    text = json.dumps([finding.rule, finding.expected, finding.found, finding.message.zh], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def decision_on(finding: Finding, sha256: str | None, decisions: Iterable[Decision]) -> Decision | None:
    """The newest decision about a finding; `sha256` = its document, None for a rule of the case."""
    evidence = sha256 or evidence_of(finding)
    found = [
        item
        for item in decisions
        if item.kind != "correct" and item.evidence == evidence and covers(item.rule, finding.rule)
    ]
    return found[-1] if found else None


def settled(findings: Iterable[Finding], sha256: str | None, decisions: Sequence[Decision]) -> tuple[Finding, ...]:
    """Findings as they count after the decisions: accepted ones pass, refused ones fail and block."""
    return tuple(_settled(finding, decision_on(finding, sha256, decisions)) for finding in findings)


def _settled(finding: Finding, decision: Decision | None) -> Finding:
    if decision is None or not finding.is_open:
        return finding
    if decision.kind == "accept":
        return finding.model_copy(update={"outcome": "pass"})
    return finding.model_copy(update={"outcome": "fail", "severity": "block"})


def spec_of(finding: str, specs: Iterable[RuleSpec]) -> RuleSpec | None:
    """The rule a finding belongs to: the longest id it starts with; None for findings about the file itself."""
    fitting = [spec for spec in specs if finding.startswith(spec.id)]
    return max(fitting, key=lambda spec: len(spec.id), default=None)


def specs_of(case_type: CaseType | None, pack: Pack | None) -> tuple[RuleSpec, ...]:
    """The rules of a document, or of the case when there is no pack."""
    if pack is not None:
        return tuple(rule.spec for rule in pack.rules)
    return tuple(rule.spec for rule in case_type.rules) if case_type else ()


def check_acceptance(finding: Finding, spec: RuleSpec | None, *, reason: str, false_alarm: bool) -> None:
    """RefusedError when this finding may not be accepted, or not in this way."""
    override = spec.override if spec else "reason"
    if override == "never" and finding.outcome == "fail":
        raise RefusedError(
            f"{finding.rule} has failed and cannot be accepted", advice="have it corrected, or refuse the case"
        )
    if override == "false_alarm" and not false_alarm:
        raise RefusedError(
            f"{finding.rule} can only be cleared as a false alarm, never as an accepted change",
            advice="look at the picture; if nothing was changed add --false-alarm and say what you saw",
        )
    if not reason.strip():
        raise RefusedError(f"accepting {finding.rule} needs a reason", advice="say why with --reason")


def corrected(facts: Facts, pack: Pack | None, decisions: Iterable[Decision]) -> Facts:
    """The facts with fields as a person read them; `raw` keeps what the machine had read."""
    mine = [item for item in decisions if item.kind == "correct" and item.evidence == facts.document.submission.sha256]
    if not mine:
        return facts
    fields = dict(facts.extraction.fields)
    for item in mine:
        before = fields.get(item.rule)
        after = read_by_person(pack, item.rule, item.value)
        place = {"page": before.page, "box": before.box} if before else {}
        fields[item.rule] = after.model_copy(update={"raw": before.raw if before else item.value, **place})
    unread = tuple(name for name in facts.extraction.unread if name not in {item.rule for item in mine})
    extraction = facts.extraction.model_copy(update={"fields": fields, "unread": unread})
    return facts.model_copy(update={"extraction": extraction})


def read_by_person(pack: Pack | None, key: str, text: str) -> FieldValue:
    """A value typed by a person, checked like any other; UsageError for an unknown field."""
    spec = pack.column(key) if pack else None
    if pack is None or spec is None:
        valid = ", ".join([*pack.fields, *(f"{table}.1.…" for table in pack.rows)]) if pack else "none"
        raise UsageError(f"{key!r} is no field of this document", advice=f"valid: {valid}")
    parsed = parse(spec.type, text, pattern=spec.pattern, options=spec.options)
    return FieldValue(
        value=text if parsed.value is None else parsed.value,
        raw=text,
        confidence=1.0,
        source="form",
        problem=parsed.problem,
    )
