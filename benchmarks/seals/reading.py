"""What was read on the seals that were found: name, kind, size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.measure import Cell, Goal, Number, Rate, Table
from benchmarks.seals.score import OTHER_TEXT, SAME_TEXT, SURE_TEXT, PageResult
from benchmarks.seals.tables import Rows, having, pairs_of, sized

TEXT = "Ring text of the seals found, colour scans"
KIND = "Kind of the seals found, colour scans"
SIZE = "Size and place of whole seals found, colour scans"

CUT = "cut by the page edge"
TEXT_ROWS: Rows = {
    "all rings": having(),
    **{f"{dpi} dpi": having(dpi=dpi) for dpi in (150, 200, 300)},
    **{f"{dpi} dpi, blank": having(dpi=dpi, over_text=False) for dpi in (150, 200, 300)},
    **{f"{dpi} dpi, over text": having(dpi=dpi, over_text=True) for dpi in (150, 200, 300)},
    "apart": having(paired=False),
    "two overlapping": having(paired=True),
    CUT: having(cut=True),
    **{f"ink {word}": having(strength=word) for word in ("full", "worn", "faint")},
    **{f"{ink} ink": having(colour=ink) for ink in ("red", "blue", "purple")},
    **{f"{name} scan": having(preset=name) for name in ("clean", "normal", "hard")},
    "round 28-36 mm": sized(28, 36),
    "round 36-46 mm": sized(36, 46),
    "round 58 mm": sized(46, 99),
    "oval": having(shape="oval"),
    "one border": having(double_border=False),
    "two borders": having(double_border=True),
    "6-10 characters": lambda pair: len(pair[1].true.spec.text) <= 10,
    "11-14 characters": lambda pair: 11 <= len(pair[1].true.spec.text) <= 14,
    "15-18 characters": lambda pair: len(pair[1].true.spec.text) >= 15,
}


def text_table(results: Sequence[PageResult]) -> Table:
    """Ring texts against the true names."""
    pairs = [pair for pair in pairs_of(results) if pair[1].found and pair[1].true.spec.shape != "square"]
    rows: dict[str, dict[str, Cell]] = {}
    for label, belongs in TEXT_ROWS.items():
        cases = [pair[1] for pair in pairs if belongs(pair) and (label == CUT or not pair[1].true.cut)]
        goal: Goal = "none" if label == CUT else "high"
        rows[label] = {
            "n": len(cases),
            "exact": Rate.of((case.exact for case in cases), goal),
            "fuzzy ≥ 85": Rate.of((case.likeness >= SAME_TEXT for case in cases), goal),
            "confidently another name": Rate.of((case.misread for case in cases), "low"),
        }
        if cases:
            mean = sum(case.accuracy for case in cases) / len(cases)
            rows[label]["characters right"] = Number(100 * mean, "%", 1)
    note = (
        f"Company names of 6 to 18 characters; seals {CUT} lack letters and stand in their own row only. Characters "
        "right = 1 - edit distance / length, mean. Confidently another name: confidence "
        f"{SURE_TEXT:g} or more and less than {OTHER_TEXT:g} % alike."
    )
    columns = ["n", "characters right", "exact", "fuzzy ≥ 85", "confidently another name"]
    return Table(TEXT, columns, rows, note)


def kind_table(results: Sequence[PageResult]) -> Table:
    """Company, contract, finance … against the truth."""
    pairs = [pair for pair in pairs_of(results) if pair[1].found]
    listed: Rows = {
        "all kinds": having(),
        **{word: having(kind=word) for word in ("company", "contract", "finance", "invoice", "department", "personal")},
        "company, oval": having(look="company oval"),
        "contract, 58 mm without a star": having(look="contract 58 mm"),
        **{f"{dpi} dpi": having(dpi=dpi) for dpi in (150, 200, 300)},
    }
    rows: dict[str, dict[str, Cell]] = {}
    for label, belongs in listed.items():
        cases = [pair[1] for pair in pairs if belongs(pair)]
        kinds = [(case.told.kind, case.true.spec.kind) for case in cases if case.told]
        accepted = [(told in ("company", "contract"), true) for told, true in kinds]
        rows[label] = {
            "n": len(cases),
            "right": Rate.of(told == true for told, true in kinds),
            "left open": Rate.of((told == "unknown" for told, _ in kinds), "none"),
            "another kind": Rate.of((told not in ("unknown", true) for told, true in kinds), "low"),
            "excluded kind accepted": Rate.of(
                (taken for taken, true in accepted if true not in ("company", "contract")), "low"
            ),
        }
    note = "Excluded kind accepted: a finance, invoice, department or name seal told as company or contract seal."
    return Table(KIND, ["n", "right", "left open", "another kind", "excluded kind accepted"], rows, note)


def size_table(results: Sequence[PageResult]) -> Table:
    """Errors in mm."""
    whole = [case for _, case in pairs_of(results) if case.told and not case.true.cut]
    rows: dict[str, dict[str, Cell]] = {}
    for label in ("all", "round", "oval", "square"):
        cases = [case for case in whole if label in ("all", case.true.spec.shape)]
        errors = np.array([case.told.diameter_mm - case.true.spec.diameter_mm for case in cases if case.told])
        off = np.array([case.off_mm for case in cases])
        rows[label] = {"n": len(cases)}
        if len(cases):
            rows[label] |= {
                "diameter error, mean": Number(float(errors.mean()), "mm"),
                "sd": Number(float(errors.std()), "mm"),
                "p95 of its size": Number(float(np.quantile(np.abs(errors), 0.95)), "mm"),
                "off centre, median": Number(float(np.median(off)), "mm"),
                "off centre, p95": Number(float(np.quantile(off, 0.95)), "mm"),
            }
    columns = ["n", "diameter error, mean", "sd", "p95 of its size", "off centre, median", "off centre, p95"]
    return Table(SIZE, columns, rows, "Longest axis; the scanner's own stretch and warp are in the errors.")
