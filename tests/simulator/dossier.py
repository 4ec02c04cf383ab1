"""One scan from form to picture: print, spoil, fill, stamp, sort, scan; the truth comes out beside the pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from tests.simulator.fill import Blank, Style, blanks, fill
from tests.simulator.ink import Bytes, Mark, Page, print_pdf
from tests.simulator.paper import ScannedPage, ScanSettings, scan
from tests.simulator.seals import SealSpec, impress
from tests.simulator.straddle import Slice, StraddleSpec, straddle
from tests.simulator.textmap import TextMap, read_text


class PrintDefect(Protocol):
    """Spoils printed pages before they are filled and stamped; pages are changed in place."""

    def apply(self, pages: list[Page], text: TextMap, rng: np.random.Generator) -> list[Mark]: ...


class OrderDefect(Protocol):
    """Changes which sheets are scanned, after stamping."""

    def arrange(self, pages: list[Page]) -> tuple[list[Page], list[Mark]]: ...


@dataclass(frozen=True)
class Stamp:
    """A seal in a form zone, or over words of the text, or at a point of a page (mm from the top-left corner)."""

    seal: SealSpec
    zone: str | None = None
    near: str | None = None
    page: int | None = None
    at_mm: tuple[float, float] | None = None
    offset_mm: tuple[float, float] = (0.0, 0.0)
    jitter_mm: float = 2.0


@dataclass(frozen=True)
class ScanJob:
    """All that decides a simulated scan; equal jobs give equal pixels."""

    pdf: Path
    values: Mapping[str, str] = field(default_factory=dict)
    style: Style = "typed"
    stamps: tuple[Stamp, ...] = ()
    straddles: tuple[StraddleSpec, ...] = ()
    defects: tuple[PrintDefect, ...] = ()
    order: tuple[OrderDefect, ...] = ()
    settings: ScanSettings = field(default_factory=ScanSettings)
    seed: int = 0
    print_dpi: int = 300


@dataclass(frozen=True)
class Truth:
    """What is really on the scan; boxes [x0, top, x1, bottom] in points of the received page, pages from 1.

    A defect whose printed page was not scanned has page None; printed = its page in the form (None: foreign sheet).
    """

    source: str
    seed: int
    dpi: int
    mode: str
    printed: list[int | None]
    seals: list[dict[str, Any]]
    slices: list[dict[str, Any]]
    signatures: list[dict[str, Any]]
    values: list[dict[str, Any]]
    defects: list[dict[str, Any]]

    def to_json(self) -> str:
        """Readable JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


@dataclass(frozen=True)
class Scan:
    """The scanned pages and their truth."""

    pages: list[ScannedPage]
    truth: Truth

    @property
    def images(self) -> list[Bytes]:
        """RGB pictures, rows x columns x 3."""
        return [page.picture for page in self.pages]


def simulate(job: ScanJob) -> Scan:
    """Make the scan of a job."""
    rng = np.random.default_rng(job.seed)
    sheets, marks = prepare(job, rng)
    for disorder in job.order:
        sheets, moved = disorder.arrange(sheets)
        marks += moved
    scans = [scan(sheet, job.settings, rng, number) for number, sheet in enumerate(sheets, 1)]
    return Scan(scans, _truth(job, sheets, scans, marks))


def prepare(job: ScanJob, rng: np.random.Generator) -> tuple[list[Page], list[Mark]]:
    """The stamped paper before anybody scans it."""
    pages = print_pdf(job.pdf, job.print_dpi)
    text = read_text(job.pdf) if job.defects or any(stamp.near for stamp in job.stamps) else TextMap((), ())
    for page in pages if job.defects else ():
        page.plain = page.toner.copy()
    marks = [mark for defect in job.defects for mark in defect.apply(pages, text, rng)]
    zones = blanks(job.pdf)
    marks += fill(pages, zones, job.values, job.style, rng)
    for stamp in job.stamps:
        marks.append(_stamp(pages, stamp, zones, text, rng))
    for party, spec in enumerate(job.straddles):
        marks += [_slice_mark(piece) for piece in straddle(pages, spec, rng, party)]
    return pages, marks


def _stamp(pages: list[Page], stamp: Stamp, zones: list[Blank], text: TextMap, rng: np.random.Generator) -> Mark:
    number, (x, y) = _where(pages, stamp, zones, text)
    dx, dy = rng.uniform(-1, 1, 2) * stamp.jitter_mm
    centre = (x + stamp.offset_mm[0] + float(dx), y + stamp.offset_mm[1] + float(dy))
    page = pages[number - 1]
    impression = impress(stamp.seal, page.px_per_mm, rng)
    page.stamp(impression.coverage, centre, stamp.seal.colour)
    width, height = impression.extent_mm
    box = (centre[0] - width / 2, centre[1] - height / 2, centre[0] + width / 2, centre[1] + height / 2)
    spec = stamp.seal
    detail: dict[str, object] = {
        "text": spec.text,
        "kind": spec.kind,
        "inner": spec.inner_line,
        "code": spec.code,
        "shape": spec.shape,
        "diameter_mm": spec.diameter_mm,
        "colour": spec.colour,
        "rotation_deg": spec.rotation_deg,
        "centre_mm": list(centre),
    }
    return Mark("seal", page.number, box, detail)


def _where(pages: list[Page], stamp: Stamp, zones: list[Blank], text: TextMap) -> tuple[int, tuple[float, float]]:
    if stamp.zone is not None:
        zone = next((z for z in zones if z.name == stamp.zone), None)
        if zone is None:
            raise KeyError(f"the form has no zone {stamp.zone}")
        return zone.page, _middle(zone.box)
    if stamp.near is not None:
        found = text.find(stamp.near, stamp.page)
        return found.row.page, _middle(found.box)
    if stamp.at_mm is None:
        raise ValueError("a stamp needs a zone, words or a point")
    return stamp.page or len(pages), stamp.at_mm


def _middle(box_pt: tuple[float, float, float, float]) -> tuple[float, float]:
    return (box_pt[0] + box_pt[2]) / 2 * 25.4 / 72, (box_pt[1] + box_pt[3]) / 2 * 25.4 / 72


def _slice_mark(piece: Slice) -> Mark:
    detail = {**asdict(piece), "width_mm": piece.width_mm}
    for key in ("page", "box_mm"):
        del detail[key]
    return Mark("slice", piece.page, piece.box_mm, detail)


def _truth(job: ScanJob, sheets: list[Page], scans: list[ScannedPage], marks: list[Mark]) -> Truth:
    listed: dict[str, list[dict[str, Any]]] = {"seal": [], "slice": [], "signature": [], "value": [], "defect": []}
    for mark in marks:
        places = [index for index, sheet in enumerate(sheets) if sheet.number == mark.page]
        for index in places:
            box = [round(v, 2) for v in scans[index].box(mark.box_mm)]
            listed[mark.what].append(
                {"page": index + 1, "printed": mark.page, "box": box, "box_mm": list(mark.box_mm), **mark.detail}
            )
        if not places and mark.what == "defect":
            listed["defect"].append({"page": None, "printed": mark.page, "box": None, **mark.detail})
    return Truth(
        source=job.pdf.name,
        seed=job.seed,
        dpi=job.settings.dpi,
        mode=job.settings.mode,
        printed=[sheet.number or None for sheet in sheets],
        seals=listed["seal"],
        slices=listed["slice"],
        signatures=listed["signature"],
        values=listed["value"],
        defects=listed["defect"],
    )
