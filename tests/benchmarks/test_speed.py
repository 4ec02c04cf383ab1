"""The arithmetic of the speed section, and that a filled store is what it claims to be."""

from __future__ import annotations

import mmap
import sqlite3
import tomllib
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from benchmarks.measure import Number
from benchmarks.speed.memory import Memory, resident
from benchmarks.speed.rivals import COMPARING, PRODUCT, READING, Contest, Times, first_pages
from benchmarks.speed.section import StageTimes, memory_table, rival_table, stage_table
from benchmarks.speed.service import distinct_copies, fill_store, orders
from pipeline.cases.life import Event, Situation
from pipeline.cases.store import CaseStore
from pipeline.model import Submission
from pipeline.values import parse

KEYS = {"order_number": "PO-1"}


def number(cell: object) -> float:
    assert isinstance(cell, Number)
    return cell.value


def test_ratios_are_against_the_product() -> None:
    contest = Contest(Path("a.pdf"), 4, 3, 2, date(2026, 9, 28))
    table = rival_table(Times({PRODUCT: 2.0, READING: 1.0, COMPARING: 0.5, "other": 5.0}, ()), contest)
    assert number(table.rows["other"]["over whole check"]) == 2.5
    assert number(table.rows["other"]["over reading only"]) == 5.0
    assert number(table.rows["other"]["over comparing only"]) == 10.0
    assert "median of 3" in table.note


def test_seconds_are_per_page() -> None:
    row = StageTimes("scan", 4, {"read_s": 8.0, "inspect_s": 2.0, "extract_s": 0.0, "pictures_s": 0.4}, 12.0, 16.0)
    cells = stage_table([row]).rows["scan"]
    assert number(cells["read"]) == 2.0
    assert number(cells["whole page"]) == 3.0
    assert number(cells["processor"]) == 4.0


def test_slope_counts_the_second_half_only() -> None:
    filling = [(pages, 500.0 + pages) for pages in range(0, 500, 10)]
    flat = [(pages, 1000.0) for pages in range(500, 1001, 10)]
    assert Memory(tuple(filling + flat)).slope == pytest.approx(0, abs=1)
    leak = Memory(tuple((pages, 800 + 0.2 * pages) for pages in range(0, 1001, 10)))
    assert leak.slope == pytest.approx(200)
    assert number(memory_table(leak).rows["checking"]["peak"]) == pytest.approx(1000)


def test_resident_memory_grows_with_what_is_held() -> None:
    before = resident()
    with mmap.mmap(-1, 64 * 2**20) as held:  # memory of its own: an array may get what an earlier test gave back
        for at in range(0, len(held), mmap.PAGESIZE):
            held[at] = 1
        assert resident() - before > 48


def test_orders_belong_to_no_common_case(tmp_path: Path) -> None:
    written = [tomllib.loads(path.read_text(encoding="utf-8")) for path in orders(3, tmp_path, 7)]
    for key in ("po_no", "customer_name", "customer_uscc"):
        assert len({order[key] for order in written}) == 3, key
    assert all(parse("uscc", order["customer_uscc"]).problem is None for order in written)


def test_a_filled_store_holds_as_many_documents_and_cases(tmp_path: Path) -> None:
    database = tmp_path / "cases.db"
    sha256 = "ab" * 32
    at = datetime(2026, 9, 28, tzinfo=UTC)
    store = CaseStore(f"sqlite:///{database}")
    submission = Submission(sha256=sha256, name="a.toml", received_at=at, source="inbox", size=3, media="toml")
    store.receive(submission, "token")
    case_id, rev = store.join(
        sha256, facts="f", case_type="csp_order", profile="reseller", keys=KEYS, label="PO-1", at=at
    )
    store.judged(case_id, rev, Event(name="judged", on=at.date()), Situation(outcome="incomplete"), at)
    store.close()

    fill_store(database, 25)

    store = CaseStore(f"sqlite:///{database}")
    cases = store.cases()
    assert len(cases) == 26
    assert len({case.id for case in cases}) == 26
    assert all(len(store.documents_of(case.id)) == 1 for case in cases)
    assert len(store.deliveries()) == 26
    assert store.unfinished() == ()
    assert store.unpublished() == ()
    store.close()
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM cs_events").fetchone()[0] % 26 == 0


def test_copies_differ_in_bytes_only(tmp_path: Path) -> None:
    writer = PdfWriter()
    for _ in range(3):
        writer.add_blank_page(200, 300)
    source = tmp_path / "scan.pdf"
    writer.write(source)
    copies = distinct_copies([source], 2, tmp_path / "copies")
    assert len({path.read_bytes() for path in copies}) == 2
    assert [len(PdfReader(path).pages) for path in copies] == [3, 3]
    (tmp_path / "cut").mkdir()
    assert len(PdfReader(first_pages(source, 2, tmp_path / "cut")).pages) == 2
