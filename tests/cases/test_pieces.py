"""Files that hold some pages of a document: where they wait, and what they leave behind."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.cases.life import Event, Situation
from pipeline.cases.pieces import BOUND, LOOSE
from pipeline.cases.store import CaseStore
from tests.cases.test_store import AT, join, submission

LATER = "2100-01-01"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CaseStore]:
    store = CaseStore(f"sqlite:///{tmp_path / 'cases.db'}")
    yield store
    store.close()


def loose(store: CaseStore, sha256: str) -> str:
    return store.join(
        sha256, facts="f", case_type="order", profile="p", keys={}, label=sha256, at=AT, alone=True, loose=True
    )[0]


def test_a_piece_waits_in_no_case_and_is_neither_lost_nor_read_again(store: CaseStore) -> None:
    for name in "ab":
        store.receive(submission(name), name)
    assert store.being_read(LATER)
    store.wait("a", "facts")
    assert store.waiting_pieces() == ("a",)
    assert store.unfinished() == ("b",)
    assert store.reading_since(LATER), "papers of other cases wait for it"
    join(store, "b")
    assert not store.being_read(LATER), "another piece does not"
    assert store.document("a").facts == "facts"
    loose(store, "a")
    store.wait("a", "again")
    assert (store.document("a").state, store.waiting_pieces()) == (LOOSE, ()), (
        "a repeated step takes nothing out of a case"
    )


def test_pieces_follow_their_whole_out_of_the_cases_they_were_in(store: CaseStore) -> None:
    for name in ("a", "b", "c", "w", "file"):
        store.receive(submission(name), name)
    alone, (other, _) = loose(store, "a"), join(store, "c", order="PO-1")
    store.wait("b", "f")
    store.split("file", "f")
    store.bind({"a", "b"}, "w")
    assert [store.document(name).state for name in "ab"] == [BOUND, BOUND]
    assert store.document("a").case_id == alone, "it stays until the whole has found its case"
    store.wait("b", "again")
    assert store.document("b").state == BOUND
    case, _ = join(store, "w", order="PO-1")
    assert case == other
    assert store.bring("w", case, {"file"}, AT) == (alone,)
    assert store.bring("w", case, {"file"}, AT) == ()
    assert {row.submission.sha256 for row in store.documents_of(case)} == {"a", "b", "c", "w", "file"}
    assert store.documents_of(alone) == ()
    assert store.chain().problems == ()


def test_what_came_lately_is_known_by_all_the_names_it_came_under(store: CaseStore) -> None:
    old = submission("old").model_copy(update={"received_at": AT - timedelta(hours=2)})
    store.receive(old, "1")
    store.receive(submission("a"), "2")
    again = submission("a").model_copy(update={"name": "copy.pdf", "received_at": AT + timedelta(minutes=5)})
    store.receive(again, "3")
    (found,) = store.near(AT - timedelta(hours=1))
    assert (found.names, found.received_at) == (("copy.pdf", "a.pdf"), AT + timedelta(minutes=5))
    store.receive(old.model_copy(update={"received_at": AT}), "4")
    assert {item.row.submission.sha256 for item in store.near(AT)} == {"a", "old"}, "what comes again came lately"
    assert store.arrived_since("2020-01-01", {"a"})
    assert not store.arrived_since(LATER, {"a"})
    assert not store.arrived_since("2020-01-01", set())


def test_a_case_is_untouched_until_a_person_does_something(store: CaseStore) -> None:
    store.receive(submission("a"), "a")
    case, rev = join(store, "a", order="PO-1")
    store.judged(case, rev, Event(name="judged", on=AT.date()), Situation(outcome="needs_review"), AT)
    assert store.untouched(case)
    store.happen(case, Event(name="held", on=AT.date(), by="李", reason="x"), Situation(), AT)
    assert not store.untouched(case)
    assert not store.untouched("CS-0000-0000")


def test_a_database_from_before_gets_the_column(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(CaseStore(f"sqlite:///{path}")) as store:
        store.receive(submission("a"), "a")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE cs_documents DROP COLUMN whole")
        connection.commit()
    with closing(CaseStore(f"sqlite:///{path}")) as store:
        assert store.document("a").whole is None
        store.bind({"a"}, "w")
        assert store.document("a").whole == "w"
