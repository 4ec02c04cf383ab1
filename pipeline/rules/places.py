"""Which seals belong to a place of the form, and whether an empty place is really empty."""

from __future__ import annotations

import math

from pipeline.model import Bilingual, Box, Facts, Page, Seal
from pipeline.packs import Pack
from pipeline.rules.quality import weakness
from pipeline.rules.wording import say

PT_PER_MM = 72 / 25.4
CERTAIN_SEAL = 0.60


def mm_apart(one: Box, other: Box) -> float:
    """Gap between two boxes in mm, 0 when they touch."""
    dx = max(one[0] - other[2], other[0] - one[2], 0.0)
    dy = max(one[1] - other[3], other[1] - one[3], 0.0)
    return math.hypot(dx, dy) / PT_PER_MM


def seals_at(facts: Facts, place: str, within_mm: float) -> tuple[Seal, ...]:
    """Seals at a place, nearest first; a seal nearer to another place does not count."""
    found = facts.observations.places.get(place)
    if found is None:
        return ()
    page, box = found
    rivals = [other for name, (number, other) in facts.observations.places.items() if name != place and number == page]
    seals = [
        seal
        for seal in facts.observations.seals
        if seal.page == page
        and mm_apart(seal.box, box) <= within_mm
        and all(_offset(seal.box, box) <= _offset(seal.box, rival) for rival in rivals)
    ]
    return tuple(sorted(seals, key=lambda seal: _offset(seal.box, box)))


def _offset(one: Box, other: Box) -> float:
    """Between the centres, pt."""
    return math.hypot((one[0] + one[2] - other[0] - other[2]) / 2, (one[1] + one[3] - other[1] - other[3]) / 2)


def certain(seal: Seal) -> bool:
    """Enough of the impression was seen to call it one."""
    return seal.confidence >= CERTAIN_SEAL and seal.visible >= 0.5


def place_page(facts: Facts, place: str) -> Page | None:
    """The page on which a place lies, the signing page when the place itself was not found."""
    found = facts.observations.places.get(place)
    number = found[0] if found else facts.observations.signature_page
    return next((page for page in facts.document.pages if page.number == number), None)


def why_not_empty(facts: Facts, place: str) -> Bilingual | None:
    """Why a place without a seal may still hold one; None when the paper is clean there."""
    page = place_page(facts, place)
    if page is None or place not in facts.observations.places:
        return say("未能定位盖章处", "the place to seal was not located")
    if weak := weakness(facts.document, page):
        return weak
    if any(seal.page == page.number for seal in facts.observations.seals):
        return say("该页另有印章", "there is a seal elsewhere on the page")
    return None


def printed_at(pack: Pack, place: str) -> Bilingual:
    """The words printed at a place."""
    spec = pack.places.get(place)
    return say(spec.labels[0], place.replace("_", " ")) if spec and spec.labels else say(place, place)
