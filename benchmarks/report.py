"""Tables for people (terminal, Markdown) and for machines (bench.json)."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from benchmarks.measure import Section, Table, worst_cells
from benchmarks.plan import code_mark

SCHEMA = "countersign/bench/1"
_PACKAGES = ("rapidocr", "openvino", "onnxruntime", "opencv-python-headless", "pypdfium2", "numpy")
_BEGIN, _END = "<!-- results: written by `make bench` -->", "<!-- end of results -->"
_HEADING = "### "  # of a section


def show(console: Console, section: Section) -> None:
    """Print one section."""
    console.rule(f"[bold]{section.name}[/] [dim]{section.seconds:.0f} s[/]", align="left")
    for table in section.tables:
        rich = RichTable(title=escape(table.title), title_justify="left", box=SIMPLE_HEAD, caption=table.note or None)
        rich.add_column("")
        for column in table.columns:
            rich.add_column(column, justify="right")
        for label, row in table.rows.items():
            rich.add_row(escape(label), *(escape(str(row.get(column, ""))) for column in table.columns))
        console.print(rich)
    for line in section.skipped:
        console.print(f"[yellow]skipped[/] {escape(line)}")


def show_worst(console: Console, sections: Mapping[str, Sequence[Section]], out: Path) -> None:
    """Name the three worst cells of every seed and where their pictures are."""
    for label, listed in sections.items():
        console.rule(f"[bold]worst cells[/] [dim]{label}[/]", align="left")
        for cell in worst_cells(listed):
            console.print(
                f"{cell.section} · {escape(cell.table)} · [bold]{escape(cell.row)}[/] · {cell.column}: {cell.rate}"
            )
            section = next(item for item in listed if item.name == cell.section)
            for miss in [item for item in section.misses if item.row == cell.row][:4]:
                console.print(
                    f"    {escape(miss.case)}: {escape(miss.what)} [dim]{out / miss.picture}[/]", soft_wrap=True
                )


def write_json(path: Path, sections: Mapping[str, Sequence[Section]], seeds: Mapping[str, int], *, quick: bool) -> None:
    """bench.json: what was measured, on which machine, with which code and seeds."""
    body = {
        "schema": SCHEMA,
        "quick": quick,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "code": code_mark(),
        "seeds": dict(seeds),
        "machine": machine(),
        "results": {label: {item.name: item.to_json() for item in listed} for label, listed in sections.items()},
        "worst": {
            label: [{**vars(cell), "rate": cell.rate.to_json()} for cell in worst_cells(listed, 10)]
            for label, listed in sections.items()
        },
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in (Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else [])
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    packages = {name: version(name) for name in _PACKAGES if _installed(name)}
    return {"cpu": model, "cores": os.cpu_count(), "python": platform.python_version(), "packages": packages}


def _installed(name: str) -> bool:
    try:
        version(name)
    except ModuleNotFoundError:
        return False
    return True


def publish(path: Path, sections: Mapping[str, Sequence[Section]], *, run: str) -> None:
    """Put the tables between the markers of docs/benchmark.md; sections not measured this time stay as they were.

    `run` says how much was measured, e.g. `quick run`.
    """
    text = path.read_text(encoding="utf-8")
    head, rest = text.split(_BEGIN, 1)
    kept, tail = rest.split(_END, 1)
    bodies = {part.split("\n", 1)[0]: part for part in kept.split(_HEADING)[1:]}
    cpu = f"{machine()['cpu']}, {os.cpu_count()} cores"
    source = f"{run}, {datetime.now(UTC):%Y-%m-%d}, {cpu}, code `{code_mark()[:12]}`"
    for label, listed in sections.items():
        for section in listed:
            title = f"{section.name}, seed `{label}`"
            body = [f"{title}\n", f"{source[0].upper()}{source[1:]}.\n", *(markdown(table) for table in section.tables)]
            bodies[title] = "\n".join([*body, *(f"Skipped: {line}\n" for line in section.skipped)]) + "\n"
    results = "".join(_HEADING + part for part in bodies.values())
    path.write_text(f"{head}{_BEGIN}\n\n{results}{_END}{tail}", encoding="utf-8")


def markdown(table: Table) -> str:
    """A pipe table."""
    lines = [f"**{table.title}**\n", "| | " + " | ".join(table.columns) + " |", "|---" * (len(table.columns) + 1) + "|"]
    for label, row in table.rows.items():
        lines.append(f"| {label} | " + " | ".join(str(row.get(column, "")) for column in table.columns) + " |")
    note = f"\n{table.note}\n" if table.note else ""
    return "\n".join(lines) + "\n" + note
