"""Where documents of mails belong: the case of what came with them, of the thread, of a number in the text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.cases.join import Hints, OpenCase, led
from pipeline.cases.parcels import READY
from pipeline.cases.store import CaseStore
from pipeline.model import Carrier, Submission

AT = datetime(2026, 9, 28, 9, 0, tzinfo=UTC)
ORDER = frozenset({"order"})
KEYS = ("order", "uscc", "name", "agreement")


def case(number: str, **keys: str) -> OpenCase:
    return OpenCase(id=number, keys={key: (value,) for key, value in keys.items()})


def hints(text: str = "", *, beside: tuple[str, ...] = (), thread: tuple[str, ...] = ()) -> Hints:
    return Hints(beside=beside, thread=thread, text=text, keys=KEYS, firm=ORDER)


A, B = (
    case("A", order="PO-20260928-001", uscc="X1"),
    case("B", order="PO-20260928-002", uscc="X1", agreement="COOP-0042"),
)


def test_what_came_with_it_leads_a_document_without_keys() -> None:
    assert led({}, hints(beside=("A",)), [A, B]).case == "A"
    assert led({}, hints(beside=("A", "B")), [A, B]).candidates == ("A", "B")
    assert led({}, hints(beside=("gone",)), [A, B]).case is None


def test_the_nearest_message_of_the_thread_leads() -> None:
    found = led({}, hints(thread=("B", "A")), [A, B])
    assert (found.case, found.by) == ("B", "mail_thread")


def test_a_number_in_the_text_leads_when_it_stands_by_itself() -> None:
    assert led({}, hints("关于 PO-20260928-001 的补正"), [A, B]).case == "A"
    assert led({}, hints("关于po-20260928 -001的补正"), [A, B]).case == "A"
    assert led({}, hints("PO-20260928-0012"), [A, B]).case is None
    assert led({}, hints("关于 PO-20260928-001、PO-20260928-002"), [A, B]).candidates == ("A", "B")
    assert led({}, hints("协议 COOP-0042 项下"), [A, B]).case == "B"


def test_a_document_that_says_otherwise_is_not_led() -> None:
    other = {"order": "PO-20260928-009", "uscc": "Y2"}
    for way in (hints(beside=("A",)), hints(thread=("A",)), hints("PO-20260928-001")):
        assert led(other, way, [A, B]) == led({}, hints(), [])


def test_a_document_with_keys_is_not_held_up_by_a_doubtful_hint() -> None:
    assert led({"serial": "1"}, hints(beside=("A", "B")), [A, B]).candidates == ()
    assert led({"serial": "1"}, hints("协议 COOP-0042 项下"), [A, B]).case is None, "the number is the reseller's"
    assert led({"serial": "1"}, hints(beside=("A",)), [A, B]).case == "A"


# --- on disk ------------------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CaseStore]:
    store = CaseStore(f"sqlite:///{tmp_path / 'cases.db'}")
    yield store
    store.close()


def submission(sha256: str, carrier: str | None = None) -> Submission:
    came = Carrier(sha256=carrier, name="a.eml", part=f"{sha256}.pdf") if carrier else None
    return Submission(
        sha256=sha256, name=f"{sha256}.pdf", received_at=AT, source="inbox", size=1, media="pdf", carrier=came
    )


def join(store: CaseStore, sha256: str, hints: Hints | None = None, **keys: str) -> str:
    return store.join(
        sha256, facts="f", case_type="order" if keys else "unsorted", profile="p", keys=keys, exclusive=ORDER,
        label=f"file {sha256}", at=AT, hints=hints,
    )[0]  # fmt: skip


def test_documents_of_a_mail_wait_for_each_other(store: CaseStore) -> None:
    store.receive(submission("mail"), "mail")
    for name in "ab":
        store.receive(submission(name, "mail"), name)
    store.split("mail", "facts")
    assert not store.all_read("mail")
    store.ready("a", "facts")
    assert [(row.submission.sha256, row.state) for row in store.carried("mail")] == [("a", READY), ("b", "received")]
    assert store.ready_documents() == ("a",)
    store.ready("b", "facts")
    assert store.all_read("mail")
    join(store, "a", order="PO-20260928-001")
    store.ready("a", "facts")
    assert store.ready_documents() == ("b",), "what has joined does not wait again"


def test_what_is_led_names_no_case_and_opens_none(store: CaseStore) -> None:
    for name in "abc":
        store.receive(submission(name), name)
    first = join(store, "a", order="PO-20260928-001")
    label = store.case(first).label
    assert join(store, "b", hints(beside=(first,))) == first
    assert store.case(first).label == label
    assert join(store, "c") != first
    assert [row.submission.sha256 for row in store.documents_of(first)] == ["a", "b"]
    joined = [event for event in store.events(first) if event["kind"] == "document_joined"]
    assert [event["by"] for event in joined] == [None, "same_mail"]


def test_a_thread_is_known_by_our_papers_and_by_their_mails(store: CaseStore) -> None:
    store.receive(submission("a"), "a")
    case_id, _ = store.join(
        "a", facts="f", case_type="order", profile="p", keys={"order": "PO-20260928-001"}, label="x", at=AT,
        noted={"mail_thread": "m1@example.com"},
    )  # fmt: skip
    paper = store.allocate(case_id, "O03", "c", dated=AT.date(), number=lambda seq, daily: f"{case_id}-O03-{seq}")
    assert store.thread([f"{paper.number}@countersign.invalid"]) == (case_id,)
    assert store.thread(["x@y", "m1@example.com"]) == (case_id,)
    assert store.thread(["x@y"]) == ()
    assert store.thread([]) == ()
