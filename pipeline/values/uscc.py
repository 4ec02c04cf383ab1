"""Unified social credit codes: GB 32100-2015 with the inner organisation code of GB 11714-1997."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations

from stdnum.cn import uscc as standard

from pipeline.values.parsed import MISSING, Parsed, bad, numeric

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# Letters that the alphabet leaves out because they look like digits: seen in a code they are always a misreading.
_FORCED = str.maketrans("OISZ", "0152")
_LOOK_ALIKE = {"B": "8", "8": "B"}
_MOST_FLIPS = 2
_SHAPE = re.compile(rf"[1-9ANY][{ALPHABET}]\d{{6}}[{ALPHABET}]{{10}}")
_OLD_TAX_NUMBER = re.compile(r"\d{15}")


def parse_uscc(raw: str, *, pattern: str | None, options: Mapping[str, tuple[str, ...]]) -> Parsed:
    """18 characters; problem `suggested` carries the only OCR repair for which both check characters hold."""
    code = numeric(raw).replace("-", "")
    if not code:
        return MISSING
    problem = uscc_problem(code.upper())
    if problem is None:
        return Parsed(code.upper())
    if _OLD_TAX_NUMBER.fullmatch(code):
        return bad(code, "old_tax_number")
    suggestion = suggest_uscc(code)
    return bad(suggestion, "suggested") if suggestion else bad(code.upper(), problem)


def uscc_problem(code: str) -> str | None:
    """`length`, `alphabet`, `checksum` or `body_checksum`; None when both check characters hold."""
    if len(code) != 18:
        return "length"
    if not _SHAPE.fullmatch(code):
        return "alphabet"
    # Not `standard.validate`: it wants a digit first, yet registrars A, N and Y exist (e.g. N2 for rural collectives).
    if standard.calc_check_digit(code[:17]) != code[17]:
        return "checksum"
    return None if code[16] == body_check(code[8:16]) else "body_checksum"


def body_check(body: str) -> str:
    """The check character of an eight-character organisation code (GB 11714): 11 - sum mod 11, 10 as X, 11 as 0."""
    rest = 11 - sum(int(char, 36) * weight for char, weight in zip(body, _BODY_WEIGHTS, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def suggest_uscc(code: str) -> str | None:
    """The one OCR repair that passes both checks; None when none does, or several do equally well."""
    for flips in range(_MOST_FLIPS + 1):
        found = {candidate for candidate in _repairs(code, flips) if uscc_problem(candidate) is None}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _repairs(code: str, flips: int) -> Iterator[str]:
    # A lower-case l is a 1 nobody would type in a code of capitals; upper-casing first would hide it as a legal L.
    plain = code.replace("l", "1").upper().translate(_FORCED)
    if len(plain) != 18:
        return
    head = plain[2:8].replace("B", "8").replace("L", "1")
    chars = list(plain[:2] + head + plain[8:])
    places = [place for place, char in enumerate(chars) if char in _LOOK_ALIKE and not 2 <= place < 8]
    for chosen in combinations(places, flips):
        yield "".join(_LOOK_ALIKE[char] if place in chosen else char for place, char in enumerate(chars))
