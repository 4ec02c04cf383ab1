"""One sealed page on paper and under the scanner, with the truth about every seal and look-alike on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from benchmarks.pictures import Box
from benchmarks.product import SHIPPED
from benchmarks.seals.jobs import PageJob, SealPlan, spec_of
from tests.simulator import fonts
from tests.simulator.distractors import draw, lay
from tests.simulator.ink import Bytes, Page, blank_page, print_pdf
from tests.simulator.paper import ScannedPage, preset, scan
from tests.simulator.seals import SealSpec, impress

_DPI = 300  # of the print
_GRID = 2.0  # px/mm of the map in which free places are sought
_APART_MM = 3.0
_TRIES = 150
_OVER_TEXT = 0.012  # share of the seal's square that is toner
_FORMS = SHIPPED / "csp_order"


@dataclass(frozen=True)
class TrueSeal:
    """A seal that is on the page; `box` = its part on the page, `whole` = all of it, pt of the received page."""

    spec: SealSpec
    look: str
    strength: str
    over_text: bool
    paired: bool
    cut: bool
    box: Box
    whole: Box


@dataclass(frozen=True)
class Thing:
    """A look-alike on the page, pt of the received page."""

    kind: str
    box: Box


@dataclass(frozen=True)
class SealPage:
    """The scan and what is on it."""

    scanned: ScannedPage
    seals: tuple[TrueSeal, ...]
    things: tuple[Thing, ...]


@dataclass(frozen=True)
class _Put:
    plan: SealPlan
    spec: SealSpec
    box_mm: Box
    paired: bool


def make_page(job: PageJob) -> SealPage:
    """Print, disturb, seal and scan; a thing for which there is no free place is left out."""
    rng = np.random.default_rng(job.seed)
    page = _base(job, rng)
    toner = _toner_map(page)
    marks = []
    taken: list[Box] = []
    for kind in job.distractors:
        drawn = draw(kind, page.px_per_mm, rng)
        tall, wide = (side / page.px_per_mm for side in drawn[0].shape)
        top = 8 + tall / 2 if kind == "red letterhead" else None
        centre = _free(toner, (wide, tall), taken, rng, want_text=False, row_mm=top)
        if centre is not None:
            marks.append(lay(page, kind, drawn, centre))
            taken.append(marks[-1].box_mm)
    puts = _seal(page, job, toner, taken, rng)
    scanned = scan(page, preset(job.preset, job.dpi, job.mode), rng)
    things = tuple(Thing(str(mark.detail["kind"]), _on_page(scanned.box(mark.box_mm), scanned)) for mark in marks)
    return SealPage(scanned, tuple(_true(put, toner, scanned) for put in puts), things)


def _seal(page: Page, job: PageJob, toner: Bytes, taken: list[Box], rng: np.random.Generator) -> list[_Put]:
    puts: list[_Put] = []
    for nth, plan in enumerate(job.seals):
        spec = spec_of(plan, rng)
        impression = impress(spec, page.px_per_mm, rng)
        width, height = impression.extent_mm
        paired = job.pair and nth == 1 and len(puts) == 1
        centre: tuple[float, float] | None
        if paired:
            centre = _beside(puts[0].box_mm, (width, height), rng)
        elif plan.place == "edge":
            centre = _at_edge(page, (width, height), taken, rng)
        else:
            centre = _free(toner, (width, height), taken, rng, want_text=plan.place == "text")
        if centre is None:
            continue
        page.stamp(impression.coverage, centre, spec.colour)
        x, y = centre
        box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        if paired:
            puts[0] = _Put(puts[0].plan, puts[0].spec, puts[0].box_mm, paired=True)
        puts.append(_Put(plan, spec, box, paired))
        taken.append(box)
    return puts


def _true(put: _Put, toner: Bytes, scanned: ScannedPage) -> TrueSeal:
    whole = scanned.box(put.box_mm)
    box = _on_page(whole, scanned)
    share = area(box) / area(whole)
    over = _toner_share(toner, put.box_mm) > _OVER_TEXT
    return TrueSeal(put.spec, put.plan.look, put.plan.strength, over, put.paired, share < 0.985, box, whole)


def area(box: Box) -> float:
    """Area of a box, 0 when it is turned inside out."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _on_page(box: Box, scanned: ScannedPage) -> Box:
    width, height = scanned.size_pt
    return max(0.0, box[0]), max(0.0, box[1]), min(width, box[2]), min(height, box[3])


# --- places -------------------------------------------------------------------------------------------------------


def _toner_map(page: Page) -> Bytes:
    width, height = page.size_mm
    size = (round(width * _GRID), round(height * _GRID))
    return np.asarray(cv2.resize(page.toner, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _toner_share(toner: Bytes, box_mm: Box) -> float:
    x0, top, x1, bottom = (max(0, round(v * _GRID)) for v in box_mm)
    part = toner[top:bottom, x0:x1]
    return float(part.mean()) / 255 if part.size else 0.0


def _free(
    toner: Bytes,
    size: tuple[float, float],
    taken: list[Box],
    rng: np.random.Generator,
    *,
    want_text: bool,
    row_mm: float | None = None,
) -> tuple[float, float] | None:
    """The middle of a free place with the most or the least print among many drawn ones; mm."""
    height, width = (side / _GRID for side in toner.shape)
    room_x, room_y = width - size[0] - 6, height - size[1] - 6
    if room_x < 0 or room_y < 0:
        return None
    best: tuple[float, tuple[float, float]] | None = None
    for _ in range(_TRIES):
        x = 3 + size[0] / 2 + float(rng.uniform(0, room_x))
        y = row_mm or 3 + size[1] / 2 + float(rng.uniform(0, room_y))
        box = (x - size[0] / 2, y - size[1] / 2, x + size[0] / 2, y + size[1] / 2)
        if any(_touch(box, other) for other in taken):
            continue
        share = _toner_share(toner, box)
        score = min(share, 0.06) if want_text else -share
        if best is None or score > best[0]:
            best = score, (x, y)
    return best[1] if best else None


def _touch(one: Box, other: Box) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    along = min(one[3], other[3]) - max(one[1], other[1])
    return across > -_APART_MM and along > -_APART_MM


def _beside(box: Box, size: tuple[float, float], rng: np.random.Generator) -> tuple[float, float]:
    """A middle from which a seal overlaps the one in `box` by a fifth to a half."""
    reach = (max(box[2] - box[0], box[3] - box[1]) + max(size)) / 2 * float(rng.uniform(0.55, 0.85))
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    turn = float(rng.uniform(-0.6, 0.6)) + (np.pi if x > 105 else 0.0)
    return x + reach * float(np.cos(turn)), min(max(y + reach * float(np.sin(turn)), size[1] / 2), 297 - size[1] / 2)


def _at_edge(
    page: Page, size: tuple[float, float], taken: list[Box], rng: np.random.Generator
) -> tuple[float, float] | None:
    """A middle from which 65 to 95 % of the seal's extent is on the page."""
    width, height = page.size_mm
    for _ in range(_TRIES):
        side = str(rng.choice(["right", "bottom", "left", "top"], p=[0.4, 0.3, 0.2, 0.1]))
        extent = size[0] if side in ("right", "left") else size[1]
        inside = extent * float(rng.uniform(0.65, 0.95)) - extent / 2
        along_x, along_y = float(rng.uniform(40, width - 40)), float(rng.uniform(40, height - 40))
        x = {"right": width - inside, "left": inside}.get(side, along_x)
        y = {"bottom": height - inside, "top": inside}.get(side, along_y)
        box = (x - size[0] / 2, y - size[1] / 2, x + size[0] / 2, y + size[1] / 2)
        if not any(_touch(box, other) for other in taken):
            return x, y
    return None


# --- print --------------------------------------------------------------------------------------------------------


def _base(job: PageJob, rng: np.random.Generator) -> Page:
    if job.base == "nearly empty":
        return _typed(rng, table=False)
    if job.base == "black table":
        return _typed(rng, table=True)
    paths = {
        "service agreement": _FORMS / "service_agreement" / "reference.pdf",
        "cooperation agreement": _FORMS / "cooperation_agreement" / "reference.pdf",
        "order form": job.order_form,
    }
    path = paths[job.base]
    assert path is not None
    pages = _printed(path)
    return pages[int(rng.integers(len(pages)))].copy()


@cache
def _printed(path: Path) -> tuple[Page, ...]:
    return tuple(print_pdf(path, _DPI))


def _typed(rng: np.random.Generator, *, table: bool) -> Page:
    """A sheet with a heading and a few lines, or with a table of black lines."""
    page = blank_page(dpi=_DPI)
    image = Image.fromarray(page.toner)
    pen = ImageDraw.Draw(image)
    scale = page.px_per_mm
    heading, small = fonts.load("hei-bold", round(6.5 * scale)), fonts.load("song", round(3.7 * scale))
    pen.text((105 * scale, 38 * scale), "情况说明" if not table else "交货清单", font=heading, fill=255, anchor="mm")
    for row in range(int(rng.integers(2, 5))):
        pen.text((25 * scale, (55 + 8 * row) * scale), "兹就上述事项说明如下，请予确认并归档。", font=small, fill=255)
    if table:
        across, down = int(rng.integers(4, 8)), int(rng.integers(9, 16))
        wide, tall = 160 / across, float(rng.uniform(8, 12))
        for row in range(down + 1):
            y = (95 + row * tall) * scale
            pen.line((25 * scale, y, 185 * scale, y), fill=255, width=3)
            for column in range(across if row < down else 0):
                text = f"{rng.integers(1, 9999)}.00" if column else f"货品{row + 1}"
                pen.text(((27 + column * wide) * scale, y + 2 * scale), text, font=small, fill=255)
        for column in range(across + 1):
            x = (25 + column * wide) * scale
            pen.line((x, 95 * scale, x, (95 + down * tall) * scale), fill=255, width=3)
    page.toner = np.ascontiguousarray(np.asarray(image), dtype=np.uint8)
    return page
