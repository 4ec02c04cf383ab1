"""Seeds, worker processes, the report files."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from typer import Typer
from typer.testing import CliRunner

from benchmarks import plan as plans
from benchmarks.__main__ import main
from benchmarks.crew import Crash, Crew
from benchmarks.measure import Rate, Section, Table
from benchmarks.plan import DEV, Plan, code_mark, seed_of
from benchmarks.report import markdown, publish, write_json
from tests.benchmarks.odd_jobs import die, half


def plan_of(seed: int, tmp_path: Path) -> Plan:
    return Plan("x", seed, quick=True, workers=1, out=tmp_path, scratch=tmp_path, data=None)


LINGERING = """
import os, time
from pathlib import Path
from rich.console import Console
from benchmarks.crew import Crew

def linger(folder):
    Path(folder, f"{os.getpid()}.pid").touch()
    time.sleep(120)

if __name__ == "__main__":
    Crew(2, Console()).map(linger, [os.path.dirname(__file__)] * 4, "lingering")
"""


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_killed_run_takes_its_workers_along(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(LINGERING)
    environment = {**os.environ, "PYTHONPATH": str(plans.ROOT)}
    run = subprocess.Popen([sys.executable, str(script)], env=environment, stdout=subprocess.DEVNULL)
    try:
        _until(lambda: len(list(tmp_path.glob("*.pid"))) == 2)
    finally:
        run.kill()
        run.wait()
    workers = [int(path.stem) for path in tmp_path.glob("*.pid")]
    assert len(workers) == 2
    _until(lambda: not any(map(_lives, workers)))
    assert not any(map(_lives, workers))


def _until(done: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.1)


def test_a_case_has_the_same_randomness_in_every_run(tmp_path: Path) -> None:
    one, again = plan_of(5, tmp_path), plan_of(5, tmp_path)
    assert one.rng("seals", 3).random() == again.rng("seals", 3).random()
    others = [one.rng("seals", 4), one.rng("fields", 3), plan_of(6, tmp_path).rng("seals", 3)]
    assert one.rng("seals", 3).random() not in [rng.random() for rng in others]


def test_seeds_are_disjoint_and_named() -> None:
    assert seed_of("dev") == DEV
    assert seed_of("fresh") != DEV
    assert seed_of("fresh") > 10**14  # no number that a person gives collides with it
    assert seed_of("77") == 77
    with pytest.raises(ValueError, match="dev, fresh or a number"):
        seed_of("newest")


def test_fresh_papers_follow_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pipeline").mkdir()
    threshold = tmp_path / "pipeline" / "seals.py"
    threshold.write_text("LEAST = 0.5\n")
    monkeypatch.setattr(plans, "ROOT", tmp_path)
    before = code_mark(), seed_of("fresh")
    assert (code_mark(), seed_of("fresh")) == before
    threshold.write_text("LEAST = 0.6\n")
    assert code_mark() != before[0]
    assert seed_of("fresh") != before[1]


def test_a_crash_is_an_answer() -> None:
    crew = Crew(1, Console(file=io.StringIO()))
    done = crew.map(half, [2, 0, 5], "halves")
    assert [item.value for item in done] == [5, None, 2]
    assert isinstance(done[1].result, Crash)
    assert "ZeroDivisionError" in done[1].result.message


def test_a_dying_process_does_not_end_the_run() -> None:
    crew = Crew(2, Console(file=io.StringIO()))
    try:
        done = crew.map(die, [1, 2, 3, 4, 5, 6, 7, 8], "one dies")
        assert [item.value for item in done] == [1, None, 3, 4, 5, 6, 7, 8]
        assert isinstance(done[1].result, Crash)
    finally:
        crew.close()


def section() -> Section:
    table = Table("Seals", ["recall"], {"round": {"recall": Rate(9, 10)}}, note="Small.")
    return Section("seals", (table,), skipped=("real files: not there",), seconds=1.25)


def test_bench_json_says_what_ran(tmp_path: Path) -> None:
    write_json(tmp_path / "bench.json", {"dev": [section()]}, {"dev": DEV}, quick=True)
    body = json.loads((tmp_path / "bench.json").read_text())
    assert body["schema"] == "countersign/bench/1"
    assert body["seeds"] == {"dev": DEV}
    assert body["code"] == code_mark()
    assert body["results"]["dev"]["seals"]["tables"][0]["rows"]["round"]["recall"]["hits"] == 9
    assert body["worst"]["dev"][0]["row"] == "round"
    assert body["machine"]["cores"] == os.cpu_count()


def test_tables_go_between_the_markers_and_leave_those_of_other_runs(tmp_path: Path) -> None:
    page = tmp_path / "benchmark.md"
    old = "### seals, seed `dev`\n\nlast year\n\n### speed, seed `dev`\n\nkept\n"
    page.write_text(f"# Title\n<!-- results: written by `make bench` -->\n\n{old}<!-- end of results -->\nend\n")
    publish(page, {"dev": [section()]}, run="quick run")
    text = page.read_text()
    assert "last year" not in text
    assert "### speed, seed `dev`\n\nkept\n" in text
    assert text.startswith("# Title\n")
    assert text.endswith("<!-- end of results -->\nend\n")
    assert "\nQuick run, 20" in text
    assert "| round | 90.0% 9/10 [59.6%–98.2%] |" in text
    assert "Skipped: real files: not there" in text


def test_markdown_leaves_missing_cells_empty() -> None:
    table = Table("t", ["a", "b"], {"row": {"b": Rate(1, 1)}})
    assert "| row |  | 100% 1/1 [20.7%–100%] |" in markdown(table)


def test_unknown_section_is_named(tmp_path: Path) -> None:
    app = Typer()
    app.command()(main)
    result = CliRunner().invoke(app, ["--only", "seal", "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert "no section seal" in result.output
