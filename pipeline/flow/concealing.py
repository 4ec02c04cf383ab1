"""What was seen on a page that shows a password: nothing of it goes on, neither in words nor in pictures."""

from __future__ import annotations

from dataclasses import replace

from pipeline.inspection import Inspection
from pipeline.model import Box, Comparison, Difference, Document, Extraction, FieldValue, Observations, Seal, Straddle
from pipeline.read import Masked, with_margin
from pipeline.values import REMOVED

_NEAR_PT = 90.0  # around a slice, more than the assembled picture shows of its page


def concealed(inspection: Inspection, document: Document, found: Masked) -> Inspection:
    """The inspection is made of the page as it is, so that covering changes no verdict; its words are cleaned here."""
    if not found.values:
        return inspection
    seen = inspection.observations
    changes = {
        "seals": tuple(_seal(seal, found) for seal in seen.seals),
        "straddle": _straddle(seen.straddle, found),
        "comparison": _comparison(seen.comparison, document, found),
    }
    shown = None if _stitched_over(seen, document) else inspection.stitched
    return replace(inspection, observations=seen.model_copy(update=changes), stitched=shown)


def without_values(extraction: Extraction, found: Masked) -> Extraction:
    """Fields that hold nothing of what was masked."""
    fields = {key: _field(value, found) for key, value in extraction.fields.items()} if found.values else {}
    return extraction.model_copy(update={"fields": fields}) if fields else extraction


def _field(value: FieldValue, found: Masked) -> FieldValue:
    return value.model_copy(update={"value": found.clean(value.value), "raw": found.clean(value.raw)})


def _seal(seal: Seal, found: Masked) -> Seal:
    words = {"text": found.clean(seal.text), "inner": found.clean(seal.inner), "code": found.clean(seal.code)}
    return seal.model_copy(update=words)


def _straddle(straddle: Straddle | None, found: Masked) -> Straddle | None:
    if straddle is None:
        return None
    beside = tuple(one.model_copy(update={"text": found.clean(one.text)}) for one in straddle.beside)
    return straddle.model_copy(update={"text": found.clean(straddle.text), "beside": beside})


def _comparison(comparison: Comparison | None, document: Document, found: Masked) -> Comparison | None:
    if comparison is None:
        return None
    places = {page.number: page.concealed for page in document.pages}
    differences = tuple(_difference(item, places.get(item.page or 0, ()), found) for item in comparison.differences)
    return comparison.model_copy(update={"differences": differences})


def _difference(item: Difference, places: tuple[Box, ...], found: Masked) -> Difference:
    """What was read again at such a place may be spelt otherwise, so all of it goes."""
    if item.box is not None and any(_meet(item.box, with_margin(place)) for place in places):
        return item.model_copy(update={"found": REMOVED if item.found else "", "note": ""})
    return item.model_copy(update={"found": found.clean(item.found), "note": found.clean(item.note)})


def _stitched_over(seen: Observations, document: Document) -> bool:
    """Whether the assembled slices may show such a place."""
    places = {page.number: page.concealed for page in document.pages}
    across = (seen.straddle, *seen.straddle.beside) if seen.straddle else ()
    slices = [piece for one in across for piece in one.slices]
    return any(_meet(_wide(piece.box), place) for piece in slices for place in places.get(piece.page, ()))


def _wide(box: Box) -> Box:
    return (box[0] - _NEAR_PT, box[1] - _NEAR_PT, box[2] + _NEAR_PT, box[3] + _NEAR_PT)


def _meet(first: Box, other: Box) -> bool:
    across = min(first[2], other[2]) - max(first[0], other[0])
    return across > 0 and min(first[3], other[3]) - max(first[1], other[1]) > 0
