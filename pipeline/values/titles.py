"""Positions people hold: short, and ending in a word for a position."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.values.clauses import clause_word
from pipeline.values.parsed import MISSING, Parsed, bad, folded, simplified, squeezed
from pipeline.values.vocabulary import words

NOT_A_TITLE = "not_a_title"
_ENDS = words("titles", "ends")
_FIELDS = words("titles", "fields")
_WORDING = re.compile(r"[\u3400-\u9fffA-Za-z·\-]+")
_HANZI = re.compile(r"[\u3400-\u9fff]")
_YEARS = re.compile(r"[一二两三四五六七八九十半]年")
_SEPARATOR = re.compile(r"[/、,&+]|兼任?")
_BRACKET = re.compile(r"\(([^()]*)\)")
_MOST = 3  # positions in one blank
_LONGEST = 14  # characters of one position
_HOLDER = re.compile(
    r"(?:(?:vice|co)-?)?(?:manager|director|officer|president|chair(?:man|woman|person)?|head|chief|lead(?:er)?|partner|"
    r"principal|founder|owner|proprietor|engineer|architect|administrator|analyst|accountant|auditor|controller|"
    r"treasurer|cashier|secretary|assistant|specialist|consultant|advis[eo]r|counsel|attorney|lawyer|representative|"
    r"supervisor|coordinator|buyer|clerk|executive|associate|trustee|dean|professor|teacher|lecturer|rector|doctor|"
    r"signatory|agent|planner|designer|developer|scientist|researcher|c[a-z]o|ciso|[es]?vp|gm|md)s?",
    re.IGNORECASE,
)
_LATIN_TOKEN = re.compile(r"[A-Za-z][A-Za-z.'’\-]*|[&,/–()-]")
_JOINT = frozenset(("and", "&", "-", "–", "/", ",", "(", ")"))
_OF = frozenset(("of", "for", "to"))
_WORDS = 8  # of one Latin title
_FIELD_WORDS = 4  # after the word for the position


def parse_job_title(raw: str, *, pattern: str | None, options: Mapping[str, tuple[str, ...]]) -> Parsed:
    """Up to three positions, each with its department before it; nothing with digits and no sentence."""
    text = folded(raw).strip("_:,.。;").strip()
    if not text:
        return MISSING
    good = not clause_word(text) and (_is_chinese(text) if _HANZI.search(text) else _is_latin(text))
    return Parsed(text) if good else bad(text, NOT_A_TITLE)


def _is_chinese(text: str) -> bool:
    plain = simplified(squeezed(text))
    notes = _BRACKET.findall(plain)
    parts = [part for part in _SEPARATOR.split(_BRACKET.sub("", plain)) if part]
    well_formed = all(len(part) <= _LONGEST and _WORDING.fullmatch(part) for part in (*notes, *parts))
    return well_formed and not _YEARS.search(plain) and 1 <= len(parts) <= _MOST and all(map(_is_position, parts))


def _is_position(part: str) -> bool:
    return part in _FIELDS or part.endswith(_ENDS) if _HANZI.search(part) else _is_latin(part)


def _is_latin(text: str) -> bool:
    """Words for the field, a word for the position, then at most `of`, a comma or a dash and the field."""
    tokens = _LATIN_TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text) or not 1 <= sum(token not in _JOINT for token in tokens) <= _WORDS:
        return False
    held = [at for at, token in enumerate(tokens) if _HOLDER.fullmatch(token)]
    if not held:
        return False
    behind = tokens[held[-1] + 1 :]
    if not behind:
        return True
    field = [token for token in behind[1:] if token not in _JOINT and token not in _OF]
    # Small letters are a field only after `of`; after a comma they are a sentence.
    named = behind[0] in _OF or (behind[0] in _JOINT and all(word[0].isupper() for word in field))
    return named and len(field) <= _FIELD_WORDS
