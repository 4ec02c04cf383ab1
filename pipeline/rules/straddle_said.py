"""What the rule on straddle seals says of missing, foreign, disordered and untelling slices."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pipeline.model import Box, Facts, Outcome, Straddle
from pipeline.packs import Judgement
from pipeline.rules.wording import listed, say

_DEPTH = 20.0  # pt from the edge that is shown of a page without a slice; slices beside it may be thinner


def plain(
    sub: str,
    outcome: Outcome,
    zh: str,
    en: str,
    straddle: Straddle,
    *,
    page: int | None = None,
    box: Box | None = None,
    found: str | None = None,
) -> Judgement:
    """An answer about the whole seal, as sure as its form is."""
    confidence = straddle.confidence
    return Judgement(
        sub=sub, outcome=outcome, message=say(zh, en), page=page, box=box, found=found, confidence=confidence
    )


def _first_on(straddle: Straddle, pages: Collection[int]) -> tuple[int | None, Box | None]:
    """Page and box of the first slice on one of those pages."""
    first = next((slice_ for slice_ in straddle.slices if slice_.page in pages), None)
    return (first.page, first.box) if first else (None, None)


def missing(facts: Facts, straddle: Straddle, sure: float) -> Judgement:
    """Sub a; a fail from confidence `sure`, with the pages named and the bare edge of the first."""
    pages = listed(straddle.missing_pages) or "?"
    first = straddle.missing_pages[0] if straddle.missing_pages else None
    certain_ = bool(straddle.missing_pages) and straddle.confidence >= sure
    hint = say("", "") if certain_ else say("，请人工查看", "; please look")
    return plain(
        "a",
        "fail" if certain_ else "unsure",
        f"第 {pages} 页未见骑缝章印迹{hint.zh}",
        f"Page {pages} bears no slice of the straddle seal{hint.en}",
        straddle,
        page=first,
        box=_bare_edge(facts, straddle, first),
        found=pages,
    )


def _bare_edge(facts: Facts, straddle: Straddle, number: int | None) -> Box | None:
    """Where on that page the slice should be: at its edge, level with the slice of the nearest page."""
    page = next((page for page in facts.document.pages if page.number == number), None)
    if page is None or straddle.edge is None or not straddle.slices:
        return None
    x0, top, x1, bottom = min(straddle.slices, key=lambda slice_: abs(slice_.page - page.number)).box
    match straddle.edge:
        case "right":
            return (page.width - max(x1 - x0, _DEPTH), top, page.width, bottom)
        case "left":
            return (0.0, top, max(x1 - x0, _DEPTH), bottom)
        case "top":
            return (x0, 0.0, x1, max(bottom - top, _DEPTH))
        case "bottom":
            return (x0, page.height - max(bottom - top, _DEPTH), x1, page.height)


def untold(straddle: Straddle, pages: Sequence[int], zh: str, en: str) -> Judgement:
    """Slices that fit, and yet could be another seal's."""
    page, box = _first_on(straddle, pages)
    return plain(
        "e",
        "unsure",
        f"各页印迹能合拢，但第 {listed(pages)} 页{zh}，请看合拢图核对",
        f"The slices fit, but that on page {listed(pages)} {en}: look at the picture",
        straddle,
        page=page,
        box=box,
        found=listed(pages),
    )


def parted(straddle: Straddle) -> Judgement:
    """Sub d: a part of the seal is missing between neighbouring pages, which are named."""
    zh = "、".join(f"第 {first} 页与第 {then} 页" for first, then in straddle.apart)
    en = ", ".join(f"{first} and {then}" for first, then in straddle.apart)
    page, box = _first_on(straddle, straddle.apart[0][:1])
    return plain(
        "d",
        "unsure",
        f"{zh}之间印章缺了一段，可能抽走了一张，请看合拢图核对",
        f"Between pages {en} a part of the seal is missing: a sheet may have been taken out, look at the picture",
        straddle,
        page=page,
        box=box,
        found=listed(page for pair in straddle.apart for page in pair),
    )


def odd(straddle: Straddle, sure: float) -> Judgement:
    """Sub e; a fail from confidence `sure`, with the pages named."""
    pages = listed(straddle.odd_pages) or "?"
    page, box = _first_on(straddle, straddle.odd_pages)
    return plain(
        "e",
        "fail" if straddle.confidence >= sure and straddle.odd_pages else "unsure",
        f"第 {pages} 页的印迹与其他各页不是同一枚印章的连续印迹",
        f"The slice on page {pages} does not continue the seal of the other pages",
        straddle,
        page=page,
        box=box,
        found=pages,
    )


def order(facts: Facts, straddle: Straddle, sure: float) -> Judgement:
    """Swapped slices are certain only when the comparison with the form found the pages swapped as well."""
    comparison = facts.observations.comparison
    confirmed = comparison is not None and not comparison.in_order
    certain_ = confirmed or straddle.confidence >= sure
    pages = listed(straddle.order) or "?"
    moved = [page for page, due in zip(straddle.order, sorted(straddle.order), strict=True) if page != due]
    page, box = _first_on(straddle, moved)
    return plain(
        "c",
        "fail" if certain_ else "unsure",
        f"印迹只有按第 {pages} 页的次序才能合拢",
        f"The slices fit only in the page order {pages}",
        straddle,
        page=page,
        box=box,
        found=pages,
    )
