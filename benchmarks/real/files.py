"""Folders of real files with a manifest each; read where they lie, never copied into the project."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import Miss, Section

SHOWN = 6  # misses listed per row


@dataclass(frozen=True)
class Item:
    """One real file and what its manifest says of it."""

    path: Path
    facts: Mapping[str, Any]

    @property
    def name(self) -> str:
        """File name without the folder."""
        return self.path.name


def items(data: Path, folder: str) -> tuple[Item, ...]:
    """Files of a set in the order of its manifest; none when the set, or the file, is not there."""
    manifest = data / folder / "manifest.json"
    if not manifest.is_file():
        return ()
    listed = json.loads(manifest.read_text(encoding="utf-8"))["items"]
    found = (Item(data / folder / str(entry["file"]), entry) for entry in listed)
    return tuple(item for item in found if item.path.is_file())


def capped(misses: Iterable[Miss]) -> tuple[Miss, ...]:
    """The first few misses of every row."""
    kept: list[Miss] = []
    for miss in misses:
        if sum((miss.table, miss.row) == (other.table, other.row) for other in kept) < SHOWN:
            kept.append(miss)
    return tuple(kept)


def joined(name: str, parts: Iterable[Section]) -> Section:
    """Several parts as one section."""
    listed = tuple(parts)
    return Section(
        name,
        tuple(table for part in listed for table in part.tables),
        tuple(miss for part in listed for miss in part.misses),
        tuple(line for part in listed for line in part.skipped),
        plots=tuple(plot for part in listed for plot in part.plots),
    )


def absent(name: str, folder: str) -> Section:
    """A part that could not be measured because its files are not there."""
    return Section(name, skipped=(f"{folder}: no such set of real files here",))
