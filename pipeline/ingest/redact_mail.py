"""Passwords taken out of mails and archives before their bytes are stored; what holds none is left as it is."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable
from email.message import Message
from email.policy import compat32

from pipeline.errors import UnreadableError
from pipeline.unpack import MOST, archive, is_plain_archive
from pipeline.unpack.charsets import text_of
from pipeline.unpack.headers import decoded, raw_values
from pipeline.unpack.kinds import NO_TEXTS
from pipeline.unpack.message import bytes_of, content_type, parameters_of, parsed
from pipeline.values import REMOVED, without_secrets

Cleaner = Callable[[bytes, str], bytes]
_SPOKEN = ("Subject", "Comments", "Keywords", "Thread-Topic")
_TEXT_LIMIT = 16 * 1024 * 1024  # bytes of one text; bigger ones are no text that a person wrote
_BIGGEST = 1_000_000_000  # bytes of one file that is packed again
_DEEP = 200
_WRITTEN = compat32.clone(linesep="\r\n", max_line_length=None)
_LOST = f"{REMOVED}: this file could not be taken out of its archive\n".encode()


def mail_without_secrets(content: bytes, clean_text: Callable[[str], str], clean_file: Cleaner) -> bytes | None:
    """The mail without secrets, the very same bytes when it has none; None when it cannot be taken apart."""
    try:
        message = parsed(content, "", MOST)
        changed = _cleaned(message, clean_text, clean_file)
        return message.as_bytes(policy=_WRITTEN) if changed else content
    except UnreadableError:
        return None
    except Exception:  # a mail that the generator of the standard library cannot write again
        return None


def archive_without_secrets(content: bytes, clean_file: Cleaner) -> bytes:
    """The archive with the texts in it cleaned; the very same bytes when there is nothing to clean or it is none."""
    stream = io.BytesIO(content)
    try:
        opened, listed = archive.members(stream, "", MOST)
    except UnreadableError:  # it will not be opened by the reader either
        return content
    with opened:
        if not is_plain_archive(set(opened.namelist())):
            return content
        clean: dict[int, bytes] = {}
        for place, member in enumerate(listed):
            if archive.refusal(member) or archive.begins(opened, member, 8).startswith(NO_TEXTS):
                continue
            before = archive.content(opened, member, _TEXT_LIMIT)
            if before is None:  # enough of it to see that it is a text too long to be searched
                before = archive.begins(opened, member, _TEXT_LIMIT + 1)
            if isinstance(before, bytes) and (after := clean_file(before, archive.member_name(member))) != before:
                clean[place] = after
        return _packed_again(opened, listed, clean) if clean else content


def _packed_again(opened: zipfile.ZipFile, listed: list[zipfile.ZipInfo], clean: dict[int, bytes]) -> bytes:
    """The same members under the names that were meant; one that cannot be taken out leaves a note in its place."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as target:
        for place, member in enumerate(listed):
            kept = clean[place] if place in clean else archive.content(opened, member, _BIGGEST)
            again = zipfile.ZipInfo(archive.member_name(member), member.date_time)
            again.external_attr, again.compress_type = member.external_attr, zipfile.ZIP_DEFLATED
            target.writestr(again, kept if isinstance(kept, bytes) else _LOST)
    return sink.getvalue()


def _cleaned(message: Message, clean_text: Callable[[str], str], clean_file: Cleaner) -> bool:
    changed = False
    parts = [(message, 0)]
    while parts:
        part, depth = parts.pop()
        changed = _headers(part) or changed
        payload = part.get_payload()
        if isinstance(payload, list) and depth < _DEEP:
            parts += [(item, depth + 1) for item in payload if isinstance(item, Message)]
        elif not isinstance(payload, list):
            changed = _part(part, clean_text, clean_file) or changed
    return changed


def _headers(part: Message) -> bool:
    changed = False
    for name in _SPOKEN:
        for raw in list(raw_values(part, name))[:1]:
            text = decoded(raw)
            if (clean := without_secrets(text)) != text:
                del part[name]
                part[name] = clean
                changed = True
    return changed


def _part(part: Message, clean_text: Callable[[str], str], clean_file: Cleaner) -> bool:
    content = bytes_of(part)
    if not content or len(content) > MOST.bytes:
        return False
    name = parameters_of(part, "Content-Disposition").get("filename") or parameters_of(part, "Content-Type").get("name")
    # Zero bytes are two bytes a letter, whatever the label says; they are told apart like those of files.
    written = content_type(part).startswith("text/") and not name and b"\0" not in content
    if written and len(content) <= _TEXT_LIMIT:
        text = text_of(content, parameters_of(part, "Content-Type").get("charset", ""))
        clean = clean_text(text)
        return clean != text and _replace(part, clean.encode("utf-8"), charset="utf-8")
    after = clean_file(content, name or "")
    return after != content and _replace(part, after)


def _replace(part: Message, content: bytes, *, charset: str = "") -> bool:
    del part["Content-Transfer-Encoding"]
    part["Content-Transfer-Encoding"] = "base64"
    if charset:
        part.set_param("charset", charset)
    part.set_payload(base64.encodebytes(content).decode("ascii"))
    return True
