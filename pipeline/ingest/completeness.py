"""Whether a file is whole: half-written scans are not broken, they are not there yet."""

from __future__ import annotations

import json
import struct
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Literal

from pipeline.errors import IntakeError
from pipeline.ingest.endings import jpeg_lack, mail_lack, pdf_lack, png_lack, zip_lack
from pipeline.ingest.media import HEAD, PDF_HEAD, container_of
from pipeline.ingest.source import open_regular
from pipeline.ingest.tiff import tiff_lack
from pipeline.model import Bilingual, Value

_DATA_LIMIT = 4 * 1024 * 1024
_SAYS = {
    "empty": Bilingual(zh="文件为空(0 字节)", en="the file is empty (0 bytes)"),
    "pdf": Bilingual(zh="PDF 文件尾部不完整", en="the end of the PDF is missing"),
    "jpg": Bilingual(zh="JPEG 图像数据不完整", en="the end of the JPEG picture is missing"),
    "png": Bilingual(zh="PNG 图像数据不完整", en="the end of the PNG picture is missing"),
    "tif": Bilingual(zh="TIFF 页目录或图像数据不完整", en="a page of the TIFF is missing or cut off"),
    "zip": Bilingual(zh="Office 文件或压缩包尾部不完整", en="the end of the Office file or archive is missing"),
    "mail": Bilingual(zh="邮件尾部不完整", en="the end of the mail is missing"),
    "toml": Bilingual(zh="订单数据文件格式有误或未写完", en="the order data cannot be parsed (yet)"),
    "json": Bilingual(zh="JSON 文件格式有误或未写完", en="the JSON cannot be parsed (yet)"),
}


class Completeness(Value):
    """`uncheckable`: the format has no end to look for; `reason` and the technical `detail` say what is lacking."""

    state: Literal["complete", "incomplete", "uncheckable"]
    reason: Bilingual | None = None
    detail: str = ""


def completeness(path: Path) -> Completeness:
    """Looks for the structural end of a file by its content; never raises."""
    try:
        with open_regular(path) as stream:
            return _examine(stream, path.suffix.lower())
    except IntakeError as error:
        return _incomplete(Bilingual(zh="不是普通文件", en=str(error)), str(error))
    except OSError as error:
        detail = error.strerror or str(error)
        return _incomplete(Bilingual(zh="文件暂时无法打开", en=f"the file cannot be opened: {detail}"), detail)


def _examine(stream: BinaryIO, suffix: str) -> Completeness:
    head = stream.read(HEAD)
    container = container_of(head, suffix)
    size = stream.seek(0, 2)
    try:
        match container:
            case "empty":
                lack: str | None = "no bytes"
            case "pdf":
                lack = pdf_lack(stream, size, head[:PDF_HEAD])
            case "jpg":
                lack = jpeg_lack(stream)
            case "png":
                lack = png_lack(stream, size)
            case "tif":
                lack = tiff_lack(stream, size)
            case "zip":
                lack = zip_lack(stream, size)
            case "mail":
                lack = mail_lack(stream, size)
            case "toml":
                lack = _data_lack(stream, size, tomllib.loads)
            case "json":
                lack = _data_lack(stream, size, json.loads)
            case _:
                return Completeness(state="uncheckable")
    except (ValueError, struct.error, OverflowError, RecursionError) as error:
        # Lengths and offsets in a half-written file are noise; whatever they break, the file is not whole.
        lack = f"{type(error).__name__}: {error}"
    return Completeness(state="complete") if lack is None else _incomplete(_SAYS[container], lack)


def _incomplete(reason: Bilingual, detail: str) -> Completeness:
    return Completeness(state="incomplete", reason=reason, detail=detail)


def _data_lack(stream: BinaryIO, size: int, parse: Callable[[str], object]) -> str | None:
    if size > _DATA_LIMIT:
        return f"{size} bytes are too many for data"
    stream.seek(0)
    try:
        # Windows editors put a byte order mark in front.
        parse(stream.read().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return str(error)
    return None
