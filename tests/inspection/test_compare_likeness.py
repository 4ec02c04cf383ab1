"""Patches likened by sums of squares are found as a transform finds them; scans drawn by tiles lie in place."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.inspection.compare_field import BORDER
from pipeline.inspection.compare_likeness import Pattern, find_near, moved_by
from pipeline.inspection.compare_warp import frame_to_page, halved, roughly_warped, warped
from pipeline.model import Pixels

DPI = 200.0
LEVEL = np.array([[1.0, 0.004, 3.0], [-0.004, 1.0, -2.0]])


def page(height: int = 600, width: int = 500) -> Pixels:
    """Soft dark blots on paper."""
    noise = np.random.default_rng(7).integers(0, 256, (height, width), dtype=np.uint8)
    soft = cv2.GaussianBlur(noise, (0, 0), 2.0).astype(np.float32)
    return np.asarray(np.clip((soft - 127) * 12, 0, 255), dtype=np.uint8)


def test_likeness_is_the_normalised_correlation() -> None:
    scan = page()
    seen, wanted = scan[100:140, 60:200], scan[102:142, 61:201]
    expected = float(cv2.matchTemplate(seen, wanted, cv2.TM_CCOEFF_NORMED)[0, 0])
    assert Pattern(wanted).likeness(seen) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (1, -1), (-2, 2), (4, 0)])
def test_what_lies_near_is_found_to_a_fraction_of_a_pixel(dx: int, dy: int) -> None:
    scan = page()
    patch = moved_by(scan[96:144, 56:204], 0.25, -0.25)[4:-4, 4:-4]  # lies a quarter of a pixel before its own place
    x, y, ncc = find_near(scan, patch, (60 - dx, 100 - dy), 5)
    assert [x, y] == pytest.approx([dx - 0.25, dy + 0.25], abs=0.1)
    assert ncc > 0.9


def test_what_lies_elsewhere_is_searched_all_over_the_reach() -> None:
    """Paper around the corner has no slope to climb."""
    scan = np.zeros((200, 200), np.uint8)
    scan[108:128, 109:129] = page()[40:60, 40:60]
    x, y, ncc = find_near(scan, np.ascontiguousarray(scan[108:128, 109:129]), (100, 100), 12)
    assert [x, y] == pytest.approx([9, 8], abs=0.2)
    assert ncc == pytest.approx(1.0, abs=1e-4)


def test_a_blank_patch_is_like_nothing() -> None:
    assert Pattern(np.zeros((8, 8), np.uint8)).likeness(page()[:8, :8]) == 0.0


@pytest.mark.parametrize(("dx", "dy"), [(0.3, 0.2), (-0.41, 0.17), (0.0, -0.5)])
def test_a_patch_moves_as_a_warp_would_move_it(dx: float, dy: float) -> None:
    patch = page()[:60, :80]
    turn = np.array([[1, 0, dx], [0, 1, dy]])
    wanted = cv2.warpAffine(patch, turn, (80, 60), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    assert int(np.abs(moved_by(patch, dx, dy).astype(int) - wanted).max()) <= 1


def test_tiles_follow_a_bent_field_without_seams() -> None:
    dark, size = page(), (480, 560)
    y, x = np.mgrid[-1:1:64j, -1:1:48j]
    field = np.stack([0.3 * x * y + 0.2 * x**3, 0.2 * y**2 - 0.1 * x], axis=-1)  # bent as much as a page of 2,000 px
    wide = cv2.resize(field, (size[0] + 2 * BORDER, size[1] + 2 * BORDER))
    down, across = np.indices(wide.shape[:2]) - BORDER
    to_page = frame_to_page(LEVEL, DPI)
    points = np.stack([across + wide[..., 0], down + wide[..., 1]], axis=-1) @ to_page[:, :2].T + to_page[:, 2]
    columns, rows = points[..., 0].astype(np.float32), points[..., 1].astype(np.float32)
    wanted = cv2.remap(dark, columns, rows, cv2.INTER_LINEAR, borderValue=0)
    off = np.abs(warped(dark, DPI, LEVEL, size, field).astype(int) - wanted)
    assert off.mean() < 1.0
    assert int(off[60:-60, 60:-60].max()) < 20  # of 255, on blots as steep as print


@pytest.mark.parametrize("dpi", [150.0, 200.0, 300.0])
def test_the_rough_scan_lies_as_the_halved_one(dpi: float) -> None:
    dark, size = page(), (480, 560)
    rough, whole = roughly_warped(dark, dpi, LEVEL, size), halved(warped(dark, dpi, LEVEL, size))
    assert rough.shape == whole.shape
    (dx, dy), _ = cv2.phaseCorrelate(whole.astype(np.float64), rough.astype(np.float64))
    assert max(abs(dx), abs(dy)) < 0.05
