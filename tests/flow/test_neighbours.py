"""What happens in one case changes another: late originals hold orders, an opening tells what more seats join."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import date, time
from pathlib import Path

import pytest

from pipeline.errors import RefusedError
from pipeline.model import Facts
from tests.flow.test_walk import CUSTOM, result, to_paid
from tests.flow.walk import Walk
from tests.rules.made import CUSTOMER, OTHER, TEMPLATES, agreement, order, seal
from tests.simulator.parties import uscc

NEXT = {
    "po_no": "PO-20261012-001", "po_date": "2026-10-12", "sign_date": "2026-10-12", "customer_name": OTHER,
    "customer_uscc": uscc("320500", "DEMD0004"), "tenant_domain": "yuanlan.partner.onmschina.cn",
    "lines_1_start": "2026-11-02", "lines_1_end": "2027-11-01", "lines_2_start": "2026-11-02",
    "lines_2_end": "2027-11-01",
}  # fmt: skip
MORE = {
    "po_no": "PO-20261110-001", "po_date": "2026-11-10", "sign_date": "2026-11-10", "po_type": "增购",
    "tenant_mode": "已有", "prev_edition": "本总代", "lines_1_qty": "12", "lines_1_term_months": "10",
    "lines_1_start": "2026-12-10", "lines_1_end": "2027-10-09", "lines_1_amount": "12,000.00",
    "total": "12,000.00", "total_capitals": "人民币壹万贰仟元整", "tax_net": "11,320.75", "tax_amount": "679.25",
    **{f"lines_2_{column}": None for column in
       ("no", "sku", "name", "unit", "qty", "list_price", "term_months", "start", "end", "amount")},
}  # fmt: skip


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    """A desk that holds new orders as soon as the originals of one case are late."""
    templates = tmp_path / "templates"
    shutil.copytree(TEMPLATES, templates)
    file = templates / "csp_order" / "case.toml"
    text = file.read_text("utf-8")
    assert "hold_over = 2" in text
    file.write_text(text.replace("hold_over = 2", "hold_over = 0"), "utf-8")
    with Walk(tmp_path) as desk:
        desk.settings = desk.settings.model_copy(update={"templates": templates})
        yield desk


def to_opened(walk: Walk) -> str:
    to_paid(walk)
    walk.at(date(2026, 10, 9))
    walk.drop(result())
    walk.decide("told_reseller", by="赵开通")
    walk.decide("told_customer", by="赵开通", values={"channel": "电话", "recipient": "林若青"})
    assert walk.state == "awaiting_originals"
    return walk.case


def another() -> list[Facts]:
    """An order of the same reseller for another customer."""
    paper = {"customer_name": OTHER, "customer_uscc": NEXT["customer_uscc"], "sign_date": "2026年10月12日"}
    return [
        order(**CUSTOM, **NEXT),
        order("docx", **CUSTOM, **NEXT),
        agreement(None, seals=(seal(OTHER),), **paper),
    ]


def rules(walk: Walk) -> dict[str, str]:
    return {finding.rule: finding.outcome for finding in walk.judged().findings}


def test_late_originals_hold_a_new_order_until_they_come_in(walk: Walk) -> None:
    late = to_opened(walk)
    walk.at(date(2026, 10, 12))
    new = walk.drop(*another())
    assert new != late
    assert walk.state == "accepted", "nothing is late yet"

    walk.settings = walk.settings.model_copy(update={"today": date(2026, 10, 23)})
    with pytest.raises(RefusedError, match="no longer pass: ORIG-07"):
        walk.decide("release", "O05-1", by="李放行")
    assert new in walk.at(date(2026, 10, 23)), "the morning finds it before anybody asks"
    assert walk.state == "needs_review"
    (finding,) = [item for item in walk.judged().findings if item.rule == "ORIG-07"]
    assert (finding.outcome, finding.severity, finding.found) == ("fail", "hold", late)
    assert f"{late}（PO-20260928-001，应于 2026-10-22 前寄达）" in finding.message.zh
    page = (walk.settings.outbox / new / "report.html").read_text("utf-8")
    assert finding.message.zh in page

    walk.decide("originals_sent", case=late, values={"courier": "顺丰", "tracking_no": "SF0000000001"})
    assert walk.state == "needs_review", "on the way is not here"
    walk.decide("originals_received", case=late)
    assert walk.state == "accepted", "judged anew by itself"
    walk.decide("release", "O05-1", by="李放行")
    assert walk.state == "awaiting_payment"
    with closing(walk.store) as store:
        assert store.chain().problems == ()


def test_a_person_may_let_a_held_order_pass_and_a_billed_one_is_never_held(walk: Walk) -> None:
    to_opened(walk)
    walk.at(date(2026, 10, 23), time(10))
    walk.drop(*another())
    assert walk.state == "needs_review"
    with pytest.raises(RefusedError, match="needs a reason"):
        walk.decide("accept", "ORIG-07")
    walk.decide("accept", "ORIG-07", reason="快递已显示签收，正在内部转交")
    assert walk.state == "accepted"
    walk.at(date(2026, 10, 26))
    assert walk.state == "accepted", "another day late does not reopen it"
    walk.decide("release", "O05-1", by="李放行")
    walk.at(date(2026, 10, 29))
    assert (walk.state, rules(walk)["ORIG-07"]) == ("awaiting_payment", "n/a")


def test_more_seats_are_compared_with_the_subscription_that_was_opened(walk: Walk) -> None:
    first = to_opened(walk)
    walk.decide("originals_verified", by="孙档案", values={"copies": "2", "archive_location": "A-12"})
    walk.at(date(2026, 11, 10))
    walk.drop(order(**CUSTOM, **MORE), order("docx", **CUSTOM, **MORE), agreement(sign_date="2026年11月9日"))
    assert walk.case != first
    (finding,) = [item for item in walk.judged().findings if item.rule == "PO-15"]
    assert (finding.outcome, finding.expected) == ("pass", "年付，2027-10-09 到期")
    assert first in finding.message.zh
    assert walk.state == "accepted"
    assert "11,040.00" in walk.text("O05"), "12 seats for 10 months, less 8 %"

    other = {**MORE, "lines_1_end": "2027-12-09", "lines_1_term_months": "12", "lines_1_amount": "14,400.00"}
    walk.drop(order(**CUSTOM, **other), order("docx", **CUSTOM, **other))
    assert walk.state in ("needs_review", "needs_correction")
    assert rules(walk)["PO-15"] == "fail"
    assert CUSTOMER in walk.judged().case.label
