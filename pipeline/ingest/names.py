"""Names of arrivals as people see them; never used to open anything."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path, PurePath

LIMIT = 200
_TAIL = 60
_BAD = "\N{REPLACEMENT CHARACTER}"
# Control, format (bidi overrides, zero width), surrogate, line and paragraph separators.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def display_name(path: Path, inbox: Path) -> str:
    """Inbox-relative name, NFC, at most 200 characters, hidden characters replaced by U+FFFD."""
    relative: PurePath = path.relative_to(inbox) if path.is_relative_to(inbox) else PurePath(path.name)
    return safe_name(relative.as_posix())


def safe_name(name: str) -> str:
    """Any foreign name (of a file, of an attachment) made fit for display; never empty."""
    clean = "".join(_BAD if unicodedata.category(char) in _HIDDEN else char for char in _decoded(name))
    clean = unicodedata.normalize("NFC", clean).strip()
    if len(clean) > LIMIT:
        clean = f"{clean[: LIMIT - _TAIL - 1]}…{clean[-_TAIL:]}"
    return clean or _BAD


def _decoded(name: str) -> str:
    """Names unzipped from a Chinese Windows arrive as GBK bytes, which Python carries as lone surrogates."""
    try:
        raw = os.fsencode(name)
    except UnicodeEncodeError:
        return name
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")
