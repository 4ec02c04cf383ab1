"""Specimens of one die agree however they were scanned; another die, or a name changed in a letter, does not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from pipeline.inspection.ring import read_seal
from pipeline.inspection.seals import find_seals
from pipeline.inspection.specimen import likeness, specimen
from pipeline.model import Picture, Seal
from tests.inspection.scenes import CUSTOMER, OTHER, Illiterate, lined_page, needs_fonts, picture, scanned, stamped
from tests.simulator.seals import SealSpec

DIE = SealSpec(CUSTOMER, diameter_mm=42, code="4403050000031")
OVAL = SealSpec(CUSTOMER, diameter_mm=45, oval_height_mm=30)

pytestmark = needs_fonts


@cache
def found(spec: SealSpec, seed: int, name: str = "clean", dpi: int = 200) -> tuple[Picture, Seal]:
    """A sheet sealed and scanned, and its seal."""
    page = lined_page(seed=seed)
    stamped(page, spec, (65, 80), seed=seed + 500)
    paper = picture(scanned(page, seed=seed, name=name, dpi=dpi))
    (mark,) = find_seals(paper, 1)
    return paper, read_seal(paper, mark, 1, Illiterate())


def kept(spec: SealSpec, seed: int, name: str = "clean", dpi: int = 200) -> bytes:
    taken = specimen(*found(spec, seed, name, dpi))
    assert taken is not None
    return taken


@pytest.mark.parametrize(
    ("changes", "scan"),
    [
        ({"rotation_deg": 20.0}, ("clean", 300)),
        ({"rotation_deg": -15.0, "wear": 0.7}, ("normal", 200)),
        ({"rotation_deg": 165.0}, ("clean", 150)),
        ({"colour": "blue"}, ("clean", 200)),
        ({"strength": 0.45}, ("clean", 300)),
    ],
    ids=["fine scan", "worn, ordinary scan", "upside down, coarse scan", "blue ink", "little ink"],
)
def test_one_die_agrees_with_itself(changes: dict[str, object], scan: tuple[str, int]) -> None:
    compared = likeness(kept(DIE, 1), kept(replace(DIE, **changes), 2, *scan))  # type: ignore[arg-type]
    assert compared.outcome == "agrees"
    assert compared.score >= 0.8
    assert abs(compared.turn) < 2  # both stand upright


def test_a_bad_scan_of_the_same_die_is_never_called_another() -> None:
    worn = replace(DIE, wear=0.9, fade=0.5, strength=0.8, rotation_deg=-8.0)
    for seed in (5, 6, 7):
        assert likeness(kept(DIE, 1), kept(worn, seed, "hard", 150)).outcome in ("agrees", "unknown")


@pytest.mark.parametrize(
    "spec",
    [
        replace(DIE, text=OTHER),
        replace(DIE, text="蓝鲸信息技术（北京）有限公司"),
        replace(DIE, text="青禾医疗科技（深圳）有限公司"),
        replace(DIE, text="青禾医疗器械（北京）有限公司"),
        replace(DIE, text="青禾医疗器材（深圳）有限公司"),
        replace(DIE, code=None),
        replace(DIE, double_border=True),
        replace(DIE, diameter_mm=38.0),
    ],
    ids=["company", "as many letters", "two letters", "place", "one letter", "no code", "two rings", "size"],
)
def test_another_die_differs(spec: SealSpec) -> None:
    compared = likeness(kept(DIE, 1), kept(replace(spec, rotation_deg=9.0), 3))
    assert compared.outcome == "differs"


def test_another_letter_is_told_by_its_place() -> None:
    compared = likeness(kept(DIE, 1), kept(replace(DIE, text="青禾医疗科技（深圳）有限公司"), 3))
    assert compared.apart
    assert all(at >= 285 or at < 15 for at in compared.apart)  # 器械 stand left of the top


@pytest.mark.parametrize(
    "spec",
    [
        replace(DIE, text="青木医疗器械（深圳）有限公司"),
        replace(DIE, code="4403059876543"),
        replace(DIE, inner="合同专用章"),
    ],
    ids=["a letter much like it", "another code", "another line"],
)
def test_a_die_that_differs_in_little_does_not_agree(spec: SealSpec) -> None:
    assert likeness(kept(DIE, 1), kept(spec, 3)).outcome in ("differs", "unknown")


def test_ovals_are_compared_along_their_own_axes() -> None:
    first = kept(OVAL, 4)
    assert likeness(first, kept(replace(OVAL, rotation_deg=14.0), 5)).outcome == "agrees"
    assert likeness(first, kept(replace(OVAL, text=OTHER, rotation_deg=-6.0), 6)).outcome == "differs"
    assert likeness(first, kept(DIE, 1)).outcome == "differs"


def test_a_cut_out_of_the_page_gives_the_same_specimen() -> None:
    paper, seal = found(DIE, 1)
    scale = paper.dpi / 72
    left, top = 20, 30  # px
    right, bottom = int(seal.box[2] * scale) + 60, int(seal.box[3] * scale) + 60
    part = Picture(paper.pixels[top:bottom, left:right], paper.dpi)
    taken = specimen(part, seal, corner=(left / scale, top / scale))
    assert taken is not None
    compared = likeness(kept(DIE, 1), taken)
    assert compared.outcome == "agrees"
    assert compared.score == pytest.approx(1.0, abs=0.02)


def test_what_cannot_be_compared_gives_no_specimen() -> None:
    paper, seal = found(DIE, 1)
    assert specimen(paper, seal.model_copy(update={"visible": 0.7})) is None
    assert specimen(paper, seal.model_copy(update={"shape": "square"})) is None
    bare = picture(scanned(lined_page(seed=9), seed=9))
    nothing = specimen(bare, seal)
    assert nothing is None or likeness(kept(DIE, 1), nothing).outcome == "differs"


@pytest.mark.parametrize("junk", [b"", b"not a picture"])
def test_junk_is_refused(junk: bytes) -> None:
    with pytest.raises(ValueError, match="not a specimen"):
        likeness(junk, junk)
