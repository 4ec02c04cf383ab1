"""Who may write to this desk, and may be written to without a person: the clerk's tables of addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field

from pipeline.errors import PackError
from pipeline.model import Value
from pipeline.values import parse

Rows = Sequence[Mapping[str, Any]]


class ContactList(Value):
    """A register with contacts: the columns of address, whole domain, person and company.

    `where` = cells a row must have to count; an `own` list holds our addresses: we may write to them, but who writes
    from one comes from nobody's list.
    """

    register_name: str
    address: str = "email"
    domain: str = ""
    person: str = "name"
    company: str = "company"
    where: Mapping[str, str] = Field(default_factory=dict)
    own: bool = False


class ContactsSpec(Value):
    """All lists; no row may hold one of the `public` domains as a whole, for there anybody gets an address."""

    lists: tuple[ContactList, ...]
    public: tuple[str, ...] = ()


class Contact(Value):
    """One row in force: an `address` or a whole `domain`, in lower case."""

    address: str = ""
    domain: str = ""
    person: str = ""
    company: str = ""
    own: bool = False

    def covers(self, address: str) -> bool:
        """Whether this address is meant."""
        return bool(address) and (address == self.address or address.rpartition("@")[2] == self.domain)


def contacts_of(spec: ContactsSpec, registers: Mapping[str, Rows], today: date) -> tuple[Contact, ...]:
    """The contacts in force today."""
    return tuple(
        contact
        for each in spec.lists
        for row in registers.get(each.register_name, ())
        if _counts(row, each, today) and ((contact := _contact(row, each)).address or contact.domain)
    )


def check_contacts(file: Path, spec: ContactsSpec, registers: Mapping[str, Rows]) -> None:
    """PackError names the register's row and column."""
    for each in spec.lists:
        if each.register_name not in registers:
            valid = ", ".join(sorted(registers)) or "none"
            raise PackError(
                f"{file}: contacts: there is no register {each.register_name!r}; valid: {valid}",
                advice=f"add registers/{each.register_name}.toml, or name another",
            )
        for number, row in enumerate(registers[each.register_name], start=1):
            place = f"{file.parent / 'registers' / each.register_name}.toml: row {number}"
            for problem in _problems(row, each, spec.public):
                raise PackError(f"{place}: {problem}", advice="mend this row")


def _problems(row: Mapping[str, Any], each: ContactList, public: Sequence[str]) -> Iterator[str]:
    address, domain = str(row.get(each.address, "")), str(row.get(each.domain, "")) if each.domain else ""
    if each.domain and not address and not domain:
        yield f"neither {each.address} nor {each.domain} is given"
    if address and parse("email", address).problem:
        yield f"{each.address}: {address!r} is no address"
    if domain and parse("domain", domain).problem:
        yield f"{each.domain}: {domain!r} is no domain"
    if domain.lower() in public:
        yield f"{each.domain}: anybody can have an address at {domain}; enter whole addresses"


def _counts(row: Mapping[str, Any], each: ContactList, today: date) -> bool:
    begins, ends = row.get("valid_from"), row.get("valid_to")
    begun = not isinstance(begins, date) or begins <= today
    return (
        begun
        and not (isinstance(ends, date) and ends < today)
        and all(str(row.get(column, "")) == cell for column, cell in each.where.items())
    )


def _contact(row: Mapping[str, Any], each: ContactList) -> Contact:
    return Contact(
        address=str(row.get(each.address, "")).strip().lower(),
        domain=str(row.get(each.domain, "")).strip().lower() if each.domain else "",
        person=str(row.get(each.person, "")).strip(),
        company=str(row.get(each.company, "")).strip(),
        own=each.own,
    )
