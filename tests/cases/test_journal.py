"""The journal chains; what was changed, removed or moved is found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.cases import tables
from pipeline.cases.life import Event, Situation
from pipeline.cases.life_store import Decision, Mark
from pipeline.cases.store import CaseStore
from pipeline.errors import RefusedError
from pipeline.model import Bilingual, Submission

AT = datetime(2026, 9, 28, 9, 0, tzinfo=UTC)
DAY = date(2026, 9, 28)
FINE = Situation(outcome="accepted")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CaseStore]:
    store = CaseStore(f"sqlite:///{tmp_path / 'cases.db'}")
    yield store
    store.close()


def opened_case(store: CaseStore, sha256: str = "a", **keys: str) -> tuple[str, int]:
    submission = Submission(sha256=sha256, name="a.pdf", received_at=AT, source="inbox", size=1, media="pdf")
    store.receive(submission, sha256)
    return store.join(sha256, facts="f", case_type="order", profile="p", keys=keys, label="青禾", at=AT)


def lived(store: CaseStore) -> str:
    case, rev = opened_case(store)
    assert store.judged(case, rev, Event(name="judged", on=DAY), FINE, AT)
    for number in range(5):
        held = Event(name="held", on=DAY, by="钱", reason=f"原因 {number}", token=f"t{number}")
        store.happen(case, held, FINE, AT + timedelta(hours=number))
    return case


def test_an_untouched_journal_is_whole(store: CaseStore) -> None:
    case = lived(store)
    chain = store.chain()
    assert chain.problems == ()
    assert chain.entries == len(store.events(case)) == 8
    assert len(chain.head) == 64


@pytest.mark.parametrize(
    "tamper",
    [
        tables.events.update().where(tables.events.c.id == 4).values(data='{"by": "someone else"}'),
        tables.events.update().where(tables.events.c.id == 4).values(at="2026-09-01T00:00:00+00:00"),
        tables.events.update().where(tables.events.c.id == 4).values(hash=""),
        tables.events.delete().where(tables.events.c.id == 4),
        tables.events.delete().where(tables.events.c.id == 1),
        tables.events.update().where(tables.events.c.id == 4).values(id=99),
    ],
)
def test_a_touched_journal_is_found(store: CaseStore, tamper: sa.Executable) -> None:
    lived(store)
    with store.begin() as connection:
        connection.execute(tamper)
    assert store.chain().problems


def test_a_database_of_an_older_version_gets_its_columns_and_starts_to_chain(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE cs_events (id INTEGER PRIMARY KEY, case_id VARCHAR NOT NULL, at VARCHAR NOT NULL, "
            "kind VARCHAR NOT NULL, data TEXT NOT NULL)"
        )
        connection.exec_driver_sql("INSERT INTO cs_events VALUES (1, 'CS-1', '2026-01-01', 'case_opened', '{}')")
    engine.dispose()
    store = CaseStore(url)
    lived(store)
    assert store.chain().problems == ()
    store.close()


def test_a_repeated_event_is_one_event(store: CaseStore) -> None:
    case, rev = opened_case(store)
    store.judged(case, rev, Event(name="judged", on=DAY), FINE, AT)
    slip = Event(name="held", on=DAY, by="钱", reason="x", token="same")
    assert store.happen(case, slip, FINE, AT).transition is not None
    before = len(store.events(case))
    assert store.happen(case, slip, FINE, AT).transition is None
    assert len(store.events(case)) == before


def test_a_refused_event_leaves_no_trace(store: CaseStore) -> None:
    case, _ = opened_case(store)
    before = store.events(case)
    with pytest.raises(RefusedError):
        store.happen(case, Event(name="opened", on=DAY), FINE, AT)
    assert (store.events(case), store.life(case).state) == (before, "checking")


def test_a_decision_on_an_old_revision_is_refused(store: CaseStore) -> None:
    case, rev = opened_case(store)
    decision = Decision(kind="accept", rule="R", evidence="e", by="钱", reason="x", at=AT, rev=rev)
    store.decide(case, decision)
    newer = store.raise_rev(case)
    assert newer == rev + 1
    with pytest.raises(RefusedError, match="has changed since"):
        store.decide(case, decision)
    assert len(store.decisions(case)) == 1


def test_a_decision_is_told_as_one_and_keeps_its_kind(store: CaseStore) -> None:
    case, rev = opened_case(store)
    store.decide(case, Decision(kind="accept", rule="R", evidence="e", by="钱", reason="x", at=AT, rev=rev))
    entry = store.events(case)[-1]
    assert (entry["kind"], entry["decision"], entry["rule"]) == ("decided", "accept", "R")


def test_a_case_that_ended_takes_no_papers_until_it_is_reopened(store: CaseStore) -> None:
    case, _ = opened_case(store, uscc="X")
    store.happen(case, Event(name="cancelled", on=DAY, by="钱", reason="客户撤回"), FINE, AT)
    assert opened_case(store, "b", uscc="X")[0] != case


def test_other_cases_with_the_same_value_are_named(store: CaseStore) -> None:
    first, _ = opened_case(store, "a", serial="S-1")
    second, _ = opened_case(store, "b", serial="S-2", po="P")
    third, _ = opened_case(store, "c", serial="S-1", po="Q")
    assert first == third, "a key that is not exclusive joins"
    assert store.others(second, {"serial": ("S-1", "S-3")}) == {"serial": {"S-1": (first,)}}
    assert store.others(first, {"serial": ("S-1",)}) == {}


def test_the_board_shows_hold_tracks_and_deadlines(store: CaseStore) -> None:
    case = lived(store)
    text = Bilingual(zh="开通", en="opening")
    mark = Mark(clock="SLA-01", title=text, waits_for=text, due=DAY, provisional=True)
    store.keep_marks(case, [mark])
    board = store.boards()[case]
    assert (board.hold, board.marks[0].due, board.marks[0].provisional) == ("原因 4", DAY, True)
