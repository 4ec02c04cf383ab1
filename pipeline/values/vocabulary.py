"""The lists of words in vocabulary.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

_WORDS: Mapping[str, Mapping[str, str]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"),
)


def words(section: str, key: str) -> tuple[str, ...]:
    """A list in its order; KeyError for an unknown one."""
    return tuple(_WORDS[section][key].split())
