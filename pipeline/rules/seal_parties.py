"""Checks on whose seals they are: none of another party at a place, one owner of signing and straddle seal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from pipeline.model import Bilingual, Facts, Outcome, Seal, Straddle
from pipeline.packs import Judgement, Pack, World
from pipeline.rules.asked import owner_asked, straddle_owner_asked
from pipeline.rules.compare import likeness, same
from pipeline.rules.places import certain, printed_at
from pipeline.rules.quality import weak_pages
from pipeline.rules.reading import SURE, read_field
from pipeline.rules.seals import OTHER, AtPlace, owner_outcome, seen
from pipeline.rules.wording import say


class RightParty(AtPlace):
    """The place does not bear the seal of another party of the paper instead of its own party's.

    `others` = fields naming the other parties, `names` = parties that the text itself names. Whether the seal names
    its party is asked elsewhere; where that already refuses the seal, this only remarks whose it is.
    """

    name: ClassVar[str] = "right_party"
    others: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def field_names(self) -> tuple[str, ...]:
        return (self.place, *self.others)

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        seals, party = self._seals(facts), self._party(facts, pack)
        if not seals:
            yield self._nothing(pack)
            return
        own = next((seal for seal in seals if party and _names(seal, party)), None)
        if own is not None:
            zh, en = "盖的是该处当事人的印章", "It is the seal of the party of this place"
            yield Judgement(outcome="pass", message=say(zh, en), **seen(own))
            return
        others = [(title, name, sure) for title, name, sure in self._others(facts, pack) if not same(name, party or "")]
        asked = owner_asked(pack, world, self.place)
        found = [
            judgement
            for seal in seals
            for title, name, sure in others
            if (judgement := self._compared(seal, party, name, title, pack, sure=sure, asked=asked)) is not None
        ]
        yield max(found, key=_weight, default=self._nobodys(seals[0], asked=asked))

    def _others(self, facts: Facts, pack: Pack) -> Iterator[tuple[Bilingual, str, bool]]:
        for key in self.others:
            reading = read_field(facts, pack, key)
            if reading.state == "read":
                yield reading.title, reading.text, reading.sure
        for name in self.names:
            yield say("另一方", "another party"), name, True

    def _compared(
        self, seal: Seal, party: str | None, name: str, title: Bilingual, pack: Pack, *, sure: bool, asked: bool
    ) -> Judgement | None:
        """The other party's seal, or possibly so; None when it is like the own party's, or like nobody's."""
        nearness = likeness(seal.text, name)
        if nearness < OTHER or (party is not None and nearness <= likeness(seal.text, party)):
            return None
        known = party is not None and sure and certain(seal) and seal.text_confidence >= SURE and _names(seal, name)
        where = printed_at(pack, self.place)
        zh = f"“{where.zh}”处{'盖的是' if known else '似盖有'}{title.zh}“{name}”的印章"
        en = f"“{where.en}” bears {'the' if known else 'what may be the'} seal of “{name}” ({title.en})"
        told = party is not None and owner_outcome(seal.text, seal.text_confidence, party) == "fail"
        return Judgement(
            outcome="fail" if known else "unsure",
            severity="warn" if asked and (told or not known) else None,
            message=say(zh, en),
            expected=party,
            found=seal.text,
            **seen(seal),
        )

    def _nobodys(self, seal: Seal, *, asked: bool) -> Judgement:
        zh, en = "印文不是本文件其他当事人的名称", "The seal names no other party of this paper"
        return Judgement(outcome="n/a" if asked else "unsure", message=say(zh, en), found=seal.text, **seen(seal))


class SameOwner(AtPlace):
    """The straddle seal and the seal at the signing place name the same company.

    Where other rules ask whose each of them is, neither what these cannot tell nor what they refuse is said again.
    """

    name: ClassVar[str] = "same_owner"
    same_size_mm: float = Field(default=1.5, gt=0)

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        straddle = facts.observations.straddle
        signing = [seal for seal in self._seals(facts) if certain(seal) and seal.shape != "square"]
        across = (straddle, *straddle.beside) if straddle else ()
        sound = [one for one in across if one.form in ("one_impression", "two_impressions")]
        if not sound or not signing:
            message = say("没有可与签署印章比较的骑缝章", "There are no straddle seal and signing seal to compare")
            yield Judgement(outcome="n/a", message=message)
            return
        pairs = [(one, seal) for one in sound for seal in signing]
        if continued := next((seal for one, seal in pairs if self._continues(one, seal)), None):
            zh, en = "骑缝章与签署印章图样相连", "The slices continue the picture of the signing seal"
            yield Judgement(outcome="pass", message=say(zh, en), **seen(continued))
            return
        nearest, best = max(
            ((one, self._compared(one, seal)) for one, seal in pairs), key=lambda pair: _kindness(pair[1])
        )
        yield self._told(best, facts, pack, world, nearest)

    def _continues(self, straddle: Straddle, seal: Seal) -> bool:
        size = straddle.diameter_mm
        return straddle.whole_page == seal.page and (size is None or abs(seal.diameter_mm - size) <= self.same_size_mm)

    def _compared(self, straddle: Straddle, seal: Seal) -> Judgement:
        outcome: Outcome = "unsure"
        if straddle.text and seal.text:
            confidence = min(straddle.text_confidence, seal.text_confidence)
            outcome = owner_outcome(straddle.text, confidence, seal.text)
        verb = {"pass": say("一致", "agrees with"), "fail": say("不一致", "differs from")}.get(
            outcome, say("未能确认一致", "could not be compared for certain with")
        )
        one, other = straddle.text or "—", seal.text or "—"
        message = say(
            f"骑缝章“{one}”与签署印章“{other}”{verb.zh}",
            f"The straddle seal “{one}” {verb.en} the signing seal “{other}”",
        )
        return Judgement(outcome=outcome, message=message, expected=seal.text, found=straddle.text, **seen(seal))

    def _told(self, judgement: Judgement, facts: Facts, pack: Pack, world: World, straddle: Straddle) -> Judgement:
        if judgement.outcome == "fail" and weak_pages(facts.document):
            judgement = judgement.model_copy(update={"outcome": "unsure"})
        asked = straddle_owner_asked(pack, world) and owner_asked(pack, world, self.place)
        if judgement.outcome == "pass" or not asked:
            return judgement
        if judgement.outcome == "unsure":
            return judgement.model_copy(update={"outcome": "n/a"})
        party = self._party(facts, pack)
        readings = ((straddle.text, straddle.text_confidence), (judgement.expected or "", 1.0))
        told = party is not None and any(owner_outcome(*reading, party) == "fail" for reading in readings)
        return judgement.model_copy(update={"outcome": "n/a"}) if told else judgement


def _names(seal: Seal, name: str) -> bool:
    return owner_outcome(seal.text, seal.text_confidence, name) == "pass"


def _weight(judgement: Judgement) -> int:
    return {"fail": 2, "unsure": 1}.get(judgement.outcome, 0)


def _kindness(judgement: Judgement) -> int:
    return {"pass": 2, "unsure": 1}.get(judgement.outcome, 0)
