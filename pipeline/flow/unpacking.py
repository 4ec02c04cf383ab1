"""A mail or archive as facts: what lay in it becomes files for the flow to take in, its words are kept to be read."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path, PurePath, PurePosixPath
from typing import Literal

from pipeline.errors import UnreadableError
from pipeline.flow.document import unreadable
from pipeline.ingest import FileStore, media_of, redacted, safe_name
from pipeline.model import (
    Bilingual,
    Carrier,
    Classification,
    Document,
    Enclosed,
    Facts,
    Line,
    Mail,
    Page,
    Parcel,
    Submission,
)
from pipeline.read.masking import masked
from pipeline.read.record_text import record_in
from pipeline.unpack import STANDARD, Item, Letter, Opening, UnpackLimits, container_of

BODY = "正文.json"  # a record in the words of a mail
PARTS = "parts"  # folder of what was taken out, each file named by its hash
_BIGGEST = 300_000_000  # bytes of a mail; an archive has its own limits
_LINES = 2_000


def opened(path: Path, submission: Submission, folder: Path, limits: UnpackLimits = STANDARD) -> Facts | None:
    """Facts of a mail or archive, None for every other file; what lay in it is written into `folder`.

    Each document in it stands in a file of its own below `PARTS`, without the passwords it may hold.
    """
    with path.open("rb") as stream:
        kind = container_of(stream, PurePath(submission.name).suffix.lower())
    if kind is None:
        return None
    if kind == "mail" and path.stat().st_size > _BIGGEST:
        return unreadable(submission, "too_large", _too_large(submission.name))
    try:
        opening = Opening(path, submission.name, kind, limits)
        enclosed = _enclosed(opening, folder / PARTS)
        enclosed += _records(opening, folder / PARTS) if kind == "mail" else ()
    except UnreadableError as error:
        return unreadable(submission, error.reason, Bilingual(zh=error.zh, en=str(error)))
    actual = submission.model_copy(update={"media": "eml" if kind == "mail" else "zip"})
    pages = tuple(_page(number, letter) for number, letter in enumerate(opening.letters, start=1))
    return Facts(
        document=masked(Document(submission=actual, pages=pages)),
        classification=Classification(type=None),
        parcel=Parcel(kind=kind, mails=tuple(opening.mails), enclosed=enclosed),
    )


def enclosures(facts: Facts, files: FileStore, folder: Path) -> list[Submission]:
    """The documents of a mail or archive, put into the store; `folder` as in `opened`, empty afterwards."""
    found = []
    whole, parcel = facts.document.submission, facts.parcel
    for item in parcel.enclosed if parcel else ():
        if item.sha256 is None:
            continue
        left = folder / PARTS / item.sha256
        if left.exists():
            files.take(left)
        mail = parcel.mails[item.mail] if parcel and item.mail is not None else None
        found.append(
            Submission(
                sha256=item.sha256,
                name=safe_name(f"{whole.name}/{item.name}"),
                received_at=whole.received_at,
                source="mail" if mail else whole.source,
                size=item.size,
                media=media_of(files.path(item.sha256), item.name),
                carrier=Carrier(sha256=whole.sha256, name=whole.name, part=item.name, mail=mail),
            )
        )
    return found


def discard_parts(folder: Path) -> None:
    """Remove what `opened` wrote, once everything is in the store and recorded."""
    for left in (folder / PARTS).glob("*"):
        left.unlink(missing_ok=True)


def _enclosed(opening: Opening, folder: Path) -> tuple[Enclosed, ...]:
    """Everything in it under a name that is not used twice."""
    found: list[Enclosed] = []
    used: dict[str, int] = {}
    for item in opening.items():
        name = safe_name(item.name)
        used[name] = used.get(name, 0) + 1
        found.append(_kept(item, _numbered(name, used[name]), opening, folder))
    return tuple(found)


def _records(opening: Opening, folder: Path) -> tuple[Enclosed, ...]:
    """A record that the mail itself spells out, as a data file like one attached to it."""
    letter = opening.letters[0] if opening.letters else None
    content = record_in(letter.text) if letter is not None else None
    if letter is None or content is None:
        return ()
    return (_kept(Item(name=BODY, size=len(content), content=content, mail=letter.mail), BODY, opening, folder),)


def _kept(item: Item, name: str, opening: Opening, folder: Path) -> Enclosed:
    mail = opening.mails.index(item.mail) if item.mail is not None else None
    if item.content is None:
        fate: Literal["refused", "aside"] = "refused" if item.refused else "aside"
        return Enclosed(name=name, size=item.size, fate=fate, code=item.code, reason=item.reason, mail=mail)
    content = redacted(item.content, name)
    sha256 = hashlib.sha256(content).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{sha256}.{os.getpid()}"
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / sha256)
    return Enclosed(name=name, size=len(content), fate="taken", sha256=sha256, mail=mail)


def _numbered(name: str, count: int) -> str:
    path = PurePosixPath(name)
    return name if count == 1 else str(path.with_name(f"{path.stem} ({count}){path.suffix}"))


def _page(number: int, letter: Letter) -> Page:
    """What a message says as a page of lines, its header first."""
    mail = letter.mail
    head = [f"主题 Subject: {mail.subject}", f"发件人 From: {_from(mail)}"]
    if mail.sent_at is not None:
        head.append(f"日期 Date: {mail.sent_at:%Y-%m-%d %H:%M}")
    lines = [line.strip() for line in letter.text.splitlines()]
    kept = [line for line in lines if line][:_LINES]
    return Page(
        number=number, width=0.0, height=0.0, text_source="text",
        lines=tuple(Line(text=line) for line in (*head, *kept)),
    )  # fmt: skip


def _from(mail: Mail) -> str:
    sender = mail.sender
    address = sender.address or ", ".join(sender.claimed)
    return f"{sender.display} <{address}>" if sender.display and sender.display != address else address


def _too_large(name: str) -> Bilingual:
    most = _BIGGEST // 1_000_000
    return Bilingual(
        zh=f"文件“{name}”超过 {most} MB。请拆分后重新提交，或直接提交其中的附件。",
        en=f"{name} has more than {most} MB. Split it, or submit the attachments themselves.",
    )
