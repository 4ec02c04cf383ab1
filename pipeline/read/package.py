"""Is an Office package safe to open: bombs, DTDs, macros; and what it points to outside itself."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree.ElementTree import ParseError

import defusedxml.ElementTree as SafeXml
from defusedxml.common import DefusedXmlException

from pipeline.model import Remark
from pipeline.read.limits import ReadLimits
from pipeline.read.messages import remark, unreadable

CHUNK = 1 << 20
MACRO_PARTS = ("vbaproject.bin", "vbadata.xml")
MACRO_TYPES = (b"macroenabled", b"vnd.ms-office.vbaproject")
RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
HARMLESS = ("/hyperlink",)  # a link that a person must click is no fetch


def inspect_package(path: Path, name: str, limits: ReadLimits) -> tuple[Remark, ...]:
    """Remarks on external parts; raises UnreadableError `unsafe`, `encrypted`, `too_large` or `damaged`."""
    try:
        with zipfile.ZipFile(path) as package:
            members = package.infolist()
            _check_sizes(members, path.stat().st_size, name, limits)
            _check_macros(package, members, name)
            external: list[str] = []
            budget = limits.zip_bytes
            for member in members:
                budget -= _check_member(package, member, name, budget, external)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise unreadable("damaged", name, "的压缩结构已损坏", f"has a damaged package ({error})") from None
    return tuple(
        remark(
            "external_reference",
            f"文件引用外部内容（未读取）：{target[:200]}",
            f"The file refers to something outside, which was not fetched: {target[:200]}",
        )
        for target in dict.fromkeys(external)
    )


def _check_sizes(members: list[zipfile.ZipInfo], size: int, name: str, limits: ReadLimits) -> None:
    if len(members) > limits.zip_members:
        raise unreadable("unsafe", name, f"内含 {len(members)} 个部件，超出上限", f"has {len(members)} parts, too many")
    total = sum(member.file_size for member in members)
    if total > limits.zip_bytes or total > limits.zip_ratio * max(size, 10_000):
        raise unreadable(
            "unsafe",
            name,
            f"解压后达 {total} 字节，疑似压缩炸弹",
            f"would unpack to {total} bytes: looks like a zip bomb",
        )
    names = [member.filename for member in members]
    if len(set(names)) != len(names):
        raise unreadable("unsafe", name, "含有同名的重复部件", "has two parts of the same name")
    if any(member.flag_bits & 1 for member in members):
        raise unreadable("encrypted", name, "的部件已加密", "has encrypted parts")


def _check_macros(package: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str) -> None:
    parts = [member.filename.lower() for member in members]
    types = next((member for member in members if member.filename == "[Content_Types].xml"), None)
    declared = package.open(types).read(CHUNK).lower() if types else b""
    if any(part.endswith(MACRO_PARTS) for part in parts) or any(kind in declared for kind in MACRO_TYPES):
        advice = (
            "请另存为不含宏的 DOCX/XLSX，或打印为 PDF 后提交。",
            "Save it as DOCX/XLSX without macros, or as PDF.",
        )
        raise unreadable("unsafe", name, "含有宏", "contains macros", advice=advice)


def _check_member(
    package: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, budget: int, external: list[str]
) -> int:
    """Bytes really unpacked (the directory may lie); XML parts are parsed once with DTDs and entities forbidden."""
    is_xml = member.filename.endswith((".xml", ".rels", ".vml"))
    content = bytearray()
    count = 0
    with package.open(member) as stream:
        while chunk := stream.read(CHUNK):
            count += len(chunk)
            if count > budget:
                raise unreadable(
                    "unsafe", name, "解压后过大，疑似压缩炸弹", "unpacks beyond the limit: looks like a zip bomb"
                )
            if is_xml:
                content += chunk
    if is_xml and content:
        try:
            _check_xml(bytes(content), member.filename.endswith(".rels"), external)
        except DefusedXmlException:
            raise unreadable(
                "unsafe",
                name,
                f"的部件 {member.filename} 含有 DTD 或实体",
                f"part {member.filename} has a DTD or entities",
            ) from None
        except ParseError:
            return count  # the reader of the format decides whether it can live without this part
    return count


def _check_xml(content: bytes, relations: bool, external: list[str]) -> None:
    root = SafeXml.fromstring(content, forbid_dtd=True)
    if not relations:
        return
    for relation in root.iter(RELATIONSHIP):
        kind = relation.get("Type", "")
        if relation.get("TargetMode") == "External" and not kind.endswith(HARMLESS):
            external.append(relation.get("Target", ""))
