"""Whose a straddle seal is: by the name it bears, and by the whole impression that its slices agree with."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from pipeline.model import Facts, Outcome, Seal, Straddle
from pipeline.packs import Judgement, Pack
from pipeline.rules.compare import same
from pipeline.rules.places import certain
from pipeline.rules.reading import read_field
from pipeline.rules.seals import owner_outcome
from pipeline.rules.straddle_said import plain
from pipeline.rules.wording import say

_BRACKETS = str.maketrans("", "", "()（）")
_MISREAD = 2  # letters of a joined seal that its picture may make up for


@dataclass(frozen=True)
class Owner:
    """The party whose seal it has to be, None where its name was not read, and the whole seals of the document."""

    party: str | None
    seals: tuple[Seal, ...]
    same_size_mm: float

    @classmethod
    def of(cls, facts: Facts, pack: Pack, same_size_mm: float) -> Owner:
        """As the document names it."""
        reading = read_field(facts, pack, pack.straddle_party) if pack.straddle_party else None
        party = reading.text if reading and reading.state == "read" else None
        return cls(party, facts.observations.seals, same_size_mm)

    def judge(self, straddle: Straddle) -> Judgement:
        """Sub f: whether the joined seal is the party's."""
        party = self.party
        if party is None or not (straddle.text or straddle.whole_page):
            zh, en = "骑缝章名称未能读出，请人工核对", "The straddle seal's name could not be read"
            return plain("f", "unsure", zh, en, straddle)
        continues = self._is_party_s(straddle, party, straddle.whole_page)
        outcome = _read(straddle, party) if straddle.text else "unsure"
        if outcome == "fail" and continues:
            zh = f"骑缝章合拢后读作“{straddle.text}”，印文却与“{party}”的印章相符，请人工核对"
            en = f"The joined seal reads “{straddle.text}”, but its picture is that of the seal of “{party}”"
            return plain("f", "unsure", zh, en, straddle)
        if outcome != "unsure":
            relation = say("相符", "is the party's") if outcome == "pass" else say("不符", f"is not “{party}”")
            zh = f"骑缝章合拢后读作“{straddle.text}”，与“{party}”{relation.zh}"
            return plain("f", outcome, zh, f"The joined seal reads “{straddle.text}”, which {relation.en}", straddle)
        if continues:
            zh = f"各页印迹与第 {straddle.whole_page} 页“{party}”的印章逐片相符"
            en = f"Every slice continues the picture of the seal of “{party}” on page {straddle.whole_page}"
            return plain("f", "pass", zh, en, straddle)
        if self.confirmed(straddle):
            zh = f"骑缝章每个字或读作“{party}”，或与第 {straddle.like_page} 页的印章图样相符"
            en = f"Every letter is that of “{party}”, by reading or by its seal on page {straddle.like_page}"
            return plain("f", "pass", zh, en, straddle)
        zh = f"骑缝章合拢后读作“{straddle.text}”，不能确定其归属，请人工核对"
        en = f"The joined straddle seal reads “{straddle.text}”; whose it is is not certain"
        return plain("f", "unsure", zh, en, straddle)

    def confirmed(self, straddle: Straddle) -> bool:
        """Whether each letter is the party's by its reading, or by its picture where it was misread."""
        if not self.party or not straddle.text or not self._is_party_s(straddle, self.party, straddle.like_page):
            return False
        misread = _misread(straddle.text, self.party)
        return misread is not None and len(misread) <= _MISREAD and not misread & set(straddle.unlike)

    def _is_party_s(self, straddle: Straddle, party: str, page: int | None) -> bool:
        """Whether the whole impression on `page` that the slices were compared with is the party's."""
        size = straddle.diameter_mm
        return size is not None and any(
            seal.page == page
            and certain(seal)
            and abs(seal.diameter_mm - size) <= self.same_size_mm
            and owner_outcome(seal.text, seal.text_confidence, party) == "pass"
            for seal in self.seals
        )


def _read(straddle: Straddle, party: str) -> Outcome:
    """Stricter than for a whole seal: a letter that was lost may stand on a slice of another seal; a bracket not."""
    outcome = owner_outcome(straddle.text, straddle.text_confidence, party)
    exact = same(straddle.text.translate(_BRACKETS), party.translate(_BRACKETS))
    return "unsure" if outcome == "pass" and not exact else outcome


def _misread(text: str, party: str) -> set[int] | None:
    """Places in `text` of letters that are not the party's; None if more than brackets is missing or too much."""
    places: set[int] = set()
    for kind, at, end, party_at, party_end in SequenceMatcher(None, text, party, autojunk=False).get_opcodes():
        if kind == "replace" and end - at == party_end - party_at:
            places |= set(range(at, end))
        elif kind != "equal" and (text[at:end] + party[party_at:party_end]).translate(_BRACKETS):
            return None
    return places - {at for at, letter in enumerate(text) if not letter.translate(_BRACKETS)}
