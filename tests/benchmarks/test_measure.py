"""Rates, intervals, and what counts as the worst cell."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest

from benchmarks.measure import Number, Rate, Section, Table, wilson, worst_cells


@pytest.mark.parametrize(("good", "total"), [(0, 7), (1, 7), (7, 7), (66, 67), (3, 1000), (998, 1000)])
def test_interval_is_wilsons(good: int, total: int) -> None:
    low, high = wilson(good, total)
    other = binomtest(good, total).proportion_ci(method="wilson")
    assert low == pytest.approx(other.low, abs=1e-6)
    assert high == pytest.approx(other.high, abs=1e-6)


def test_nothing_counted_says_nothing() -> None:
    rate = Rate(0, 0)
    assert rate.share is None
    assert str(rate) == "–"
    assert rate.harm == 0
    assert wilson(0, 0) == (0, 1)


def test_a_rate_shows_its_counts_and_interval() -> None:
    assert str(Rate(3, 4)) == "75.0% 3/4 [30.1%–95.4%]"
    assert str(Rate(4, 4)) == "100% 4/4 [51.0%–100%]"
    assert Rate.of([True, False, True]) == Rate(2, 3)


def test_harm_looks_at_the_bad_end() -> None:
    assert Rate(10, 10).harm == 0
    assert Rate(10, 10, "low").harm > wilson(10, 10)[0]
    assert Rate(3, 10, "low").harm > Rate(4, 10).harm, "what may not happen weighs more than what should be better"
    assert Rate(5, 10, "none").harm == 0


def test_few_cases_do_not_outrank_many() -> None:
    few, many = Rate(0, 1), Rate(50, 100)
    assert few.harm < many.harm


def test_worst_cells_are_ranked_and_one_per_row() -> None:
    table = Table(
        "t",
        ["a", "b"],
        {
            "fine": {"a": Rate(20, 20), "b": Number(3)},
            "bad": {"a": Rate(2, 20), "b": Rate(5, 20)},
            "so so": {"a": Rate(15, 20)},
        },
    )
    cells = worst_cells([Section("s", (table,))])
    assert [(cell.row, cell.column) for cell in cells] == [("bad", "a"), ("so so", "a")]


def test_json_keeps_counts_and_interval() -> None:
    body = Table("t", ["a", "n"], {"row": {"a": Rate(1, 2, "low"), "n": Number(0.5, "s")}}).to_json()
    assert body["rows"]["row"]["a"] == {"hits": 1, "total": 2, "share": 0.5, "low": 0.09453, "high": 0.90547}
    assert body["rows"]["row"]["n"] == {"value": 0.5, "unit": "s"}
