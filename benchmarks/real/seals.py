"""Seals on real pages and crops, against boxes read by eye; and pages that only look as if they bore one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from rapidfuzz import fuzz

from benchmarks import pictures, product
from benchmarks.crew import Crew
from benchmarks.measure import Section
from benchmarks.plan import Plan
from benchmarks.real.files import Item, absent, capped, items
from benchmarks.real.seals_seen import SIGNING, Box, PageAnswer, PageJob, SealAnswer, TrueSeal, misses, tables
from pipeline.model import Pixels, ReadLine, ReadText, Seal
from pipeline.read import read

OVERLAP = 0.5
APART = 0.1  # below this overlap with every true seal a told one is invented, not merely misplaced
LEGIBLE = 85.0  # of 100, over hanzi
_HANZI = re.compile(r"[\u4e00-\u9fff]")


def run(plan: Plan, crew: Crew, data: Path) -> Section:
    """Pages with and without seals."""
    listed = jobs(data, plan.pictures)
    if not listed:
        return absent("real", "bench_seals and bench_noseal")
    done = crew.map(work, listed, "real seals")
    return Section("real", tables(done), capped(misses(done)))


def jobs(data: Path, folder: Path) -> list[PageJob]:
    """Every file of both sets: they are few and cheap."""
    listed = [
        PageJob(item.path, item.facts["kind"] == "page", _seals(item), _distractor(item), folder)
        for item in items(data, "bench_seals")
    ]
    listed += [PageJob(item.path, True, (), _distractor(item), folder) for item in items(data, "bench_noseal")]
    return listed


def work(job: PageJob) -> PageAnswer:
    """Ask the product for the seals of one file."""
    told = product.observe(job.path, straddle=False).observations.seals
    pixels = np.asarray(Image.open(job.path).convert("RGB"))
    scale = pixels.shape[1] / _page_width(job.path)
    answer = judge(job, told, scale)
    wrong = answer.invented or any(item.found is False or item.text is False for item in answer.seals)
    if not wrong:
        return answer
    boxes = [_scaled(seal.box, scale) for seal in told]
    name = f"real-seals-{job.path.stem[:24]}"
    picture = pictures.save(job.folder, name, pixels, 72, [seal.box for seal in job.seals], boxes)
    return PageAnswer(answer.seals, answer.invented, answer.misplaced, picture)


def judge(job: PageJob, told: Sequence[Seal], scale: float) -> PageAnswer:
    """Match told seals (boxes in pt; `scale` px per pt) with the true ones, the best overlap first."""
    boxes = [_scaled(seal.box, scale) for seal in told]
    pairs = sorted(
        ((overlap(true.box, box), i, j) for i, true in enumerate(job.seals) for j, box in enumerate(boxes)),
        reverse=True,
    )
    match: dict[int, int] = {}
    for share, i, j in pairs:
        if share > OVERLAP and i not in match and j not in match.values():
            match[i] = j
    answers = tuple(
        _answer(true, job.whole, told[match[i]] if i in match else None) for i, true in enumerate(job.seals)
    )
    loose = [box for j, box in enumerate(boxes) if j not in match.values()]
    invented = sum(all(overlap(true.box, box) < APART for true in job.seals) for box in loose)
    return PageAnswer(answers, invented, len(loose) - invented)


def _answer(true: TrueSeal, whole: bool, seal: Seal | None) -> SealAnswer:
    if seal is None:
        return SealAnswer(true, whole, found=False)
    own = next((word for word in ("red", "grey") if word == seal.colour), "other")
    return SealAnswer(
        true,
        whole,
        found=True,
        shape=seal.shape == true.shape,
        colour=own == true.ink,
        kind=seal.kind in true.kinds,
        signing=None if true.kinds & set(SIGNING) else seal.kind in SIGNING,
        text=_reads(true.text, seal),
        told=f"{seal.shape} {seal.colour} {seal.kind} {seal.text!r} {seal.inner!r}",
    )


def _reads(text: str, seal: Seal) -> bool | None:
    """Whether the hanzi of ring and line are those of the truth; None where nobody could read them all."""
    wanted = hanzi(text)
    if "…" in text or len(wanted) < 4:
        return None
    ways = (seal.text + seal.inner, seal.inner + seal.text)
    return max(fuzz.ratio(wanted, hanzi(way)) for way in ways) >= LEGIBLE


def hanzi(text: str) -> str:
    """The Chinese characters of a text."""
    return "".join(_HANZI.findall(text))


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    sizes = ((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return both / (sum(sizes) - both)


def _scaled(box: Box, scale: float) -> Box:
    x0, top, x1, bottom = (edge * scale for edge in box)
    return x0, top, x1, bottom


class _Blind:
    """Reads nothing: only the size of the page is wanted."""

    def read_page(self, pixels: Pixels) -> tuple[ReadLine, ...]:
        """No lines."""
        del pixels
        return ()

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        """No text in any."""
        return tuple(ReadText("", 0.0) for _ in strips)


def _page_width(path: Path) -> float:
    """Width in pt which the product gives to a picture of unknown resolution."""
    return read(path, product.submission_of(path), _Blind()).document.pages[0].width


def _seals(item: Item) -> tuple[TrueSeal, ...]:
    return tuple(
        TrueSeal(
            box=(seal["bbox"][0], seal["bbox"][1], seal["bbox"][2], seal["bbox"][3]),
            shape=seal["shape"],
            colour=seal["colour"],
            kind=seal["kind"],
            text=seal["text"],
            complete=seal["complete"],
            straddle="straddle" in seal,
        )
        for seal in item.facts["seals"]
    )


def _distractor(item: Item) -> str:
    listed = item.facts.get("distractors") or [item.facts.get("hard_negative") or "nothing red or round"]
    return str(listed[0])[:48]
