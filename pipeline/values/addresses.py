"""Postal addresses: Chinese ones by their units, others by their street words, numbers and capitals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipeline.values.clauses import clause_word
from pipeline.values.organisations import is_organisation
from pipeline.values.parsed import MISSING, Parsed, bad, folded, simplified, squeezed
from pipeline.values.vocabulary import words

NOT_AN_ADDRESS = "not_an_address"
PROVINCE, CITY, DISTRICT, TOWN, STREET, NUMBER, HOUSE = range(1, 8)
_LEVEL = {
    unit: level
    for level, key in enumerate(("province", "city", "district", "town", "street", "number", "house"), start=PROVINCE)
    for unit in words("addresses", key)
}
# 期, 段 and 户 count only behind a number or a point of the compass; 石家庄市 and 道里区 end in their last unit only.
_ANY_UNIT = "|".join(
    rf"(?<=[\dA-Za-z一二三四五六七八九十东西南北中]){unit}"
    if unit in ("期", "段", "户")
    else rf"{'(?<![城都超门夜集])' if unit == '市' else ''}{unit}{'(?![省市县区镇乡])' if len(unit) == 1 else ''}"
    for unit in sorted(_LEVEL, key=len, reverse=True)
)
_STEP = re.compile(rf"(?P<name>[^,]{{1,12}}?)(?P<unit>{_ANY_UNIT})")
_PROVINCES = re.compile("|".join(words("addresses", "provinces")))
_CITY_NAME = 4  # hanzi; more is a sentence about it
# 在, 送 and their like begin no place but what is to happen there.
_ASIDE = re.compile(r"[限送至在到放寄发存用]")
_WORDING = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af0-9A-Za-z\-#&·.+~/'*〇○—–]+")
_HANZI = re.compile(r"[\u3400-\u9fff]")
_BRACKET = re.compile(r"\(([^()]*)\)")
_SEPARATOR = re.compile(r"[,、]")
_FREE_TRADE = re.compile(r"中国\(([\u3400-\u9fff]{2,3})\)")
_NOTES = words("addresses", "notes")
_NEAR = re.compile(
    r"(?:[东西南北中内外]{0,2}[侧面边角端头部首]|[一二三四五六七八九十\d东西南北中]{1,2}[段期环]|对面|旁|附近|院?内|交[叉汇]?[口处]|路口|口|处|"
    r"以[东西南北]|底商|临街|楼上|门口|隔壁|地段)+"
)
_ROOM = re.compile(r"(?:[\u3400-\u9fff]{0,4}[A-Z]{2,})?[0-9A-Za-z][0-9A-Za-z\-#/.&~+—–]{0,12}")
_FEWEST = 2  # units
_LONGEST = 70


def parse_address(raw: str, *, pattern: str | None, options: Mapping[str, tuple[str, ...]]) -> Parsed:
    """At least two units in order, or a street with a number; every part between commas must be of that kind."""
    text = folded(raw).strip("_:,.。;").strip()
    if not text:
        return MISSING
    good = not clause_word(text) and (_is_chinese(text) if _HANZI.search(text) else is_latin_address(text))
    return Parsed(text) if good else bad(text, NOT_AN_ADDRESS)


def _is_chinese(text: str) -> bool:
    plain = _FREE_TRADE.sub(r"中国\1", simplified(squeezed(text)).replace("“", "").replace("”", ""))
    if len(plain) > _LONGEST or not all(map(_is_note, _BRACKET.findall(plain))):
        return False
    parts = [part for part in _SEPARATOR.split(_BRACKET.sub("", plain)) if part]
    levels = [level for part in parts for level in _levels(part)]
    fixed = any(level <= NUMBER for level in levels)
    return all(map(_is_part, parts)) and len(levels) >= _FEWEST and fixed and _in_order(levels)


def _is_note(text: str) -> bool:
    """What stands in brackets: a place, a neighbour or a remark of the registry."""
    return text in _NOTES or is_organisation(text) or _is_part(text) or bool(_NEAR.fullmatch(text[-2:]))


def _is_part(part: str) -> bool:
    steps = list(_STEP.finditer(part))
    cities = [_PROVINCES.sub("", step["name"]) for step in steps if step["unit"] == "市"]
    if not _WORDING.fullmatch(part) or _ASIDE.match(part) or any(len(name) > _CITY_NAME for name in cities):
        return False
    tail = part[steps[-1].end() :] if steps else part
    if not steps:
        return bool(_ROOM.fullmatch(part))
    return not tail or bool(_NEAR.fullmatch(tail) or _ROOM.fullmatch(tail)) or len(tail) == 1 or is_organisation(tail)


def _levels(part: str) -> Iterator[int]:
    return (_LEVEL[step["unit"]] for step in _STEP.finditer(part))


def _in_order(levels: list[int]) -> bool:
    """Larger places come first: no district before its city, no city behind a house."""
    admin = [level for level in levels if level <= TOWN]
    first_house = next((at for at, level in enumerate(levels) if level >= NUMBER), len(levels))
    return admin == sorted(admin) and all(level > CITY for level in levels[first_house:])


# --- in Latin letters ---------------------------------------------------------------------------------------------

_STREET = re.compile(
    r"(?:road|rd|street|st|avenue|ave|lane|ln|boulevard|blvd|drive|dr|way|court|square|plaza|building|bldg|tower|block|blk|"
    r"floor|fl|level|room|rm|suite|ste|unit|apt|apartment|house|park|cent(?:er|re)|district|dist|province|prov|city|county|"
    r"town|township|village|zone|no|nr|hutong|lu|jie|dadao|dajie|xiang|qu|shi|sheng|p\.?o|box|highway|hwy|mansion|estate|"
    r"campus|industrial|hall|quay|terrace|place|crescent|close|row|mall|port|gate|phase|wing|rue|via|[^\W\d]*(?:stra(?:ß|ss)e|weg|gasse|platz|allee)|"
    r"north|south|east|west|n|s|e|w)\.?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"#?[A-Za-z]{0,2}-?\d[\w/.\-]*")
_PROPER = re.compile(r"[^\W\d_a-z][\w.'’\-]*")
_SMALL = frozenset(("of", "and", "the", "&", "near", "at", "in", "de", "la", "le", "du", "am", "an", "der", "den"))
_PART_WORDS = 8
_PLACE_WORDS = 4


def is_latin_address(text: str) -> bool:
    """Parts between commas, each with a street word, or a place with capitals, or a number; one has word and number."""
    parts = [part.split() for part in _BRACKET.sub(r",\1", text).split(",")]
    parts = [part for part in parts if part]
    if not parts or len(text) > 3 * _LONGEST or not all(map(_is_latin_part, parts)):
        return False
    whole = [word for part in parts for word in part]
    streets = [word for word in whole if _STREET.fullmatch(word) and len(word.strip(".")) > 1]
    return len(streets) >= _FEWEST or (bool(streets) and any(map(_NUMBERED.fullmatch, whole)))


def _is_latin_part(part: list[str]) -> bool:
    street = any(map(_STREET.fullmatch, part))
    forms = (_STREET, _NUMBERED, _PROPER)
    known = all(word in _SMALL or any(form.fullmatch(word) for form in forms) for word in part)
    return known and len(part) <= (_PART_WORDS if street else _PLACE_WORDS)
