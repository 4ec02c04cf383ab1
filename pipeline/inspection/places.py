"""Where on the paper a mark belongs: from the registered form, else from the words printed at the place."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from pipeline.model import Box, Document, Line
from pipeline.packs import PlaceSpec

_SEAL_REACH_PT = (60.0, 150.0)  # a seal is pressed around its label: above/left and below/right of it
_SIGN_REACH_PT = (160.0, 30.0)  # a signature stands to the right of its label


def find_places(
    document: Document, places: Mapping[str, PlaceSpec], blanks: Mapping[str, tuple[int, Box]]
) -> Mapping[str, tuple[int, Box]]:
    """Page and box (pt, upright) of every place that could be found."""
    found = {}
    for name, spec in places.items():
        place = blanks.get(spec.blank or name) or _by_label(document, spec)
        if place is not None:
            found[name] = place
    return found


def _by_label(document: Document, spec: PlaceSpec) -> tuple[int, Box] | None:
    labels = [_folded(label) for label in spec.labels]
    # the last hit counts: signing blocks stand at the end, while clauses before them may quote the label
    for page in reversed(document.pages):
        for line in reversed(page.lines):
            if line.box is not None and any(label in _folded(line.text) for label in labels) and _short(line):
                return page.number, _around(line.box, spec.kind, page.width, page.height)
    return None


def _short(line: Line) -> bool:
    return len(line.text) <= 24


def _around(box: Box, kind: str, width: float, height: float) -> Box:
    x0, top, x1, bottom = box
    if kind == "signature":
        right, down = _SIGN_REACH_PT
        return (x1, max(0.0, top - down), min(width, x1 + right), min(height, bottom + down))
    before, after = _SEAL_REACH_PT
    return (max(0.0, x0 - before), max(0.0, top - before), min(width, x1 + after), min(height, bottom + after))


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
