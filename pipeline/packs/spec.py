"""What packs are made of, and what a check sees and says."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipeline.model import Bilingual, Box, Facts, Finding, Mail, Media, Outcome, Severity, Value
from pipeline.packs.case_spec import ClockSpec, EventSpec, JoinSpec, PaperSpec, SettlementSpec
from pipeline.packs.contacts import ContactsSpec
from pipeline.packs.surroundings import OtherCase, RegisterUse
from pipeline.values import FIELD_TYPES

Register = tuple[Mapping[str, Any], ...]


# --- what a check sees and says -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class World:
    """What is known besides the papers; `registers` are the clerk's tables, rows keyed by column name.

    `others` tells for a join key and a value which other cases have it; `seals` by document hash and number of the seal
    whether it agrees with (agrees, differs, unknown) an earlier impression of the same company. `cases` are the other
    cases that checks with `looks_elsewhere` may want; `billed` = the payment notice of this one is out, or more;
    `mails` are the messages its documents came in.
    """

    today: date
    profile: str
    registers: Mapping[str, Register] = field(default_factory=dict)
    others: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    seals: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    cases: tuple[OtherCase, ...] = ()
    billed: bool = False
    mails: tuple[Mail, ...] = ()


@dataclass(frozen=True)
class Part:
    """One document of a dossier with what its own rules said."""

    facts: Facts
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Dossier:
    """The documents of one case that count (of re-submitted ones the newest); `present` = forms already on file."""

    parts: tuple[Part, ...]
    present: tuple[str, ...] = ()
    case: CaseType | None = None

    def parts_of(self, form: str) -> tuple[Part, ...]:
        """Parts of a document form: `type`, `type:scan` or `type:electronic`."""
        return tuple(part for part in self.parts if form in forms_of(part.facts))


def covers(rule: str, finding: str) -> bool:
    """A rule id stands for itself and its parts with a letter behind: AGR-01 for AGR-01a … AGR-01z too."""
    rest = finding.removeprefix(rule)
    return finding.startswith(rule) and (not rest or (len(rest) == 1 and rest.isalpha()))


def forms_of(facts: Facts) -> tuple[str, ...]:
    """The names under which case rules may ask for a document."""
    kind = facts.classification.type
    if kind is None:
        return ()
    return (kind, f"{kind}:electronic" if facts.document.is_electronic else f"{kind}:scan")


class Judgement(Value):
    """One answer of a check; `sub` is the letter appended to the rule id, e.g. `d` for AGR-01d."""

    outcome: Outcome
    message: Bilingual
    sub: str = ""
    severity: Severity | None = None
    required: Bilingual | None = None
    fix: Bilingual | None = None
    page: int | None = None
    box: Box | None = None
    expected: str | None = None
    found: str | None = None
    confidence: float | None = None
    document: str | None = None


class Check(BaseModel):
    """A way of checking; its fields are the options a pack may set.

    With `looks_elsewhere` its answer rests on other cases, so it may change without a paper of its own case.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: ClassVar[str]
    looks_elsewhere: ClassVar[bool] = False

    def field_names(self) -> tuple[str, ...]:
        """Names of pack fields the options refer to, so that a wrong one stops the start."""
        return ()

    def register_uses(self) -> tuple[RegisterUse, ...]:
        """Registers whose columns and cells must be right, or the start stops."""
        return ()


class DocumentCheck(Check):
    """Judges one document."""

    @abstractmethod
    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        """Yield at least one judgement."""


class CaseCheck(Check):
    """Judges the documents of a case together; `always` = also where nothing is known yet of what kind they are."""

    always: ClassVar[bool] = False

    @abstractmethod
    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        """Yield at least one judgement."""


class AlarmCheck(Check):
    """Looks at every document that comes in, whatever it is; silent when there is nothing to tell."""

    @abstractmethod
    def judge(self, facts: Facts, world: World) -> Iterator[Judgement]:
        """Yield what a person must know."""


MATERIAL = "material"  # the stage of documents and rules on which acceptance rests

_FORMS = {"scan": ("（扫描件）", " (scan)"), "electronic": ("（电子档）", " (electronic copy)")}

C = TypeVar("C", bound=Check)


# --- the data of a pack -------------------------------------------------------------------------------------------


class Identify(Value):
    """Words that must (`all`, `any`) or must not (`none`) stand in the first `pages` pages; spaces do not count."""

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    pages: int = 2


class FieldSpec(Value):
    """One field; `labels` as printed beside it, `blank` its variable in the reference (default: the field's name)."""

    labels: tuple[str, ...] = ()
    type: str = "text"
    title: Bilingual | None = None
    required: bool = False
    pattern: str | None = None
    options: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    blank: str | None = None

    @model_validator(mode="after")
    def _known_type(self) -> Self:
        if self.type not in FIELD_TYPES:
            raise ValueError(f"type {self.type!r} is unknown; valid: {', '.join(sorted(FIELD_TYPES))}")
        return self


class RowsSpec(Value):
    """A table of like rows; `columns` by field name, `end` = words in the row that ends the table."""

    columns: Mapping[str, FieldSpec]
    end: tuple[str, ...] = ()


class PlaceSpec(Value):
    """A place to seal or sign; `labels` printed at it, `party` the field naming whose mark belongs there."""

    kind: Literal["seal", "signature"]
    labels: tuple[str, ...] = ()
    party: str | None = None
    blank: str | None = None


class RuleSpec(BaseModel):
    """One rule of a pack: keys below plus the options of its check.

    `override` says how a person may clear its failure: with a reason, only as a false alarm, or not at all. A failure
    of a `final` rule may end the case. Only findings of the stage `material` decide whether the papers are accepted.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str
    check: str
    severity: Severity
    enabled: bool = True
    profiles: tuple[str, ...] = ()
    forms: tuple[Literal["scan", "electronic"], ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    statement: Bilingual
    required: Bilingual | None = None
    fix: Bilingual | None = None
    override: Literal["reason", "false_alarm", "never"] = "reason"
    final: bool = False
    stage: str = MATERIAL

    def applies(self, world: World) -> bool:
        """Whether the rule is in force today in this profile."""
        begun = self.valid_from is None or self.valid_from <= world.today
        ended = self.valid_to is not None and world.today > self.valid_to
        return self.enabled and begun and not ended and (not self.profiles or world.profile in self.profiles)


class Rule(Value, Generic[C]):
    """A rule with its check ready to run."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    spec: RuleSpec
    check: C


class PackFile(BaseModel):
    """A pack.toml as written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Bilingual
    type: str
    code: str
    edition: str | None = None
    reference: str | None = None
    outgoing: str | None = None
    identify: Identify | None = None
    fields: Mapping[str, FieldSpec] = Field(default_factory=dict)
    rows: Mapping[str, RowsSpec] = Field(default_factory=dict)
    places: Mapping[str, PlaceSpec] = Field(default_factory=dict)
    straddle_party: str | None = None
    paraph_margin_mm: float = Field(0.0, ge=0.0, le=30.0)
    stage: str = MATERIAL
    event: EventSpec | None = None
    rules: tuple[RuleSpec, ...] = ()


@dataclass(frozen=True)
class Pack:
    """One document type; `reference` is the blank form as PDF, `outgoing` the Word template.

    `paraph_margin_mm` = along the edges of the form where the parties may initial it; 0 = nowhere.
    """

    case_type: str
    type: str
    code: str
    title: Bilingual
    edition: str | None
    folder: Path
    reference: Path | None
    outgoing: Path | None
    identify: Identify | None
    fields: Mapping[str, FieldSpec]
    rows: Mapping[str, RowsSpec]
    places: Mapping[str, PlaceSpec]
    straddle_party: str | None
    paraph_margin_mm: float
    rules: tuple[Rule[DocumentCheck], ...]
    stage: str = MATERIAL
    event: EventSpec | None = None

    def column(self, key: str) -> FieldSpec | None:
        """The spec of a field key, also of a row's cell such as `lines.2.qty`."""
        if key in self.fields:
            return self.fields[key]
        table, _, rest = key.partition(".")
        _, _, column = rest.partition(".")
        return self.rows[table].columns.get(column) if table in self.rows else None


class CaseFile(BaseModel):
    """A case.toml as written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Bilingual
    type: str
    requires: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    standalone: tuple[str, ...] = ()
    join: tuple[JoinSpec, ...] = ()
    label: tuple[str, ...] = ()
    papers: tuple[PaperSpec, ...] = ()
    clocks: tuple[ClockSpec, ...] = ()
    cutoff: time | None = None
    originals: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    needs: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    unique: Mapping[str, str] = Field(default_factory=dict)
    settlement: SettlementSpec | None = None
    four_eyes_over: Decimal | None = Field(None, ge=0)
    contacts: ContactsSpec | None = None
    rules: tuple[RuleSpec, ...] = ()
    alarms: tuple[RuleSpec, ...] = ()

    @model_validator(mode="after")
    def _amount_known(self) -> Self:
        if self.four_eyes_over is not None and self.settlement is None:
            raise ValueError("four_eyes_over needs [settlement], which says where the amount stands")
        return self


@dataclass(frozen=True)
class CaseType:
    """A kind of case: which documents it needs per profile, how they join, what goes out, which deadlines run.

    `originals` = forms whose paper must follow, per profile; `needs` = values an event must bring;
    `unique` = values no other case and no row of that `<register>.<column>` may have; an event after `cutoff` counts on
    the next business day. Above the amount `four_eyes_over` acceptances, corrections and releases take two persons.
    `contacts` = who may write to the desk; `alarms` = rules asked of every document that comes in.
    """

    type: str
    title: Bilingual
    folder: Path
    requires: Mapping[str, tuple[str, ...]]
    standalone: tuple[str, ...]
    join: tuple[JoinSpec, ...]
    label: tuple[str, ...]
    papers: tuple[PaperSpec, ...]
    rules: tuple[Rule[CaseCheck], ...]
    packs: Mapping[str, Pack]
    registers: Mapping[str, Register]
    clocks: tuple[ClockSpec, ...] = ()
    cutoff: time | None = None
    originals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unique: Mapping[str, str] = field(default_factory=dict)
    settlement: SettlementSpec | None = None
    four_eyes_over: Decimal | None = None
    contacts: ContactsSpec | None = None
    alarms: tuple[Rule[AlarmCheck], ...] = ()

    def form_title(self, form: str) -> Bilingual | None:
        """The title of a document form such as `type:scan`; None for an unknown type."""
        name, _, kind = form.partition(":")
        pack = self.packs.get(name)
        zh, en = _FORMS.get(kind, ("", ""))
        return Bilingual(zh=pack.title.zh + zh, en=pack.title.en + en) if pack else None


@dataclass(frozen=True)
class Packs:
    """Everything loaded from the templates folder."""

    case_types: Mapping[str, CaseType]

    def documents(self) -> tuple[Pack, ...]:
        """All packs that can be recognised, in a fixed order."""
        return tuple(
            pack
            for _, case in sorted(self.case_types.items())
            for _, pack in sorted(case.packs.items())
            if pack.identify is not None
        )

    def find(self, case_type: str | None, type_: str | None) -> Pack | None:
        """The pack of a classified document, None when nobody claimed it."""
        case = self.case_types.get(case_type or "")
        return case.packs.get(type_ or "") if case else None
