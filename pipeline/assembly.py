"""Several documents scanned into one file: where each begins, told by the titles that packs know."""

from __future__ import annotations

from pipeline.classify import claimed_by_title
from pipeline.model import Document
from pipeline.packs import Packs

PageRange = tuple[int, int]


def parts_of(document: Document, packs: Packs) -> tuple[PageRange, ...]:
    """First and last page of each document, from 1; empty when the file holds one.

    A new one begins where a page bears the title of another kind than the pages before. Two of the same kind behind
    each other are not told apart: a contract repeats its own title on its signature page.
    """
    if document.submission.media != "pdf" or len(document.pages) < 2 or document.signatures:
        return ()  # a digital signature covers the whole file and would not survive
    starts, current = [1], claimed_by_title(document.pages[0], packs)
    for page in document.pages[1:]:
        kind = claimed_by_title(page, packs)
        if kind is not None and kind != current:
            starts.append(page.number)
            current = kind
    if len(starts) < 2:
        return ()
    ends = [*(start - 1 for start in starts[1:]), document.pages[-1].number]
    return tuple(zip(starts, ends, strict=True))
