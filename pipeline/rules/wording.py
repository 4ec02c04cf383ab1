"""Bilingual wording shared by the checks."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.model import Bilingual, Outcome
from pipeline.packs import Pack

RESCAN = Bilingual(
    zh="请以彩色、300dpi、四边可见的方式重新扫描即可，不必重新盖章",
    en="Scan again in colour at 300 dpi with all four paper edges visible; no new seal is needed",
)
LOOK_FIRST = Bilingual(
    zh="请先对照印章图像：相符即可确认通过，不必重新盖章；确有不符，再请对方重新盖章",
    en="Look at the picture of the seal first: where it agrees, confirm it; ask for a new seal only where it does not",
)

_UNLIKE = {
    "not_a_person": Bilingual(zh="不像人名", en="it does not look like a person's name"),
    "not_a_title": Bilingual(zh="不像职务", en="it does not look like a position"),
    "not_an_address": Bilingual(zh="不像地址", en="it does not look like an address"),
    "not_an_organisation": Bilingual(zh="不像单位全称", en="it does not look like the full name of an organisation"),
    "not_an_option": Bilingual(zh="不在选项之内", en="it is none of the options"),
}
_OTHER = Bilingual(zh="不是该栏要求的内容", en="it is not what this blank asks for")
_GRAVITY: dict[Outcome, int] = {"n/a": 0, "pass": 1, "error": 2, "unsure": 3, "fail": 4}


def say(zh: str, en: str) -> Bilingual:
    """One sentence in both languages."""
    return Bilingual(zh=zh, en=en)


def unlike(problem: str | None) -> Bilingual:
    """In what a value differs from those its blank asks for, by the problem its type found."""
    return _UNLIKE.get(problem or "", _OTHER)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The gravest of several outcomes; `n/a` when there is none."""
    return max(outcomes, key=_GRAVITY.__getitem__, default="n/a")


def title_of(pack: Pack | None, key: str) -> Bilingual:
    """The printed name of a field; a row's cell is named with its row, e.g. 第 2 行 数量."""
    spec = pack.column(key) if pack else None
    if spec is None:
        return say(key, key)
    printed = spec.labels[0] if spec.labels else key
    title = spec.title or say(printed, key.rpartition(".")[2].replace("_", " "))
    parts = key.split(".")
    return say(f"第 {parts[1]} 行{title.zh}", f"line {parts[1]} {title.en}") if len(parts) == 3 else title


def listed(numbers: Iterable[int]) -> str:
    """Page numbers for people: `3, 5, 7`."""
    return ", ".join(str(number) for number in numbers)
