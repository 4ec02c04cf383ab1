"""Types of values on papers: how they are written, checked and compared."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pipeline.values.addresses import NOT_AN_ADDRESS, parse_address
from pipeline.values.calendar import DueDate, add_business_days, counting_day, is_business_day
from pipeline.values.capitals import CapitalsReading, capitals_type, parse_capitals, read_capitals, write_capitals
from pipeline.values.clauses import clause_word
from pipeline.values.contact import parse_domain, parse_email, parse_mobile, parse_phone
from pipeline.values.dates import parse_date
from pipeline.values.encodings import Decoded, decoded
from pipeline.values.hosts import is_foreign_script, plain_host, twin_of
from pipeline.values.money import parse_money
from pipeline.values.names import NameMatch, normal_name, parse_org_name, same_name
from pipeline.values.organisations import NOT_AN_ORGANISATION, is_organisation
from pipeline.values.parsed import Parsed, Parser, folded, simplified, squeezed
from pipeline.values.people import NOT_A_PERSON, parse_person_name
from pipeline.values.plain import (
    parse_bank_account,
    parse_choice,
    parse_integer,
    parse_months,
    parse_number_text,
    parse_percent,
    parse_text,
)
from pipeline.values.secrets import REMOVED, is_secret_name, labelled_secret, secrets_in, without_secrets
from pipeline.values.titles import NOT_A_TITLE, parse_job_title
from pipeline.values.uscc import parse_uscc, suggest_uscc, uscc_problem
from pipeline.values.withheld import is_note, note, note_on

FIELD_TYPES: Mapping[str, Parser] = MappingProxyType(
    {
        "text": parse_text,
        "org_name": parse_org_name,
        "person_name": parse_person_name,
        "job_title": parse_job_title,
        "address": parse_address,
        "uscc": parse_uscc,
        "money": parse_money,
        "capitals": capitals_type,
        "date": parse_date,
        "phone": parse_phone,
        "mobile": parse_mobile,
        "email": parse_email,
        "domain": parse_domain,
        "bank_account": parse_bank_account,
        "integer": parse_integer,
        "percent": parse_percent,
        "months": parse_months,
        "choice": parse_choice,
        "number_text": parse_number_text,
    }
)

# Problems of a value that is not what its blank asks for: unusual, so for a person to see, but not wrong in itself.
UNLIKE = frozenset((NOT_A_PERSON, NOT_A_TITLE, NOT_AN_ADDRESS, NOT_AN_ORGANISATION))

__all__ = [
    "FIELD_TYPES",
    "NOT_AN_ORGANISATION",
    "REMOVED",
    "UNLIKE",
    "CapitalsReading",
    "Decoded",
    "DueDate",
    "NameMatch",
    "Parsed",
    "Parser",
    "add_business_days",
    "clause_word",
    "counting_day",
    "decoded",
    "folded",
    "is_business_day",
    "is_foreign_script",
    "is_note",
    "is_organisation",
    "is_secret_name",
    "labelled_secret",
    "normal_name",
    "note",
    "note_on",
    "parse",
    "parse_capitals",
    "plain_host",
    "read_capitals",
    "same_name",
    "secrets_in",
    "simplified",
    "squeezed",
    "suggest_uscc",
    "twin_of",
    "uscc_problem",
    "without_secrets",
    "write_capitals",
]


def parse(
    type_name: str, raw: str, *, pattern: str | None = None, options: Mapping[str, tuple[str, ...]] | None = None
) -> Parsed:
    """Read `raw` as the named type; KeyError for an unknown type, nothing else is raised."""
    return FIELD_TYPES[type_name](raw, pattern=pattern, options=options or {})
