"""What a report shows; plain values handed over by the flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipeline.model import Bilingual, Finding, Review


@dataclass(frozen=True)
class Arrival:
    """One arrival of a document's bytes."""

    name: str
    received_at: datetime
    duplicate: bool


@dataclass(frozen=True)
class DocumentView:
    """One reviewed document; `titles` are the printed names of its fields by key.

    `pictures` maps `page-1`, `field-po_no`, `seal-1`, `difference-1`, `straddle` to files in `gallery`.
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


@dataclass(frozen=True)
class PaperView:
    """One outgoing paper; `files` in `outgoing/`, `release` = person or auto, `current` = no newer one replaced it."""

    code: str
    number: str
    title: Bilingual
    files: Sequence[str]
    release: str
    current: bool = True


@dataclass(frozen=True)
class CaseView:
    """One case; `state`: new, incomplete, needs_correction, needs_review accepted; `note`: why a person must look."""

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


@dataclass(frozen=True)
class IndexRow:
    """One line of the list of all cases; `folder` is the case's folder name in the outbox."""

    id: str
    folder: str
    label: str
    state: str
    documents: int
    papers: Sequence[str]
    changed_at: datetime
