"""The evaluator of seals: what counts as found, false, misread; and which pages are made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.deck import deal
from benchmarks.measure import Number, Rate
from benchmarks.pictures import Box
from benchmarks.plan import Plan
from benchmarks.seals.jobs import LOOKS, PageJob, SealPlan, page_jobs
from benchmarks.seals.paper import SealPage, Thing, TrueSeal, make_page
from benchmarks.seals.reading import kind_table, text_table
from benchmarks.seals.score import BESIDE, NOTHING, PageResult, SealCase, match, overlap
from benchmarks.seals.tables import false_table, found_table, grey_table
from benchmarks.seals.wrong import wrongs
from pipeline.model import Seal, SealKind
from tests.simulator import fonts
from tests.simulator.distractors import DISTRACTORS, TAX_OVAL, draw
from tests.simulator.ink import blank_page
from tests.simulator.paper import preset, scan
from tests.simulator.seals import SealSpec

AT: Box = (100.0, 100.0, 219.0, 219.0)
FAR: Box = (300.0, 500.0, 419.0, 619.0)
NAME = "青禾医疗器械（深圳）有限公司"

needs_fonts = pytest.mark.skipif(fonts.missing() is not None, reason=str(fonts.missing()))


def plan_of(tmp_path: Path, seed: int = 3) -> Plan:
    return Plan("x", seed, quick=True, workers=1, out=tmp_path, scratch=tmp_path, data=None)


def job_of(tmp_path: Path, **changes: object) -> PageJob:
    job = PageJob(0, 1, "nearly empty", 150, "colour", "clean", (), False, (), None, tmp_path / "misses" / "x")
    return replace(job, **changes)  # type: ignore[arg-type]


def true(box: Box = AT, spec: SealSpec | None = None, *, cut: bool = False) -> TrueSeal:
    return TrueSeal(spec or SealSpec(NAME), "company", "full", False, False, cut, box, box)


def told(box: Box = AT, text: str = NAME, confidence: float = 0.95, kind: SealKind = "company") -> Seal:
    return Seal(
        page=1, box=box, shape="round", diameter_mm=42.0, colour="red", text=text, text_confidence=confidence,
        kind=kind, confidence=0.9,
    )  # fmt: skip


def page(*seals: TrueSeal, things: tuple[Thing, ...] = ()) -> SealPage:
    return SealPage(scan(blank_page((30.0, 30.0), 100), preset("clean", 100), np.random.default_rng(1)), seals, things)


def result(tmp_path: Path, laid: SealPage, *answers: Seal, **job: object) -> PageResult:
    cases, false = match(laid, answers)
    return PageResult(job_of(tmp_path, **job), cases, false, tuple(thing.kind for thing in laid.things))


# --- matching -----------------------------------------------------------------------------------------------------


def test_a_told_seal_elsewhere_is_a_miss_and_a_false_seal() -> None:
    cases, false = match(page(true()), [told(FAR)])
    assert [case.found for case in cases] == [False]
    assert [item.on for item in false] == [NOTHING]


def test_half_an_overlap_is_not_enough() -> None:
    beside: Box = (100.0 + 60, 100.0, 219.0 + 60, 219.0)
    assert overlap(AT, beside) < 0.5
    cases, false = match(page(true()), [told(beside)])
    assert not cases[0].found
    assert [item.on for item in false] == [BESIDE]


def test_one_true_seal_is_found_once() -> None:
    near: Box = (103.0, 103.0, 222.0, 222.0)
    cases, false = match(page(true()), [told(near), told(AT)])
    assert cases[0].told is not None
    assert cases[0].told.box == AT
    assert [item.told.box for item in false] == [near]


def test_two_seals_are_matched_each_with_its_own() -> None:
    cases, false = match(page(true(FAR), true(AT)), [told(AT), told(FAR)])
    assert [case.told.box for case in cases if case.told] == [FAR, AT]
    assert not false


def test_a_false_seal_is_charged_to_what_lies_there(tmp_path: Path) -> None:
    laid = page(things=(Thing("logo", FAR), Thing("emblem", AT)))
    looked = result(tmp_path, laid, told(FAR))
    rows = false_table([looked]).rows
    assert rows["logo"]["pages with one"] == Rate(1, 1, "low")
    assert rows["emblem"]["pages with one"] == Rate(0, 1, "low")
    assert rows["all pages"]["pages with one"] == Rate(1, 1, "low")
    assert found_table([looked]).rows["round"]["precision"] == Rate(0, 1)


def test_the_tax_oval_is_not_a_false_seal(tmp_path: Path) -> None:
    looked = result(tmp_path, page(things=(Thing(TAX_OVAL, AT),)), told(AT))
    rows = false_table([looked]).rows
    assert rows["all pages"]["pages with one"] == Rate(0, 1, "low")
    assert rows[TAX_OVAL]["told as a seal"] == Rate(1, 1, "none")
    assert not wrongs(looked)


# --- tables -------------------------------------------------------------------------------------------------------


def test_a_missed_seal_lowers_the_recall_of_its_rows_only(tmp_path: Path) -> None:
    blue = SealSpec(NAME, colour="blue", diameter_mm=30.0)
    looked = result(tmp_path, page(true(), true(FAR, blue)), told(AT))
    rows = found_table([looked]).rows
    assert rows["all seals"]["recall"] == Rate(1, 2)
    assert rows["red ink"]["recall"] == Rate(1, 1)
    assert rows["blue ink"]["recall"] == Rate(0, 1)
    assert rows["round 28-36 mm"]["recall"] == Rate(0, 1)
    assert rows["all seals"]["precision"] == Rate(1, 1)
    assert [wrong.row for wrong in wrongs(looked)] == ["round"]


def test_brackets_of_either_width_are_the_same_text() -> None:
    case = SealCase(true(), told(text=NAME.replace("（", "(").replace("）", ")")))
    assert case.exact
    assert case.accuracy == 1


def test_one_wrong_character_of_fourteen() -> None:
    case = SealCase(true(), told(text=NAME.replace("禾", "木")))
    assert not case.exact
    assert case.accuracy == pytest.approx(1 - 1 / len(NAME))
    assert case.likeness > 85


@pytest.mark.parametrize(("confidence", "harm"), [(0.95, True), (0.7, False)])
def test_only_a_confident_other_name_is_harmful(tmp_path: Path, confidence: float, harm: bool) -> None:
    looked = result(tmp_path, page(true()), told(text="蓝鲸信息技术有限公司"[:6], confidence=confidence))
    row = text_table([looked]).rows["all rings"]
    assert row["confidently another name"] == Rate(int(harm), 1, "low")
    assert row["fuzzy ≥ 85"] == Rate(0, 1)
    assert isinstance(row["characters right"], Number)


def test_a_finance_seal_told_as_company_seal_is_the_gravest_mistake(tmp_path: Path) -> None:
    finance = true(spec=SealSpec(NAME, "finance"))
    row = kind_table([result(tmp_path, page(finance), told(kind="company"))]).rows["finance"]
    assert row["excluded kind accepted"] == Rate(1, 1, "low")
    row = kind_table([result(tmp_path, page(finance), told(kind="unknown"))]).rows["finance"]
    assert row["left open"] == Rate(1, 1, "none")
    assert row["another kind"] == Rate(0, 1, "low")


def test_a_grey_scan_must_not_claim_a_colour(tmp_path: Path) -> None:
    looked = result(tmp_path, page(true()), told(), mode="grey")
    row = grey_table([looked]).rows["grey"]
    assert row["a colour is claimed"] == Rate(1, 1, "low")
    assert row["recall"] == Rate(1, 1, "none")
    assert found_table([]).rows["all seals"]["recall"] == Rate(0, 0)


def test_a_crash_counts(tmp_path: Path) -> None:
    looked = replace(result(tmp_path, page(true())), crash="ValueError: no\n")
    assert false_table([looked]).rows["all pages"]["crashed"] == Rate(1, 1, "low")
    assert found_table([looked]).rows["all seals"]["recall"] == Rate(0, 1)
    assert "ValueError" in wrongs(looked)[0].what


# --- pages --------------------------------------------------------------------------------------------------------


def test_a_deck_deals_every_card() -> None:
    dealt = deal("abc", 7, np.random.default_rng(4))
    assert sorted(dealt[:3]) == list("abc")
    assert sorted(dealt[3:6]) == list("abc")


def test_a_quick_sample_touches_everything_in_colour(tmp_path: Path) -> None:
    jobs = page_jobs(plan_of(tmp_path), 60, None)
    assert jobs == page_jobs(plan_of(tmp_path), 60, None)
    assert jobs != page_jobs(plan_of(tmp_path, 4), 60, None)
    assert [job.index for job in jobs] == list(range(60))
    assert {job.mode for job in jobs} == {"colour", "grey", "1-bit"}
    colour = [job for job in jobs if job.mode == "colour"]
    seals = [seal for job in colour for seal in job.seals]
    assert {seal.look for seal in seals} == set(LOOKS)
    assert {seal.strength for seal in seals} == {"full", "worn", "faint"}
    assert {seal.ink for seal in seals} == {"red", "blue", "purple"}
    assert {seal.place for seal in seals} == {"blank", "text", "edge"}
    assert {len(job.seals) for job in colour} == {0, 1, 2, 3, 4}
    assert {job.dpi for job in colour} == {150, 200, 300}
    assert {kind for job in colour for kind in job.distractors} == set(DISTRACTORS)
    assert any(job.pair for job in colour)


@needs_fonts
def test_the_true_box_holds_the_ink(tmp_path: Path) -> None:
    plans = (
        SealPlan("company", "full", "red", "blank", (6, 10)),
        SealPlan("company oval", "full", "red", "edge", (11, 14)),
    )
    made = make_page(job_of(tmp_path, seals=plans, dpi=100))
    assert [seal.cut for seal in made.seals] == [False, True]
    assert [seal.spec.shape for seal in made.seals] == ["round", "oval"]
    picture = made.scanned.picture.astype(int)
    red = picture[:, :, 0] - picture[:, :, 1] > 60
    assert red.sum() > 500
    for seal in made.seals:
        x0, top, x1, bottom = (round(v * 100 / 72) for v in seal.box)
        red[max(0, top - 4) : bottom + 4, max(0, x0 - 4) : x1 + 4] = False
    assert red.sum() < 20


@needs_fonts
def test_equal_jobs_make_equal_pages(tmp_path: Path) -> None:
    job = job_of(tmp_path, seals=(SealPlan("finance", "worn", "blue", "text", (6, 10)),), dpi=100)
    one, again = make_page(job), make_page(job)
    assert np.array_equal(one.scanned.picture, again.scanned.picture)
    assert one.seals == again.seals


@needs_fonts
@pytest.mark.parametrize("kind", DISTRACTORS)
def test_every_look_alike_can_be_drawn(kind: str) -> None:
    coverage, ink = draw(kind, 4.0, np.random.default_rng(2))
    assert coverage.max() > 0.5
    assert 0.01 < coverage.mean() < 0.9
    assert ink
