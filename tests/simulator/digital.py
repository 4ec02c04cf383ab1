"""Copies of a form as an office program would hand them in, and the ways in which such a file can lie.

Words are written in the form's own fonts, so that only characters it prints can be used. Points, origin top-left.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    ContentStream,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

Box = tuple[float, float, float, float]
Operand = Any  # what pypdf parses from a content stream

HIDDEN = 2  # flag of an annotation
PRINT = 4
_PAIR = re.compile(r"<([0-9A-F]{2})>\s*<((?:[0-9A-F]{4})+)>")


@dataclass(frozen=True)
class _Code:
    """One character code of a string that is shown: `holder[at]` holds the string, `index` the code in it."""

    text: str
    font: str
    holder: Operand
    at: int
    index: int


@dataclass
class Copy:
    """One page of a form, open for change; `write` leaves a PDF of that page alone, or of all pages."""

    form: Path
    number: int
    alone: bool = True
    _writer: PdfWriter = field(init=False)

    def __post_init__(self) -> None:
        self._writer = PdfWriter(clone_from=PdfReader(self.form))
        if self.alone:
            for at in reversed(range(len(self._writer.pages))):
                if at != self.number - 1:
                    self._writer.remove_page(self._writer.pages[at])

    @property
    def page(self) -> Any:
        return self._writer.pages[0 if self.alone else self.number - 1]

    def write(self, path: Path) -> Path:
        """The file."""
        self._writer.write(path)
        return path

    # --- honest ---------------------------------------------------------------------------------------------------

    def filled(self, name: str, text: str, *, shown: str | None = None, flags: int = PRINT) -> Copy:
        """A field's value with an appearance that shows it, or something else."""
        widget = next(each for each in self._widgets() if str(each["/T"]) == name)
        widget[NameObject("/V")] = TextStringObject(text)
        widget[NameObject("/F")] = NumberObject(flags)
        x0, y0, x1, y1 = (float(side) for side in cast(ArrayObject, widget["/Rect"]))
        look = self._form_object((0, 0, x1 - x0, y1 - y0), self._words(shown or text, 4, (y1 - y0) / 2 - 4, 10.5))
        widget[NameObject("/AP")] = DictionaryObject({NameObject("/N"): look})
        return self

    def named(self, name: str, other: str) -> Copy:
        """A field under another name."""
        next(each for each in self._widgets() if str(each["/T"]) == name)[NameObject("/T")] = TextStringObject(other)
        return self

    def written(self, text: str, at: tuple[float, float], *, size: float = 10.5, colour: str = "0 0 0 rg") -> Copy:
        """Words on the page itself; `at` = left end of the base line."""
        return self._drawn(f"{colour} {self._words(text, at[0], self._height - at[1], size)}")

    def moved(self, dx: float, dy: float, scale: float = 1.0) -> Copy:
        """The whole page drawn elsewhere, as by another program."""
        data = self._content().get_data()
        return self._replaced(f"q {scale} 0 0 {scale} {dx} {dy} cm\n".encode() + data + b"\nQ")

    def coloured(self, colour: str) -> Copy:
        """Black print in another colour."""
        return self._replaced(self._content().get_data().replace(b"0 0 0 rg", colour.encode()))

    # --- lies -----------------------------------------------------------------------------------------------------

    def changed(self, words: str, at: int, char: str, *, layer: bool = True) -> Copy:
        """Another glyph for one character of some words; with `layer` False the text layer keeps the old one."""
        stream = self._content()
        codes = self._codes(stream)
        line = "".join(code.text for code in codes)
        start = line.index(words) + at
        place = [code for code in codes for _ in code.text][start]
        glyph = self._fonts()[place.font][char]
        old = bytes(place.holder[place.at].original_bytes)
        place.holder[place.at] = ByteStringObject(old[: place.index] + bytes([glyph]) + old[place.index + 1 :])
        self._replaced(stream.get_data())
        if not layer:
            self._remapped(place.font, glyph, place.text)
        return self

    def painted(self, box: Box, colour: str = "1 1 1 rg") -> Copy:
        """A filled rectangle over whatever stands there."""
        return self._drawn(f"{colour} {self._rectangle(box)} re f")

    def pasted(self, picture: NDArray[np.uint8], box: Box) -> Copy:
        """A grey picture."""
        image = StreamObject()
        image.set_data(picture.tobytes())
        image.update(
            {
                NameObject("/Type"): NameObject("/XObject"),
                NameObject("/Subtype"): NameObject("/Image"),
                NameObject("/Width"): NumberObject(picture.shape[1]),
                NameObject("/Height"): NumberObject(picture.shape[0]),
                NameObject("/ColorSpace"): NameObject("/DeviceGray"),
                NameObject("/BitsPerComponent"): NumberObject(8),
            }
        )
        self._resource("/XObject", "/ImLaid", self._writer._add_object(image))
        x0, top, x1, bottom = box
        return self._drawn(f"{x1 - x0} 0 0 {bottom - top} {x0} {self._height - bottom} cm /ImLaid Do")

    def noted(self, text: str, box: Box) -> Copy:
        """A free-text annotation on white ground."""
        x0, top, x1, bottom = box
        look = self._form_object(
            (0, 0, x1 - x0, bottom - top),
            f"1 1 1 rg 0 0 {x1 - x0} {bottom - top} re f 0 0 0 rg {self._words(text, 1, 3, 10.5)}",
        )
        note = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject("/FreeText"),
                NameObject("/Contents"): TextStringObject(text),
                NameObject("/F"): NumberObject(PRINT),
                NameObject("/Rect"): self._numbers(x0, self._height - bottom, x1, self._height - top),
                NameObject("/AP"): DictionaryObject({NameObject("/N"): look}),
            }
        )
        self.page.setdefault(NameObject("/Annots"), ArrayObject()).append(self._writer._add_object(note))
        return self

    # --- pieces ---------------------------------------------------------------------------------------------------

    @property
    def _height(self) -> float:
        return float(self.page.mediabox.height)

    def _content(self) -> ContentStream:
        return ContentStream(self.page["/Contents"].get_object(), self._writer)

    def _replaced(self, data: bytes) -> Copy:
        content = DecodedStreamObject()
        content.set_data(data)
        self.page[NameObject("/Contents")] = self._writer._add_object(content)
        return self

    def _drawn(self, operators: str) -> Copy:
        return self._replaced(self._content().get_data() + f"\nq {operators} Q\n".encode())

    def _rectangle(self, box: Box) -> str:
        return f"{box[0]} {self._height - box[3]} {box[2] - box[0]} {box[3] - box[1]}"

    def _words(self, text: str, x: float, y: float, size: float) -> str:
        parts = [f"BT {x:.2f} {y:.2f} Td"]
        for char in text:
            font, code = next((name, codes[char]) for name, codes in self._fonts().items() if char in codes)
            parts.append(f"{font} {size} Tf <{code:02x}> Tj")
        return " ".join([*parts, "ET"])

    def _fonts(self) -> dict[str, dict[str, int]]:
        """Code of every single character by font, heavy faces last."""
        fonts = self.page["/Resources"]["/Font"]
        names = sorted(fonts, key=lambda name: ("Bold" in fonts[name].get_object()["/BaseFont"], name))
        return {
            name: {text: code for code, text in _map(fonts[name].get_object()).items() if len(text) == 1}
            for name in names
        }

    def _codes(self, stream: ContentStream) -> list[_Code]:
        fonts = {name: _map(font.get_object()) for name, font in self.page["/Resources"]["/Font"].items()}
        found: list[_Code] = []
        font = ""
        for operands, operator in stream.operations:
            if operator == b"Tf":
                font = operands[0]
            holder = operands[0] if operator == b"TJ" else operands
            for at, item in enumerate(holder if operator in (b"Tj", b"TJ") else ()):
                if isinstance(item, (TextStringObject, ByteStringObject)):
                    codes = item.original_bytes
                    found += [_Code(fonts[font].get(code, ""), font, holder, at, n) for n, code in enumerate(codes)]
        return found

    def _remapped(self, font: str, code: int, text: str) -> None:
        """The font's map to Unicode changed in one place, for all pages that use it."""
        holder = self.page["/Resources"]["/Font"][font].get_object()
        table = holder["/ToUnicode"].get_object().get_data().decode()
        told = text.encode("utf-16-be").hex()
        stream = DecodedStreamObject()
        stream.set_data(re.sub(rf"<{code:02X}> <[0-9A-F]+>", f"<{code:02X}> <{told.upper()}>", table).encode())
        holder[NameObject("/ToUnicode")] = self._writer._add_object(stream)

    def _resource(self, kind: str, name: str, value: Any) -> None:
        resources = cast(DictionaryObject, self.page["/Resources"].get_object())
        resources.setdefault(NameObject(kind), DictionaryObject())[NameObject(name)] = value

    def _form_object(self, box: Box, operators: str) -> Any:
        look = DecodedStreamObject()
        look.set_data(operators.encode())
        look.update(
            {
                NameObject("/Type"): NameObject("/XObject"),
                NameObject("/Subtype"): NameObject("/Form"),
                NameObject("/BBox"): self._numbers(*box),
                NameObject("/Resources"): DictionaryObject(
                    {NameObject("/Font"): self.page["/Resources"].get_object()["/Font"]}
                ),
            }
        )
        return self._writer._add_object(look)

    def _numbers(self, *values: float) -> ArrayObject:
        return ArrayObject([FloatObject(round(value, 2)) for value in values])

    def _widgets(self) -> list[DictionaryObject]:
        return [cast(DictionaryObject, entry.get_object()) for entry in self.page["/Annots"]]


def _map(font: DictionaryObject) -> dict[int, str]:
    """Text of every code of a simple font."""
    table = cast(StreamObject, font["/ToUnicode"].get_object()).get_data().decode()
    return {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in _PAIR.findall(table)}
