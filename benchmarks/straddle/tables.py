"""The tables of the straddle seal, and what counts as a page named rightly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from benchmarks.measure import Cell, Rate, Table
from benchmarks.straddle import jobs
from benchmarks.straddle.jobs import BANDS, CONDITIONS, DEFECTS, GENUINE, HIDDEN, StraddleJob
from pipeline.model import Straddle, StraddleForm

VERDICT = "Straddle seal: verdict of the rules"
HARD = "Straddle seal: defects that hardly show"
SIGNED = "Straddle seal: unsound documents with the customer's signing seal"
BANDED = "Straddle seal by number of sheets"
CONDITION = "Straddle seal: sound documents by condition"
NAMED = "Straddle seal: pages named"
FORMS = "Straddle seal: what was seen"
_SIGNED, _UNSIGNED = "genuine, signing seal on the last page", "genuine, no whole seal in the document"


@dataclass(frozen=True)
class StraddleResult:
    """What became of a document: `outcome` pass, unsure, fail or crash, `named` right, wrong, none or ""."""

    job: StraddleJob
    outcome: str
    form: str = ""
    named: str = ""
    said: str = ""
    reason: str = ""
    crash: str = ""
    picture: str = ""

    @property
    def right(self) -> bool:
        """Whether the outcome does the paper justice."""
        return self.outcome in self.job.right


def sheets_of(job: StraddleJob) -> str:
    """The band of a number of sheets, in words."""
    low, high = next(band for band in BANDS if band[0] <= job.sheets <= band[1])
    return f"{low}-{high} sheets"


def named_pages(job: StraddleJob, told: Straddle, pages: tuple[int, ...], order: tuple[int, ...]) -> str:
    """Whether the product names the page that stands out, or the order in which the sheets were fanned."""
    if job.kind == jobs.SWAPPED:
        if told.form != "wrong_order":
            return "none"
        return "right" if told.order in (order, order[::-1]) else "wrong"
    if not pages:
        return ""
    named = told.missing_pages if told.form == "missing_slices" else told.odd_pages
    return "none" if not named else "right" if tuple(sorted(named)) == pages else "wrong"


def verdict_tables(results: Sequence[StraddleResult]) -> list[Table]:
    """Classes against outcomes; those that nothing shows are listed apart."""
    sound = [result for result in results if result.job.kind == GENUINE]
    rows = {
        GENUINE: _row(sound),
        _SIGNED: _row([result for result in sound if result.job.signing]),
        _UNSIGNED: _row([result for result in sound if not result.job.signing]),
    }
    rows |= {kind: _row([result for result in results if result.job.kind == kind]) for kind in DEFECTS}
    rows["all unsound"] = _row([result for result in results if result.job.kind in DEFECTS])
    note = (
        "Right: a genuine document passes where it bears a whole seal, is scanned well and has at most 15 sheets under "
        "one seal (else it passes or is left open); an unsound one fails or is left open. Every page is one of the "
        "form that the product compares with: the shipped agreement, lengthened by pages of annex for as many sheets."
    )
    hidden = {kind: _row([result for result in results if result.job.kind == kind]) for kind in HIDDEN}
    said = (
        "A sheet taken out of narrow slices leaves a gap no wider than a scanner's crop; another impression of the "
        "same die differs by its angle only. Left open is what can be hoped for; page numbers must carry the rest."
    )
    return [Table(VERDICT, _COLUMNS, rows, note), Table(HARD, _COLUMNS, hidden, said)]


def signed_table(results: Sequence[StraddleResult]) -> Table:
    """Unsound documents that bear a whole seal of the customer."""
    signed = [result for result in results if result.job.signing]
    kinds = (*DEFECTS, *HIDDEN)
    rows = {f"{kind}, signed": _row([result for result in signed if result.job.kind == kind]) for kind in kinds}
    note = "Beside a whole seal a slice can be told the customer's by its picture, too, not by the joined name alone."
    return Table(SIGNED, _COLUMNS, rows, note)


_COLUMNS = ["n", "pass", "unsure", "fail", "right", "false passed", "false failed", "crashed"]


def _row(results: Sequence[StraddleResult]) -> dict[str, Cell]:
    row: dict[str, Cell] = {"n": len(results)}
    for outcome in ("pass", "unsure", "fail"):
        row[outcome] = Rate.of((result.outcome == outcome for result in results), "none")
    row["right"] = Rate.of(result.right for result in results)
    sound = [result for result in results if result.job.kind == GENUINE]
    unsound = [result for result in results if result.job.kind != GENUINE]
    if unsound:
        row["false passed"] = Rate.of((result.outcome == "pass" for result in unsound), "low")
    if sound:
        row["false failed"] = Rate.of((result.outcome == "fail" for result in sound), "low")
    row["crashed"] = Rate.of((result.outcome == "crash" for result in results), "low")
    return row


def sheets_table(results: Sequence[StraddleResult]) -> Table:
    """Sound and unsound documents by length."""
    rows = {}
    for title, kinds in (("genuine", (GENUINE,)), ("unsound", DEFECTS)):
        chosen = [result for result in results if result.job.kind in kinds]
        for low, high in BANDS:
            label = f"{low}-{high} sheets"
            name = label if title == "genuine" else f"{label}, unsound"
            rows[name] = _row([result for result in chosen if sheets_of(result.job) == label])
    note = "Rows without a word are genuine documents. Sheets as stamped; a duplex print has twice as many pages."
    return Table(BANDED, _COLUMNS, rows, note)


def condition_table(results: Sequence[StraddleResult]) -> Table:
    """Sound documents by edge, stamping, ink and scan."""
    sound = [result for result in results if result.job.kind == GENUINE]
    rows = {name: _row([result for result in sound if result.job.condition == name]) for name in CONDITIONS}
    for word in ("clean", "normal", "hard"):
        rows[f"{word} scan"] = _row([result for result in sound if result.job.preset == word])
    for dpi in (150, 200, 300):
        rows[f"{dpi} dpi"] = _row([result for result in sound if result.job.dpi == dpi])
    return Table(CONDITION, _COLUMNS, rows)


def named_table(results: Sequence[StraddleResult]) -> Table:
    """Whether the page to be looked at is the one named."""
    rows: dict[str, dict[str, Cell]] = {}
    for kind in (jobs.MISSING, jobs.FOREIGN, jobs.HEIGHT, jobs.SWAPPED, jobs.OTHER_PRESS):
        chosen = [result for result in results if result.job.kind == kind]
        rows[kind] = {
            "n": len(chosen),
            "named rightly": Rate.of(result.named == "right" for result in chosen),
            "no page named": Rate.of((result.named in ("none", "") for result in chosen), "none"),
            "other pages named": Rate.of((result.named == "wrong" for result in chosen), "low"),
        }
    note = "Exactly the page that stands out; for swapped sheets the order in which all fit."
    return Table(NAMED, ["n", "named rightly", "no page named", "other pages named"], rows, note)


def form_table(results: Sequence[StraddleResult]) -> Table:
    """How often the slices were called what; counts."""
    kinds = (GENUINE, *DEFECTS, *HIDDEN)
    forms = [form for form in get_args(StraddleForm) if any(result.form == form for result in results)]
    rows: dict[str, dict[str, Cell]] = {}
    for kind in kinds:
        chosen = [result.form for result in results if result.job.kind == kind]
        rows[kind] = {form: chosen.count(form) for form in forms if form in chosen}
    return Table(FORMS, forms, rows, "Documents; the form of the slices before any rule judged them.")
