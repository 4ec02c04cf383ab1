"""What the desk's other cases say, looked up for the rules that ask for it, and whose answer that has overtaken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache

from pipeline.cases.clocks import originals_late
from pipeline.cases.life import Life
from pipeline.cases.store import CaseStore
from pipeline.model import Facts, Finding, Observations
from pipeline.packs import CaseType, OtherCase, World, covers, forms_of

_CALLED_OFF = ("cancelled",)
_KEPT = 256


class Elsewhere:
    """Looks up cases; `papers` gives those of a case, which are read once per revision."""

    def __init__(self, cases: CaseStore, papers: Callable[[str], Sequence[Facts]]) -> None:
        self._cases = cases
        self._papers = papers
        self._at = lru_cache(maxsize=_KEPT)(self._read)

    def around(self, case_id: str, case_type: CaseType, world: World) -> tuple[OtherCase, ...]:
        """Delivered cases that share a key with this one, and all whose originals are late; none when no rule asks."""
        if not any(rule.check.looks_elsewhere and rule.spec.applies(world) for rule in case_type.rules):
            return ()
        akin = {case for found in world.others.values() for cases in found.values() for case in cases}
        waiting = {state for clock in case_type.clocks for state in clock.states if clock.track}
        found = (
            self._case(other, life, case_type, world.today, akin=other in akin)
            for other, (kind, life) in self._cases.lives_of(waiting, akin).items()
            if kind == case_type.type and other != case_id
        )
        return tuple(case for case in found if case is not None)

    def _case(self, case_id: str, life: Life, case_type: CaseType, today: date, *, akin: bool) -> OtherCase | None:
        late = originals_late(life, case_type.clocks, today)
        opened = life.dates.get("opened") if akin and life.state not in _CALLED_OFF else None
        if late is None and opened is None:
            return None
        papers = self._at(case_id, self._cases.case(case_id).rev)
        return OtherCase(case_id, papers, life.values, opened=opened, late=late)

    def _read(self, case_id: str, _rev: int) -> tuple[Facts, ...]:
        """What was read on the papers that count, without their pages: hundreds of cases stay in memory."""
        return tuple(_fields_only(facts) for facts in newest(self._papers(case_id)))


def _fields_only(facts: Facts) -> Facts:
    document = facts.document.model_copy(update={"pages": ()})
    return facts.model_copy(update={"document": document, "observations": Observations()})


def newest(papers: Sequence[Facts]) -> tuple[Facts, ...]:
    """Of each form the newest document, in the order they came; unclassified ones all stay."""
    found: dict[tuple[str, ...], Facts] = {}
    for facts in papers:
        key = forms_of(facts) or (facts.document.submission.sha256,)
        found.pop(key, None)
        found[key] = facts
    return tuple(found.values())


STANDING = ("accepted", "needs_review")  # states in which the answer of other cases is what matters


def overtaken(state: str, outcome: str, case_type: CaseType, findings: Sequence[Finding]) -> bool:
    """Whether a case that waits for no paper of its own stands where other cases no longer leave it."""
    asking = [rule.spec.id for rule in case_type.rules if rule.check.looks_elsewhere]
    held = any(finding.is_open and any(covers(rule, finding.rule) for rule in asking) for finding in findings)
    return (state == "accepted" and held) or (state == "needs_review" and outcome == "accepted")
