"""Whether the pages of a document are those of its blank form, each once and in order."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.model import Comparison, Facts, Page
from pipeline.packs import Judgement
from pipeline.rules.quality import weakness
from pipeline.rules.wording import listed, say

_LEGIBLE_PAGE = 60  # characters from which a page that matches nothing is another page, not a bad picture
_SURE_READING = 0.85


def judge_pages(facts: Facts, comparison: Comparison, supplements: tuple[str, ...]) -> Iterator[Judgement]:
    """Sub b: missing, repeated, foreign, disordered pages; sub g: an attached supplement."""
    count = {"expected": str(comparison.reference_pages), "found": str(len(facts.document.pages))}
    pages = {page.number: page for page in facts.document.pages}
    strangers = [pages[number] for number in comparison.foreign if number in pages]
    unclear = [page for page in strangers if not _is_another_page(facts, page)]
    problems = list(_sequence(comparison, bool(unclear), count))
    for page in strangers:
        words = [word for word in supplements if word in page.text.replace(" ", "")]
        if words and page not in unclear:
            problems.append(_supplement(page, words[0]))
        else:
            problems.append(_foreign(page, page in unclear, count))
    yield from problems
    if not any(problem.sub == "b" for problem in problems):
        n = comparison.reference_pages
        yield Judgement(
            sub="b", outcome="pass", message=say(f"共 {n} 页，齐全且顺序正确", f"All {n} pages, in order"), **count
        )
    if not any(problem.sub == "g" for problem in problems):
        message = say("未附补充协议", "No supplementary agreement is attached")
        yield Judgement(sub="g", outcome="unsure" if unclear else "pass", message=message)


def verified_pages(facts: Facts) -> frozenset[int]:
    """Good pages whose text was laid over the blank form's and agrees with it; none unless all are there in order."""
    comparison = facts.observations.comparison
    if comparison is None or comparison.missing or comparison.repeated or comparison.foreign or not comparison.in_order:
        return frozenset()
    laid = {match.page for match in comparison.pages if match.reference_page and match.alignment == "registered"}
    differing = {item.page for item in comparison.differences if item.kind in ("reading", "change")}
    sound = {page.number for page in facts.document.pages if weakness(facts.document, page) is None}
    return frozenset(laid & sound - differing)


def _sequence(comparison: Comparison, unclear: bool, count: dict[str, str]) -> Iterator[Judgement]:
    if comparison.missing:
        pages = listed(comparison.missing)
        yield Judgement(
            sub="b",
            # a page nobody could match may be the missing one, badly scanned
            outcome="unsure" if unclear else "fail",
            message=say(
                f"应为 {count['expected']} 页，收到 {count['found']} 页；缺第 {pages} 页",
                f"{count['expected']} pages expected, {count['found']} received; missing: page {pages}",
            ),
            **count,
        )
    if comparison.repeated:
        pages = listed(comparison.repeated)
        yield Judgement(
            sub="b",
            outcome="fail",
            **count,
            message=say(f"第 {pages} 页重复", f"Page {pages}: present more than once"),
        )
    if not comparison.in_order:
        order = [match.reference_page for match in comparison.pages]
        found = ", ".join("?" if number is None else str(number) for number in order)
        yield Judgement(
            sub="b",
            outcome="fail",
            expected=count["expected"],
            found=found,
            message=say(f"页序有误：实际顺序为 {found}", f"Pages out of order: they come as {found}"),
        )


def _is_another_page(facts: Facts, page: Page) -> bool:
    if weakness(facts.document, page) or len(page.text) < _LEGIBLE_PAGE or not page.lines:
        return False
    return sum(line.confidence for line in page.lines) / len(page.lines) >= _SURE_READING


def _supplement(page: Page, word: str) -> Judgement:
    return Judgement(
        sub="g",
        outcome="fail",
        page=page.number,
        found=word,
        message=say(
            f"第 {page.number} 页为“{word}”，不属于标准文本", f"Page {page.number} is a “{word}”, no part of the form"
        ),
    )


def _foreign(page: Page, unclear: bool, count: dict[str, str]) -> Judgement:
    hint = say("，请人工查看", "; please look") if unclear else say("，不属于标准文本", " and is no part of it")
    return Judgement(
        sub="b",
        outcome="unsure" if unclear else "fail",
        page=page.number,
        **count,
        message=say(
            f"第 {page.number} 页与标准文本各页均不相符{hint.zh}",
            f"Page {page.number} matches no page of the blank form{hint.en}",
        ),
    )
