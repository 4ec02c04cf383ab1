"""Tables and curves of this section."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import plots as curves
from benchmarks.comparison.jobs import CHARACTERS, HONEST, MODES, ORIGINAL, PRESETS, RESOLUTIONS, TAMPERED, Job, classes
from benchmarks.comparison.judge import Answered, Honest
from benchmarks.measure import Rate, Table
from benchmarks.plan import Plan

BY_CLASS = "tampered contracts by class"
BY_CONDITION = "changes of one character by scan"
UNMODIFIED = "unmodified contracts"
_OVER = (("no seal over text", False), ("seal over text", True))
_GOOD = "Good: clean or normal scan of 200 dpi or more."
_THRESHOLDS = (1.01, 0.96, 0.84, 0.49, 0.0)  # between the confidences that occur; 0: every paper is doubted


@dataclass(frozen=True)
class Case:
    """A job and what became of it; `told` is None after a crash, `what` says what is wrong, `near` what nearly was."""

    job: Job
    told: Answered | Honest | None
    what: str
    picture: str
    near: str = ""

    @property
    def table(self) -> str:
        """The table whose row its kind is."""
        return UNMODIFIED if self.job.honest else BY_CLASS

    @property
    def grave(self) -> bool:
        """Whether it went wrong in the way that does harm."""
        return self.told is None or self.told.answer == ("failed" if self.job.honest else "passed")


def tables(spoilt: Sequence[Case], honest: Sequence[Case]) -> tuple[Table, ...]:
    """By class, by condition, and what is said against honest papers."""
    by_class = {kind: [case for case in spoilt if case.job.kind == kind] for kind in TAMPERED}
    rows = {kind: _tampered_row(cases) for kind, cases in by_class.items() if cases}
    single = [case for case in spoilt if case.job.kind in CHARACTERS]
    conditions = {label: _tampered_row([case for case in single if fits(case.job)]) for label, fits in _conditions()}
    columns = ("n", "found", "doubted", "missed", "right page", "right box", "right words")
    return (
        Table(
            BY_CLASS,
            columns,
            rows,
            note="Found = failed, doubted = indeterminate, missed = passed. Every condition is drawn equally often, "
            "colour twice. A scan without colour never passes; a grey one fails where nothing but print lies about the "
            "change, one of two tones never. Box: the told place meets the changed one. Words: expected and found hold "
            "the changed characters. A look-alike in the text layer alone is not told: honest scanners misread alike, "
            "and the picture is what is judged.",
        ),
        Table(BY_CONDITION, columns, conditions, note=f"Classes: {', '.join(CHARACTERS)}. {_GOOD}"),
        Table(
            UNMODIFIED,
            (
                "n",
                "pages",
                "false failed, document",
                "false failed, page",
                "indeterminate",
                "passed",
                "some difference told",
            ),
            {
                **{layout: _honest_row([case for case in honest if case.job.kind == layout]) for layout in HONEST},
                **{
                    f"original, {label}": _honest_row(
                        [case for case in honest if case.job.kind == ORIGINAL and fits(case.job)]
                    )
                    for label, fits in _conditions()
                },
            },
            note="By the rules on modification alone; seals, dates and scan quality do not count. "
            f"A copy with equal words in another layout is to be indeterminate. {_GOOD}",
        ),
    )


def _conditions() -> list[tuple[str, Callable[[Job], bool]]]:
    def of(name: str, level: object) -> Callable[[Job], bool]:
        return lambda job: getattr(job.condition, name) == level

    return [
        *((f"{level} scan", of("preset", level)) for level in PRESETS),
        *((f"{level} dpi", of("dpi", level)) for level in RESOLUTIONS),
        *((level, of("mode", level)) for level in dict.fromkeys(MODES)),
        ("no seal over text", of("over", False)),
        ("seal over text", of("over", True)),
        *((f"good {mode}, {label}", _good(mode, over)) for mode in ("colour", "grey") for label, over in _OVER),
    ]


def is_good(job: Job) -> bool:
    """What an office is asked for: 200 dpi and more, no worn scanner."""
    return job.condition.dpi >= 200 and job.condition.preset != "hard"


def _good(mode: str, over: bool) -> Callable[[Job], bool]:
    return lambda job: is_good(job) and (job.condition.mode, job.condition.over) == (mode, over)


def _tampered_row(cases: Sequence[Case]) -> dict[str, Rate | int]:
    """A crash counts as neither found nor doubted nor missed, and as nothing told."""
    told = [case.told for case in cases if isinstance(case.told, Answered)]
    crashes = len(cases) - len(told)
    boxes = [answer.box for answer in told if answer.box is not None] + [False] * (crashes if _any_box(told) else 0)
    words = [answer.words for answer in told if answer.words is not None]
    row: dict[str, Rate | int] = {
        "n": len(cases),
        "found": Rate(sum(answer.answer == "failed" for answer in told), len(cases), "none"),
        "doubted": Rate(sum(answer.answer == "indeterminate" for answer in told), len(cases), "none"),
        "missed": Rate(sum(answer.answer == "passed" for answer in told) + crashes, len(cases), "low"),
        "right page": Rate(sum(answer.page for answer in told), len(cases), "none"),
    }
    if boxes:
        row["right box"] = Rate.of(boxes, "none")
    if words:
        row["right words"] = Rate.of(words, "none")
    return row


def _any_box(told: Sequence[Answered]) -> bool:
    return any(answer.box is not None for answer in told)


def _honest_row(cases: Sequence[Case]) -> dict[str, Rate | int]:
    told = [case.told for case in cases if isinstance(case.told, Honest)]
    crashes = len(cases) - len(told)
    pages = sum(answer.pages for answer in told)
    return {
        "n": len(cases),
        "pages": pages,
        "false failed, document": Rate(sum(a.answer == "failed" for a in told) + crashes, len(cases), "low"),
        "false failed, page": Rate(sum(len(a.failed) for a in told), pages, "low"),
        "indeterminate": Rate(sum(a.answer == "indeterminate" for a in told), len(cases), "none"),
        "passed": Rate(sum(a.answer == "passed" for a in told), len(cases), "none"),
        "some difference told": Rate(sum(a.confidence > 0 for a in told), len(cases), "none"),
    }


def plots(folder: Path, label: str, spoilt: Sequence[Case], honest: Sequence[Case]) -> list[str]:
    """Found against resolution, and found against false alarms over the product's own confidence."""
    single = [case for case in spoilt if case.job.kind in CHARACTERS]
    colour = [case for case in single if case.job.condition.mode == "colour"]
    by_dpi = {
        "failed": _by_dpi(single, ("failed",)),
        "failed or indeterminate": _by_dpi(single, ("failed", "indeterminate")),
        "failed, colour": _by_dpi(colour, ("failed",)),
        "failed or indeterminate, colour": _by_dpi(colour, ("failed", "indeterminate")),
    }
    quiet = [case for case in honest if case.job.kind == ORIGINAL]
    modes = {
        "all": (single, quiet),
        "colour": (colour, [case for case in quiet if case.job.condition.mode == "colour"]),
    }
    roc = {
        f"{mode}, n = {len(spoilt_)} and {len(quiet_)}": [
            (100 * _above(quiet_, limit), 100 * _above(spoilt_, limit)) for limit in _THRESHOLDS
        ]
        for mode, (spoilt_, quiet_) in modes.items()
    }
    return [
        curves.rates(folder, f"comparison-dpi-{label}", "one character changed: found", "dpi", by_dpi),
        curves.lines(
            folder,
            f"comparison-confidence-{label}",
            "a difference of at least this confidence (0.97, 0.85, 0.5)",
            ("unmodified contracts with one, %", "changed contracts with one at the place, %"),
            roc,
        ),
    ]


def _by_dpi(cases: Sequence[Case], answers: tuple[str, ...]) -> list[tuple[float, Rate]]:
    return [
        (
            float(dpi),
            Rate.of(
                case.told is not None and case.told.answer in answers for case in cases if case.job.condition.dpi == dpi
            ),
        )
        for dpi in RESOLUTIONS
    ]


def _above(cases: Sequence[Case], limit: float) -> float:
    sure = [case.told is not None and case.told.confidence >= limit for case in cases]
    return sum(sure) / len(sure) if sure else 0.0


def skipped(plan: Plan, spoilt: Sequence[Case], honest: Sequence[Case]) -> list[str]:
    """What this run does not show."""
    lines = []
    if plan.quick:
        left_out = [kind for kind in TAMPERED if kind not in classes(plan)]
        lines.append(f"the shipped 8-page agreement: only in the full run; not in this sample: {', '.join(left_out)}")
    impossible = [case for case in (*spoilt, *honest) if "NoRoomError" in case.what]
    if impossible:
        lines.append(f"{len(impossible)} papers: the change fitted nowhere on the form (counted as missed)")
    return lines
