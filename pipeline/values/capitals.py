"""Money in capitals (大写金额), after the annex on filling in payment instruments (支付结算办法 附一).

cn2an is not used: 0.5.24 refuses 人民币, 元零叁角, 角整 and 元零X分, and leaves both optional 零 out of 107,000.53.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pipeline.values.parsed import MISSING, Parsed, bad, squeezed

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("仟", "佰", "拾", "")
_LIMIT = Decimal(10) ** 16
_VARIANTS = str.maketrans("圆圓貳貮弍参叄參陸萬億幣正壱〇", "元元贰贰贰叁叁叁陆万亿币整壹零")
_MISREAD = str.maketrans("染別别玫伯任千抬", "柒捌捌玖佰仟仟拾")
_DECORATION = re.compile(r"[:：()（）【】\[\],，.。;；_¥]")
_PREFIX = re.compile(r"(?:合计|总计|金额|大写|人民币|RMB|CNY)+")
_AMOUNT = re.compile(
    r"(?:(?P<whole>.+)元)?零?(?:(?P<jiao>[壹贰叁肆伍陆柒捌玖])角)?零?(?:(?P<fen>[壹贰叁肆伍陆柒捌玖])分)?整?"
)
_DIGIT = "[壹贰叁肆伍陆柒捌玖]"
_SECTION = re.compile(rf"零?(?:({_DIGIT})仟)?零?(?:({_DIGIT})佰)?零?(?:({_DIGIT}?)(拾))?零?({_DIGIT})?")

Problem = Literal["not_capitals", "repaired", "spelling", "tolerated"]


@dataclass(frozen=True)
class CapitalsReading:
    """`repaired`: OCR misreads were mended; `spelling`: not a legal spelling; `tolerated`: 拾万 for 壹拾万."""

    value: Decimal | None
    problem: Problem | None = None


def capitals_type(raw: str, *, pattern: str | None, options: Mapping[str, tuple[str, ...]]) -> Parsed:
    """The amount as a plain decimal with two places, as `money` has it, so that the two compare."""
    if not _stripped(raw):
        return MISSING
    reading = read_capitals(raw)
    value = None if reading.value is None else f"{reading.value:.2f}"
    if reading.problem in (None, "tolerated"):
        return Parsed(value, reading.problem)
    return bad(value, reading.problem or "")


def parse_capitals(text: str) -> Decimal | None:
    """The amount of any spelling whose value is plain; `read_capitals` also says whether it is a legal one."""
    return read_capitals(text).value


def read_capitals(text: str) -> CapitalsReading:
    """The amount and what is wrong with its spelling."""
    plain = _stripped(text)
    mended = plain.translate(_MISREAD)
    value = _value(mended)
    if value is None:
        return CapitalsReading(None, "not_capitals")
    if mended != plain:
        return CapitalsReading(value, "repaired")
    legal = spellings(value)
    if plain in legal:
        return CapitalsReading(value)
    if plain.startswith("拾") and f"壹{plain}" in legal:
        return CapitalsReading(value, "tolerated")
    return CapitalsReading(value, "spelling")


def write_capitals(amount: Decimal) -> str:
    """The strict spelling with 人民币 and, wherever it may stand, 整; ValueError below zero or beyond cents."""
    yuan, jiao, fen = _parts(amount)
    if yuan == jiao == fen == 0:
        return "人民币零元整"
    text = f"{_integers(yuan)[0]}元" if yuan else ""
    text += _cents(yuan, jiao, fen)[0]
    return f"人民币{text}" if fen else f"人民币{text}整"


def spellings(amount: Decimal) -> frozenset[str]:
    """All legal spellings without 人民币, in simplified characters with 元 and 整."""
    yuan, jiao, fen = _parts(amount)
    if yuan == jiao == fen == 0:
        return frozenset({"零元整"})
    heads = [f"{text}元" for text in _integers(yuan)] if yuan else [""]
    ends = ("",) if fen else ("整", "") if jiao else ("整",)
    return frozenset(head + cents + end for head in heads for cents in _cents(yuan, jiao, fen) for end in ends)


def _parts(amount: Decimal) -> tuple[int, int, int]:
    cents = amount * 100
    if amount < 0 or amount >= _LIMIT or cents != cents.to_integral_value():
        raise ValueError(f"{amount} cannot be written in capitals")
    yuan, rest = divmod(int(cents), 100)
    return yuan, *divmod(rest, 10)


def _integers(number: int) -> list[str]:
    """Spellings of a positive whole number, the strict one first."""
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        high, low = divmod(number, size)
        if high:
            return _joined(high, unit, low, size)
    return [_section(number)]


def _joined(high: int, unit: str, low: int, size: int) -> list[str]:
    heads = [f"{text}{unit}" for text in _integers(high)]
    if not low:
        return heads
    # A 0 at the head of the lower part must be spoken; a 0 only at the foot of the higher part may be.
    if low * 10 < size:
        links: tuple[str, ...] = ("零",)
    else:
        links = ("", "零") if high % 10 == 0 else ("",)
    return [head + link + tail for link in links for head in heads for tail in _integers(low)]


def _section(number: int) -> str:
    """1 to 9999 without leading zeros; one 零 for any run of inner zeros."""
    text = "".join(
        _DIGITS[int(digit)] + unit if digit != "0" else "零" for digit, unit in zip(f"{number:04}", _UNITS, strict=True)
    )
    return re.sub("零+", "零", text).strip("零")


def _cents(yuan: int, jiao: int, fen: int) -> list[str]:
    tail = f"{_DIGITS[fen]}分" if fen else ""
    if not jiao:
        return [f"零{tail}" if tail and yuan else tail]
    tail = f"{_DIGITS[jiao]}角{tail}"
    return [f"零{tail}", tail] if yuan and yuan % 10 == 0 else [tail]


def _stripped(text: str) -> str:
    plain = _DECORATION.sub("", squeezed(text)).translate(_VARIANTS)
    return _PREFIX.sub("", plain, count=1) if _PREFIX.match(plain) else plain


def _value(text: str) -> Decimal | None:
    match = _AMOUNT.fullmatch(text)
    if not match or not any(match.groupdict().values()):
        return None
    whole = match["whole"]
    yuan = 0 if whole in (None, "零") else _whole(whole)
    if yuan is None:
        return None
    digits = [_DIGITS.index(match[name]) if match[name] else 0 for name in ("jiao", "fen")]
    return Decimal(yuan) + Decimal(digits[0]) / 10 + Decimal(digits[1]) / 100


def _whole(text: str) -> int | None:
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        head, found, tail = text.rpartition(unit)
        if found:
            high = _whole(head)
            low = _whole(tail) if tail else 0
            return None if not high or low is None or low >= size else high * size + low
    match = _SECTION.fullmatch(text)
    if not match or not any(match.groups()):
        return None
    tens = _DIGITS.index(match[3]) if match[3] else int(bool(match[4]))
    other = [_DIGITS.index(match[place]) if match[place] else 0 for place in (1, 2, 5)]
    return other[0] * 1000 + other[1] * 100 + tens * 10 + other[2]
