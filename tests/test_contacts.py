"""The list of contacts: what counts, and what stops the start."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import PackError
from pipeline.packs import Contact, ContactList, ContactsSpec, contacts_of, load_packs
from pipeline.rules import CHECKS
from tests.rules.made import TEMPLATES, case_type

TODAY = date(2026, 9, 28)
SPEC = ContactsSpec(lists=(ContactList(register_name="people", domain="domain", where={"status": "active"}),))


def test_rows_in_force_count() -> None:
    rows = (
        {"email": "A@Example.com", "name": "甲", "company": "某公司", "status": "active"},
        {"email": "b@example.com", "status": "terminated"},
        {"email": "c@example.com", "status": "active", "valid_to": date(2026, 9, 27)},
        {"email": "d@example.com", "status": "active", "valid_from": date(2026, 9, 29)},
        {"domain": "team.example", "status": "active"},
        {"status": "active"},
    )
    found = contacts_of(SPEC, {"people": rows}, TODAY)
    assert [contact.address or contact.domain for contact in found] == ["a@example.com", "team.example"]
    assert found[0].person == "甲"
    assert contacts_of(SPEC, {}, TODAY) == ()


def test_an_address_is_covered_by_itself_or_its_domain() -> None:
    one, all_ = Contact(address="a@team.example"), Contact(domain="team.example")
    assert one.covers("a@team.example")
    assert not one.covers("b@team.example")
    assert all_.covers("b@team.example")
    assert not all_.covers("b@x.team.example")
    assert not all_.covers("")
    assert not Contact().covers("")


def test_the_shipped_lists_hold_the_contacts_of_the_agreements_and_our_own() -> None:
    spec = case_type().contacts
    assert spec is not None
    found = contacts_of(spec, case_type().registers, TODAY)
    assert {contact.address for contact in found if contact.own} == {"orders@example.com"}
    assert "chen@example.com" in {contact.address for contact in found if not contact.own}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('company = "某公司"', ["contacts.toml: row 4", "neither email nor domain"]),
        ('email = "chen at example.com"', ["row 4", "email", "no address"]),
        ('domain = "not a domain"', ["row 4", "domain", "no domain"]),
        ('domain = "qq.com"', ["row 4", "anybody", "qq.com"]),
    ],
)
def test_a_wrong_row_stops_the_start(tmp_path: Path, row: str, said: list[str]) -> None:
    copy = Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))
    register = copy / "csp_order" / "registers" / "contacts.toml"
    register.write_text(register.read_text(encoding="utf-8") + f"\n[[rows]]\n{row}\n", encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_packs(copy, CHECKS)
    for words in said:
        assert words in str(caught.value)


def test_a_list_without_its_register_stops_the_start(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))
    (copy / "csp_order" / "registers" / "contacts.toml").unlink()
    with pytest.raises(PackError, match=r"no register 'contacts'.*operator"):
        load_packs(copy, CHECKS)


def test_a_broken_word_of_an_alarm_stops_the_start(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))
    case = copy / "csp_order" / "case.toml"
    case.write_text(case.read_text(encoding="utf-8").replace('"(old|previous)', '"(old|previous'), encoding="utf-8")
    with pytest.raises(PackError, match=r"PAY-08.*words.*regular expression"):
        load_packs(copy, CHECKS)
