"""What the product said of a dossier against what must be said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.fields.twins import Expected, Verdict
from pipeline.model import Finding

_STATES: dict[str, Verdict] = {"accepted": "passed", "needs_review": "indeterminate"}


def verdict_of_state(state: str) -> Verdict:
    """A whole dossier's; one that is taken for incomplete or needing correction is refused."""
    return _STATES.get(state, "failed")


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Of the findings that concern a twin."""
    seen = {(finding.severity, finding.outcome) for finding in findings}
    if ("block", "fail") in seen:
        return "failed"
    open_ = {("block", "unsure"), ("hold", "fail"), ("hold", "unsure")}
    return "indeterminate" if seen & open_ or any(outcome == "error" for _, outcome in seen) else "passed"


def named(findings: Iterable[Finding], expected: Expected) -> bool:
    """Whether one of the rules has the expected outcome; a pass must be without doubt."""
    said = {finding.outcome for finding in findings if finding.rule.startswith(expected.rules)} - {"n/a"}
    return said == {"pass"} if expected.outcome == "pass" else expected.outcome in said


def collateral(findings: Iterable[Finding], expected: Expected) -> tuple[str, ...]:
    """Blocking rules that fail although nothing is wrong there."""
    may = (*expected.rules, *expected.also) if expected.outcome == "fail" else ()
    return tuple(sorted({f.rule for f in findings if blocks(f) and not (may and f.rule.startswith(may))}))


def blocks(finding: Finding) -> bool:
    """Whether it refuses the paper."""
    return finding.severity == "block" and finding.outcome == "fail"


def told_of(verdict: Verdict, findings: Sequence[Finding], expected: Expected) -> str:
    """One line for people: the verdict and what is not passed."""
    open_ = sorted({f"{f.rule} {f.outcome}" for f in findings if f.outcome in ("fail", "unsure", "error")})
    return f"{verdict}, expected {expected.verdict} by {' or '.join(expected.rules)}; {', '.join(open_) or 'all pass'}"
