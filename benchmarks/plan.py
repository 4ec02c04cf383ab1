"""What a run is made of: seeds that nobody tuned on, the size of the sample, and the folders."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
DEV = 20260928  # the seed that thresholds may be tuned on
_JUDGES = ("pipeline", "templates")


def code_mark() -> str:
    """SHA-256 over the product's code and packs: another threshold is another mark."""
    digest = hashlib.sha256()
    for top in _JUDGES:
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in (".py", ".toml", ".docx", ".pdf") and path.is_file():
                digest.update(path.relative_to(ROOT).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def seed_of(word: str) -> int:
    """`dev`, `fresh` or a number. `fresh` follows from the product's code: whoever changes it gets other papers."""
    if word == "dev":
        return DEV
    if word == "fresh":
        return int(code_mark()[:12], 16) | 1 << 48  # above every number a person would give
    if not word.isdigit():
        raise ValueError(f"a seed is dev, fresh or a number, not {word!r}")
    return int(word)


def measured(share: float, unmodified: float | None = None, *, quick: bool = False) -> str:
    """How much of a full run was made, in words."""
    if quick:
        return "quick run"
    whole = "full run" if share == 1.0 else f"{share:.0%} of a full run"
    return whole if unmodified in (None, share) else f"{whole}, {unmodified:.0%} of its unmodified contracts"


@dataclass(frozen=True)
class Plan:
    """One run: `label` = dev, fresh or the number; `scratch` for made files, `out` for tables, pictures, plots."""

    label: str
    seed: int
    quick: bool
    workers: int
    out: Path
    scratch: Path
    data: Path | None
    share: float = 1.0  # of the papers of a full run
    unmodified: float | None = None  # share of the contracts nobody touched, where it is another

    def rng(self, section: str, index: int) -> np.random.Generator:
        """Randomness of one case: the same in every run of this seed, whatever else is run."""
        return np.random.default_rng([self.seed, zlib.crc32(section.encode()), index])

    def size(self, quick: int, full: int) -> int:
        """How many cases; at least one."""
        return quick if self.quick else max(1, round(full * self.share))

    @property
    def honest(self) -> Plan:
        """The same run for the contracts nobody touched: rare false alarms take many of them to show."""
        return self if self.unmodified is None else replace(self, share=self.unmodified)

    @property
    def pictures(self) -> Path:
        """Folder of the pictures of misses of this seed."""
        return self.out / "misses" / self.label
