"""Resident memory of one process that checks document after document."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.product import tell

_MIB = 2**20


@dataclass(frozen=True)
class Marathon:
    """Check these files in turn until at least `pages` pages were read."""

    paths: tuple[Path, ...]
    pages: int
    today: date


@dataclass(frozen=True)
class Memory:
    """Resident MiB after each document, against the pages read so far."""

    points: tuple[tuple[int, float], ...]

    @property
    def slope(self) -> float:
        """MiB per 1,000 pages over the second half; the first fills caches and pools."""
        later = self.points[len(self.points) // 2 :]
        if len(later) < 2:
            return 0.0
        pages, sizes = zip(*later, strict=True)
        return float(np.polyfit(pages, sizes, 1)[0] * 1000)

    @property
    def peak(self) -> float:
        """The largest of the sizes, in MiB."""
        return max(size for _, size in self.points)


def run(marathon: Marathon) -> Memory:
    """Run in a process of its own."""
    points: list[tuple[int, float]] = []
    pages = 0
    while pages < marathon.pages:
        told = tell(marathon.paths[len(points) % len(marathon.paths)], marathon.today)
        pages += max(1, len(told.facts.document.pages))
        points.append((pages, resident()))
    return Memory(tuple(points))


def resident() -> float:
    """Resident memory of this process in MiB, from /proc."""
    fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / _MIB
