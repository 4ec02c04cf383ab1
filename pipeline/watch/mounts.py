"""On which file systems a folder lies; those of other machines send no events."""

from __future__ import annotations

import re
from pathlib import Path

MOUNTINFO = Path("/proc/self/mountinfo")
# Changes made on the other side are not announced here (inotify(7), "Limitations and caveats").
_REMOTE = frozenset(
    {
        *(
            "nfs",
            "nfs4",
            "cifs",
            "smb2",
            "smb3",
            "smbfs",
            "ncpfs",
            "afs",
            "coda",
            "ceph",
            "glusterfs",
            "lustre",
            "gpfs",
        ),
        *("beegfs", "orangefs", "ocfs2", "gfs2", "9p", "virtiofs", "vboxsf", "vmhgfs", "prl_fs", "drvfs", "davfs"),
        *("fakeowner", "autofs"),
    }
)
_OCTAL = re.compile(rb"\\([0-7]{3})")


def file_systems(folder: Path, mountinfo: Path = MOUNTINFO) -> tuple[str, ...]:
    """Types of the folder's own file system and of those mounted inside it; ("unknown",) where the OS cannot tell."""
    try:
        lines = mountinfo.read_bytes().splitlines()
        place = folder.resolve()
    except (OSError, RuntimeError):
        return ("unknown",)
    mounts: dict[Path, str] = {}
    for line in lines:
        left, _, right = line.partition(b" - ")
        fields = left.split()
        if len(fields) > 4 and right:
            # A later line at the same place lies on top of the earlier one.
            mounts[_unescaped(fields[4])] = right.split()[0].decode("ascii", "replace")
    own = max((point for point in mounts if place.is_relative_to(point)), key=lambda p: len(p.parts), default=None)
    inside = sorted(point for point in mounts if point != place and point.is_relative_to(place))
    return (mounts[own] if own else "unknown", *(mounts[point] for point in inside))


def is_remote(file_system: str) -> bool:
    """True when the system announces no changes made elsewhere; fuseblk (local NTFS) does announce."""
    return file_system in _REMOTE or file_system.startswith("fuse.") or file_system == "fuse"


def _unescaped(raw: bytes) -> Path:
    return Path(_OCTAL.sub(lambda found: bytes([int(found[1], 8) & 0xFF]), raw).decode("utf-8", "surrogateescape"))
