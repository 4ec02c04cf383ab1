"""The door to the product: files go in, what it says comes out. It is never told what the simulator knows."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from pipeline.cases.life import state_of
from pipeline.flow.child import LazyReader
from pipeline.flow.document import look
from pipeline.ingest import media_of
from pipeline.inspection import Inspection, inspect
from pipeline.model import (
    Extraction,
    Facts,
    FieldValue,
    Finding,
    Pixels,
    ReadLine,
    ReadText,
    Review,
    Straddle,
    Submission,
    TextReader,
)
from pipeline.packs import Dossier, Packs, Part, World, load_packs
from pipeline.read import open_reader, read
from pipeline.rules import CHECKS
from pipeline.validate import judge, judge_case, validate

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "templates"


@dataclass(frozen=True)
class Told:
    """What the product says of one file."""

    facts: Facts
    review: Review

    def worst(self, *rules: str) -> str:
        """The gravest outcome of the rules whose ids start so: fail, unsure, error, pass or n/a."""
        said = {finding.outcome for finding in self.findings(*rules)}
        return next((outcome for outcome in ("fail", "error", "unsure", "pass") if outcome in said), "n/a")

    def findings(self, *rules: str) -> list[Finding]:
        """What the rules whose ids start so found."""
        return [finding for finding in self.review.findings if finding.rule.startswith(rules)]


def tell(
    path: Path,
    today: date,
    *,
    templates: Path = SHIPPED,
    profile: str = "distributor",
    engine: TextReader | None = None,
) -> Told:
    """Read, inspect, extract and judge one file as the service does; `engine` None = this process's, one thread."""
    packs = _packs(templates)
    with tempfile.TemporaryDirectory() as gallery:
        facts = look(path, submission_of(path), packs, engine or reader(), Path(gallery))
    return Told(facts, validate(facts, packs, _world(packs, facts, today, profile)))


@dataclass(frozen=True)
class CaseTold:
    """What the product says of a dossier."""

    state: str
    documents: Mapping[str, Told]
    findings: tuple[Finding, ...]

    def all_findings(self) -> list[Finding]:
        """Of the documents and of the case."""
        return [*(f for told in self.documents.values() for f in told.review.findings), *self.findings]


def tell_case(
    paths: list[Path], case_type: str, today: date, *, templates: Path = SHIPPED, profile: str = "distributor"
) -> CaseTold:
    """Judge files as one case, as the desk does when they arrive together."""
    packs = _packs(templates)
    told = {path.name: tell(path, today, templates=templates, profile=profile) for path in paths}
    kind = packs.case_types[case_type]
    parts = tuple(Part(facts=item.facts, findings=item.review.findings) for item in told.values())
    dossier = Dossier(parts=parts, case=kind)
    world = World(today=today, profile=profile, registers=kind.registers)
    findings = judge_case(dossier, kind, world)
    missing = tuple(form for form in kind.requires.get(profile, ()) if not dossier.parts_of(form))
    documents = [finding for item in told.values() for finding in item.review.findings]
    return CaseTold(state_of(documents, findings, missing=missing), told, findings)


def observe(path: Path, *, straddle: bool) -> Inspection:
    """Seals and slices of a file, without reading its text: the engine is asked for single lines only."""
    reading = read(path, submission_of(path), _StripsOnly(reader()))
    if reading.pictures is None:
        raise ValueError(f"{path.name} has no pictures")
    return inspect(reading.document, reading.pictures, _StripsOnly(reader()), places={}, straddle=straddle)


@dataclass(frozen=True)
class StraddleTold:
    """The straddle seal of one file, None where nothing claims the file, and what the straddle rules found."""

    straddle: Straddle | None
    findings: tuple[Finding, ...]

    @property
    def outcome(self) -> str:
        """The gravest answer of the straddle rules: fail, error, unsure, pass or n/a; an unclaimed file is unsure."""
        if self.straddle is None:
            return "unsure"
        said = {finding.outcome for finding in self.findings}
        return next((outcome for outcome in ("fail", "error", "unsure", "pass") if outcome in said), "n/a")


def judge_straddle(
    path: Path, customer: str, today: date, *, templates: Path, engine: TextReader | None = None
) -> StraddleTold:
    """What the rules of the only pack in `templates` say of a file that is read and compared with its form.

    Its customer is taken for read as `customer`.
    """
    packs = _packs(templates)
    with tempfile.TemporaryDirectory() as gallery:
        facts = look(path, submission_of(path), packs, engine or reader(), Path(gallery))
    form = packs.find(facts.classification.case_type, facts.classification.type)
    if form is None or form.straddle_party is None:
        return StraddleTold(None, ())
    named = Extraction(fields={form.straddle_party: FieldValue(value=customer, raw=customer)})
    facts = facts.model_copy(update={"extraction": named})
    findings = judge(facts, form, _world(packs, facts, today, "distributor"))
    return StraddleTold(facts.observations.straddle, findings)


def submission_of(path: Path) -> Submission:
    """The arrival of a file."""
    data = path.read_bytes()
    return Submission(
        sha256=hashlib.sha256(data).hexdigest(),
        name=path.name,
        received_at=datetime.now(UTC),
        source="cli",
        size=len(data),
        media=media_of(path),
    )


@cache
def reader() -> TextReader:
    """The engine of this process, on one thread."""
    return LazyReader(lambda: open_reader(1))


class _StripsOnly:
    """The recogniser without the page detector."""

    def __init__(self, engine: TextReader) -> None:
        self._engine = engine

    def read_page(self, pixels: Pixels) -> tuple[ReadLine, ...]:
        """Nothing: what stands on the page is not asked."""
        del pixels
        return ()

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        """As the engine."""
        return self._engine.read_strips(strips)


@cache
def _packs(templates: Path) -> Packs:
    return load_packs(templates, CHECKS)


def _world(packs: Packs, facts: Facts, today: date, profile: str) -> World:
    kind = packs.case_types.get(facts.classification.case_type or "")
    return World(today=today, profile=profile, registers=kind.registers if kind else {})
