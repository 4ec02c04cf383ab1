"""Content decides what a file is."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from PIL import Image

from pipeline.errors import UnreadableError
from pipeline.read import read
from pipeline.read.sniff import sniff

from .conftest import BlindReader, submission


@pytest.mark.parametrize(
    ("content", "reason", "hint"),
    [
        (b"", "empty", "empty"),
        (b"\x00" * 500, "empty", "empty"),
        (b"MZ\x90\x00", "unsupported", "program"),
        (b"Rar!\x1a\x07\x00", "unsupported", "Unpack"),
        (b"\x1f\x8b\x08", "unsupported", "Unpack"),
        (b"From: a@invalid.example\nSubject: x\n\nx", "unsupported", "plain text"),
        (b"Received: from x\nSubject: x\n\nx", "unsupported", "mail"),
        (b"<!DOCTYPE html><html>", "unsupported", "web page"),
        (b"GIF89a....", "unsupported", "GIF"),
        (b"hello", "unsupported", "plain text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "unsupported", "DOCX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "unsupported", "XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted", "password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "__substg1.0_".encode("utf-16-le"), "unsupported", "Outlook message"),
        (b"\x78\x9f\x3e\x22" + bytes(60), "unsupported", "winmail.dat"),
        (b"#!/bin/sh\necho\n", "unsupported", "program"),
        (b"PK\x03\x04 broken", "damaged", "damaged"),
    ],
)
def test_refusals_say_what_to_do(tmp_path: Path, content: bytes, reason: str, hint: str) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match=hint) as caught:
        sniff(path, "给人看的名字.bin")
    assert caught.value.reason == reason
    assert "给人看的名字.bin" in caught.value.zh


@pytest.mark.parametrize(
    ("part", "hint"),
    [
        ("OFD.xml", "OFD"),
        ("ppt/a.xml", "presentation"),
        ("META-INF/MANIFEST.MF", "program"),
        ("a.txt", "zip archive"),
    ],
)
def test_other_packages_are_named(tmp_path: Path, part: str, hint: str) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(part, "x")
    with pytest.raises(UnreadableError, match=hint):
        sniff(path, path.name)


def test_wrong_extension_is_a_remark(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    Image.new("L", (800, 1100), 255).save(path, format="PNG", dpi=(100, 100))
    found = read(path, submission(path), BlindReader()).document
    assert [remark.code for remark in found.remarks] == ["wrong_extension"]
    assert found.submission.media == "png"
