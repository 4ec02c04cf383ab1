"""What the rule on straddle seals says of missing, foreign, disordered and untelling slices."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import Box, Facts, Outcome, Straddle
from pipeline.packs import Judgement
from pipeline.rules.wording import listed, say


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


def missing(straddle: Straddle, sure: float) -> Judgement:
    """Sub a; a fail from confidence `sure`, with the pages named."""
    pages = listed(straddle.missing_pages) or "?"
    certain_ = bool(straddle.missing_pages) and straddle.confidence >= sure
    hint = say("", "") if certain_ else say("，请人工查看", "; please look")
    return plain(
        "a",
        "fail" if certain_ else "unsure",
        f"第 {pages} 页未见骑缝章印迹{hint.zh}",
        f"Page {pages} bears no slice of the straddle seal{hint.en}",
        straddle,
        page=straddle.missing_pages[0] if straddle.missing_pages else None,
        found=pages,
    )


def untold(straddle: Straddle, pages: Sequence[int], zh: str, en: str) -> Judgement:
    """Slices that fit, and yet could be another seal's."""
    first = next((slice_ for slice_ in straddle.slices if slice_.page in pages), None)
    return plain(
        "e",
        "unsure",
        f"各页印迹能合拢，但第 {listed(pages)} 页{zh}，请看合拢图核对",
        f"The slices fit, but that on page {listed(pages)} {en}: look at the picture",
        straddle,
        page=first.page if first else None,
        box=first.box if first else None,
        found=listed(pages),
    )


def parted(straddle: Straddle) -> Judgement:
    """Sub d: a part of the seal is missing between neighbouring pages, which are named."""
    zh = "、".join(f"第 {first} 页与第 {then} 页" for first, then in straddle.apart)
    en = ", ".join(f"{first} and {then}" for first, then in straddle.apart)
    first = next((slice_ for slice_ in straddle.slices if slice_.page == straddle.apart[0][0]), None)
    return plain(
        "d",
        "unsure",
        f"{zh}之间印章缺了一段，可能抽走了一张，请看合拢图核对",
        f"Between pages {en} a part of the seal is missing: a sheet may have been taken out, look at the picture",
        straddle,
        page=first.page if first else None,
        box=first.box if first else None,
        found=listed(page for pair in straddle.apart for page in pair),
    )


def odd(straddle: Straddle, sure: float) -> Judgement:
    """Sub e; a fail from confidence `sure`, with the pages named."""
    pages = listed(straddle.odd_pages) or "?"
    first = next((slice_ for slice_ in straddle.slices if slice_.page in straddle.odd_pages), None)
    return plain(
        "e",
        "fail" if straddle.confidence >= sure and straddle.odd_pages else "unsure",
        f"第 {pages} 页的印迹与其他各页不是同一枚印章的连续印迹",
        f"The slice on page {pages} does not continue the seal of the other pages",
        straddle,
        page=first.page if first else None,
        box=first.box if first else None,
        found=pages,
    )


def order(facts: Facts, straddle: Straddle, sure: float) -> Judgement:
    """Swapped slices are certain only when the comparison with the form found the pages swapped as well."""
    comparison = facts.observations.comparison
    confirmed = comparison is not None and not comparison.in_order
    certain_ = confirmed or straddle.confidence >= sure
    pages = listed(straddle.order) or "?"
    return plain(
        "c",
        "fail" if certain_ else "unsure",
        f"印迹只有按第 {pages} 页的次序才能合拢",
        f"The slices fit only in the page order {pages}",
        straddle,
        found=pages,
    )
