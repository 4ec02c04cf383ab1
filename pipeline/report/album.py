"""Pictures carried inside the page: each page picture once, as the background of a class; crops in place."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.model import Box

_KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


@dataclass(frozen=True)
class Cut:
    """A part of a page picture; `style` sizes and shifts the background, `view` is the SVG viewBox in pt."""

    page_class: str
    style: str
    view: str


@dataclass
class Album:
    """Collects the page pictures in use; `styles` are CSS rules to be written once at the end of the page."""

    styles: list[str] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)

    def page(self, name: str, folder: Path, file: str | None) -> str:
        """The class that shows a page picture, empty when there is none."""
        uri = self.picture(folder, file)
        if not uri:
            return ""
        self.styles.append(f".{name}{{background-image:url({uri})}}")
        return name

    def picture(self, folder: Path, file: str | None) -> str:
        """A data: URI, empty when the file is missing or no picture."""
        if not file:
            return ""
        data = _bytes(folder, file)
        for magic, media in _KINDS.items():
            if data.startswith(magic):
                return f"data:{media};base64,{base64.b64encode(data).decode('ascii')}"
        self.lost.add(file)
        return ""


def cut(page_class: str, part: Box, width: float, height: float) -> Cut:
    """Show `part` of a page of `width` x `height` pt; percentages, so that it fits any screen."""
    x0, top, x1, bottom = part
    wide, tall = max(x1 - x0, 1.0), max(bottom - top, 1.0)
    style = (
        f"aspect-ratio:{wide:.1f}/{tall:.1f};background-size:{_share(width, wide)} {_share(height, tall)};"
        f"background-position:{_share(x0, width - wide)} {_share(top, height - tall)}"
    )
    return Cut(page_class, style, f"{x0:.1f} {top:.1f} {wide:.1f} {tall:.1f}")


def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.3f}%" if whole > 0.5 else "0%"


def _bytes(folder: Path, file: str) -> bytes:
    if Path(file).name != file:
        return b""
    try:
        return (folder / file).read_bytes()
    except OSError:
        return b""
