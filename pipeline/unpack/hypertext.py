"""The words of a mail written as a web page, and which pictures it shows in them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import unquote

_SILENT = frozenset(("script", "style"))
_BREAKS = frozenset(
    ("p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "table", "blockquote", "hr", "ul", "ol", "pre")
)
_CID = re.compile(r"cid:([^\"'\s>)]{1,250})", re.IGNORECASE)
_LONGEST = 2_000_000


class _Words(HTMLParser):
    """Collects what a reader may see, hidden text too: a fraud need not be visible in every program."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - its signature
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BREAKS:
            self.pieces.append("\n")
        elif tag in ("td", "th"):
            self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BREAKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(re.sub(r"\s+", " ", data))


def words_of(page: str) -> str:
    """Text of the page, a line per paragraph or row; what cannot be parsed is taken without its tags."""
    reader = _Words()
    try:
        reader.feed(page[:_LONGEST])
        reader.close()
        text = "".join(reader.pieces)
    except Exception:  # the parser asserts on some malformed declarations
        text = re.sub(r"<[^>]{0,2000}>", " ", page[:_LONGEST])
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def shown_pictures(page: str) -> frozenset[str]:
    """Content-IDs of the pictures it refers to."""
    return frozenset(unquote(found) for found in _CID.findall(page[:_LONGEST]))
