"""Whether a PDF is signed digitally, and where its signatures stand. Most files are not, and pay nothing for it."""

from __future__ import annotations

import logging
import mmap
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Thread

from pipeline.model import DigitalSignature, Page
from pipeline.read.frame import turned
from pipeline.read.structure import Widget

SECONDS = 30.0  # for all signatures of one file; whole contracts take under one
MARK = b"ByteRange"  # what a signature covers must stand in clear; structure may be too broken to show the field

log = logging.getLogger(__name__)


def signatures_of(
    path: Path, widgets: Sequence[Widget], pages: Sequence[Page], trust: Iterable[Path] = (), seconds: float = SECONDS
) -> tuple[DigitalSignature, ...]:
    """Every signature with its place on the upright page; an `unknown` one when not all could be looked at in time."""
    fields = [widget for widget in widgets if widget.kind == "/Sig"]
    if not fields and not _marked(path):
        return ()
    found: list[DigitalSignature] = []
    # a thread of its own: it cannot be stopped, but need not be waited for
    worker = Thread(target=_collect, args=(path, tuple(trust), found), daemon=True)
    worker.start()
    worker.join(seconds)
    signatures = list(found)
    if worker.is_alive():
        log.warning("signatures: not done after %.0f s", seconds)
        signatures.append(DigitalSignature())
    return tuple(_placed(each, fields, pages) for each in signatures)


def _marked(path: Path) -> bool:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(MARK) >= 0


def _collect(path: Path, trust: tuple[Path, ...], found: list[DigitalSignature]) -> None:
    try:
        from pipeline.read.esign import read_signatures  # half a second for every process that reads, signed or not

        for signature in read_signatures(path, trust):
            found.append(signature)  # one by one: what is found counts when time is up
    except Exception as error:  # whatever a broken file provokes: what is there cannot be told
        log.info("signatures: %s: %s", type(error).__name__, error)
        found.append(DigitalSignature())


def _placed(signature: DigitalSignature, fields: Sequence[Widget], pages: Sequence[Page]) -> DigitalSignature:
    widget = next((each for each in fields if each.name == signature.field), None)
    if widget is None or widget.page > len(pages):
        return signature
    page = pages[widget.page - 1]
    received = (page.height, page.width) if page.rotation in (90, 270) else (page.width, page.height)
    return signature.model_copy(update={"page": widget.page, "box": turned(widget.box, received, page.rotation)})
