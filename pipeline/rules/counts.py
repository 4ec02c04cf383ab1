"""Whether counts that people give agree with each other."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from pydantic import Field

from pipeline.model import Facts
from pipeline.packs import DocumentCheck, Judgement, Pack, World
from pipeline.rules.reading import read_field
from pipeline.rules.wording import say


class CountsAgree(DocumentCheck):
    """The `parts` add up to the `whole`, and the first of them is `share` percent of it, within `tolerance` percent.

    What was not given is not compared.
    """

    name: ClassVar[str] = "counts_agree"
    parts: tuple[str, ...] = Field(min_length=1)
    whole: str
    share: str
    tolerance: Decimal = Field(default=Decimal(1), ge=0)

    def field_names(self) -> tuple[str, ...]:
        return (*self.parts, self.whole, self.share)

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        readings = [read_field(facts, pack, name) for name in self.parts]
        whole, share = read_field(facts, pack, self.whole), read_field(facts, pack, self.share)
        numbers = [reading.number for reading in readings]
        known = [number for number in numbers if number is not None]
        wrong = []
        if whole.number is not None and len(known) == len(numbers) and sum(known) != whole.number:
            wrong.append(f"{' + '.join(map(str, known))} ≠ {whole.number}")
        if whole.number and numbers[0] is not None and share.number is not None:
            percent = 100 * numbers[0] / whole.number
            if abs(percent - share.number) > self.tolerance:
                wrong.append(f"{numbers[0]} / {whole.number} = {percent:.1f}% ≠ {share.number}%")
        compared = whole.number is not None and (len(known) == len(numbers) or share.number is not None)
        if wrong:
            found = "; ".join(wrong)
            message = say(f"填写的数字前后矛盾：{found}", f"The figures contradict each other: {found}")
            yield Judgement(outcome="unsure", message=message, found=found, **whole.place())
        elif compared:
            message = say("填写的数字前后一致", "The figures agree with each other")
            yield Judgement(outcome="pass", message=message, **whole.place())
        else:
            yield Judgement(outcome="n/a", message=say("没有可比较的数字", "No figures to compare"))
