"""The ends of PDF, JPEG, PNG and ZIP files and mails: each function says what is lacking, None when nothing is."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import compat32
from typing import BinaryIO

from pipeline.unpack.message import content_type, parameters_of

_PDF_TAIL = 64 * 1024
_XREF = re.compile(rb"xref|\d+\s+\d+\s+obj")
_OBJECT = re.compile(rb"\d+\s+\d+\s+obj\b|\bendobj\b|\bendstream\b")
_START_XREF = re.compile(rb"startxref\s+(\d+)")
_LENGTH = re.compile(rb"/L\s+(\d+)")

_JPEG_CHUNK = 1024 * 1024
# In picture data 0xFF is followed by 0x00, a restart marker or another 0xFF; anything else is a marker (T.81, B.1.1).
_JPEG_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd7\xff])", re.DOTALL)
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9

_IEND_CHECKSUM = b"\xae\x42\x60\x82"

_EOCD = b"PK\x05\x06"
_EOCD_TAIL = 22 + 65535 + 4096

_MAIL_HEADER = 1_000_000
_BLANK = re.compile(rb"\r?\n\r?\n|\r\r")


def pdf_lack(stream: BinaryIO, size: int, head: bytes) -> str | None:
    """`head` = the first 1024 bytes; up to 64 KB of foreign bytes after %%EOF are tolerated (scanners pad)."""
    if b"/Linearized" in head and (length := _LENGTH.search(head)) and int(length[1]) > size:
        # Its first %%EOF stands near the start, so the end alone proves nothing.
        return f"{size} of {int(length[1])} bytes"
    tail = _tail(stream, size, _PDF_TAIL)
    end = tail.rfind(b"%%EOF")
    starts = list(_START_XREF.finditer(tail, 0, end if end >= 0 else len(tail)))
    if end >= 0 and _OBJECT.search(tail, end):
        return "objects after the last %%EOF: a revision is being added"
    if not starts:
        return "no startxref near the end"
    lead = max(head.find(b"%PDF-"), 0)
    target = int(starts[-1][1])
    # Many writers are a few bytes off; without %%EOF the number itself may be cut off, so it must hit.
    slack = 64 if end >= 0 else 0
    if _xref_at(stream, target, slack) or (lead and _xref_at(stream, target + lead, slack)):
        return None
    if end < 0:
        return "no %%EOF near the end"
    return f"no cross-reference table at byte {target}"


def _xref_at(stream: BinaryIO, target: int, slack: int) -> bool:
    start = max(target - slack, 0)
    stream.seek(start)
    look = stream.read(target - start + max(slack, 24))
    return target > 0 and (_XREF.search(look) if slack else _XREF.match(look.lstrip())) is not None


def jpeg_lack(stream: BinaryIO) -> str | None:
    """Walks the segments, as the preview in the header has an end marker of its own; bytes after EOI are tolerated."""
    position = 2
    while True:
        stream.seek(position)
        head = stream.read(4)
        if len(head) >= 2 and head[0] == 0xFF and head[1] in (0xFF, 0x01):
            position += 1 if head[1] == 0xFF else 2
            continue
        if len(head) < 2 or head[0] != 0xFF:
            return f"no marker at byte {position}"
        if head[1] == _END_OF_IMAGE:
            return None
        length = int.from_bytes(head[2:4], "big")
        if len(head) < 4 or length < 2:
            return f"cut off at byte {position}"
        position += 2 + length
        if head[1] == _START_OF_SCAN:
            following = _jpeg_marker(stream, position)
            if following is None:
                return "no end of image"
            position = following


def _jpeg_marker(stream: BinaryIO, position: int) -> int | None:
    """Where the picture data that begins at `position` ends."""
    stream.seek(position)
    carried = b""
    while chunk := stream.read(_JPEG_CHUNK):
        data = carried + chunk
        if found := _JPEG_MARKER.search(data):
            return position - len(carried) + found.start()
        position += len(chunk)
        carried = data[-1:]
    return None


def png_lack(stream: BinaryIO, size: int) -> str | None:
    """Follows the chunks to IEND; bytes after it are tolerated."""
    position = 8
    while position + 12 <= size:
        stream.seek(position)
        head = stream.read(8)
        if len(head) < 8 or not head[4:].isalpha():
            return f"no chunk at byte {position}"
        position += 12 + int.from_bytes(head[:4], "big")
        if head[4:] == b"IEND":
            return None if stream.read(4) == _IEND_CHECKSUM else "IEND is cut off"
    return "no IEND"


def zip_lack(stream: BinaryIO, size: int) -> str | None:
    """The end record must point at the directory in front of it: an embedded workbook has an end of its own."""
    tail = _tail(stream, size, _EOCD_TAIL)
    at = tail.rfind(_EOCD)
    if at < 0 or len(tail) - at < 22:
        return "no end of central directory"
    entries = int.from_bytes(tail[at + 10 : at + 12], "little")
    directory = int.from_bytes(tail[at + 16 : at + 20], "little")
    comment = int.from_bytes(tail[at + 20 : at + 22], "little")
    if len(tail) - at - 22 < comment:
        return "the comment is cut off"
    if directory == 0xFFFFFFFF or at == entries == 0:  # ZIP64 with its own record just before, or an empty archive
        return None
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    stream.seek(directory)
    if directory + length != max(size - len(tail), 0) + at or stream.read(4) != b"PK\x01\x02":
        return f"no central directory at byte {directory}"
    return None


def mail_lack(stream: BinaryIO, size: int) -> str | None:
    """A message of several parts ends them with a line of its own; one without parts has no end to look for."""
    stream.seek(0)
    try:
        header = message_from_bytes(
            _BLANK.split(stream.read(_MAIL_HEADER).lstrip(), maxsplit=1)[0] + b"\n\n", policy=compat32
        )
        boundary = parameters_of(header, "Content-Type").get("boundary", "")
        if not content_type(header).startswith("multipart/") or not boundary:
            return None
    except Exception:  # a header that breaks the parser of the standard library has no end that we know
        return None
    end = b"--" + boundary.encode("utf-8", "replace") + b"--"
    position, carried = 0, b""
    stream.seek(0)
    while chunk := stream.read(_JPEG_CHUNK):
        if end in carried + chunk:
            return None
        position, carried = position + len(chunk), chunk[-len(end) :]
    return f"no end of its parts in {size} bytes"


def _tail(stream: BinaryIO, size: int, length: int) -> bytes:
    stream.seek(max(size - length, 0))
    return stream.read(length)
