"""Host names that are made to be taken for others: letters of other scripts, figures for letters, one letter more."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from rapidfuzz.distance import Levenshtein

_LEAST = 5  # characters; shorter names are near each other by chance
# Letters of other scripts that look like Latin ones (Unicode confusables, the lower-case part that fonts draw alike).
_TWINS = str.maketrans(
    {
        "а": "a", "с": "c", "ԁ": "d", "е": "e", "һ": "h", "і": "i", "ј": "j", "ӏ": "l", "м": "m", "о": "o", "р": "p",
        "ԛ": "q", "ѕ": "s", "т": "t", "х": "x", "у": "y", "ԝ": "w", "к": "k", "п": "n", "в": "b", "ɡ": "g", "ɩ": "i",
        "α": "a", "ε": "e", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p", "τ": "t", "υ": "u", "χ": "x", "γ": "y",
        "ı": "i", "ł": "l", "đ": "d", "0": "o", "1": "l", "3": "e", "5": "s", "8": "b", "|": "l", "i": "l", "-": "",
    }
)  # fmt: skip
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("nn", "m"))


def plain_host(host: str) -> str:
    """The name as it is shown: punycode written out, lower case."""
    labels = []
    for label in host.lower().rstrip(".").split("."):
        try:
            labels.append(label.encode("ascii").decode("idna") if label.startswith("xn--") else label)
        except (UnicodeError, ValueError):
            labels.append(label)
    return ".".join(labels)


def is_foreign_script(host: str) -> bool:
    """Whether it holds letters that are not ASCII, written out or as punycode."""
    return not host.isascii() or any(label.startswith("xn--") for label in host.lower().split("."))


def twin_of(host: str, known: Iterable[str]) -> str | None:
    """The known name that this one could be taken for; None when it is one of them, or like none."""
    names = {name.lower() for name in known if name}
    if host.lower() in names:
        return None
    shown, outline = plain_host(host), _outline(plain_host(host))
    for name in sorted(names):
        if outline == _outline(name) or shown.partition(".")[0] == name.partition(".")[0]:
            return name
        if len(name) >= _LEAST and Levenshtein.distance(shown, name, score_cutoff=1) <= 1:
            return name
    return None


def _outline(host: str) -> str:
    """What is left of a name when everything that looks alike is the same."""
    bare = "".join(
        char for char in unicodedata.normalize("NFKD", host.lower()) if not unicodedata.combining(char)
    ).translate(_TWINS)
    for pair, one in _PAIRS:
        bare = bare.replace(pair, one)
    return bare
