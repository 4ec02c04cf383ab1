"""No paper goes out by itself to an address that stands on no list (IN-08)."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from tests.flow.walk import Walk
from tests.rules.made import TEMPLATES, agreement, order

ADDRESS = "chen@example.com"


@pytest.fixture
def stranger(tmp_path: Path) -> Walk:
    """A desk that knows the reseller's agreement but none of its addresses; the order itself names one."""
    templates = Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))
    registers = templates / "csp_order" / "registers"
    agreements = registers / "agreements.toml"
    text = agreements.read_text(encoding="utf-8")
    assert text.count(f'agent_email = "{ADDRESS}"\n') == 1
    agreements.write_text(text.replace(f'agent_email = "{ADDRESS}"', 'agent_email = ""'), encoding="utf-8")
    walk = Walk(tmp_path / "desk")
    walk.settings = walk.settings.model_copy(update={"templates": templates})
    return walk


def test_an_automatic_paper_to_a_stranger_waits_for_a_person(stranger: Walk) -> None:
    stranger.drop(agreement(), order(), order("docx"))
    receipt = stranger.papers()["O02"]
    assert receipt.status == "draft"
    assert not (stranger.settings.outbox / stranger.case / "outgoing" / "O02-1.eml").exists()
    with closing(stranger.store) as store:
        (waits,) = [entry for entry in store.events(stranger.case) if entry["kind"] == "paper_waits"]
        assert waits["address"] == ADDRESS
        assert "O02-1" in store.waiting()[stranger.case]
    stranger.decide("release", "O02-1")
    assert stranger.papers()["O02"].status == "released"
    assert ADDRESS in (stranger.settings.outbox / stranger.case / "outgoing" / "O02-1.eml").read_text("utf-8")


def test_the_same_paper_goes_out_to_a_contact(tmp_path: Path) -> None:
    walk = Walk(tmp_path)
    walk.drop(agreement(), order(), order("docx"))
    assert walk.papers()["O02"].status == "released"
