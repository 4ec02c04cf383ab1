"""No rule of the specification is forgotten: each is in a pack, a clock, a module, or says why not."""

from __future__ import annotations

import pytest

from tests.rule_table import FAMILIES, ROOT, TABLE, bare, case_type, clock_of, declared, ids, listed, rules_of, text

COUNTS = {
    "IN": 10, "DOS": 8, "COOP": 10, "AGR": 17, "SEAL": 24, "ESIGN": 5, "PO": 19, "TERM": 5, "DIST": 4, "FLOW": 5,
    "PAY": 10, "SLA": 6, "CAL": 5, "ORIG": 8, "DC": 8, "MIG": 10, "SEC": 6, "NOTE": 9, "REV": 5, "AUD": 3, "GEN": 14,
}  # fmt: skip


def test_the_list_is_whole() -> None:
    families = [name.rpartition("-")[0] for name in ids()]
    assert {family: families.count(family) for family in FAMILIES} == COUNTS
    assert set(families) == set(FAMILIES)


@pytest.mark.parametrize("name", ids())
def test_each_is_checked_somewhere_or_says_why_not(name: str) -> None:
    entry = ids()[name]
    assert set(entry) <= {"says", "severity", "where", "note", "reason", "tests"}
    checked = bool(rules_of(name)) or clock_of(name) or bool(entry.get("where"))
    if "reason" in entry:
        assert not checked, f"{name} is checked now: put tests in place of the reason"
        assert entry["reason"].startswith("not in this version: ")
        assert "tests" not in entry
    else:
        assert checked, f"{name} is in no pack, clock or module"
        assert entry["tests"], f"{name} has no test"
    for path in (*entry.get("where", ()), *entry.get("tests", ())):
        assert (ROOT / path).is_file(), path
    assert "says" in entry or rules_of(name)
    assert "severity" in entry or rules_of(name)


def test_what_the_packs_answer_is_in_the_list() -> None:
    assert [each.rule for each in declared() if listed(each.rule) is None] == []


def test_a_rule_of_a_pack_is_named_by_its_tests() -> None:
    """A test file that never names the rule, nor a part of it, does not test it."""
    for name in ids():
        files = [ROOT / path for path in ids()[name].get("tests", ())]
        if files and rules_of(name):
            assert any(bare(name) in file.read_text(encoding="utf-8") for file in files), name


def test_an_order_never_asks_for_another_cooperation_agreement() -> None:
    required = {form.partition(":")[0] for forms in case_type().requires.values() for form in forms}
    assert "cooperation_agreement" not in required


def test_the_page_is_current() -> None:
    assert TABLE.read_text(encoding="utf-8") == text(), "run `python -m tests.rule_table`"
