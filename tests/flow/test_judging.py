"""A judgement is passed on while nothing happened to the case, and made anew when something did."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from pipeline.cases.life import Event
from pipeline.flow.judging import Judge, Judged
from pipeline.flow.service import Service
from tests.flow.test_walk import CUSTOM, dossier, slip, to_payment
from tests.flow.walk import Walk
from tests.rules.made import order


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    with Walk(tmp_path) as desk:
        yield desk


def report(walk: Walk) -> str:
    return (walk.settings.outbox / walk.case / "report.html").read_text("utf-8")


def same_when_judged_anew(walk: Walk) -> bool:
    before = report(walk)
    service = Service(walk.settings)
    with closing(service.cases):
        service.desk.publish_case(walk.case)
    return report(walk) == before


def test_the_report_is_that_of_a_new_judgement_at_every_step(walk: Walk) -> None:
    walk.drop(*dossier(users_cn_pct="30%"))
    walk.decide("accept", "DC-04", reason="客户书面确认")
    assert same_when_judged_anew(walk)
    walk.at(date(2026, 9, 29))
    walk.decide("release", "O05-1", by="李放行")
    assert same_when_judged_anew(walk)
    walk.drop(slip(walk))
    assert same_when_judged_anew(walk)
    walk.decide("payment_differs", by="王财务", values={"amount_received": "100000.00"})
    assert same_when_judged_anew(walk)
    walk.drop(order(**CUSTOM, billing="月付"))
    assert same_when_judged_anew(walk)


def test_a_step_of_a_person_is_judged_before_and_after_and_no_more(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    to_payment(walk)
    judged: list[str] = []
    judge = Judge.judge

    def counted(self: Judge, case_id: str) -> Judged:
        judged.append(case_id)
        return judge(self, case_id)

    monkeypatch.setattr(Judge, "judge", counted)
    walk.decide("held", reason="等客户回电")
    assert len(judged) == 2
    judged.clear()
    walk.decide("unheld", reason="已回电")
    walk.decide("payment_differs", by="王财务", values={"amount_received": "100000.00"})
    assert walk.papers()["O05b"].status == "draft", "a paper was drafted and shown as well"
    assert len(judged) == 4


def test_what_happened_meanwhile_is_judged_anew(walk: Walk) -> None:
    walk.drop(*dossier())
    service = Service(walk.settings)
    with closing(service.cases):
        judging, before = service.desk.judging, service.desk.judge(walk.case)
        kept = judging.again(before)
        assert kept.reviews is before.reviews
        service.cases.happen(
            walk.case, Event(name="held", on=date(2026, 9, 28), by="钱", reason="x"), before.situation, judging.now()
        )
        moved = judging.again(before)
        assert (moved.life.hold, moved.reviews is before.reviews) == ("x", False)
        service.cases.raise_rev(walk.case)
        assert judging.again(moved).case.rev == moved.case.rev + 1
