"""Every file of a released paper has its hash in the journal, and what happens to it afterwards is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from pipeline.cases import tables
from pipeline.cases.releases import made, releases
from pipeline.cli import app
from pipeline.errors import RefusedError
from pipeline.flow.audit import Audit
from pipeline.flow.desk import Desk
from pipeline.generate import office
from tests.flow.test_walk import dossier, to_payment
from tests.flow.walk import Walk

NOTICE = "CS-2026-0001-O05-1"


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    with Walk(tmp_path) as desk:
        yield desk


def audit(walk: Walk) -> Audit:
    with Desk(walk.settings) as desk:
        return desk.audit()


def outgoing(walk: Walk) -> Path:
    return walk.settings.outbox / walk.case / "outgoing"


def entries(walk: Walk, kind: str) -> list[dict[str, object]]:
    with closing(walk.store) as store:
        return [dict(entry) for entry in store.events(walk.case) if entry["kind"] == kind]


def test_a_release_records_every_file_and_all_of_them_hold(walk: Walk) -> None:
    to_payment(walk)
    (entry,) = [entry for entry in entries(walk, "paper_released") if entry["number"] == NOTICE]
    laid_down = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in outgoing(walk).glob("O05-1.*")}
    assert entry["files"] == laid_down
    assert sorted(laid_down) == ["O05-1.docx", "O05-1.eml"]
    found = audit(walk)
    assert (found.problems, found.unknown) == ((), ())
    assert (found.papers, found.files) == (2, 4), "the receipt and the notice, each as Word file and as message"


@pytest.mark.parametrize("name", ["O05-1.docx", "O05-1.eml", "O02-1.eml"])
def test_a_file_that_was_changed_is_named(walk: Walk, name: str) -> None:
    to_payment(walk)
    path = outgoing(walk) / name
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b" ")
    assert audit(walk).problems == (f"{walk.case}-{name[:5]}: {path} differs from what was released",)


@pytest.mark.parametrize("name", ["O05-1.docx", "O05-1.eml"])
def test_a_file_that_is_gone_is_named_and_a_link_is_no_file(walk: Walk, name: str, tmp_path: Path) -> None:
    to_payment(walk)
    path = outgoing(walk) / name
    path.rename(tmp_path / name)
    assert audit(walk).problems == (f"{NOTICE}: {name} is missing from the outbox of {walk.case}",)
    path.symlink_to(tmp_path / name)
    assert audit(walk).problems == (f"{NOTICE}: {path} differs from what was released",)


@pytest.mark.parametrize("name", ["O05-1.pdf", "O05-2.docx", "O05-1 (2).docx", "payment.docx"])
def test_a_file_laid_beside_a_release_is_named(walk: Walk, name: str) -> None:
    to_payment(walk)
    path = outgoing(walk) / name
    path.write_bytes(b"another account")
    assert audit(walk).problems == (f"{walk.case}: {path} belongs to no paper written here",)


@pytest.mark.parametrize("name", [".~lock.O05-1.docx#", "~$O05-1.docx", "Thumbs.db"])
def test_what_programs_leave_beside_open_files_is_no_alarm(walk: Walk, name: str) -> None:
    to_payment(walk)
    (outgoing(walk) / name).write_bytes(b"x")
    assert audit(walk).problems == ()


def test_a_draft_is_not_audited(walk: Walk) -> None:
    walk.drop(*dossier())
    assert walk.papers()["O05"].status == "draft"
    (outgoing(walk) / "O05-1.docx").write_bytes(b"x")
    assert audit(walk).problems == ()


def test_whoever_changes_file_and_table_is_contradicted_by_the_journal(walk: Walk) -> None:
    to_payment(walk)
    path = outgoing(walk) / "O05-1.docx"
    path.chmod(0o644)
    path.write_bytes(b"another account")
    mine = tables.papers.c.number == NOTICE
    with closing(walk.store) as store, store.begin() as connection:
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        connection.execute(tables.papers.update().where(mine).values(sha256=sha256))
    assert audit(walk).problems == (f"{NOTICE}: {path} differs from what was released",)
    with closing(walk.store) as store, store.begin() as connection:
        connection.execute(tables.papers.update().where(mine).values(status="draft"))
    assert f"{NOTICE}: released by the journal, draft by the table of papers" in audit(walk).problems


def test_hashes_in_the_journal_are_part_of_the_chain(walk: Walk) -> None:
    to_payment(walk)
    with closing(walk.store) as store:
        assert store.chain().problems == ()
        with store.begin() as connection:
            released = sa.and_(tables.events.c.kind == "paper_released", tables.events.c.data.contains(NOTICE))
            data = json.loads(connection.execute(sa.select(tables.events.c.data).where(released)).scalar_one())
            data["files"]["O05-1.eml"] = "0" * 64
            text = json.dumps(data, ensure_ascii=False, sort_keys=True)
            connection.execute(tables.events.update().where(released).values(data=text))
        assert store.chain().problems


def old_release(walk: Walk) -> None:
    """A paper that was released before its files were recorded."""
    walk.drop(*dossier())
    with closing(walk.store) as store:
        paper = next(row for row in store.papers(walk.case) if row.code == "O05")
        store.settle(paper.number, "released", by="李", reason="", at=store.case(walk.case).changed_at)
    (outgoing(walk) / "O05-1.eml").write_bytes(b"To: somebody")


def test_an_old_journal_still_holds_and_says_what_it_does_not_know(walk: Walk) -> None:
    old_release(walk)
    found = audit(walk)
    assert found.problems == ()
    assert found.unknown == (
        f"{NOTICE}: O05-1.eml was not recorded when it was released, so nothing can be said of it",
    )
    (outgoing(walk) / "O05-1.docx").write_bytes(b"x")
    assert len(audit(walk).problems) == 1, "the Word file was recorded always"


def test_a_draft_that_was_touched_is_not_released(walk: Walk) -> None:
    walk.drop(*dossier())
    path = outgoing(walk) / "O05-1.docx"
    good = path.read_bytes()
    path.write_bytes(good + b" ")
    with pytest.raises(RefusedError, match=r"not what was written.*countersign generate CS-2026-0001 O05"):
        walk.decide("release", "O05-1", by="李放行")
    assert walk.state == "accepted", "nothing has happened to the case"
    path.unlink()
    walk.generate("O05")
    assert path.read_bytes() == good
    walk.decide("release", "O05-1", by="李放行")
    assert walk.state == "awaiting_payment"


prints = pytest.mark.skipif(office() is None, reason="needs LibreOffice")


def with_pdf(walk: Walk) -> None:
    walk.settings = walk.settings.model_copy(update={"pdf": True})


@prints
def test_a_pdf_is_recorded_when_it_is_made_and_goes_out_with_the_message(walk: Walk) -> None:
    walk.drop(*dossier())
    with_pdf(walk)
    walk.generate("O05")
    printed = outgoing(walk) / "O05-1.pdf"
    (entry,) = entries(walk, "paper_file")
    assert (entry["file"], entry["sha256"]) == ("O05-1.pdf", hashlib.sha256(printed.read_bytes()).hexdigest())
    whole = printed.read_bytes()
    printed.write_bytes(whole + b"%")
    with pytest.raises(RefusedError, match=r"O05-1\.pdf is not what was written"):
        walk.decide("release", "O05-1", by="李放行")
    printed.write_bytes(whole)
    walk.decide("release", "O05-1", by="李放行")
    assert b'filename="O05-1.pdf"' in (outgoing(walk) / "O05-1.eml").read_bytes()
    assert (audit(walk).problems, audit(walk).files) == ((), 5)
    printed.chmod(0o644)
    printed.write_bytes(b"%PDF-1.7 another")
    assert audit(walk).problems == (f"{NOTICE}: {printed} differs from what was released",)


@prints
def test_a_pdf_made_after_the_release_is_recorded_then_and_never_replaced(walk: Walk) -> None:
    to_payment(walk)
    with_pdf(walk)
    walk.generate("O05")
    printed = outgoing(walk) / "O05-1.pdf"
    assert [entry["file"] for entry in entries(walk, "paper_file")] == ["O05-1.pdf"]
    assert audit(walk).problems == ()
    whole = printed.read_bytes()
    printed.unlink()
    assert audit(walk).problems == (f"{NOTICE}: O05-1.pdf is missing from the outbox of {walk.case}",)
    walk.generate("O05")
    assert printed.read_bytes() == whole, "the very same file, not another one"
    assert len(entries(walk, "paper_file")) == 1
    assert audit(walk).problems == ()


def entry(kind: str, **data: object) -> dict[str, object]:
    return {"at": "2026-09-28T09:00:00+08:00", "kind": kind, "number": "N-1", **data}


def test_what_was_released_is_never_replaced_by_what_was_made_later() -> None:
    journal = [
        entry("paper_drafted", sha256="w"),
        entry("paper_file", file="A-1.pdf", sha256="p"),
        entry("paper_released", sha256="w", by="李", files={"A-1.docx": "w", "A-1.pdf": "p"}),
        entry("paper_file", file="A-1.pdf", sha256="forged"),
        entry("paper_file", file="A-1.txt", sha256="t"),
    ]
    (release,) = releases(journal, {})
    assert release.files == {"A-1.docx": "w", "A-1.pdf": "p", "A-1.txt": "t"}
    assert made([*journal[:2], entry("paper_drafted", sha256="other words")], "N-1") == {}


def test_the_command_says_so_and_so_does_its_exit_code(
    walk: Walk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_release(walk)
    monkeypatch.chdir(tmp_path)
    whole = CliRunner().invoke(app, ["audit"])
    assert whole.exit_code == 0
    assert "not recorded" in whole.output
    assert "unchanged" in whole.output
    (outgoing(walk) / "O05-1.docx").write_bytes(b"x")
    broken = CliRunner().invoke(app, ["audit"])
    assert broken.exit_code == 5
    assert "differs from what was released" in broken.output
