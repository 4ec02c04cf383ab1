"""A mail or archive opened: everything in it, each thing once, with what became of it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal

from pipeline.errors import UnreadableError
from pipeline.model import Bilingual, Mail
from pipeline.unpack import archive, parts
from pipeline.unpack.hypertext import shown_pictures, words_of
from pipeline.unpack.kinds import container_of
from pipeline.unpack.limits import STANDARD, UnpackLimits
from pipeline.unpack.message import Leaf, broken_off, is_report, leaves, parsed, text_of_leaf
from pipeline.unpack.reasons import REASONS
from pipeline.unpack.sender import mail_of, message_ids
from pipeline.values import squeezed

_TEXT = 200_000  # characters kept of one message
_LINES = 3_000  # that are compared with its plain text


@dataclass(frozen=True)
class Item:
    """One thing found; `content` is None when it is no document or cannot be one, then `code` and `reason` say why.

    `name` = where it lay, parted by slashes, never a path; `mail` = the outermost message around it.
    """

    name: str
    size: int
    content: bytes | None
    code: str = ""
    reason: Bilingual | None = None
    refused: bool = False
    mail: Mail | None = None


@dataclass(frozen=True)
class Letter:
    """One message and its words."""

    mail: Mail
    text: str


class Opening:
    """One mail or archive being opened; `letters` and the outermost `mails` are known at the end of `items`."""

    def __init__(
        self, path: Path, name: str, kind: Literal["mail", "archive"], limits: UnpackLimits = STANDARD
    ) -> None:
        self.kind = kind
        self.letters: list[Letter] = []
        self.mails: list[Mail] = []
        self._path = path
        self._name = name
        self._limits = limits
        self._files = 0
        self._bytes = 0

    def items(self) -> Iterator[Item]:
        """Everything in it, in order; UnreadableError when it cannot be opened at all."""
        if self.kind == "mail":
            yield from self._mail(self._path.read_bytes(), "", self._name, None, 0, packed=False)
            return
        with self._path.open("rb") as stream:
            yield from self._archive(stream, "", self._name, None, 0)

    def _mail(
        self, content: bytes, prefix: str, name: str, outer: Mail | None, depth: int, *, packed: bool
    ) -> Iterator[Item]:
        message = parsed(content, name, self._limits)
        yield from self._message(message, prefix, outer, depth, packed=packed)

    def _message(
        self, message: Message, prefix: str, outer: Mail | None, depth: int, *, packed: bool
    ) -> Iterator[Item]:
        found = list(leaves(message))
        report = is_report(message)
        mail = mail_of(message, _returned(found) if report else (), report=report)
        bodies = [leaf for leaf in found if parts.code_of(leaf, frozenset(), report=report) == parts.BODY]
        pages = [text_of_leaf(leaf) for leaf in bodies if leaf.kind == "text/html"]
        shown = frozenset[str]().union(*map(shown_pictures, pages))
        text = _text([text_of_leaf(leaf) for leaf in bodies if leaf.kind != "text/html"], list(map(words_of, pages)))
        self.letters.append(Letter(mail, text[:_TEXT]))
        if outer is None:
            self.mails.append(mail)
        carrier = outer or mail
        for number, leaf in enumerate(found, start=1):
            yield from self._leaf(leaf, number, prefix, carrier, depth, shown, report=report, packed=packed)
        for inside in parts.uuencoded(text):
            yield self._without(prefix + inside, 0, "uuencoded", carrier)
        if broken_off(message):
            yield self._without(prefix + "…", 0, "cut_off", carrier)

    def _leaf(
        self, leaf: Leaf, number: int, prefix: str, carrier: Mail, depth: int, shown: frozenset[str], *,
        report: bool, packed: bool,
    ) -> Iterator[Item]:  # fmt: skip
        code = parts.code_of(leaf, shown, report=report)
        name = prefix + parts.name_of(leaf, number)
        if code == parts.INNER and leaf.inner is not None:
            if depth + 1 >= self._limits.mails:
                yield self._without(name, 0, "nested_mail", carrier)
            else:
                yield from self._message(leaf.inner, f"{name}/", carrier, depth + 1, packed=packed)
        elif code == parts.TAKEN:
            yield from self._entered(name, leaf.content, carrier, depth, packed=packed)
        elif code != parts.BODY:
            yield self._without(name, len(leaf.content), code, carrier)

    def _archive(self, stream: BinaryIO, prefix: str, name: str, outer: Mail | None, depth: int) -> Iterator[Item]:
        opened, listed = archive.members(stream, name, self._limits)
        with opened:
            for member in listed:
                inside = prefix + archive.member_name(member)
                if code := archive.refusal(member):
                    yield self._without(inside, member.file_size, code, outer)
                    continue
                content = archive.content(opened, member, self._limits.bytes - self._bytes)
                if isinstance(content, bytes):
                    yield from self._entered(inside, content, outer, depth, packed=True)
                elif content is None:
                    yield self._over(inside, member.file_size, outer)
                else:
                    yield self._without(inside, member.file_size, content, outer)

    def _entered(self, name: str, content: bytes, outer: Mail | None, depth: int, *, packed: bool) -> Iterator[Item]:
        """A document as it is; a mail or archive in it is opened in its place, each kind only so deep."""
        self._files += 1
        self._bytes += len(content)
        if self._files > self._limits.files or self._bytes > self._limits.bytes:
            yield self._over(name, len(content), outer)
            return
        kind = container_of(io.BytesIO(content), PurePosixPath(name).suffix.lower())
        if kind == "archive" and packed:
            yield self._without(name, len(content), "nested_archive", outer)
        elif kind == "mail" and depth + 1 >= self._limits.mails:
            yield self._without(name, len(content), "nested_mail", outer)
        elif kind is None:
            yield Item(name, len(content), content, mail=outer)
        else:
            try:
                if kind == "archive":
                    yield from self._archive(io.BytesIO(content), f"{name}/", name, outer, depth)
                else:
                    yield from self._mail(content, f"{name}/", name, outer, depth + 1, packed=packed)
            except UnreadableError as error:
                reason = Bilingual(zh=error.zh, en=str(error))
                yield Item(name, len(content), None, error.reason, reason, refused=True, mail=outer)

    def _over(self, name: str, size: int, outer: Mail | None) -> Item:
        most = self._limits
        reason = Bilingual(
            zh=f"超出上限（{most.files} 个文件，{most.bytes // 1_000_000} MB）；请分几次提交",
            en=f"beyond the limit of {most.files} files and {most.bytes // 1_000_000} MB; submit it in several parts",
        )
        return Item(name, size, None, "unsafe", reason, refused=True, mail=outer)

    @staticmethod
    def _without(name: str, size: int, code: str, outer: Mail | None) -> Item:
        reason = REASONS[code]
        return Item(name, size, None, code, reason.text, refused=reason.fate == "refused", mail=outer)


def _returned(found: list[Leaf]) -> list[str]:
    """Numbers of the messages a report is about."""
    numbers = [number for leaf in found if leaf.inner is not None for number in message_ids(leaf.inner)]
    for leaf in found:
        if leaf.kind == "text/rfc822-headers":
            numbers += message_ids(parsed(leaf.content, "", STANDARD))
    return numbers


def _text(plain: list[str], pages: list[str]) -> str:
    """The words of a message once, though it says them as plain text and as a page."""
    text = "\n".join(part.strip("\r\n") for part in plain).replace("\r\n", "\n").replace("\r", "\n")
    known = squeezed(text[:_TEXT])
    lines = [line for page in pages for line in page[:_TEXT].splitlines()]
    more = [line for line in lines[:_LINES] if squeezed(line) not in known] + lines[_LINES:]
    return "\n".join([*([text] if text.strip() else []), *more])
