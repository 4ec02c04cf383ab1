"""How much one mail or archive may hold before it is refused as a whole."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class UnpackLimits:
    """`files` and `bytes` count everything inside, at any depth; `ratio` = unpacked to packed bytes of an archive.

    `mails` = messages inside each other; `multiparts`, `work` (multiparts times lines) and `header` (bytes) bound what
    taking a message apart may cost.
    """

    files: int = 200
    bytes: int = 500_000_000
    ratio: float = 200.0
    mails: int = 5
    multiparts: int = 100
    work: int = 60_000_000
    header: int = 1_000_000


STANDARD = UnpackLimits()
MOST = UnpackLimits(files=5000, bytes=4000 * 2**20)  # that an installation may allow
