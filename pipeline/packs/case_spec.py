"""What packs say of the life of a case: how papers join, which go out, how long things may take, what is to be paid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from pipeline.model import Bilingual, Value


class EventSpec(Value):
    """What the arrival of a document does to its case: the event, and which fields become values of the case.

    `clean` = only when nothing of weight is found against the document; otherwise a person raises it.
    """

    name: str
    values: Mapping[str, str] = Field(default_factory=dict)
    clean: bool = True


class JoinSpec(Value):
    """A key by which documents find their case, per document type; `exclusive` = one case, one value.

    A `mentioned` key is only looked for in the words of mails: no document finds a case by it.
    """

    key: str
    fields: Mapping[str, str]
    exclusive: bool = False
    mentioned: bool = False


class PaperSpec(Value):
    """An outgoing paper made from `pack`'s Word template.

    `when`: states of the case (or `received` = whatever its state, `clock:<id>` = a reminder of that clock) in which it
    is due; with `given` only while one of these rules has spoken (any answer but n/a), and then about those.
    `body`: blocks of content, see `pipeline.cases.papers`. `values` lists sources per variable, the first that has a
    value wins. `number` may use {case} {code} {seq} {date} {daily}. `event`: what its release does to the case.
    `mail`: sources of the address it goes to, when it also leaves as a message with `subject`. `four_eyes`: two persons
    must release it, whatever the amount.
    """

    code: str
    pack: str
    profile: str
    when: tuple[str, ...]
    given: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    number: str = "{case}-{code}-{seq}"
    due_business_days: int | None = None
    valid_days: int | None = None
    release: Literal["person", "auto"] = "person"
    event: str | None = None
    mail: tuple[str, ...] = ()
    subject: str = ""
    four_eyes: bool = False

    @field_validator("when", "body", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _two_persons(self) -> Self:
        if self.four_eyes and self.release == "auto":
            raise ValueError(f"{self.code} goes out by itself; four_eyes needs release = 'person'")
        return self


class ClockSpec(Value):
    """A deadline: it runs while the case is in one of `states` (and, with `track`, that track in `track_states`).

    It starts on the day of the event `start`, or on the date the case holds under that name, and stops for good with
    the event `until`. `business_days` or `days`
    give the due date; `remind_after` and `end_after` count in the same unit. Each reminder raises `remind_event`, the
    end raises `end_event`. `waits_for` says whose move it is.
    """

    id: str
    title: Bilingual
    waits_for: Bilingual
    states: tuple[str, ...]
    start: str
    track: str = ""
    track_states: tuple[str, ...] = ()
    until: str = ""
    business_days: int | None = None
    days: int | None = None
    remind_after: tuple[int, ...] = ()
    remind_event: str = "reminded"
    end_after: int | None = None
    end_event: str = ""

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if (self.business_days is None) == (self.days is None):
            raise ValueError("give either business_days or days")
        if (self.end_after is None) != (not self.end_event):
            raise ValueError("end_after and end_event belong together")
        return self


class SettlementSpec(Value):
    """What is to be paid: the total less the discount (percent) of the register row that fits.

    `total` and `on` (the day for which the row must be in force) are `<type>.<field>` sources, the first found wins;
    `keys` give per column of the register the field it must equal.
    """

    total: tuple[str, ...]
    on: tuple[str, ...]
    register_name: str
    keys: Mapping[str, tuple[str, ...]]
    discount_column: str = "discount_pct"
