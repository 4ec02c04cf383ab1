"""The note that stands in the place of a text which is not kept, because nobody could search it for passwords."""

from __future__ import annotations

import hashlib

MARK = b"countersign: not kept\n"


def note_on(name: str, content: bytes) -> bytes:
    """The note; the same for the same bytes under the same name."""
    return note(name, len(content), hashlib.sha256(content).hexdigest())


def note(name: str, size: int, sha256: str) -> bytes:
    """The note for a file of which only size and hash are known."""
    lines = (
        f"文件 file: {name}",
        f"{size} bytes, SHA-256 {sha256}",
        "这是文本，但无法确定其编码（或过大），不能检查是否含有机密，故未收存；原文件留在原处。",
        "请另存为 UTF-8 后重新提交。",
        "A text whose encoding cannot be told, or too long, so that it cannot be searched for secrets.",
        "It was not taken over and stays where it came from. Save it as UTF-8 and submit it again.",
    )
    return MARK + "\n".join(lines).encode("utf-8", "replace") + b"\n"


def is_note(head: bytes) -> bool:
    """Whether a file that begins so is such a note."""
    return head.startswith(MARK)
