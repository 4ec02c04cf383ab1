"""One file, from bytes to facts: read, classify, inspect, extract. Runs inside the sandbox."""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.assembly import Apart, missing_pages, sheets_of, take_apart
from pipeline.classify import classify
from pipeline.errors import UnreadableError
from pipeline.extract import extract
from pipeline.flow.concealing import concealed, without_values
from pipeline.inspection import Inspection, KnownForms, inspect, specimen
from pipeline.model import (
    Bilingual,
    Box,
    Classification,
    Document,
    Extraction,
    Facts,
    Observations,
    PageSource,
    Picture,
    Pixels,
    Reference,
    Sheet,
    Signature,
    Submission,
    TextReader,
)
from pipeline.packs import Pack, Packs
from pipeline.read import covered, open_reference, prepare_reference, read

_PAGE_DPI = 100.0  # of the pictures kept for the report; crops keep the scan's own resolution
_JPEG_QUALITY = 72
_CROP_MARGIN_PT = 3.0
_EXCERPTS = 40  # pictures of findings per document; a re-typed contract differs everywhere


class Timing:
    """Seconds per stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        """Add the time spent inside to `stage`."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - begun
            self.seconds[stage] = round(self.seconds.get(stage, 0.0) + spent, 4)


def look(
    path: Path, submission: Submission, packs: Packs, reader: TextReader, gallery: Path, forms: Path | None = None
) -> Facts:
    """All facts of one file; pictures for the report are written into `gallery`. Raises nothing for bad input.

    `forms` = folder of the prepared blank forms.
    """
    timing = Timing()
    with timing.of("total_s"):
        try:
            with timing.of("read_s"):
                known = _known(packs, reader, forms)
                reading = read(path, submission, reader, known=known, trust=_trust(packs))
        except UnreadableError as error:
            return unreadable(submission, error.reason, Bilingual(zh=error.zh, en=error.en))
        document, sheets, apart = _paged(reading.document, packs, known, forms)
        shown = covered(reading.pictures, document) if reading.pictures else None
        if apart.parts:
            return _container(document, apart.parts, shown, gallery)
        classification = classify(document, packs)
        pack = packs.find(classification.case_type, classification.type)
        inspection = _inspect(document, reading.pictures, pack, reader, known, forms, timing)
        inspection = concealed(inspection, document, reading.masked)
        extraction = _extract(document, shown, pack, inspection.blanks, reader, timing)
        facts = Facts(
            document=document,
            classification=classification,
            extraction=without_values(extraction, reading.masked),
            observations=_with_digital(inspection.observations, document),
            sheets=sheets,
        )
        with timing.of("pictures_s"):
            pictures = _gallery(facts, shown, inspection.stitched, gallery)
    return facts.model_copy(update={"pictures": pictures, "timing": timing.seconds})


def _paged(
    document: Document, packs: Packs, known: KnownForms, prepared: Path | None
) -> tuple[Document, tuple[Sheet, ...], Apart]:
    """Which page of its document each page is, and what that says of the file: doubts become remarks."""
    if document.is_electronic:
        return document, (), Apart()
    forms = {
        pack.type: _form(pack.reference, pack.edition or "", pack.paraph_margin_mm, prepared)[0]
        for pack in packs.documents()
        if pack.reference is not None
    }

    def proof(number: int) -> tuple[str, int] | None:
        for kind, form in forms.items():
            if found := known.proof(number, form.sha256):
                return kind, found.registration.reference_page
        return None

    sheets = sheets_of(document.pages, {kind: form.pages for kind, form in forms.items()}, proof)
    apart = take_apart(document, packs, sheets)
    missing = missing_pages(document.pages, sheets) if not apart.parts else None
    remarks = (*document.remarks, *apart.doubts, *([missing] if missing else []))
    return document.model_copy(update={"remarks": remarks}), sheets, apart


def _container(
    document: Document, parts: tuple[tuple[int, int], ...], pictures: PageSource | None, gallery: Path
) -> Facts:
    """Facts of a file of several documents; each of them is read again as a file of its own."""
    facts = Facts(document=document, classification=Classification(type=None), parts=parts)
    return facts.model_copy(update={"pictures": _gallery(facts, pictures, None, gallery)})


def unreadable(submission: Submission, reason: str, why: Bilingual) -> Facts:
    """Facts of a file that could not be read."""
    return Facts.model_validate(
        {
            "document": Document(submission=submission, pages=()),
            "classification": Classification(type=None),
            "unreadable": reason,
            "reason": why,
        }
    )


def prepare_forms(packs: Packs, folder: Path) -> None:
    """Read the blank forms of all packs once for all reading processes; PackError when one cannot be."""
    for path, edition, _ in _blank_forms(packs):
        prepare_reference(path, edition, folder)


@cache
def _form(path: Path, edition: str, margin_mm: float, prepared: Path | None) -> tuple[Reference, PageSource]:
    """A blank form, opened once in this process."""
    reference, pictures = open_reference(path, edition, prepared)
    return reference.model_copy(update={"paraph_margin": margin_mm * 72 / 25.4}), pictures


def _blank_forms(packs: Packs) -> list[tuple[Path, str, float]]:
    return [
        (pack.reference, pack.edition or "", pack.paraph_margin_mm)
        for pack in packs.documents()
        if pack.reference is not None
    ]


def _known(packs: Packs, reader: TextReader, prepared: Path | None) -> KnownForms:
    """The blank forms of all packs."""
    signed = frozenset(spec.blank or name for pack in packs.documents() for name, spec in pack.places.items())
    forms = _blank_forms(packs)
    return KnownForms(lambda: [_form(*form, prepared) for form in forms], reader, signed)


def _inspect(
    document: Document,
    pictures: PageSource | None,
    pack: Pack | None,
    reader: TextReader,
    known: KnownForms,
    forms: Path | None,
    timing: Timing,
) -> Inspection:
    if pictures is None or pack is None:
        return Inspection(observations=Observations())
    with timing.of("inspect_s"):
        if pack.reference is None:
            return inspect(document, pictures, reader, places=pack.places, straddle=pack.straddle_party is not None)
        reference, blank_pages = _form(pack.reference, pack.edition or "", pack.paraph_margin_mm, forms)
        return inspect(
            document,
            pictures,
            reader,
            places=pack.places,
            straddle=pack.straddle_party is not None,
            form=(reference, blank_pages),
            known=known,
        )


def _extract(
    document: Document,
    pictures: PageSource | None,
    pack: Pack | None,
    blanks: Mapping[str, tuple[int, Box]],
    reader: TextReader,
    timing: Timing,
) -> Extraction:
    if pack is None:
        return Extraction()
    with timing.of("extract_s"):
        return extract(document, pack, blanks=blanks, pictures=pictures, reader=reader)


def _trust(packs: Packs) -> list[Path]:
    """The folders of root certificates, one beside the packs of each case type; none is shipped."""
    return [case.folder / "trust" for case in packs.case_types.values()]


def _with_digital(seen: Observations, document: Document) -> Observations:
    """Digital signatures have a place like ink where their field shows on a page."""
    digital = [
        Signature(page=each.page, box=each.box, kind="digital", confidence=0.5 if each.integrity == "unknown" else 1.0)
        for each in document.signatures
        if each.page is not None and each.box is not None and each.box[0] < each.box[2] and each.box[1] < each.box[3]
    ]
    return seen.model_copy(update={"signatures": (*seen.signatures, *digital)})


# --- pictures for the reviewer ------------------------------------------------------------------------------------


def _gallery(facts: Facts, source: PageSource | None, stitched: Pixels | None, folder: Path) -> Mapping[str, str]:
    """Pictures by key: `page-3`, `field-po_no`, `seal-1`, `specimen-1` (its ink), `difference-2`, `straddle`."""
    if source is None:
        return {}
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    wanted = _wanted_crops(facts)
    for page in facts.document.pages:
        picture = source.picture(page.number)
        written[f"page-{page.number}"] = _save(folder, _thumbnail(picture))
        for key, box in wanted.get(page.number, ()):
            crop = _crop(picture, box)
            if crop.size:
                written[key] = _save(folder, Image.fromarray(crop))
        for number, seal in enumerate(facts.observations.seals, start=1):
            ink = specimen(picture, seal) if seal.page == page.number else None
            if ink is not None:
                written[f"specimen-{number}"] = _keep(folder, ink, "png")
    if stitched is not None:
        written["straddle"] = _save(folder, Image.fromarray(stitched))
    return written


def _wanted_crops(facts: Facts) -> Mapping[int, list[tuple[str, Box]]]:
    wanted: dict[int, list[tuple[str, Box]]] = {}
    for name, value in facts.extraction.fields.items():
        if value.page is not None and value.box is not None:
            wanted.setdefault(value.page, []).append((f"field-{name}", value.box))
    for index, seal in enumerate(facts.observations.seals, start=1):
        wanted.setdefault(seal.page, []).append((f"seal-{index}", seal.box))
    comparison = facts.observations.comparison
    shown = [item for item in comparison.differences if item.kind in ("change", "reading")] if comparison else []
    for index, item in enumerate(shown[:_EXCERPTS], start=1):
        if item.page is not None and item.box is not None:
            wanted.setdefault(item.page, []).append((f"difference-{index}", item.box))
    return wanted


def _thumbnail(picture: Picture) -> Image.Image:
    image = Image.fromarray(picture.pixels)
    scale = min(1.0, _PAGE_DPI / picture.dpi)
    return image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))


def _crop(picture: Picture, box: Box) -> Pixels:
    scale = picture.dpi / 72
    x0, top = (max(0, int((edge - _CROP_MARGIN_PT) * scale)) for edge in box[:2])
    x1, bottom = (max(0, int(np.ceil((edge + _CROP_MARGIN_PT) * scale))) for edge in box[2:])
    return picture.pixels[top:bottom, x0:x1]


def _save(folder: Path, image: Image.Image) -> str:
    """Write a JPEG named by its content, so that a repeated run writes the same files."""
    memory = io.BytesIO()
    image.convert("RGB").save(memory, "JPEG", quality=_JPEG_QUALITY)
    return _keep(folder, memory.getvalue(), "jpg")


def _keep(folder: Path, data: bytes, suffix: str) -> str:
    name = f"{hashlib.sha256(data).hexdigest()[:24]}.{suffix}"
    if not (folder / name).exists():
        temporary = folder / f".{name}.{os.getpid()}"
        temporary.write_bytes(data)
        temporary.replace(folder / name)
    return name
