"""Names of people: Chinese ones by their surname, transcribed ones by their dot, others by their capitals."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.values.clauses import clause_word
from pipeline.values.parsed import MISSING, Parsed, bad, folded, simplified, squeezed
from pipeline.values.vocabulary import words

NOT_A_PERSON = "not_a_person"
_SURNAMES = frozenset("".join(words("people", "surnames")))
_FREQUENT = frozenset("".join(words("people", "frequent")))
_COMPOUND = frozenset(words("people", "compound"))
_NEVER = frozenset("".join(words("people", "never")))
_DOT = str.maketrans(dict.fromkeys("•‧・.∙⋅", "·"))
_HANZI = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]+")
_TRANSCRIBED = re.compile(r"[\u3400-\u9fff]{1,7}(?:·[\u3400-\u9fff]{1,7}){1,3}")
_ADDRESSED = re.compile(r"(?:先生|女士|小姐|老师|博士|教授|律师|总?经理|总监|主任)$")
_SEPARATOR = re.compile(r"[/、]")
_BESIDE = re.compile(r"\s*\(([^()]*)\)\s*$")
_MOST = 3  # people in one blank
_LATIN = re.compile(r"(?:[A-Z]\.?|(?:[A-Z]['’])?[^\W\d_]+(?:['’\-][^\W\d_]+)*\.?)")
_PARTICLES = frozenset(words("people", "particles"))
_TRADE = re.compile(
    r"\b(?:price|net|cash|pay|half|contract|agreement|terms?|clause|renewal|automatic|auto|years?|months?|days?|offer|"
    r"later|only|none|void|annual|monthly|best|plus|extra|tax)\b",
    re.IGNORECASE,
)
_WORDS = 5


def parse_person_name(raw: str, *, pattern: str | None, options: Mapping[str, tuple[str, ...]]) -> Parsed:
    """People as they sign, up to three; a name with hanzi has no spaces, and 先生 or a position may follow it."""
    text = folded(raw).strip("_:,.。;").strip()
    if not text:
        return MISSING
    name = squeezed(text).translate(_DOT) if _HANZI.search(text) and not re.search("[A-Za-z]", text) else text
    people = [part.strip() for part in _SEPARATOR.split(name)]
    known = len(people) <= _MOST and all(map(_is_person, people)) and not clause_word(text)
    return Parsed(name) if known else bad(name, NOT_A_PERSON)


def _is_person(text: str) -> bool:
    """Also a name in both scripts, one after the other or in brackets."""
    beside = _BESIDE.search(text)
    if beside:
        return _is_person(text[: beside.start()]) and _is_person(beside[1])
    chinese = "".join(_HANZI.findall(text)) if re.search("[A-Za-z]", text) else ""
    if chinese:
        return chinese in text and _is_chinese(chinese) and _is_latin(text.replace(chinese, " ").strip())
    return _is_chinese(text) or _is_latin(text)


def _is_chinese(text: str) -> bool:
    name = _ADDRESSED.sub("", text)
    if any(char in _NEVER for char in simplified(name)[1:]):
        return False
    if _TRANSCRIBED.fullmatch(name):
        return name[0] not in _NEVER
    if not _HANZI.fullmatch(name):
        return False
    family = 2 if name[:2] in _COMPOUND else 1
    if family == 1 and name[0] not in _SURNAMES:
        return False
    # Four characters are a name only with two surnames; with one they are more often a clause (费用另计).
    longest = 4 if family == 2 or set(name[:2]) <= _FREQUENT else 3
    return (family < len(name) <= longest) or (len(name) == family and name != text)


def _is_latin(text: str) -> bool:
    """One to five words, each with a capital but for particles."""
    names = text.replace(",", " ").split() if text.count(",") <= 1 else []
    capital = all(name in _PARTICLES or (name[0].isupper() and _LATIN.fullmatch(name)) for name in names)
    long_enough = any(len(name.strip(".")) >= 2 and name not in _PARTICLES for name in names)
    return 1 <= len(names) <= _WORDS and capital and long_enough and not _TRADE.search(text) and not _HANZI.search(text)
