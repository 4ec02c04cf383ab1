"""Recorded OCR, and pages that came in turned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import StageError
from pipeline.model import TextReader
from pipeline.read import RecordedReader, RecordingReader, read
from pipeline.read.frame import Turn

from .conftest import DATA, ScriptedReader, submission

SAMPLE = DATA / "notice.png"  # invented text, 150 dpi


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turned_scan_is_found_and_undone(tmp_path: Path, recorded: TextReader, turn: Turn) -> None:
    path = tmp_path / "scan.png"
    upright = np.asarray(Image.open(SAMPLE).convert("L"))
    Image.fromarray(np.ascontiguousarray(np.rot90(upright, k=turn // 90))).save(path, dpi=(150, 150))
    reading = read(path, submission(path), recorded)
    page = reading.document.pages[0]
    assert page.rotation == turn
    assert "云帆信息技术" in page.text.replace(" ", "")
    assert page.width > page.height
    assert reading.pictures is not None
    assert np.array_equal(reading.pictures.picture(1).pixels[:, :, 0], upright)
    first = page.lines[0].box
    assert first is not None
    assert first[3] < page.height / 2


def test_recording_answers_like_its_record(tmp_path: Path) -> None:
    picture = np.full((40, 60, 3), 255, dtype=np.uint8)
    recording = RecordingReader(ScriptedReader([("甲方", 1, 2, 30, 12)], ["乙方"]), tmp_path)
    lines, strips = recording.read_page(picture), recording.read_strips([picture])
    replay = RecordedReader(tmp_path)
    assert replay.read_page(picture) == lines
    assert replay.read_strips([picture]) == strips
    assert (lines[0].text, strips[0].text) == ("甲方", "乙方")


def test_unknown_picture_says_how_to_record(tmp_path: Path) -> None:
    with pytest.raises(StageError, match="RecordingReader"):
        RecordedReader(tmp_path).read_page(np.zeros((8, 8, 3), dtype=np.uint8))
