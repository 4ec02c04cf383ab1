"""Where one person is not enough: above a limit, and for a paper that asks for two whatever the amount."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import PackError, RefusedError
from pipeline.packs import load_packs
from pipeline.rules import CHECKS
from tests.flow.test_walk import CUSTOM, dossier
from tests.flow.walk import Walk
from tests.rules.made import TEMPLATES, agreement, order, straddle

OFF = '# four_eyes_over = "500000.00"'
PAPER_OFF = "# four_eyes = true"
CROPPED = agreement(straddle=straddle(form="cropped"))
SMALL = {
    "total": "96,000.00", "total_capitals": "人民币玖万陆仟元整", "tax_net": "90,566.04", "tax_amount": "5,433.96",
    **{f"lines_2_{column}": None for column in
       ("no", "sku", "name", "unit", "qty", "list_price", "term_months", "start", "end", "amount")},
}  # fmt: skip


def switched(home: Path, old: str, new: str) -> Path:
    """The shipped packs with one line of the policy changed."""
    templates = home / "templates"
    shutil.copytree(TEMPLATES, templates)
    file = templates / "csp_order" / "case.toml"
    text = file.read_text("utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), "utf-8")
    return templates


def desk(home: Path, old: str, new: str) -> Walk:
    walk = Walk(home)
    walk.settings = walk.settings.model_copy(update={"templates": switched(home, old, new)})
    return walk


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    """A desk where orders of more than 100,000 take two persons."""
    with desk(tmp_path, OFF, 'four_eyes_over = "100000.00"') as found:
        yield found


def report(walk: Walk) -> str:
    return (walk.settings.outbox / walk.case / "report.html").read_text("utf-8")


def index(walk: Walk) -> str:
    return (walk.settings.outbox / "index.html").read_text("utf-8")


def test_a_large_order_takes_two_persons_for_every_acceptance_and_release(walk: Walk) -> None:
    walk.drop(CROPPED, *dossier()[1:])
    rev = walk.judged().case.rev
    said = walk.decide("accept", "SEAL-03", reason="原件可见骑缝章", rev=rev)
    assert "李复核 consents to accept SEAL-03" in said
    assert f"on revision {rev}" in said
    assert "a second person must say the same; state needs_review" in said
    assert walk.judged().case.rev == rev, "nothing has changed, so the second person decides on the same revision"
    assert "等待第二人：李复核 已同意接受 SEAL-03" in report(walk)
    assert "须由另一人确认：原件可见骑缝章" in report(walk)
    assert re.search(r"待第二人：SEAL-03[a-z]? \(李复核\)", index(walk))
    for again in ("李复核", " 李 复 核 "):
        with pytest.raises(RefusedError, match="李复核 has consented to SEAL-03"):
            walk.decide("accept", "SEAL-03", by=again, reason="再看一次", rev=rev)
    walk.decide("accept", "SEAL-03", by="王经理", reason="同意", rev=rev)
    assert walk.state == "accepted"
    assert "李复核、王经理" in report(walk)
    assert "待第二人" not in index(walk)

    assert "consents to release CS-2026-0001-O05-1" in walk.decide("release", "O05-1", by="李放行")
    assert (walk.state, walk.papers()["O05"].status) == ("accepted", "draft")
    assert "草稿，李放行 已同意，待第二人放行" in report(walk)
    assert "O05-1 (李放行)" in index(walk)
    with pytest.raises(RefusedError, match="李放行 has consented to CS-2026-0001-O05-1 already"):
        walk.decide("release", "O05-1", by="李放行")
    walk.decide("release", "O05-1", by="王经理")
    assert walk.state == "awaiting_payment"
    assert walk.papers()["O05"].settled_by == "李放行、王经理"
    with pytest.raises(RefusedError, match="was released by 李放行、王经理"):
        walk.decide("release", "O05-1", by="李放行")
    with closing(walk.store) as store:
        assert store.chain().problems == ()
        kinds = [entry for entry in store.events(walk.case) if entry["kind"] == "consented"]
    assert [(entry["by"], entry["what"]) for entry in kinds] == [("李复核", "accept"), ("李放行", "release")]


def test_a_change_in_between_starts_the_two_anew(walk: Walk) -> None:
    walk.drop(*dossier())
    walk.decide("release", "O05-1", by="李放行")
    walk.drop(order("docx", **CUSTOM))
    assert "待第二人" not in index(walk)
    assert "consents to release" in walk.decide("release", "O05-1", by="王经理")
    assert walk.papers()["O05"].status == "draft"
    walk.decide("release", "O05-1", by="李放行")
    assert walk.state == "awaiting_payment"


def test_refusing_takes_one_person(walk: Walk) -> None:
    walk.drop(CROPPED, *dossier()[1:])
    walk.decide("accept", "SEAL-03", reason="可见")
    walk.decide("refuse", "SEAL-03", by="王经理", reason="页边被裁，重新扫描")
    assert walk.state == "needs_correction"
    assert "consents to accept SEAL-03" in walk.decide("accept", "SEAL-03", by="王经理", reason="看错了")
    assert walk.state == "needs_correction"


def test_a_correction_does_not_bring_a_large_order_below_the_limit(walk: Walk) -> None:
    walk.drop(CROPPED, *dossier()[1:])
    scan = next(
        row.submission.sha256
        for row in walk.judged().rows
        if row.submission.media == "pdf" and "order" in row.submission.name
    )
    assert "consents to correct total" in walk.decide(
        "correct", "total", document=scan[:8], values={"value": "1,000.00"}, reason="x"
    )
    assert walk.judged().two
    walk.decide("correct", "total", by="王经理", document=scan[:8], values={"value": "1000.00"}, reason="y")
    assert walk.judged().dossier.parts_of("purchase_order:scan")[0].facts.extraction.fields["total"].value == "1000.00"
    assert walk.judged().two, "what the machine had read still counts"


def test_an_amount_that_was_not_read_is_not_below_the_limit(walk: Walk) -> None:
    walk.drop(CROPPED)
    assert walk.judged().two, "there is no order yet, so nobody knows"
    walk.drop(order(**{**CUSTOM, **SMALL, "total": None}), order("docx", **CUSTOM, **SMALL))
    assert walk.judged().two
    walk.drop(order(**CUSTOM, **SMALL))
    assert not walk.judged().two
    walk.decide("accept", "SEAL-03", reason="可见")
    assert walk.state == "accepted"


def test_what_one_person_accepted_while_the_order_was_small_does_not_hold_when_it_grows(walk: Walk) -> None:
    walk.drop(CROPPED, order(**CUSTOM, **SMALL), order("docx", **CUSTOM, **SMALL))
    walk.decide("accept", "SEAL-03", reason="可见")
    assert walk.state == "accepted"
    walk.drop(*dossier()[1:])
    assert walk.state == "needs_review"
    walk.decide("accept", "SEAL-03", reason="可见")
    walk.decide("accept", "SEAL-03", by="王经理", reason="可见")
    assert walk.state == "accepted"


def test_a_paper_may_ask_for_two_persons_whatever_the_amount(tmp_path: Path) -> None:
    with desk(tmp_path, PAPER_OFF, "four_eyes = true") as walk:
        walk.drop(CROPPED, *dossier()[1:])
        walk.decide("accept", "SEAL-03", reason="可见")
        assert walk.state == "accepted", "acceptance takes one"
        assert "草稿，须由两人放行" in report(walk)
        walk.at(date(2026, 9, 29))
        walk.decide("held", by="钱", reason="客户来电")
        with pytest.raises(RefusedError, match="客户来电"):
            walk.decide("release", "O05-1", by="李放行")
        walk.decide("unheld", by="钱", reason="已澄清")
        walk.decide("release", "O05-1", by="李放行")
        assert walk.state == "accepted"
        walk.decide("release", "O05-1", by="王经理")
        assert walk.state == "awaiting_payment"


def test_it_is_off_as_shipped_and_a_name_is_needed_anyway(tmp_path: Path) -> None:
    with Walk(tmp_path) as walk:
        walk.drop(*dossier())
        assert not walk.judged().two
        for nobody in ("", "  ", "——"):
            with pytest.raises(RefusedError, match="needs a name"):
                walk.decide("release", "O05-1", by=nobody)
        walk.decide("release", "O05-1", by="李放行")
        assert walk.state == "awaiting_payment"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (OFF, 'four_eyes_over = "viel"', "four_eyes_over"),
        (OFF, "four_eyes_over = -1", "four_eyes_over"),
        (OFF, 'four_eyes_over = "NaN"', "four_eyes_over"),
        ('code = "O06"\n', 'code = "O06"\nfour_eyes = true\n', "O06 goes out by itself"),
    ],
)
def test_a_policy_that_makes_no_sense_stops_the_start(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(PackError, match=says):
        load_packs(switched(tmp_path, old, new), CHECKS)
