"""`python -m tests.rule_table`: docs/rules.md, every rule id with where it is checked, or why it is not."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.model import Severity
from pipeline.packs import CaseType, RuleSpec, load_packs
from pipeline.rules import CHECKS
from pipeline.rules.decision import DecisionTable

ROOT = Path(__file__).resolve().parents[1]
IDS = Path(__file__).with_name("rule_ids.toml")
TABLE = ROOT / "docs" / "rules.md"
SEVERITIES = ("block", "hold", "warn", "info")
FAMILIES = {
    "IN": "Intake",
    "DOS": "Dossier",
    "COOP": "Cooperation agreement",
    "AGR": "Service agreement (format contract)",
    "SEAL": "Seals",
    "ESIGN": "Electronic seals",
    "PO": "Purchase order",
    "TERM": "Term and billing",
    "DIST": "Distributor lock",
    "FLOW": "Who deals with whom",
    "PAY": "Payment",
    "SLA": "Time promises",
    "CAL": "Business calendar",
    "ORIG": "Paper originals",
    "DC": "Data centre",
    "MIG": "Migration",
    "SEC": "Secrets and privacy",
    "NOTE": "Outgoing papers",
    "REV": "Review by people",
    "AUD": "Audit",
    "GEN": "The same desk elsewhere",
}
HEAD = """# Rules

Every rule id of this desk: where it is checked, how grave it is, which tests hold it, or why it is not checked.
Made by `python -m tests.rule_table` from the packs and [rule_ids.toml](../tests/rule_ids.toml); do not edit it by hand.

A letter behind an id is a part of that rule. *pack: check* means a rule of `templates/csp_order/<pack>/pack.toml`, of
`case.toml` where the pack is *case*; *clock* a deadline of `case.toml`. A rule may judge more softly than its
severity, never harder. Outcomes and severities are explained in [architecture.md](architecture.md), overriding in
[desk.md](desk.md).

## Decision tables

DC, MIG and a few others are tables of rows in `case.toml`. Each input names its sources: `type.field`,
`type.part/whole` (two fields, as a percentage that is never rounded up), or `type` for whether a sound document of
that kind is there. The first source that was read counts; two documents that say different things make the input
`contradictory`, and what is written but illegible is `unknown`. Where no document speaks of it the table's `defaults`
say what that means, else it is `unknown` too. The first row that holds answers, rows marked `also` besides. A row that
would refuse on a reading too weak for that is left to a person.

The order form asks for the share of users in China, but not for travel or a foreign affiliate. To hold every order for
that would make people click without looking; to pass it would claim what nobody said. So what is not stated
(`unstated`) is a remark, DC-03 with severity `warn`, when the share is 70 % or more and there is no subscription to the
global edition. A questionnaire, a remark on the order or another document that does speak of it always counts.
"""


@cache
def ids() -> Mapping[str, Mapping[str, Any]]:
    """The list of ids with what was written about each."""
    return tomllib.loads(IDS.read_text(encoding="utf-8"))


@cache
def case_type() -> CaseType:
    """The shipped case type."""
    return load_packs(ROOT / "templates", CHECKS).case_types["csp_order"]


class Declared(NamedTuple):
    """An id that a pack may answer with; `severities` = the gravest first."""

    rule: str
    pack: str
    spec: RuleSpec
    severities: tuple[Severity, ...]


def declared() -> Iterator[Declared]:
    """Every id that the packs may answer with."""
    for name, pack in case_type().packs.items():
        for document_rule in pack.rules:
            spec = document_rule.spec
            yield Declared(spec.id, name, spec, (spec.severity,))
    for alarm in case_type().alarms:
        yield Declared(alarm.spec.id, "case", alarm.spec, (alarm.spec.severity,))
    for rule in case_type().rules:
        spec, check = rule.spec, rule.check
        if not isinstance(check, DecisionTable):
            yield Declared(spec.id, "case", spec, (spec.severity,))
            continue
        for sub in dict.fromkeys(row.sub for row in check.rows):
            rows = [row for row in check.rows if row.sub == sub and row.outcome != "n/a"]
            yield Declared(f"{spec.id}{sub}", "case", spec, tuple(row.severity or spec.severity for row in rows))


def bare(rule: str) -> str:
    """The id without the letter of its part."""
    return re.sub(r"[a-z]$", "", rule)


def listed(rule: str) -> str | None:
    """The id of the list to which an id of a pack belongs."""
    return next((name for name in (rule, bare(rule)) if name in ids()), None)


def rules_of(name: str) -> list[Declared]:
    """Everything that answers under this id; a part may be answered by its whole."""
    own = [each for each in declared() if listed(each.rule) == name]
    return own or [each for each in declared() if each.rule == bare(name) != name]


def clock_of(name: str) -> bool:
    """Whether a deadline bears this id."""
    return any(clock.id == name for clock in case_type().clocks)


def text() -> str:
    """The whole page."""
    parts = [HEAD]
    for family, title in FAMILIES.items():
        parts.append(f"## {family} — {title}\n")
        parts.append("| id | rule | severity | checked by | tests |\n|---|---|---|---|---|")
        parts += [_row(name) for name in ids() if name.rpartition("-")[0] == family]
        parts.append("")
    return "\n".join(parts)


def _row(name: str) -> str:
    entry, rules = ids()[name], rules_of(name)
    statement = entry.get("says") or rules[0].spec.statement.en
    grave = {severity for each in rules for severity in each.severities}
    severity = " / ".join(word for word in SEVERITIES if word in grave) or entry.get("severity", "–")
    where = [f"{each.pack}: `{each.spec.check}`" for each in rules]
    where += ["case: clock"] if clock_of(name) else []
    where += [f"[{Path(path).name}](../{path})" for path in entry.get("where", ())]
    told = [", ".join(dict.fromkeys(where)), entry.get("note", ""), entry.get("reason", "")]
    tests = ", ".join(f"[{Path(path).name}](../{path})" for path in entry.get("tests", ()))
    return f"| {name} | {statement} | {severity} | {'; '.join(filter(None, told))} | {tests or '–'} |"


def main() -> int:
    """Write the page."""
    TABLE.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{TABLE}: {len(ids())} ids\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
