"""The folders of an installation must not lie in each other: else output is read as input, or code is written to."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

from pipeline.errors import SettingsError

# Shipped packs lie inside the installed program; both are only read.
_HARMLESS = {("templates", "code")}


def check_folders(inbox: Path, outbox: Path, state: Path, templates: Path, code: Path) -> None:
    """Raises SettingsError naming both folders when one is, or lies in, another (links and bind mounts resolved)."""
    given = {"inbox": inbox, "outbox": outbox, "state": state, "templates": templates, "code": code}
    resolved = {name: _resolved(name, path) for name, path in given.items()}
    for inner, outer in permutations(given, 2):
        if (inner, outer) in _HARMLESS or not _within(resolved[inner], resolved[outer]):
            continue
        move = inner if inner != "code" else outer
        raise SettingsError(
            f"the {inner} folder {resolved[inner]} lies in the {outer} folder {resolved[outer]}",
            advice=f"choose another folder for '{move}' in countersign.toml, side by side with '{inner}'"
            if move != inner
            else f"choose another folder for '{move}' in countersign.toml, beside '{outer}', not inside it",
        )


def _resolved(name: str, path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:
        raise SettingsError(f"the {name} folder {path} cannot be followed: {error}", advice="mend the link") from error


def _within(inner: Path, outer: Path) -> bool:
    if inner.is_relative_to(outer):
        return True
    identity = _identity(outer)
    # The same folder can have two names: bind mounts, file systems that ignore case.
    return identity is not None and any(_identity(part) == identity for part in (inner, *inner.parents))


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found.st_ino else None
