"""What a file is, by its content; its name is believed only where the content leaves a choice."""

from __future__ import annotations

import tomllib
import zipfile
from pathlib import Path, PurePath

from pipeline.model import Media
from pipeline.read.messages import unreadable
from pipeline.unpack import OLE, OUTLOOK, TNEF, is_message
from pipeline.values import is_note

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
AS_UTF8 = ("请另存为 UTF-8 后重新提交，并移走原文件。", "Save it as UTF-8, submit that and take the old file away.")
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
        b"#!",
        "是脚本程序",
        "is a program (script)",
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
ARCHIVES = (".tar", ".rar", ".7z", ".gz", ".tgz", ".bz2", ".xz", ".cab", ".arj", ".lzh", ".iso")
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
OUTLOOK_ADVICE = (
    "请在 Outlook 中另存为 .eml，或把其中的附件直接放入收件文件夹。",
    "Save it as .eml in Outlook, or drop the attachments themselves.",
)
WORD_STREAM, EXCEL_STREAM = "WordDocument".encode("utf-16-le"), "Workbook".encode("utf-16-le")


def sniff(path: Path, name: str) -> Media:
    """The kind of content; raises UnreadableError `empty`, `encrypted`, `ofd` or `unsupported` with a hint."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip(b"\x00\r\n\t "):
        raise unreadable("empty", name, "没有内容", "is empty")
    if is_note(head):
        zh = "是无法确定编码（或过大）的文本，不能检查是否含有密码，未收存；原文件留在原处"
        en = "a text in an unknown encoding, or too long, that nobody can search for passwords; it was not taken over"
        raise unreadable("unsafe", name, zh, en, advice=AS_UTF8)
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
    if head.startswith(TNEF):
        zh, en = "是 Outlook 专用格式的附件包（winmail.dat）", "is winmail.dat, attachments packed by Outlook (TNEF)"
        advice = (
            "请让发件人改用 HTML 或纯文本格式重新发送，或把其中的附件直接放入收件文件夹。",
            "Ask the sender to send it again as HTML or plain text, or drop the attachments themselves.",
        )
        raise unreadable("unsupported", name, zh, en, advice=advice)
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
    if "META-INF/MANIFEST.MF" in parts:
        advice = ("请勿打开，并通知管理员。", "Do not open it; tell the administrator.")
        raise unreadable("unsupported", name, "是可执行程序（Java）", "is a program (Java)", advice=advice)
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
    if OUTLOOK in content:
        zh, en = "是 Outlook 邮件（.msg）", "is an Outlook message (.msg)"
        return unreadable("unsupported", name, zh, en, advice=OUTLOOK_ADVICE)
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
    if is_message(head, suffix):
        advice = ("请把邮件或其附件放入收件文件夹。", "Drop the mail or its attachments into the inbox.")
        raise unreadable("unsupported", name, "是邮件", "is a mail message", advice=advice)
    lowered = head.lstrip().lower()
    if lowered.startswith((b"<!doctype html", b"<html")):
        raise unreadable("unsupported", name, "是网页", "is a web page", advice=AS_PDF)
    if lowered.startswith(b"<?xml"):
        raise unreadable("unsupported", name, "是 XML 文件", "is an XML file", advice=PERSON)
    if b"\x00" not in head:
        raise unreadable("unsupported", name, "是纯文本文件", "is a plain text file", advice=AS_PDF)
    if PurePath(name).suffix.lower() in KNOWN:
        zh, en = "的内容与文件类型不符，可能已损坏", "holds nothing of its kind and may be damaged"
        raise unreadable("damaged", name, zh, en)
    if suffix in ARCHIVES:
        advice = ("请解压后逐个提交文件。", "Unpack it and submit the files.")
        zh, en = "不是可以识别的压缩包", "is no archive that can be recognised"
        raise unreadable("unsupported", name, zh, en, advice=advice)
    raise unreadable("unsupported", name, "的格式无法识别", "is of an unknown kind")


def _is_toml(path: Path, head: bytes) -> bool:
    if b"\x00" in head or b"=" not in head or path.stat().st_size > 1_000_000:
        return False
    try:
        return bool(tomllib.loads(path.read_text(encoding="utf-8")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return False
