"""What a message says of who sent it, without believing it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from pipeline.model import Mail, Sender
from pipeline.unpack.charsets import scrubbed
from pipeline.unpack.headers import decoded, raw_values, value, values

_SHOWN = 300  # characters of a subject or name
_REFERENCES = 60
_MANY = 20
# Brackets, quotes, commas and hanzi end an address; what is left is looked up, so nothing else need be forbidden.
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'“”‘’《》（）@]{1,100}@[^\s<>()\[\],;:\"'“”‘’《》（）@]{1,250}")
_ANGLE = re.compile(r"<([^<>]*)>")
_COMMENT = re.compile(r"\s*\(([^()@<>]*)\)$")  # the old way to write a name, behind the address
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,250})>")
_RESULT = re.compile(r"\b(spf|dkim|dmarc)\s*=\s*(fail|hardfail|softfail|permerror)\b", re.IGNORECASE)
_SPF = re.compile(r"\s*(fail|softfail|permerror)\b", re.IGNORECASE)


def mail_of(message: Message, returned: Iterable[str] = (), *, report: bool = False) -> Mail:
    """The header of a message; `returned` = numbers of messages that came back with it."""
    references = [*returned]
    for name in ("In-Reply-To", "References"):
        for raw in raw_values(message, name):
            references += _MESSAGE_ID.findall(scrubbed(raw))
    return Mail(
        subject=value(message, "Subject")[:_SHOWN],
        sender=sender_of(message),
        sent_at=sent_at(message),
        message_id=next(iter(message_ids(message)), ""),
        references=tuple(dict.fromkeys(references))[:_REFERENCES],
        returned=report,
    )


def message_ids(message: Message) -> list[str]:
    """Its own numbers, without the angle brackets."""
    return [found for raw in raw_values(message, "Message-ID") for found in _MESSAGE_ID.findall(scrubbed(raw))]


def sender_of(message: Message) -> Sender:
    """The sender; whatever is written in an unusual way leaves `address` empty."""
    froms = [scrubbed(raw) for raw in raw_values(message, "From")]
    shown = [decoded(raw) for raw in raw_values(message, "From")]
    claimed = [found.lower() for text in (*froms, *shown) for found in _ADDRESS.findall(text)]
    return Sender(
        address=_only_address(froms[0]) if len(froms) == 1 else "",
        display=_display(shown[0]) if shown else "",
        claimed=tuple(dict.fromkeys(claimed))[:_MANY],
        reply_to=tuple(
            dict.fromkeys(found.lower() for text in values(message, "Reply-To") for found in _ADDRESS.findall(text))
        )[:_MANY],
        failed=tuple(_failed(message)),
    )


def _only_address(raw: str) -> str:
    """The address of `Name <address>` or `address`; empty for anything that two programs may read differently."""
    angles = _ANGLE.findall(raw)
    if angles:
        last = raw.rstrip()
        if len(angles) != 1 or not last.endswith(">"):
            return ""
        found = _ADDRESS.fullmatch(angles[0].strip())
        return found.group().lower() if found else ""
    found = _ADDRESS.fullmatch(_COMMENT.sub("", raw.strip()))
    return found.group().lower() if found else ""


def _display(shown: str) -> str:
    """The name before the address; the whole text when there is none."""
    comment = _COMMENT.search(shown.strip())
    name = comment[1] if comment and "<" not in shown else _ANGLE.sub("", shown)
    return name.strip().strip("\"'“”").strip()[:_SHOWN]


def _failed(message: Message) -> Iterable[str]:
    found = [
        f"{kind.lower()}={result.lower()}"
        for text in values(message, "Authentication-Results")
        for kind, result in _RESULT.findall(text)
    ]
    found += [f"spf={match[1].lower()}" for text in values(message, "Received-SPF") if (match := _SPF.match(text))]
    return dict.fromkeys(found)


def sent_at(message: Message) -> datetime | None:
    """The day and time it bears; None when it bears none that can be one."""
    with suppress(ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return parsedate_to_datetime(value(message, "Date")[:200])
    return None
