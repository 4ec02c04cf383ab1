"""The check whether a seal was pressed on the paper, or its picture laid into the file; never more than a suspicion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pipeline.model import Bilingual, Box, Facts
from pipeline.packs import DocumentCheck, Judgement, Pack, World
from pipeline.rules.asked import quality_asked
from pipeline.rules.esign import signed_by
from pipeline.rules.places import mm_apart
from pipeline.rules.wording import say

PASTED = "pasted_picture"  # the reader's remark on a separate object over a scan


@dataclass(frozen=True)
class _Cue:
    """One thing that no seal pressed on paper shows; `told` = another rule holds the paper for it."""

    page: int
    box: Box
    what: Bilingual
    told: bool = False


class NotPasted(DocumentCheck):
    """No seal is a separate object over the scan, the very picture of another one, or ink without any grain.

    Seals drawn in a file that its party signed digitally are not asked about: there the signature counts.
    """

    name: ClassVar[str] = "not_pasted"

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        if signed_by(facts, pack, pack.straddle_party):
            zh, en = "签署方的有效电子签名覆盖整个文件", "The party has signed the whole file digitally"
            yield Judgement(outcome="n/a", message=say(zh, en))
            return
        groups = _grouped([*_objects(facts), *_repeats(facts), *_flat(facts), *_never_on_paper(facts, pack, world)])
        for group in groups:
            reasons = list(dict.fromkeys((cue.what.zh, cue.what.en) for cue in group))
            zh = f"疑似电子贴章：{'；'.join(reason[0] for reason in reasons)}"
            en = f"The seal may have been pasted in as a picture: {'; '.join(reason[1] for reason in reasons)}"
            yield Judgement(
                outcome="unsure",
                severity="warn" if all(cue.told for cue in group) else None,
                message=say(zh, en),
                page=group[0].page,
                box=group[0].box,
            )
        if not groups:
            sealed = bool(facts.observations.seals)
            message = say("印章无贴图迹象", "Nothing speaks for a pasted picture")
            nothing = say("没有印章", "There is no seal")
            yield Judgement(outcome="pass" if sealed else "n/a", message=message if sealed else nothing)


def _objects(facts: Facts) -> Iterator[_Cue]:
    """Remarks of the reader; a seal under one gives the better place."""
    for remark in facts.document.remarks:
        if remark.code == PASTED and remark.page is not None and remark.box is not None:
            yield _Cue(remark.page, remark.box, remark.message)


def _repeats(facts: Facts) -> Iterator[_Cue]:
    for pair in facts.observations.repeated:
        (page, other), box = pair.pages, pair.boxes[0]
        where = say(f"第 {other} 页", f"on page {other}") if other != page else say("同页", "on the same page")
        zh, en = f"与{where.zh}另一枚印章的图像逐点一致", f"its picture is that of another seal {where.en}, dot by dot"
        yield _Cue(page, box, say(zh, en))


def _flat(facts: Facts) -> Iterator[_Cue]:
    for seal in facts.observations.seals:
        if seal.flat:
            zh, en = (
                "印泥颜色完全均匀，而纸面文字有扫描颗粒",
                "its ink is perfectly even, while the print has the scan's grain",
            )
            yield _Cue(seal.page, seal.box, say(zh, en))


def _never_on_paper(facts: Facts, pack: Pack, world: World) -> Iterator[_Cue]:
    """Seals on pages made on a computer."""
    made = {page.number for page in facts.document.pages if page.text_source == "text"}
    told = quality_asked(pack, world)
    for seal in facts.observations.seals:
        if seal.page in made and not facts.document.is_electronic:
            zh, en = "所在页面由电脑生成，不是扫描件", "its page was made on a computer, not scanned"
            yield _Cue(seal.page, seal.box, say(zh, en), told)


def _grouped(cues: list[_Cue]) -> list[list[_Cue]]:
    """Cues about one place together."""
    groups: list[list[_Cue]] = []
    for cue in cues:
        own = next((g for g in groups if g[0].page == cue.page and mm_apart(g[0].box, cue.box) == 0), None)
        if own is None:
            groups.append([cue])
        else:
            own.append(cue)
    return groups
