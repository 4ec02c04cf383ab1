"""The register of seals: what is kept of an accepted case, and what later ones are told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.flow.specimens import Specimens
from pipeline.inspection import specimen
from pipeline.model import Facts
from pipeline.validate import judge
from tests.inspection.scenes import CUSTOMER, OTHER, needs_fonts
from tests.inspection.test_specimen import DIE, found
from tests.rules.made import agreement, pack, world
from tests.simulator.seals import SealSpec

pytestmark = needs_fonts


def paper(folder: Path, sha: str, spec: SealSpec, seed: int, *, text: str = CUSTOMER, sure: float = 0.95) -> Facts:
    """An agreement with this impression, its ink beside it as the reader leaves it."""
    picture, seal = found(spec, seed)
    ink = specimen(picture, seal)
    assert ink is not None
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{sha}.png").write_bytes(ink)
    named = seal.model_copy(update={"text": text, "text_confidence": sure, "kind": "company"})
    facts = agreement(None, seals=(named,))
    submission = facts.document.submission.model_copy(update={"sha256": sha * 64})
    document = facts.document.model_copy(update={"submission": submission})
    return facts.model_copy(update={"document": document, "pictures": {"specimen-1": f"{sha}.png"}})


def kept(register: Specimens, work: Path, *papers: Facts) -> None:
    register.keep(papers, {item.document.submission.sha256: work for item in papers})


def test_a_later_impression_is_laid_beside_the_earlier_ones(tmp_path: Path) -> None:
    register, work = Specimens(tmp_path / "seals"), tmp_path / "work"
    first = paper(work, "a", DIE, 1)
    assert register.beside(first, work) == {}, "nothing is known of the company yet"
    kept(register, work, first)
    kept(register, work, first)
    assert register.beside(first, work) == {}, "a paper is no witness for itself"
    same = paper(work, "b", replace(DIE, rotation_deg=9.0), 3)
    assert register.beside(same, work) == {1: "agrees"}
    other = paper(work, "c", replace(DIE, text=OTHER, rotation_deg=9.0), 3)
    assert register.beside(other, work) == {1: "differs"}


def test_a_company_may_have_two_dies_once_a_person_accepted_the_second(tmp_path: Path) -> None:
    register, work = Specimens(tmp_path / "seals"), tmp_path / "work"
    kept(register, work, paper(work, "a", DIE, 1), paper(work, "c", replace(DIE, text=OTHER, rotation_deg=9.0), 3))
    assert register.beside(paper(work, "b", replace(DIE, rotation_deg=9.0), 3), work) == {1: "agrees"}


def test_seals_with_another_name_or_an_illegible_one_are_not_filed_together(tmp_path: Path) -> None:
    register, work = Specimens(tmp_path / "seals"), tmp_path / "work"
    kept(register, work, paper(work, "a", DIE, 1), paper(work, "d", DIE, 1, sure=0.5))
    assert register.beside(paper(work, "e", DIE, 3, text=OTHER), work) == {}
    assert register.beside(paper(work, "f", DIE, 3, sure=0.5), work) == {}
    assert len(list((tmp_path / "seals").rglob("*.png"))) == 1


@pytest.mark.parametrize(
    ("answer", "outcome", "severity"),
    [("agrees", "pass", "hold"), ("differs", "unsure", "hold"), ("unknown", "unsure", "info"), (None, "n/a", "hold")],
)
def test_another_die_holds_the_paper_and_never_fails_it(answer: str | None, outcome: str, severity: str) -> None:
    facts = agreement()
    seals = {facts.document.submission.sha256: {1: answer}} if answer else {}
    told = [
        finding
        for finding in judge(facts, pack("service_agreement"), replace(world(), seals=seals))
        if finding.rule == "SEAL-11"
    ]
    assert [(finding.outcome, finding.severity) for finding in told] == [(outcome, severity)]
    assert not any(word in told[0].message.zh for word in ("真", "伪", "假"))
