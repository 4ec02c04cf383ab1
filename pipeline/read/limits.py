"""How much one file may ask for before it is refused or scaled down."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReadLimits:
    """Bounds per file and per page; `pixels` and `dpi` bound page pictures, the `zip_` ones Office packages."""

    bytes: int = 300_000_000
    pages: int = 400
    pixels: int = 25_000_000
    dpi: float = 200.0
    chars: int = 60_000
    edges: int = 4_000
    zip_members: int = 5_000
    zip_bytes: int = 400_000_000
    zip_ratio: float = 300.0
    cells: int = 300_000
