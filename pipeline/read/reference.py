"""The blank form itself: exact text, and the blanks where its form fields stand."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from pydantic import ValidationError

from pipeline.errors import PackError, UnreadableError
from pipeline.model import Blank, Page, PageSource, Reference
from pipeline.read.limits import ReadLimits
from pipeline.read.raster import PdfiumError, PdfPages
from pipeline.read.structure import open_structure
from pipeline.read.textlayer import TextLayers


def open_reference(path: Path, edition: str, prepared: Path | None = None) -> tuple[Reference, PageSource]:
    """Every form field that is no signature is a blank, in points on the page as shown; raises PackError.

    `prepared` = folder that `prepare_reference` filled; what is missing or damaged there is made anew.
    """
    limits = ReadLimits()
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        known = _known(prepared, digest, edition) if prepared else None
        if known is not None:
            return known, PdfPages.open(path, limits)
        structure = open_structure(path, path.name)
        source = PdfPages.open(path, limits)
        with TextLayers(path, limits) as layers:
            pages = tuple(_page(source, layers, number) for number in range(1, len(source) + 1))
    except UnreadableError as error:
        raise PackError(f"reference {path}: {error}", advice="put a readable PDF there") from None
    except (PdfiumError, OSError, ValueError, RuntimeError) as error:
        raise PackError(
            f"reference {path} cannot be read as PDF: {error}", advice="export the blank form again"
        ) from error
    blanks = tuple(
        Blank(name=widget.name, page=widget.page, box=widget.box)
        for widget in sorted(structure.widgets, key=lambda w: (w.page, w.box[1], w.box[0]))
        if widget.name and widget.box[2] > widget.box[0] and widget.box[3] > widget.box[1]
    )
    return Reference(sha256=digest, edition=edition, pages=pages, blanks=blanks), source


def prepare_reference(path: Path, edition: str, folder: Path) -> None:
    """Keep what `open_reference` makes of a form under its hash; always made anew, so that it fits the program."""
    reference, _ = open_reference(path, edition)
    folder.mkdir(parents=True, exist_ok=True)
    target = _kept(folder, reference.sha256)
    temporary = target.with_suffix(f".{os.getpid()}")
    temporary.write_text(reference.model_dump_json(), encoding="utf-8")
    temporary.replace(target)


def _known(folder: Path, digest: str, edition: str) -> Reference | None:
    try:
        found = Reference.model_validate_json(_kept(folder, digest).read_bytes())
    except (OSError, ValidationError):
        return None
    return found.model_copy(update={"edition": edition}) if found.sha256 == digest else None


def _kept(folder: Path, digest: str) -> Path:
    return folder / f"{digest}.json"


def _page(source: PdfPages, layers: TextLayers, number: int) -> Page:
    frame = source.frame(number)
    layer = layers.page(number, frame, apart=True)  # glyphs are compared in their own boxes
    if layer.faults:
        raise ValueError(f"page {number}: the text cannot be trusted ({', '.join(layer.faults)})")
    if not layer.lines:
        raise ValueError(f"page {number} has no text; a reference must be exported, not scanned")
    width, height = frame.size
    return Page(number=number, width=width, height=height, text_source="text", lines=layer.lines, tables=layer.tables)
