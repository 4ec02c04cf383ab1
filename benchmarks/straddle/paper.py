"""One fanned, stamped, disordered and scanned contract, with what a person could name on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

import cv2
import numpy as np
import pypdfium2

from benchmarks.straddle import jobs
from benchmarks.straddle.forms import SHIPPED_FORM, LongForms, pages_of_form
from benchmarks.straddle.jobs import StraddleJob
from tests.simulator.fictional import company
from tests.simulator.fill import blanks
from tests.simulator.ink import Bytes, Page, print_page
from tests.simulator.paper import ScannedPage, ScanSettings, preset, scan
from tests.simulator.parties import Party
from tests.simulator.seals import SealSpec, impress
from tests.simulator.straddle import Edge, StraddleSpec, straddle

_SIZES_MM = (38, 40, 40, 40, 42, 42)  # company seals are cut to a few sizes, so two parties' are often alike
_EDGES: dict[str, Edge] = {jobs.LEFT: "left", jobs.TOP: "top", jobs.BOTTOM: "bottom"}


@dataclass(frozen=True)
class Contract:
    """The scan; `pages` = received page numbers a person would name, `order` = received pages in the fan's order."""

    scanned: tuple[ScannedPage, ...]
    customer: str
    edge: Edge
    along_mm: tuple[float, ...]
    slice_mm: float
    pages: tuple[int, ...] = ()
    order: tuple[int, ...] = ()


def make_contract(job: StraddleJob, forms: LongForms) -> Contract:
    """Print, stamp, disorder, scan."""
    rng = np.random.default_rng(job.seed)
    customer, agent, stranger = (company(rng, 6, 18) for _ in range(3))
    seal = _seal(job, customer, rng)
    spec, named = _spec(job, seal, agent, stranger, rng)
    pages = _print(job, forms.printed)
    if job.signing:
        _sign(pages[-1], seal if job.kind != jobs.AGENT else _seal(job, customer, rng), rng)
    if job.kind != jobs.ABSENT:
        straddle(pages, spec, rng)
    along = [spec.along_mm]
    if job.condition == jobs.PARTIES:
        other = replace(spec, seal=_round(agent, rng), along_mm=_other_height(spec.along_mm))
        straddle(pages, other, rng, party=1)
        along.append(other.along_mm)
    order: tuple[int, ...] = ()
    if job.kind == jobs.SWAPPED:
        pages, order = _swapped(pages, rng)
    if job.kind in (jobs.OUT_WIDE, jobs.OUT_NARROW):
        gone = int(rng.integers(1, len(pages) - 1))
        pages = pages[:gone] + pages[gone + 1 :]
    settings = _settings(job, spec.edge, rng)
    scanned = tuple(scan(page, settings, rng, number) for number, page in enumerate(pages, 1))
    wide = seal.diameter_mm / job.pressed_together
    return Contract(scanned, customer.name, spec.edge, tuple(along), wide, named, order)


def _spec(
    job: StraddleJob, seal: SealSpec, agent: Party, stranger: Party, rng: np.random.Generator
) -> tuple[StraddleSpec, tuple[int, ...]]:
    """How the stack is stamped, and the page that stands out."""
    edge = _EDGES.get(job.condition, "right")
    along = float(rng.uniform(70, 140) if edge in ("top", "bottom") else rng.uniform(70, 225))
    spec = StraddleSpec(
        seal,
        along_mm=along,
        edge=edge,
        groups=job.groups,
        duplex=job.condition in (jobs.DUPLEX, jobs.BACKS),
        from_back=job.condition == jobs.BACKS,
    )
    odd = int(rng.integers(1, job.sheets + 1))
    match job.kind:
        case jobs.MISSING:
            if rng.random() < 0.5:  # never in the fan: the neighbours' slices touch
                rest = tuple(page for page in range(1, job.sheets + 1) if page != odd)
                return replace(spec, stack_order=rest), (odd,)
            return replace(spec, missing_pages=frozenset({odd})), (odd,)
        case jobs.FOREIGN:
            return replace(spec, foreign={odd: replace(_round(stranger, rng), strength=seal.strength)}), (odd,)
        case jobs.OTHER_PRESS:
            turn = seal.rotation_deg + float(rng.choice([-1, 1]) * rng.uniform(5, 60))
            return replace(spec, foreign={odd: replace(seal, rotation_deg=turn)}), (odd,)
        case jobs.HEIGHT:
            return replace(spec, shifted_mm={odd: float(rng.choice([-1, 1]) * rng.uniform(8, 30))}), (odd,)
        case jobs.AGENT:
            return replace(spec, seal=_round(agent, rng)), ()
    return spec, ()


def _seal(job: StraddleJob, party: Party, rng: np.random.Generator) -> SealSpec:
    seal = _round(party, rng)
    match job.condition:
        case jobs.FAINT:
            return replace(seal, strength=float(rng.uniform(0.25, 0.45)))
        case jobs.BLUE:
            return replace(seal, colour="blue")
        case jobs.BIG:
            lines = ("开户行：虚构银行", f"帐号：{party.seal_code}")
            return replace(
                seal, kind="contract", diameter_mm=58.0, lines=lines, star=False, code=None, border_mm=1.5
            )  # fmt: skip
        case jobs.OVAL:
            return replace(seal, diameter_mm=45.0, oval_height_mm=30.0, code=None, rotation_deg=float(rng.normal(0, 5)))
    return seal


def _round(party: Party, rng: np.random.Generator) -> SealSpec:
    turn, wear = float(rng.uniform(-25, 25)), float(rng.uniform(0.2, 0.6))
    size = float(rng.choice(_SIZES_MM) + rng.normal(0, 0.15))
    return replace(party.seal(turn, wear), diameter_mm=size)


def _other_height(along: float) -> float:
    return along + 75 if along < 147 else along - 75


def _print(job: StraddleJob, printed: Path) -> list[Page]:
    """Pages of the form, its signing page last; the print is shared and never written on."""
    dpi = 300 if job.dpi > 200 else 200
    sheets = [_printed(printed, dpi, at) for at in pages_of_form(job.pages)]
    return [Page(sheet.toner, sheet.dpi, number) for number, sheet in enumerate(sheets, 1)]


@lru_cache(maxsize=32)  # memory: 9 MB a page at 300 dpi
def _printed(path: Path, dpi: int, at: int) -> Page:
    document = pypdfium2.PdfDocument(path)
    try:
        return print_page(document[at], dpi, at + 1)
    finally:
        document.close()


@cache
def _signing_place() -> tuple[float, float]:
    zone = next(zone for zone in blanks(SHIPPED_FORM) if zone.name == "customer_seal")
    x0, top, x1, bottom = zone.box
    return (x0 + x1) / 2 * 25.4 / 72, (top + bottom) / 2 * 25.4 / 72


def _sign(page: Page, seal: SealSpec, rng: np.random.Generator) -> None:
    """A second press of the seal where the form wants it, turned otherwise."""
    pressed = replace(seal, rotation_deg=float(rng.uniform(-15, 15)))
    x, y = _signing_place()
    dx, dy = rng.uniform(-4, 4, 2)
    page.stamp(impress(pressed, page.px_per_mm, rng).coverage, (x + float(dx), y + float(dy)), pressed.colour)


def _swapped(pages: list[Page], rng: np.random.Generator) -> tuple[list[Page], tuple[int, ...]]:
    one, other = sorted(int(place) for place in rng.choice(len(pages), 2, replace=False))
    moved, order = list(pages), list(range(1, len(pages) + 1))
    moved[one], moved[other] = moved[other], moved[one]
    order[one], order[other] = order[other], order[one]
    return moved, tuple(order)


def _settings(job: StraddleJob, edge: Edge, rng: np.random.Generator) -> ScanSettings:
    settings = preset(job.preset, job.dpi, "grey" if job.condition == jobs.GREY else "colour")
    if job.condition != jobs.CROPPED:
        return settings
    cut = float(rng.uniform(1, 3))
    side = ("left", "top", "right", "bottom").index(edge)
    left, top, right, bottom = (cut if place == side else 0.0 for place in range(4))
    return replace(settings, crop_mm=(left, top, right, bottom))


def montage(contract: Contract) -> tuple[Bytes, float]:
    """The stamped edges of all pages side by side, numbered, edge to the right; RGB and its resolution in dpi."""
    dpi = float(contract.scanned[0].dpi)
    depth = round(max(7.0, 1.6 * contract.slice_mm + 3) * dpi / 25.4)
    low, high = min(contract.along_mm) - 38, max(contract.along_mm) + 38
    first, last = max(0, round(low * dpi / 25.4)), round(high * dpi / 25.4)
    turns = {"right": 0, "left": 0, "top": 3, "bottom": 3}[contract.edge]
    strips = []
    for number, page in enumerate(contract.scanned, 1):
        turned = np.rot90(page.picture, turns)
        inner = contract.edge in ("right", "top")
        strip = turned[first:last, -depth:] if inner else turned[first:last, :depth]
        strip = np.ascontiguousarray(np.pad(strip, ((30, 0), (0, 4), (0, 0)), constant_values=160))
        cv2.putText(strip, str(number), (4, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (0, 0, 0), 2)
        strips.append(strip)
    tall = min(strip.shape[0] for strip in strips)
    return np.concatenate([strip[:tall] for strip in strips], axis=1), dpi
