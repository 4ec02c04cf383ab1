"""The real service (`countersign run --once`) on scratch installations: with a full store, and with several readers."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pypdf import PdfWriter

from benchmarks.plan import ROOT
from pipeline.cases.store import CaseStore
from pipeline.flow.case import CaseDesk
from pipeline.flow.service import packs_of
from pipeline.ingest import FileStore
from pipeline.settings import Settings, shipped_templates
from tests.simulator.parties import uscc

_SAMPLES = ROOT / "tests" / "samples"
_TIMEOUT = 3600


class Installation:
    """Scratch folders and the settings of a service that stops when the inbox is empty."""

    def __init__(self, home: Path, *, workers: int = 1) -> None:
        self.home, self.inbox, self.outbox, self.state = home, home / "inbox", home / "outbox", home / "state"
        self.inbox.mkdir(parents=True)
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("COUNTERSIGN_")},
            "COUNTERSIGN_TODAY": "2026-09-28",
            "COUNTERSIGN_SETTLE_SECONDS": "0",
            "COUNTERSIGN_SCAN_SECONDS": "0.2",
            "COUNTERSIGN_QUIET_SECONDS": "0.2",
            "COUNTERSIGN_WORKERS": str(workers),
            "COUNTERSIGN_THREADS": "1",
            "COUNTERSIGN_PDF": "false",
        }

    def run(self) -> float:
        """Seconds of `run --once`; RuntimeError with the end of its log when it fails."""
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-P", "-m", "pipeline.cli", "run", "--once"],
            cwd=self.home,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT,
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        return time.perf_counter() - begun

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.state / "countersign.db"

    def cases(self) -> int:
        """How many cases there are."""
        with closing(sqlite3.connect(self.database)) as connection:
            return int(connection.execute("SELECT count(*) FROM cs_cases").fetchone()[0])


def orders(count: int, folder: Path, start: int) -> list[Path]:
    """Electronic orders that belong to no common case: other number, other customer."""
    text = (_SAMPLES / "reseller" / "order.toml").read_text(encoding="utf-8")
    first = tomllib.loads(text)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(start, start + count):
        other = text.replace(first["po_no"], f"PO-20260928-{number:06d}")
        other = other.replace(first["customer_name"], f"青禾{number}号医疗器械（深圳）有限公司")
        other = other.replace(first["customer_uscc"], uscc("440300", f"{number:08d}"))
        path = folder / f"order-{number}.toml"
        path.write_text(other, encoding="utf-8")
        paths.append(path)
    return paths


def seconds_each(installation: Installation, files: Sequence[Path]) -> float:
    """What each further file costs: a run with the files less a run without, over their number."""
    idle = installation.run()
    for path in files:
        shutil.copyfile(path, installation.inbox / path.name)
    return max(0.0, installation.run() - idle) / len(files)


@dataclass(frozen=True)
class Listing:
    """Seconds to read all cases, to write the page of all cases, and of a bare query for the same rows."""

    cases: float
    page: float
    query: float


def listing(installation: Installation) -> Listing:
    """What looking at all cases costs inside a running process; the best of three."""
    settings = Settings(
        inbox=installation.inbox, outbox=installation.outbox, state=installation.state, templates=shipped_templates()
    )
    with closing(CaseStore(settings.url)) as store:
        desk = CaseDesk(settings, packs_of(settings), store, FileStore(settings.state / "store"))
        cases, page = _best(store.cases), _best(desk.publish_index)
    with closing(sqlite3.connect(installation.database)) as connection:
        query = _best(lambda: connection.execute("SELECT * FROM cs_cases ORDER BY changed_at DESC").fetchall())
    return Listing(cases, page, query)


def _best(task: Callable[[], object]) -> float:
    taken = []
    for _ in range(3):
        begun = time.perf_counter()
        task()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def fill_store(database: Path, count: int) -> None:
    """Repeat all rows of the one processed document `count` times under other hashes and case numbers.

    Every table takes part, the durable engine's own as well, so that the store looks as after years of work.
    """
    with closing(sqlite3.connect(database)) as connection, connection:
        sha256 = str(connection.execute("SELECT sha256 FROM cs_documents").fetchone()[0])
        case_id = str(connection.execute("SELECT id FROM cs_cases").fetchone()[0])
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        for (table,) in connection.execute(names).fetchall():
            _multiply(connection, str(table), sha256, case_id, count)


def _multiply(connection: sqlite3.Connection, table: str, sha256: str, case_id: str, count: int) -> None:
    columns = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
    rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
    rows = [row for row in rows if any(sha256 in str(value) or case_id in str(value) for value in row)]
    if not rows:
        return
    numbered = {int(column[0]) for column in columns if column[2] == "INTEGER" and column[5] == 1}
    unique = _unique_columns(connection, table, [str(column[1]) for column in columns])
    marks = ", ".join("?" * len(columns))
    connection.executemany(
        f'INSERT INTO "{table}" VALUES ({marks})', _copies(rows, sha256, case_id, count, numbered, unique)
    )


def _copies(
    rows: Sequence[tuple[object, ...]], sha256: str, case_id: str, count: int, numbered: set[int], unique: set[int]
) -> Iterator[list[object]]:
    year = case_id.split("-")[1]
    for number in range(1, count + 1):
        other_hash, other_case = f"{number:064x}", f"CS-{year}-{500000 + number}"
        for row in rows:
            copy: list[object] = []
            for at, value in enumerate(row):
                if at in numbered:
                    copy.append(None)
                elif isinstance(value, str):
                    told = value.replace(sha256, other_hash).replace(case_id, other_case)
                    copy.append(f"{value}-{number}" if told == value and at in unique else told)
                else:
                    copy.append(value)
            yield copy


def _unique_columns(connection: sqlite3.Connection, table: str, names: Sequence[str]) -> set[int]:
    """Columns that are unique by themselves."""
    found: set[int] = set()
    for index in connection.execute(f'PRAGMA index_list("{table}")').fetchall():
        members = connection.execute(f'PRAGMA index_info("{index[1]}")').fetchall()
        if index[2] and len(members) == 1 and members[0][2] in names:
            found.add(list(names).index(members[0][2]))
    return found


def distinct_copies(paths: Iterable[Path], count: int, folder: Path) -> list[Path]:
    """The same PDFs under other bytes, so that none counts as a duplicate."""
    folder.mkdir(parents=True, exist_ok=True)
    listed, copies = list(paths), []
    for number in range(count):
        path = folder / f"scan-{number}.pdf"
        writer = PdfWriter(clone_from=listed[number % len(listed)])
        writer.add_metadata({"/Title": f"Scan {number}"})
        writer.write(path)
        copies.append(path)
    return copies
