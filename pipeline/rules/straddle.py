"""The straddle seal (骑缝章): every sheet bears a slice, and the slices compose one seal of the party."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from pipeline.model import Bilingual, Edge, Facts, Outcome, Straddle
from pipeline.packs import DocumentCheck, Judgement, Pack, World
from pipeline.rules.esign import signed_by
from pipeline.rules.pages import verified_pages
from pipeline.rules.quality import WHITENED, weak_pages
from pipeline.rules.reading import SURE
from pipeline.rules.straddle_owner import Owner
from pipeline.rules.straddle_said import missing, odd, order, parted, plain, untold
from pipeline.rules.wording import RESCAN, listed, say

_DUPLEX_SHEETS = 3  # with two sheets a page without a slice is as likely a missing one


class StraddleSeal(DocumentCheck):
    """Answers per sub-rule: a every sheet, b edge, c order, d completeness, e continuity, f owner, g groups,
    h duplex, i single sheet. A bad picture leads to doubt only, whatever was seen on it.

    `bare_slices`: a first or last slice too narrow for any lettering, where all others are known for the party's, is
    doubtful, passes on a `verified` page (its text agrees with the blank form, so exchanging it gained nothing), or
    passes anywhere. Nothing tells it from a slice of another seal of the same size. Unless bare ones are doubtful, a
    slice whose lettering is likely but not surely the seal's passes on a verified page as well.
    `esign_waives_straddle`: whether the party's own digital signature over the whole file stands in for the seal; if
    not, a missing one is for a person."""

    name: ClassVar[str] = "straddle"
    edges: tuple[Edge, ...] = ("right", "left", "top", "bottom")
    min_slice_mm: float = Field(default=1.0, gt=0)
    complete: float = Field(default=0.85, gt=0, le=1)
    excess: float = Field(default=1.15, ge=1)
    sure: float = Field(default=0.8, gt=0, le=1)
    very_sure: float = Field(default=SURE, gt=0, le=1)
    same_size_mm: float = Field(default=1.5, gt=0)
    bare_slices: Literal["unsure", "verified", "pass"] = "verified"
    rescan: Bilingual = RESCAN
    esign_waives_straddle: bool = False

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        if not signed_by(facts, pack, pack.straddle_party):
            yield from self._on_paper(facts, pack)
        elif self.esign_waives_straddle:
            zh, en = "签署方的有效电子签名覆盖整个文件，不要求骑缝章", "Signed digitally as a whole: it needs none"
            yield Judgement(outcome="n/a", message=say(zh, en))
        else:
            yield from map(_under_signature, self._on_paper(facts, pack))

    def _on_paper(self, facts: Facts, pack: Pack) -> Iterator[Judgement]:
        straddle = facts.observations.straddle
        if straddle is None:
            yield Judgement(
                outcome="unsure", message=say("未检查骑缝章，请人工查看", "The straddle seal was not looked for")
            )
        elif straddle.form == "single_sheet":
            yield Judgement(
                sub="i", outcome="n/a", message=say("单页文件，无需骑缝章", "One sheet needs no straddle seal")
            )
        else:
            straddle = self._own(facts, pack, straddle)
            weak = weak_pages(facts.document)
            wiped = {page.number: WHITENED for page in facts.document.pages if page.whitened}
            for judgement in self._judge(facts, pack, straddle):
                unseen = judgement.outcome == "fail" and judgement.sub == "a"
                yield self._softened(judgement, weak or (wiped if unseen else {}))

    def _own(self, facts: Facts, pack: Pack, straddle: Straddle) -> Straddle:
        """The party's own seal where several parties sealed across the pages; the first where none is surely its."""
        sound = [one for one in (straddle, *straddle.beside) if one.form in ("one_impression", "two_impressions")]
        own = [one for one in sound if self._owner(facts, pack, one).outcome == "pass"]
        return own[0] if own else straddle

    def _judge(self, facts: Facts, pack: Pack, straddle: Straddle) -> Iterator[Judgement]:
        duplex = _is_duplex(facts, straddle)
        form = "one_impression" if duplex else straddle.form
        match form:
            case "not_visible":
                yield self._doubt("a", "看不出骑缝章，无法判断", "A straddle seal cannot be seen or excluded", straddle)
            case "facing_pages":
                pairs = listed(half.page for half in straddle.slices[::2])
                zh = f"第 {pairs} 页与其对页之间各盖一枚印章（册页式），不是一次错开加盖的骑缝章，请逐对核对"
                en = f"A seal lies over the gutter after page {pairs}, as in a booklet: look at each pair"
                yield plain("b", "unsure", zh, en, straddle)
            case "absent":
                outcome: Outcome = "fail" if straddle.confidence >= self.sure else "unsure"
                yield plain("a", outcome, "各页均未见骑缝章印迹", "No page bears a slice of a straddle seal", straddle)
            case "missing_slices":
                yield missing(facts, straddle, self.sure)
                yield from self._slices(straddle)
            case "cropped":
                yield self._doubt(
                    "a", "页边被裁切，骑缝章不完整", "Page edges are cut, the straddle seal is incomplete", straddle
                )
            case "foreign_slice":
                yield odd(straddle, self.very_sure)
            case "wrong_order":
                yield order(facts, straddle, self.very_sure)
            case "inconsistent" if straddle.apart:
                yield parted(straddle)
            case "inconsistent":
                yield self._doubt("e", "各页印迹不能合拢成一枚印章", "The slices do not compose one seal", straddle)
            case _:
                yield from self._composed(facts, pack, straddle, duplex)

    def _composed(self, facts: Facts, pack: Pack, straddle: Straddle, duplex: bool) -> Iterator[Judgement]:
        if duplex:
            yield plain(
                "h",
                "pass",
                "双面打印，每张正面均有印迹",
                "Printed on both sides: every sheet's front bears a slice",
                straddle,
            )
        elif bare := _bare_pages(facts, straddle):
            zh, en = (
                f"第 {listed(bare)} 页未见印迹，不能确定是否双面打印",
                f"No slice on page {listed(bare)}; perhaps backs",
            )
            yield self._doubt("h", zh, en, straddle)
        else:
            yield plain("a", "pass", "每页均有骑缝章印迹", "Every page bears a slice", straddle)
        yield from self._slices(straddle)
        if straddle.form == "two_impressions":
            yield plain("g", "pass", "分组加盖，各组完整", "Sealed in groups, each of them whole", straddle)
        elif straddle.form == "one_impression" or duplex:
            yield self._completeness(straddle)
        owner = self._owner(facts, pack, straddle)
        yield self._continuity(facts, pack, straddle, owner)
        yield plain("c", "pass", "印迹次序与页序一致", "The slices follow the order of the pages", straddle)
        yield owner

    def _slices(self, straddle: Straddle) -> Iterator[Judgement]:
        thin = [slice_.page for slice_ in straddle.slices if slice_.width_mm < self.min_slice_mm]
        if thin:
            zh = f"第 {listed(thin)} 页印迹宽不足 {self.min_slice_mm:g} 毫米，看不清"
            yield self._doubt("a", zh, f"Slice on page {listed(thin)} is under {self.min_slice_mm:g} mm", straddle)
        if straddle.edge is not None:
            good: Outcome = "pass" if straddle.edge in self.edges else "fail"
            yield plain(
                "b", good, f"骑缝章在{_EDGES[straddle.edge]}", f"The slices are at the {straddle.edge} edge", straddle
            )

    def _completeness(self, straddle: Straddle) -> Judgement:
        share = straddle.coverage
        if share is None:
            return self._doubt("d", "未能量出印章是否完整", "How complete the seal is could not be measured", straddle)
        good = self.complete <= share <= self.excess
        return plain(
            "d",
            "pass" if good else "unsure",
            f"各页印迹合计为印章直径的 {share:.0%}",
            f"The slices add up to {share:.0%} of the seal's diameter",
            straddle,
        )

    def _continuity(self, facts: Facts, pack: Pack, straddle: Straddle, owner: Judgement) -> Judgement:
        """Another seal's slice of the same size may bear the same letters: only a whole impression excludes it.

        Said where the name alone would be believed; a doubt about the owner is doubt enough.
        """
        if straddle.form not in ("one_impression", "two_impressions") or straddle.confidence <= 0.5:
            zh, en = "各页印迹能否合拢成一枚印章尚不能确定", "Whether the slices compose one seal is not certain"
            return plain("e", "unsure", zh, en, straddle)
        compared = straddle.whole_page or Owner.of(facts, pack, self.same_size_mm).confirmed(straddle)
        if owner.outcome == "pass" and not compared:
            zh = "各页印迹能合拢，但没有同一枚印章的完整印迹可逐片比对，请看合拢图核对"
            en = "The slices fit, but no whole impression of this seal is there to compare with: look at the picture"
            return plain("e", "unsure", zh, en, straddle)
        if pages := self._untold(facts, straddle):
            zh, en = "的印迹单看不足以排除另一枚印章", "alone does not exclude another seal"
            return untold(straddle, pages, zh, en)
        if bare := self._bare(facts, straddle):
            zh, en = (
                "的印迹只有边框、没有文字，不能排除另一枚印章",
                "is nothing but border, as any seal of this size has",
            )
            return untold(straddle, bare, zh, en)
        return plain("e", "pass", "各页印迹合拢成一枚印章", "The slices compose one seal", straddle)

    def _untold(self, facts: Facts, straddle: Straddle) -> tuple[int, ...]:
        """Pages whose slice could be another seal's, but for likely ones for whose text something else vouches."""
        vouched = verified_pages(facts) if self.bare_slices != "unsure" else frozenset()
        likely = vouched & set(straddle.likely_pages)
        return tuple(page for page in straddle.untold_pages if page not in likely)

    def _bare(self, facts: Facts, straddle: Straddle) -> tuple[int, ...]:
        """Pages whose slice is border only and for whose text nothing else vouches."""
        if self.bare_slices == "pass":
            return ()
        vouched = verified_pages(facts) if self.bare_slices == "verified" else frozenset()
        return tuple(page for page in straddle.bare_pages if page not in vouched)

    def _owner(self, facts: Facts, pack: Pack, straddle: Straddle) -> Judgement:
        judged = Owner.of(facts, pack, self.same_size_mm).judge(straddle)
        return judged.model_copy(update={"fix": self.rescan}) if judged.outcome == "unsure" else judged

    def _doubt(self, sub: str, zh: str, en: str, straddle: Straddle) -> Judgement:
        return plain(sub, "unsure", zh, en, straddle).model_copy(update={"fix": self.rescan})

    def _softened(self, judgement: Judgement, weak: dict[int, Bilingual]) -> Judgement:
        """What was concluded from weak pictures becomes doubt, with the advice to scan again."""
        if not weak or judgement.outcome not in ("pass", "fail"):
            return judgement
        pages, reason = listed(weak), next(iter(weak.values()))
        message = say(
            f"{judgement.message.zh}（第 {pages} 页为{reason.zh}，不能下结论）",
            f"{judgement.message.en} (page {pages}: {reason.en}, no conclusion possible)",
        )
        return judgement.model_copy(update={"outcome": "unsure", "message": message, "fix": self.rescan})


def _under_signature(judgement: Judgement) -> Judgement:
    """A seal that is missing or not to be seen on a file signed digitally; one that contradicts stays what it is."""
    if judgement.outcome != "unsure" and (judgement.outcome, judgement.sub) != ("fail", "a"):
        return judgement
    zh, en = judgement.message.zh, judgement.message.en
    message = say(
        f"{zh}；但签署方的有效电子签名覆盖整个文件，是否仍需骑缝章请人工决定",
        f"{en}; yet the party has signed the whole file digitally: decide whether a straddle seal is still needed",
    )
    return judgement.model_copy(update={"outcome": "unsure", "severity": "hold", "message": message, "fix": None})


_EDGES: dict[Edge, str] = {"right": "右侧", "left": "左侧", "top": "上边", "bottom": "下边"}


def _bare_pages(facts: Facts, straddle: Straddle) -> list[int]:
    with_ink = {slice_.page for slice_ in straddle.slices}
    return [page.number for page in facts.document.pages if page.number not in with_ink]


def _is_duplex(facts: Facts, straddle: Straddle) -> bool:
    """One side of every sheet bears a slice, the other side of none."""
    numbers = {page.number for page in facts.document.pages}
    with_ink = {slice_.page for slice_ in straddle.slices}
    fronts = {number for number in numbers if number % 2 == 1}
    pattern = with_ink in (fronts, numbers - fronts) and not set(straddle.odd_pages)
    return straddle.form in ("one_impression", "missing_slices") and pattern and len(with_ink) >= _DUPLEX_SHEETS
