"""One file reviewed outside any case, with whatever lies in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.flow.assembling import cut, put_together
from pipeline.flow.judging import mails_of, now
from pipeline.flow.sandbox import facts_of
from pipeline.flow.service import limits_of
from pipeline.flow.unpacking import enclosures
from pipeline.ingest import FileStore, ingest
from pipeline.model import Facts, Review
from pipeline.packs import Dossier, Packs, Part, World
from pipeline.settings import Settings
from pipeline.validate import judge_case, validate, verdict_of


def review_file(path: Path, settings: Settings, packs: Packs, work: Path) -> list[Review]:
    """Review one file outside any case, and each document in it; nothing but `work` is written."""
    files = FileStore(work / "store")
    submission = ingest(path, files, name=path.name, source="cli", now=now(settings))
    seen: list[Facts] = []
    waiting = [submission]
    while waiting:
        one = waiting.pop(0)
        facts = facts_of(
            files.path(one.sha256),
            one,
            templates=settings.templates,
            folder=work / one.sha256,
            limits=limits_of(settings),
            recordings=settings.recordings,
        )
        seen.append(facts)
        waiting += [*cut(facts, files), *enclosures(facts, files, work / one.sha256)]
        if not waiting and not one.made_of:
            seen, waiting = put_together(seen, packs, files)
    return _reviews(seen, settings, packs)


def _reviews(seen: Sequence[Facts], settings: Settings, packs: Packs) -> list[Review]:
    """The reviews of a file and what was in it; what is asked of all that comes in is told with the file itself."""
    world = World(today=now(settings).date(), profile=settings.profile, mails=mails_of(seen))
    reviews = []
    for facts in seen:
        case_type = packs.case_types.get(facts.classification.case_type or "")
        registers = case_type.registers if case_type else {}
        reviews.append(validate(facts, packs, replace(world, registers=registers)))
    dossier = Dossier(tuple(Part(facts, review.findings) for facts, review in zip(seen, reviews, strict=True)))
    at = next((place for place, facts in enumerate(seen) if facts.parcel is not None), 0)
    for case_type in packs.case_types.values() if world.mails else ():
        known = replace(world, registers=case_type.registers)
        findings = (*reviews[at].findings, *judge_case(dossier, case_type, known, always=True))
        reviews[at] = reviews[at].model_copy(update={"findings": findings, "verdict": verdict_of(findings)})
    return reviews
