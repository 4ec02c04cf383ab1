from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipeline.cases.life import Event, Situation
from pipeline.cases.store import CaseStore
from pipeline.errors import RefusedError
from pipeline.model import Submission

AT = datetime(2026, 9, 28, 9, 0, tzinfo=UTC)
ORDER = frozenset({"order"})


def submission(sha256: str) -> Submission:
    return Submission(sha256=sha256, name=f"{sha256}.pdf", received_at=AT, source="inbox", size=1, media="pdf")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CaseStore]:
    store = CaseStore(f"sqlite:///{tmp_path / 'cases.db'}")
    yield store
    store.close()


def join(store: CaseStore, sha256: str, **keys: str) -> tuple[str, int]:
    return store.join(
        sha256, facts="f", case_type="order", profile="p", keys=keys, exclusive=ORDER, label=sha256, at=AT
    )


def test_same_bytes_are_one_document_and_two_arrivals(store: CaseStore) -> None:
    assert store.receive(submission("a"), "token-1")
    assert store.receive(submission("a"), "token-1"), "a repeated call after a crash answers the same"
    assert not store.receive(submission("a"), "token-2")
    assert [item.duplicate for item in store.deliveries("a")] == [False, True]
    assert store.unfinished() == ("a",)


def test_documents_of_one_order_meet_in_one_case(store: CaseStore) -> None:
    for name in "abc":
        store.receive(submission(name), name)
    first = join(store, "a", uscc="X")
    second = join(store, "b", order="PO-1", uscc="X")
    assert first == ("CS-2026-0001", 1)
    assert second == ("CS-2026-0001", 2)
    assert join(store, "b", order="PO-1", uscc="X") == second, "joining again changes nothing"
    assert join(store, "c", order="PO-2", uscc="X")[0] == "CS-2026-0002"
    assert store.case("CS-2026-0001").keys == {"uscc": ("X",), "order": ("PO-1",)}
    assert [row.submission.sha256 for row in store.documents_of("CS-2026-0001")] == ["a", "b"]
    assert store.document_counts()["CS-2026-0001"] == 2
    assert store.unfinished() == ()


def test_an_ambiguous_document_waits_apart_and_takes_no_others(store: CaseStore) -> None:
    for name in "abcd":
        store.receive(submission(name), name)
    join(store, "a", order="PO-1", uscc="X")
    join(store, "b", order="PO-2", uscc="X")
    apart, _ = join(store, "c", uscc="X")
    assert store.case(apart).note == "fits several cases: CS-2026-0001, CS-2026-0002"
    again, _ = join(store, "d", uscc="X")
    assert again not in ("CS-2026-0001", "CS-2026-0002", apart)


def test_a_state_is_set_only_for_the_newest_revision(store: CaseStore) -> None:
    for name in "ab":
        store.receive(submission(name), name)
    case, old = join(store, "a", order="PO-1")
    _, new = join(store, "b", order="PO-1")
    judged, now = Event(name="judged", on=AT.date()), Situation(outcome="accepted")
    assert not store.judged(case, old, judged, now, AT)
    assert store.case(case).state == "checking"
    assert store.unpublished() == ((case, new),)
    assert store.judged(case, new, judged, now, AT)
    assert store.case(case).state == "accepted"
    assert store.unpublished() == ()
    assert [event["kind"] for event in store.events(case)][-1] == "judged"


def test_a_paper_has_one_number_for_equal_content(store: CaseStore) -> None:
    def number(seq: int, daily: int) -> str:
        return f"PO-{seq}-{daily}"

    day = date(2026, 9, 28)
    one = store.allocate("C", "O01", "content-1", dated=day, number=number)
    assert store.allocate("C", "O01", "content-1", dated=date(2026, 9, 29), number=number) == one
    other = store.allocate("C", "O01", "content-2", dated=day, number=number)
    assert (one.number, other.number) == ("PO-1-1", "PO-2-2")
    assert store.papers("C") == ()
    store.paper_written(one, "sha", AT)
    store.paper_written(one, "sha", AT)
    assert [paper.number for paper in store.papers("C")] == ["PO-1-1"]
    assert [event["kind"] for event in store.events("C")] == ["paper_drafted"]
    assert store.waiting() == {"C": ["O01-1"]}


def test_a_released_paper_stays_released(store: CaseStore) -> None:
    paper = store.allocate("C", "O05", "c", dated=AT.date(), number=lambda seq, daily: f"C-O05-{seq}")
    with pytest.raises(RefusedError, match="no paper"):
        store.settle(paper.number, "released", by="李", reason="", at=AT)
    store.paper_written(paper, "sha", AT)
    assert store.settle(paper.number, "released", by="李", reason="", at=AT)
    assert not store.settle(paper.number, "released", by="王", reason="", at=AT), "once is enough"
    with pytest.raises(RefusedError, match="is released"):
        store.settle(paper.number, "rejected", by="王", reason="x", at=AT)
    assert store.waiting() == {}
    (row,) = store.all_papers()["C"]
    assert (row.status, row.settled_by) == ("released", "李")


def test_a_draft_may_be_written_again_and_a_released_paper_never_is(store: CaseStore) -> None:
    paper = store.allocate("C", "O05", "c", dated=AT.date(), number=lambda seq, daily: f"C-O05-{seq}")
    for sha256 in ("one", "two", "two"):
        store.paper_written(paper, sha256, AT)
    store.file_made(paper, "O05-1.pdf", "p", AT)
    store.settle(paper.number, "released", by="李", reason="", at=AT, files={"O05-1.docx": "two", "O05-1.pdf": "p"})
    store.paper_written(paper, "three", AT)
    (row,) = store.papers("C")
    assert row.sha256 == "two"
    assert [event["kind"] for event in store.events("C")] == [
        "paper_drafted", "paper_drafted", "paper_file", "paper_released",
    ]  # fmt: skip
    assert store.events("C")[-1]["files"] == {"O05-1.docx": "two", "O05-1.pdf": "p"}


def test_writers_in_parallel_lose_nothing(store: CaseStore) -> None:
    names = [f"{index:03d}" for index in range(40)]

    def work(part: list[str]) -> None:
        for name in part:
            store.receive(submission(name), name)
            join(store, name, order=f"PO-{int(name) % 4}")

    threads = [threading.Thread(target=work, args=(names[start::4],)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.cases()) == 4
    assert sorted(case.rev for case in store.cases()) == [10, 10, 10, 10]
    assert store.unfinished() == ()
