"""The reading stage: a file becomes a `Document`, and a source of its page pictures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.model import Document, KnownPages, PageSource, Remark, Submission, TextReader
from pipeline.read.binding import bind_pages
from pipeline.read.covering import covered, with_margin
from pipeline.read.cutting import cut_pages
from pipeline.read.images import read_image
from pipeline.read.limits import ReadLimits
from pipeline.read.masking import Masked, mask
from pipeline.read.messages import remark, unreadable
from pipeline.read.ocr import open_reader
from pipeline.read.order import read_order
from pipeline.read.package import inspect_package
from pipeline.read.pdf import read_pdf
from pipeline.read.recorded import RecordedReader, RecordingReader
from pipeline.read.records import read_records
from pipeline.read.reference import open_reference, prepare_reference
from pipeline.read.sheet import read_sheet
from pipeline.read.sniff import disagrees, sniff
from pipeline.read.word import read_word

__all__ = [
    "Masked",
    "ReadLimits",
    "Reading",
    "RecordedReader",
    "RecordingReader",
    "bind_pages",
    "covered",
    "cut_pages",
    "open_reader",
    "open_reference",
    "prepare_reference",
    "read",
    "with_margin",
]


STANDARD = ReadLimits()


@dataclass(frozen=True)
class Reading:
    """What a file says; `pictures` is None for electronic files, which have no pages.

    `masked` = what was taken out of the document. The pictures still show it: people see those of `covered` only.
    """

    document: Document
    pictures: PageSource | None
    masked: Masked


def read(
    path: Path,
    submission: Submission,
    reader: TextReader,
    limits: ReadLimits = STANDARD,
    known: KnownPages | None = None,
    trust: Iterable[Path] = (),
) -> Reading:
    """Read the file by its content, whatever its name; raises UnreadableError.

    Pictures of pages are shown to `known` before `reader` transcribes them. `trust` = folders of root certificates by
    which digital signatures are judged; without one nobody's is trusted.
    """
    name = submission.name
    size = path.stat().st_size
    if size > limits.bytes:
        raise unreadable("too_large", name, f"有 {size} 字节，超出上限", f"has {size} bytes, more than {limits.bytes}")
    media = sniff(path, name)
    actual = submission.model_copy(update={"media": media})
    pictures: PageSource | None = None
    extra: list[Remark] = []
    if disagrees(name, media):
        zh = f"扩展名与内容不符：内容是 {media.upper()}"
        en = f"The file name's ending does not fit: the content is {media.upper()}"
        extra.append(remark("wrong_extension", zh, en))
    match media:
        case "pdf":
            document, pictures = read_pdf(path, actual, reader, limits, known, trust)
        case "docx" | "xlsx":
            extra += inspect_package(path, name, limits)
            document = read_word(path, actual) if media == "docx" else read_sheet(path, actual, limits)
        case "toml":
            document = read_order(path, actual)
        case "csv" | "json":
            document = read_records(path, actual, media)
        case _:
            document, pictures = read_image(path, actual, reader, limits, known)
    found = mask(document.model_copy(update={"remarks": (*extra, *document.remarks)}))
    return Reading(found.document, pictures, found)
