"""Revisions of a real contract put on paper, Markdown to Word to PDF, and what changed from one to the next."""

from __future__ import annotations

import difflib
import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from pathlib import Path

import docx
import pdfplumber
from docx.shared import Mm, Pt
from pypdf import PdfReader, PdfWriter

Box = tuple[float, float, float, float]
HEAD = "Cloud Service Agreement - Standard Terms"  # on every page, so that cut pages still say what they are
HEAD_PT = 60.0  # the running head ends above it
_TAG = re.compile(r"</?[A-Za-z][^>]*>")
_HEADING = re.compile(r"^(?:(\d+)\.\s+)?(#{1,6})\s+(.*)$")
_FONT = "DejaVu Serif"


@dataclass(frozen=True)
class Word:
    """A printed word; `page` from 1, box in pt."""

    text: str
    page: int
    box: Box


@dataclass(frozen=True)
class Edit:
    """One run of words that differs; `box` (pt) where it is, or for words that are gone where they were."""

    before: str
    after: str
    page: int
    box: Box

    @property
    def punctuation(self) -> bool:
        """True when letters and digits are the same."""
        plain = [re.sub(r"\W", "", text) for text in (self.before, self.after)]
        return plain[0] == plain[1]


def plain(markdown: str) -> list[tuple[str, bool]]:
    """Paragraphs and whether each is a heading; marks of Markdown and HTML are gone, numbers stay."""
    found: list[tuple[str, bool]] = []
    for line in markdown.splitlines():
        text = unescape(_TAG.sub("", line)).replace("**", "").strip()
        heading = _HEADING.match(text)
        if heading:
            text = f"{heading[1]}. {heading[3]}" if heading[1] else heading[3]
        if text := re.sub(r"\s+", " ", text).strip():
            found.append((text, heading is not None))
    return found


def write_docx(paragraphs: Sequence[tuple[str, bool]], path: Path) -> Path:
    """A plain A4 Word file with a running head."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin, section.header_distance = Mm(28), Mm(12)
    section.header.paragraphs[0].text = HEAD
    for name in ("Normal", "Header"):
        document.styles[name].font.name = _FONT
        document.styles[name].font.size = Pt(10.5 if name == "Normal" else 8)
    for text, heading in paragraphs:
        run = document.add_paragraph().add_run(text)
        run.bold = heading
    document.save(str(path))
    return path


def print_all(sources: Sequence[Path], cache: Path) -> Mapping[str, Path]:
    """PDF by name of source, printed once per content; raises FileNotFoundError without LibreOffice."""
    office = shutil.which("soffice")
    if office is None:
        raise FileNotFoundError("soffice is not on PATH")
    cache.mkdir(parents=True, exist_ok=True)
    wanted = {source.name: cache / f"{source.stem}-{_key(source)}.pdf" for source in sources}
    missing = [source for source in sources if not wanted[source.name].is_file()]
    with tempfile.TemporaryDirectory(prefix="print-") as scratch:
        folder = Path(scratch)
        papers = [
            write_docx(
                plain(source.read_text(encoding="utf-8")), folder / wanted[source.name].with_suffix(".docx").name
            )
            for source in missing
        ]
        if papers:
            profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
            command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *map(str, papers)]
            subprocess.run(command, check=True, capture_output=True, timeout=600)
        for paper in papers:
            shutil.move(paper.with_suffix(".pdf"), cache / paper.with_suffix(".pdf").name)
    return wanted


def _key(source: Path) -> str:
    """Follows the contract and the way it is printed."""
    return hashlib.sha256(source.read_bytes() + Path(__file__).read_bytes()).hexdigest()[:16]


def cut(pdf: Path, pages: Sequence[int], target: Path) -> Path:
    """Some pages (from 1) as a file of their own."""
    reader, writer = PdfReader(pdf), PdfWriter()
    for page in pages:
        writer.add_page(reader.pages[page - 1])
    with target.open("wb") as file:
        writer.write(file)
    return target


def spoken(markdown: str) -> list[Word]:
    """The words of a contract that nobody has printed yet."""
    return [Word(word, 1, (0.0, 0.0, 0.0, 0.0)) for text, _ in plain(markdown) for word in text.split()]


@lru_cache(maxsize=64)
def words(pdf: Path) -> tuple[Word, ...]:
    """Every printed word below the running head."""
    with pdfplumber.open(pdf) as document:
        return tuple(
            Word(word["text"], number, (word["x0"], word["top"], word["x1"], word["bottom"]))
            for number, page in enumerate(document.pages, 1)
            for word in page.extract_words()
            if word["top"] > HEAD_PT
        )


def edits(before: Sequence[Word], after: Sequence[Word]) -> list[Edit]:
    """What differs between two texts, placed in the second."""
    matcher = difflib.SequenceMatcher(
        None, [word.text for word in before], [word.text for word in after], autojunk=False
    )
    found = []
    for kind, i, j, k, end in matcher.get_opcodes():
        if kind != "equal" and after:
            near = after[k:end] or after[max(0, k - 1) : k + 1]  # of gone words the neighbours
            page = near[0].page
            line = [word.box for word in near if word.page == page]
            box = (min(b[0] for b in line), min(b[1] for b in line), max(b[2] for b in line), max(b[3] for b in line))
            found.append(Edit(_text(before[i:j]), _text(after[k:end]), page, box))
    return found


def _text(listed: Sequence[Word]) -> str:
    return " ".join(word.text for word in listed)


def window(before: Sequence[Word], after: Sequence[Word], longest: int) -> tuple[tuple[int, ...], list[Edit]]:
    """Pages to look at and what differs on them: the shortest run where no text crosses a page break, if there is one.

    Pages in the edits count from 1 within the run.
    """
    whole = edits(before, after)
    fallback: tuple[tuple[int, ...], list[Edit]] | None = None
    for length in range(1, longest + 1):
        for first in sorted({edit.page for edit in whole}):
            pages = tuple(range(first, first + length))
            if not all(any(word.page == page for word in side) for side in (before, after) for page in pages):
                continue
            here = edits(_on(before, pages), _on(after, pages))
            real = [(edit.before, edit.after) for edit in whole if edit.page in pages]
            if here and [(edit.before, edit.after) for edit in here] == real:
                return pages, here
            fallback = fallback or ((pages, here) if here else None)
    return fallback or ((), [])


def _on(listed: Sequence[Word], pages: Sequence[int]) -> list[Word]:
    return [Word(word.text, word.page - pages[0] + 1, word.box) for word in listed if word.page in pages]
