"""Whether a page picture is good enough to conclude something from what is not there."""

from __future__ import annotations

from collections.abc import Collection

from pipeline.model import Bilingual, Document, Page
from pipeline.rules.wording import say

MIN_DPI = 150.0
A4 = (210.0, 297.0)  # mm
_MM = 25.4 / 72
_OTHER_PAPER = 25.0  # mm that a page may lack and still be cut A4; what lacks more, or is wider, is other paper
_TOLERANCE = 3.0  # mm
CUT_AWAY = 8.0  # mm cut off; feeders take one to three, and no printer leaves a margin as narrow as this
WHITENED = say("经增白处理，浅色的印痕可能已被抹去", "whitened by a filter: faint seals may be gone")
GREY = say("灰度扫描", "grey scan")  # here print and its changes can be seen, but which ink is a seal's cannot
_PICTURES = ("pdf", "jpg", "png", "tif")


def is_paper(document: Document) -> bool:
    """Whether there are page pictures at all."""
    return document.submission.media in _PICTURES


def weakness(
    document: Document, page: Page, min_dpi: float = MIN_DPI, proved: Collection[int] = ()
) -> Bilingual | None:
    """Why nothing may be concluded from this page; None for a good one.

    A page without coloured ink looks grey in a colour scan too, so greyness is told from the whole document.
    `proved` = pages whose picture was verified: their words are certain although they were never on paper.
    """
    if not is_paper(document):
        return None
    if page.dpi is None:
        return say("页面无法显示", "the page cannot be shown")
    if page.text_source == "text":  # sampled against the picture, not verified character by character
        if page.number in proved:
            return None
        return say("电子生成的页面，文字与印章未经纸面核对", "made on a computer: words and seals were never on paper")
    if page.bilevel and not page.colour:
        return say("黑白二值扫描", "black-and-white scan")
    if page.dpi < min_dpi:
        return say(f"分辨率仅 {page.dpi:.0f}dpi", f"only {page.dpi:.0f} dpi")
    if (cut := cut_off(page)) >= CUT_AWAY:
        return say(f"纸边被裁去约 {cut:.0f} 毫米", f"about {cut:.0f} mm of the paper's edge cut off")
    return None if any(other.colour for other in document.pages) else GREY


def cut_off(page: Page) -> float:
    """Mm that the page lacks of A4 in one direction; 0 for other paper, which is wider or much smaller."""
    short, long = sorted((page.width * _MM, page.height * _MM))
    lacks = (A4[0] - short, A4[1] - long)
    if min(lacks) < -_TOLERANCE or max(lacks) > _OTHER_PAPER:
        return 0.0
    return max(*lacks, 0.0)


def weak_pages(document: Document, min_dpi: float = MIN_DPI, proved: Collection[int] = ()) -> dict[int, Bilingual]:
    """The weakness of every weak page by number."""
    found = {page.number: weakness(document, page, min_dpi, proved) for page in document.pages}
    return {number: reason for number, reason in found.items() if reason is not None}
