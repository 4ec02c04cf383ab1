"""Whether two readings mean the same, and how sure that is."""

from __future__ import annotations

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from pipeline.model import Outcome
from pipeline.rules.reading import Reading
from pipeline.values.names import normal_name, same_name

WORDS = ("text", "person_name", "job_title", "address")
EXACT = ("money", "capitals", "date", "integer", "percent", "months", "choice", "uscc")


def same(left: str, right: str) -> bool:
    """Equal registered names, and not empty."""
    return same_name(left, right).kind == "equal"


def likeness(left: str, right: str) -> float:
    """0..1, indel similarity of the normal names."""
    return fuzz.ratio(normal_name(left), normal_name(right)) / 100


def letters_apart(left: str, right: str) -> int:
    """Edits between the normal names."""
    return Levenshtein.distance(normal_name(left), normal_name(right))


def lost_bracket_only(left: str, right: str) -> bool:
    """Whether one name is the other without one bracket; a lost letter may as well make another company's name."""
    short, long = sorted((normal_name(left), normal_name(right)), key=len)
    return any(long[:at] + long[at + 1 :] == short for at, char in enumerate(long) if char in "()")


def equality(left: Reading, right: Reading, type_name: str = "org_name") -> Outcome:
    """Pass, fail only for a clear difference between two sure readings, else unsure.

    Amounts, dates and codes with a check character are canonical, so any difference is clear; one letter of a name,
    number or address may be the reader's.
    """
    if left.state != "read" or right.state != "read":
        return "unsure"
    if same(left.text, right.text):
        return "pass"
    if not (left.sure and right.sure):
        return "unsure"
    if type_name in EXACT:
        return "fail"
    if type_name in WORDS:
        return "fail" if likeness(left.text, right.text) < 0.6 else "unsure"
    if type_name == "org_name":
        return "fail" if same_name(left.text, right.text).kind == "different" else "unsure"
    return "fail" if letters_apart(left.text, right.text) > 1 else "unsure"
