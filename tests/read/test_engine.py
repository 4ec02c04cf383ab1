"""The real engine, once: legible, with the threads asked for, and calling nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import StageError
from pipeline.read import open_reader

from .conftest import DATA

PROGRAM = """
import sys
opened = []
# urllib3, which the engine imports for downloads, binds ::1 once to learn whether there is IPv6: that reaches nobody
CALLS = ("connect", "getaddrinfo", "gethostbyname", "gethostbyaddr", "sendto", "sendmsg")
CALLS = tuple("socket." + call for call in CALLS)
sys.addaudithook(lambda event, args: opened.append(event) if event.startswith(CALLS) else None)
import numpy as np
from PIL import Image
from pipeline.read import open_reader
pixels = np.asarray(Image.open(sys.argv[1]).convert("RGB"))
reader = open_reader(1)
lines = reader.read_page(pixels)
x0, top, x1, bottom = (int(f(c)) for f, c in zip(
    (min, min, max, max), ([p[0] for p in lines[0].quad], [p[1] for p in lines[0].quad]) * 2))
strip = reader.read_strips([pixels[top:bottom, x0:x1], pixels[:2, :2]])
print("|".join(line.text for line in lines))
print(min(len(line.chars) == len(line.text) for line in lines), strip[0].text == lines[0].text, repr(strip[1].text))
print(opened, sys.modules.get("openvino_telemetry"))
"""


@pytest.mark.engine
def test_engine_reads_a_page_and_calls_nobody(tmp_path: Path) -> None:
    # a home folder of its own: the usage statistics of OpenVINO would be on there by default
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(DATA / "notice.png")],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    text, same, sockets = done.stdout.strip().splitlines()
    assert "云帆信息技术" in text
    assert same == "True True ''"
    assert sockets == "[] None"
    assert list(tmp_path.iterdir()) == []


def test_threads_that_the_engine_would_ignore_are_refused() -> None:
    with pytest.raises(StageError, match="threads"):
        open_reader(0)
