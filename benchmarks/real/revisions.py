"""Which revisions of a real contract are laid side by side, and the pack that takes the earlier for its blank form."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks.plan import Plan
from benchmarks.real.files import Item
from benchmarks.real.print import Edit, cut, edits, print_all, spoken, window, words

SIZES = ("punctuation only", "1 edit", "2-9 edits", "10 or more edits")
CASE = """type = "revisions"
title = { zh = "格式合同", en = "format contract" }
"""
PACK = """type = "standard_terms"
code = "D90"
title = { zh = "标准条款", en = "standard terms" }
edition = "kept"
reference = "reference.pdf"

[identify]
all = ["Cloud Service Agreement - Standard Terms"]
media = ["pdf"]

[[rules]]
id = "AGR-01"
check = "unmodified"
severity = "block"
allow = ["fill_in", "mark"]
critical = ["\\\\d", "[%％‰]", "[不无免除非未]", "法院|仲裁", "有限公司", "[年月日元]"]
supplements = ["补充协议", "附加协议", "补充条款", "变更协议"]
statement = { zh = "本协议为格式合同，不得修改", en = "This is a format contract: it must not be modified" }
"""


@dataclass(frozen=True)
class Pair:
    """Two neighbours on paper, cut to the pages around their edits (pages of the edits count within the cut)."""

    name: str
    before: Path
    after: Path
    pages: tuple[int, ...]
    edits: tuple[Edit, ...]


def choose(plan: Plan, revisions: Sequence[Item]) -> tuple[list[Pair], int]:
    """Neighbours with few edits first; quick: one with a single changed word and one with a changed mark.

    Also how many neighbours say the same words, so that there is nothing to find.
    """
    texts = [spoken(item.path.read_text(encoding="utf-8")) for item in revisions]
    found = [edits(one, other) for one, other in pairwise(texts)]
    wanted = sorted((len(found[index]), index) for index in range(len(found)) if found[index])
    if plan.quick:
        rng = plan.rng("real", 0)
        kinds = [[pair for pair in wanted if size_of(found[pair[1]]) == size] for size in SIZES[:2]]
        wanted = [kind[int(rng.integers(len(kind)))] for kind in kinds if kind]
    places = [index for _, index in wanted]
    used = sorted({index + step for index in places for step in (0, 1)})
    pdfs = print_all([revisions[index].path for index in used], plan.out / "cache" / "revisions")
    pairs = []
    for index in places:
        before, after = (revisions[index + step] for step in (0, 1))
        old, new = pdfs[before.name], pdfs[after.name]
        pages, here = window(words(old), words(new), 1 if plan.quick else 3)
        if here:
            pairs.append(Pair(f"{before.path.stem} to {after.path.stem}", old, new, pages, tuple(here)))
    return pairs, sum(not edit for edit in found)


def size_of(found: Sequence[Edit]) -> str:
    """The row: how much differs."""
    if all(edit.punctuation for edit in found):
        return SIZES[0]
    return SIZES[1] if len(found) == 1 else SIZES[2] if len(found) < 10 else SIZES[3]


def pack_of(pair: Pair, scratch: Path) -> Path:
    """A templates folder whose only pack has the earlier revision as its blank form."""
    mark = hashlib.sha256(f"{pair.before.name}{pair.pages}".encode()).hexdigest()[:12]
    folder = scratch / "revisions" / mark
    pack = folder / "revisions" / "standard_terms"
    if not pack.is_dir():
        pack.mkdir(parents=True)
        (folder / "revisions" / "case.toml").write_text(CASE, encoding="utf-8")
        (pack / "pack.toml").write_text(PACK, encoding="utf-8")
        cut(pair.before, pair.pages, pack / "reference.pdf")
    return folder
