"""The cooperation agreement, and who the service agreement is with."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.model import Facts, Observations, PageMatch
from tests.rules.made import (
    AGENT,
    CUSTOMER,
    OTHER,
    PLACE,
    agreement,
    comparison,
    document,
    facts,
    findings,
    outcome,
    seal,
    straddle,
)

PARTY = {
    "party_b_name": AGENT, "party_b_uscc": "91110108DEMB00022E", "party_b_address": "北京市海淀区虚构大街 20 号",
    "legal_rep": "陈立群", "contact": "陈立群", "phone": "13900000002", "email": "chen@example.com",
    "sign_date_b": "2026-09-20",
}  # fmt: skip
PAGES = 4


def cooperation(**changes: Any) -> Facts:
    """Sealed by both parties, unmodified; `changes` replace observations, or field values by name."""
    matches = tuple(PageMatch(page=n, reference_page=n, alignment="registered", score=0.9) for n in range(1, PAGES + 1))
    seen: dict[str, Any] = {
        "seals": (seal(AGENT, page=PAGES), seal("", page=PAGES, box=(100, 600, 219, 719))),
        "straddle": straddle(slices=straddle().slices[:PAGES], order=tuple(range(1, PAGES + 1)), whole_page=PAGES),
        "comparison": comparison(pages=matches, reference_pages=PAGES),
        "signature_page": PAGES,
        "places": {"seal_b": (PAGES, PLACE), "seal_a": (PAGES, (80.0, 600.0, 250.0, 700.0))},
    }
    observed = {key: value for key, value in changes.items() if key in Observations.model_fields}
    values = {**PARTY, **{key: value for key, value in changes.items() if key not in observed}}
    return facts(
        "cooperation_agreement",
        {key: text for key, text in values.items() if text is not None},
        document(pages=PAGES),
        Observations.model_validate({**seen, **observed}),
    )


def test_the_reseller_is_named_with_code_and_contact() -> None:
    assert outcome(cooperation(), "COOP-01") == "pass"
    assert outcome(cooperation(email=None), "COOP-01") == "fail+pass", "the date is there, the mail is not"
    assert [f.outcome for f in findings(cooperation(party_b_uscc="91110108DEMB00022X"), "COOP-01")] == [
        "unsure",
        "pass",
    ]
    assert [f.severity for f in findings(cooperation(sign_date_b="2026-09-29"), "COOP-01") if f.outcome == "fail"] == [
        "hold"
    ]


@pytest.mark.parametrize(
    ("seals", "expected"),
    [
        ((seal(AGENT, page=PAGES),), "pass"),
        ((seal(OTHER, page=PAGES),), "fail"),
        ((seal(AGENT, page=PAGES, kind="finance"),), "fail"),
        ((seal("", page=PAGES),), "unsure"),
        ((), "fail"),
    ],
)
def test_the_reseller_seals_it(seals: tuple[Any, ...], expected: str) -> None:
    assert outcome(cooperation(seals=seals), "COOP-04") == expected


def test_our_own_seal_and_the_straddle_seal_are_remarks() -> None:
    assert outcome(cooperation(), "COOP-09") == "pass"
    missing = findings(cooperation(seals=()), "COOP-09")
    assert [(f.outcome, f.severity) for f in missing] == [("fail", "warn")]
    none = findings(cooperation(straddle=straddle(form="absent", slices=(), order=())), "COOP-10")
    assert {f.severity for f in none} == {"warn"}
    assert "fail" in {f.outcome for f in none}
    assert "fail" not in outcome(cooperation(), "COOP-10")


def test_the_signature_form_names_the_customer_with_a_valid_code() -> None:
    assert outcome(agreement(), "AGR-03") == "pass"
    assert outcome(agreement(customer_name=None), "AGR-03") == "fail"
    assert outcome(agreement(customer_uscc="91440300DEMC000317"), "AGR-03") == "unsure"


def test_the_customers_seal_is_summed_up_for_the_record() -> None:
    assert outcome(agreement(seals=(seal(CUSTOMER),)), "AGR-04") == "pass"
    other = findings(agreement(seals=(seal(AGENT),)), "AGR-04")
    assert [(f.outcome, f.severity) for f in other] == [("fail", "info")]
