"""What a report shows; plain values handed over by the flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from pipeline.model import Bilingual, Finding, Parcel, Review


@dataclass(frozen=True)
class Arrival:
    """One arrival of a document's bytes."""

    name: str
    received_at: datetime
    duplicate: bool


@dataclass(frozen=True)
class DocumentView:
    """One reviewed document; `titles` are the printed names of its fields by key.

    `pictures` maps `page-1`, `field-po_no`, `seal-1`, `difference-1`, `straddle` to files in `gallery`. Of a mail or
    archive `parcel` tells what was in it, `letter` what the mail says.
    """

    review: Review
    title: Bilingual | None
    code: str
    gallery: Path
    pictures: Mapping[str, str]
    counts: bool
    original: str
    arrivals: Sequence[Arrival]
    titles: Mapping[str, Bilingual] = field(default_factory=dict)
    parcel: Parcel | None = None
    letter: str = ""


@dataclass(frozen=True)
class PaperView:
    """One outgoing paper; `files` in `outgoing/`, `release` = person or auto, `current` = no newer one replaced it.

    `status`: draft, released or rejected, by `settled_by` (empty = the service itself); `stem` names its files;
    `mail`: sent, failed, unsure, sending, unsent, or empty when no server is set. `two` = two persons must release it,
    `consent` = the first of them who has.
    """

    code: str
    number: str
    title: Bilingual
    files: Sequence[str]
    release: str
    current: bool = True
    status: str = "draft"
    settled_by: str = ""
    stem: str = ""
    mail: str = ""
    two: bool = False
    consent: str = ""


@dataclass(frozen=True)
class ConsentView:
    """What one person said on revision `rev` and a second one must say too: `kind` release, accept or correct."""

    kind: str
    item: str
    by: str
    rev: int


@dataclass(frozen=True)
class DecisionView:
    """What people decided: about a `finding` of the document `sha256` (None = of the case), or about a field.

    `kind`: accept, refuse, correct, or consent = the first of two persons accepts it.
    """

    kind: str
    finding: Finding | None
    sha256: str | None
    by: str
    reason: str
    at: datetime
    key: str = ""
    before: str = ""
    after: str = ""


class MarkView(Protocol):
    """A running deadline; `due` is the last good day."""

    @property
    def clock(self) -> str:
        """The clock's id."""

    @property
    def title(self) -> Bilingual:
        """What is due."""

    @property
    def waits_for(self) -> Bilingual:
        """Whose move it is."""

    @property
    def due(self) -> date:
        """The last good day."""

    @property
    def provisional(self) -> bool:
        """Whether a holiday table is still missing."""


class BoardView(Protocol):
    """What the list of all cases shows of a life."""

    @property
    def hold(self) -> str:
        """Why a person holds the case."""

    @property
    def tracks(self) -> Mapping[str, str]:
        """States of the parallel tracks."""

    @property
    def marks(self) -> Sequence[MarkView]:
        """Running deadlines, the earliest first."""


@dataclass(frozen=True)
class CaseView:
    """One case; `state` as in the lifecycle; `note`: why a person must look.

    `due` = the amount to be paid, `needs` = the values an event must bring, `rev` = what a decision is made on.
    """

    id: str
    label: str
    title: Bilingual
    profile: str
    state: str
    note: str
    opened_at: datetime
    changed_at: datetime
    documents: Sequence[DocumentView]
    findings: Sequence[Finding]
    missing: Sequence[Bilingual]
    papers: Sequence[PaperView]
    events: Sequence[Mapping[str, object]] = field(default_factory=tuple)
    rev: int = 0
    hold: str = ""
    dates: Mapping[str, date] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    tracks: Mapping[str, str] = field(default_factory=dict)
    marks: Sequence[MarkView] = ()
    today: date | None = None
    due: Decimal | None = None
    needs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    decisions: Sequence[DecisionView] = ()
    consents: Sequence[ConsentView] = ()


@dataclass(frozen=True)
class IndexRow:
    """One line of the list of all cases; `folder` is the case's folder name in the outbox.

    `consents` = what waits for a second person, with the name of the first.
    """

    id: str
    folder: str
    label: str
    state: str
    documents: int
    papers: Sequence[str]
    changed_at: datetime
    board: BoardView | None = None
    consents: Sequence[str] = ()
