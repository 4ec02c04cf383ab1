"""The check whether a seal agrees with earlier impressions of the same company."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pipeline.model import Facts, Seal
from pipeline.packs import DocumentCheck, Judgement, Pack, World
from pipeline.rules.wording import say


class AsKept(DocumentCheck):
    """Seals agree with those kept of earlier accepted cases; another die is for a person, and never refused.

    A company may have a new seal, and a contract stands though its seal is not the registered one.
    """

    name: ClassVar[str] = "seal_as_kept"

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        answers = world.seals.get(facts.document.submission.sha256, {})
        for number, seal in enumerate(facts.observations.seals, start=1):
            if number in answers:
                yield _answer(seal, answers[number])
        if not answers:
            message = say("没有同一公司的往次印迹可比", "No earlier impression of the same company to compare with")
            yield Judgement(outcome="n/a", message=message)


def _answer(seal: Seal, outcome: str) -> Judgement:
    place = {"page": seal.page, "box": seal.box, "found": seal.text}
    match outcome:
        case "agrees":
            message = say("印迹与往次留存的相符", "The impression agrees with one kept earlier")
            return Judgement.model_validate({**place, "outcome": "pass", "message": message})
        case "differs":
            message = say(
                "印迹与往次留存的不同，可能是另一枚印章，请人工核对",
                "The impression differs from those kept earlier; it may be another seal, please compare",
            )
            return Judgement.model_validate({**place, "outcome": "unsure", "message": message})
    message = say("印迹不够清楚，无法与往次比较", "Not clear enough to compare with earlier impressions")
    return Judgement.model_validate({**place, "outcome": "unsure", "severity": "info", "message": message})
