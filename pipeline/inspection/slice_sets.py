"""The slices of one band, and which pages should carry one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.inspection.circle import Envelope
from pipeline.inspection.slices import Band, slice_at
from pipeline.inspection.strips import EdgeInk


@dataclass(frozen=True)
class SliceSet:
    """Slices of one band, in page order, with the pages that should carry one."""

    band: Band
    slices: tuple[Envelope, ...]
    expected: tuple[int, ...]
    duplex: bool

    @property
    def pages(self) -> tuple[int, ...]:
        """Pages with a slice, in order."""
        return tuple(piece.page for piece in self.slices)

    @property
    def missing(self) -> tuple[int, ...]:
        """Expected pages without a slice."""
        have = set(self.pages)
        return tuple(page for page in self.expected if page not in have)

    @property
    def holes(self) -> tuple[bool, ...]:
        """Whether expected pages lie between neighbouring slices."""
        place = {page: i for i, page in enumerate(self.expected)}
        at = [place[page] for page in self.pages]
        return tuple(b - a > 1 for a, b in pairwise(at))


def _expected(pages: Sequence[int], have: set[int]) -> tuple[tuple[int, ...], bool]:
    """Pages that should carry a slice: all, or one side of every sheet when the print is duplex."""
    odd, even = [p for p in pages if p % 2], [p for p in pages if not p % 2]
    if len(pages) >= 3 and len(have) >= 2:
        if have <= set(odd) and len(have) >= 0.6 * len(odd):
            return tuple(odd), True
        if have <= set(even) and len(have) >= 0.6 * len(even) and len(even) >= 2:
            return tuple(reversed(even)), True
    return tuple(pages), False


def slice_set(edges: Sequence[EdgeInk], band: Band) -> SliceSet | None:
    """The second look: slices within the band on every page."""
    found = {page.page: piece for page in edges if (piece := slice_at(page, band)) is not None}
    if not found:
        return None
    expected, duplex = _expected([page.page for page in edges], set(found))
    ordered = tuple(found[page] for page in expected if page in found)
    return SliceSet(band, ordered, expected, duplex) if ordered else None
