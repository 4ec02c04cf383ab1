"""One real straddle seal in five slices, against the rectangles its own software wrote into the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2

from benchmarks import pictures, product
from benchmarks.crew import Crash, Crew
from benchmarks.measure import Cell, Miss, Rate, Section, Table
from benchmarks.plan import Plan
from benchmarks.real.files import absent, capped, items
from benchmarks.real.seals import OVERLAP, overlap
from benchmarks.real.seals_seen import Box
from pipeline.model import Observations

TITLE, ROW = "Real straddle seal", "five slices, made by software"
DPI = 150  # of the pictures in whose pixels the manifest measures


@dataclass(frozen=True)
class Pieces:
    """The document with its true boxes in pt by page: slices at the edge, and whole seals."""

    path: Path
    slices: tuple[tuple[int, Box], ...]
    whole: tuple[tuple[int, Box], ...]
    folder: Path


@dataclass(frozen=True)
class Answer:
    """What was seen of it."""

    slices: tuple[bool, ...]
    invented: int
    whole: tuple[bool, ...]
    form: str
    ordered: bool
    picture: str = ""


def run(plan: Plan, crew: Crew, data: Path) -> Section:
    """The scan as one document."""
    job = pieces(data, plan.pictures)
    if job is None:
        return absent("real", "bench_straddle")
    result = crew.map(work, [job], "real straddle seal")[0].result
    if isinstance(result, Crash):
        lost = (False,) * len(job.slices)
        answer, what = Answer(lost, 0, (False,) * len(job.whole), "crash", False), result.message
    else:
        answer, what = result, f"told {result.form}, {sum(result.slices)} slices"
    row: dict[str, Cell] = {
        "n": len(answer.slices),
        "slices found": Rate.of(answer.slices),
        "false slices": answer.invented,
        "whole seals found": Rate.of(answer.whole),
        "one impression told": Rate(int(answer.form == "one_impression"), 1),
        "order told": Rate(int(answer.ordered), 1),
    }
    right = all(answer.slices) and all(answer.whole) and answer.form == "one_impression"
    misses = () if right else (Miss(TITLE, ROW, job.path.name, what, answer.picture),)
    return Section("real", (Table(TITLE, list(row), {ROW: row}),), capped(misses))


def pieces(data: Path, folder: Path) -> Pieces | None:
    """The document of the set; None when it is not there."""
    listed = items(data, "bench_straddle")
    document = next((item for item in listed if item.path.suffix == ".pdf"), None)
    if document is None:
        return None
    found: dict[bool, list[tuple[int, Box]]] = {True: [], False: []}
    for item in listed:
        for seal in item.facts.get("seals", ()):
            x0, top, x1, bottom = (edge * 72 / DPI for edge in seal["bbox"])
            found[seal["complete"]].append((item.facts["page"], (x0, top, x1, bottom)))
    return Pieces(document.path, tuple(found[False]), tuple(found[True]), folder)


def work(job: Pieces) -> Answer:
    """Ask the product."""
    seen = product.observe(job.path, straddle=True).observations
    answer = judge(job, seen)
    if all(answer.slices) and all(answer.whole) and answer.form == "one_impression":
        return answer
    return Answer(**{**vars(answer), "picture": _picture(job, seen)})


def judge(job: Pieces, seen: Observations) -> Answer:
    """Compare boxes page by page."""
    straddle = seen.straddle
    told = [(piece.page, piece.box) for piece in straddle.slices] if straddle else []
    seals = [(seal.page, seal.box) for seal in seen.seals]
    return Answer(
        slices=_found(job.slices, told),
        invented=sum(not hit for hit in _found(told, job.slices)),
        whole=_found(job.whole, seals),
        form=straddle.form if straddle else "absent",
        ordered=bool(straddle) and list(straddle.order if straddle else ()) == [page for page, _ in job.slices],
    )


def _found(wanted: Sequence[tuple[int, Box]], told: Sequence[tuple[int, Box]]) -> tuple[bool, ...]:
    return tuple(any(page == other and overlap(box, near) > OVERLAP for other, near in told) for page, box in wanted)


def _picture(job: Pieces, seen: Observations) -> str:
    """All pages side by side."""
    scale = 0.5 * DPI / 72
    with pypdfium2.PdfDocument(job.path) as document:
        pages = [np.asarray(page.render(scale=scale).to_pil().convert("RGB")) for page in document]
    width = pages[0].shape[1] / scale
    straddle = seen.straddle.slices if seen.straddle else ()
    told = [(piece.page, piece.box) for piece in straddle] + [(seal.page, seal.box) for seal in seen.seals]
    truth, marked = (
        [_beside(box, (page - 1) * width) for page, box in found] for found in ((*job.slices, *job.whole), told)
    )
    return pictures.save(job.folder, "real-straddle", np.hstack(pages), scale * 72, truth, marked)


def _beside(box: Box, shift: float) -> Box:
    return box[0] + shift, box[1], box[2] + shift, box[3]
