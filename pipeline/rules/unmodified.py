"""The format contract must come back as it was issued: every difference from the blank form needs an explanation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field, field_validator

from pipeline.model import Bilingual, Comparison, Difference, DifferenceKind, Facts, Outcome
from pipeline.packs import DocumentCheck, Judgement, Pack, World
from pipeline.rules.machine_marks import is_fax_header, is_watermark
from pipeline.rules.pages import judge_pages
from pipeline.rules.quality import GREY, MIN_DPI, weak_pages
from pipeline.rules.wording import RESCAN, listed, say

INK = "ink"  # signal of a difference seen as a stroke
_CONTEXT = re.compile(r"…[^…]+…")
HUED = "coloured ink that belongs to no seal"  # note of red, yellow or magenta strokes
PALE = "pale writing"  # note of words that only the image shows
CRITICAL = "critical"  # note of a difference in a number, date, negation, party or forum


class Unmodified(DocumentCheck):
    """Allow-list of differences; `signals` independent sightings make a change certain.

    Answers per sub-rule: a form known, b and g pages, d words, e ink, f critical words in doubt, h layout.
    `critical` are regular expressions for words of consequence.
    """

    name: ClassVar[str] = "unmodified"
    allow: tuple[DifferenceKind, ...] = ("fill_in", "mark")
    signals: int = Field(default=2, ge=2)
    min_dpi: float = Field(default=MIN_DPI, gt=0)
    critical: tuple[str, ...] = ()
    supplements: tuple[str, ...] = ()
    rescan: Bilingual = RESCAN

    @field_validator("critical")
    @classmethod
    def _patterns(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error
        return patterns

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        comparison = facts.observations.comparison
        known = _known(facts, pack)
        yield known
        if comparison is None or known.outcome != "pass":
            return
        yield from judge_pages(facts, comparison, self.supplements)
        proved = {match.page for match in comparison.pages if match.proved}
        weak = weak_pages(facts.document, self.min_dpi, proved)
        open_ = [
            difference
            for difference in comparison.differences
            if difference.kind not in self.allow and not is_fax_header(difference, facts.document)
        ]
        marked = [difference for difference in open_ if is_watermark(difference, facts.document)]
        yield from self._watermarks(marked)
        open_ = [difference for difference in open_ if difference not in marked]
        yield from self._words(comparison, [d for d in open_ if not _is_ink(d)], weak, len(marked))
        yield from self._ink([d for d in open_ if _is_ink(d)], weak)
        yield from _layout(comparison)

    def _watermarks(self, marked: list[Difference]) -> Iterator[Judgement]:
        if marked:
            first, pages = marked[0], listed(sorted({difference.page or 0 for difference in marked}))
            yield Judgement(
                sub="d",
                outcome="unsure",
                message=say(
                    f"第 {pages} 页有扫描软件的水印“{first.found}”",
                    f"Page {pages} bears a scanner program's mark, “{first.found}”",
                ),
                fix=self.rescan,
                page=first.page,
                box=first.box,
                found=first.found,
                confidence=first.confidence,
            )

    def _words(
        self, comparison: Comparison, found: list[Difference], weak: dict[int, Bilingual], doubtful: int
    ) -> Iterator[Judgement]:
        changed, doubtful_critical = 0, 0
        for difference in found:
            outcome = self._outcome(difference, weak)
            critical = self._is_critical(difference)
            in_doubt = outcome == "unsure" and critical
            changed += outcome == "fail"
            doubtful_critical += in_doubt
            doubtful += outcome == "unsure" and not critical
            yield self._judgement("f" if in_doubt else "d", outcome, difference, critical, weak)
        unread = [match.page for match in comparison.pages if match.reference_page and match.alignment == "none"]
        if not changed and not doubtful:
            yield self._clean(
                "d", unread, weak, say("固定文字与标准文本一致", "The fixed text agrees with the blank form")
            )
        if not doubtful_critical and not changed:
            message = say(
                "金额、数字、否定词、当事人等关键文字无疑点", "No doubt about numbers, negations or party names"
            )
            yield self._clean("f", unread, weak, message)

    def _ink(self, found: list[Difference], weak: dict[int, Bilingual]) -> Iterator[Judgement]:
        for difference in found:
            yield self._judgement("e", self._outcome(difference, weak), difference, False, weak)
        if not found:
            message = say("填写区以外无手写、划改或其他笔迹", "No ink outside the blanks, seals and signatures")
            yield self._clean("e", [], weak, message)

    def _outcome(self, difference: Difference, weak: dict[int, Bilingual]) -> Outcome:
        seen_twice = len(set(difference.signals)) >= self.signals
        reason = weak.get(difference.page or 0)
        legible = reason is None or (reason == GREY and difference.clear)
        return "fail" if difference.kind == "change" and seen_twice and legible else "unsure"

    def _is_critical(self, difference: Difference) -> bool:
        words = f"{difference.expected}\n{difference.found}"
        return CRITICAL in difference.note.split("; ") or any(re.search(pattern, words) for pattern in self.critical)

    def _judgement(
        self, sub: str, outcome: Outcome, difference: Difference, critical: bool, weak: dict[int, Bilingual]
    ) -> Judgement:
        doubt = outcome != "fail"
        reason = weak.get(difference.page or 0)
        where = _where(difference)
        what = _what(difference)
        mark = say("（关键文字）", " (critical words)") if critical else say("", "")
        hint = (
            say(
                "，请人工查看" + (f"（{reason.zh}）" if reason else ""),
                "; please look" + (f" ({reason.en})" if reason else ""),
            )
            if doubt
            else say("", "")
        )
        return Judgement(
            sub=sub,
            outcome=outcome,
            message=say(f"{where.zh}{what.zh}{mark.zh}{hint.zh}", f"{where.en}: {what.en}{mark.en}{hint.en}"),
            fix=self.rescan if doubt and reason else None,
            page=difference.page,
            box=difference.box,
            expected=difference.expected or None,
            found=difference.found or None,
            confidence=difference.confidence,
        )

    def _clean(self, sub: str, unread: list[int], weak: dict[int, Bilingual], message: Bilingual) -> Judgement:
        if unread:
            pages = listed(unread)
            return Judgement(
                sub=sub,
                outcome="unsure",
                page=unread[0],
                message=say(f"第 {pages} 页未能逐字比对", f"Page {pages} could not be compared word by word"),
            )
        if weak:
            pages, reason = listed(weak), next(iter(weak.values()))
            return Judgement(
                sub=sub,
                outcome="unsure",
                page=next(iter(weak)),
                fix=self.rescan,
                message=say(
                    f"第 {pages} 页为{reason.zh}，不能下结论", f"Page {pages}: {reason.en}, no conclusion possible"
                ),
            )
        return Judgement(sub=sub, outcome="pass", message=message)


def _known(facts: Facts, pack: Pack) -> Judgement:
    comparison, edition = facts.observations.comparison, pack.edition
    if pack.reference is None:
        message = say("尚未登记空白标准文本，无法比对", "No blank form is registered, so nothing can be compared")
        return Judgement(sub="a", outcome="unsure", message=message)
    if comparison is None:
        return Judgement(
            sub="a", outcome="unsure", message=say("未能与标准文本比对", "It was not compared with the blank form")
        )
    read = facts.classification.edition
    if read and edition and read != edition:
        return Judgement(
            sub="a",
            outcome="unsure",
            expected=edition,
            found=read,
            message=say(f"文本版本为 {read}，登记的是 {edition}", f"It is edition {read}; {edition} is registered"),
        )
    if not any(match.reference_page for match in comparison.pages):
        message = say("没有一页与登记的标准文本相符", "No page agrees with the registered form")
        return Judgement(sub="a", outcome="unsure", expected=edition, message=message)
    known = say(
        f"与登记的 {edition or '标准'} 文本比对", f"Compared with the registered edition {edition or ''}".rstrip()
    )
    return Judgement(sub="a", outcome="pass", expected=edition, message=known)


def _layout(comparison: Comparison) -> Iterator[Judgement]:
    pages = [match.page for match in comparison.pages if match.alignment == "reflowed"]
    if not pages:
        yield Judgement(
            sub="h", outcome="pass", message=say("版式与标准文本一致", "The layout is that of the blank form")
        )
        return
    numbers = listed(pages)
    yield Judgement(
        sub="h",
        outcome="unsure",
        severity="hold",
        page=pages[0],
        message=say(
            f"第 {numbers} 页版式与标准文本不同，可能是重新录入的文本",
            f"Page {numbers}: laid out differently, possibly a re-typed copy",
        ),
    )


def _is_ink(difference: Difference) -> bool:
    """Seen as ink over or beside the print, not as other words."""
    return INK in difference.signals or not (difference.expected or difference.found)


def _where(difference: Difference) -> Bilingual:
    page = difference.page or difference.reference_page
    if page is None:
        return say("某处", "Somewhere")
    clause = say(
        f"第 {difference.clause} 条" if difference.clause[:1].isdigit() else difference.clause, difference.clause
    )
    return say(f"第 {page} 页{clause.zh}", f"Page {page}" + (f", clause {clause.en}" if difference.clause else ""))


def _what(difference: Difference) -> Bilingual:
    expected, found = difference.expected, difference.found
    if difference.note == HUED:
        return say("填写区以外有彩色笔迹，不属于任何印章", "coloured ink outside the blanks that belongs to no seal")
    if difference.note == PALE:
        return say(f"有浅淡的文字“{found}”", f"pale writing “{found}”")
    if _is_ink(difference):
        struck = say(f"“{expected}”上有笔迹或划改", f"ink over “{expected}”")
        return struck if expected else say("填写区以外有笔迹", "ink outside the blanks")
    if not expected:
        return say(f"增加了“{found}”", f"“{found}” was added")
    if not found:
        return say(f"缺少“{expected}”", f"“{expected}” is missing")
    if expected == found:
        return say(f"“{expected}”的字形与标准文本不同", f"“{expected}” does not look as printed")
    context = _CONTEXT.search(difference.note)  # a changed character says little without the words around it
    around = say(f"（{context[0]}）", f" ({context[0]})") if context else say("", "")
    return say(f"“{expected}”变为“{found}”{around.zh}", f"“{expected}” became “{found}”{around.en}")
