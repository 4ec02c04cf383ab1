"""Whether the files of released papers are what was released, all of them and nothing besides."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.cases.paper_store import PaperRow
from pipeline.cases.releases import SUFFIXES, Release, releases
from pipeline.cases.store import CaseStore
from pipeline.errors import RefusedError

_NOT_OURS = (".", "~$")  # half-written files, and what an open editor lays beside a document
_SYSTEM = frozenset({"Thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class Audit:
    """What was looked at, what is wrong, and what cannot be said (`unknown`)."""

    papers: int
    files: int
    problems: tuple[str, ...]
    unknown: tuple[str, ...]


def papers_folder(outbox: Path, case_id: str) -> Path:
    """Where the papers of a case stand."""
    return outbox / case_id / "outgoing"


def stem_of(row: PaperRow) -> str:
    """How the files of a paper are called, without their ending."""
    return f"{row.code}-{row.seq}"


def sha256_of(path: Path) -> str | None:
    """The hash of a file; None when there is no regular file of that name."""
    if path.is_symlink() or not path.is_file():
        return None
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def intact(folder: Path, row: PaperRow, made: Mapping[str, str]) -> dict[str, bytes]:
    """The files of a draft by name, as they were written; RefusedError when one was touched since.

    A PDF of which no hash is known is taken as it is: it was printed before hashes were kept.
    """
    word, printed = f"{stem_of(row)}.docx", f"{stem_of(row)}.pdf"
    names = [word, printed] if (folder / printed).exists() else [word]
    for name in names:
        wanted = row.sha256 if name == word else made.get(name)
        if sha256_of(folder / name) != wanted and (name == word or wanted is not None):
            raise RefusedError(
                f"{row.number}: {name} is not what was written for it",
                advice=f"move it out of {folder}, then `countersign generate {row.case_id} {row.code}`",
            )
    return {name: (folder / name).read_bytes() for name in names}


def audit(outbox: Path, cases: CaseStore) -> Audit:
    """Every released paper of every case, by the journal; the table of papers is not believed."""
    problems: list[str] = []
    unknown: list[str] = []
    papers = files = 0
    for case_id, rows in sorted(cases.all_papers().items()):
        stems = {row.number: stem_of(row) for row in rows}
        found = releases(cases.events(case_id), stems)
        folder = papers_folder(outbox, case_id)
        papers += len(found)
        files += sum(len(release.files) for release in found)
        problems += _contradicted(rows, found)
        for release in found:
            problems += _touched(release, folder, case_id)
            unknown += _unrecorded(release, folder, stems.get(release.number, ""))
        problems += _extra(folder, case_id, rows, found)
    return Audit(papers, files, tuple(problems), tuple(unknown))


def _contradicted(rows: Sequence[PaperRow], found: Sequence[Release]) -> Iterator[str]:
    """The table says another thing than the journal."""
    told = {release.number for release in found}
    for row in rows:
        if (row.status == "released") != (row.number in told):
            journal = "released" if row.number in told else "not released"
            yield f"{row.number}: {journal} by the journal, {row.status} by the table of papers"


def _touched(release: Release, folder: Path, case_id: str) -> Iterator[str]:
    for name, sha256 in release.files.items():
        path = folder / name
        if not path.exists() and not path.is_symlink():
            yield f"{release.number}: {name} is missing from the outbox of {case_id}"
        elif sha256_of(path) != sha256:
            yield f"{release.number}: {path} differs from what was released"


def _unrecorded(release: Release, folder: Path, stem: str) -> Iterator[str]:
    """Files of a release of an older version, which recorded the Word file only."""
    if release.recorded:
        return
    names = [name for suffix in SUFFIXES if (name := f"{stem}.{suffix}") not in release.files]
    for name in names:
        if (folder / name).exists():
            yield f"{release.number}: {name} was not recorded when it was released, so nothing can be said of it"


def _extra(folder: Path, case_id: str, rows: Sequence[PaperRow], found: Sequence[Release]) -> Iterator[str]:
    """Files that belong to nothing that was written here."""
    known = {name for release in found for name in release.files}
    whole = {release.number for release in found if release.recorded}
    for row in rows:
        if row.number not in whole:
            known |= {f"{stem_of(row)}.{suffix}" for suffix in SUFFIXES}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name not in known and path.name not in _SYSTEM and not path.name.startswith(_NOT_OURS):
            yield f"{case_id}: {path} belongs to no paper written here"
