"""The table of transitions: the way of an order, what stands in it, and random lives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pipeline.cases.life import ENDED, STATES, Event, Life, Outcome, Situation
from pipeline.cases.lifecycle import EVENTS, PERSONS_EVENTS, TRANSITIONS, advance
from pipeline.errors import RefusedError

DAY = date(2026, 9, 28)
DUE = Decimal("105984.00")
NEEDS = {"opened": ("tenant_domain", "subscription_end"), "told_customer": ("channel", "recipient")}
FINE = Situation(outcome="accepted", due=DUE, needs=NEEDS)
OPENING = {"tenant_domain": "example.partner.invalid", "subscription_end": "2027-10-08"}


def event(name: str, *, by: str = "", reason: str = "", token: str = "", **values: str) -> Event:
    return Event(name=name, on=DAY, by=by, reason=reason, values=values, token=token)


def run(life: Life, *events: Event, now: Situation = FINE) -> Life:
    for item in events:
        life = advance(life, item, now).life
    return life


PAID = (
    event("submitted"),
    event("judged"),
    event("billed", by="李放行"),
    event("payment_claimed"),
    event("payment_confirmed", by="王财务", amount_received="105,984.00"),
)


def test_an_order_goes_its_way() -> None:
    life, states = Life(), []
    for item in (
        *PAID,
        event("opened", **OPENING),
        event("told_reseller", by="赵开通"),
        event("told_customer", by="赵开通", channel="电话", recipient="林若青"),
        event("originals_sent"),
        event("originals_received"),
        event("originals_verified", by="孙档案", copies="2", archive_location="A-12"),
    ):
        life = run(life, item)
        states.append(life.state)
    assert states == [
        "checking",
        "accepted",
        "awaiting_payment",
        "payment_claimed",
        "paid",
        "opened",
        "opened",
        "awaiting_originals",
        "awaiting_originals",
        "awaiting_originals",
        "closed",
    ]
    assert life.tracks == {"invoice": "due", "originals": "verified"}
    assert life.values["billed_amount"] == "105984.00"


@pytest.mark.parametrize(
    ("before", "item", "now", "says"),
    [
        ("needs_review", event("billed"), FINE, "while the case is needs_review"),
        ("accepted", event("opened", **OPENING), FINE, "while the case is accepted"),
        ("awaiting_payment", event("opened", **OPENING), FINE, "while the case is awaiting_payment"),
        ("accepted", event("billed"), Situation(outcome="accepted", due=None), "amount due is not known"),
        ("accepted", event("billed"), FINE.model_copy(update={"open": {"billing": ("PAY-02",)}}), "PAY-02"),
        ("payment_claimed", event("payment_confirmed", by="王"), FINE, "amount_received"),
        ("payment_claimed", event("payment_confirmed", by="王", amount_received="105983.99"), FINE, "105,984.00 due"),
        ("payment_claimed", event("payment_confirmed", amount_received="105984"), FINE, "for a person"),
        (
            "payment_claimed",
            event("payment_confirmed", by="王", amount_received="105984"),
            FINE.model_copy(update={"open": {"payment": ("PAY-04",)}}),
            "PAY-04",
        ),
        ("paid", event("opened", tenant_domain="x"), FINE, "subscription_end"),
        ("opened", event("told_customer", by="赵", channel="电话"), FINE, "recipient"),
        ("needs_correction", event("refused", by="钱", reason="锁定期"), FINE, "no rule that may end the case"),
        ("needs_correction", event("corrected", by="钱"), FINE.model_copy(update={"doubts": ("SEAL-03",)}), "SEAL-03"),
        ("accepted", event("held", by="钱"), FINE, "needs a reason"),
        ("accepted", event("numbered", by="钱", agreement_no="X"), FINE, "is an order"),
        ("closed", event("cancelled", by="钱", reason="x"), FINE, "while the case is closed"),
        ("accepted", event("approved"), FINE, "no event"),
    ],
)
def test_a_step_that_may_not_be_is_refused_with_its_reason(before: str, item: Event, now: Situation, says: str) -> None:
    life = Life.model_validate({"state": before})
    with pytest.raises(RefusedError, match=says):
        advance(life, item, now)


def test_a_held_case_bills_nothing_until_the_hold_is_lifted() -> None:
    life = run(Life(), *PAID[:2], event("held", by="钱", reason="客户来电"))
    assert life.hold == "客户来电"
    with pytest.raises(RefusedError, match="客户来电"):
        run(life, event("billed", by="李"))
    life = run(life, event("unheld", by="钱", reason="已澄清"), event("billed", by="李"))
    assert life.state == "awaiting_payment"


def test_a_new_paper_after_billing_goes_back_to_where_the_case_was_while_the_amount_holds() -> None:
    billed = run(Life(), *PAID[:4])
    again = run(billed, event("submitted"), event("judged"))
    assert again.state == "payment_claimed"
    other = FINE.model_copy(update={"due": Decimal("1.00")})
    dearer = run(billed, event("submitted"), event("judged"), now=other)
    assert dearer.state == "accepted", "the notice that went out asks for another amount"
    assert "billed" not in dearer.dates
    worse = run(billed, event("submitted"), event("judged"), now=Situation(outcome="needs_correction"))
    assert worse.state == "needs_correction"


def test_an_underpayment_is_recorded_and_the_case_waits_on() -> None:
    life = run(Life(), *PAID[:4], event("payment_differs", by="王", amount_received="100000"))
    assert life.state == "awaiting_payment"
    assert life.values["payment_difference"] == "5984.00"


@pytest.mark.parametrize("due", [None, Decimal("1.00")])
def test_what_was_asked_for_must_come_in_though_the_rate_changed_or_went_missing(due: Decimal | None) -> None:
    billed = run(Life(), *PAID[:4])
    now = FINE.model_copy(update={"due": due})
    with pytest.raises(RefusedError, match=r"105,984\.00 due"):
        run(billed, event("payment_confirmed", by="王财务", amount_received="1.00"), now=now)
    assert run(billed, event("payment_confirmed", by="王财务", amount_received="105984"), now=now).state == "paid"


def test_a_person_cannot_set_what_follows_from_events() -> None:
    billed = run(Life(), *PAID[:4])
    with pytest.raises(RefusedError, match="billed_amount follows"):
        run(billed, event("held", by="钱", reason="x", billed_amount="1.00"))


def test_nothing_received_is_a_difference_too() -> None:
    life = run(Life(), *PAID[:4], event("payment_differs", by="王财务", amount_received="0"))
    assert life.values["payment_difference"] == "105984.00"


def test_money_is_not_asked_for_where_nothing_is_due_at_this_desk() -> None:
    claimed = Life(state="payment_claimed")
    assert run(claimed, event("payment_confirmed", by="王"), now=Situation(outcome="accepted")).state == "paid"


def test_an_agreement_signed_once_gets_its_number_and_then_its_original() -> None:
    now = Situation(outcome="accepted", single=True)
    numbered = run(Life(), event("submitted"), event("judged"), event("numbered", by="钱", agreement_no="N-1"), now=now)
    assert (numbered.state, numbered.tracks["originals"]) == ("numbered", "due")
    with pytest.raises(RefusedError, match="is no order"):
        advance(run(Life(), event("submitted"), event("judged"), now=now), event("billed", by="李"), now)


def test_originals_that_differ_hold_the_case() -> None:
    life = run(Life(state="awaiting_originals"), event("originals_differ", by="孙", reason="第 3 页不同"))
    assert (life.state, life.hold, life.tracks["originals"]) == ("awaiting_originals", "第 3 页不同", "mismatch")


def test_every_state_can_be_left_or_is_an_end_and_every_row_can_fire() -> None:
    left = {state for row in TRANSITIONS for state in row.sources if row.target is not None}
    assert set(STATES) - left <= ENDED
    assert {row.event for row in TRANSITIONS} == set(EVENTS)
    assert set(PERSONS_EVENTS) < set(EVENTS)


class RandomLife(RuleBasedStateMachine):
    """Any events in any order: the promises of the desk hold, and what is repeated changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.life = Life()
        self.journal: list[tuple[str, str, str]] = []
        self.day = DAY

    @initialize()
    def begin(self) -> None:
        self.happen(event("submitted"), FINE)

    def happen(self, item: Event, now: Situation) -> None:
        before = self.life
        item = item.model_copy(update={"token": f"t{len(self.journal)}", "on": self.day})
        try:
            step = advance(before, item, now)
        except RefusedError:
            return
        assert step.transition is not None
        assert before.state in step.transition.sources
        self.life = step.life
        self.journal.append((before.state, item.name, self.life.state))
        repeated = advance(self.life, item, now)
        assert (repeated.life, repeated.transition) == (self.life, None), "a replay is no second event"

    @rule(days=st.integers(0, 20))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)

    @rule(
        name=st.sampled_from(EVENTS),
        outcome=st.sampled_from(["incomplete", "needs_correction", "needs_review", "accepted"]),
        person=st.booleans(),
        paid=st.sampled_from(["105984.00", "100.00", ""]),
        open_=st.sampled_from([{}, {"billing": ("PAY-02",)}, {"payment": ("PAY-04",)}, {"opening": ("D11",)}]),
        final=st.booleans(),
    )
    def anything(
        self, name: str, outcome: Outcome, person: bool, paid: str, open_: Mapping[str, tuple[str, ...]], final: bool
    ) -> None:
        values = {**OPENING, "amount_received": paid, "channel": "电话", "recipient": "林", "copies": "2"}
        now = Situation(
            outcome=outcome, due=DUE, open=open_, final=("DIST-01",) if final else (), needs=NEEDS,
            doubts=("SEAL-03",) if outcome == "needs_review" else (),
        )  # fmt: skip
        item = Event(
            name=name, on=self.day, by="某人" if person else "", reason="因为" if person else "",
            values={**values, "archive_location": "A-1", "agreement_no": "N", "planned_for": "2026-12-01"},
        )  # fmt: skip
        self.happen(item, now)

    @invariant()
    def nothing_is_billed_before_it_was_accepted(self) -> None:
        for place, (before, name, _) in enumerate(self.journal):
            if name == "billed":
                assert before in ("accepted", "awaiting_payment")
                assert any(after == "accepted" for _, _, after in self.journal[:place])

    @invariant()
    def nothing_is_opened_before_the_whole_amount_was_confirmed(self) -> None:
        names = [name for _, name, _ in self.journal]
        if "opened" in names:
            assert "payment_confirmed" in names[: names.index("opened")]
        if "payment_confirmed" in names:
            assert self.life.values["amount_received"]

    @invariant()
    def a_paid_order_never_falls_back_to_the_papers(self) -> None:
        if any(after == "paid" for _, _, after in self.journal):
            assert self.life.state in ("paid", "opened", "awaiting_originals", "closed", "cancelled")

    @invariant()
    def an_end_stays_an_end_unless_a_person_reopens(self) -> None:
        for before, name, after in self.journal:
            if before in ("closed", "cancelled"):
                assert after == before
            if before in ("rejected", "expired") and after != before:
                assert name == "reopened"

    @invariant()
    def the_journal_has_no_gap(self) -> None:
        states = ["new", *(after for _, _, after in self.journal)]
        assert [before for before, _, _ in self.journal] == states[:-1]
        assert self.life.state == states[-1]


TestRandomLife = RandomLife.TestCase
TestRandomLife.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
