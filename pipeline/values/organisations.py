"""What names of organisations look like: a legal form or a kind of organisation at the end."""

from __future__ import annotations

import re

from pipeline.values.clauses import clause_word
from pipeline.values.parsed import folded, simplified, squeezed
from pipeline.values.vocabulary import words

NOT_AN_ORGANISATION = "not_an_organisation"
_ENDS = words("organisations", "ends")
_WORDING = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af0-9A-Za-z()·.&+'’\-]+")
_HANZI = re.compile(r"[\u3400-\u9fff]")
_NOTE = re.compile(r"\((?:特殊的?普通合伙|个体工商户|筹|[\u3400-\u9fff]{2,4})\)$")
_LONGEST = 45
_COMPANY = "有限公司"
_FORM = re.compile(
    r"(?:co|ltd|limited|inc|incorporated|llc|llp|lp|plc|corp|corporation|company|gmbh|ag|se|s\.?a|s\.?r\.?l|s\.?p\.?a|"
    r"b\.?v|n\.?v|pte|pty|k\.?k|oy|ab|a/?s|group|holdings?|university|college|school|academy|institute|hospital|clinic|bank|"
    r"foundation|association|society|committee|council|bureau|ministry|embassy|partners|partnership|cent(?:er|re)|"
    r"library|museum|laborator(?:y|ies)|office|agency|authority|department|union|federation|hotel|press|studio)",
    re.IGNORECASE,
)
_OF = re.compile(
    r"(?:university|bank|ministry|department|bureau|institute|academy|college|city|government|school) of ",
    re.IGNORECASE,
)
_SMALL = frozenset(("of", "and", "the", "for", "de", "la", "du", "des", "in", "von", "und", "&"))
_LATIN_WORD = re.compile(r"[^\W_][\w.'’&+/\-]*|&|-")
_LATIN_WORDS = 14


def is_organisation(name: str) -> bool:
    """Whether it reads as the full name of an organisation; one misread letter of 有限公司 does not matter."""
    text = folded(name).strip("_:,.。;").strip()
    if clause_word(text):
        return False
    return _is_chinese(simplified(squeezed(text))) if _HANZI.search(text) else _is_latin(text)


def _is_chinese(name: str) -> bool:
    if not _WORDING.fullmatch(name) or len(name) > _LONGEST:
        return False
    bare = _NOTE.sub("", name)
    misread = sum(one != other for one, other in zip(bare[-len(_COMPANY) :], _COMPANY, strict=False))
    return len(bare) >= len(_COMPANY) and (bare.endswith(_ENDS) or misread <= 1)


def _is_latin(name: str) -> bool:
    """Words with capitals, and a legal form or kind among the last two; a comma only before that."""
    body = re.sub(r"\([^()]*\)", " ", name)
    parts = body.replace(",", " ").split()
    if not 2 <= len(parts) <= _LATIN_WORDS or not all(map(_LATIN_WORD.fullmatch, parts)):
        return False
    if not all(part in _SMALL or not part[0].islower() for part in parts):
        return False
    behind = [part.split()[0] for part in body.split(",")[1:] if part.split()]
    formed = any(_FORM.fullmatch(word.strip(".")) for word in parts[-2:]) or bool(_OF.match(body))
    return formed and all(_FORM.fullmatch(word.strip(".")) for word in behind)
