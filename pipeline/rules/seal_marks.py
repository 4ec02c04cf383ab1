"""Checks on how a seal was pressed: where it lies, how large it is, whether it can be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from pipeline.model import Bilingual, Facts, Outcome, Page, Seal
from pipeline.packs import Judgement, Pack, World
from pipeline.rules.asked import owner_asked, presence_asked
from pipeline.rules.places import PT_PER_MM, certain, mm_apart, printed_at, seals_at
from pipeline.rules.reading import LEGIBLE, SURE
from pipeline.rules.seals import AtPlace, owner_outcome, seen
from pipeline.rules.wording import say
from pipeline.values.names import normal_name

_PAPERS_MM = (
    *((148, 210), (210, 297), (297, 420), (420, 594)),
    *((176, 250), (250, 353), (182, 257), (216, 279), (216, 356)),
)
_ON_PAPER = 0.03  # share by which a scanned sheet may be off its size
_LEAST_NAME = 4  # characters


class SealPosition(AtPlace):
    """A seal lies over its place or beside it, and straight; one elsewhere is remarked on."""

    name: ClassVar[str] = "seal_position"
    max_turn_deg: float = Field(default=45.0, gt=0, le=180)

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        where, here = printed_at(pack, self.place), self._seals(facts)
        if here:
            yield self._lies(here[0], facts, where)
            return
        seals = self._without_place(facts)
        if not seals:
            yield self._nothing(pack)
        elif self.place not in facts.observations.places:
            zh = f"未能定位“{where.zh}”，印章位置无法核对"
            en = f"“{where.en}” was not located: whether the seal lies there is open"
            yield Judgement(outcome="unsure", message=say(zh, en), **seen(seals[0]))
        else:
            page, box = facts.observations.places[self.place]
            seal = min(seals, key=lambda other: (other.page != page, mm_apart(other.box, box)))
            far = say(f"相距约 {mm_apart(seal.box, box):.0f} 毫米", f"about {mm_apart(seal.box, box):.0f} mm away")
            if seal.page != page:
                far = say(f"不在第 {page} 页", f"not on page {page}")
            zh = f"第 {seal.page} 页的印章不在“{where.zh}”处（{far.zh}）"
            en = f"The seal on page {seal.page} is not at “{where.en}” ({far.en})"
            yield Judgement(outcome="fail", message=say(zh, en), **seen(seal))

    def _lies(self, seal: Seal, facts: Facts, where: Bilingual) -> Judgement:
        if seal.turn is not None and abs(seal.turn) > self.max_turn_deg and seal.text_confidence >= SURE:
            zh, en = f"印章倾斜约 {abs(seal.turn):.0f}°", f"The seal is turned by about {abs(seal.turn):.0f} degrees"
            return Judgement(outcome="fail", message=say(zh, en), found=f"{seal.turn:.0f}°", **seen(seal))
        gap = mm_apart(seal.box, facts.observations.places[self.place][1])
        beside = say("压在", "over") if gap == 0 else say("紧邻", "next to")
        message = say(f"印章{beside.zh}“{where.zh}”处", f"The seal lies {beside.en} “{where.en}”")
        return Judgement(outcome="pass", message=message, **seen(seal))

    def _without_place(self, facts: Facts) -> list[Seal]:
        """Sure seals that lie at none of the form's places."""
        placed = [seal for place in facts.observations.places for seal in seals_at(facts, place, self.within_mm)]
        return [seal for seal in facts.observations.seals if certain(seal) and seal not in placed]


class SealSize(AtPlace):
    """Round and oval seals have the sizes in use (mm); size alone is soft evidence, and none without a scale."""

    name: ClassVar[str] = "seal_size"
    round_mm: tuple[float, float] = (36.0, 46.0)
    contract_mm: float = 60.0
    ovals_mm: tuple[tuple[float, float], ...] = ((45.0, 30.0), (40.0, 30.0))
    slack_mm: float = Field(default=2.0, ge=0)
    possible_mm: tuple[float, float] = (25.0, 65.0)

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        seals = [seal for seal in self._seals(facts) if seal.shape in ("round", "oval")]
        if not seals:
            yield self._nothing(pack)
        for seal in seals:
            yield self._sized(facts, seal)

    def _sized(self, facts: Facts, seal: Seal) -> Judgement:
        size = _size_of(seal)
        usual, possible = self._is_usual(seal), self.possible_mm[0] <= seal.diameter_mm <= self.possible_mm[1]
        outcome: Outcome = "pass" if usual else "unsure" if possible else "fail"
        doubt = _no_scale(facts, seal, usual=usual)
        comment = say("，在常见范围内", ", a usual size") if usual else say("，不是常见尺寸", ", not a usual size")
        if doubt:
            outcome, comment = "unsure", say(f"（{doubt.zh}，尺寸不足为凭）", f" ({doubt.en}: the size proves nothing)")
        message = say(f"印章约 {size} 毫米{comment.zh}", f"The seal measures about {size} mm{comment.en}")
        return Judgement(outcome=outcome, message=message, found=f"{size} mm", **seen(seal))

    def _is_usual(self, seal: Seal) -> bool:
        if seal.shape == "round":
            most = self.contract_mm if seal.kind == "contract" else self.round_mm[1]
            return self.round_mm[0] <= seal.diameter_mm <= most
        short = _short_side(seal)
        return any(
            abs(seal.diameter_mm - one) <= self.slack_mm and (short is None or abs(short - other) <= self.slack_mm)
            for one, other in self.ovals_mm
        )


class SealLegible(AtPlace):
    """Enough of a seal is on the paper, took ink, and can be read; a second clear one beside it will do."""

    name: ClassVar[str] = "seal_legible"
    visible: float = Field(default=0.9, gt=0, le=1)
    inked: float = Field(default=0.9, gt=0, le=1)
    again: Bilingual = say(
        "请在原印章旁再盖一枚清晰的印章；印章本身清晰的，请以彩色、300dpi、不裁边重新扫描",
        "Press a second clear seal beside the first; if the seal itself is clear, scan again in colour at 300 dpi",
    )

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        seals = self._seals(facts)
        if not seals:
            yield self._nothing(pack)
            return
        party = self._party(facts, pack)
        seal = min(seals, key=lambda other: len(self._doubts(other, party)))
        doubts = self._doubts(seal, party)
        if not doubts:
            message = say("印章完整，印文清晰可辨", "The seal is whole and its lettering legible")
            yield Judgement(outcome="pass", message=message, **seen(seal))
            return
        # an incomplete seal is held by the rule that asks for one, an unread name by the rule that compares it
        faint = not certain(seal) and presence_asked(pack, world, self.place)
        unread = doubts == [_UNREAD] and owner_asked(pack, world, self.place)
        reasons = say("，".join(doubt.zh for doubt in doubts), ", ".join(doubt.en for doubt in doubts))
        yield Judgement(
            outcome="unsure",
            severity="warn" if faint or unread else None,
            message=say(f"印章不够清晰：{reasons.zh}", f"The seal is not clear enough: {reasons.en}"),
            fix=self.again,
            **seen(seal),
        )

    def _doubts(self, seal: Seal, party: str | None) -> list[Bilingual]:
        doubts = []
        if seal.visible < self.visible:
            doubts.append(say(f"只有 {seal.visible:.0%} 在纸面内", f"only {seal.visible:.0%} of it is on the page"))
        if seal.inked < self.inked:
            doubts.append(say(f"边框仅 {seal.inked:.0%} 着墨", f"only {seal.inked:.0%} of its border took ink"))
        named = party is not None and owner_outcome(seal.text, seal.text_confidence, party) == "pass"
        legible = seal.text_confidence >= LEGIBLE and len(normal_name(seal.text)) >= _LEAST_NAME
        return doubts if named or legible else [*doubts, _UNREAD]


_UNREAD = say("印文未能读清", "its lettering could not be read well")


def _size_of(seal: Seal) -> str:
    short = _short_side(seal)
    return f"{seal.diameter_mm:.0f}" if short is None else f"{seal.diameter_mm:.0f}×{short:.0f}"


def _short_side(seal: Seal) -> float | None:
    """An oval's shorter axis in mm; None where the page cuts the seal, or for a circle.

    Of an ellipse, however it is turned, the squares of its box's sides add up like those of its axes.
    """
    if seal.shape != "oval" or seal.visible < 1:
        return None
    x0, top, x1, bottom = seal.box
    squared = ((x1 - x0) ** 2 + (bottom - top) ** 2) / PT_PER_MM**2 - seal.diameter_mm**2
    return squared**0.5 if squared > 0 else None


def _no_scale(facts: Facts, seal: Seal, *, usual: bool) -> Bilingual | None:
    """Why lengths on the page mean little; a page of an odd size is doubted only when the seal's size is odd."""
    page = next((page for page in facts.document.pages if page.number == seal.page), None)
    guessed = any(each.code == "dpi_guessed" and each.page in (None, seal.page) for each in facts.document.remarks)
    if page is None or page.dpi is None or guessed:
        return say("图片没有可信的分辨率", "the picture's resolution is not known")
    if not usual and not _is_sheet(page):
        return say("页面不是常见纸张大小", "the page is no usual size of paper")
    return None


def _is_sheet(page: Page) -> bool:
    sides = sorted((page.width / PT_PER_MM, page.height / PT_PER_MM))
    return any(
        all(abs(side / wanted - 1) <= _ON_PAPER for side, wanted in zip(sides, paper, strict=True))
        for paper in _PAPERS_MM
    )
