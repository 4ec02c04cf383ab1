"""Whether another rule of the pack holds a paper for the same defect: one defect is one item of a notice."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.packs import DocumentCheck, Pack, World
from pipeline.rules.fields import RequiredFields
from pipeline.rules.paper import ScanQuality
from pipeline.rules.seals import SealedBy, SealOwner, SealPresent
from pipeline.rules.straddle import StraddleSeal
from pipeline.rules.terms import FreshDate


def presence_asked(pack: Pack, world: World, place: str) -> bool:
    """Whether there must be a sure seal at the place."""
    return any(isinstance(check, SealPresent | SealedBy) and check.place == place for check in _weighty(pack, world))


def owner_asked(pack: Pack, world: World, place: str) -> bool:
    """Whether the seal at the place must name its party."""
    return any(isinstance(check, SealOwner | SealedBy) and check.place == place for check in _weighty(pack, world))


def straddle_owner_asked(pack: Pack, world: World) -> bool:
    """Whether the straddle seal must name its party."""
    return any(isinstance(check, StraddleSeal) for check in _weighty(pack, world))


def value_asked(pack: Pack, world: World, key: str) -> bool:
    """Whether the field must be filled in."""
    checks = _weighty(pack, world)
    return any(isinstance(check, RequiredFields | FreshDate) and key in check.field_names() for check in checks)


def quality_asked(pack: Pack, world: World) -> bool:
    """Whether pages that never were on paper are held."""
    return any(isinstance(check, ScanQuality) for check in _weighty(pack, world))


def _weighty(pack: Pack, world: World) -> Iterator[DocumentCheck]:
    """Checks whose doubt holds the paper."""
    for rule in pack.rules:
        if rule.spec.severity in ("block", "hold") and rule.spec.applies(world):
            yield rule.check
