"""Checks on the scan itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from pipeline.model import Bilingual, Facts
from pipeline.packs import DocumentCheck, Judgement, Pack, World
from pipeline.rules.quality import MIN_DPI, is_paper, weak_pages
from pipeline.rules.wording import RESCAN, listed, say


class ScanQuality(DocumentCheck):
    """Colour and resolution: below `min_dpi` a page is refused, below `good_dpi` doubtful."""

    name: ClassVar[str] = "scan_quality"
    min_dpi: float = Field(default=MIN_DPI, gt=0)
    good_dpi: float = Field(default=195, gt=0)
    rescan: Bilingual = RESCAN

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        pages = facts.document.pages
        if not is_paper(facts.document):
            yield Judgement(outcome="n/a", message=say("不是扫描件", "Not a scan"))
            return
        weak = weak_pages(facts.document, self.min_dpi)
        coarse = [page.number for page in pages if page.number not in weak and (page.dpi or 0) < self.good_dpi]
        for reason in dict.fromkeys((reason.zh, reason.en) for reason in weak.values()):
            numbers = [number for number, found in weak.items() if (found.zh, found.en) == reason]
            yield Judgement(
                outcome="fail",
                message=say(f"第 {listed(numbers)} 页为{reason[0]}", f"Page {listed(numbers)}: {reason[1]}"),
                fix=self.rescan,
                page=numbers[0],
            )
        if coarse:
            yield Judgement(
                outcome="unsure",
                message=say(
                    f"第 {listed(coarse)} 页分辨率低于 {self.good_dpi:.0f}dpi",
                    f"Page {listed(coarse)}: below {self.good_dpi:.0f} dpi",
                ),
                fix=self.rescan,
                page=coarse[0],
            )
        if not weak and not coarse:
            lowest = min(page.dpi or 0 for page in pages)
            yield Judgement(
                outcome="pass", message=say(f"彩色，{lowest:.0f}dpi 以上", f"Colour, {lowest:.0f} dpi or more")
            )
