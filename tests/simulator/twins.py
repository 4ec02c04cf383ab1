"""The worked dossier of the demo, and the ways to spoil one thing in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import docx
import numpy as np

from tests.simulator.defects import ReplaceEverywhere
from tests.simulator.defects_order import WHOLE, PagesSwapped
from tests.simulator.defects_pen import HandNote, Interline
from tests.simulator.dossier import PrintDefect, ScanJob, Stamp
from tests.simulator.fictional import choice
from tests.simulator.forms_paper import save
from tests.simulator.ink import Mark, Page, defect, print_pdf
from tests.simulator.orders import Order
from tests.simulator.parties import AGENT, QINGHE
from tests.simulator.samples import AGREEMENT, CASES, OFFICE, agreement_values
from tests.simulator.straddle import StraddleSpec
from tests.simulator.textmap import TextMap

ORDER: Order = CASES[0].order
PAGES = 8
_FORMER = (
    ("2026-01", "2025-01"),
    ("2026年1月", "2025年1月"),
    ("99.9%", "99.5%"),
    ("5 个工作日", "7 个工作日"),
    ("30 日", "15 日"),
)


@dataclass(frozen=True)
class SheetFrom:
    """A sheet printed from another PDF of the same form, before anybody fills in or seals anything."""

    page: int
    pdf: Path

    def apply(self, pages: list[Page], text: TextMap, rng: np.random.Generator) -> list[Mark]:
        """The same page of the other PDF."""
        pages[self.page - 1].toner = print_pdf(self.pdf, pages[0].dpi)[self.page - 1].toner
        return [defect("sheet of another edition", self.page, WHOLE, "", self.pdf.name)]


def former_edition(reference: Path, path: Path) -> Path:
    """The agreement as an earlier edition had it: other numbers in some clauses, its own date in the running head."""
    document = docx.Document(str(reference))
    heads = [paragraph for section in document.sections for paragraph in section.header.paragraphs]
    for paragraph in (*document.paragraphs, *heads):
        for run in paragraph.runs:
            for now, before in _FORMER:
                if now in run.text:
                    run.text = run.text.replace(now, before)
    save(document, path)
    return path


def agreement(rng: np.random.Generator) -> ScanJob:
    """The customer's agreement, in order; where and how the seal is pressed is random."""
    seal = QINGHE.seal(float(rng.uniform(-12, 12)))
    return ScanJob(
        pdf=AGREEMENT,
        values=agreement_values(QINGHE, ORDER.admin_email),
        stamps=(Stamp(seal, zone="customer_seal", offset_mm=(float(rng.uniform(0, 10)), float(rng.uniform(-3, 3)))),),
        straddles=(StraddleSpec(QINGHE.seal(float(rng.uniform(0, 18))), along_mm=float(rng.uniform(90, 200))),),
        settings=OFFICE,
        seed=int(rng.integers(1 << 31)),
    )


def order_paper(rng: np.random.Generator, printed: Path) -> ScanJob:
    """The reseller's sealed order."""
    offset = (38.0 + float(rng.uniform(-4, 4)), 2.0 + float(rng.uniform(-2, 2)))
    stamp = Stamp(AGENT.seal(float(rng.uniform(-8, 8))), near="采购方（盖章处）", offset_mm=offset)
    return ScanJob(pdf=printed, stamps=(stamp,), settings=OFFICE, seed=int(rng.integers(1 << 31)))


Spoil = Callable[[ScanJob, np.random.Generator], ScanJob]


def _straddled(job: ScanJob, **changes: Any) -> ScanJob:
    return replace(job, straddles=(replace(job.straddles[0], **changes),))


def no_slice(job: ScanJob, rng: np.random.Generator) -> ScanJob:
    """One sheet inside the stack was not in the fan."""
    return _straddled(job, missing_pages=frozenset({int(rng.integers(2, PAGES))}))


def cropped(job: ScanJob, rng: np.random.Generator) -> ScanJob:
    """The scanner cut off most of each slice."""
    return replace(job, settings=replace(job.settings, crop_mm=(0.0, 0.0, float(rng.uniform(3.0, 4.5)), 0.0)))


def grey(job: ScanJob, rng: np.random.Generator) -> ScanJob:
    """Scanned without colour."""
    return replace(job, settings=replace(job.settings, mode="grey"))


def other_edition(former: Path) -> Spoil:
    """One sheet of the body is from the former edition."""

    def spoil(job: ScanJob, rng: np.random.Generator) -> ScanJob:
        return replace(job, defects=(SheetFrom(int(rng.integers(2, 7)), former),))

    return spoil


def price_note(job: ScanJob, rng: np.random.Generator) -> ScanJob:
    """价格另议 by hand: in a margin, or between two lines of the price clause."""
    ink, page = choice(rng, ("pen-blue", "pen-black")), int(rng.integers(2, 7))
    top = float(rng.uniform(560, 700))  # below every straddle seal
    left = choice(rng, (14.0, 522.0))
    notes: tuple[PrintDefect, ...] = (
        HandNote("价格另议", page, (left, top, left + 58, top + 22), ink),
        Interline("订阅费用由客户与经销商另行约定", "价格另议", 3, ink),
    )
    return replace(job, defects=(choice(rng, notes),))


def other_provider(job: ScanJob, rng: np.random.Generator) -> ScanJob:
    """A copy of the text with another company as provider, as in the wild."""
    return replace(job, defects=(ReplaceEverywhere("上海岚云网络科技有限公司", "上海速融网络科技有限公司"),))


def agents_seal(job: ScanJob, rng: np.random.Generator) -> ScanJob:
    """The reseller's seal where the customer's belongs."""
    return replace(job, stamps=(replace(job.stamps[0], seal=AGENT.seal(float(rng.uniform(-12, 12)))),))


def finance_seal(job: ScanJob, rng: np.random.Generator) -> ScanJob:
    """The customer's finance seal."""
    seal = replace(job.stamps[0].seal, kind="finance", diameter_mm=38.0)
    return replace(job, stamps=(replace(job.stamps[0], seal=seal),))


def duplex(job: ScanJob, rng: np.random.Generator) -> ScanJob:
    """Printed on both sides: only fronts bear slices."""
    return _straddled(job, duplex=True)


def two_groups(job: ScanJob, rng: np.random.Generator) -> ScanJob:
    """Two presses, each over half the sheets."""
    return _straddled(job, groups=(PAGES // 2, PAGES // 2))


def swapped(job: ScanJob, rng: np.random.Generator) -> ScanJob:
    """Pages 3 and 4 in each other's place, after the seal."""
    return replace(job, order=(PagesSwapped(3, 4),))


@dataclass(frozen=True)
class Orders:
    """The order on paper and its electronic copy, as variables of the form."""

    paper: Mapping[str, Any]
    copy: Mapping[str, Any]


def orders(**changes: str) -> Orders:
    """Both alike, with some variables changed."""
    context = {**ORDER.context(), **changes}
    return Orders(context, context)


def other_quantity() -> Orders:
    """80 seats in the electronic copy, 60 on paper; both add up."""
    fewer = replace(ORDER, lines=(("CN21V-E3-12M", 60), *ORDER.lines[1:]))
    return Orders(fewer.context(), ORDER.context())
