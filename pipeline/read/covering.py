"""Page pictures in which the places of passwords are painted over; the files they come from stay as they are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.model import Box, Document, PageSource, Picture

_MARGIN_PT = 2.0  # around a line of text, whose box may be tight
_MARGIN_SHARE = 0.3  # of its height
_PAINT = 0


@dataclass(frozen=True)
class CoveredPages:
    """The pictures of `pages` with opaque boxes; `concealed` = places in pt on the upright page, by number."""

    pages: PageSource
    concealed: Mapping[int, tuple[Box, ...]] = field(default_factory=dict)

    def picture(self, number: int, dpi: float | None = None) -> Picture:
        """As the source gives it, nothing left of what stands in these places."""
        picture = self.pages.picture(number, dpi)
        boxes = self.concealed.get(number, ())
        if not boxes:
            return picture
        pixels, scale = picture.pixels.copy(), picture.dpi / 72
        for box in boxes:
            x0, top, x1, bottom = with_margin(box)
            rows = slice(max(0, math.floor(top * scale)), max(0, math.ceil(bottom * scale)))
            pixels[rows, max(0, math.floor(x0 * scale)) : max(0, math.ceil(x1 * scale))] = _PAINT
        return Picture(pixels, picture.dpi)


def covered(pages: PageSource, document: Document) -> PageSource:
    """Pictures that may be shown to people; the source itself when the document conceals nothing."""
    concealed = {page.number: page.concealed for page in document.pages if page.concealed}
    return CoveredPages(pages, concealed) if concealed else pages


def with_margin(box: Box) -> Box:
    """What is painted over for a line of text."""
    margin = max(_MARGIN_PT, _MARGIN_SHARE * (box[3] - box[1]))
    return (box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin)
