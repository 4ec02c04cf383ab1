"""OCR results kept by the picture they were read in, so that tests need no engine."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

from pipeline.errors import StageError
from pipeline.model import Pixels, ReadLine, ReadText, TextReader

Answer = list[Any]  # as written by RecordingReader


class RecordedReader:
    """Answers from `folder`; a picture never recorded raises StageError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read_page(self, pixels: Pixels) -> tuple[ReadLine, ...]:
        """The recorded lines of this very picture."""
        return tuple(
            ReadLine(
                text,
                confidence,
                tuple((float(x), float(y)) for x, y in quad),
                tuple((str(char), float(x0), float(x1), float(conf)) for char, x0, x1, conf in chars),
            )
            for text, confidence, quad, chars in self._load("page", pixels)
        )

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        """The recorded text of each strip."""
        return tuple(ReadText(*self._load("strip", strip)) for strip in strips)

    def _load(self, kind: str, pixels: Pixels) -> Answer:
        path = self._folder / f"{kind}-{picture_key(pixels)}.json.gz"
        try:
            answer: Answer = json.loads(gzip.decompress(path.read_bytes()))
        except FileNotFoundError:
            raise StageError(
                f"no recorded OCR for a {kind} picture of {pixels.shape[1]}x{pixels.shape[0]} px: {path} is missing",
                advice="run once with RecordingReader(open_reader(threads=1), folder) on the same pictures, keep "
                "the files it writes",
            ) from None
        return answer


class RecordingReader:
    """Asks `inner` and keeps every answer in `folder` for `RecordedReader`."""

    def __init__(self, inner: TextReader, folder: Path) -> None:
        self._inner = inner
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def read_page(self, pixels: Pixels) -> tuple[ReadLine, ...]:
        """The engine's lines, coordinates rounded to 0.1 px and confidences to 0.001 as in the record."""
        lines = self._inner.read_page(pixels)
        content = [
            [
                line.text,
                round(line.confidence, 3),
                [[round(x, 1), round(y, 1)] for x, y in line.quad],
                [[char, round(x0, 1), round(x1, 1), round(conf, 3)] for char, x0, x1, conf in line.chars],
            ]
            for line in lines
        ]
        self._store("page", pixels, content)
        return RecordedReader(self._folder).read_page(pixels)

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        """The engine's texts."""
        for strip, answer in zip(strips, self._inner.read_strips(strips), strict=True):
            self._store("strip", strip, [answer.text, round(answer.confidence, 3)])
        return RecordedReader(self._folder).read_strips(strips)

    def _store(self, kind: str, pixels: Pixels, content: object) -> None:
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        path = self._folder / f"{kind}-{picture_key(pixels)}.json.gz"
        path.write_bytes(gzip.compress(text.encode(), mtime=0))


def picture_key(pixels: Pixels) -> str:
    """sha256 over shape and pixels."""
    shape = "x".join(str(side) for side in pixels.shape)
    return hashlib.sha256(shape.encode() + b":" + pixels.tobytes()).hexdigest()
