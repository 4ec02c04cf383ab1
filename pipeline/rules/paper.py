"""Checks on the scan itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from pydantic import Field

from pipeline.model import Bilingual, Document, Facts, Outcome, Page
from pipeline.packs import DocumentCheck, Judgement, Pack, World
from pipeline.rules.machine_marks import faxed_pages
from pipeline.rules.quality import MIN_DPI, WHITENED, cut_off, is_paper, weak_pages
from pipeline.rules.wording import RESCAN, listed, say

WITHOUT_FILTER = say(
    "请关闭扫描软件的“增强、增白、去底色”等滤镜，以彩色、300dpi、不裁边重新扫描，不必重新盖章",
    "Turn off the scanner program's filters (enhance, whiten, remove background) and scan again in colour at 300 dpi, "
    "edges uncut; no new seal is needed",
)


class ScanQuality(DocumentCheck):
    """Colour and resolution: below `min_dpi` a page is refused, below `good_dpi` doubtful.

    Doubtful, too: edges cut off by more than `cut_mm`, paper whitened by a filter, and fax copies.
    """

    name: ClassVar[str] = "scan_quality"
    min_dpi: float = Field(default=MIN_DPI, gt=0)
    good_dpi: float = Field(default=195, gt=0)
    cut_mm: float = Field(default=3.5, gt=0)
    whitened: Literal["unsure", "pass"] = "unsure"
    rescan: Bilingual = RESCAN

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        if not is_paper(facts.document):
            yield Judgement(outcome="n/a", message=say("不是扫描件", "Not a scan"))
            return
        weak = weak_pages(facts.document, self.min_dpi)
        for reason in dict.fromkeys((reason.zh, reason.en) for reason in weak.values()):
            numbers = [number for number, found in weak.items() if (found.zh, found.en) == reason]
            yield self._told("fail", numbers, say(f"为{reason[0]}", reason[1]))
        good = [page for page in facts.document.pages if page.number not in weak]
        doubts = list(self._doubts(facts.document, good))
        yield from doubts
        if not weak and not doubts:
            lowest = min(page.dpi or 0 for page in good)
            yield Judgement(
                outcome="pass", message=say(f"彩色，{lowest:.0f}dpi 以上", f"Colour, {lowest:.0f} dpi or more")
            )

    def _doubts(self, document: Document, pages: Sequence[Page]) -> Iterator[Judgement]:
        """What makes good pages less than good, one judgement a reason."""
        coarse = [page.number for page in pages if (page.dpi or 0) < self.good_dpi]
        cut = [page.number for page in pages if cut_off(page) > self.cut_mm]
        white = [page.number for page in pages if page.whitened and page.lines and page.text_source != "text"]
        if coarse:
            yield self._told(
                "unsure", coarse, say(f"分辨率低于 {self.good_dpi:.0f}dpi", f"below {self.good_dpi:.0f} dpi")
            )
        if cut:
            yield self._told("unsure", cut, say("比 A4 小，纸边可能被裁掉", "smaller than A4: an edge may be cut off"))
        if white and self.whitened == "unsure":
            yield self._told(
                "unsure",
                white,
                WHITENED,
                WITHOUT_FILTER,
            )
        if faxed := faxed_pages(document):
            yield self._told("unsure", faxed, say("为传真件", "a fax copy, by the header printed over it"))

    def _told(self, outcome: Outcome, pages: Sequence[int], what: Bilingual, fix: Bilingual | None = None) -> Judgement:
        return Judgement(
            outcome=outcome,
            message=say(f"第 {listed(pages)} 页{what.zh}", f"Page {listed(pages)}: {what.en}"),
            fix=fix or self.rescan,
            page=pages[0],
        )
