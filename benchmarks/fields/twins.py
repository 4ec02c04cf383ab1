"""The worked dossier and its spoilt twins: what is changed, and what must be said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from tests.simulator import twins as papers
from tests.simulator.twins import Orders, Spoil

Verdict = Literal["passed", "indeterminate", "failed"]


@dataclass(frozen=True)
class Expected:
    """The verdict, and the outcome that one of the rules must have; `also` may fail as a consequence."""

    verdict: Verdict
    outcome: Literal["pass", "unsure", "fail"]
    rules: tuple[str, ...]
    also: tuple[str, ...] = ()


AGREEMENTS: Mapping[str, Expected] = {
    "sheet without slice": Expected("failed", "fail", ("SEAL-03a",)),
    "slice cropped by the scanner": Expected("indeterminate", "unsure", ("SEAL-03",)),
    "grey scan": Expected("indeterminate", "unsure", ("SEAL-03", "SEAL-10", "IN-05")),
    "sheet of another edition": Expected("failed", "fail", ("AGR-01b", "AGR-01d"), ("AGR-01",)),
    "handwritten 价格另议": Expected("failed", "fail", ("AGR-01e",), ("AGR-01",)),
    "provider's name replaced": Expected("failed", "fail", ("AGR-02",), ("AGR-01",)),
    "reseller's seal for the customer's": Expected("failed", "fail", ("SEAL-02", "SEAL-12")),
    "finance seal": Expected("failed", "fail", ("SEAL-04",)),
    "duplex scan": Expected("passed", "pass", ("SEAL-03h",)),
    "two groups of sheets": Expected("passed", "pass", ("SEAL-03g",)),
    "pages 3 and 4 swapped": Expected("failed", "fail", ("SEAL-03c", "AGR-01b")),
}
ORDERS: Mapping[str, Expected] = {
    "words say another amount": Expected("failed", "fail", ("PO-05",)),
    "words spelt 圆正": Expected("passed", "pass", ("PO-05",)),
    "monthly billing": Expected("failed", "fail", ("TERM-01",)),
    "domain of the global edition": Expected("failed", "fail", ("PO-10",)),
    "80 seats in the copy, 60 on paper": Expected("failed", "fail", ("DOS-03",)),
    "opened elsewhere 5 months ago": Expected("failed", "fail", ("DIST-01",)),
}
WORKED = "the worked dossier, nothing wrong"
# What the rules between documents may add when only the order is there.
BETWEEN = ("DOS-02", "DOS-03", "COOP-03", "COOP-07", "DIST-01")
# Twins about papers or rules that the product may not have yet.
OTHERS: Mapping[str, str] = {
    "30 % of the users in China": "DC-04",
    "the same domain abroad": "DC-01",
    "payment slip to another account": "PAY-04",
    "the customer pays": "PAY-03",
    "password in the opening result": "SEC-02",
    "serial number of a slip seen before": "PAY-07",
}
SPOILT: Mapping[str, Spoil] = {
    "sheet without slice": papers.no_slice,
    "slice cropped by the scanner": papers.cropped,
    "grey scan": papers.grey,
    "handwritten 价格另议": papers.price_note,
    "provider's name replaced": papers.other_provider,
    "reseller's seal for the customer's": papers.agents_seal,
    "finance seal": papers.finance_seal,
    "duplex scan": papers.duplex,
    "two groups of sheets": papers.two_groups,
    "pages 3 and 4 swapped": papers.swapped,
}
ORDERED: Mapping[str, Callable[[], Orders]] = {
    "words say another amount": lambda: papers.orders(total_capitals="人民币壹拾壹万贰仟伍佰元整"),
    "words spelt 圆正": lambda: papers.orders(total_capitals="人民币壹拾壹万伍仟贰佰圆正"),
    "monthly billing": lambda: papers.orders(billing="月付"),
    "domain of the global edition": lambda: papers.orders(tenant_domain="qinghemed.onmicrosoft.com"),
    "80 seats in the copy, 60 on paper": papers.other_quantity,
    "opened elsewhere 5 months ago": papers.orders,
    WORKED: papers.orders,
}


def expected_of(name: str) -> Expected:
    """What must be said of a twin."""
    if name == WORKED:
        return Expected("passed", "pass", ("SEAL-03a", "AGR-01d", "DOS-03"))
    return AGREEMENTS.get(name) or ORDERS[name]
