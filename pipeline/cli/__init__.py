"""The command line."""

from __future__ import annotations

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
from rich.markup import escape
from rich.table import Table

import pipeline
from pipeline import settings as settings_module
from pipeline.cli import cases
from pipeline.cli.console import COLOUR, err, out, print_cases, service_cases
from pipeline.errors import CountersignError, UsageError
from pipeline.flow.diagnosis import diagnose
from pipeline.flow.ledger import account
from pipeline.flow.reviewing import review_file
from pipeline.flow.service import Service, packs_of
from pipeline.model import Review, Verdict
from pipeline.watch import Watcher, WatchOptions

_EXIT: dict[Verdict, int] = {"passed": 0, "indeterminate": 10, "failed": 11}

app = typer.Typer(
    name="countersign",
    help="Reads stamped contracts and purchase orders, checks them, keeps the order case, writes the outgoing papers.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
packs_app = typer.Typer(help="The document packs.", no_args_is_help=True)
app.add_typer(cases.app, name="cases")
app.command()(cases.decide)
app.command()(cases.generate)
app.command()(cases.audit)
app.add_typer(packs_app, name="packs")


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
        print_cases(service_cases(settings).cases())
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
                reviews = review_file(file, settings, packs, Path(folder))
            for review in reviews:
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


def _print_review(review: Review, *, show_all: bool) -> None:
    kind = review.document.type or "unknown document"
    colour = COLOUR[review.verdict]
    name = escape(review.submission.name)
    head = f"[bold]{name}[/bold]  {kind}, {review.document.pages} pages"
    out.print(f"{head}: [{colour}]{review.verdict}[/]", soft_wrap=True)
    for finding in review.findings:
        if finding.outcome in ("pass", "n/a") and not show_all:
            continue
        place = f" p.{finding.page}" if finding.page else ""
        colour = COLOUR.get(finding.outcome, "white")
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
