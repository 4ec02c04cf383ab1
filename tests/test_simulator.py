"""The scan simulator is a measuring instrument: equal seeds, true lengths, defects only where the truth says."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.simulator import fonts
from tests.simulator.defects import DeleteRows, ReplaceText
from tests.simulator.defects_order import PageMissing, PagesSwapped
from tests.simulator.defects_pen import StrikeOut
from tests.simulator.defects_pick import pick
from tests.simulator.dossier import PrintDefect, ScanJob, Stamp, prepare, simulate
from tests.simulator.fill import blanks
from tests.simulator.ink import Page, blank_page
from tests.simulator.paper import preset, scan
from tests.simulator.parties import AGENT, QINGHE
from tests.simulator.seals import SealSpec, impress
from tests.simulator.straddle import Edge, StraddleSpec, straddle
from tests.simulator.textmap import read_text
from tests.simulator.writers import write_pdf, write_tiff

FORM = Path(__file__).parents[1] / "templates" / "csp_order" / "service_agreement" / "reference.pdf"
SEAL = SealSpec(QINGHE.name, code=QINGHE.seal_code, rotation_deg=11)

pytestmark = pytest.mark.skipif(fonts.missing() is not None, reason=str(fonts.missing()))


def _rng(seed: int = 5) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("diameter", [38.0, 42.0, 58.0])
def test_seal_has_its_diameter(diameter: float) -> None:
    spec = replace(SEAL, diameter_mm=diameter, wear=0.0)
    cover = impress(spec, 12.0, _rng()).coverage
    columns = np.flatnonzero(cover.max(axis=0) > 0.4)
    assert (columns[-1] - columns[0] + 1) / 12.0 == pytest.approx(diameter, abs=0.2)
    assert cover.min() >= 0
    assert cover.max() <= 1


def test_same_die_pressed_twice_differs_in_texture_only() -> None:
    rng = _rng()
    one, two = impress(SEAL, 8.0, rng).coverage, impress(SEAL, 8.0, rng).coverage
    assert not np.array_equal(one, two)
    assert np.corrcoef(one.ravel(), two.ravel())[0, 1] > 0.85


@pytest.mark.parametrize("edge", ["right", "left", "top", "bottom"])
def test_slices_add_up_to_the_seal(edge: Edge) -> None:
    pages = [blank_page(dpi=150) for _ in range(7)]
    slices = straddle(pages, StraddleSpec(SEAL, along_mm=90, edge=edge), _rng())
    assert [piece.page for piece in slices] == list(range(1, 8))
    assert sum(piece.width_mm for piece in slices) == pytest.approx(42.0)
    assert all(len(page.patches) == 1 for page in pages)
    depth = 0 if edge in ("right", "left") else 1
    for piece in slices[1:-1]:
        band = piece.box_mm[depth + 2] - piece.box_mm[depth]
        assert band == pytest.approx(piece.width_mm, abs=0.5)


def test_inner_slices_end_at_the_paper_edge_and_start_with_a_straight_cut() -> None:
    pages = [blank_page(dpi=300) for _ in range(5)]
    spec = StraddleSpec(SEAL, turn_jitter_deg=0.0)
    piece = straddle(pages, spec, _rng())[2]
    assert piece.box_mm[2] == pytest.approx(pages[2].size_mm[0], abs=0.1)
    patch = pages[2].patches[0]
    start = round(piece.box_mm[0] * pages[2].px_per_mm) - patch.x
    assert patch.coverage[:, : start - 1].max() < 0.2


def test_groups_duplex_and_missing_pages() -> None:
    pages = [blank_page(dpi=100) for _ in range(12)]
    grouped = straddle(pages, StraddleSpec(SEAL, groups=(6, 6)), _rng())
    assert sum(p.width_mm for p in grouped if p.group == 1) == pytest.approx(42.0)
    duplex = straddle(pages, StraddleSpec(SEAL, duplex=True), _rng())
    assert [p.page for p in duplex] == [1, 3, 5, 7, 9, 11]
    gap = straddle(pages, StraddleSpec(SEAL, missing_pages=frozenset({5}), foreign={3: AGENT.seal(0)}), _rng())
    assert 5 not in [p.page for p in gap]
    assert [p.text for p in gap if p.defect == "foreign"] == [AGENT.name]


def test_same_seed_same_pixels() -> None:
    one, two = (scan(_stamped(), preset("normal", 100), _rng(9)) for _ in range(2))
    other = scan(_stamped(), preset("normal", 100), _rng(10))
    assert np.array_equal(one.picture, two.picture)
    assert one.coded == two.coded
    assert not np.array_equal(one.picture, other.picture)


def _stamped() -> Page:
    page = blank_page(dpi=150)
    page.stamp(impress(SEAL, page.px_per_mm, _rng()).coverage, (120.0, 200.0), "red")
    return page


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_truth_boxes_follow_the_sheet(turn: int) -> None:
    settings = replace(preset("hard", 100), turn=turn, crop_mm=(2.0, 1.0, 1.5, 0.5), dust=(0, 0), shade=(0.0, 0.0))
    shot = scan(_stamped(), settings, _rng())
    red = shot.picture[:, :, 0].astype(int) - shot.picture[:, :, 1] > 60
    rows, columns = np.flatnonzero(red.sum(axis=1) > 1), np.flatnonzero(red.sum(axis=0) > 1)
    seen = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
    told = shot.box((99.0, 179.0, 141.0, 221.0))
    assert [v * 72 / 100 for v in seen] == pytest.approx(list(told), abs=3.0)


needs_form = pytest.mark.skipif(not FORM.exists(), reason="the service agreement form has not been built")


@lru_cache(maxsize=1)
def _untouched() -> list[Page]:
    return prepare(ScanJob(FORM, print_dpi=100), _rng())[0]


def _changed(defect: PrintDefect) -> tuple[list[tuple[int, NDArray[np.int64]]], list[dict[str, object]]]:
    before = _untouched()
    after, marks = prepare(ScanJob(FORM, print_dpi=100, defects=(defect,)), _rng())
    differing = [(i + 1, np.argwhere(a.toner != b.toner)) for i, (a, b) in enumerate(zip(before, after, strict=True))]
    return [pair for pair in differing if len(pair[1])], [{"page": m.page, "box": m.box_mm, **m.detail} for m in marks]


@needs_form
@pytest.mark.parametrize(
    "defect",
    [
        ReplaceText("不低于 99.9%", "不低于99.5%", 2),
        ReplaceText("不得提交仲裁", "得提交仲裁", 5),
        ReplaceText("但应", "但不应", 2),
        DeleteRows("2.3客户可在", "订阅期内不得减少", 1),
    ],
)
def test_a_changed_print_changes_its_own_place_only(defect: PrintDefect) -> None:
    pages, marks = _changed(defect)
    assert [number for number, _ in pages] == [marks[0]["page"]]
    box = marks[0]["box"]
    assert isinstance(box, tuple)
    lines = pages[0][1] * 25.4 / 100
    assert lines[:, 0].min() > box[1] - 1.5
    assert lines[:, 1].min() > box[0] - 1.5
    if not isinstance(defect, DeleteRows):
        assert lines[:, 0].max() < box[3] + 1.5
        assert lines[:, 1].max() < box[2] + 1.5


@needs_form
def test_random_changes_are_found_again_in_the_text() -> None:
    text, rng = read_text(FORM), _rng(21)
    for kind in ("digit", "negation out", "negation in", "lookalike") * 10:
        change = pick(kind, text, rng)
        found = text.find(change.find, change.page, change.occurrence)
        assert "".join(c.text for c in found.row.chars[found.start : found.end]).replace(" ", "") == change.find
        assert change.replace != change.find


@needs_form
def test_a_dossier_with_its_truth(tmp_path: Path) -> None:
    job = ScanJob(
        FORM,
        values={"customer_name": QINGHE.name, "sign_date": "2026年9月25日", "signature": QINGHE.person},
        stamps=(Stamp(SEAL, zone="customer_seal"),),
        straddles=(StraddleSpec(SEAL, missing_pages=frozenset({6})),),
        defects=(StrikeOut("不得减少许可数量", 1),),
        order=(PageMissing(2), PagesSwapped(3, 4)),
        settings=preset("normal", 75),
        print_dpi=100,
    )
    made = simulate(job)
    truth = json.loads(made.truth.to_json())
    assert truth["printed"] == [1, 4, 3, 5, 6, 7, 8]
    assert [s["page"] for s in truth["seals"]] == [7]
    assert sorted(s["printed"] for s in truth["slices"]) == [1, 3, 4, 5, 7, 8]
    assert {v["name"] for v in truth["values"]} == {"customer_name", "sign_date"}
    assert truth["signatures"][0]["name"] == QINGHE.person
    kinds = {(d["kind"], d["page"]) for d in truth["defects"]}
    assert kinds == {("struck out", 1), ("page missing", None), ("pages swapped", 3), ("pages swapped", 2)}
    first, second = (write_pdf(made, tmp_path / name).read_bytes() for name in ("a.pdf", "b.pdf"))
    assert first == second
    assert write_tiff(made, tmp_path / "a.tiff").stat().st_size > 10_000
    assert blanks(tmp_path / "a.pdf") == []
