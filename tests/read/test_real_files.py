"""Files nobody here wrote: whatever they hold, reading ends with a document or an `UnreadableError`."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from pipeline.errors import UnreadableError
from pipeline.read import read

from .conftest import BlindReader, submission

DATA = Path(__file__).parents[3] / "shared" / "data"
FOLDERS = ("hostile_pdf", "scans", "docx_templates", "signed_pdf", "archives", "ofd")
LIMIT = 60.0  # s for one file
SAMPLE = 120  # files; COUNTERSIGN_ALL_FILES=1 takes all
EXTENSIVE = 2_000_000  # bytes; larger files only in the full run

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"no real files at {DATA}")


def outcome(path: Path, answer: Connection) -> None:
    """What reading this file comes to."""
    try:
        found = read(path, submission(path), BlindReader()).document
        answer.send("read" if found.pages else "read without pages")
    except UnreadableError as error:
        named = path.name in error.zh and path.name in error.en
        answer.send(f"unreadable: {error.reason}" if named else "message without the file's name")
    except BaseException as error:
        answer.send(f"crashed: {type(error).__name__}: {error}")


def in_child(path: Path) -> str:
    """The outcome in a process of its own: a native crash or a hang ends that process only."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=outcome, args=(path, sender))
    child.start()
    sender.close()
    try:
        if not receiver.poll(LIMIT):
            return "hang"
        return str(receiver.recv())
    except EOFError:
        child.join()
        return f"crashed: exit {child.exitcode}"
    finally:
        child.kill()
        child.join()
        receiver.close()


@pytest.mark.skipif(os.name != "posix", reason="needs fork")
def test_no_real_file_crashes_or_hangs() -> None:
    everything = bool(os.environ.get("COUNTERSIGN_ALL_FILES"))
    files = [path for folder in FOLDERS for path in (DATA / folder).rglob("*") if path.is_file()]
    files = [path for path in files if path.suffix != ".json" and (everything or path.stat().st_size < EXTENSIVE)]
    files.sort(key=lambda path: hashlib.sha256(path.name.encode()).hexdigest())  # the same mixture every time
    files = files if everything else files[:SAMPLE]
    counts: Counter[str] = Counter()
    bad = []
    for path in files:
        result = in_child(path)
        counts[result] += 1
        if not result.startswith(("read", "unreadable")) or result == "read without pages":
            bad.append(f"{path.name}: {result}")
    print(f"{len(files)} files: {dict(counts)}")
    assert files
    assert bad == []
