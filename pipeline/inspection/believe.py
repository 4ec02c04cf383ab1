"""Whether an outline laid onto ink is a seal's: inked all round, of a seal's size, with lettering inside."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.inspection.measure import Measure
from pipeline.inspection.outline import Outline

_LEAST_VISIBLE, _LEAST_FAULTLESS = 0.6, 0.55  # of a ring; less may be the half of a straddle seal
_LEAST_SQUARE = 0.5  # two corners and the side between them
_LEAST_OVAL = 1.2  # length to width; ovals in use have 1.33 and more, scanners stretch by 2 %
_THICK_MM = 2.5  # borders of seals measure 1.2 to 2, a wreath's leaves 3 and more
_STAMP_MM = 34.0  # date stamps and pen rings are smaller


@dataclass(frozen=True)
class Candidate:
    """An outline in mm of the page and what was measured on it."""

    outline: Outline
    measure: Measure

    @property
    def rank(self) -> float:
        """The better of two that explain the same ink has the higher."""
        return self.measure.support * min(1.0, self.measure.visible + 0.2) + 0.3 * self.measure.weakest


def is_seal(candidate: Candidate, grey: bool) -> bool:
    """`grey` = on ink that may be print just as well."""
    found, outline = candidate.measure, candidate.outline
    if found.visible < _least_visible(found, outline):
        return False
    if outline.shape == "square":
        return not grey and _square_seal(found, 2 * (outline.a + found.outer_mm))
    if outline.shape == "oval" and max(outline.a, outline.b) < _LEAST_OVAL * min(outline.a, outline.b):
        return False
    least = 0.8 if outline.shape == "oval" else 0.55
    if found.visible < 0.75 or found.known < 0.9:
        least = max(least, 0.75)
    if grey:
        least = max(least, 0.9 if outline.shape == "oval" else 0.72)  # an oval fits into the arc of any ring
    if found.support < least or found.weakest < (0.45 if grey or outline.shape == "oval" else 0.2):
        return False
    return _has_name(found, outline) and 0.06 <= found.coverage <= 0.8 and found.thickness_mm < 4.0


def _least_visible(found: Measure, outline: Outline) -> float:
    """Share of the outline that must lie on the page."""
    if outline.shape == "square":
        return _LEAST_SQUARE
    return _LEAST_FAULTLESS if _faultless(found) else _LEAST_VISIBLE


def _faultless(found: Measure) -> bool:
    return found.support >= 0.95 and found.weakest >= 0.9


def _square_seal(found: Measure, side: float) -> bool:
    """A frame of a name seal's size with lettering; cut by the page's edge it must be faultless where it is."""
    if not (13.5 <= side <= 28 and 0.18 <= found.coverage <= 0.86 and found.text_spread > 0.5):
        return False
    if found.visible >= 0.93:
        clear = found.support >= 0.92 and found.weakest >= 0.7 and found.overruns == 0
        return clear or (found.support >= 0.88 and found.weakest >= 0.78)
    faultless = found.support >= 0.93 and found.weakest >= 0.85 and found.overruns == 0
    return faultless and found.changes >= 16 and found.coverage >= 0.25


def _has_name(found: Measure, outline: Outline) -> bool:
    if _beheaded(found, outline):
        return True
    return not (found.chords or _wreathed(found)) and (_lettered(found) or _broken_name(found))


def _lettered(found: Measure) -> bool:
    """Whether a name runs along the border."""
    return found.text_spread >= 0.3 and found.text_run >= 0.28 * found.visible and found.changes >= 12


def _wreathed(found: Measure) -> bool:
    """Whether what runs all round is a thick wreath: as much lettering would have twice the strokes."""
    return found.thickness_mm > _THICK_MM and found.text_run >= 0.95 and found.changes < 30


def _broken_name(found: Measure) -> bool:
    """Whether pieces of a name, that print or another seal over it breaks up, stand inside a faultless border."""
    some = found.text_spread >= 0.4 and found.text_run >= 0.22 * found.visible and found.changes >= 20
    return some and _faultless(found)


def _beheaded(found: Measure, outline: Outline) -> bool:
    """Whether the page's edge took the name of a seal whose border is faultless where it is left, with ink inside."""
    large = max(outline.a, outline.b) > _STAMP_MM / 2
    thin = found.thickness_mm < 2 and found.coverage >= 0.09 and found.changes >= 6
    return large and thin and _faultless(found) and _LEAST_VISIBLE <= found.visible < 0.8


def is_bare_ring(candidate: Candidate) -> bool:
    """A date stamp, a pen circle, a logo: a sure ring without a name. It explains its ink but is no seal."""
    found = candidate.measure
    firm = found.support >= 0.8 and found.weakest >= 0.5 and found.visible >= _LEAST_VISIBLE
    return firm and candidate.outline.shape == "round" and not _has_name(found, candidate.outline)


def is_sure(candidate: Candidate) -> bool:
    """Whether its ring is so clear that no other outline need be tried on its ink."""
    return candidate.measure.support >= 0.85 and candidate.measure.weakest >= 0.6
