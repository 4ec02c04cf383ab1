"""Pages proved to be a form's by their look, and pages that must not be."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from pipeline.inspection.compare_paper import darkness
from pipeline.inspection.known import KnownForms
from pipeline.inspection.locate import Look, locate, look_of
from pipeline.model import PageSource, Picture, Pixels, ReadLine, ReadText, Reference, TextReader
from pipeline.read import open_reader, open_reference
from tests.inspection.scenes import needs_fonts
from tests.simulator.defects import InsertSentence, ReplaceText
from tests.simulator.defects_pale import PalePrint
from tests.simulator.defects_pen import HandNote, StrikeOut
from tests.simulator.dossier import PrintDefect, ScanJob, prepare
from tests.simulator.ink import Page
from tests.simulator.paper import ScannedPage, preset, scan

FORM = Path("templates/csp_order/service_agreement/reference.pdf")
CONTACTS, CLAUSES, SIGNING = 7, 4, 8  # pages


class NoReader:
    """A recogniser that must not be asked for a page and reads nothing."""

    def read_page(self, pixels: Pixels) -> tuple[ReadLine, ...]:
        raise AssertionError("a page was read")

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        return tuple(ReadText("", 0.0) for _ in strips)


@cache
def form() -> tuple[Reference, PageSource]:
    return open_reference(FORM, "2026-01")


def opened() -> list[tuple[Reference, PageSource]]:
    return [form()]


@cache
def engine() -> TextReader:
    return open_reader(1)


def sheet(number: int, *defects: PrintDefect, values: dict[str, str] | None = None) -> Page:
    job = ScanJob(pdf=FORM, defects=defects, values=values or {}, seed=3)
    pages, _ = prepare(job, np.random.default_rng(job.seed))
    return pages[number - 1]


def scanned(page: Page, name: str = "normal", dpi: int = 200, turn: int = 0) -> ScannedPage:
    settings = preset(name, dpi)
    return scan(page, type(settings)(**{**vars(settings), "turn": turn}), np.random.default_rng(8))


def shown(page: ScannedPage) -> Picture:
    return Picture(page.picture, float(page.dpi))


@cache
def looks() -> tuple[Look, ...]:
    reference, pictures = form()
    shots = [pictures.picture(page.number, 100.0) for page in reference.pages]
    return tuple(look_of(darkness(shot), shot.dpi) for shot in shots)


@needs_fonts
@pytest.mark.parametrize("name", ["clean", "normal", "hard"])
def test_a_page_is_found_among_all_pages_of_its_form(name: str) -> None:
    page = scanned(sheet(CLAUSES), name)
    found = locate(look_of(darkness(shown(page)), page.dpi), looks(), range(len(looks())))
    assert found is not None
    assert found.index == CLAUSES - 1
    for x, y in ((80.0, 80.0), (500.0, 90.0), (90.0, 760.0), (510.0, 770.0)):
        true = page.to_points @ (x * 25.4 / 72, y * 25.4 / 72, 1.0)
        assert np.hypot(*(found.matrix @ (x, y, 1.0) - true)) < 4.0  # the slow warp of a hard scan reaches 1.4 mm


@needs_fonts
@pytest.mark.parametrize("turn", [90, 180])
def test_a_page_that_does_not_stand_upright_is_not_known(turn: int) -> None:
    page = scanned(sheet(CLAUSES), turn=turn)
    assert locate(look_of(darkness(shown(page)), page.dpi), looks(), range(len(looks()))) is None


@needs_fonts
def test_a_page_of_another_form_is_not_known() -> None:
    other = Path("templates/csp_order/cooperation_agreement/reference.pdf")
    pages, _ = prepare(ScanJob(pdf=other), np.random.default_rng(1))
    page = scanned(pages[1])
    assert locate(look_of(darkness(shown(page)), page.dpi), looks(), range(len(looks()))) is None


@needs_fonts
@pytest.mark.engine
def test_an_unchanged_page_is_proved_and_its_text_is_the_forms() -> None:
    known = KnownForms(opened, engine())
    lines = known.lines(2, shown(scanned(sheet(CLAUSES))))
    assert lines is not None
    reference, _ = form()
    assert [line.text for line in lines] == [line.text for line in reference.pages[CLAUSES - 1].lines]
    proof = known.proof(2, reference.sha256)
    assert proof is not None
    assert proof.registration.reference_page == CLAUSES
    assert proof.differences == ()
    assert known.proof(2, "another form") is None
    assert known.proof(3, reference.sha256) is None


@needs_fonts
@pytest.mark.engine
def test_what_was_filled_in_is_read_where_the_blank_lies() -> None:
    known = KnownForms(opened, engine())
    lines = known.lines(
        1, shown(scanned(sheet(CONTACTS, values={"contact_name": "林若青", "admin_phone": "13800000031"})))
    )
    assert lines is not None
    assert {"林若青", "13800000031"} <= {line.text for line in lines}
    proof = known.proof(1, form()[0].sha256)
    assert proof is not None
    assert {difference.note for difference in proof.differences} == {"contact_name", "admin_phone"}
    assert {difference.kind for difference in proof.differences} == {"fill_in"}


CHANGES: dict[str, Callable[[], PrintDefect]] = {
    "a stop for a comma": lambda: ReplaceText("10.1本协", "10,1本协", CLAUSES),
    "已 for 巳, which a recogniser reads by context": lambda: ReplaceText("已付款项", "巳付款项", CLAUSES),
    "未 for 末": lambda: ReplaceText("未付款项", "末付款项", CLAUSES),
    "a word put in, its row pressed together": lambda: ReplaceText("不能预见", "不可能预见", CLAUSES),
    "one look-alike": lambda: ReplaceText("不能预见", "不能顸见", CLAUSES),
    "a word taken out": lambda: ReplaceText("不能避免", "能避免", CLAUSES),
    "words struck out": lambda: StrikeOut("不能避免", CLAUSES),
    "a note in the margin": lambda: HandNote("价格另议", CLAUSES, (500.0, 300.0, 580.0, 330.0)),
    "a note in red": lambda: HandNote("价格另议", CLAUSES, (500.0, 300.0, 580.0, 330.0), "pen-red"),
    "a note in yellow": lambda: HandNote("价格另议", CLAUSES, (500.0, 300.0, 580.0, 330.0), "pen-yellow"),
    "a red note between the lines": lambda: HandNote("不", CLAUSES, (300.0, 300.0, 315.0, 315.0), "pen-red"),
    "small pale print in the foot": lambda: PalePrint("第三条不适用于乙方", CLAUSES, (90.0, 786.0), 0.2, 6.0),
    "a sentence more": lambda: InsertSentence("10.4", "乙方同意放弃全部抗辩。", CLAUSES),
}


@needs_fonts
@pytest.mark.engine
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_page_is_never_proved(change: str) -> None:
    known = KnownForms(opened, engine())
    assert known.lines(1, shown(scanned(sheet(CLAUSES, CHANGES[change]())))) is None
    assert known.proof(1, form()[0].sha256) is None


@needs_fonts
@pytest.mark.parametrize(("name", "dpi"), [("normal", 150), ("normal", 100)])
def test_coarse_scans_are_left_to_the_whole_reading(name: str, dpi: int) -> None:
    assert KnownForms(opened, NoReader()).lines(1, shown(scanned(sheet(CLAUSES), name, dpi))) is None


@needs_fonts
def test_pages_to_sign_are_left_to_the_whole_reading() -> None:
    known = KnownForms(opened, NoReader(), signed=frozenset({"customer_seal", "signature"}))
    assert known.lines(1, shown(scanned(sheet(SIGNING)))) is None


def test_without_forms_nothing_is_known() -> None:
    white = np.full((2339, 1654, 3), 255, np.uint8)
    assert KnownForms(list, NoReader()).lines(1, Picture(white, 200.0)) is None
