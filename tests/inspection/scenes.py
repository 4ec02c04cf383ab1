"""Stamped pages for the inspectors' tests, made by the scan simulator; everything seeded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.inspection.compare_form import Form, open_form
from pipeline.inspection.compare_paper import darkness
from pipeline.inspection.compare_runs import Aligned
from pipeline.inspection.compare_scene import Scene, limits_of
from pipeline.inspection.compare_sheet import Hints, Sheet, lay
from pipeline.inspection.compare_text import Mark
from pipeline.inspection.locate import FINE, locate, look_of
from pipeline.inspection.strips import EdgeInk, edge_ink
from pipeline.model import Box, Picture, Pixels, ReadLine, ReadText
from pipeline.read import open_reference
from tests.simulator.dossier import PrintDefect, ScanJob, prepare
from tests.simulator.fonts import missing
from tests.simulator.ink import Page, blank_page
from tests.simulator.paper import ScannedPage, preset, scan
from tests.simulator.seals import SealSpec, impress
from tests.simulator.straddle import StraddleSpec, straddle

CUSTOMER = "青禾医疗器械（深圳）有限公司"
OTHER = "杭州澜海供应链管理有限公司"
PRINT_DPI = 200
PAPER_MM = (130.0, 160.0)
SMALL_MM = (100.0, 180.0)  # enough for a straddle seal, and quick to scan

FORM = Path("templates/csp_order/service_agreement/reference.pdf")
CLAUSES = 4  # page

needs_fonts = pytest.mark.skipif(missing() is not None, reason=str(missing()))


class Illiterate:
    """An engine that reads nothing, where only the picture matters."""

    def read_page(self, pixels: Pixels) -> tuple[ReadLine, ...]:
        return ()

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        return tuple(ReadText("", 0.0) for _ in strips)


@cache
def form() -> Form:
    return open_form(*open_reference(FORM, "2026-01"))


def laid(name: str, dpi: int, *defects: PrintDefect, hints: Hints | None = None) -> tuple[Sheet, tuple[Mark, ...]]:
    """The clause page of the shipped agreement, scanned and laid over its form."""
    pages, _ = prepare(ScanJob(pdf=FORM, defects=defects, seed=3), np.random.default_rng(3))
    scanned = scan(pages[CLAUSES - 1], preset(name, dpi), np.random.default_rng(8))
    dark = darkness(Picture(scanned.picture, float(dpi)))
    blank = form().pictures.picture(CLAUSES, FINE)
    found = locate(look_of(dark, float(dpi)), [look_of(darkness(blank), blank.dpi)], [0])
    assert found is not None
    expected = form().expected(CLAUSES)
    return lay(dark, float(dpi), form().layout(CLAUSES), found.matrix, hints or {}), expected


def scene_of(sheet: Sheet, expected: tuple[Mark, ...]) -> Scene:
    """As the judge sees it before anything is read."""
    aligned = Aligned(expected, (), (), ())
    limits = limits_of(sheet, expected, [], bilevel=False)
    return Scene(aligned, sheet, [], [], [], [], [], limits, "", lambda box: "")


def lined_page(size_mm: tuple[float, float] = PAPER_MM, seed: int = 0) -> Page:
    """A sheet with rows of print-like strokes; no fonts needed."""
    page = blank_page(size_mm, PRINT_DPI)
    rng = np.random.default_rng(seed)
    for y in range(220, page.toner.shape[0] - 160, 44):
        for x in range(180, page.toner.shape[1] - 170, 26):
            if rng.random() < 0.85:
                for _ in range(4):
                    start = (x + int(rng.integers(0, 18)), y + int(rng.integers(0, 22)))
                    end = (x + int(rng.integers(0, 18)), y + int(rng.integers(0, 22)))
                    cv2.line(page.toner, start, end, 235, 2)
    return page


def stamped(page: Page, spec: SealSpec, at_mm: tuple[float, float], seed: int = 1) -> Box:
    """Press a seal on the page; returns its box in paper mm."""
    impression = impress(spec, page.px_per_mm, np.random.default_rng(seed))
    page.stamp(impression.coverage, at_mm, spec.colour)
    width, height = impression.extent_mm
    x, y = at_mm
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def drawn(page: Page, strokes: NDArray[np.float32], at_mm: tuple[float, float], ink: str = "red") -> None:
    """Lay a coverage map (0..1 at the print resolution) on the page."""
    page.stamp(strokes, at_mm, ink)


def scanned(page: Page, seed: int = 3, name: str = "normal", dpi: int = 200, mode: str = "colour") -> ScannedPage:
    """One scan of a sheet."""
    settings = replace(preset(name, dpi), mode=mode)  # type: ignore[arg-type]
    return scan(page, settings, np.random.default_rng(seed))


def picture(scan_: ScannedPage) -> Picture:
    """The picture as the inspectors get it."""
    return Picture(scan_.picture, float(scan_.dpi))


def fanned(pages: Sequence[Page], spec: StraddleSpec, seed: int = 5) -> None:
    """Press a straddle seal over the pages in place."""
    straddle(pages, spec, np.random.default_rng(seed))


def edges_of(pages: Sequence[Page], seed: int = 11, dpi: int = 150, mode: str = "colour") -> list[EdgeInk]:
    """Edge ink of every page, scanned in the given order."""
    pictures = [picture(scanned(page, seed + i, dpi=dpi, mode=mode)) for i, page in enumerate(pages)]
    return [edge_ink(one, number) for number, one in enumerate(pictures, 1)]


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    width = max(0.0, min(one[2], other[2]) - max(one[0], other[0]))
    height = max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
    union = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1]) - width * height
    return width * height / union
