"""Archives of one level: names in old codings, bombs, links, locks, damage."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from pipeline.errors import UnreadableError
from pipeline.unpack import Opening, UnpackLimits
from tests.unpack.made import PDF, attach, fates, mail, opened, opening, packed


def locked(content: bytes) -> bytes:
    """The zip with its members said to be encrypted."""
    data = bytearray(content)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(magic) + offset] |= 0x1
    return bytes(data)


def named_in(charset: str, name: str, content: bytes = PDF) -> bytes:
    """A zip whose only name stands in that coding, without saying so."""
    raw = name.encode(charset)
    return packed({"x" * len(raw): content}, zipfile.ZIP_STORED).replace(b"x" * len(raw), raw)


def test_each_file_is_a_document_and_litter_is_named(tmp_path: Path) -> None:
    content = packed(
        {
            "材料/采购订单.pdf": PDF,
            "材料/": b"",
            "__MACOSX/材料/._采购订单.pdf": b"x",
            ".DS_Store": b"x",
            "Thumbs.db": b"x",
            "empty.pdf": b"",
        }
    )
    assert fates(opened(tmp_path, "a.zip", content)) == {
        "材料/采购订单.pdf": "",
        "__MACOSX/材料/._采购订单.pdf": "litter",
        ".DS_Store": "litter",
        "Thumbs.db": "litter",
        "empty.pdf": "empty",
    }


@pytest.mark.parametrize("charset", ["gbk", "utf-8"])
def test_chinese_names_of_old_programs_are_read(tmp_path: Path, charset: str) -> None:
    assert list(fates(opened(tmp_path, "a.zip", named_in(charset, "采购订单（一）.pdf")))) == ["采购订单（一）.pdf"]


def test_a_name_in_the_extra_field_counts(tmp_path: Path) -> None:
    raw = b"ugly.pdf"
    name = "采购订单.pdf".encode()
    info = zipfile.ZipInfo("ugly.pdf")
    info.extra = struct.pack("<HHBI", 0x7075, 5 + len(name), 1, zlib.crc32(raw)) + name
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr(info, PDF)
    assert list(fates(opened(tmp_path, "a.zip", memory.getvalue()))) == ["采购订单.pdf"]


@pytest.mark.parametrize("name", ["../../etc/passwd.pdf", "/etc/passwd.pdf", "C:\\x\\passwd.pdf", "a/../../passwd.pdf"])
def test_paths_lead_nowhere(tmp_path: Path, name: str) -> None:
    assert fates(opened(tmp_path, "a.zip", packed({name: PDF}))) == {"passwd.pdf": ""}


def test_links_locks_and_archives_in_it_are_named(tmp_path: Path) -> None:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        link = zipfile.ZipInfo("link.pdf")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("inner.zip", packed({"a.pdf": PDF}))
        archive.writestr("order.docx", packed({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}))
        archive.writestr("订单.pdf", PDF)
    assert fates(opened(tmp_path, "a.zip", memory.getvalue())) == {
        "link.pdf": "link",
        "inner.zip": "nested_archive",
        "order.docx": "",
        "订单.pdf": "",
    }


def test_encrypted_members_are_named(tmp_path: Path) -> None:
    (item,) = opened(tmp_path, "a.zip", locked(packed({"订单.pdf": PDF})))
    assert item.code == "encrypted"
    assert item.refused


def test_an_unknown_method_is_named(tmp_path: Path) -> None:
    content = packed({"订单.pdf": PDF * 50})
    data = content.replace(b"\x08\x00", b"\x09\x00")  # deflate64
    assert list(fates(opened(tmp_path, "a.zip", data)).values()) in (["packing"], ["damaged"])


def test_a_damaged_member_is_named_and_the_others_are_taken(tmp_path: Path) -> None:
    content = packed({"a.pdf": b"A" * 500, "b.pdf": b"B" * 500}, zipfile.ZIP_STORED)
    assert fates(opened(tmp_path, "x.zip", content.replace(b"A" * 500, b"A" * 499 + b"?"))) == {
        "a.pdf": "damaged",
        "b.pdf": "",
    }


@pytest.mark.parametrize(
    ("content", "limits"),
    [
        (packed({"a": bytes(80_000_000)}), UnpackLimits()),
        (packed({str(n): b"x" for n in range(300)}), UnpackLimits()),
        (packed({"a": b"x" * 2000}), UnpackLimits(bytes=1000)),
    ],
)
def test_bombs_are_refused_as_a_whole(tmp_path: Path, content: bytes, limits: UnpackLimits) -> None:
    with pytest.raises(UnreadableError) as caught:
        opened(tmp_path, "bomb.zip", content, limits)
    assert caught.value.reason == "unsafe"
    assert "bomb.zip" in caught.value.zh


def test_a_member_that_lies_about_its_size_is_stopped(tmp_path: Path) -> None:
    data = bytearray(packed({"a": bytes(5_000_000)}))
    for magic, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.find(magic) + offset, 10)
    (item,) = opened(tmp_path, "a.zip", bytes(data), UnpackLimits(bytes=100_000))
    assert item.content is None or len(item.content) <= 100_000
    assert item.code in ("unsafe", "damaged")


def test_a_mail_in_an_archive_is_entered(tmp_path: Path) -> None:
    message = attach(mail(), "订单.pdf").as_bytes()
    opening_ = opening(tmp_path, "a.zip", packed({"邮件.eml": message, "附注.pdf": PDF}))
    found = list(opening_.items())
    assert [(item.name, item.mail is not None) for item in found] == [("邮件.eml/订单.pdf", True), ("附注.pdf", False)]
    assert len(opening_.mails) == 1


@pytest.mark.parametrize("cut", [10, 60, 200])
def test_a_broken_archive_says_so(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "x"
    path.write_bytes(packed({"订单.pdf": PDF * 20}, zipfile.ZIP_STORED)[:cut])
    with pytest.raises(UnreadableError) as caught:
        list(Opening(path, "a.zip", "archive").items())
    assert caught.value.reason == "damaged"
