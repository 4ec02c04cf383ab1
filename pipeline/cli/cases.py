"""Commands on the order cases: looking, deciding, writing papers, checking the journal."""

from __future__ import annotations

import getpass
import json
import sys
from datetime import date, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from pipeline import settings as settings_module
from pipeline.cli.console import COLOUR, known_case, out, print_cases, service_cases
from pipeline.errors import UsageError
from pipeline.flow.deciding import ACTIONS, Request
from pipeline.flow.desk import Desk
from pipeline.flow.sending import told
from pipeline.settings import Settings

app = typer.Typer(help="The order cases.", no_args_is_help=True)

CaseId = Annotated[str, typer.Argument(help="Number of the case, e.g. CS-2026-0001.")]

_DECISIONS = """[bold]About what was found[/]
  accept RULE    it is in order after all (AGR-01 only with --false-alarm; some failures never)
  refuse RULE    it is not; the point goes into the correction notice
  correct FIELD  what stands on the paper, --set value=…; everything is judged again
  move DOCUMENT  into the case it belongs to, --set to=CS-…
[bold]About papers[/]
  release PAPER  let a draft go out, e.g. O05-1; it cannot be changed afterwards
  reject PAPER   set a draft aside
  Where the pack asks for two persons (four_eyes, four_eyes_over) accept, correct and release wait until a second one,
  with another name, says the same about the same revision.
  send PAPER     hand a released message to the mail server, once more if it did not go out
  sent PAPER     the message is out, as you found out
[bold]About the order[/]
  payment_confirmed  --set amount_received=…     payment_differs  --set amount_received=…
  opened  --set … as the pack asks      told_customer, told_reseller  proof of the two messages
  originals_sent, originals_received, originals_verified, originals_differ
  held, unheld, cancelled, refused, reopened  each with --reason
  numbered  --set agreement_no=…        invoiced, migration_advised, migration_planned, migration_done"""


@app.command("list")
def cases_list(
    *,
    state: Annotated[str | None, typer.Option(help="Only cases in this state.")] = None,
    due: Annotated[bool, typer.Option("--due", help="Only cases with a deadline today or earlier, and which.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One case per line as JSON.")] = False,
) -> None:
    """List all cases, the newest change first."""
    settings = settings_module.load()
    store = service_cases(settings)
    rows = [row for row in store.cases() if state in (None, row.state)]
    if due:
        _print_due(settings, {row.id: row.label for row in rows})
    elif as_json:
        for row in rows:
            sys.stdout.write(row.model_dump_json() + "\n")
    else:
        print_cases(rows)


@app.command("show")
def cases_show(case: CaseId) -> None:
    """Show one case: state, deadlines, documents and papers."""
    settings = settings_module.load()
    store = service_cases(settings)
    row, life = known_case(store, case), store.life(case)
    colour = COLOUR.get(row.state, "white")
    out.print(
        f"[bold]{row.id}[/bold]  {escape(row.label)}  [{colour}]{row.state}[/]  revision {row.rev}", soft_wrap=True
    )
    if row.note:
        out.print(escape(row.note), soft_wrap=True)
    if life.hold:
        out.print(f"[yellow]on hold:[/yellow] {escape(life.hold)}", soft_wrap=True)
    board = store.boards().get(case)
    for mark in board.marks if board else ():
        provisional = " (provisional)" if mark.provisional else ""
        out.print(f"  due {mark.due}{provisional}  {mark.title.en}: {mark.waits_for.en}", soft_wrap=True)
    for consent in store.consents(case):
        who = f"{consent.by} on revision {consent.rev}"
        out.print(f"  second person wanted: {consent.kind} {consent.item}, {escape(who)} has consented", soft_wrap=True)
    for track, where in life.tracks.items():
        out.print(f"  {track}: {where}")
    for document in store.documents_of(case):
        out.print(f"  {document.submission.sha256[:8]}  {escape(document.submission.name)}", soft_wrap=True)
    for paper in store.papers(case):
        by = f" by {escape(paper.settled_by)}" if paper.settled_by else ""
        out.print(f"  {paper.number}  {paper.status}{by}  outgoing/{paper.code}-{paper.seq}.docx", soft_wrap=True)
        if paper.mail:
            out.print(f"    {escape(told(paper))}", soft_wrap=True)
    out.print(f"  report: {(settings.outbox / case / 'report.html').resolve()}", soft_wrap=True)


@app.command("timeline")
def cases_timeline(case: CaseId) -> None:
    """Show what happened to a case, oldest first."""
    store = service_cases(settings_module.load())
    known_case(store, case)
    for event in store.events(case):
        rest = {key: value for key, value in event.items() if key not in ("at", "kind")}
        out.print(f"{event['at']}  {event['kind']}  {escape(json.dumps(rest, ensure_ascii=False))}", soft_wrap=True)


def decide(
    case: CaseId,
    action: Annotated[str, typer.Argument(help=f"One of: {', '.join(ACTIONS)}.")],
    item: Annotated[str, typer.Argument(help="The rule, field or paper, where the decision is about one.")] = "",
    *,
    by: Annotated[str, typer.Option(help="Who decides; default: the account you are logged in with.")] = "",
    reason: Annotated[str, typer.Option(help="Why; kept in the journal.")] = "",
    rev: Annotated[
        int | None, typer.Option(help="The revision you looked at (it stands in the report); refused when it is old.")
    ] = None,
    document: Annotated[str, typer.Option(help="First characters of the document's hash, where several fit.")] = "",
    values: Annotated[list[str] | None, typer.Option("--set", help="name=value, as often as needed.")] = None,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day it happened, if not today.")
    ] = None,
    false_alarm: Annotated[
        bool, typer.Option("--false-alarm", help="Nothing was changed; the machine saw what is not there.")
    ] = False,
) -> None:
    """Decide a point, release a paper, or record what happened to an order. Everything goes into the journal."""
    request = Request(
        action=action,
        item=item,
        by=by or getpass.getuser(),
        reason=reason,
        rev=rev,
        document=document,
        values=dict(_pair(text) for text in values or ()),
        on=on.date() if on else None,
        false_alarm=false_alarm,
    )
    settings = settings_module.load()
    service_cases(settings).close()
    with Desk(settings) as desk:
        out.print(escape(desk.decide(case, request)), soft_wrap=True)


decide.__doc__ = f"{decide.__doc__}\n\n{_DECISIONS}"


def generate(
    case: CaseId,
    document: Annotated[str, typer.Argument(help="Code of the paper, e.g. O03.")],
) -> None:
    """Write an outgoing paper of a case; equal content keeps its number."""
    settings = settings_module.load()
    service_cases(settings).close()
    with Desk(settings) as desk:
        number = desk.generate(case, document)
    out.print(f"{number}  {(settings.outbox / case / 'outgoing').resolve()}", soft_wrap=True)


def audit() -> None:
    """Check that journal and released papers, each with all of its files, are as written. Exit code 5 when not."""
    settings = settings_module.load()
    store = service_cases(settings)
    chain = store.chain()
    with Desk(settings) as desk:
        found = desk.audit()
    problems = [*chain.problems, *found.problems]
    out.print(f"{chain.entries} journal entries, newest hash {chain.head or 'none'}", soft_wrap=True)
    out.print(f"{found.papers} released papers of {found.files} files")
    for problem in problems:
        out.print(f"[red]{escape(problem)}[/red]", soft_wrap=True)
    for line in found.unknown:
        out.print(f"[yellow]{escape(line)}[/yellow]", soft_wrap=True)
    if not problems:
        out.print("[green]journal and released papers are unchanged[/green]")
    raise typer.Exit(5 if problems else 0)


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise UsageError(f"--set {text!r} is no name=value", advice="write e.g. --set amount_received=105984.00")
    return name.strip(), value.strip()


def _print_due(settings: Settings, labels: dict[str, str]) -> None:
    today: date = settings.today or datetime.now().astimezone().date()
    table = Table("due", "case", "what", "waits for", "label", box=None)
    marks = [(mark, case) for case, board in service_cases(settings).boards().items() for mark in board.marks]
    for mark, case in sorted(marks, key=lambda pair: (pair[0].due, pair[1])):
        if mark.due <= today and case in labels:
            late = "[red]" if mark.due < today else "[yellow]"
            table.add_row(f"{late}{mark.due}[/]", case, mark.title.en, mark.waits_for.en, escape(labels[case]))
    out.print(table)
