"""Which pages are made for the seals: every kind of seal, ink, place and disturbance within every scan mode."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from benchmarks.deck import deal
from benchmarks.plan import Plan
from tests.simulator.distractors import DISTRACTORS
from tests.simulator.fictional import company
from tests.simulator.paper import Mode
from tests.simulator.seals import SealSpec

Base = Literal["service agreement", "cooperation agreement", "order form", "nearly empty", "black table"]
Place = Literal["blank", "text", "edge"]
Strength = Literal["full", "worn", "faint"]

LOOKS = (
    "company", "company", "company", "company small", "contract", "contract 58 mm", "finance", "department", "invoice",
    "company oval", "name seal", "name seal cut in reverse",
)  # fmt: skip
_MODES: tuple[Mode, ...] = ("colour",) * 8 + ("grey",) * 2 + ("1-bit",) * 2
_COUNTS = (0, 1, 1, 1, 2, 2, 3, 4)
_BASES: tuple[Base, ...] = (
    "service agreement", "service agreement", "cooperation agreement", "order form", "order form", "nearly empty",
    "nearly empty", "black table",
)  # fmt: skip
_PLACES: tuple[Place, ...] = ("blank", "blank", "blank", "text", "text", "text", "edge")
_STRENGTHS: tuple[Strength, ...] = ("full", "full", "full", "worn", "worn", "faint")
_INKS = ("red", "red", "red", "red", "blue", "purple")
_LETTERS = ((6, 10), (11, 14), (15, 18))
_NEED_ROOM = {"red letterhead", "red table", "red grid lines"}  # nobody prints these over other print


@dataclass(frozen=True)
class SealPlan:
    """A seal to be put on a page; `letters` = fewest and most characters of the company's name."""

    look: str
    strength: Strength
    ink: str
    place: Place
    letters: tuple[int, int]


@dataclass(frozen=True)
class PageJob:
    """A page to be made and looked at; `pair` = the second seal overlaps the first."""

    index: int
    seed: int
    base: Base
    dpi: int
    mode: Mode
    preset: str
    seals: tuple[SealPlan, ...]
    pair: bool
    distractors: tuple[str, ...]
    order_form: Path | None
    pictures: Path


def page_jobs(plan: Plan, count: int, order_form: Path | None) -> list[PageJob]:
    """`count` pages, the modes in fixed shares, every other condition dealt within its mode."""
    modes = deal(_MODES, count, plan.rng("seals/modes", 0))
    jobs: list[PageJob] = []
    for number, mode in enumerate(dict.fromkeys(_MODES)):
        rng = plan.rng("seals/decks", number)
        places = [index for index, dealt in enumerate(modes) if dealt == mode]
        jobs += _of_mode(plan, mode, places, rng, order_form)
    return sorted(jobs, key=lambda job: job.index)


def _of_mode(
    plan: Plan, mode: Mode, places: list[int], rng: np.random.Generator, order_form: Path | None
) -> list[PageJob]:
    size = len(places)
    counts, dpis = deal(_COUNTS, size, rng), deal((150, 200, 200, 300), size, rng)
    presets, bases = deal(("clean", "normal", "normal", "hard"), size, rng), deal(_BASES, size, rng)
    pairs, things = deal((True, False), size, rng), deal((None, None, *DISTRACTORS), size, rng)
    more = deal(DISTRACTORS, size, rng)
    plans = iter(_seal_plans(sum(counts), rng))
    jobs = []
    for nth, index in enumerate(places):
        seals = tuple(next(plans) for _ in range(counts[nth]))
        first = (things[nth],) if things[nth] else ()
        distractors = tuple(dict.fromkeys((*first, *(() if seals else (more[nth],)))))
        base = "nearly empty" if _NEED_ROOM & set(distractors) else bases[nth]
        if base == "order form" and order_form is None:
            base = "black table"
        seed = int(plan.rng("seals", index).integers(1 << 62))
        jobs.append(
            PageJob(
                index, seed, base, dpis[nth], mode, presets[nth], seals, pairs[nth] and len(seals) > 1,
                distractors, order_form, plan.pictures,
            )
        )  # fmt: skip
    return jobs


def _seal_plans(count: int, rng: np.random.Generator) -> list[SealPlan]:
    looks, strengths = deal(LOOKS, count, rng), deal(_STRENGTHS, count, rng)
    inks, places = deal(_INKS, count, rng), deal(_PLACES, count, rng)
    letters = deal(_LETTERS, count, rng)
    return [SealPlan(*drawn) for drawn in zip(looks, strengths, inks, places, letters, strict=True)]


def spec_of(plan: SealPlan, rng: np.random.Generator) -> SealSpec:
    """The die of a seal and how it is pressed."""
    strength, wear, fade = {
        "full": (1.0, rng.uniform(0.2, 0.5), 0.0),
        "worn": (rng.uniform(0.7, 1.0), rng.uniform(0.8, 1.0), rng.uniform(0.3, 0.6)),
        "faint": (rng.uniform(0.25, 0.45), rng.uniform(0.2, 0.6), 0.0),
    }[plan.strength]
    turn = float(rng.normal(0, 6 if plan.look.startswith("name seal") else 12))
    return replace(
        _die(plan, rng),
        colour=plan.ink,
        rotation_deg=turn,
        strength=float(strength),
        wear=float(wear),
        fade=float(fade),
    )


def _die(plan: SealPlan, rng: np.random.Generator) -> SealSpec:
    party = company(rng, *plan.letters)
    if plan.look.startswith("name seal"):
        side, ending = float(rng.uniform(16, 25)), "之印"[-int(rng.integers(1, 3)) :]
        return SealSpec(party.person + ending, "personal", side, intaglio=plan.look.endswith("reverse"))
    name, code = party.name, party.seal_code if rng.random() < 0.5 else None
    double = bool(rng.random() < 0.2)
    match plan.look:
        case "contract":
            number = str(rng.choice(["", "", "（1）", "（2）"]))
            size = float(rng.uniform(38, 42))
            return SealSpec(name, "contract", size, inner=f"合同专用章{number}", code=code, double_border=double)
        case "contract 58 mm":
            lines = ("开户行：虚构银行", f"帐号：{party.seal_code}", "电话：00000001")
            return SealSpec(name, "contract", 58.0, lines=lines, star=False, border_mm=1.5)
        case "finance":
            return SealSpec(name, "finance", float(rng.uniform(38, 40)), code=code, double_border=double)
        case "department":
            inner = str(rng.choice(["销售部", "采购部", "人力资源部", "技术科"]))
            return SealSpec(name, "department", 38.0, inner=inner)
        case "invoice":
            return SealSpec(name, "invoice", 40.0, tax_number=party.uscc)
        case "company oval":
            return SealSpec(name, "company", 45.0, oval_height_mm=30.0)
        case "company small":
            return SealSpec(name, "company", float(rng.uniform(28, 36)))
        case _:
            return SealSpec(name, "company", float(rng.uniform(38, 45)), code=code, double_border=double)
