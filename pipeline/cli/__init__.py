"""The command line."""

from __future__ import annotations

import json
import logging
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated

import structlog
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

import pipeline
from pipeline import settings as settings_module
from pipeline.cases.store import CaseRow, CaseStore
from pipeline.errors import CountersignError, UsageError
from pipeline.flow.diagnosis import diagnose
from pipeline.flow.ledger import account
from pipeline.flow.service import Service, packs_of, review_file
from pipeline.model import Review, Verdict
from pipeline.settings import Settings
from pipeline.watch import Watcher, WatchOptions

_EXIT: dict[Verdict, int] = {"passed": 0, "indeterminate": 10, "failed": 11}
_COLOUR = {
    "passed": "green",
    "accepted": "green",
    "failed": "red",
    "needs_correction": "red",
    "indeterminate": "yellow",
    "needs_review": "yellow",
    "incomplete": "cyan",
    "fail": "red",
    "unsure": "yellow",
    "error": "magenta",
    "pass": "green",
}

app = typer.Typer(
    name="countersign",
    help="Reads stamped contracts and purchase orders, checks them, keeps the order case, writes the outgoing papers.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
cases_app = typer.Typer(help="The order cases.", no_args_is_help=True)
packs_app = typer.Typer(help="The document packs.", no_args_is_help=True)
app.add_typer(cases_app, name="cases")
app.add_typer(packs_app, name="packs")

out = Console()
err = Console(stderr=True)

CaseId = Annotated[str, typer.Argument(help="Number of the case, e.g. CS-2026-0001.")]


def main() -> None:
    """Entry point; our own errors become one line and their exit code."""
    _log_to_stderr()
    try:
        app()
    except CountersignError as error:
        err.print(f"[red]countersign:[/red] {escape(str(error))}", soft_wrap=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


@app.command()
def run(
    *,
    once: Annotated[bool, typer.Option("--once", help="Process what is in the inbox, then stop.")] = False,
) -> None:
    """Watch the inbox and process what arrives, until stopped with Ctrl-C."""
    settings = settings_module.load()
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    options = WatchOptions(scan_interval=settings.scan_seconds, quiet=settings.quiet_seconds)
    with Service(settings) as service, Watcher(settings.inbox, service.submit, options) as watcher:
        err.print(f"inbox  [bold]{settings.inbox.resolve()}[/bold]  ({watcher.status().mode})", soft_wrap=True)
        err.print(f"outbox [bold]{(settings.outbox / 'index.html').resolve()}[/bold]", soft_wrap=True)
        if once:
            waiting = watcher.run_until_quiet()
            service.wait_until_idle()
        else:
            _watch(watcher, stopped)
    if once:
        _print_cases(service_cases(settings))
        for item in waiting:
            err.print(
                f"[yellow]still in the inbox:[/yellow] {escape(item.name)}: {escape(item.reason.en)}", soft_wrap=True
            )


def _watch(watcher: Watcher, stopped: threading.Event) -> None:
    while not stopped.wait(0.5):
        if not watcher.running:
            raise CountersignError("the inbox is no longer watched", advice="see the log above and start again")
    err.print("stopping; unfinished work goes on at the next start")


@app.command()
def process(
    files: Annotated[list[Path], typer.Argument(help="Scans or electronic documents.", exists=True, dir_okay=False)],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One review per file and line on standard output.")] = False,
    templates: Annotated[Path | None, typer.Option(help="Folder with the document packs.")] = None,
    show_all: Annotated[bool, typer.Option("--all", help="Also show rules that passed.")] = False,
) -> None:
    """Check files outside any case, without touching the inbox. The exit code is the worst verdict."""
    settings = settings_module.load(templates=templates)
    packs = packs_of(settings)
    worst = 0
    with tempfile.TemporaryDirectory(prefix="countersign-") as folder:
        for file in files:
            with err.status(f"reading {escape(file.name)}"):
                review, _ = review_file(file, settings, packs, Path(folder))
            worst = max(worst, _EXIT[review.verdict])
            if as_json:
                sys.stdout.write(review.model_dump_json(by_alias=True) + "\n")
            else:
                _print_review(review, show_all=show_all)
    raise typer.Exit(worst)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where the installation is to live.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Also into a folder that is not empty.")] = False,
) -> None:
    """Lay out an installation: inbox/, outbox/, templates/ and a commented countersign.toml."""
    if folder.exists() and any(folder.iterdir()) and not force:
        raise UsageError(f"{folder} is not empty", advice="name a new folder, or add --force; nothing is overwritten")
    for name in ("inbox", "outbox"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    if not (folder / "templates").exists():
        shutil.copytree(settings_module.shipped_templates(), folder / "templates")
    if not (folder / settings_module.FILE).exists():
        text = settings_module.commented_toml().replace('# templates = "templates"', 'templates = "templates"')
        (folder / settings_module.FILE).write_text(text, encoding="utf-8")
    out.print(f"laid out in {folder.resolve()}", soft_wrap=True)
    out.print(f"next:  cd {folder}  &&  countersign run", soft_wrap=True)


@app.command()
def generate(
    case: CaseId,
    document: Annotated[str, typer.Argument(help="Code of the paper, e.g. O03.")],
) -> None:
    """Write an outgoing paper of a case; equal content keeps its number."""
    settings = settings_module.load()
    with Service(settings) as service:
        number = service.generate(case, document)
    out.print(f"{number}  {(settings.outbox / case / 'outgoing').resolve()}", soft_wrap=True)


@app.command()
def ledger() -> None:
    """Account for every arrival: stored, joined to a case, published. Exit code 5 when something does not add up."""
    settings = settings_module.load()
    result = account(settings, service_cases(settings))
    table = Table("what", "count", box=None)
    for name, count in result.counts.items():
        table.add_row(name, str(count))
    out.print(table)
    for problem in result.problems:
        out.print(f"[red]{escape(problem)}[/red]", soft_wrap=True)
    raise typer.Exit(5 if result.problems else 0)


@app.command()
def doctor() -> None:
    """Tell what this machine has and lacks."""
    settings = settings_module.load()
    table = Table("what", "state", "", box=None)
    healthy = True
    for item in diagnose(settings):
        healthy &= item.ok is not False
        mark = {True: "[green]ok[/green]", False: "[red]lacking[/red]", None: "[yellow]optional[/yellow]"}[item.ok]
        table.add_row(item.what, mark, escape(item.detail))
    out.print(table)
    raise typer.Exit(0 if healthy else 3)


@app.command()
def version() -> None:
    """Print the version."""
    out.print(pipeline.__version__)


@cases_app.command("list")
def cases_list(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One case per line as JSON.")] = False,
) -> None:
    """List all cases, the newest change first."""
    rows = service_cases(settings_module.load()).cases()
    if as_json:
        for row in rows:
            sys.stdout.write(row.model_dump_json() + "\n")
    else:
        _print_cases_table(rows)


@cases_app.command("show")
def cases_show(case: CaseId) -> None:
    """Show one case: documents and papers."""
    settings = settings_module.load()
    store = service_cases(settings)
    row = _case(store, case)
    colour = _COLOUR.get(row.state, "white")
    out.print(f"[bold]{row.id}[/bold]  {escape(row.label)}  [{colour}]{row.state}[/]", soft_wrap=True)
    if row.note:
        out.print(escape(row.note), soft_wrap=True)
    for document in store.documents_of(case):
        out.print(f"  {document.submission.sha256[:8]}  {escape(document.submission.name)}", soft_wrap=True)
    for paper in store.papers(case):
        out.print(f"  {paper.number}  outgoing/{paper.code}-{paper.seq}.docx", soft_wrap=True)
    out.print(f"  report: {(settings.outbox / case / 'report.html').resolve()}", soft_wrap=True)


@cases_app.command("timeline")
def cases_timeline(case: CaseId) -> None:
    """Show what happened to a case, oldest first."""
    store = service_cases(settings_module.load())
    _case(store, case)
    for event in store.events(case):
        rest = {key: value for key, value in event.items() if key not in ("at", "kind")}
        out.print(f"{event['at']}  {event['kind']}  {escape(json.dumps(rest, ensure_ascii=False))}", soft_wrap=True)


@packs_app.command("check")
def packs_check(
    templates: Annotated[Path | None, typer.Argument(help="Folder with the packs; default: as configured.")] = None,
) -> None:
    """Load all packs; a broken one is named with file, key and valid names."""
    packs = packs_of(settings_module.load(templates=templates))
    for case in packs.case_types.values():
        out.print(f"[bold]{case.type}[/bold]  {case.title.en}: {len(case.rules)} case rules")
        for pack in case.packs.values():
            edition = f" edition {pack.edition}" if pack.edition else ""
            out.print(f"  {pack.code:4} {pack.type:22} {len(pack.fields):3} fields {len(pack.rules):3} rules{edition}")


def service_cases(settings: Settings) -> CaseStore:
    """The stored cases, for reading."""
    if settings.database_url is None and not (settings.state / "countersign.db").exists():
        raise UsageError(f"{settings.state}: nothing was processed here yet", advice="start `countersign run` first")
    return CaseStore(settings.url)


def _case(store: CaseStore, case: str) -> CaseRow:
    try:
        return store.case(case)
    except KeyError:
        raise UsageError(f"there is no case {case!r}", advice="see `countersign cases list`") from None


def _print_cases(store: CaseStore) -> None:
    _print_cases_table(store.cases())


def _print_cases_table(rows: tuple[CaseRow, ...]) -> None:
    table = Table("case", "state", "label", "changed", box=None)
    for row in rows:
        colour = _COLOUR.get(row.state, "white")
        table.add_row(row.id, f"[{colour}]{row.state}[/]", escape(row.label), f"{row.changed_at:%Y-%m-%d %H:%M}")
    out.print(table)


def _print_review(review: Review, *, show_all: bool) -> None:
    kind = review.document.type or "unknown document"
    colour = _COLOUR[review.verdict]
    name = escape(review.submission.name)
    head = f"[bold]{name}[/bold]  {kind}, {review.document.pages} pages"
    out.print(f"{head}: [{colour}]{review.verdict}[/]", soft_wrap=True)
    for finding in review.findings:
        if finding.outcome in ("pass", "n/a") and not show_all:
            continue
        place = f" p.{finding.page}" if finding.page else ""
        colour = _COLOUR.get(finding.outcome, "white")
        text = escape(finding.message.en)
        out.print(f"  [{colour}]{finding.outcome:6}[/] {finding.rule}{place}: {text}", soft_wrap=True)


def _log_to_stderr() -> None:
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False)
            if not sys.stderr.isatty()
            else structlog.dev.ConsoleRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


if __name__ == "__main__":
    main()
