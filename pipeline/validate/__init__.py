"""Facts -> judgement: runs the rules of a pack or a case, and draws the verdict from what they found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

import structlog

from pipeline.model import Bilingual, Facts, Finding, Outcome, Review, Severity, Verdict
from pipeline.packs import CaseType, Dossier, Judgement, Pack, Packs, RuleSpec, World
from pipeline.validate.bound import put_together, taken_in
from pipeline.validate.files import file_findings, taken_apart, unclassified, unreadable
from pipeline.validate.parcels import parcel_findings
from pipeline.validate.review import review_of

__all__ = ["judge", "judge_case", "validate", "verdict_of"]

log = structlog.get_logger(__name__)

_HARDNESS: dict[Severity, int] = {"info": 0, "warn": 1, "hold": 2, "block": 3}
_GRAVITY: dict[Outcome, int] = {"n/a": 0, "pass": 1, "error": 2, "unsure": 3, "fail": 4}
_SLOT = re.compile(r"\{(?:expected|found)\}")
# checks that judge remarks on the file, and the codes of these
_JUDGED = {"signed_whole": "digital_signature", "not_pasted": "pasted_picture"}
_STRADDLE = "straddle"  # the check whose findings make up the review's straddle outcome


def validate(facts: Facts, packs: Packs, world: World) -> Review:
    """The review of one document; a file that nobody could read or claim is reviewed too, and never passed."""
    pack = packs.find(facts.classification.case_type, facts.classification.type)
    if facts.unreadable is not None:
        findings: tuple[Finding, ...] = (unreadable(facts),)
    elif facts.parcel is not None:
        findings = (*file_findings(facts), *parcel_findings(facts.parcel))
    elif facts.parts:
        findings = (*file_findings(facts), taken_apart(facts))
    elif facts.whole is not None:
        findings = (*file_findings(facts), taken_in(facts))
    elif pack is None:
        findings = (*file_findings(facts), *put_together(facts), unclassified(facts, packs))
    else:
        checks = [rule.spec.check for rule in pack.rules if rule.spec.applies(world)]
        judged = [_JUDGED[check] for check in checks if check in _JUDGED]
        findings = (*file_findings(facts, judged), *put_together(facts), *judge(facts, pack, world))
    findings = (*findings, *_alarms(facts, packs, world))
    return review_of(facts, findings, verdict_of(findings), _straddle_outcome(facts, pack, findings))


def judge(facts: Facts, pack: Pack, world: World) -> tuple[Finding, ...]:
    """What the rules of a pack say about a document, in the order of the pack; boxes on the upright page."""
    form = "electronic" if facts.document.is_electronic else "scan"
    findings: list[Finding] = []
    for rule in pack.rules:
        if not rule.spec.applies(world):
            continue
        if rule.spec.forms and form not in rule.spec.forms:
            findings.append(_finding(rule.spec, _OTHER_FORM))
        else:
            findings += _findings(rule.spec, partial(rule.check.judge, facts, pack, world))
    return tuple(findings)


def judge_case(dossier: Dossier, case_type: CaseType, world: World, *, always: bool = False) -> tuple[Finding, ...]:
    """What the rules of a case say about its documents together; `always` = only those asked of whatever comes in."""
    whole = replace(dossier, case=case_type)
    findings: list[Finding] = []
    for rule in case_type.rules:
        if rule.spec.applies(world) and (rule.check.always or not always):
            findings += _findings(rule.spec, partial(rule.check.judge, whole, world))
    return tuple(findings)


def _alarms(facts: Facts, packs: Packs, world: World) -> tuple[Finding, ...]:
    """What a person must hear of whatever came in; a document of no known kind is shown to the alarms of all."""
    known = packs.case_types.get(facts.classification.case_type or "")
    findings: list[Finding] = []
    for case_type in [known] if known else packs.case_types.values():
        inside = replace(world, registers=case_type.registers)
        for rule in case_type.alarms:
            if rule.spec.applies(world):
                findings += _findings(rule.spec, partial(rule.check.judge, facts, inside), silent=True)
    return tuple(findings)


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """A failed `block` decides, then any doubt of weight or a broken check; silence is no pass."""
    seen = {(finding.severity, finding.outcome) for finding in findings}
    if ("block", "fail") in seen:
        return "failed"
    open_ = {("block", "unsure"), ("hold", "fail"), ("hold", "unsure")}
    if seen & open_ or any(outcome == "error" for _, outcome in seen):
        return "indeterminate"
    return "passed" if any(outcome == "pass" for _, outcome in seen) else "indeterminate"


def _findings(spec: RuleSpec, answers: Callable[[], Iterable[Judgement]], *, silent: bool = False) -> list[Finding]:
    """A check that raises, or says nothing though it must, is our fault, not the document's: outcome `error`."""
    try:
        found = [_finding(spec, judgement) for judgement in answers()]
    except Exception as error:  # whatever a check raises must not take the document down
        log.exception("check_broken", rule=spec.id, check=spec.check)
        return [_broken(spec, f"{type(error).__name__}: {error}")]
    if not found and not silent:
        log.error("check_silent", rule=spec.id, check=spec.check)
        return [_broken(spec, "no answer")]
    return found


def _finding(spec: RuleSpec, judgement: Judgement) -> Finding:
    """A judgement under its rule: it may soften the rule's severity, never harden it."""
    softer = judgement.severity or spec.severity
    wrong = judgement.outcome in ("fail", "unsure")
    return Finding(
        rule=f"{spec.id}{judgement.sub}",
        outcome=judgement.outcome,
        severity=min(softer, spec.severity, key=_HARDNESS.__getitem__),
        message=judgement.message,
        required=_told(judgement.required or spec.required, judgement) if wrong else None,
        fix=_told(judgement.fix or spec.fix, judgement) if wrong else None,
        page=judgement.page,
        box=judgement.box,
        expected=judgement.expected,
        found=judgement.found,
        confidence=judgement.confidence,
        document=judgement.document,
    )


def _told(text: Bilingual | None, judgement: Judgement) -> Bilingual | None:
    """The pack's sentence with `{expected}` and `{found}` filled in; plain replacement, papers are no templates."""
    if text is None:
        return None
    words = {"{expected}": judgement.expected or "—", "{found}": judgement.found or "—"}
    filled = [_SLOT.sub(lambda slot: words[slot[0]], sentence) for sentence in (text.zh, text.en)]
    return Bilingual(zh=filled[0], en=filled[1])


def _broken(spec: RuleSpec, reason: str) -> Finding:
    return Finding(
        rule=spec.id,
        outcome="error",
        severity=spec.severity,
        message=Bilingual(
            zh=f"规则 {spec.id} 未能执行（{reason}），请人工检查并通知维护人员",
            en=f"Rule {spec.id} could not be run ({reason}); check by hand and tell the maintainer",
        ),
    )


_OTHER_FORM = Judgement(
    outcome="n/a",
    message=Bilingual(zh="不适用于这种形式的文件", en="Does not apply to this form of the document"),
)


def _straddle_outcome(facts: Facts, pack: Pack | None, findings: Iterable[Finding]) -> Outcome:
    """The gravest answer of the straddle rules; unsure when slices were looked for but no rule judged them."""
    ids = tuple(rule.spec.id for rule in pack.rules if rule.spec.check == _STRADDLE) if pack else ()
    outcomes = [finding.outcome for finding in findings if ids and finding.rule.startswith(ids)]
    if not outcomes:
        return "unsure" if facts.observations.straddle else "n/a"
    return max(outcomes, key=_GRAVITY.__getitem__)
