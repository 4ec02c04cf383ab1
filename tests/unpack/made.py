"""Mails and archives made for tests; all people and companies in them are fictional."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

from PIL import Image

from pipeline.unpack import Item, Opening, UnpackLimits, container_of

PDF = b"%PDF-1.7\nnot a real one\n%%EOF\n"


def mail(
    subject: str = "订单 PO-20260928-001", sender: str = "陈立群 <chen@example.com>", **headers: str
) -> EmailMessage:
    """A plain mail; attachments are added by the test."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "orders@example.com", subject
    message["Date"], message["Message-ID"] = "Mon, 28 Sep 2026 09:30:00 +0800", "<m1@example.com>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("您好，附件是订单。\n")
    return message


def attach(message: EmailMessage, name: str, content: bytes = PDF, kind: str = "application/pdf") -> EmailMessage:
    """The mail with one more attachment."""
    main, _, sub = kind.partition("/")
    message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message


def page(message: EmailMessage, html: str) -> EmailMessage:
    """The part of a mail that says it as a page too; pictures are added to it."""
    message.add_alternative(html, subtype="html")
    part = list(message.iter_parts())[-1]
    assert isinstance(part, EmailMessage)
    return part


def picture(width: int, height: int) -> bytes:
    """A PNG of this size."""
    memory = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(memory, "PNG")
    return memory.getvalue()


def packed(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with these members."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return memory.getvalue()


def opening(folder: Path, name: str, content: bytes, limits: UnpackLimits | None = None) -> Opening:
    """The mail or archive as the flow opens it."""
    path = folder / "stored"
    path.write_bytes(content)
    with path.open("rb") as stream:
        kind = container_of(stream, Path(name).suffix.lower())
    assert kind is not None, f"{name} is neither mail nor archive"
    return Opening(path, name, kind, limits or UnpackLimits())


def opened(folder: Path, name: str, content: bytes, limits: UnpackLimits | None = None) -> list[Item]:
    """Everything in it."""
    return list(opening(folder, name, content, limits).items())


def fates(items: list[Item]) -> dict[str, str]:
    """What became of each thing: its code, empty for a document."""
    return {item.name: item.code for item in items}
