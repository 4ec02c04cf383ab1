"""The page chain of a TIFF: every directory and every strip must lie within the file (TIFF 6.0; BigTIFF)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

_PAGES_LIMIT = 10_000
_VALUES_LIMIT = 1_000_000
_ZEROS = 32
_SIZES = {1: 1, 3: 2, 4: 4, 13: 4, 16: 8, 18: 8}
_INTEGERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
# Offsets and the byte counts that belong to them: strips, tiles, the JPEG stream of old files.
_DATA = ((273, 279), (324, 325), (513, 514))


@dataclass(frozen=True)
class _Layout:
    order: str
    count: str  # struct code of the number of entries
    number: str  # of counts and offsets

    @property
    def entry(self) -> int:
        return 4 + 2 * self.width

    @property
    def width(self) -> int:
        return struct.calcsize(self.number)


def tiff_lack(stream: BinaryIO, size: int) -> str | None:
    """What is lacking, None when all pages lie within `size` bytes; raises struct.error on cut-off directories."""
    stream.seek(0)
    head = stream.read(16)
    order = "<" if head[:2] == b"II" else ">"
    big = struct.unpack_from(order + "H", head, 2)[0] == 43
    layout = _Layout(order, "Q", "Q") if big else _Layout(order, "H", "I")
    (directory,) = struct.unpack_from(order + layout.number, head, 8 if big else 4)
    if directory == 0:
        return "the first page directory is not written yet"
    seen: set[int] = set()
    while directory:
        if directory in seen or len(seen) >= _PAGES_LIMIT:
            return "the page directories run in a circle"
        seen.add(directory)
        entries, following = _directory(stream, layout, directory)
        if lack := _data_lack(stream, layout, entries, size):
            return f"page {len(seen)}: {lack}"
        directory = following
    return None


def _directory(stream: BinaryIO, layout: _Layout, at: int) -> tuple[dict[int, bytes], int]:
    """Entries by tag (the bytes after the tag), and where the next directory is (0 = none)."""
    stream.seek(at)
    (count,) = struct.unpack(layout.order + layout.count, stream.read(struct.calcsize(layout.count)))
    if count > 65535:
        raise ValueError(f"{count} entries in a page directory")
    block = stream.read(count * layout.entry)
    entries = {}
    for index in range(count):
        (tag,) = struct.unpack_from(layout.order + "H", block, index * layout.entry)
        entries[tag] = block[index * layout.entry + 2 : (index + 1) * layout.entry]
    (following,) = struct.unpack(layout.order + layout.number, stream.read(layout.width))
    return entries, following


def _unfilled(stream: BinaryIO, last: tuple[int, int]) -> bool:
    """Copies that reserve the full size leave zeros where compressed data must be; `last` = (end, bytes) of it."""
    end, length = last
    look = min(length, _ZEROS)
    stream.seek(end - look)
    return look == _ZEROS and not any(stream.read(look))


def _data_lack(stream: BinaryIO, layout: _Layout, entries: dict[int, bytes], size: int) -> str | None:
    if 0 in entries:
        return "its directory is not filled in"
    last = (0, 0)
    for offsets_tag, counts_tag in _DATA:
        if offsets_tag not in entries:
            continue
        offsets = _values(stream, layout, entries[offsets_tag])
        counts = _values(stream, layout, entries[counts_tag]) if counts_tag in entries else (1,) * len(offsets)
        for offset, length in zip(offsets, counts, strict=False):
            # A strip of no bytes is legal (sparse tiles); one at offset 0 with bytes is not written yet.
            if length and (offset == 0 or offset + length > size):
                return f"picture data at byte {offset} lies outside the file"
            last = max(last, (offset + length, length)) if length else last
    if not last[0]:
        return "no picture data yet"
    compressed = _values(stream, layout, entries[259])[:1] not in ((), (1,)) if 259 in entries else False
    return "the end of its picture data is empty" if compressed and _unfilled(stream, last) else None


def _values(stream: BinaryIO, layout: _Layout, entry: bytes) -> tuple[int, ...]:
    kind, count = struct.unpack_from(layout.order + "H" + layout.number, entry)
    if kind not in _INTEGERS or count > _VALUES_LIMIT:
        raise ValueError(f"{count} values of type {kind}")
    length = count * _SIZES[kind]
    data = entry[2 + layout.width :][:length]
    if length > layout.width:
        stream.seek(struct.unpack_from(layout.order + layout.number, entry, 2 + layout.width)[0])
        data = stream.read(length)
    return struct.unpack(f"{layout.order}{count}{_INTEGERS[kind]}", data)
