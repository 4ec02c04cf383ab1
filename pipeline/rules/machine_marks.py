"""What a fax or a phone's scanner program printed over a page, told from what somebody added to the text."""

from __future__ import annotations

from pipeline.model import Box, Difference, Document, Page
from pipeline.values.machine_lines import is_scanner_mark, is_transmission_header

_MARGIN = 54.0  # pt (19 mm) at the top and bottom of a page where machines write


def faxed_pages(document: Document) -> list[int]:
    """Pages over which a fax printed its header."""
    return [page.number for page in document.pages if any(_is_header(page, line.text, line.box) for line in page.lines)]


def is_fax_header(difference: Difference, document: Document) -> bool:
    """Whether what was added is nothing but a fax's header in the margin."""
    page = _page(difference, document)
    return page is not None and not difference.expected and _is_header(page, difference.found, difference.box)


def is_watermark(difference: Difference, document: Document) -> bool:
    """Whether what was added is nothing but a scanner program's mark in the margin."""
    page = _page(difference, document)
    if page is None or difference.expected or not is_scanner_mark(difference.found):
        return False
    return _in_margin(page, difference.box)


def _is_header(page: Page, text: str, box: Box | None) -> bool:
    return _in_margin(page, box) and is_transmission_header(text)


def _in_margin(page: Page, box: Box | None) -> bool:
    return box is not None and (box[3] <= _MARGIN or box[1] >= page.height - _MARGIN)


def _page(difference: Difference, document: Document) -> Page | None:
    return next((page for page in document.pages if page.number == difference.page), None)
