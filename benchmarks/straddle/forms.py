"""Blank forms as long as the contracts of this section, each a pack that the product compares with."""

from __future__ import annotations

import hashlib
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pypdf import PdfReader, PdfWriter

from benchmarks.plan import ROOT
from tests.simulator import forms_paper as paper
from tests.simulator.fictional import company
from tests.simulator.forms_boxes import to_pdf

CASE, FORM = "csp_order", "service_agreement"
LONGEST = 60  # pages: 30 sheets printed on both sides
_SHIPPED = ROOT / "templates" / CASE / FORM
SHIPPED_FORM = _SHIPPED / "reference.pdf"
_RULES = ("SEAL-03",)
_ROWS = 27  # of an annex page
_MARGINS_MM = (26.0, 24.0, 26.0, 20.0)


@dataclass(frozen=True)
class LongForms:
    """The shipped agreement with as many pages of annex as a contract has sheets to be filled; signing page last."""

    folder: Path

    def of(self, pages: int) -> Path:
        """The templates folder whose only pack is the form of so many pages; made when it is first asked for."""
        home = self.folder / f"{pages:02d}"
        if not home.is_dir():
            with tempfile.TemporaryDirectory(dir=self.folder) as work:
                made = Path(work) / "templates"
                _pack(made / CASE, self.printed, pages)
                try:
                    made.rename(home)
                except OSError:  # another worker was faster
                    if not home.is_dir():
                        raise
        return home

    @property
    def printed(self) -> Path:
        """The longest of them."""
        return self.folder / "longest.pdf"


def open_forms(out: Path) -> LongForms:
    """The forms below `out`, printed now unless they are there; FileNotFoundError without LibreOffice."""
    folder = out / "forms" / f"long-{_mark()[:16]}"
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as work:
            made = Path(work) / "made"
            made.mkdir()
            _print_longest(made / "longest.pdf", Path(work))
            made.rename(folder)
    return LongForms(folder)


def pages_of_form(pages: int) -> list[int]:
    """Which pages of the longest form, from 0, the form of so many pages has."""
    return [*range(pages - 1), LONGEST - 1]


def _mark() -> str:
    digest = hashlib.sha256()
    for path in (SHIPPED_FORM, _SHIPPED / "pack.toml", Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _print_longest(target: Path, work: Path) -> None:
    agreement = PdfReader(SHIPPED_FORM)
    body = len(agreement.pages) - 1
    annex = PdfReader(_annex(work, LONGEST - len(agreement.pages)))
    writer = PdfWriter(clone_from=agreement)
    for at, page in enumerate(annex.pages):
        writer.insert_page(page, body + at)
    if len(writer.pages) != LONGEST:
        raise ValueError(f"the annex has {len(annex.pages)} pages")
    writer.write(target)


def _annex(work: Path, pages: int) -> Path:
    """Users of a service, no two pages alike."""
    rng = np.random.default_rng(20260105)
    document = paper.sheet("附件", font=paper.SERIF, margins=_MARGINS_MM)
    for number in range(1, pages + 1):
        title = f"附件{number}　被授权使用单位名单"
        paper.heading(document, title, size=14, new_page=number > 1)
        table = paper.grid(document, (12, 74, 40, 32), _ROWS)
        for nth, row in enumerate(table.rows, 1):
            unit = company(rng, 8, 18)
            words = (f"{nth}", unit.name, unit.person, f"{int(rng.integers(2, 900))} 个用户")
            paper.row_height(row, 8.4, exact=True)
            for cell, word in zip(row.cells, words, strict=True):
                paper.fill(cell, word)
    paper.save(document, work / "annex.docx")
    return to_pdf(work / "annex.docx", work)


def _pack(home: Path, printed: Path, pages: int) -> None:
    """The shipped pack with the longer form, judging straddle seals only."""
    target = home / FORM
    target.mkdir(parents=True)
    writer = PdfWriter(clone_from=PdfReader(printed))
    kept = set(pages_of_form(pages))
    for at in reversed(range(LONGEST)):
        if at not in kept:
            writer.remove_page(at)
    writer.write(target / "reference.pdf")
    shipped = (_SHIPPED / "pack.toml").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\[)", shipped.replace('"reference.docx"', '"reference.pdf"'))
    wanted = [
        block
        for block in blocks
        if not block.startswith("[[rules]]") or any(block.startswith(f'[[rules]]\nid = "{rule}"\n') for rule in _RULES)
    ]
    (target / "pack.toml").write_text("\n".join(wanted), encoding="utf-8")
    (home / "case.toml").write_text(
        f'type = "{CASE}"\ntitle = {{ zh = "长格式合同", en = "long format contracts" }}\n', encoding="utf-8"
    )
