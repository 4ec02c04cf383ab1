"""The tables of the seals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from benchmarks.measure import Cell, Number, Rate, Table
from benchmarks.seals.jobs import PageJob
from benchmarks.seals.score import BESIDE, NOTHING, SAME_TEXT, SURE_SEAL, FalseSeal, PageResult, SealCase
from pipeline.model import Seal
from tests.simulator.distractors import DISTRACTORS, TAX_OVAL

FOUND = "Seals found, colour scans"
FALSE = "False seals, colour scans"
GREY = "Seals in grey and 1-bit scans"


Pair = tuple[PageJob, SealCase]
Rows = Mapping[str, Callable[[Pair], bool]]


def pairs_of(results: Iterable[PageResult]) -> list[Pair]:
    """Every seal with the job of its page."""
    return [(result.job, case) for result in results for case in result.cases]


def having(**wanted: object) -> Callable[[Pair], bool]:
    """Whether the job, the true seal or its die has these values."""

    def holds(pair: Pair) -> bool:
        job, case = pair
        for name, value in wanted.items():
            owner = next(item for item in (case.true, case.true.spec, job) if hasattr(item, name))
            if getattr(owner, name) != value:
                return False
        return True

    return holds


def sized(low: float, high: float) -> Callable[[Pair], bool]:
    """Round seals of a diameter in mm, the upper end left out."""
    return lambda pair: pair[1].true.spec.shape == "round" and low <= pair[1].true.spec.diameter_mm < high


FOUND_ROWS: Rows = {
    "all seals": having(),
    "round": having(shape="round"),
    "oval": having(shape="oval"),
    "square": having(shape="square"),
    "round 28-36 mm": sized(28, 36),
    "round 36-46 mm": sized(36, 46),
    "round 58 mm": sized(46, 99),
    **{f"{kind} seal": having(kind=kind) for kind in ("company", "contract", "finance", "invoice", "department")},
    "company seal, oval": having(look="company oval"),
    "ring with two borders": having(double_border=True),
    "name seal, ink on paper": having(look="name seal"),
    "name seal cut in reverse": having(look="name seal cut in reverse"),
    **{f"ink {word}": having(strength=word) for word in ("full", "worn", "faint")},
    **{f"{ink} ink": having(colour=ink) for ink in ("red", "blue", "purple")},
    "on blank paper": having(over_text=False),
    "over black text": having(over_text=True),
    "two overlapping": having(paired=True),
    "cut by the page edge": having(cut=True),
    **{f"{dpi} dpi": having(dpi=dpi) for dpi in (150, 200, 300)},
    **{f"{name} scan": having(preset=name) for name in ("clean", "normal", "hard")},
    "full red ink, whole, apart": having(strength="full", colour="red", cut=False, paired=False),
}
_BY_PAGE = ("150 dpi", "200 dpi", "300 dpi", "clean scan", "normal scan", "hard scan")


def found_table(results: Sequence[PageResult]) -> Table:
    """What was found and what it was called."""
    pairs = pairs_of(results)
    rows: dict[str, dict[str, Cell]] = {}
    for label, belongs in FOUND_ROWS.items():
        cases = [pair[1] for pair in pairs if belongs(pair)]
        told = [case for case in cases if case.told]
        rows[label] = {
            "n": len(cases),
            "recall": Rate.of(case.found for case in cases),
            "shape right": Rate.of(case.told.shape == case.true.spec.shape for case in told if case.told),
            "ink colour right": Rate.of(case.told.colour == case.true.spec.colour for case in told if case.told),
        }
        precision = _precision(results, label)
        if precision is not None:
            rows[label]["precision"] = precision
    note = (
        f"Found: intersection over union with the true box above 0.5. Precision counts every told seal that is none, "
        f"but for those on the {TAX_OVAL}, which has a row below; 'faint' = 25-45 % of full ink."
    )
    return Table(FOUND, ["n", "recall", "precision", "shape right", "ink colour right"], rows, note)


def _precision(results: Sequence[PageResult], label: str) -> Rate | None:
    """Of the told seals of a row; only for rows that a false seal can belong to."""
    if label in ("round", "oval", "square"):
        shape: str | None = label
    elif label == "all seals" or label in _BY_PAGE:
        shape = None
    else:
        return None
    word = label.split()[0]
    pages = [r for r in results if label not in _BY_PAGE or word in (str(r.job.dpi), r.job.preset)]
    good = [case.told for result in pages for case in result.cases if case.told]
    bad = [false.told for result in pages for false in result.false if false.on != TAX_OVAL]
    right = sum(shape in (None, seal.shape) for seal in good)
    return Rate(right, right + sum(shape in (None, seal.shape) for seal in bad))


def _real(result: PageResult) -> list[FalseSeal]:
    return [false for false in result.false if false.on != TAX_OVAL]


def _on(kind: str, result: PageResult) -> list[FalseSeal]:
    return [false for false in result.false if false.on == kind]


def false_table(results: Sequence[PageResult]) -> Table:
    """What was taken for a seal."""
    rows: dict[str, dict[str, Cell]] = {
        "all pages": _false_row(results, _real),
        "pages without a seal": _false_row([result for result in results if not result.cases], _real),
    }
    for kind in DISTRACTORS:
        pages = [result for result in results if kind in result.things]
        row = _false_row(pages, partial(_on, kind))
        if kind == TAX_OVAL:
            rate = row.pop("pages with one")
            assert isinstance(rate, Rate)
            row = {**row, "told as a seal": Rate(rate.hits, rate.total, "none")}
            row.pop("with a sure one")
        rows[kind] = row
    for where in (BESIDE, NOTHING):
        rows[where] = _false_row(results, partial(_on, where))
    columns = ["n", "pages with one", "with a sure one", "a page", "told as a seal", "crashed"]
    note = (
        f"n = pages. A sure one has confidence {SURE_SEAL:g} or more. The {TAX_OVAL} is a seal, though no party's: "
        "telling of it is not counted as false."
    )
    return Table(FALSE, columns, rows, note)


def _false_row(pages: Sequence[PageResult], pick: Callable[[PageResult], list[FalseSeal]]) -> dict[str, Cell]:
    listed = [pick(page) for page in pages]
    row: dict[str, Cell] = {
        "n": len(pages),
        "pages with one": Rate.of((bool(items) for items in listed), "low"),
        "with a sure one": Rate.of((any(i.told.confidence >= SURE_SEAL for i in items) for items in listed), "low"),
        "crashed": Rate.of((bool(page.crash) for page in pages), "low"),
    }
    if pages:
        row["a page"] = Number(sum(map(len, listed)) / len(pages), digits=3)
    return row


def grey_table(results: Sequence[PageResult]) -> Table:
    """The scans without colour."""
    rows: dict[str, dict[str, Cell]] = {}
    for mode in ("grey", "1-bit"):
        pages = [result for result in results if result.job.mode == mode]
        rows[mode] = _grey_row(pages)
        for dpi in (150, 200, 300):
            rows[f"{mode}, {dpi} dpi"] = _grey_row([result for result in pages if result.job.dpi == dpi])
    columns = [
        "pages", "n", "recall", "page with a false seal", "with a sure false seal", "a colour is claimed",
        "another kind is claimed", "confidently another name", "fuzzy ≥ 85",
    ]  # fmt: skip
    note = "n = seals. A seal missed here is the honest price; a wrong claim is the harm, counted among seals told."
    return Table(GREY, columns, rows, note)


def _grey_row(pages: Sequence[PageResult]) -> dict[str, Cell]:
    cases = [case for page in pages for case in page.cases]
    told = [seal for page in pages for seal in (*_told(page.cases), *(false.told for false in page.false))]
    rings = [case for case in cases if case.found and case.true.spec.shape != "square"]
    return {
        "pages": len(pages),
        "n": len(cases),
        "recall": Rate.of((case.found for case in cases), "none"),
        "page with a false seal": Rate.of((bool(_real(page)) for page in pages), "low"),
        "with a sure false seal": Rate.of(
            (any(false.told.confidence >= SURE_SEAL for false in _real(page)) for page in pages), "low"
        ),
        "a colour is claimed": Rate.of((seal.colour in ("red", "blue", "purple") for seal in told), "low"),
        "another kind is claimed": Rate.of((case.other_kind for case in cases if case.found), "low"),
        "confidently another name": Rate.of((case.misread for case in rings), "low"),
        "fuzzy ≥ 85": Rate.of((case.likeness >= SAME_TEXT for case in rings), "none"),
    }


def _told(cases: Iterable[SealCase]) -> list[Seal]:
    return [case.told for case in cases if case.told]
