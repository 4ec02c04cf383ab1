"""What was released, as the journal tells it: each paper with all of its files and their hashes.

The journal is chained and the table of papers is not; so what counts is what the journal says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.model import Value

MADE, RELEASED = "paper_file", "paper_released"
WORD, SUFFIXES = "docx", ("docx", "pdf", "eml")

Entry = Mapping[str, Any]


class Release(Value):
    """One released paper; `files` = name in the outbox -> SHA-256, `by` is empty when the service released it.

    `recorded` False = released before all files were recorded: only the Word file's hash is known.
    """

    number: str
    at: str
    by: str = ""
    files: Mapping[str, str]
    recorded: bool = True


def releases(entries: Iterable[Entry], stems: Mapping[str, str]) -> tuple[Release, ...]:
    """In the order in which they were released; `stems` = how the files of a paper are called, by number."""
    released: dict[str, Entry] = {}
    later: dict[str, dict[str, str]] = {}
    for entry in entries:
        number = str(entry.get("number", ""))
        if entry["kind"] == RELEASED:
            released[number] = entry
        elif entry["kind"] == MADE and number in released:
            later.setdefault(number, {})[str(entry["file"])] = str(entry["sha256"])
    return tuple(_release(entry, later.get(number, {}), stems) for number, entry in released.items())


def made(entries: Iterable[Entry], number: str) -> Mapping[str, str]:
    """The files of a paper besides the Word file that were made so far, with their hashes."""
    found: dict[str, str] = {}
    for entry in entries:
        if entry.get("number") != number:
            continue
        match entry["kind"]:
            case "paper_drafted":
                found = {}  # what was made of other words is none of it
            case "paper_file":
                found[str(entry["file"])] = str(entry["sha256"])
            case "paper_released":
                found |= entry.get("files", {})
    return found


def _release(entry: Entry, later: Mapping[str, str], stems: Mapping[str, str]) -> Release:
    """What was part of the release is never replaced by what was made later."""
    number, files = str(entry["number"]), entry.get("files")
    word = {f"{stems.get(number, number)}.{WORD}": str(entry["sha256"])}
    return Release(
        number=number,
        at=str(entry["at"]),
        by=str(entry.get("by", "")),
        files={**later, **(word if files is None else files)},
        recorded=files is not None,
    )
