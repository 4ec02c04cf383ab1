"""Papers that are none of this desk's business."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pipeline.model import Facts
from pipeline.packs import DocumentCheck, Judgement, Pack, World
from pipeline.rules.wording import say


class SetAside(DocumentCheck):
    """Kept, but nothing in it is read or judged."""

    name: ClassVar[str] = "set_aside"

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        title = pack.title
        yield Judgement(
            outcome="pass",
            message=say(
                f"《{title.zh}》不属于本案材料，已搁置，未读取任何内容",
                f"The {title.en} is no part of this dossier; set aside, nothing in it was read",
            ),
        )
