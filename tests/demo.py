"""`make demo`: the real service on scratch folders, fed with the sample dossiers the way staff would."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from pipeline.cases.store import CaseStore
from pipeline.model import Review

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = Path(__file__).resolve().parent / "samples"
SCRATCH = ROOT / "build" / "demo"
TIMEOUT = 600.0
SETTLE = 4
COLOUR = {"accepted": "green", "needs_correction": "red", "needs_review": "yellow", "incomplete": "cyan"}


@dataclass(frozen=True)
class Sample:
    """A dossier to drop: files below `samples/`, the state it must end in, the papers that must be written."""

    name: str
    files: str
    state: str
    papers: tuple[str, ...]

    def paths(self) -> list[Path]:
        """The files, sorted."""
        return sorted(path for pattern in self.files.split() for path in SAMPLES.glob(pattern))


@dataclass(frozen=True)
class Act:
    """One desk and the dossiers that arrive there."""

    profile: str
    title: str
    samples: tuple[Sample, ...]


ACTS = (
    Act(
        "reseller",
        "reseller's desk: stamped agreement + order data → purchase order",
        (Sample("reseller", "reseller/* good/服务协议*", "accepted", ("O01",)),),
    ),
    Act(
        "distributor",
        "distributor's desk: three dossiers arrive, one clean, one altered, one with an unsealed page",
        (
            Sample("good", "good/*", "accepted", ("O02", "O05")),
            Sample("tampered", "tampered/*", "needs_correction", ("O02", "O03")),
            Sample("unsealed", "unsealed/*", "needs_correction", ("O02", "O03")),
        ),
    ),
)

out = Console(highlight=False)


def main() -> int:
    """Run both acts; 0 when every dossier ended as it must."""
    shutil.rmtree(SCRATCH, ignore_errors=True)
    begun = time.monotonic()
    results, walked = perform()
    out.print(table_of(results))
    out.print(f"[bold]{time.monotonic() - begun:.0f} s[/bold]. Open these in a browser:")
    for act in ACTS:
        out.print(f"  {SCRATCH / act.profile / 'outbox' / 'index.html'}", soft_wrap=True)
    return 0 if walked and all(row.right for row in results) else 1


@dataclass(frozen=True)
class Row:
    """How one sample dossier ended."""

    sample: str
    case: str
    state: str
    papers: str
    why: str
    right: bool


def perform() -> tuple[list[Row], bool]:
    """Both desks at once: start their services, drop the files, wait; then one order goes on to its end."""
    with ExitStack() as stack:
        for act in ACTS:
            home = SCRATCH / act.profile
            home.mkdir(parents=True)
            stack.enter_context(service(home, act.profile))
        for act in ACTS:
            home = SCRATCH / act.profile
            wait_for((home / "outbox" / "index.html").exists, "the service did not start", home)
            out.print(f"[bold]{act.title}[/]", soft_wrap=True)
            for number, sample in enumerate(act.samples):
                drop(sample, home / "inbox", way=number)
        stores = {act: stack.enter_context(closing(store_of(act))) for act in ACTS}
        rows = watch(stores)
        good = next(row for row in rows if row.sample == "good")
        return rows, good.right and go_on(good.case, stores[ACTS[1]])


def go_on(case: str, store: CaseStore) -> bool:
    """The clean order to the archive by typed commands; True when it ends closed and no secret is kept."""
    out.print(f"[bold]the clean order {case} goes on[/]: every line is a command you can type")
    decide(case, "release", "O05-1", "--by", "李放行")
    decide(case, "payment_confirmed", "--by", "王财务", "--set", "amount_received=105984.00")
    result = next(SAMPLES.glob("opened/*.json"))
    shutil.copyfile(result, SCRATCH / "distributor" / "inbox" / result.name)
    out.print(f"  [dim]dropped[/dim] {result.name} [dim](with a password in it, as portals export it)[/dim]")
    begun = time.monotonic()
    while store.case(case).state != "opened" and time.monotonic() - begun < TIMEOUT / 4:
        time.sleep(0.5)
    decide(case, "told_reseller", "--by", "赵开通")
    decide(case, "told_customer", "--by", "赵开通", "--set", "channel=电话", "--set", "recipient=林若青")
    decide(case, "originals_verified", "--by", "孙档案", "--set", "copies=2", "--set", "archive_location=A-12")
    countersign("audit")
    secret = json.loads(result.read_text("utf-8"))["initialPassword"].encode()
    kept = [path for path in (SCRATCH / "distributor").rglob("*") if path.is_file() and secret in path.read_bytes()]
    out.print(f"  files that hold the password: [bold]{len(kept)}[/]")
    return store.case(case).state == "closed" and not kept


def decide(case: str, *words: str) -> None:
    """`countersign decide`, shown with its answer."""
    countersign("decide", case, *words)


def countersign(*words: str) -> None:
    """One command at the distributor's desk."""
    out.print(f"  [cyan]countersign {' '.join(words)}[/]", soft_wrap=True)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pipeline.cli", *words],
        cwd=SCRATCH / "distributor",
        env={**os.environ, **desk_settings("distributor")},
        capture_output=True,
        text=True,
        check=False,
    )
    answer = done.stdout if done.returncode == 0 else done.stderr
    out.print(
        f"    {answer.strip().splitlines()[-1] if answer.strip() else done.returncode}", soft_wrap=True, style="dim"
    )


def desk_settings(profile: str) -> dict[str, str]:
    """One desk's settings; the samples are papers of September 2026."""
    return {
        "COUNTERSIGN_PROFILE": profile,
        "COUNTERSIGN_TODAY": "2026-09-28",
        "COUNTERSIGN_TIME_OF_DAY": "10:00",
        "COUNTERSIGN_SETTLE_SECONDS": str(SETTLE),
        "COUNTERSIGN_WORKERS": "1" if profile == "reseller" else "2",
        "COUNTERSIGN_THREADS": "1",
    }


@contextmanager
def service(home: Path, profile: str) -> Iterator[None]:
    """`countersign run` in a process of its own."""
    environment = {**os.environ, **desk_settings(profile)}
    with (home / "service.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "pipeline.cli", "run"], cwd=home, env=environment, stderr=log, stdout=log
        )
        try:
            yield
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()


def drop(sample: Sample, inbox: Path, *, way: int) -> None:
    """Copy, copy slowly, or copy under another name and rename, as people and scanners do."""
    for file in sample.paths():
        target = inbox / file.name
        match way % 3:
            case 0:
                shutil.copyfile(file, target)
                manner = "copied"
            case 1:
                slowly(file, target)
                manner = "copied slowly"
            case _:
                partial = target.with_name(target.name + ".part")
                shutil.copyfile(file, partial)
                partial.rename(target)
                manner = "renamed from .part"
        out.print(f"  [dim]dropped[/dim] {file.name} [dim]({manner})[/dim]", soft_wrap=True)


def slowly(file: Path, target: Path) -> None:
    """Write in pieces with pauses."""
    data = file.read_bytes()
    piece = max(1, len(data) // 4)
    with target.open("wb") as sink:
        for start in range(0, len(data), piece):
            sink.write(data[start : start + piece])
            sink.flush()
            time.sleep(0.4)


def store_of(act: Act) -> CaseStore:
    """The tables of a running service."""
    return CaseStore(f"sqlite:///{(SCRATCH / act.profile / 'state' / 'countersign.db').resolve()}")


def watch(stores: dict[Act, CaseStore]) -> list[Row]:
    """Show progress until every dossier ended, right or wrong."""
    total = sum(len(sample.paths()) for act in stores for sample in act.samples)
    begun = quiet = time.monotonic()
    rows: list[Row] = []
    before: tuple[object, ...] = ()
    with out.status("waiting") as status:
        while time.monotonic() - begun < TIMEOUT:
            cases = [(store, case) for store in stores.values() for case in store.cases()]
            joined = sum(len(store.documents_of(case.id)) for store, case in cases)
            line = f"{joined} of {total} files decided, {len(cases)} cases, {time.monotonic() - begun:.0f} s"
            status.update(line)
            rows = [row_of(sample, store, act) for act, store in stores.items() for sample in act.samples]
            now = (joined, *rows)
            if now != before:
                before, quiet = now, time.monotonic()
                out.print(f"  [dim]{line}[/]")
            if joined == total and (all(row.right for row in rows) or time.monotonic() - quiet > 4 * SETTLE):
                break
            time.sleep(0.5)
    return rows


def row_of(sample: Sample, store: CaseStore, act: Act) -> Row:
    """The case that took this sample's files."""
    names = {file.name for file in sample.paths()}
    for case in store.cases():
        documents = store.documents_of(case.id)
        if not names & {document.submission.name for document in documents}:
            continue
        papers = [item.number for item in store.papers(case.id)]
        reviews = [
            Review.model_validate_json(file.read_bytes())
            for file in sorted((SCRATCH / act.profile / "outbox" / case.id).glob("review-*.json"))
        ]
        whys = [
            f"{finding.rule}" + (f" p.{finding.page}" if finding.page else "")
            for review in reviews
            for finding in review.findings
            if finding.outcome == "fail" and finding.severity == "block"
        ]
        complete = names <= {document.submission.name for document in documents}
        report = SCRATCH / act.profile / "outbox" / case.id / "report.html"
        text = report.read_text("utf-8") if report.exists() else ""
        made = {item.code for item in store.papers(case.id)} == set(sample.papers)
        made = made and all(number in text for number in papers)
        right = case.state == sample.state and complete and made and len(documents) == len(names)
        return Row(
            sample.name,
            case.id,
            case.state,
            "\n".join(papers),
            "\n".join(dict.fromkeys(whys)),
            right,
        )
    return Row(sample.name, "-", "-", "", "", right=False)


def table_of(rows: list[Row]) -> Table:
    """Verdicts at a glance."""
    table = Table(box=SIMPLE)
    for name in ("dossier", "case", "state", "failed", "drafted", "right?"):
        table.add_column(name, overflow="fold")
    for row in rows:
        colour = COLOUR.get(row.state, "white")
        mark = "[green]yes[/]" if row.right else "[red]NO[/]"
        table.add_row(row.sample, row.case, f"[{colour}]{row.state}[/]", row.why, row.papers, mark)
    return table


def wait_for(condition: Callable[[], bool], message: str, home: Path) -> None:
    """Poll for half a minute; then show the service's log."""
    for _ in range(120):
        if condition():
            return
        time.sleep(0.25)
    raise SystemExit(f"{message}\n{(home / 'service.log').read_text(errors='replace')[-3000:]}")


if __name__ == "__main__":
    sys.exit(main())
