"""What was said of seals on real pages: the answers, and how they are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crew import Crash, Done
from benchmarks.measure import Cell, Miss, Rate, Table

Box = tuple[float, float, float, float]
SEALS, FALSE = "Real seals", "False seals on real pages"
SIGNING = ("company", "contract")  # kinds that a pack may accept as signature
# What each kind of the manifest may be called; the seal of an office is its 公章, hence `company`.
OFFICE = frozenset({"company", "unknown"})
KINDS = {
    "tax-supervision": frozenset({"unknown"}),
    "invoice": frozenset({"invoice"}),
    "contract": frozenset({"contract"}),
    "personal name seal": frozenset({"personal"}),
    "test e-seal": frozenset({"unknown"}),
    "e-seal": frozenset({"unknown"}),
}


@dataclass(frozen=True)
class TrueSeal:
    """A seal as the manifest has it; box in px of the file, `straddle` = a part of one that goes over several pages."""

    box: Box
    shape: str
    colour: str
    kind: str
    text: str
    complete: bool
    straddle: bool = False

    @property
    def ink(self) -> str:
        """red, grey or other."""
        return next((word for word in ("red", "grey") if word in self.colour.replace("crimson", "red")), "other")

    @property
    def kinds(self) -> frozenset[str]:
        """What the product may call it; a seal that says 发票专用章 is an invoice seal whoever owns it."""
        return KINDS["invoice"] if "发票专用章" in self.text else KINDS.get(self.kind, OFFICE)


@dataclass(frozen=True)
class PageJob:
    """One picture file; `distractor` = what on it is no seal, `folder` for pictures of misses."""

    path: Path
    whole: bool
    seals: tuple[TrueSeal, ...]
    distractor: str
    folder: Path


@dataclass(frozen=True)
class SealAnswer:
    """What was said of one true seal; the rest is None when it was not found, `text` also where none can be read."""

    truth: TrueSeal
    whole: bool
    found: bool
    shape: bool | None = None
    colour: bool | None = None
    kind: bool | None = None
    signing: bool | None = None
    text: bool | None = None
    told: str = ""


@dataclass(frozen=True)
class PageAnswer:
    """Answers for one file; `invented` and `misplaced` count told seals that match no true one."""

    seals: tuple[SealAnswer, ...]
    invented: int
    misplaced: int
    picture: str = ""


ROWS: dict[str, Callable[[SealAnswer], bool]] = {
    "on a page": lambda answer: answer.whole,
    "round": lambda answer: answer.whole and answer.truth.shape == "round",
    "oval": lambda answer: answer.whole and answer.truth.shape == "oval",
    "square": lambda answer: answer.whole and answer.truth.shape == "square",
    "red": lambda answer: answer.whole and answer.truth.ink == "red",
    "red, parts of straddle seals left out": lambda answer: (
        answer.whole and answer.truth.ink == "red" and not answer.truth.straddle
    ),
    "grey": lambda answer: answer.whole and answer.truth.ink == "grey",
    "other colour": lambda answer: answer.whole and answer.truth.ink == "other",
    "whole": lambda answer: answer.whole and answer.truth.complete,
    "cut": lambda answer: answer.whole and not answer.truth.complete,
    "tax supervision mark": lambda answer: answer.whole and answer.truth.kind == "tax-supervision",
    "crop of a seal, no page around it": lambda answer: not answer.whole,
}


def rows_of(answer: SealAnswer) -> list[str]:
    """The rows a seal is counted in."""
    return [label for label, holds in ROWS.items() if holds(answer)]


def _lost(job: PageJob, crash: Crash) -> PageAnswer:
    return PageAnswer(tuple(SealAnswer(true, job.whole, found=False, told=crash.message) for true in job.seals), 0, 0)


def _answers(done: Iterable[Done[PageJob, PageAnswer]]) -> list[tuple[PageJob, PageAnswer]]:
    return [
        (item.job, _lost(item.job, item.result) if isinstance(item.result, Crash) else item.result) for item in done
    ]


def tables(done: Sequence[Done[PageJob, PageAnswer]]) -> tuple[Table, Table]:
    """True seals by what they are, and pages by what on them is none."""
    return _seal_table(done), _false_table(done)


def _seal_table(done: Iterable[Done[PageJob, PageAnswer]]) -> Table:
    seals = [answer for _, page in _answers(done) for answer in page.seals]
    rows: dict[str, dict[str, Cell]] = {}
    for label, holds in ROWS.items():
        chosen = [answer for answer in seals if holds(answer)]
        if not chosen:
            continue
        rows[label] = {"n": len(chosen), "found": Rate.of(answer.found for answer in chosen)}
        for column, values in (
            ("shape", [answer.shape for answer in chosen]),
            ("colour", [answer.colour for answer in chosen]),
            ("kind", [answer.kind for answer in chosen]),
            ("text", [answer.text for answer in chosen]),
        ):
            rows[label][column] = Rate.of(value for value in values if value is not None)
        wrongly = [answer.signing for answer in chosen if answer.signing is not None]
        rows[label]["taken for a signing seal"] = Rate.of(wrongly, "low")
    note = (
        "Found: overlap above 0.5 with the box read by eye. The other columns count found seals only. "
        "Text: hanzi agree to 85 of 100. Taken for a signing seal: called a company or contract seal, but is neither."
    )
    columns = ["n", "found", "shape", "colour", "kind", "text", "taken for a signing seal"]
    return Table(SEALS, columns, rows, note)


def _group(job: PageJob) -> str:
    return f"{'seals and ' if job.seals else ''}{job.distractor}"


def _false_table(done: Iterable[Done[PageJob, PageAnswer]]) -> Table:
    pages = _answers(done)
    rows: dict[str, dict[str, Cell]] = {}
    groups: dict[str, list[tuple[PageJob, PageAnswer]]] = {
        "pages without a seal": [pair for pair in pages if not pair[0].seals],
        "pages with seals": [pair for pair in pages if pair[0].seals],
    }
    for pair in pages:
        groups.setdefault(_group(pair[0]), []).append(pair)
    for label, chosen in groups.items():
        if chosen:
            rows[label] = {
                "n": len(chosen),
                "with a false seal": Rate.of((page.invented > 0 for _, page in chosen), "low"),
                "false seals": sum(page.invented for _, page in chosen),
                "misplaced": sum(page.misplaced for _, page in chosen),
            }
    note = "Below the first two rows the pages are grouped by what on them could be mistaken for a seal."
    return Table(FALSE, ["n", "with a false seal", "false seals", "misplaced"], rows, note)


def misses(done: Iterable[Done[PageJob, PageAnswer]]) -> Iterable[Miss]:
    """Everything wrong, once for every row it is counted in."""
    for job, page in _answers(done):
        for answer in page.seals:
            what = _wrong(answer)
            for label in rows_of(answer) if what else ():
                yield Miss(SEALS, label, job.path.name, what, page.picture)
        if page.invented:
            for label in ("pages with seals" if job.seals else "pages without a seal", _group(job)):
                yield Miss(FALSE, label, job.path.name, f"{page.invented} false seals", page.picture)


def _wrong(answer: SealAnswer) -> str:
    if not answer.found:
        return f"not found: {answer.truth.shape} {answer.truth.colour} {answer.truth.kind} {answer.told[-120:]}"
    wrong = [name for name in ("shape", "colour", "kind", "text") if getattr(answer, name) is False]
    wrong += ["signing"] if answer.signing else []
    return f"wrong {', '.join(wrong)}: told {answer.told}; is {answer.truth.text}" if wrong else ""
