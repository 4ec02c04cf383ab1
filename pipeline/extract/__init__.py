"""Field values of a document: form data, then registered blanks, then table cells, then labels by geometry."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pipeline.extract.collect import Collector
from pipeline.extract.crossread import Pen
from pipeline.model import Box, Document, Extraction, PageSource, TextReader
from pipeline.packs import Pack

_NO_BLANKS: Mapping[str, tuple[int, Box]] = MappingProxyType({})


def extract(
    document: Document,
    pack: Pack,
    blanks: Mapping[str, tuple[int, Box]] = _NO_BLANKS,
    pictures: PageSource | None = None,
    reader: TextReader | None = None,
) -> Extraction:
    """`blanks` = page and box (upright pt) of each variable; `pictures` and `reader` allow a second reading."""
    pen = Pen(pictures, reader) if pictures is not None and reader is not None else None
    collector = Collector(document, pack, pen)
    collector.from_form()
    collector.from_blanks(blanks)
    collector.from_cells()
    collector.from_pages()
    return collector.extraction()
