"""Checks on the seal at a place of the form; they speak of what is seen, never of who pressed it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pydantic import Field

from pipeline.model import Bilingual, Facts, Outcome, Seal, SealKind
from pipeline.packs import DocumentCheck, Judgement, Pack, World
from pipeline.rules.compare import likeness, lost_bracket_only, same
from pipeline.rules.places import certain, place_page, printed_at, seals_at, why_not_empty
from pipeline.rules.quality import weakness
from pipeline.rules.reading import SURE, read_field
from pipeline.rules.wording import LOOK_FIRST, RESCAN, say, worst

OTHER = 0.60

KIND_NAMES: dict[SealKind, Bilingual] = {
    "company": say("公章", "company seal"),
    "contract": say("合同专用章", "contract seal"),
    "finance": say("财务专用章", "finance seal"),
    "invoice": say("发票专用章", "invoice seal"),
    "personal": say("个人名章", "personal name seal"),
    "department": say("部门章", "department seal"),
    "unknown": say("种类不明的印章", "a seal of unknown kind"),
}


class AtPlace(DocumentCheck):
    """Judges the seals at one place of the form, `within_mm` around it."""

    place: str
    within_mm: float = Field(default=12.0, gt=0)
    rescan: Bilingual = RESCAN

    def field_names(self) -> tuple[str, ...]:
        return (self.place,)

    def _seals(self, facts: Facts) -> tuple[Seal, ...]:
        return seals_at(facts, self.place, self.within_mm)

    def _party(self, facts: Facts, pack: Pack, fixed: str | None = None) -> str | None:
        """The name that belongs here: fixed by the rule, or read from the field the place names."""
        spec = pack.places.get(self.place)
        if fixed or spec is None or spec.party is None:
            return fixed
        reading = read_field(facts, pack, spec.party)
        return reading.text if reading.state == "read" else None

    def _nothing(self, pack: Pack) -> Judgement:
        where = printed_at(pack, self.place)
        return Judgement(outcome="n/a", message=say(f"“{where.zh}”处无印章可查", f"No seal to judge at “{where.en}”"))


class SealPresent(AtPlace):
    """A seal stands at the place; an empty place fails only on a good colour picture."""

    name: ClassVar[str] = "seal_present"

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        where, seals = printed_at(pack, self.place), self._seals(facts)
        if seals:
            seal = max(seals, key=lambda candidate: (certain(candidate), candidate.confidence))
            sure = certain(seal)
            yield Judgement(
                outcome="pass" if sure else "unsure",
                message=say(
                    f"“{where.zh}”处{'有印章' if sure else '似有印章，但不清晰或不完整'}",
                    f"{'A seal' if sure else 'A faint or cut seal'} stands at “{where.en}”",
                ),
                fix=None if sure else self.rescan,
                **seen(seal),
            )
            return
        reason, page = why_not_empty(facts, self.place), place_page(facts, self.place)
        box = facts.observations.places[self.place][1] if self.place in facts.observations.places else None
        yield Judgement(
            outcome="unsure" if reason else "fail",
            message=say(
                f"“{where.zh}”处未见印章" + (f"（{reason.zh}，请人工查看）" if reason else ""),
                f"No seal at “{where.en}”" + (f" ({reason.en}; please look)" if reason else ""),
            ),
            fix=self.rescan if page and weakness(facts.document, page) else None,
            page=page.number if page else None,
            box=box,
        )


class SealOwner(AtPlace):
    """The ring text names the party of the place (or `party`, a fixed name)."""

    name: ClassVar[str] = "seal_owner"
    party: str | None = None

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        seals = self._seals(facts)
        party = self._party(facts, pack, self.party)
        if not seals:
            yield self._nothing(pack)
        elif party is None:
            yield Judgement(
                outcome="unsure",
                message=say(
                    "签署方名称未读出，无法与印章核对", "The party's name was not read; compare the seal by eye"
                ),
                fix=LOOK_FIRST,
                **seen(seals[0]),
            )
        else:
            yield max((owner_of(seal, party) for seal in seals), key=_kindest)


def owner_of(seal: Seal, party: str) -> Judgement:
    """Whether a ring text names `party`; bands: equal, clearly another, anything between is for a person."""
    outcome = owner_outcome(seal.text, seal.text_confidence, party)
    text = seal.text or "（未读出）"
    message = {
        "pass": say(f"印文为“{text}”", f"The seal reads “{seal.text}”"),
        "fail": say(f"印文为“{text}”，与签署方“{party}”不符", f"The seal reads “{seal.text}”, not “{party}”"),
    }.get(outcome, say(f"印文读作“{text}”，请与“{party}”核对", f"The seal reads “{seal.text}”; compare with “{party}”"))
    return Judgement(
        outcome=outcome,
        message=message,
        fix=LOOK_FIRST if outcome == "unsure" else None,
        expected=party,
        found=seal.text,
        page=seal.page,
        box=seal.box,
        confidence=seal.text_confidence,
    )


def owner_outcome(text: str, confidence: float, party: str) -> Outcome:
    """Pass for the same name (at most one bracket lost), fail for a confidently different one, else unsure.

    Names of two companies may differ by one letter more, and a seal that lacks one is read as surely as a whole one.
    """
    if same(text, party) or lost_bracket_only(text, party):
        return "pass"
    return "fail" if text and confidence >= SURE and likeness(text, party) < OTHER else "unsure"


class SealKindAccepted(AtPlace):
    """A seal of an accepted kind; where seals naming the party were found, only those count."""

    name: ClassVar[str] = "seal_kind"
    accepted: tuple[SealKind, ...]
    party: str | None = None

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        seals = self._seals(facts)
        if not seals:
            yield self._nothing(pack)
            return
        party = self._party(facts, pack, self.party)
        own = [s for s in seals if party and owner_outcome(s.text, s.text_confidence, party) == "pass"]
        seals = tuple(own) or seals
        good = [seal for seal in seals if seal.kind in self.accepted]
        seal = good[0] if good else max(seals, key=lambda other: (other.kind == "unknown", other.confidence))
        known = seal.kind != "unknown" and certain(seal) and seal.text_confidence >= SURE
        outcome: Outcome = "pass" if good else "fail" if known else "unsure"
        kind, wanted = KIND_NAMES[seal.kind], [KIND_NAMES[name] for name in self.accepted]
        yield Judgement(
            outcome=outcome,
            message=say(
                f"所盖为{kind.zh}", f"The seal is a {kind.en}" if seal.kind != "unknown" else f"It is {kind.en}"
            ),
            fix=LOOK_FIRST if outcome == "unsure" else None,
            expected=" / ".join(name.zh for name in wanted),
            found=kind.zh,
            **seen(seal),
        )


class SealColour(AtPlace):
    """The seal's ink shows a colour; a grey picture hides it."""

    name: ClassVar[str] = "seal_colour"
    accepted: tuple[str, ...] = ("red", "blue", "purple")

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        seals = self._seals(facts)
        if not seals:
            yield self._nothing(pack)
        for seal in seals[:1]:
            good = seal.colour in self.accepted
            yield Judgement(
                outcome="pass" if good else "unsure",
                message=say(
                    f"印章颜色：{_COLOURS.get(seal.colour, seal.colour)}", f"Colour of the seal: {seal.colour}"
                ),
                fix=None if good else self.rescan,
                found=seal.colour,
                **seen(seal),
            )


class SealedBy(AtPlace):
    """Roll-up of presence, owner and kind at one place, as one line for the reader of the report."""

    name: ClassVar[str] = "sealed_by"
    accepted: tuple[SealKind, ...]
    party: str | None = None

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        at = {"place": self.place, "within_mm": self.within_mm, "rescan": self.rescan}
        checks = (
            SealPresent.model_validate(at),
            SealOwner.model_validate({**at, "party": self.party}),
            SealKindAccepted.model_validate({**at, "accepted": self.accepted, "party": self.party}),
        )
        parts = [part for check in checks for part in check.judge(facts, pack, world)]
        outcome = worst(part.outcome for part in parts)
        gravest = next(part for part in parts if part.outcome == outcome)
        if outcome != "pass":
            yield gravest
            return
        where = printed_at(pack, self.place)
        yield gravest.model_copy(
            update={
                "message": say(f"“{where.zh}”处印章齐备且名称相符", f"Sealed at “{where.en}” with the party's name")
            }
        )


_COLOURS = {"red": "红色", "blue": "蓝色", "purple": "紫色", "grey": "灰色（看不出颜色）", "other": "其他"}


def seen(seal: Seal) -> dict[str, Any]:
    """Page, box and confidence for a judgement about this seal."""
    return {"page": seal.page, "box": seal.box, "confidence": seal.confidence}


def _kindest(judgement: Judgement) -> int:
    return {"pass": 3, "unsure": 2, "fail": 1}.get(judgement.outcome, 0)
