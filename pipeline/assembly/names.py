"""Names that people and scanners give to the pages of one document: the same words, and a number that counts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

_NUMERALS = {char: at for at, char in enumerate("一二三四五六七八九十", start=1)} | {"上": 1, "中": 2, "下": 3}
_CJK = "一二三四五六七八九十上中下"
_BRACKET = re.compile(rf"[\[(【]\s*(?:\D{{0,6}}?(\d+)[^\])】]*|([{_CJK}]))\s*[\])】]\s*$")
_TAIL = re.compile(
    rf"(?:[\s._-]*(?:第\s*([{_CJK}])|(?:第|#|(?<![a-z])(?:part|pages?|pg|p|no))?[\s._-]*(\d+)))"
    r"\s*(?:页|张|份|部分)?\s*(?:(?:of|/|共)\s*\d+\s*页?)?[\s._-]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FileName:
    """`folder` and `stem` are what files of one document share, `counter` tells them apart; None where there is none.

    `stem` keeps the spelling of the name; `key` is for comparing.
    """

    folder: str
    stem: str
    counter: int | None

    @property
    def key(self) -> tuple[str, str]:
        """Equal for files that differ in their counter and ending only."""
        return self.folder, self.stem.casefold()

    @classmethod
    def keys(cls, names: Iterable[str]) -> frozenset[tuple[str, str]]:
        """Of several names of one file."""
        return frozenset(cls.of(name).key for name in names)

    @classmethod
    def folders(cls, names: Iterable[str]) -> frozenset[str]:
        """The folders of several names of one file, without the inbox itself."""
        return frozenset(cls.of(name).folder for name in names) - {""}

    @classmethod
    def of(cls, name: str) -> FileName:
        """Of a name relative to the inbox; only the last number counts: one before it names the document."""
        path = PurePosixPath(unicodedata.normalize("NFKC", name))
        folder = "" if str(path.parent) == "." else str(path.parent)
        bare = path.stem.strip()
        found = _BRACKET.search(bare) or _TAIL.search(bare)
        if found is None:
            return cls(folder, bare, None)
        digits = next(group for group in found.groups() if group)
        stem = bare[: found.start()].rstrip(" ._-")
        return cls(folder, stem, int(digits) if digits.isdigit() else _NUMERALS[digits])
