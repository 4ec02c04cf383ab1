"""Inputs of a decision table: what the documents of a case say about one question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation

from pipeline.model import Bilingual
from pipeline.packs import Dossier, Part
from pipeline.rules.dossier import best_reading, pack_of
from pipeline.rules.reading import Reading
from pipeline.rules.wording import say

YES, NO = "yes", "no"
UNKNOWN = "unknown"  # written but not legible, or nobody says so and the table sets no default
UNSTATED = "unstated"  # no document speaks of it: a default a table may choose instead of unknown
CONTRADICTORY = "contradictory"  # two documents say different things
NOT_TOLD = (UNKNOWN, UNSTATED, CONTRADICTORY)
_PRINTED = {
    YES: say("有", "yes"),
    NO: say("无", "no"),
    UNKNOWN: say("不明", "unknown"),
    UNSTATED: say("未说明", "not stated"),
    CONTRADICTORY: say("前后矛盾", "contradictory"),
}
_WHOLE, _CENT = Decimal(1), Decimal("0.01")


@dataclass(frozen=True)
class Input:
    """One answer; `shown` as people read it, `place` where it stands, `sure` = read well enough to refuse."""

    value: str
    shown: Bilingual
    part: Part | None = None
    reading: Reading | None = None
    sure: bool = True


@dataclass(frozen=True)
class _Told:
    part: Part
    reading: Reading
    value: str
    sure: bool


def ask(dossier: Dossier, sources: Sequence[str], default: str) -> Input:
    """The first source that is read, unless another contradicts it; `default` when no document speaks of it.

    A source is `type.field`, `type.part/whole` (two fields, as a percentage), or `type` for whether a sound document of
    that type is there.
    """
    if sources and all("." not in source for source in sources):
        return _presence(dossier, sources)
    told: list[_Told] = []
    illegible = False
    for source in sources:
        found, doubt = _told(dossier, source)
        told += [found] if found else []
        illegible = illegible or doubt
    if not told:
        return _bare(UNKNOWN if illegible else default)
    if len({_rounded(each.value) for each in told}) > 1:
        return _bare(CONTRADICTORY)
    first = told[0]
    return Input(first.value, _shown(dossier, first), first.part, first.reading, first.sure)


def is_number(value: str) -> Decimal | None:
    """The value as a number, None when it is none."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _told(dossier: Dossier, source: str) -> tuple[_Told | None, bool]:
    """What a source says, and whether something is written there that cannot be read."""
    ref, slash, whole = source.partition("/")
    best = best_reading(dossier, ref)
    if best is None:
        return None, False
    part, reading = best
    if slash:
        return _share(dossier, part, reading, f"{ref.partition('.')[0]}.{whole}")
    illegible = reading.state == "doubtful" or reading.key in part.facts.extraction.unread
    if reading.state != "read":
        return None, illegible
    return _Told(part, reading, reading.text, reading.sure), False


def _share(dossier: Dossier, part: Part, reading: Reading, whole_ref: str) -> tuple[_Told | None, bool]:
    whole = best_reading(dossier, whole_ref)
    some, every = reading.number, whole[1].number if whole else None
    if some is None or not every:
        return None, bool(reading.text) and bool(whole and whole[1].text)
    if some > every:
        return None, True
    # never rounded up, so that a limit is not reached by rounding
    share = f"{(100 * some / every).quantize(_CENT, ROUND_FLOOR).normalize():f}"
    return _Told(part, reading, share, reading.sure and bool(whole and whole[1].sure)), False


def _presence(dossier: Dossier, types: Iterable[str]) -> Input:
    """There and nothing of weight open against it, there but doubtful, or not there."""
    parts = [part for type_ in types for part in dossier.parts_of(type_)]
    sound = next((part for part in parts if not any(finding.is_open for finding in part.findings)), None)
    if sound:
        return Input(YES, _PRINTED[YES], sound)
    return _bare(UNKNOWN if parts else NO)


def _bare(value: str) -> Input:
    return Input(value, _PRINTED.get(value, say(value, value)))


def _rounded(value: str) -> str:
    """Percentages on a form are whole ones, so 84.6 does not contradict 85."""
    number = is_number(value)
    return value if number is None else str(number.quantize(_WHOLE, ROUND_HALF_UP))


def _shown(dossier: Dossier, told: _Told) -> Bilingual:
    pack = pack_of(dossier, told.part)
    spec = pack.column(told.reading.key) if pack else None
    words = spec.options.get(told.value) if spec else None
    return say(words[0] if words else told.value, told.value)
