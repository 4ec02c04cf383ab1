"""Text of real scans and invoices: values known beside the picture, pages without a text layer, pages on their head."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pypdfium2
from PIL import Image
from rapidfuzz import fuzz

from benchmarks import pictures, product
from benchmarks.crew import Crash, Crew, Done
from benchmarks.measure import Cell, Miss, Number, Rate, Section, Table
from benchmarks.plan import Plan
from benchmarks.real.files import Item, absent, capped, items
from benchmarks.real.invoice import GROUPS, Value, occurs, tight, values
from pipeline.model import Document, Pixels

INVOICES, SCANS, TURNED = "Values of real invoices", "Real scans", "Real pages that do not stand upright"
TODAY = date(2026, 9, 28)
ALIKE = 90.0  # of 100: the same text read twice
# Degrees clockwise that make each page upright, by eye; every page bears the text of the first upright one.
UPRIGHT: dict[str, tuple[int, ...]] = {
    "ocrmypdf_cardinal.pdf": (0, 270, 180, 90),
    "docling_ocr_test_rotated_180.pdf": (180,),
}
TWIN = {"docling_ocr_test_rotated_180.pdf": "docling_ocr_test.pdf"}
BLANK = "ocrmypdf_blank.pdf"


@dataclass(frozen=True)
class TextJob:
    """One file; `truth` = the invoice's values, `turns` = how its pages stand, `bare` = its pages without text."""

    path: Path
    folder: Path
    truth: Path | None = None
    turns: tuple[int, ...] = ()
    twin: Path | None = None
    pages: int | None = None
    bare: int = 0


@dataclass(frozen=True)
class TextAnswer:
    """What was read; `values` by group and key; `turned`, `alike` per page of `turns`."""

    pages: int
    read_bare: int
    words: int
    values: tuple[tuple[Value, bool], ...] = ()
    turned: tuple[bool, ...] = ()
    alike: tuple[bool, ...] = ()
    seconds: float = 0.0
    picture: str = ""


def run(plan: Plan, crew: Crew, data: Path) -> Section:
    """Invoices, turned pages, and all other scans."""
    listed = jobs(plan, data)
    if not listed:
        return absent("real", "scans")
    done = crew.map(work, listed, "text of real scans")
    wanted = [invoice_table(done), turned_table(done), scan_table(done)]
    return Section("real", [table for table in wanted if table.rows], capped(misses(done)))


def jobs(plan: Plan, data: Path) -> list[TextJob]:
    """Quick: two invoices and the short turned file; full: every file."""
    scans = items(data, "scans")
    truths = [item for item in scans if item.path.suffix == ".json"]
    papers = [*(item for item in scans if item.path.suffix != ".json"), *items(data, "bench_noseal")]
    invoices = []
    for truth in truths:
        paper = next((item for item in papers if truth.path.stem in item.path.stem), None)
        if paper is not None:
            pages = paper.facts.get("pages")
            invoices.append(TextJob(paper.path, plan.pictures, truth.path, pages=pages))
    if plan.quick:
        chosen = sorted(plan.rng("real", 2000).permutation(len(invoices))[:2])
        short = [item for item in scans if len(UPRIGHT.get(item.name, ())) == 1]
        return [invoices[index] for index in chosen] + [_scan(item, plan.pictures) for item in short]
    known = {job.path for job in invoices}
    return invoices + [
        _scan(item, plan.pictures) for item in scans if item.path.suffix != ".json" and item.path not in known
    ]


def _scan(item: Item, folder: Path) -> TextJob:
    twin = TWIN.get(item.name)
    return TextJob(
        item.path,
        folder,
        turns=UPRIGHT.get(item.name, ()),
        twin=item.path.with_name(twin) if twin else None,
        pages=item.facts.get("pages"),
        bare=item.facts.get("pages_without_text", item.facts["pages"]) if item.name != BLANK else 0,
    )


def work(job: TextJob) -> TextAnswer:
    """Read one file."""
    document = product.tell(job.path, TODAY).facts.document
    twin = product.tell(job.twin, TODAY).facts.document.text if job.twin else ""
    truth = json.loads(job.truth.read_text(encoding="utf-8"))[0] if job.truth else {}
    answer = judge(job, document, twin, values(truth))
    if all(hit for _, hit in answer.values) and all((*answer.turned, *answer.alike)):
        return answer
    return TextAnswer(**{**vars(answer), "picture": _picture(job)})


def judge(job: TextJob, document: Document, twin: str, wanted: Sequence[Value]) -> TextAnswer:
    """Compare what was read with what is known; `twin` = the same text as read from an upright file."""
    pages = document.pages
    upright = twin or next((page.text for page, turn in zip(pages, job.turns, strict=False) if turn == 0), "")
    turned = [index < len(pages) and pages[index].rotation == turn for index, turn in enumerate(job.turns)]
    alike = [
        index < len(pages) and bool(upright) and fuzz.ratio(tight(upright), tight(pages[index].text)) >= ALIKE
        for index in range(len(job.turns))
    ]
    return TextAnswer(
        pages=len(pages),
        read_bare=sum(page.text_source == "ocr" and bool(page.lines) for page in pages),
        words=sum(len(page.text.split()) for page in pages),
        values=tuple((value, occurs(value, document.text)) for value in wanted),
        turned=tuple(turned),
        alike=tuple(alike),
        seconds=sum(page.seconds for page in pages),
    )


# --- tables -------------------------------------------------------------------------------------------------------

Pairs = list[tuple[TextJob, TextAnswer]]


def answers(done: Iterable[Done[TextJob, TextAnswer]], holds: Callable[[TextJob], object] = bool) -> Pairs:
    """Cases of a table; after a crash nothing was read."""
    return [
        (item.job, _lost(item.job) if isinstance(item.result, Crash) else item.result)
        for item in done
        if holds(item.job)
    ]


def _lost(job: TextJob) -> TextAnswer:
    truth = json.loads(job.truth.read_text(encoding="utf-8"))[0] if job.truth else {}
    nothing = (False,) * len(job.turns)
    return TextAnswer(0, 0, 0, tuple((value, False) for value in values(truth)), nothing, nothing)


def invoice_table(done: Iterable[Done[TextJob, TextAnswer]]) -> Table:
    """Share of the known values that stand in the text read."""
    rows: dict[str, dict[str, Cell]] = {}
    listed = answers(done, lambda job: job.truth is not None)
    for label, chosen in {"all": listed, **{job.path.name: [(job, answer)] for job, answer in listed}}.items():
        found = [pair for _, answer in chosen for pair in answer.values]
        row: dict[str, Cell] = {"n": len(found), "read": Rate.of(hit for _, hit in found)}
        for group in GROUPS:
            row[group] = Rate.of(hit for value, hit in found if value.group == group)
        if found:
            rows[label] = row
    note = "Values of the truth beside the invoice that stand, letter by letter, somewhere in the text read."
    return Table(INVOICES, ["n", "read", *GROUPS], rows, note)


def turned_table(done: Iterable[Done[TextJob, TextAnswer]]) -> Table:
    """By how far the page has to be turned."""
    listed = answers(done, lambda job: bool(job.turns))
    rows: dict[str, dict[str, Cell]] = {}
    for turn in (0, 90, 180, 270):
        hits = [
            (answer.turned[index], answer.alike[index])
            for job, answer in listed
            for index, wanted in enumerate(job.turns)
            if wanted == turn
        ]
        if hits:
            rows[_turn(turn)] = {
                "n": len(hits),
                "turned right": Rate.of(right for right, _ in hits),
                "text as upright": Rate.of(alike for _, alike in hits),
            }
    return Table(TURNED, ["n", "turned right", "text as upright"], rows)


def _turn(degrees: int) -> str:
    return f"{degrees} degrees clockwise" if degrees else "upright"


def scan_table(done: Iterable[Done[TextJob, TextAnswer]]) -> Table:
    """Pages counted, and pages that have no text but what OCR finds."""
    rows: dict[str, dict[str, Cell]] = {}
    groups: dict[str, Pairs] = {}
    for job, answer in answers(done, lambda job: job.truth is None):
        kind = "PDF" if job.path.suffix == ".pdf" else "TIFF" if job.path.suffix == ".tif" else "JPG and PNG"
        groups.setdefault(
            f"{kind}, {'blank' if job.path.name == BLANK else 'scan' if job.bare else 'with text'}", []
        ).append((job, answer))
    for label, chosen in sorted(groups.items()):
        pages = sum(answer.pages for _, answer in chosen)
        rows[label] = {
            "n": len(chosen),
            "all pages": Rate.of(job.pages in (None, answer.pages) for job, answer in chosen),
            "OCR found text": Rate(
                sum(min(job.bare, answer.read_bare) for job, answer in chosen), sum(job.bare for job, _ in chosen)
            ),
            "words a page": Number(sum(answer.words for _, answer in chosen) / max(1, pages), digits=0),
            "seconds a page": Number(sum(answer.seconds for _, answer in chosen) / max(1, pages), "s", 1),
        }
    note = "OCR found text: of the pages without a text layer, those on which anything at all was read."
    return Table(SCANS, ["n", "all pages", "OCR found text", "words a page", "seconds a page"], rows, note)


def misses(done: Iterable[Done[TextJob, TextAnswer]]) -> Iterable[Miss]:
    """Values not read and pages not turned, once for every row."""
    for job, answer in answers(done):
        lost = [f"{value.key} {value.ways[0]}" for value, hit in answer.values if not hit]
        for label in ("all", job.path.name) if lost else ():
            yield Miss(INVOICES, label, job.path.name, f"not read: {'; '.join(lost[:6])}", answer.picture)
        for index, turn in enumerate(job.turns):
            if not (answer.turned[index] and answer.alike[index]):
                how = "right" if answer.turned[index] else "wrongly"
                same = "same" if answer.alike[index] else "other"
                what = f"page {index + 1}: turned {how}, {same} text as upright"
                yield Miss(TURNED, _turn(turn), job.path.name, what, answer.picture)


def _picture(job: TextJob) -> str:
    """The first page as received."""
    if job.path.suffix == ".pdf":
        with pypdfium2.PdfDocument(job.path) as document:
            image = document[0].render(scale=100 / 72).to_pil()
    else:
        image = Image.open(job.path)
    pixels: Pixels = np.asarray(image.convert("RGB"))
    return pictures.save(job.folder, f"real-text-{job.path.stem[:24]}", pixels, 100)
