"""A paper as an e-mail message, ready to be sent; nothing here sends it."""

from __future__ import annotations

import mimetypes
from datetime import date, datetime, time
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from pipeline.generate import text_of

_DOMAIN = "countersign.invalid"  # the sending server puts its own name beside it
_ZONE = ZoneInfo("Asia/Shanghai")


def message(
    *,
    to: str,
    subject: str,
    paper: bytes,
    attachment: tuple[str, bytes],
    number: str,
    dated: date,
    sender: str = "",
) -> bytes:
    """RFC 5322 text with the paper's words as body and the paper attached; the same bytes for the same paper.

    The Message-ID is made of the paper's number, so that a message sent twice is recognised as one. Without `sender`
    it is marked as a draft, which mail programs open for sending.
    """
    mail = EmailMessage(policy=SMTP)
    if sender:
        mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(datetime.combine(dated, time(9), tzinfo=_ZONE))
    mail["Message-ID"] = f"<{number}@{sender.partition('@')[2] or _DOMAIN}>"
    if not sender:
        mail["X-Unsent"] = "1"
    mail.set_content(_body(paper))
    name, content = attachment
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    main, _, sub = kind.partition("/")
    mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    mail.set_boundary(f"=_{number}_=")
    return mail.as_bytes()


def _body(paper: bytes) -> str:
    lines = [line.strip() for line in text_of(paper).splitlines()]
    return "\n".join(line for line in lines if line) + "\n"
