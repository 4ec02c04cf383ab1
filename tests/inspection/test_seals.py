"""Seals found where they are, and nothing else taken for one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipeline.inspection.chords import has_chords
from pipeline.inspection.ink import is_neutral
from pipeline.inspection.outline import Outline, fit, points_and_normals
from pipeline.inspection.seals import find_seals
from pipeline.inspection.unsized import find_unsized, has_paper_size
from pipeline.inspection.vote import squares, vote
from pipeline.model import Picture
from tests.inspection.scenes import (
    CUSTOMER,
    PAPER_MM,
    drawn,
    lined_page,
    needs_fonts,
    overlap,
    picture,
    scanned,
    stamped,
)
from tests.simulator.distractors import draw
from tests.simulator.seals import SealSpec

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
# Paper widths in mm of the real pictures whose resolution is not known to be A4.
REAL_WIDTHS = {"p13": 210.0, "p32": 210.0, "p36": 297.0, "p41": 210.0, "p37": 210.0}
REAL_PAGES = ("p13", "p27", "p28", "p30", "p32", "p36", "p37", "p41")

CASES = [
    pytest.param(SealSpec(CUSTOMER, diameter_mm=42, rotation_deg=20), 200, "normal", "round", "red", id="company"),
    pytest.param(SealSpec(CUSTOMER, kind="contract", diameter_mm=58), 150, "normal", "round", "red", id="old-58-mm"),
    pytest.param(SealSpec(CUSTOMER, kind="invoice", diameter_mm=40), 200, "normal", "oval", "red", id="oval"),
    pytest.param(SealSpec("林若青印", kind="personal", diameter_mm=20), 200, "normal", "square", "red", id="name"),
    pytest.param(SealSpec(CUSTOMER, diameter_mm=40, colour="blue"), 200, "normal", "round", "blue", id="blue"),
    pytest.param(SealSpec(CUSTOMER, diameter_mm=40, colour="purple"), 200, "hard", "round", "purple", id="purple-hard"),
    pytest.param(SealSpec(CUSTOMER, diameter_mm=38, fade=0.45), 150, "normal", "round", "red", id="faint"),
]  # fmt: skip


@needs_fonts
@pytest.mark.parametrize(("spec", "dpi", "name", "shape", "colour"), CASES)
def test_one_seal_over_text(spec: SealSpec, dpi: int, name: str, shape: str, colour: str) -> None:
    page = lined_page()
    box = stamped(page, spec, (72, 96))
    sheet = scanned(page, name=name, dpi=dpi)
    marks = find_seals(picture(sheet), 7)
    assert [(m.page, m.shape, m.colour) for m in marks] == [(7, shape, colour)]
    assert overlap(marks[0].box, sheet.box(box)) > 0.85
    assert marks[0].diameter == pytest.approx(spec.diameter_mm, abs=1.2)
    assert marks[0].visible == 1.0


@needs_fonts
def test_overlapping_seals_are_two() -> None:
    page = lined_page()
    boxes = [stamped(page, SealSpec(CUSTOMER, diameter_mm=42), (48, 90), 1)]
    boxes.append(stamped(page, SealSpec(CUSTOMER, kind="contract", diameter_mm=40), (74, 100), 2))
    sheet = scanned(page)
    marks = find_seals(picture(sheet), 1)
    assert len(marks) == 2
    assert all(max(overlap(m.box, sheet.box(box)) for m in marks) > 0.85 for box in boxes)


@needs_fonts
@pytest.mark.parametrize(("across", "turn"), [(-18.0, 4.0), (17.0, -9.0), (20.0, 2.0)])
def test_a_faint_name_seal_under_a_strong_seal_is_found(across: float, turn: float) -> None:
    page = lined_page()
    stamped(page, SealSpec(CUSTOMER, diameter_mm=40, rotation_deg=12), (66, 90))
    faint = SealSpec("林若青印", kind="personal", diameter_mm=20, strength=0.35, rotation_deg=turn)
    box = stamped(page, faint, (66 + across, 98), 2)
    sheet = scanned(page)
    assert any(
        mark.shape == "square" and overlap(mark.box, sheet.box(box)) > 0.8 for mark in find_seals(picture(sheet), 1)
    )


@needs_fonts
def test_seal_cut_by_the_edge_is_found_and_a_straddle_slice_is_not() -> None:
    page = lined_page()
    stamped(page, SealSpec(CUSTOMER, diameter_mm=42), (119, 115), 1)
    stamped(page, SealSpec(CUSTOMER, diameter_mm=42), (142, 40), 2)
    marks = find_seals(picture(scanned(page)), 1)
    assert len(marks) == 1
    assert 0.6 <= marks[0].visible < 0.9
    assert marks[0].y == pytest.approx(115, abs=2.5)


@needs_fonts
def test_clear_ring_with_little_more_than_half_of_it_on_the_page_is_a_seal() -> None:
    page = lined_page()
    stamped(page, SealSpec(CUSTOMER, diameter_mm=42), (PAPER_MM[0] - 4.6, 90))
    (mark,) = find_seals(picture(scanned(page)), 1)
    assert 0.55 <= mark.visible < 0.6
    assert mark.diameter == pytest.approx(42, abs=1.5)


@needs_fonts
@pytest.mark.parametrize("spec", [
    SealSpec("林若青印", kind="personal", diameter_mm=24, intaglio=True),
    SealSpec("林若青印", kind="personal", diameter_mm=18),
], ids=["solid", "framed"])  # fmt: skip
def test_name_seal_cut_by_the_edge_is_completed_beyond_it(spec: SealSpec) -> None:
    page = lined_page()
    at = (PAPER_MM[0] - 0.2 * spec.diameter_mm, 90)
    stamped(page, spec, at)
    marks = find_seals(picture(scanned(page)), 1)
    assert [mark.shape for mark in marks] == ["square"]
    assert marks[0].diameter == pytest.approx(spec.diameter_mm, abs=1.5)
    assert marks[0].visible < 0.9


@needs_fonts
def test_seal_whose_name_the_edge_took_is_still_one() -> None:
    page = lined_page()
    stamped(page, SealSpec(CUSTOMER, diameter_mm=42), (65, 8))
    (mark,) = find_seals(picture(scanned(page)), 1)
    assert mark.shape == "round"
    assert mark.visible < 0.8
    assert mark.diameter == pytest.approx(42, abs=1.5)


@needs_fonts
def test_solid_name_seal_under_the_ring_of_another_is_found() -> None:
    page = lined_page()
    boxes = [stamped(page, SealSpec(CUSTOMER, diameter_mm=42), (60, 90), 1)]
    boxes.append(stamped(page, SealSpec("林若青印", kind="personal", diameter_mm=22), (84, 92), 2))
    sheet = scanned(page)
    marks = find_seals(picture(sheet), 1)
    assert sorted(mark.shape for mark in marks) == ["round", "square"]
    assert all(max(overlap(m.box, sheet.box(box)) for m in marks) > 0.8 for box in boxes)


@needs_fonts
@pytest.mark.parametrize("apart", [16, 22])
def test_frame_that_stands_straight_is_no_rule(apart: float) -> None:
    page = lined_page()
    boxes = [stamped(page, SealSpec(CUSTOMER, diameter_mm=38), (75, 90), 1)]
    name = SealSpec("顾若印", kind="personal", diameter_mm=24, colour="blue")
    boxes.append(stamped(page, name, (75 - apart, 80), 6))
    sheet = scanned(page)
    marks = find_seals(picture(sheet), 1)
    assert [(mark.shape, mark.colour) for mark in marks] == [("square", "blue"), ("round", "red")]
    assert all(max(overlap(m.box, sheet.box(box)) for m in marks) > 0.85 for box in boxes)


@needs_fonts
def test_a_small_oval_grown_together_with_print_is_found_on_a_screenshot() -> None:
    page = lined_page((170, 110))
    box = stamped(page, SealSpec(CUSTOMER, kind="invoice", diameter_mm=40), (85, 50))
    print_over = np.zeros((900, 1300), np.uint8)
    for y in (360, 380):
        cv2.line(print_over, (50, y), (1250, y), 255, 4)
    for x in range(250, 1100, 60):
        cv2.putText(print_over, "M", (x, 330), cv2.FONT_HERSHEY_DUPLEX, 1.9, 255, 7)
    drawn(page, (print_over / 255).astype(np.float32), (85, 55))
    sheet = scanned(page, dpi=150)
    shot = Picture(picture(sheet).pixels, 270.0)
    assert not has_paper_size(shot)
    assert find_seals(shot, 1) == ()
    (mark,) = find_unsized(shot, 1)
    x0, top, x1, bottom = (side * 150 / 270 for side in sheet.box(box))
    assert mark.shape == "oval"
    assert mark.confidence <= 0.5
    assert overlap(mark.box, (x0, top, x1, bottom)) > 0.8


def test_sheets_are_told_from_screens_by_their_size() -> None:
    sizes = {(3508, 2480): True, (2480, 3508): True, (2550, 3300): True, (1080, 1920): False, (983, 1909): False}
    for (height, width), paper in sizes.items():
        assert has_paper_size(Picture(np.zeros((height, width, 3), np.uint8), 300.0)) is paper


@needs_fonts
@pytest.mark.parametrize("taken_for", [0.3, 3.0])
def test_a_seal_on_a_picture_of_unknown_size_is_found_with_reserve(taken_for: float) -> None:
    page = lined_page()
    box = stamped(page, SealSpec(CUSTOMER, diameter_mm=42), (65, 80))
    sheet = scanned(page)
    guess = Picture(picture(sheet).pixels, sheet.dpi * taken_for)
    assert find_seals(guess, 1) == ()
    (mark,) = find_unsized(guess, 1)
    true = sheet.box(box)
    assert overlap(mark.box, (true[0] / taken_for, true[1] / taken_for, true[2] / taken_for, true[3] / taken_for)) > 0.8
    assert mark.confidence <= 0.5


def test_a_thin_slice_of_colour_makes_a_clean_page_a_colour_page() -> None:
    page = np.full((594, 420, 3), 250, np.uint8)
    assert is_neutral(page, 2.0)
    page[200:280, -2:] = (200, 40, 40)
    assert not is_neutral(page, 2.0)


@needs_fonts
def test_grey_copy_still_shows_its_ring_with_little_confidence() -> None:
    page = lined_page()
    box = stamped(page, SealSpec(CUSTOMER, diameter_mm=42), (72, 96))
    sheet = scanned(page, mode="grey")
    marks = find_seals(picture(sheet), 1)
    assert len(marks) == 1
    assert marks[0].colour == "grey"
    assert marks[0].confidence <= 0.5
    assert overlap(marks[0].box, sheet.box(box)) > 0.8


def _canvas() -> NDArray[np.uint8]:
    return np.zeros((500, 700), np.uint8)


def _letterhead() -> NDArray[np.uint8]:
    canvas = _canvas()
    cv2.putText(canvas, "NOTICE OF THE OFFICE", (10, 120), cv2.FONT_HERSHEY_DUPLEX, 1.8, 255, 5)
    cv2.line(canvas, (0, 220), (699, 220), 255, 8)
    return canvas


def _table() -> NDArray[np.uint8]:
    canvas = _canvas()
    for y in range(40, 480, 90):
        cv2.line(canvas, (20, y), (680, y), 255, 3)
    for x in range(20, 690, 165):
        cv2.line(canvas, (x, 40), (x, 400), 255, 3)
    return canvas


def _paid() -> NDArray[np.uint8]:
    canvas = _canvas()
    cv2.rectangle(canvas, (60, 100), (520, 280), 255, 8)
    cv2.putText(canvas, "PAID", (150, 240), cv2.FONT_HERSHEY_DUPLEX, 4.0, 255, 12)
    return canvas


def _logo() -> NDArray[np.uint8]:
    canvas = _canvas()
    cv2.circle(canvas, (250, 250), 140, 255, -1)
    cv2.fillPoly(canvas, [np.array([[250, 150], [330, 320], [170, 320]])], 0)
    return canvas


def _pen_circle() -> NDArray[np.uint8]:
    canvas = _canvas()
    turn = np.linspace(0, 2 * np.pi * 1.04, 120)
    radius = 150 + 9 * np.sin(2 * turn) + 2 * turn
    points = np.stack([300 + radius * np.cos(turn), 250 + 0.85 * radius * np.sin(turn)], axis=1)
    cv2.polylines(canvas, [points.astype(np.int32)], False, 255, 5)
    return canvas


def _emblem() -> NDArray[np.uint8]:
    canvas = _canvas()
    cv2.circle(canvas, (300, 240), 120, 255, 6)
    turn = np.linspace(0.35 * np.pi, 2.15 * np.pi, 140)
    radius = 140 + 12 * np.where(np.arange(140) % 2, 1, -1)
    points = np.stack([300 + radius * np.sin(turn + np.pi), 240 + 0.9 * radius * np.cos(turn + np.pi)], axis=1)
    cv2.polylines(canvas, [points.astype(np.int32)], False, 255, 5)
    cv2.fillPoly(canvas, [np.array([[300, 170], [330, 250], [270, 250]])], 255)
    return canvas


def _date_stamp() -> NDArray[np.uint8]:
    canvas = _canvas()
    cv2.circle(canvas, (300, 250), 145, 255, 6)
    for y in (205, 295):
        cv2.line(canvas, (160, y), (440, y), 255, 5)
    cv2.putText(canvas, "2026-03-14", (172, 268), cv2.FONT_HERSHEY_DUPLEX, 1.45, 255, 4)
    cv2.putText(canvas, "RECEIVED", (212, 180), cv2.FONT_HERSHEY_DUPLEX, 1.1, 255, 3)
    return canvas


def _wordy_date_stamp() -> NDArray[np.uint8]:
    """Two rows of large letters reach the border like a name; only the lines across give it away."""
    canvas = _canvas()
    cv2.circle(canvas, (300, 250), 145, 255, 6)
    for y in (205, 295):
        cv2.line(canvas, (168, y), (432, y), 255, 5)
    cv2.putText(canvas, "2026-10-03", (172, 268), cv2.FONT_HERSHEY_DUPLEX, 1.45, 255, 4)
    for y in (180, 350):
        cv2.putText(canvas, "RECEIVED", (200, y), cv2.FONT_HERSHEY_DUPLEX, 1.3, 255, 4)
    return np.asarray(cv2.warpAffine(canvas, cv2.getRotationMatrix2D((300, 250), 10, 1), (700, 500)), dtype=np.uint8)


RED_THINGS = [_letterhead, _table, _paid, _logo, _pen_circle, _date_stamp, _wordy_date_stamp, _emblem]


@pytest.mark.parametrize("draw", RED_THINGS)
def test_red_things_that_are_no_seals(draw: Callable[[], NDArray[np.uint8]]) -> None:
    page = lined_page()
    drawn(page, (draw() / 255).astype(np.float32), (65, 80))
    assert find_seals(picture(scanned(page)), 1) == ()


def test_the_wreath_of_an_emblem_blurred_by_a_hard_scan_is_no_lettering() -> None:
    page = lined_page()
    wreath, ink = draw("emblem", page.px_per_mm, np.random.default_rng(0))
    drawn(page, wreath, (65, 80), ink)
    assert find_seals(picture(scanned(page, name="hard", dpi=150)), 1) == ()


@pytest.mark.parametrize(("shape", "flat"), [("round", 1.0), ("oval", 0.75)])
def test_a_name_broken_up_by_print_is_still_a_name(shape: str, flat: float) -> None:
    canvas = _canvas()
    cv2.ellipse(canvas, (300, 250), (150, round(150 * flat)), 0, 0, 360, 255, 8)
    cv2.circle(canvas, (300, 250), 30, 255, -1)
    for turn in np.deg2rad([start + step for start in (17, 137, 257) for step in range(0, 80, 15)]):
        x, y = 300 + 112 * np.sin(turn), 250 - 112 * flat * np.cos(turn)
        for across in (-7, 7):
            cv2.line(canvas, (int(x + across), int(y - 12)), (int(x + across), int(y + 12)), 255, 3)
    page = lined_page()
    drawn(page, (canvas / 255).astype(np.float32), (65, 80))
    assert [mark.shape for mark in find_seals(picture(scanned(page)), 1)] == [shape]


def test_lines_across_a_ring_are_no_rules_of_the_page() -> None:
    scale, ring = 4.8, Outline("round", 40.0, 40.0, 17.0, 17.0)
    stamp = np.zeros((384, 384), np.float32)
    cv2.circle(stamp, (192, 192), round(17 * scale), 1.0, 4)
    table = stamp.copy()
    for y in (172, 212):
        cv2.line(stamp, (192 - 74, y), (192 + 74, y), 1.0, 3)
        cv2.line(table, (0, y), (383, y), 1.0, 3)
    assert has_chords(stamp, scale, ring, 1.0)
    assert not has_chords(table, scale, ring, 1.0)


def test_votes_are_the_correlation_with_the_outline_wherever_the_map_is_cut() -> None:
    ink = (np.random.default_rng(0).random((83, 61)) > 0.8).astype(np.float32)
    (best, *_) = vote(ink, 1.2, squares(large=True), -9, 3)
    size = max(best.outline.extent) + 4
    canvas = np.zeros((256, 256), np.float32)
    canvas[90 : 90 + 83, 90 : 90 + 61] = ink
    x, y = round(best.outline.x * 1.2 - 0.5) + 90, round(best.outline.y * 1.2 - 0.5) + 90
    half = int(size * 1.2)
    alone = canvas[y - half : y + half + 1, x - half : x + half + 1].copy()
    again = vote(alone, 1.2, (best.outline,), -9, 1)[0]
    assert again.score == pytest.approx(best.score, abs=1e-5)


def test_clean_page_has_no_seal() -> None:
    assert find_seals(picture(scanned(lined_page())), 1) == ()


def test_tiny_and_empty_pictures_do_not_crash() -> None:
    for shape in ((1, 1, 3), (40, 3, 3), (300, 300, 3)):
        assert find_seals(Picture(np.full(shape, 255, np.uint8), 150.0), 1) == ()


def test_fit_moves_an_outline_onto_the_ink() -> None:
    ink = np.zeros((400, 400), np.float32)
    true = Outline("oval", 41.0, 42.5, 20.0, 15.0, 0.3)
    points, _ = points_and_normals(true, 720)
    cv2.polylines(ink, [(points * 4.8).round().astype(np.int32)], True, 1.0, 5)
    found = fit(ink, 4.8, Outline("oval", 42.0, 41.7, 19.0, 15.8, 0.2))
    assert (found.x, found.y) == pytest.approx((41.0, 42.5), abs=0.2)
    assert (found.a, found.b, found.angle) == pytest.approx((20.0, 15.0, 0.3), abs=0.25)


def _real(folder: str) -> list[tuple[Path, dict[str, object]]]:
    manifest = SHARED / folder / "manifest.json"
    if not manifest.is_file():
        pytest.skip(f"no real pictures at {manifest.parent}")
    items = json.loads(manifest.read_text(encoding="utf-8"))["items"]
    return [(manifest.parent / item["file"], item) for item in items]


def _load(path: Path) -> Picture:
    pixels = np.array(Image.open(path).convert("RGB"))
    height, width = pixels.shape[:2]
    known = REAL_WIDTHS.get(path.name[:3])
    return Picture(pixels, width / known * 25.4 if known else max(height, width) / 297 * 25.4)


def test_real_pages_with_seals() -> None:
    found = expected = wrong = 0
    for path, item in _real("bench_seals"):
        if path.name[:3] not in REAL_PAGES:
            continue
        page = _load(path)
        seals = item["seals"]
        assert isinstance(seals, list)
        truth = [tuple(v * 72 / page.dpi for v in seal["bbox"]) for seal in seals if seal["complete"]]
        boxes = [mark.box for mark in find_seals(page, 1)]
        expected += len(truth)
        found += sum(any(overlap(box, one) > 0.55 for box in boxes) for one in truth)
        wrong += sum(not any(overlap(box, one) > 0.55 for one in truth) for box in boxes)
    assert expected == 12
    assert found >= 11  # a faint name seal with hairline border is missed
    assert wrong == 0


def test_real_pages_without_seals() -> None:
    hard = ("n08", "n22", "n32", "n34", "n46", "n51", "n54", "n01", "n38", "n43")
    pages = [path for path, _ in _real("bench_noseal") if path.name[:3] in hard]
    assert [path.name for path in pages if find_seals(_load(path), 1)] == []
