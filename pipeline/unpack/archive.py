"""A zip taken apart member by member; names in old Chinese codings, bombs, links and locks."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from typing import BinaryIO

from pipeline.errors import UnreadableError
from pipeline.unpack.charsets import scrubbed, text_of
from pipeline.unpack.limits import UnpackLimits
from pipeline.unpack.reasons import too_much

_CHUNK = 1 << 20
_UTF8, _LOCKED = 0x800, 0x1
_UNICODE_PATH = 0x7075
_SMALLEST = 100_000  # bytes; below it a ratio says nothing
_LITTER = ("__macosx/", "thumbs.db", "desktop.ini", ".ds_store")
_BROKEN = (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, OverflowError, struct.error)


def members(stream: BinaryIO, name: str, limits: UnpackLimits) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    """The archive and its files in order; UnreadableError when it is broken, or says that it holds too much."""
    try:
        archive = zipfile.ZipFile(stream)
        listed = archive.infolist()
        size = stream.seek(0, 2)
    except _BROKEN as error:
        raise damaged(name, str(error)) from None
    files = [member for member in listed if not member.is_dir()]
    if len(listed) > 20 * limits.files or len(files) > limits.files:
        raise too_much(name, f"内含 {len(files)} 个文件，超出上限 {limits.files}", f"it holds {len(files)} files")
    total = sum(member.file_size for member in files)
    if total > limits.bytes or total > limits.ratio * max(size, _SMALLEST):
        raise too_much(
            name, f"解压后达 {total} 字节，疑似压缩炸弹", f"it would unpack to {total} bytes, like a zip bomb"
        )
    return archive, files


def damaged(name: str, detail: str) -> UnreadableError:
    """An archive that cannot be listed."""
    return UnreadableError(
        "damaged",
        f"文件“{name}”是损坏的压缩包。请重新压缩后提交，或直接提交其中的文件。",
        f"{name}: a damaged archive ({detail}). Pack it again, or submit the files in it.",
    )


def refusal(member: zipfile.ZipInfo) -> str:
    """The code of why a member is not looked into, empty when it may be."""
    mode = member.external_attr >> 16
    if any(part in member_name(member).lower() for part in _LITTER):
        return "litter"
    if stat.S_ISLNK(mode) or (mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode)):
        return "link"
    if member.flag_bits & _LOCKED:
        return "encrypted"
    return "" if member.file_size else "empty"


def content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes | str | None:
    """Its bytes; a code when they cannot be taken out; None when there are more than `most`, whatever it promised."""
    data = bytearray()
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                data += chunk
                if len(data) > most:
                    return None
    except NotImplementedError:
        return "packing"
    except RuntimeError:  # locked, though its flag does not say so
        return "encrypted"
    except (*_BROKEN, zlib.error, MemoryError):
        return "damaged"
    return bytes(data)


def begins(archive: zipfile.ZipFile, member: zipfile.ZipInfo, length: int) -> bytes:
    """Its first bytes; none when they cannot be taken out."""
    try:
        with archive.open(member) as stream:
            return stream.read(length)
    except (*_BROKEN, RuntimeError, zlib.error, MemoryError):
        return b""


def member_name(member: zipfile.ZipInfo) -> str:
    """The name as it was meant: UTF-8 where it says so or is, else GBK; only the last part of unusual paths.

    Unpacking never uses it as a path.
    """
    name = _unicode_path(member) or _unmarked(member)
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts or (parts and parts[0].endswith(":")):
        parts = parts[-1:]
    return scrubbed("/".join(parts)).replace("\0", "") or "?"


def _unmarked(member: zipfile.ZipInfo) -> str:
    if member.flag_bits & _UTF8 or member.filename.isascii():
        return member.filename
    try:
        return text_of(member.filename.encode("cp437"))
    except UnicodeEncodeError:
        return member.filename


def _unicode_path(member: zipfile.ZipInfo) -> str:
    """The name in the extra field of Info-ZIP, when it belongs to the plain one."""
    extra = member.extra
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == _UNICODE_PATH and len(field) > 5 and field[0] == 1:
            raw = member.orig_filename.encode("utf-8" if member.flag_bits & _UTF8 else "cp437", "replace")
            if struct.unpack_from("<I", field, 1)[0] == zlib.crc32(raw):
                return field[5:].decode("utf-8", "replace")
    return ""
