"""An invisible text layer over a scanned page, as scanners with text recognition write it; it may lie."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import cast

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from tests.simulator.dossier import Scan
from tests.simulator.ink import Box, mm
from tests.simulator.textmap import Char, Found, TextMap

_FONT = "/FText"
# Codes are UTF-16 units: the map says so in one line, and no glyph is ever drawn.
_TO_UNICODE = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
1 beginbfrange
<0000> <FFFF> <0000>
endbfrange
endcmap
end
end"""


def overwritten(found: Found, words: str) -> list[Char]:
    """The characters of a row with the found run replaced: the new words share its width."""
    row = found.row
    old = row.chars[found.start : found.end]
    x0, top, x1, bottom = old[0].box[0], old[0].box[1], old[-1].box[2], old[0].box[3]
    step = (x1 - x0) / max(1, len(words))
    new = [
        Char(char, (x0 + at * step, top, x0 + (at + 1) * step, bottom), old[0].font, old[0].size)
        for at, char in enumerate(words)
    ]
    return [*row.chars[: found.start], *new, *row.chars[found.end :]]


def add_layer(pdf: Path, scan: Scan, text: TextMap, lie: tuple[Found, str] | None = None) -> None:
    """Writes the text of the form, and what was filled in, under the pages of a scan in place; boxes follow the scan.

    A lie replaces one run of characters by other words.
    """
    writer = PdfWriter(clone_from=PdfReader(pdf))
    font = _font(writer)
    for index, sheet in enumerate(writer.pages):
        printed = scan.truth.printed[index]
        chars: list[Char] = []
        for row in text.rows:
            if row.page == printed:
                chars += overwritten(*lie) if lie is not None and lie[0].row is row else row.chars
        shown = [(char.text, scan.pages[index].box(mm(char.box))) for char in chars if char.text.strip()]
        for value in scan.truth.values:
            if value["page"] == index + 1:
                shown += _spelt(str(value["text"]), value["box"])
        content = DecodedStreamObject()
        content.set_data(_drawn(shown, float(sheet.mediabox.height)))
        old = sheet["/Contents"].get_object()
        before = list(old) if isinstance(old, ArrayObject) else [sheet.raw_get("/Contents")]
        sheet[NameObject("/Contents")] = ArrayObject([*before, writer._add_object(content)])
        resources = cast(DictionaryObject, sheet["/Resources"].get_object())
        resources[NameObject("/Font")] = DictionaryObject({NameObject(_FONT): font})
    writer.write(pdf)


def _spelt(words: str, box: Box) -> list[tuple[str, Box]]:
    x0, top, _, bottom = box
    size = min(10.5, bottom - top)
    middle = (top + bottom) / 2
    return [
        (char, (x0 + at * size, middle - size / 2, x0 + (at + 1) * size, middle + size / 2))
        for at, char in enumerate(words)
        if char.strip()
    ]


def _drawn(shown: Iterable[tuple[str, Box]], height: float) -> bytes:
    """One text object, every character at its place, mode 3 = neither filled nor stroked."""
    parts = ["BT 3 Tr"]
    for char, (x0, top, x1, bottom) in shown:
        size = max(1.0, bottom - top)
        stretch = 100 * (x1 - x0) / size
        code = char.encode("utf-16-be").hex()
        parts.append(f"{_FONT} {size:.2f} Tf {stretch:.1f} Tz 1 0 0 1 {x0:.2f} {height - bottom + 0.12 * size:.2f} Tm")
        parts.append(f"<{code}> Tj")
    return "\n".join([*parts, "ET"]).encode()


def _font(writer: PdfWriter) -> PdfObject:
    mapping = DecodedStreamObject()
    mapping.set_data(_TO_UNICODE)
    system = DictionaryObject(
        {
            NameObject("/Registry"): TextStringObject("Adobe"),
            NameObject("/Ordering"): TextStringObject("Identity"),
            NameObject("/Supplement"): NumberObject(0),
        }
    )
    measures = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/FontDescriptor"),
            NameObject("/FontName"): NameObject("/Invisible"),
            NameObject("/Flags"): NumberObject(4),
            NameObject("/FontBBox"): ArrayObject([NumberObject(value) for value in (0, -120, 1000, 880)]),
            NameObject("/ItalicAngle"): NumberObject(0),
            NameObject("/Ascent"): NumberObject(880),
            NameObject("/Descent"): NumberObject(-120),
            NameObject("/CapHeight"): NumberObject(880),
            NameObject("/StemV"): NumberObject(80),
        }
    )
    glyphs = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/CIDFontType2"),
            NameObject("/BaseFont"): NameObject("/Invisible"),
            NameObject("/CIDSystemInfo"): system,
            NameObject("/FontDescriptor"): writer._add_object(measures),
            NameObject("/DW"): NumberObject(1000),
            NameObject("/CIDToGIDMap"): NameObject("/Identity"),
        }
    )
    return writer._add_object(
        DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type0"),
                NameObject("/BaseFont"): NameObject("/Invisible"),
                NameObject("/Encoding"): NameObject("/Identity-H"),
                NameObject("/DescendantFonts"): ArrayObject([writer._add_object(glyphs)]),
                NameObject("/ToUnicode"): writer._add_object(mapping),
            }
        )
    )
