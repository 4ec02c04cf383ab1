"""What was laid over a scanned page afterwards: a red picture, drawing or stamp of a seal's size, a separate object."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.model import Box, Page, Remark
from pipeline.read.frame import area, overlap, union
from pipeline.read.messages import remark
from pipeline.read.objects import Item, Sheet
from pipeline.read.raster import COVERED, MAX_OBJECTS, PdfiumError, PdfPages

CODE = "pasted_picture"
MM = 72 / 25.4
SEAL_MM = (20.0, 70.0)  # sides of what may be a seal
BENEATH = 0.9  # share of it that lies on pictures drawn before it
TWICE = 0.25  # share of the page under two pictures, from which it was compressed in layers
MANY = 4  # pictures on the scan, from which they are regions of such a page
GRID = 48
SCANNED, OFF_DPI, OFF_GRID = (150, 200, 300, 400, 600), 0.002, 0.03  # dpi of scanners; px
JOIN_MM = 3.0  # gap between parts of one drawing
LOOK_DPI = 100.0
CHANGED, RED, RED_SHARE, RED_MM2 = 24, 40, 0.3, 15.0  # levels, R - max(G, B), share of what it changes, least area


@dataclass(frozen=True)
class Laid:
    """One object over the scan; `stamp` = an annotation, which has a remark of its own already."""

    box: Box
    stamp: bool = False


def with_pasted(remarks: Iterable[Remark], pages: PdfPages, found: Iterable[Page]) -> list[Remark]:
    """The remarks with one for every red object laid over a scan; it takes the place of that on the annotation."""
    told = list(remarks)
    for number in (page.number for page in found if page.text_source != "text"):
        for laid in laid_over(pages, number):
            if laid.stamp:
                told = [each for each in told if not _of_annotation(each, number, laid.box)]
            told.append(_remark(number, laid.box))
    return told


def laid_over(pages: PdfPages, number: int) -> list[Laid]:
    """Red objects of a seal's size over the scan that page `number` is; boxes on the page as shown."""
    with contextlib.suppress(PdfiumError, ValueError, MemoryError, OSError):
        sheet = Sheet(pages, number)
        items = list(sheet.items(MAX_OBJECTS, (SEAL_MM[0] * MM, SEAL_MM[1] * MM)))
        scan = [item.box for item in items if item.kind == "image"]
        if coverage(scan, *sheet.size) < COVERED:
            return []
        pictures = [[item] for item in _pictures(items, sheet.size)]
        drawings = _drawings(items)
        found = [
            Laid(union([part.box for part in parts]))
            for parts in (*pictures, *drawings)
            if _is_red(sheet, union([part.box for part in parts]), parts)
        ]
        return found + [Laid(box, stamp=True) for box in sheet.stamps() if _sized(box) and _is_red(sheet, box, None)]
    return []


def _pictures(items: Sequence[Item], size: tuple[float, float]) -> Iterator[Item]:
    """Pictures and forms lying on pictures drawn before; none on a page that a scanner compressed in layers.

    Such pages are a background, stencils of one bit for print and ink, and regions with pictures of their own, cut out
    between pixels of the scan.
    """
    images = [item for item in items if item.kind == "image"]
    small = [item for item in items if item.kind in ("image", "form") and _sized(item.box) and _on_scan(item, images)]
    base = [item for item in images if item not in small]
    stencil = any(item.bits == 1 and _on_scan(item, images) for item in images)
    if stencil or len(small) > MANY or coverage([item.box for item in base], *size, times=2) > TWICE:
        return
    yield from (item for item in small if not _on_grid(item, size))


def _drawings(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Red lines, areas and letters on the scan that together have a seal's size."""
    images = [item for item in items if item.kind == "image"]
    parts = [item for item in items if item.red and area(item.box) > 0 and _on_scan(item, images)]
    groups: list[list[Item]] = []
    for part in parts:
        near = [group for group in groups if any(_near(part.box, other.box) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([part, *(item for group in near for item in group)])
    yield from (group for group in groups if _sized(union([part.box for part in group])))


def coverage(boxes: Sequence[Box], width: float, height: float, times: int = 1) -> float:
    """Share of an area that lies under so many boxes at least, counted on a grid."""
    grid = np.zeros((GRID, GRID), dtype=np.int16)
    across, down = ((np.arange(GRID) + 0.5) * side / GRID for side in (width, height))
    for x0, top, x1, bottom in boxes:
        grid += np.outer((down >= top) & (down <= bottom), (across >= x0) & (across <= x1))
    return float((grid >= times).mean())


def _on_scan(item: Item, images: Sequence[Item]) -> bool:
    beneath = [other.box for other in images if other.order < item.order and area(other.box) > area(item.box)]
    x0, top, x1, bottom = item.box
    moved = [(box[0] - x0, box[1] - top, box[2] - x0, box[3] - top) for box in beneath if overlap(box, item.box) > 0]
    return bool(moved) and coverage(moved, x1 - x0, bottom - top) >= BENEATH


def _sized(box: Box) -> bool:
    return all(SEAL_MM[0] * MM <= side <= SEAL_MM[1] * MM for side in (box[2] - box[0], box[3] - box[1]))


def _on_grid(item: Item, size: tuple[float, float]) -> bool:
    """Whether a picture's pixels are those of a scan, or so many in each: a scanner's program cut it out there."""
    x0, top, x1, bottom = item.box
    upwards = (x0, x1, size[1] - top, size[1] - bottom)
    for dpi in (dpi for dpi in SCANNED if any(abs(item.dpi * times / dpi - 1) < OFF_DPI for times in (1, 2, 3, 4))):
        for edges in ((x0, x1, top, bottom), upwards):
            pixels = [edge * dpi / 72 for edge in edges]
            if all(abs(pixel - round(pixel)) <= OFF_GRID for pixel in pixels):
                return True
    return False


def _near(one: Box, other: Box) -> bool:
    gap = JOIN_MM * MM
    return overlap((one[0] - gap, one[1] - gap, one[2] + gap, one[3] + gap), other) > 0


def _is_red(sheet: Sheet, box: Box, parts: Sequence[Item] | None) -> bool:
    """Whether what the page gains by these parts (None = by its annotations) is red ink."""
    with_it, without = sheet.looks(box, LOOK_DPI, parts)
    gained = np.abs(with_it.astype(np.int16) - without.astype(np.int16)).max(axis=2) > CHANGED
    ink: NDArray[np.int16] = with_it.astype(np.int16)
    red = gained & (ink[..., 0] - ink[..., 1:].max(axis=2) > RED)
    square_mm = (25.4 / LOOK_DPI) ** 2
    return bool(red.sum() * square_mm >= RED_MM2 and red.sum() >= RED_SHARE * gained.sum())


def _of_annotation(each: Remark, number: int, box: Box) -> bool:
    same = each.box is not None and overlap(each.box, box) > 0.9 * max(area(box), area(each.box))
    return each.code == "annotation" and each.page == number and same


def _remark(number: int, box: Box) -> Remark:
    size = f"{(box[2] - box[0]) / MM:.0f}×{(box[3] - box[1]) / MM:.0f}"
    zh = f"第 {number} 页的扫描图上另叠有一个红色图形（约 {size} 毫米），不是扫描所得"
    en = f"A red object of about {size.replace('×', ' x ')} mm lies over the scan of page {number}; it was not scanned"
    return remark(CODE, zh, en, page=number, box=box)
