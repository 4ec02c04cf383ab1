"""What went wrong on a page, in words, and in which row of which table it counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.pictures import Box
from benchmarks.seals.reading import CUT, KIND, TEXT
from benchmarks.seals.score import SAME_TEXT, PageResult, SealCase
from benchmarks.seals.tables import FALSE, FOUND, GREY
from tests.simulator.distractors import TAX_OVAL


@dataclass(frozen=True)
class Wrong:
    """One thing; `box` = where on the page, pt."""

    table: str
    row: str
    what: str
    box: Box | None = None


def wrongs(result: PageResult) -> list[Wrong]:
    """Everything wrong on a page, wrong claims before what was only missed or left unread."""
    found = [*_claims(result), *(wrong for case in result.cases for wrong in _missed(result, case))]
    if result.job.mode == "colour":
        return found
    return [Wrong(GREY, result.job.mode, wrong.what, wrong.box) for wrong in found]


def _claims(result: PageResult) -> Iterator[Wrong]:
    if result.crash:
        yield Wrong(FALSE, "all pages", f"the product raised: {result.crash.strip().splitlines()[-1]}")
    for false in result.false:
        if false.on != TAX_OVAL:
            seen = f"{false.told.shape} of {false.told.diameter_mm:.0f} mm, confidence {false.told.confidence:.2f}"
            yield Wrong(FALSE, false.on, f"no seal: {seen}, on: {false.on}", false.told.box)
    for case in result.cases:
        true = case.true.spec
        if case.told and case.misread and true.shape != "square":
            words = f"{true.text} read as {case.told.text} with {case.told.text_confidence:.2f}"
            row = CUT if case.true.cut else f"{result.job.dpi} dpi"
            yield Wrong(TEXT, row, words, case.true.box)
        if case.told and case.other_kind:
            words = (
                f"{true.kind} seal told as {case.told.kind}; inner line “{true.inner_line}” read “{case.told.inner}”"
            )
            yield Wrong(KIND, true.kind, words, case.true.box)


def _missed(result: PageResult, case: SealCase) -> Iterator[Wrong]:
    true, spec = case.true, case.true.spec
    states = [word for word, holds in (("cut", true.cut), ("overlapping", true.paired)) if holds]
    how = ", ".join([true.look, f"{spec.diameter_mm:.0f} mm", true.strength, spec.colour, *states])
    if not case.found:
        yield Wrong(FOUND, spec.shape, f"not found: {how}", true.box)
    elif case.told and spec.shape != "square" and not (case.misread or true.cut) and case.likeness < SAME_TEXT:
        words = f"{spec.text} left unread: “{case.told.text}” with {case.told.text_confidence:.2f} ({how})"
        yield Wrong(TEXT, f"{result.job.dpi} dpi", words, true.box)
