"""PDF files: text layer where it is true to the picture, OCR elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.model import (
    Claim,
    Document,
    KnownPages,
    Line,
    Page,
    Picture,
    Remark,
    Submission,
    Table,
    TextReader,
    TextSource,
    Word,
)
from pipeline.read.contradictions import CODE, contradictions
from pipeline.read.frame import Frame, Turn, turned, turned_size
from pipeline.read.limits import ReadLimits
from pipeline.read.messages import remark, unreadable
from pipeline.read.orientation import find_turn
from pipeline.read.overlay import with_pasted
from pipeline.read.paper import placed, reading_order
from pipeline.read.raster import COVERED, Drawn, PdfiumError, PdfPages, fit_dpi, turned_pixels
from pipeline.read.sampling import doubted, read_regions, regions
from pipeline.read.signed import signatures_of
from pipeline.read.structure import Structure, Widget, open_structure
from pipeline.read.textlayer import TextLayer, TextLayers
from pipeline.read.tone import has_colour, is_bilevel, is_whitened

OCR_DPI = (150.0, 250.0)  # what the recogniser reads best; a finer scan costs time, a coarser one is enlarged
PASSWORD, CERTIFICATE = 4, 5  # pdfium error codes
A4 = (595.3, 841.9)
PARSER_FAULTS = Exception  # pdfminer raises whatever a broken page provokes


@dataclass
class _Open:
    """One PDF while it is read."""

    name: str
    pages: PdfPages
    layers: TextLayers | None
    structure: Structure
    reader: TextReader
    limits: ReadLimits
    known: KnownPages | None
    remarks: list[Remark] = field(default_factory=list)


@dataclass(frozen=True)
class _Text:
    lines: tuple[Line, ...] = ()
    tables: tuple[Table, ...] = ()
    source: TextSource = "none"
    turn: Turn = 0
    proved: bool = False


def read_pdf(
    path: Path,
    submission: Submission,
    reader: TextReader,
    limits: ReadLimits,
    known: KnownPages | None = None,
    trust: Iterable[Path] = (),
) -> tuple[Document, PdfPages]:
    """Raises UnreadableError `encrypted`, `damaged`, `empty` or `too_large`."""
    name = submission.name
    structure = open_structure(path, name)
    pages = _opened(path, name, limits)
    if len(pages) > limits.pages:
        raise unreadable(
            "too_large",
            name,
            f"有 {len(pages)} 页，超出 {limits.pages} 页的上限",
            f"has {len(pages)} pages, more than {limits.pages}",
        )
    opened = _Open(name, pages, _layers(path, limits), structure, reader, limits, known, list(structure.remarks))
    if structure.pages is not None and structure.pages != len(pages):
        opened.remarks.append(
            remark(
                "page_count_disputed",
                f"页数不一致：显示 {len(pages)} 页，结构中 {structure.pages} 页",
                f"Page counts disagree: {len(pages)} pages are shown, the structure lists {structure.pages}",
            )
        )
    with opened.layers or nullcontext():
        found = tuple(_page(opened, number) for number in range(1, len(pages) + 1))
    if all(any(r.code == "page_damaged" and r.page == page.number for r in opened.remarks) for page in found):
        raise unreadable("damaged", name, "没有一页可以显示", "has no page that can be shown")
    remarks = tuple(_upright(each, found) for each in with_pasted(opened.remarks, pages, found))
    signed = signatures_of(path, structure.widgets, found, trust)
    document = Document(submission=submission, pages=found, form=structure.form, remarks=remarks, signatures=signed)
    return document, pages


def _opened(path: Path, name: str, limits: ReadLimits) -> PdfPages:
    try:
        return PdfPages.open(path, limits)
    except PdfiumError as error:
        if error.err_code in (PASSWORD, CERTIFICATE):
            raise unreadable("encrypted", name, "已加密", "is encrypted") from None
        raise unreadable("damaged", name, "已损坏，无法打开", f"is damaged and cannot be opened ({error})") from None


def _layers(path: Path, limits: ReadLimits) -> TextLayers | None:
    try:
        return TextLayers(path, limits)
    except PARSER_FAULTS:
        return None


def _page(opened: _Open, number: int) -> Page:
    start = time.perf_counter()
    try:
        frame = opened.pages.frame(number)
        drawn = opened.pages.drawn(number)
        own = fit_dpi(*frame.size, drawn.dpi or opened.limits.dpi, opened.limits.pixels)
        opened.pages.resolutions[number] = own
        picture = opened.pages.picture(number, min(max(own, OCR_DPI[0]), OCR_DPI[1]))
        text = _text(opened, number, frame, drawn, picture)
    except (PdfiumError, ValueError, MemoryError, OSError) as error:
        return _damaged(opened, number, error, start)
    _check_resolution(opened, number, own, drawn)
    opened.pages.turns[number] = text.turn
    width, height = turned_size(frame.size, text.turn)
    return Page(
        number=number,
        width=width,
        height=height,
        rotation=text.turn,
        dpi=own,
        colour=has_colour(picture.pixels),
        bilevel=drawn.bilevel or is_bilevel(picture.pixels),
        whitened=is_whitened(picture.pixels),
        text_source=text.source,
        lines=text.lines,
        tables=text.tables,
        seconds=time.perf_counter() - start,
    )


def _damaged(opened: _Open, number: int, error: BaseException, start: float) -> Page:
    zh, en = f"第 {number} 页无法显示", f"Page {number} cannot be shown ({error})"
    opened.remarks.append(remark("page_damaged", zh, en, page=number))
    return Page(number=number, width=A4[0], height=A4[1], seconds=time.perf_counter() - start)


def _check_resolution(opened: _Open, number: int, dpi: float, drawn: Drawn) -> None:
    wanted = min(drawn.dpi or opened.limits.dpi, opened.limits.dpi)
    if dpi < wanted - 1:
        zh = f"第 {number} 页过大，按 {dpi:.0f} dpi 读取"
        en = f"Page {number} is very large and was read at {dpi:.0f} dpi"
        opened.remarks.append(remark("scaled_down", zh, en, page=number))


def _text(opened: _Open, number: int, frame: Frame, drawn: Drawn, picture: Picture) -> _Text:
    """The text layer where it may be trusted, else OCR."""
    layer = _layer(opened, number, frame, drawn)
    if drawn.covered >= COVERED:
        read = _known(opened, number, picture) or _ocr(opened, picture)
    elif layer is not None and layer.lines and not layer.faults:
        return _born_digital(opened, number, frame, drawn, picture, layer)
    else:
        read = _outlined(opened, number, frame) or _ocr(opened, picture)
    if layer is None or not layer.lines:
        return _with_fields(opened, number, read)
    if layer.faults:
        zh, en = (
            f"第 {number} 页的文本层不可用：{'、'.join(layer.faults)}",
            f"The text layer of page {number} is unusable: {', '.join(layer.faults)}",
        )
        opened.remarks.append(remark("text_layer_unusable", zh, en, page=number))
    else:
        _compare(opened, number, layer, read, picture, frame)
    return read


def _layer(opened: _Open, number: int, frame: Frame, drawn: Drawn) -> TextLayer | None:
    """None when the page has no text layer or its parser fails; then the page is read from its picture."""
    try:
        if opened.pages.characters(number) == 0:
            return None
    except PdfiumError:
        pass
    try:
        if opened.layers is None:
            raise ValueError("the text layers of this file cannot be parsed")
        return opened.layers.page(number, frame, drawn.hidden)
    except PARSER_FAULTS as error:
        zh, en = (
            f"第 {number} 页的文本层无法解析",
            f"The text layer of page {number} cannot be parsed ({type(error).__name__})",
        )
        opened.remarks.append(remark("text_layer_broken", zh, en, page=number))
        return None


def _born_digital(opened: _Open, number: int, frame: Frame, drawn: Drawn, picture: Picture, layer: TextLayer) -> _Text:
    """Sampled lines are compared with the picture unless it is proved; doubt is settled by reading the whole page."""
    fields = _field_lines(opened.structure.widgets, number)
    claimed = TextLayer(reading_order([*layer.lines, *fields]), layer.tables, (), (*layer.doubtful, *fields))
    seen = opened.known.verified(_claim(opened, number, frame, layer.glyphs), opened.pages) if opened.known else None
    if seen is not None and seen.honest:
        return _Text(claimed.lines, claimed.tables, "text")
    if seen is not None:
        read = _Text(reading_order(seen.lines), (), "ocr", proved=True)
        if not _compare(opened, number, claimed, read, picture, frame):
            opened.remarks.append(_not_quite(number))
        return read
    notes = [
        each.box for each in opened.structure.remarks if each.page == number and each.code == "annotation" and each.box
    ]
    over = [*notes, *(box for box in drawn.images)]
    if doubted(claimed, over, picture, opened.reader):
        read = _ocr(opened, picture)
        if _compare(opened, number, claimed, read, picture, frame):
            return read
    extra = read_regions(opened.reader, picture, regions(over, frame.size), claimed.lines)
    return _Text(reading_order([*claimed.lines, *extra]), claimed.tables, "text")


def _claim(opened: _Open, number: int, frame: Frame, glyphs: tuple[Word, ...]) -> Claim:
    entries = tuple((each.name, each.value, each.box) for each in _entries(opened.structure.widgets, number))
    return Claim(number, frame.size, glyphs, entries, opened.structure.form)


def _not_quite(number: int) -> Remark:
    """A page whose picture is proved is never without a remark when its layer says anything else."""
    zh = f"第 {number} 页的文本层与画面不完全相同，以画面为准"
    en = f"The text layer of page {number} is not quite what the picture shows; the picture was read"
    return remark(CODE, zh, en, page=number)


def _field_lines(widgets: Sequence[Widget], number: int) -> list[Line]:
    """Values that a viewer draws from the form, which no text layer contains."""
    return [Line(text=widget.value, box=widget.box) for widget in _entries(widgets, number) if widget.value.strip()]


def _entries(widgets: Sequence[Widget], number: int) -> list[Widget]:
    return [widget for widget in widgets if widget.page == number and widget.kind in ("/Tx", "/Ch")]


def _with_fields(opened: _Open, number: int, read: _Text) -> _Text:
    """A page of which nothing could be read but that has form values."""
    if read.lines:
        return read
    fields = _field_lines(opened.structure.widgets, number)
    return _Text(reading_order(fields), (), "form", read.turn) if fields else read


def _known(opened: _Open, number: int, picture: Picture) -> _Text | None:
    """A scanned page whose text is known by its look."""
    lines = opened.known.lines(number, picture) if opened.known else None
    return _Text(reading_order(lines), (), "ocr", proved=True) if lines is not None else None


def _outlined(opened: _Open, number: int, frame: Frame) -> _Text | None:
    """A page made on a computer, without a usable text layer, whose text is known by its outlines."""
    seen = opened.known.verified(_claim(opened, number, frame, ()), opened.pages) if opened.known else None
    return _Text(reading_order(seen.lines), (), "ocr", proved=True) if seen is not None else None


def _ocr(opened: _Open, picture: Picture) -> _Text:
    """Read the picture, turned upright when it does not stand so."""
    pixels = picture.pixels
    found = opened.reader.read_page(pixels)
    turn = find_turn(pixels, found, opened.reader)
    if turn:
        found = opened.reader.read_page(turned_pixels(pixels, turn))
    lines = placed(found, picture.dpi)
    return _Text(lines, (), "ocr" if lines else "none", turn)


def _compare(opened: _Open, number: int, layer: TextLayer, read: _Text, picture: Picture, frame: Frame) -> bool:
    """Note a layer that says something else than the picture; True when it does."""
    claims = [_turned_line(line, frame, read.turn) for line in layer.lines]
    upright = Picture(turned_pixels(picture.pixels, read.turn), picture.dpi)
    found = contradictions(number, claims, read.lines, upright, opened.reader, certain=read.proved)
    opened.remarks += found
    return bool(found)


def _turned_line(line: Line, frame: Frame, turn: Turn) -> Line:
    return line.model_copy(update={"box": turned(line.box, frame.size, turn) if line.box else None})


def _upright(each: Remark, pages: Sequence[Page]) -> Remark:
    """Structure speaks of the page as received; contradictions were found on the upright page already."""
    if each.box is None or each.page is None or each.code == CODE or each.page > len(pages):
        return each
    page = pages[each.page - 1]
    received = (page.height, page.width) if page.rotation in (90, 270) else (page.width, page.height)
    return each.model_copy(update={"box": turned(each.box, received, page.rotation)})
