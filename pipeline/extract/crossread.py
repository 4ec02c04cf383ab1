"""A place read a second time by the recogniser alone, and what two readings make of each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.extract.crops import colours, crop, has_ink, is_seal_ink, paper_colour, strips
from pipeline.extract.fields import Raw, field_value
from pipeline.extract.glyphs import joined
from pipeline.model import Box, FieldValue, PageSource, Picture, TextReader
from pipeline.packs import FieldSpec
from pipeline.values import squeezed

DISAGREE = 0.5
TWO_READINGS = "two_readings"
RIM_PT, RIM_SHARE = 4.0, 0.15  # what of a place may hold a rule; less of a low one
MISREAD = 2  # characters that one reading may have more without saying more


@dataclass
class Pen:
    """Pictures and recogniser, where the caller gave both; one page picture is kept."""

    pictures: PageSource
    reader: TextReader
    _held: tuple[int, Picture, NDArray[np.float32]] | None = None

    def read(self, page: int, box: Box) -> Raw | None:
        """What the recogniser alone sees in `box` (pt); None without ink, empty text for ink without letters."""
        picture, _ = self._page(page)
        inner = _inside(box)
        if not has_ink(crop(picture, inner), picture.dpi):
            other = has_ink(colours(picture, inner).min(axis=2), picture.dpi)
            return Raw("", page, box, 0.0, "ocr") if other else None
        red = crop(picture, box)
        read = [text for text in self.reader.read_strips(strips(red, picture.dpi)) if text.text.strip()]
        return Raw(
            text=joined([text.text.strip() for text in read]),
            page=page,
            box=box,
            confidence=min((text.confidence for text in read), default=0.0),
            source="ocr",
        )

    def is_print(self, page: int, box: Box) -> bool:
        """False where `box` holds nothing but seal ink."""
        picture, paper = self._page(page)
        return not is_seal_ink(colours(picture, box), paper)

    def _page(self, number: int) -> tuple[Picture, NDArray[np.float32]]:
        if self._held is None or self._held[0] != number:
            picture = self.pictures.picture(number)
            self._held = (number, picture, paper_colour(picture))
        return self._held[1:]


def _inside(box: Box) -> Box:
    """Without the rim: on a page laid a little askew the rules around a cell run into it and are no writing."""
    x0, top, x1, bottom = box
    rim = min(RIM_PT, RIM_SHARE * (bottom - top), RIM_SHARE * (x1 - x0))
    return (x0 + rim, top + rim, x1 - rim, bottom - rim)


def weighed(spec: FieldSpec, first: FieldValue, second: Raw) -> FieldValue:
    """Two readings of one place: agreement strengthens, disagreement is a problem a person has to solve."""
    other = field_value(spec, second)
    if other is None:
        return first
    if squeezed(other.value) == squeezed(first.value):
        both = 1 - (1 - first.confidence) * (1 - other.confidence)
        # A repaired reading that the second one shows clean needed no repair; what it does not show was a seal's.
        return first.model_copy(update={"confidence": both, "raw": other.raw}) if not first.problem else other
    best = other if first.problem and not other.problem else first
    doubt = min(first.confidence, other.confidence) * DISAGREE
    # Words that one reading alone has are not lost: they may be more than the value.
    longer = max((first.raw, other.raw), key=lambda raw: len(squeezed(raw)))
    raw = longer if len(squeezed(longer)) > len(squeezed(best.raw)) + MISREAD else best.raw
    return best.model_copy(update={"confidence": doubt, "problem": best.problem or TWO_READINGS, "raw": raw})
