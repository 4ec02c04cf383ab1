"""A message taken apart into its texts and attachments; hostile ones are refused, none makes it raise anything else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import CloseBoundaryNotFoundDefect
from email.message import Message
from email.policy import compat32

from pipeline.errors import UnreadableError
from pipeline.unpack.charsets import text_of
from pipeline.unpack.headers import parameters, raw_values, value
from pipeline.unpack.limits import UnpackLimits
from pipeline.unpack.reasons import too_much

_MULTIPART = re.compile(rb"^content-type:[ \t\r\n]*multipart/", re.IGNORECASE | re.MULTILINE)
_BLANK = re.compile(rb"\r?\n\r?\n|\r\r")
_DEEP = 100


@dataclass(frozen=True)
class Leaf:
    """One part that is no multipart; `inner` is the message in a message/rfc822 part.

    `kind` = its content type, `name` its own name or empty, `attached` = it is to be saved, not shown.
    """

    kind: str
    name: str
    attached: bool
    content: bytes
    charset: str = ""
    content_id: str = ""
    inner: Message | None = None
    alternative: bool = False


def parsed(content: bytes, name: str, limits: UnpackLimits) -> Message:
    """The message; UnreadableError when taking it apart would cost too much, or breaks the parser."""
    content = content.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    blank = _BLANK.search(content)
    if (blank.start() if blank else len(content)) > limits.header:
        raise too_much(name, "的邮件头过长", "its header is too long")
    multiparts = len(_MULTIPART.findall(content))
    if multiparts > limits.multiparts or multiparts * content.count(b"\n") > limits.work:
        raise too_much(name, f"内含 {multiparts} 层或段", f"it has {multiparts} nested or joined parts")
    try:
        return message_from_bytes(content, policy=compat32)
    except Exception as error:  # whatever breaks the parser of the standard library is the mail's fault
        raise UnreadableError(
            "damaged",
            f"文件“{name}”的邮件结构已损坏，无法打开。请重新导出后提交，或直接提交其中的附件。",
            f"{name}: the structure of the mail is broken ({type(error).__name__}). Submit the attachments themselves.",
        ) from error


def leaves(message: Message) -> Iterator[Leaf]:
    """Its parts in order, also of multiparts in multiparts; messages in it are not entered."""
    stack: list[tuple[Message, bool, int]] = [(message, False, 0)]
    while stack:
        part, alternative, depth = stack.pop()
        kind = content_type(part)
        payload = part.get_payload()
        if kind.startswith("multipart/") and isinstance(payload, list) and depth < _DEEP:
            below = alternative or kind == "multipart/alternative"
            inner = [item for item in payload if isinstance(item, Message)]
            stack += [(item, below, depth + 1) for item in reversed(inner)]
        else:
            yield _leaf(part, kind, alternative)


def content_type(part: Message) -> str:
    """Lower case, text/plain when there is none that can be one."""
    raw = next(raw_values(part, "Content-Type"), "").partition(";")[0].strip().lower()
    return raw if re.fullmatch(r"[!-.0-~]+/[!-.0-~]+", raw) else part.get_default_type()


def is_report(message: Message) -> bool:
    """Whether it tells what became of another message."""
    return content_type(message) == "multipart/report"


def broken_off(message: Message) -> bool:
    """Whether the end of a multipart is missing anywhere in it."""
    parts = [message]
    while parts:
        part = parts.pop()
        if any(isinstance(defect, CloseBoundaryNotFoundDefect) for defect in part.defects):
            return True
        payload = part.get_payload()
        parts += [item for item in payload if isinstance(item, Message)] if isinstance(payload, list) else []
    return False


def bytes_of(part: Message) -> bytes:
    """Its content without the transfer coding; as it stands where that is broken."""
    try:
        payload = part.get_payload(decode=True)
    except Exception:  # the decoders of old codings raise what they like
        payload = None
    if isinstance(payload, bytes):
        return payload
    bare = part.get_payload()
    return bare.encode("utf-8", "surrogateescape") if isinstance(bare, str) else b""


def parameters_of(part: Message, header: str) -> Mapping[str, str]:
    """The parameters of its first header of this name."""
    return parameters(next(raw_values(part, header), ""))


def _leaf(part: Message, kind: str, alternative: bool) -> Leaf:
    placed = next(raw_values(part, "Content-Disposition"), "")
    typed = parameters_of(part, "Content-Type")
    name = parameters(placed).get("filename") or typed.get("name") or ""
    payload = part.get_payload()
    inner = payload[0] if kind == "message/rfc822" and isinstance(payload, list) and payload else None
    inner = _uncoded(part, inner) if isinstance(inner, Message) else None
    return Leaf(
        kind=kind,
        name=name.replace("\\", "/").rpartition("/")[2].strip(),
        attached=placed.partition(";")[0].strip().lower() == "attachment",
        content=b"" if inner is not None else _bytes(part, payload),
        charset=typed.get("charset", ""),
        content_id=value(part, "Content-ID").strip("<> "),
        inner=inner,
        alternative=alternative,
    )


def _bytes(part: Message, payload: object) -> bytes:
    """Reports are parsed into blocks of header lines; as bytes they are what they were."""
    if not isinstance(payload, list):
        return bytes_of(part)
    try:
        return b"\n".join(item.as_bytes() for item in payload if isinstance(item, Message))
    except Exception:  # the generator stumbles over headers that the parser took
        return b""


def _uncoded(part: Message, inner: Message) -> Message:
    """Some programs put a message into base64, which the standard forbids and the parser does not expect."""
    coding = value(part, "Content-Transfer-Encoding").strip().lower()
    if coding not in ("base64", "quoted-printable") or inner.keys():
        return inner
    carrier = Message(policy=compat32)
    carrier["Content-Transfer-Encoding"] = coding
    carrier.set_payload(inner.get_payload())
    return message_from_bytes(bytes_of(carrier), policy=compat32)


def text_of_leaf(leaf: Leaf) -> str:
    """A text part as text."""
    return text_of(leaf.content, leaf.charset)
