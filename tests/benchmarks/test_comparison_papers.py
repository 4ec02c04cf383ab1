"""The papers of the comparison section: spread evenly, drawn equally again, and what they claim to be."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pdfplumber
import pypdfium2
import pytest

from benchmarks.comparison import jobs
from benchmarks.comparison.forms import Forms, open_forms, pack_text
from benchmarks.comparison.spoil import changed, opened, spoil
from benchmarks.plan import ROOT, Plan, measured
from pipeline.packs import load_packs
from pipeline.rules import CHECKS
from tests.simulator import fonts
from tests.simulator.defects_glyph import hanzi, nearest
from tests.simulator.defects_sentence import clauses
from tests.simulator.dossier import Scan, Truth
from tests.simulator.forms_short import BLANKS, COPIES, SHORTS, edition_of
from tests.simulator.paper import ScannedPage, encode, preset
from tests.simulator.samples import AGREEMENT
from tests.simulator.textlayer import add_layer
from tests.simulator.textmap import Char, Row, TextMap, body_rows
from tests.simulator.writers import write_pdf

needs_fonts = pytest.mark.skipif(fonts.missing() is not None, reason=str(fonts.missing()))
NO_FORMS = Forms(Path("none"))


def plan_of(tmp_path: Path, *, quick: bool = True, seed: int = 7) -> Plan:
    return Plan("x", seed, quick=quick, workers=1, out=tmp_path, scratch=tmp_path, data=None)


# --- the papers ---------------------------------------------------------------------------------------------------


def test_two_quick_runs_touch_every_class_and_a_full_run_is_large(tmp_path: Path) -> None:
    quick, full = plan_of(tmp_path), plan_of(tmp_path, quick=False)
    drawn = [{job.kind for job in jobs.tampered_jobs(replace(quick, seed=seed))} for seed in (6, 7)]
    assert [len(kinds) for kinds in drawn] == [len(jobs.TAMPERED) - len(jobs.TURNS)] * 2
    assert drawn[0] | drawn[1] == set(jobs.TAMPERED)
    assert {job.kind for job in jobs.honest_jobs(quick)} == set(jobs.HONEST)
    tampered, honest = jobs.tampered_jobs(full), jobs.honest_jobs(full)
    assert len(tampered) >= 320
    assert min(Counter(job.kind for job in tampered).values()) >= 9
    assert sum(8 if job.form == jobs.SHIPPED else 2 for job in honest if job.kind == jobs.ORIGINAL) >= 1500
    assert len({job.index for job in (*tampered, *honest)}) == len(tampered) + len(honest)


def test_contracts_nobody_touched_may_be_more_than_their_share(tmp_path: Path) -> None:
    plan = replace(plan_of(tmp_path, quick=False), share=0.1)
    more = replace(plan, unmodified=0.6)
    assert jobs.tampered_jobs(more)[0].condition == jobs.tampered_jobs(plan)[0].condition
    assert len(jobs.tampered_jobs(more)) == len(jobs.tampered_jobs(plan))
    assert len(jobs.honest_jobs(more)) == 6 * len(jobs.honest_jobs(plan)) == 6 * 67
    assert measured(0.1, 0.6) == "10% of a full run, 60% of its unmodified contracts"
    assert measured(0.1) == measured(0.1, 0.1) == "10% of a full run"
    assert (measured(1.0), measured(0.1, quick=True)) == ("full run", "quick run")


def test_every_class_of_one_character_sees_every_condition(tmp_path: Path) -> None:
    for kind in jobs.CHARACTERS:
        seen = [job.condition for job in jobs.tampered_jobs(plan_of(tmp_path, quick=False)) if job.kind == kind]
        assert Counter(item.preset for item in seen) == dict.fromkeys(jobs.PRESETS, 8)
        assert Counter(item.dpi for item in seen) == dict.fromkeys(jobs.RESOLUTIONS, 8)
        assert Counter(item.mode for item in seen) == {"colour": 12, "grey": 6, "1-bit": 6}
        assert Counter(item.over for item in seen) == {True: 12, False: 12}


def test_equal_seeds_give_equal_jobs(tmp_path: Path) -> None:
    assert jobs.tampered_jobs(plan_of(tmp_path)) == jobs.tampered_jobs(plan_of(tmp_path))
    others = [replace(job, plan=plan_of(tmp_path)) for job in jobs.tampered_jobs(plan_of(tmp_path, seed=8))]
    assert others != jobs.tampered_jobs(plan_of(tmp_path))


def test_another_edition_differs_in_two_clauses() -> None:
    for short in SHORTS.values():
        lines = zip(short.body, edition_of(short).body, strict=True)
        assert sum(one != two for one, two in lines) == 2


def test_packs_are_judged_by_the_shipped_rules(tmp_path: Path) -> None:
    shipped = load_packs(AGREEMENT.parents[2], CHECKS).find("csp_order", "service_agreement")
    for short in SHORTS.values():
        home = tmp_path / "case" / short.name
        home.mkdir(parents=True)
        (home / "pack.toml").write_text(pack_text(short), encoding="utf-8")
        for name in ("reference.docx", "reference.pdf"):
            (home / name).write_bytes(b"")
    (tmp_path / "case" / "case.toml").write_text('type = "case"\ntitle = { zh = "例", en = "x" }\n', encoding="utf-8")
    assert shipped is not None
    wanted = [rule for rule in shipped.rules if rule.spec.id in ("AGR-01", "AGR-01g", "AGR-02")]
    for pack in load_packs(tmp_path, CHECKS).documents():
        assert list(pack.rules) == wanted


def test_what_changed_is_told_without_the_words_around_it() -> None:
    assert changed("不低于 99.9%", "不低于 99.5%") == ("9", "5")
    assert changed("但应", "但不应") == ("", "不")
    assert changed("不得提交", "得提交") == ("不", "")
    assert changed("may not raise", "may raise") == ("not", "")


@needs_fonts
def test_nearest_glyphs_are_alike_and_never_the_same() -> None:
    near = nearest(opened(AGREEMENT).text)
    assert all(char not in others for char, others in near.items())
    assert "末" in near["未"]
    assert len(hanzi()) == 6763


@needs_fonts
@pytest.mark.parametrize("kind", [*jobs.CHARACTERS, "sentence out", "clause out", "words struck out by pen"])
def test_equal_draws_spoil_equally(kind: str) -> None:
    one, two = (spoil(NO_FORMS, jobs.SHIPPED, kind, np.random.default_rng(4)) for _ in range(2))
    assert one == two
    assert one.defects
    assert one.old != one.new or kind == "sentence out"


def test_clauses_of_a_page_are_found_with_all_their_lines() -> None:
    found = clauses(opened(AGREEMENT).text, 1)
    assert found[0][0].text.startswith("1.1")
    assert all(len(rows) >= 1 for rows in found)
    assert "".join(row.text for row in found[2]).rstrip().endswith("共 12 个月。")


# --- the short contracts ------------------------------------------------------------------------------------------


@needs_fonts
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs soffice (LibreOffice Writer)")
def test_short_contracts_have_two_pages_and_copies_hold_the_same_words() -> None:
    forms = open_forms(ROOT / "build" / "bench")  # printed once per machine
    for name in SHORTS:
        form = opened(forms.blank(name))
        assert len(form.text.sizes) == 2
        assert form.pages == [1]
        assert set(form.fields) == BLANKS
        assert max(row.box[3] for row in body_rows(form.text, 1)) < 0.88 * 842  # room for another clause
        for copy in COPIES[name]:
            other = opened(forms.variant(name, copy))
            assert _words(other.text) == _words(form.text)
            assert [row.box for row in other.text.rows] != [row.box for row in form.text.rows]
        edition = opened(forms.variant(name, "edition"))
        assert _words(edition.text, 1) != _words(form.text, 1)
        assert _words(edition.text, 2) == _words(form.text, 2)


def _words(text: TextMap, *pages: int) -> str:
    return "".join("".join(row.text.split()) for row in text.rows if not pages or row.page in pages)


# --- the hidden text layer ----------------------------------------------------------------------------------------


def test_a_hidden_layer_says_other_words_than_the_picture_and_does_not_show(tmp_path: Path) -> None:
    form = TextMap((Row(1, tuple(_char(at, char) for at, char in enumerate("不低于99.9%"))),), ((200.0, 100.0),))
    picture = np.full((100, 200, 3), 255, dtype=np.uint8)
    sheet = ScannedPage(picture, encode(picture, preset("clean", 72))[1], 72, "colour", np.eye(2, 3) * 72 / 25.4)
    scan = Scan([sheet], Truth("", 0, 72, "colour", [1], [], [], [], [], []))
    path = write_pdf(scan, tmp_path / "scan.pdf")
    add_layer(path, scan, form, (form.find("99.9"), "99.5"))
    with pdfplumber.open(path) as pdf:
        page = pdf.pages[0]
        assert "".join(page.extract_text().split()) == "不低于99.5%"
        first = page.chars[0]
        assert (first["x0"], first["x1"]) == pytest.approx((20, 30), abs=0.1)
        assert (first["top"] + first["bottom"]) / 2 == pytest.approx(45, abs=1.5)
    with pypdfium2.PdfDocument(path) as shown:
        assert shown[0].render(scale=1).to_numpy().min() > 245


def _char(at: int, char: str) -> Char:
    return Char(char, (20.0 + 10 * at, 40.0, 30.0 + 10 * at, 50.0), "song", 10.0)
