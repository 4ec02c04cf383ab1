"""Where the commands print, and what several of them show."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.cases.store import CaseRow, CaseStore
from pipeline.errors import UsageError
from pipeline.settings import Settings

COLOUR = {
    "passed": "green",
    "accepted": "green",
    "closed": "green",
    "failed": "red",
    "needs_correction": "red",
    "rejected": "red",
    "expired": "red",
    "indeterminate": "yellow",
    "needs_review": "yellow",
    "payment_claimed": "yellow",
    "incomplete": "cyan",
    "awaiting_payment": "cyan",
    "awaiting_originals": "cyan",
    "paid": "magenta",
    "opened": "magenta",
    "fail": "red",
    "unsure": "yellow",
    "error": "magenta",
    "pass": "green",
}

out = Console()
err = Console(stderr=True)


def service_cases(settings: Settings) -> CaseStore:
    """The stored cases, for reading."""
    if settings.database_url is None and not (settings.state / "countersign.db").exists():
        raise UsageError(f"{settings.state}: nothing was processed here yet", advice="start `countersign run` first")
    return CaseStore(settings.url)


def known_case(store: CaseStore, case: str) -> CaseRow:
    """UsageError when there is no such case."""
    try:
        return store.case(case)
    except KeyError:
        raise UsageError(f"there is no case {case!r}", advice="see `countersign cases list`") from None


def print_cases(rows: Sequence[CaseRow]) -> None:
    """One line per case."""
    table = Table("case", "state", "label", "changed", box=None)
    for row in rows:
        colour = COLOUR.get(row.state, "white")
        table.add_row(row.id, f"[{colour}]{row.state}[/]", escape(row.label), f"{row.changed_at:%Y-%m-%d %H:%M}")
    out.print(table)
