"""What an outgoing paper may draw on: one case's documents, findings, dates and amounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from pipeline.cases.releases import Release
from pipeline.model import FieldValue, Finding
from pipeline.packs import Dossier, forms_of
from pipeline.values import DueDate


@dataclass(frozen=True)
class CaseFacts:
    """The case a paper is about; `findings` are those of the case rules.

    `life` = dates (ISO) by event and values by name; `due` = last good day by clock; `amounts` = list, discount, net;
    `reminders` = how many so far by clock; `missing`, `originals` = document forms not there, or whose paper must
    follow; `history` = moments with what happened; `released` = papers that went out, with their files; `decided` =
    rules a person accepted: no open defects.
    """

    id: str
    dossier: Dossier
    findings: Sequence[Finding]
    received: date
    label: str = ""
    life: Mapping[str, str] = field(default_factory=dict)
    due: Mapping[str, DueDate] = field(default_factory=dict)
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    reminders: Mapping[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    originals: tuple[str, ...] = ()
    history: tuple[tuple[str, str], ...] = ()
    released: tuple[Release, ...] = ()
    decided: frozenset[str] = frozenset()

    def field(self, document: str, name: str) -> FieldValue | None:
        """The newest sound value of a field; None when there is none, or one that fails its own check."""
        for part in reversed(self.dossier.parts_of(document)):
            value = part.facts.extraction.fields.get(name)
            if value is not None and value.value and value.problem is None:
                return value
        return None

    def all_findings(self) -> Iterator[Finding]:
        """Findings of documents, each naming its document's form, then those of the case."""
        for part in self.dossier.parts:
            form = next(reversed(forms_of(part.facts)), part.facts.document.submission.name)
            for finding in part.findings:
                yield finding.model_copy(update={"document": form})
        yield from self.findings
