"""Four eyes at the store: one consent counts for nothing, two of one person neither, and no change lies between."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.cases.consents import Consent, digest_of, person
from pipeline.cases.life_store import Decision
from pipeline.cases.store import CaseStore
from pipeline.errors import RefusedError
from pipeline.model import Submission

AT = datetime(2026, 9, 28, 9, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CaseStore]:
    store = CaseStore(f"sqlite:///{tmp_path / 'cases.db'}")
    yield store
    store.close()


def opened(store: CaseStore) -> tuple[str, int]:
    submission = Submission(sha256="a", name="a.pdf", received_at=AT, source="inbox", size=1, media="pdf")
    store.receive(submission, "a")
    return store.join("a", facts="f", case_type="order", profile="p", keys={}, label="青禾", at=AT)


def accepts(by: str, rev: int, *, rule: str = "SEAL-03", shown: str = "x") -> Decision:
    return Decision(kind="accept", rule=rule, evidence="e", by=by, reason=f"{by}看过", at=AT, rev=rev, shown=shown)


def release(by: str, rev: int, paper: str = "C-O05-1") -> Consent:
    return Consent(kind="release", item=paper, digest=digest_of("release", paper), by=by, rev=rev, at=AT)


def test_a_decision_counts_when_a_second_person_says_the_same(store: CaseStore) -> None:
    case, rev = opened(store)
    assert store.decide(case, accepts("李复核", rev), two=True) == ()
    assert store.decisions(case) == ()
    assert [(item.by, item.item, item.rev) for item in store.consents(case)] == [("李复核", "SEAL-03", rev)]
    (done,) = store.decide(case, accepts("王经理", rev), two=True)
    assert (done.by, done.second, done.who) == ("李复核", "王经理", "李复核、王经理")
    assert done.reasons == "李复核看过；王经理看过"
    assert store.decisions(case) == (done,)
    assert store.consents(case) == ()
    kinds = [entry["kind"] for entry in store.events(case)]
    assert "consented" in kinds
    assert store.chain().problems == ()


@pytest.mark.parametrize("again", ["Li Fu", "li fu", " LI  FU ", "Ｌｉ Ｆｕ", "lifu", "Li-Fu", "L.i Fu\u200b"])
def test_one_person_is_not_two_however_the_name_is_typed(store: CaseStore, again: str) -> None:
    case, rev = opened(store)
    store.decide(case, accepts("Li Fu", rev), two=True)
    with pytest.raises(RefusedError, match=f"Li Fu has consented to SEAL-03 already, on revision {rev}"):
        store.decide(case, accepts(again, rev), two=True)
    assert store.decisions(case) == ()
    assert len(store.consents(case)) == 1
    assert person("李 复核") == person("李复核") != person("李复和")


def test_a_change_in_between_voids_the_first_consent(store: CaseStore) -> None:
    case, rev = opened(store)
    store.decide(case, accepts("李复核", rev), two=True)
    assert store.agree(case, release("李复核", rev)) is None
    newer = store.raise_rev(case)
    assert store.consents(case) == ()
    with pytest.raises(RefusedError, match="has changed since"):
        store.decide(case, accepts("王经理", rev), two=True)
    assert store.decide(case, accepts("王经理", newer), two=True) == (), "now the first one"
    assert store.agree(case, release("王经理", newer)) is None
    assert store.decisions(case) == ()


def test_consents_to_different_things_do_not_make_two(store: CaseStore) -> None:
    case, rev = opened(store)
    store.decide(case, accepts("李复核", rev), two=True)
    assert store.decide(case, accepts("王经理", rev, rule="SEAL-02"), two=True) == ()
    assert store.decide(case, accepts("赵", rev, shown="another finding"), two=True) == ()
    assert store.agree(case, release("李复核", rev)) is None
    assert store.agree(case, release("王经理", rev, "C-O05-2")) is None
    assert store.decisions(case) == ()


def test_a_decision_of_two_leaves_the_other_first_consents_standing(store: CaseStore) -> None:
    case, rev = opened(store)
    store.decide(case, accepts("李复核", rev), accepts("李复核", rev, rule="DOS-04"), two=True)
    store.decide(case, accepts("王经理", rev), two=True)
    newer = store.raise_rev(case, seconded=True)
    assert [item.item for item in store.consents(case)] == ["DOS-04"], "and the used one cannot be used again"
    assert len(store.decide(case, accepts("王经理", newer, rule="DOS-04"), two=True)) == 1
    store.raise_rev(case, seconded=True)
    assert store.consents(case) == ()


def test_all_decisions_of_a_request_or_none(store: CaseStore) -> None:
    case, rev = opened(store)
    store.decide(case, accepts("李复核", rev), two=True)
    with pytest.raises(RefusedError, match="already"):
        store.decide(case, accepts("李复核", rev, rule="DOS-04"), accepts("李复核", rev), two=True)
    assert [item.item for item in store.consents(case)] == ["SEAL-03"]


def test_the_same_command_sent_many_times_at_once_is_one_consent(store: CaseStore) -> None:
    case, rev = opened(store)

    def once(_: int) -> str:
        try:
            return "first" if store.agree(case, release("李放行", rev)) is None else "both"
        except RefusedError:
            return "refused"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(once, range(16)))
    assert sorted(answers) == ["first"] + ["refused"] * 15
    other = store.agree(case, release("王经理", rev))
    assert other is not None
    assert other.by == "李放行"


def test_a_decision_of_an_older_version_still_loads() -> None:
    old = '{"kind":"accept","rule":"R","evidence":"e","by":"钱","reason":"x","at":"2026-09-28T09:00:00Z","rev":3}'
    decision = Decision.model_validate_json(old)
    assert (decision.second, decision.who, decision.reasons) == ("", "钱", "x")
