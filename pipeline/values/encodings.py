"""Which encoding a text file is in, settled or not, so that no text is kept that nobody could search.

UTF-8, UTF-16 and UTF-32 with and without a byte order mark, GB 18030, and Western texts of single accented letters.
Why not simply the first codec that does not fail: UTF-16 decodes almost any even number of bytes, and GB 18030 most
texts of other sets of double bytes; so what is read must also look like something that people write.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pipeline.values.secrets import REMOVED, secrets_in

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, with whose mark it begins
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = {"utf-16-le": 2, "utf-16-be": 2, "utf-32-le": 4, "utf-32-be": 4}

# What comes in and is no text; short ones need a zero byte too, for a text may begin with two letters.
_MAGIC = (
    b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"\xd0\xcf\x11\xe0", b"\x7fELF", b"OggS", b"fLaC", b"PK\x03\x04",
    b"PK\x05\x06", b"PK\x07\x08", b"Rar!\x1a", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"\xfd7zXZ", b"BZh",
)  # fmt: skip
_SHORT = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"MZ", b"BM", b"RIFF", b"ID3")
_PLACED = ((4, b"ftyp"), (257, b"ustar"))
_HEAD = 1024
_SPELT = ((b"~{", "hz"), (b"\x1b$", "iso2022_jp_2"), (b"\x1b$", "iso2022_kr"), (b"+", "utf-7"))

# Signs that people write here; Hangul, Tibetan and the like are what bytes look like that are read at the wrong end.
_EXPECTED = re.compile(
    "[\t\n\r\f\x20-\x7e\xa0-\xff\u2010-\u205e\u20ac\u2100-\u22ff\u2460-\u27bf\u3000-\u30ff\u3200-\u33ff"
    "\u4e00-\u9fff\ufe30-\ufe4f\ufeff\uff00-\uffef\U0001f300-\U0001faff\U00020000-\U0002fa1f]"
)
_ASCII = re.compile("[\t\n\r\x20-\x7e]")
_SURE, _DOUBTFUL, _SOME = 0.95, 0.85, 0.02  # shares of such signs; random bytes have 0.4, single letters in pairs 0.7
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f]")
_FEW = 0.005  # share of control bytes in a text
_SPREAD = re.compile(rb"(?:[\t\n\r\x20-\x7e]\0){8}|(?:\0[\t\n\r\x20-\x7e]){8}")  # two bytes a letter
_FOREIGN = re.compile("[^\x00-\x7f\ud800-\udfff]")
_UNREADABLE = re.compile("[\udc80-\udcff]")
_ODD = 0.02  # unreadable bytes for each character, as fields cut off in the middle of one leave them
_RARE = 0.4  # share of characters beyond GB 2312 in a Chinese text; other sets of double bytes read as it have more
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_LONGEST_RUN = 3  # accents in a row; the shortest word that matters has four bytes in GB 18030
_WESTERN = 0.3  # share of accented letters in a Western text

Undecoded = Literal["binary", "unsettled"]


@dataclass(frozen=True)
class Decoded:
    """A text with all that is needed to write it again: byte order mark, encoding, what follows its last character."""

    text: str
    encoding: str
    mark: bytes = b""
    rest: bytes = b""

    def encoded(self, text: str) -> bytes:
        """Another text in the same encoding; bytes that could not be read are written as they were."""
        return self.mark + text.encode(self.encoding, "surrogateescape") + self.rest


def decoded(content: bytes) -> Decoded | Undecoded:
    """The text; `unsettled` when it is one but nobody can say in which encoding, `binary` when it is none."""
    if _is_known_binary(content):
        return "binary"
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _exact(content, encoding, mark) or _left_over(content)
    if b"\0" in content:
        return _wide(content) or _padded(content) or _left_over(content)
    return _plain(content) or _agreed(content) or _left_over(content)


def _is_known_binary(content: bytes) -> bool:
    head = content[:_HEAD]
    if head.startswith(_MAGIC) or b"%PDF-" in head:
        return True
    return b"\0" in head and (
        head.startswith(_SHORT) or any(head[at : at + len(magic)] == magic for at, magic in _PLACED)
    )


def _exact(content: bytes, encoding: str, mark: bytes = b"") -> Decoded | None:
    """The text when every byte is part of a character; the last one may be cut off."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(content[len(mark) :])
    except UnicodeError:
        return None
    return Decoded(text, encoding, mark, decoder.getstate()[0])


def _plain(content: bytes) -> Decoded | Undecoded | None:
    """UTF-8; plain ASCII that spells out characters of another set is no such text when that hides a secret."""
    found = _exact(content, "utf-8")
    if found is not None and content.isascii():
        others = [content.decode(name, "replace") for sign, name in _SPELT if sign in content]
        if any(len(_secrets(text)) > len(_secrets(found.text)) for text in others):
            return "unsettled"
    return found


def _wide(content: bytes) -> Decoded | Undecoded | None:
    """Two or four bytes a character; of the byte orders the one in which it looks more like writing."""
    found: list[tuple[float, float, Decoded]] = []
    doubtful = False
    for encoding, width in _WIDE.items():
        text = content[: len(content) // width * width].decode(encoding, "replace").rstrip("\0")
        share, plain = _share(_EXPECTED, text), _share(_ASCII, text)
        exact = _exact(content, encoding)
        if exact is not None and share >= _SURE and not _CONTROL.search(text):
            padding = exact.text[len(text) :].encode(encoding)
            found.append((share, plain, Decoded(text, encoding, rest=padding + exact.rest)))
        doubtful |= share >= _DOUBTFUL and plain > _SOME
    best = max(found, key=lambda item: item[:2])[2] if found else None
    if best is None:
        return "unsettled" if doubtful else None
    return "unsettled" if _show_more(_shifted(content), best.text) else best


def _shifted(content: bytes) -> list[str]:
    """Every way to read it as UTF-16, from its first byte and from its second."""
    return [content[at:].decode(name, "replace") for name in ("utf-16-le", "utf-16-be") for at in (0, 1)]


def _padded(content: bytes) -> Decoded | None:
    """A text with zero bytes behind its end."""
    text = content.rstrip(b"\0")
    found = None if b"\0" in text or not text else _exact(text, "utf-8") or _agreed(text)
    return Decoded(found.text, found.encoding, found.mark, content[len(text) :]) if found else None


def _agreed(content: bytes) -> Decoded | None:
    """One byte or two a character, with few that cannot be read; None when another reading shows a secret more."""
    readings = [content.decode(name, "surrogateescape") for name in ("utf-8", "gb18030")]
    found = _damaged_utf8(readings[0]) or _chinese(readings[1]) or _western(content)
    return None if found is None or _show_more(readings, found.text) else found


def _damaged_utf8(text: str) -> Decoded | None:
    bad = len(_UNREADABLE.findall(text))
    return Decoded(text, "utf-8") if bad <= _ODD * len(_FOREIGN.findall(text)) else None


def _chinese(text: str) -> Decoded | None:
    foreign = "".join(_FOREIGN.findall(text))
    rare = len(foreign) - len(foreign.encode("gb2312", "ignore")) // 2
    if len(_UNREADABLE.findall(text)) > max(1.0, _ODD * len(foreign)) or rare > max(3.0, _RARE * len(foreign)):
        return None
    return Decoded(text, "gb18030")


def _western(content: bytes) -> Decoded | None:
    """Latin letters, some with accents; whichever of the sets it is, its bytes are kept as they are."""
    runs = [len(run) for run in _HIGH_RUN.findall(content)]
    if max(runs, default=0) > _LONGEST_RUN or sum(runs) > max(2.0, _WESTERN * len(content)):
        return None
    return Decoded(content.decode("latin-1"), "latin-1")


def _left_over(content: bytes) -> Undecoded:
    """Bytes that no encoding explains: a text after all, or something with a secret in it, or simply no text."""
    wide = b"\0" in content
    plain = content.replace(b"\0", b"")
    if (not wide or _SPREAD.search(content)) and len(_CONTROLS.findall(plain)) <= _FEW * len(plain):
        return "unsettled"
    readings = [content.decode(name, "replace") for name in ("utf-8", "gb18030")]
    if wide:
        readings += _shifted(content)
    return "unsettled" if any(map(_secrets, readings)) else "binary"


def _show_more(readings: Iterable[str], text: str) -> bool:
    """Whether one of these readings shows a secret that the text does not."""
    known = _secrets(text)
    return any(not any(secret in other for other in known) for reading in readings for secret in _secrets(reading))


def _secrets(text: str) -> frozenset[str]:
    found = (text[start:end] for start, end in secrets_in(text))
    return frozenset(value for value in found if not REMOVED.startswith(value.strip("\"'")))


def _share(signs: re.Pattern[str], text: str) -> float:
    return len(signs.findall(text)) / len(text) if text else 0.0
