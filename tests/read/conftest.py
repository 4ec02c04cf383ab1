"""Small files made on the spot, and readers that need no engine."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.model import Pixels, ReadLine, ReadText, Submission, TextReader
from pipeline.read import RecordedReader, RecordingReader, open_reader

DATA = Path(__file__).parent / "data"
RECORDED = DATA / "recorded"


def submission(path: Path, name: str | None = None) -> Submission:
    """As the ingest stage would make it."""
    content = path.read_bytes()
    return Submission(
        sha256=hashlib.sha256(content).hexdigest(),
        name=name or path.name,
        received_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
        source="cli",
        size=len(content),
        media="unknown",
    )


class BlindReader:
    """Reads nothing anywhere; counts what it was asked."""

    def __init__(self) -> None:
        self.pages = 0
        self.strips = 0

    def read_page(self, pixels: Pixels) -> tuple[ReadLine, ...]:
        self.pages += 1
        return ()

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        self.strips += len(strips)
        return tuple(ReadText("", 0.0) for _ in strips)


class ScriptedReader(BlindReader):
    """Sees the given lines (text, x0, top, x1, bottom in pt) on every page at `dpi`, and `strips` in single lines."""

    def __init__(
        self, lines: list[tuple[str, float, float, float, float]], strips: list[str] | None = None, dpi: float = 200.0
    ) -> None:
        super().__init__()
        self._lines = lines
        self._answers = strips
        self._scale = dpi / 72

    def read_page(self, pixels: Pixels) -> tuple[ReadLine, ...]:
        super().read_page(pixels)
        return tuple(self._line(*line) for line in self._lines)

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        super().read_strips(strips)
        answers = self._answers if self._answers is not None else [""] * len(strips)
        given = [answers[at % len(answers)] for at in range(len(strips))]
        return tuple(ReadText(text, 0.99, places=_spread(text)) for text in given)

    def _line(self, text: str, x0: float, top: float, x1: float, bottom: float) -> ReadLine:
        x0, top, x1, bottom = (value * self._scale for value in (x0, top, x1, bottom))
        step = (x1 - x0) / len(text)
        chars = tuple((char, x0 + at * step, x0 + (at + 1) * step, 0.99) for at, char in enumerate(text))
        return ReadLine(text, 0.99, ((x0, top), (x1, top), (x1, bottom), (x0, bottom)), chars)


def _spread(text: str) -> tuple[float, ...]:
    return tuple((at + 0.5) / len(text) for at in range(len(text)))


@pytest.fixture
def blind() -> BlindReader:
    return BlindReader()


@pytest.fixture
def recorded() -> TextReader:
    """Set COUNTERSIGN_RECORD=1 to ask the engine again and keep its answers."""
    if os.environ.get("COUNTERSIGN_RECORD"):
        return RecordingReader(open_reader(1), RECORDED)
    return RecordedReader(RECORDED)


@pytest.fixture
def make_pdf(tmp_path: Path) -> Callable[..., Path]:
    """`make_pdf(content, page="/Rotate 90", objects=[...])`: one page, Helvetica as /F1, objects from number 6 on."""

    def make(
        content: str,
        *,
        page: str = "",
        objects: list[bytes] | None = None,
        catalog: str = "",
        resources: str = "",
        box: str = "0 0 595 842",
        name: str = "made.pdf",
    ) -> Path:
        stream = content.encode("latin-1")
        bodies = [
            f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents 5 0 R "
            f"/Resources << /Font << /F1 4 0 R >> {resources} >> {page} >>".encode(),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
            *(objects or []),
        ]
        path = tmp_path / name
        path.write_bytes(assembled(bodies))
        return path

    return make


def assembled(bodies: list[bytes]) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalog."""
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)
    return bytes(out)


def grey_image(width: int, height: int, bits: int = 8) -> bytes:
    """A white image object."""
    row = (width * bits + 7) // 8
    data = b"\xff" * (row * height)
    head = (
        f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray "
        f"/BitsPerComponent {bits} /Length {len(data)} >>"
    )
    return head.encode() + b"\nstream\n" + data + b"\nendstream"
