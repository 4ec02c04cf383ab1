"""Sending finished messages by SMTP, only where an installation says how: the only door to smtplib."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Literal

Fate = Literal["sent", "failed", "unsure"]
_TIMEOUT = 60.0


@dataclass(frozen=True)
class Posted:
    """What came of sending; `unsure` = the server may or may not have it, so a person must find out."""

    fate: Fate
    detail: str = ""


@dataclass(frozen=True)
class Server:
    """Where messages are handed in; `tls` = STARTTLS is required before anything else is said."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    tls: bool = True


def post(server: Server, content: bytes) -> Posted:
    """Hand one message to the server; never raises. Until the message itself is on its way, a failure is certain."""
    message = message_from_bytes(content, policy=policy.SMTP)
    recipients = [address.addr_spec for address in message["To"].addresses]
    try:
        connection = _connected(server)
    except (OSError, smtplib.SMTPException) as error:
        return Posted("failed", _said(error))
    try:
        connection.sendmail(server.sender, recipients, content)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        return Posted("failed", _said(error))
    except (OSError, smtplib.SMTPException) as error:
        return Posted("unsure", _said(error))
    finally:
        with suppress(OSError, smtplib.SMTPException):
            connection.quit()
    return Posted("sent")


def _connected(server: Server) -> smtplib.SMTP:
    connection = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT)
    try:
        if server.tls:
            connection.starttls(context=ssl.create_default_context())
        if server.user:
            connection.login(server.user, server.password)
    except (OSError, smtplib.SMTPException):
        connection.close()
        raise
    return connection


def _said(error: Exception) -> str:
    """The server's words on one line, short enough for a journal."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
