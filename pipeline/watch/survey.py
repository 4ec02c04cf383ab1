"""One look at everything in the inbox."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from fnmatch import translate
from pathlib import Path
from typing import NamedTuple

from pipeline.ingest import odd_kind

# Left by systems, editors and half-done transfers; a rename to a proper name brings the file in.
_LITTER = (
    *(".*", "~$*", "*~", "thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir", "@recycle", "@recently-snapshot"),
    *("__macosx", "#recycle", "#snapshot", "$recycle.bin", "system volume information", "lost+found"),
    *("*.part", "*.partial", "*.tmp", "*.temp", "*.crdownload", "*.download", "*.opdownload", "*.filepart"),
    *("*.swp", "*.swx", "*.swo", "*.!ut", "*.laccdb", "*.icloud"),
)
_IS_LITTER = re.compile("|".join(translate(pattern) for pattern in _LITTER), re.IGNORECASE)


class Stamp(NamedTuple):
    """A file is the same while its stamp is."""

    size: int
    mtime_ns: int
    inode: int


@dataclass
class Survey:
    """`unseen` = folders that could not be listed: nothing is known of the files in them; `odd` = kind by path."""

    files: dict[Path, Stamp] = field(default_factory=dict)
    odd: dict[Path, str] = field(default_factory=dict)
    unseen: dict[Path, str] = field(default_factory=dict)
    root: tuple[int, int] | None = None

    def covers(self, path: Path) -> bool:
        """True when the absence of `path` from `files` means that it is gone."""
        return self.root is not None and not any(path.is_relative_to(folder) for folder in self.unseen)


def is_litter(name: str) -> bool:
    """True for names of temporary and system files and folders."""
    return _IS_LITTER.match(name) is not None


def survey(inbox: Path) -> Survey:
    """Lists the inbox and its sub-folders; links are never followed; never raises OSError."""
    found = Survey()
    try:
        root = inbox.stat()
    except OSError as error:
        found.unseen[inbox] = error.strerror or str(error)
        return found
    found.root = (root.st_dev, root.st_ino)
    folders = [inbox]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as entries:
                folders.extend(path for entry in entries if (path := _look(entry, found)))
        except FileNotFoundError:
            # A sub-folder may be moved away under our eyes; the inbox itself may not.
            if folder == inbox:
                found.unseen[folder] = "gone"
        except OSError as error:
            found.unseen[folder] = error.strerror or str(error)
    return found


def _look(entry: os.DirEntry[str], found: Survey) -> Path | None:
    """Notes a file; returns a folder that must be looked into."""
    if is_litter(entry.name):
        return None
    path = Path(entry.path)
    try:
        if entry.is_dir(follow_symlinks=False):
            return path
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    except OSError as error:
        found.unseen[path] = error.strerror or str(error)
        return None
    if kind := odd_kind(status.st_mode):
        found.odd[path] = kind
    else:
        found.files[path] = Stamp(status.st_size, status.st_mtime_ns, status.st_ino)
    return None
