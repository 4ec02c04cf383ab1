"""A row that closes up or opens, and that the page's reader lost: what its second reading tells of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.inspection.compare_judge import judge
from pipeline.inspection.compare_reread import Edit
from pipeline.inspection.compare_runs import align
from pipeline.inspection.compare_torn import edit_of
from pipeline.inspection.register import Registration
from pipeline.model import Difference, ReadText
from tests.inspection.scenes import CLAUSES, laid, needs_fonts, scene_of
from tests.inspection.test_compare import Script
from tests.simulator.defects import ReplaceText


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("可用率达到承诺", Edit(3, 4, "")),
        ("可用率未不达到承诺", Edit(4, 4, "不")),
        ("用率达到承", Edit(3, 4, "")),  # neighbours that the strip cuts
        ("可用率未达到承诺", None),
        ("可用率末达到承诺", None),  # another character is no tear
        ("可用率未，达到承诺", None),
        ("可率达到承诺", None),
        ("可用", None),
        ("", None),
    ],
)
def test_one_thing_more_or_less_among_the_same_words(said: str, expected: Edit | None) -> None:
    assert edit_of("可用率未达到承诺", ReadText(said, 0.97)) == expected
    assert edit_of("可用率未达到承诺", ReadText(said, 0.8)) is None


def told(instead: str, *said: str) -> list[Difference]:
    """What is told of a page whose reader lost the changed row; `said` = the strips as read again."""
    sheet, expected = laid("normal", 200, ReplaceText("不能预见", instead, CLAUSES))
    line = expected["".join(mark.char for mark in expected).index("不能预见")].line
    scene = replace(scene_of(sheet, expected), aligned=align(expected, [m for m in expected if m.line != line]))
    place = Registration.of(1, CLAUSES, sheet.matrix, sheet.residual, sheet.matched)
    return [item for item in judge(scene, place, Script(list(said))) if item.kind in ("reading", "change")]


@needs_fonts
@pytest.mark.parametrize(
    ("instead", "again", "expected"),
    [
        ("能预见", "网络中断等能预见、不", ("change", "不", "")),
        ("不可能预见", "战争、政府行为或者骨干网络中断等不可能预见、不", ("change", "", "可")),
        ("能预见", "网络中断等不能预见、不", None),
        ("能预见", "网络断等能预见、不", None),  # twice: then the second reading may err as well
    ],
)
def test_a_torn_row_that_reads_otherwise_there(instead: str, again: str, expected: tuple[str, str, str] | None) -> None:
    found = told(instead, "9.6因地震、洪水、疫情、战", again, "虚构", "。")
    changes = [item for item in found if item.kind == "change"]
    assert [(item.kind, item.expected, item.found) for item in changes] == ([expected] if expected else [])
    assert all("image" in item.signals and "reread" in item.signals for item in changes)
    assert any(item.kind == "reading" for item in found)
