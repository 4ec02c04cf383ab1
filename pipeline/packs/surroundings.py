"""What a check may know besides the papers of its case; the flow looks it up, no rule looks into a store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pipeline.model import Facts, Value


@dataclass(frozen=True)
class OtherCase:
    """Another case of the same kind: `papers` are those that count there, with what people corrected.

    `values` are what was recorded in it by name; `opened` = the day what was ordered was delivered; `late` = the last
    good day for its originals, when that is over and they have not come in.
    """

    id: str
    papers: tuple[Facts, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    opened: date | None = None
    late: date | None = None


class RegisterUse(Value):
    """What a check reads from a clerk's table.

    `columns` must be in each row, with the field (`type.field`) whose like stands in it; `others` may be.
    """

    name: str
    columns: Mapping[str, str]
    others: tuple[str, ...] = ()
