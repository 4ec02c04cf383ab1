"""IN-05, and what machines print over a page on its way: fax headers, watermarks of scanner programs."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.model import Box, Difference, Document, Line
from pipeline.values.machine_lines import is_scanner_mark, is_transmission_header
from tests.rules.made import PAGES, agreement, comparison, document, findings, outcome, straddle

HEADER = "2026-11-20 09:31 FROM: 010-88886666 TO: 021-66668888 P.003/008"
TOP: Box = (40.0, 10.0, 400.0, 20.0)
BOTTOM: Box = (450.0, 815.0, 560.0, 826.0)
MIDDLE: Box = (90.0, 400.0, 400.0, 412.0)
MM = 72 / 25.4


def scan(**look: Any) -> Document:
    return document(pages=PAGES, **look)


def quality(paper: Document) -> tuple[set[str], str]:
    """Outcomes of IN-05 and what it says in English."""
    told = findings(agreement(paper), "IN-05")
    return {finding.outcome for finding in told}, "; ".join(finding.message.en for finding in told)


def added(found: str, box: Box) -> Difference:
    """A line that two witnesses saw and the form does not have."""
    return Difference(
        kind="change", page=3, reference_page=3, box=box, expected="", found=found, confidence=0.97,
        signals=("text", "image", "reread"), note="critical; …[→]…",
    )  # fmt: skip


def changed(found: str, box: Box, rule: str = "AGR-01d") -> str:
    return outcome(agreement(scan(), comparison=comparison(added(found, box))), rule)


def test_a_fax_header_is_no_change_of_the_text() -> None:
    assert changed(HEADER, TOP) == "pass"


def test_the_same_line_between_the_clauses_is_a_change() -> None:
    assert changed(HEADER, MIDDLE) == "fail"


@pytest.mark.parametrize("words", ["价格另议", "折扣90", "免费", "NO FEE", "违约金30%"])
def test_any_word_beside_the_fax_header_makes_it_a_change(words: str) -> None:
    assert not is_transmission_header(f"2026-11-20 09:31 {words} P.1")
    assert changed(f"2026-11-20 09:31 {words} P.1", TOP) == "fail"


@pytest.mark.parametrize(
    "line",
    [
        HEADER,
        "2026-11-2009:31FROM:010-88886666TO:021-66668888P.001/008",
        "NOV-20-2026 09:31 FROM:13800000000 P.1/8",
        "2026年11月20日 09:31 传真:010-88886666 第1页",
        "20/11/26 09:31:05 # 1/3",
    ],
)
def test_headers_as_fax_machines_print_them(line: str) -> None:
    assert is_transmission_header(line)


@pytest.mark.parametrize("line", ["2026年11月20日", "09:31", "第 1 页 共 8 页", "2026-11-20 09:31", "P.1/8"])
def test_dates_and_page_numbers_alone_are_no_header(line: str) -> None:
    assert not is_transmission_header(line)


def test_a_fax_is_asked_for_again_as_a_scan() -> None:
    pages = scan().pages
    faxed = pages[2].model_copy(update={"lines": (*pages[2].lines, Line(text=HEADER, box=TOP, confidence=0.9))})
    outcomes, said = quality(scan().model_copy(update={"pages": (*pages[:2], faxed, *pages[3:])}))
    assert outcomes == {"unsure"}
    assert said.startswith("Page 3: a fax copy")


@pytest.mark.parametrize("mark", ["扫描全能王创建", "由 扫描全能王 扫描创建", "Scanned with CamScanner"])
def test_a_scanner_programs_mark_is_for_a_person(mark: str) -> None:
    assert is_scanner_mark(mark)
    assert changed(mark, BOTTOM) == "unsure"
    assert changed(mark, MIDDLE) == "fail"


def test_words_beside_the_mark_are_a_change() -> None:
    assert changed("扫描全能王创建 价格另议", BOTTOM) == "fail"


def test_a_whitened_scan_is_doubtful_for_what_it_may_have_lost() -> None:
    lines = (Line(text="第 1 条", box=MIDDLE, confidence=0.9),)
    outcomes, said = quality(scan(whitened=True, lines=lines))
    assert outcomes == {"unsure"}
    assert "whitened" in said
    assert quality(scan(lines=lines))[0] == {"pass"}


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (210.0, 297.0, "pass"),
        (207.5, 296.0, "pass"),  # what a feeder takes
        (205.0, 297.0, "unsure"),
        (210.0, 287.0, "fail"),
        (297.0, 210.0, "pass"),
        (215.9, 279.4, "pass"),  # Letter is no cut A4
        (148.0, 210.0, "pass"),
    ],
)
def test_edges_cut_off(width: float, height: float, expected: str) -> None:
    assert quality(scan(width=width * MM, height=height * MM))[0] == {expected}


def test_seals_are_not_missing_from_edges_that_were_cut_off() -> None:
    cut = scan(height=285 * MM)
    assert "fail" not in {finding.outcome for finding in findings(agreement(cut, seals=()), "SEAL-01")}
    assert "fail" in {finding.outcome for finding in findings(agreement(scan(), seals=()), "SEAL-01")}


def test_a_slice_may_have_been_wiped_away() -> None:
    gap = straddle(form="missing_slices", missing_pages=(5,))
    assert "fail" in {finding.outcome for finding in findings(agreement(scan(), straddle=gap), "SEAL-03")}
    wiped = findings(agreement(scan(whitened=True), straddle=gap), "SEAL-03")
    assert "fail" not in {finding.outcome for finding in wiped}
    assert any("whitened" in finding.message.en for finding in wiped)
