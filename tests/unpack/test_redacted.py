"""No password in a mail or archive is kept, however deep it lies; without one not a byte changes."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from pipeline.ingest.redact import redacted
from pipeline.unpack import Opening, container_of
from pipeline.values import REMOVED
from tests.unpack.made import PDF, attach, mail, opened, packed

SECRET = "Fict!onal-7731"
RESULT = json.dumps({"admin_upn": "a@example.invalid", "password": SECRET}).encode()


def everything(folder: Path, name: str, content: bytes) -> bytes:
    """All bytes and words in a mail or archive."""
    path = folder / "x"
    path.write_bytes(content)
    with path.open("rb") as stream:
        kind = container_of(stream, Path(name).suffix)
    assert kind is not None
    opening = Opening(path, name, kind)
    parts = [item.content or b"" for item in opening.items()]
    words = [f"{letter.mail.subject}\n{letter.text}".encode() for letter in opening.letters]
    return b"\n".join([content, *parts, *words])


def deep(kind: str) -> tuple[str, bytes]:
    inner = attach(mail(f"密码：{SECRET}"), "result.json", RESULT, "application/json")
    outer = mail("转发")
    outer.add_attachment(inner)
    match kind:
        case "mail in mail":
            return "a.eml", outer.as_bytes()
        case "saved mail":
            return "a.eml", attach(mail(), "b.eml", inner.as_bytes(), "application/octet-stream").as_bytes()
        case "archive in mail":
            return "a.eml", attach(mail(), "r.zip", packed({"r.json": RESULT}), "application/zip").as_bytes()
        case "mail in archive":
            return "a.zip", packed({"m.eml": inner.as_bytes(), "scan.pdf": PDF})
        case _:
            return "a.zip", packed({"开通结果.json": RESULT, "scan.pdf": PDF})


@pytest.mark.parametrize("kind", ["mail in mail", "saved mail", "archive in mail", "mail in archive", "archive"])
def test_secrets_are_found_at_any_depth(tmp_path: Path, kind: str) -> None:
    name, content = deep(kind)
    clean = redacted(content, name)
    assert SECRET.encode() in everything(tmp_path, name, content)
    said = everything(tmp_path, name, clean)
    assert SECRET.encode() not in said
    assert REMOVED.encode() in said
    assert redacted(clean, name) == clean


@pytest.mark.parametrize("charset", ["gb2312", "gbk", "utf-8"])
def test_a_body_in_a_chinese_charset_is_cleaned(tmp_path: Path, charset: str) -> None:
    body = f"您好，朱镕基。初始密码：{SECRET}\n".encode("gbk" if charset != "utf-8" else charset)
    raw = f"From: a@example.com\nSubject: x\nContent-Type: text/plain; charset={charset}\n\n".encode() + body
    clean = redacted(raw, "a.eml")
    assert SECRET.encode() not in clean
    assert "朱镕基" in everything(tmp_path, "a.eml", clean).decode("utf-8", "replace")


def test_a_big_mail_is_cleaned_too(tmp_path: Path) -> None:
    message = attach(mail("开通"), "scan.pdf", PDF + bytes(range(256)) * 80_000)
    attach(message, "result.json", RESULT, "application/json")
    raw = message.as_bytes()
    assert len(raw) > 16 * 1024 * 1024
    clean = redacted(raw, "a.eml")
    assert SECRET.encode() not in everything(tmp_path, "a.eml", clean)


def test_an_archive_keeps_its_names_and_the_rest_of_its_files(tmp_path: Path) -> None:
    raw = "开通结果.json".encode("gbk")
    old = packed({"x" * len(raw): RESULT, "scan.pdf": PDF}, zipfile.ZIP_STORED).replace(b"x" * len(raw), raw)
    clean = redacted(old, "a.zip")
    assert clean != old
    found = {item.name: item.content for item in opened(tmp_path, "a.zip", clean)}
    assert list(found) == ["开通结果.json", "scan.pdf"]
    assert found["scan.pdf"] == PDF


@pytest.mark.parametrize(
    "content",
    [
        attach(mail("开通"), "r.zip", packed({"r.json": b'{"a": 1}'}), "application/zip").as_bytes(),
        packed({"a.csv": b"a,b\n1,2\n", "b.pdf": PDF}),
        packed({"a": bytes(40_000_000)}),
        packed({"a.pdf": PDF})[:60],
        b"From: a@example.com\nSubject: =?x?\nContent-Type: multipart/mixed; boundary=\n\n--\n",
    ],
)
def test_without_a_secret_not_a_byte_changes(content: bytes) -> None:
    for name in ("a.eml", "a.zip", "a.bin"):
        assert redacted(content, name) == content


def test_office_files_are_left_to_the_reader() -> None:
    office = packed(
        {"[Content_Types].xml": b"<x/>", "word/document.xml": b"<t>password: Secret-1234</t>", "a.txt": RESULT}
    )
    assert redacted(office, "a.docx") == office
