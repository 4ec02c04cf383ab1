"""The register of seals: impressions of accepted cases, kept per company, that later ones are laid beside."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from pipeline.inspection import likeness
from pipeline.model import Facts, Seal
from pipeline.values import normal_name

_LEGIBLE = 0.85  # a name read worse files an impression under nobody
_KEPT = 5  # impressions per company and kind; the newest stay
_GRAVITY = ("agrees", "unknown", "differs")


class Specimens:
    """Folder `<company>/<kind>-<document>-<number>.png`; the company is a hash of its name as read in the ring."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def keep(self, facts: Sequence[Facts], works: Mapping[str, Path]) -> None:
        """File the impressions of accepted papers; repeated calls change nothing. `works` = picture folders by hash."""
        for item in facts:
            sha256 = item.document.submission.sha256
            for number, seal, picture in _pictured(item, works[sha256]):
                folder = self._folder(seal)
                target = folder / f"{seal.kind}-{sha256[:16]}-{number}.png"
                if target.exists():
                    continue
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                temporary = folder / f".{target.name}.{os.getpid()}"
                temporary.write_bytes(picture.read_bytes())
                temporary.replace(target)
                for old in self._of_kind(folder, seal)[_KEPT:]:
                    old.unlink(missing_ok=True)

    def beside(self, facts: Facts, work: Path) -> Mapping[int, str]:
        """By number of the seal: agrees, differs or unknown beside impressions of other papers; none = not listed.

        The best answer counts: a company may have several dies of a kind.
        """
        sha256 = facts.document.submission.sha256
        found: dict[int, str] = {}
        for number, seal, picture in _pictured(facts, work):
            others = [path for path in self._of_kind(self._folder(seal), seal) if sha256[:16] not in path.name]
            if others:
                found[number] = min((_outcome(picture, other) for other in others), key=_GRAVITY.index)
        return found

    def _folder(self, seal: Seal) -> Path:
        return self._root / hashlib.sha256(normal_name(seal.text).encode()).hexdigest()[:24]

    @staticmethod
    def _of_kind(folder: Path, seal: Seal) -> list[Path]:
        """The newest first."""
        paths = folder.glob(f"{seal.kind}-*.png") if folder.is_dir() else ()
        return sorted(paths, key=lambda path: path.stat().st_mtime, reverse=True)


def _pictured(facts: Facts, work: Path) -> Iterator[tuple[int, Seal, Path]]:
    """Whole seals with a legible name and a picture fit for comparing, numbered from 1."""
    for number, seal in enumerate(facts.observations.seals, start=1):
        name = facts.pictures.get(f"specimen-{number}")
        if name and seal.text and seal.text_confidence >= _LEGIBLE and (work / name).is_file():
            yield number, seal, work / name


@cache
def _outcome(one: Path, other: Path) -> str:
    """Files never change under their names, so an answer holds for the life of the process."""
    try:
        return likeness(one.read_bytes(), other.read_bytes()).outcome
    except (OSError, ValueError):
        return "unknown"
