"""A range of pages of a PDF as a file of its own."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf

from pipeline.errors import StageError


def cut_pages(path: Path, first: int, last: int) -> bytes:
    """Pages `first` to `last` (from 1); the same bytes every time. StageError when the file cannot be cut."""
    writer = pypdf.PdfWriter()
    try:
        writer.append(pypdf.PdfReader(path), pages=(first - 1, last), import_outline=False)
        writer.metadata = None
        memory = io.BytesIO()
        writer.write(memory)
    except (pypdf.errors.PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise StageError(f"{path.name[:12]}: pages {first}-{last} cannot be cut out: {error}") from error
    return memory.getvalue()
