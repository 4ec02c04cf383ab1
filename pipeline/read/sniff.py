"""What a file is, by its content; its name is believed only where the content leaves a choice."""

from __future__ import annotations

import tomllib
import zipfile
from pathlib import Path, PurePath

from pipeline.model import Media
from pipeline.read.messages import unreadable

HEAD = 4096  # bytes looked at; PDF readers accept a header that starts within the first 1024
SUFFIXES: dict[Media, tuple[str, ...]] = {
    "pdf": (".pdf",),
    "jpg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "png": (".png",),
    "tif": (".tif", ".tiff"),
    "docx": (".docx",),
    "xlsx": (".xlsx",),
    "ofd": (".ofd",),
    "toml": (".toml",),
    "csv": (".csv",),
    "json": (".json",),
}
KNOWN = frozenset(suffix for kind in SUFFIXES.values() for suffix in kind)
PERSON = ("请交由人工处理，或让提交人打印为 PDF。", "Have a person look at it, or ask for a PDF.")
AS_PDF = ("请打印或另存为 PDF 后提交。", "Print it or save it as PDF and submit that.")
# magic bytes of what people do send: (offset, bytes, Chinese name, English name, what to do)
REFUSED: tuple[tuple[int, bytes, str, str, tuple[str, str]], ...] = (
    (0, b"MZ", "是可执行程序", "is a program", ("请勿打开，并通知管理员。", "Do not open it; tell the administrator.")),
    (
        0,
        b"\x7fELF",
        "是可执行程序",
        "is a program",
        ("请勿打开，并通知管理员。", "Do not open it; tell the administrator."),
    ),
    (
        0,
        b"Rar!\x1a\x07",
        "是 RAR 压缩包",
        "is a RAR archive",
        ("请解压后逐个提交文件。", "Unpack it and submit the files."),
    ),
    (
        0,
        b"7z\xbc\xaf\x27\x1c",
        "是 7z 压缩包",
        "is a 7z archive",
        ("请解压后逐个提交文件。", "Unpack it and submit the files."),
    ),
    (
        0,
        b"\x1f\x8b",
        "是 gzip 压缩包",
        "is a gzip archive",
        ("请解压后逐个提交文件。", "Unpack it and submit the files."),
    ),
    (0, b"BZh", "是 bzip2 压缩包", "is a bzip2 archive", ("请解压后逐个提交文件。", "Unpack it and submit the files.")),
    (0, b"\xfd7zXZ", "是 xz 压缩包", "is an xz archive", ("请解压后逐个提交文件。", "Unpack it and submit the files.")),
    (257, b"ustar", "是 tar 压缩包", "is a tar archive", ("请解压后逐个提交文件。", "Unpack it and submit the files.")),
    (0, b"GIF8", "是 GIF 图片", "is a GIF picture", AS_PDF),
    (0, b"BM", "是 BMP 图片", "is a BMP picture", ("请另存为 PNG 后提交。", "Save it as PNG and submit that.")),
    (8, b"WEBP", "是 WebP 图片", "is a WebP picture", ("请另存为 PNG 后提交。", "Save it as PNG and submit that.")),
    (4, b"ftyphei", "是 HEIC 照片", "is a HEIC photo", ("请另存为 JPG 后提交。", "Save it as JPG and submit that.")),
    (4, b"ftypmif1", "是 HEIC 照片", "is a HEIC photo", ("请另存为 JPG 后提交。", "Save it as JPG and submit that.")),
    (
        0,
        b"\x00\x00\x00\x0cjP  ",
        "是 JPEG 2000 图片",
        "is a JPEG 2000 picture",
        ("请另存为 PNG 后提交。", "Save it as PNG."),
    ),
    (0, b"{\\rtf", "是 RTF 文档", "is an RTF document", ("请另存为 DOCX 或 PDF 后提交。", "Save it as DOCX or PDF.")),
    (0, b"%!PS", "是 PostScript 文件", "is a PostScript file", AS_PDF),
)
MAIL = (b"from ", b"received:", b"return-path:", b"delivered-to:", b"mime-version:")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
WORD_STREAM, EXCEL_STREAM = "WordDocument".encode("utf-16-le"), "Workbook".encode("utf-16-le")


def sniff(path: Path, name: str) -> Media:
    """The kind of content; raises UnreadableError `empty`, `encrypted`, `ofd` or `unsupported` with a hint."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip(b"\x00\r\n\t "):
        raise unreadable("empty", name, "没有内容", "is empty")
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] in (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"):
        return "tif"
    if head.startswith(b"PK"):
        return _package(path, name)
    if head.startswith(OLE):
        raise _old_office(path, name)
    for offset, magic, zh, en, advice in REFUSED:
        if head[offset : offset + len(magic)] == magic:
            raise unreadable("unsupported", name, zh, en, advice=advice)
    return _text(path, head, name)


def disagrees(name: str, media: Media) -> bool:
    """True when the name's suffix promises another kind of file, or none."""
    return PurePath(name).suffix.lower() not in SUFFIXES.get(media, ())


def _package(path: Path, name: str) -> Media:
    """Kind of a zip file, by the parts it must have."""
    try:
        with zipfile.ZipFile(path) as package:
            parts = {info.filename for info in package.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError) as error:
        raise unreadable(
            "damaged", name, "是损坏的压缩包或 Office 文件", f"is a damaged Office file or archive ({error})"
        ) from None
    if any(part.startswith("word/") for part in parts) and "[Content_Types].xml" in parts:
        return "docx"
    if any(part.startswith("xl/") for part in parts) and "[Content_Types].xml" in parts:
        return "xlsx"
    if "OFD.xml" in parts:
        raise _ofd(parts, name)
    if any(part.startswith("ppt/") for part in parts):
        raise unreadable("unsupported", name, "是演示文稿", "is a presentation", advice=AS_PDF)
    if "mimetype" in parts and "content.xml" in parts:
        advice = ("请另存为 DOCX、XLSX 或 PDF 后提交。", "Save it as DOCX, XLSX or PDF and submit that.")
        raise unreadable("unsupported", name, "是 OpenDocument 文件", "is an OpenDocument file", advice=advice)
    advice = ("请解压后逐个提交文件。", "Unpack it and submit the files.")
    raise unreadable("unsupported", name, "是压缩包", "is a zip archive", advice=advice)


def _ofd(parts: set[str], name: str) -> Exception:
    """GB/T 33190: converting it would lose its seals, which are SM2/SM3 and for its own reader to verify."""
    signed = any(PurePath(part).name.lower() == "signatures.xml" for part in parts)
    zh, en = ("（含电子签章）", " with electronic seals") if signed else ("", "")
    advice = (
        "OFD 文件已保存，请人工用 OFD 阅读器查看并验章。",
        "It is kept; have a person open it in an OFD reader and verify its seals there.",
    )
    return unreadable("ofd", name, f"是 OFD 版式文件{zh}", f"is an OFD document{en}", advice=advice)


def _old_office(path: Path, name: str) -> Exception:
    content = path.read_bytes()[:50_000_000]
    if ENCRYPTED_PACKAGE in content:
        return unreadable("encrypted", name, "是加密的 Office 文件", "is an encrypted Office file")
    if WORD_STREAM in content:
        advice = ("请在 Word/WPS 中另存为 DOCX 或 PDF 后提交。", "Save it as DOCX or PDF in Word and submit that.")
        return unreadable("unsupported", name, "是旧版 Word 文件（.doc）", "is an old Word file (.doc)", advice=advice)
    if EXCEL_STREAM in content:
        advice = ("请在 Excel/WPS 中另存为 XLSX 后提交。", "Save it as XLSX in Excel and submit that.")
        return unreadable(
            "unsupported", name, "是旧版 Excel 文件（.xls）", "is an old Excel file (.xls)", advice=advice
        )
    return unreadable(
        "unsupported", name, "是不支持的旧版复合文件", "is an old compound file that cannot be read", advice=PERSON
    )


def _text(path: Path, head: bytes, name: str) -> Media:
    """Order data when the name says so; every other text file is refused with what it looks like."""
    suffix = PurePath(name).suffix.lower()
    if suffix == ".csv":
        return "csv"
    if suffix == ".json":
        return "json"
    if suffix == ".toml" or _is_toml(path, head):
        return "toml"
    lowered = head.lstrip().lower()
    if any(
        lowered.startswith(start)
        for start in (b"from ", b"received:", b"return-path:", b"delivered-to:", b"mime-version:")
    ):
        advice = ("请提交邮件的附件，或走邮件入口。", "Submit its attachments, or hand the message to the mail intake.")
        raise unreadable("unsupported", name, "是邮件", "is a mail message", advice=advice)
    if lowered.startswith((b"<!doctype html", b"<html")):
        raise unreadable("unsupported", name, "是网页", "is a web page", advice=AS_PDF)
    if lowered.startswith(b"<?xml"):
        raise unreadable("unsupported", name, "是 XML 文件", "is an XML file", advice=PERSON)
    if b"\x00" not in head:
        raise unreadable("unsupported", name, "是纯文本文件", "is a plain text file", advice=AS_PDF)
    if PurePath(name).suffix.lower() in KNOWN:
        zh, en = "的内容与文件类型不符，可能已损坏", "holds nothing of its kind and may be damaged"
        raise unreadable("damaged", name, zh, en)
    raise unreadable("unsupported", name, "的格式无法识别", "is of an unknown kind")


def _is_toml(path: Path, head: bytes) -> bool:
    if b"\x00" in head or b"=" not in head or path.stat().st_size > 1_000_000:
        return False
    try:
        return bool(tomllib.loads(path.read_text(encoding="utf-8")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return False
