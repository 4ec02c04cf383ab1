"""What a value parser answers, and the clean-up all of them share."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

_SPACES = re.compile(r"\s+")
# Full stops and dashes that NFKC leaves alone but that stand for ASCII ones in numbers, dates and phones.
_DASHES = str.maketrans({"—": "-", "–": "-", "−": "-", "‐": "-", "‑": "-", "―": "-", "。": ".", "．": "."})
# What OCR makes of worn or handwritten characters on such papers; for comparing only, never for the value itself.
_SIMPLIFIED = str.maketrans(
    "編號單價數稱稅額計訂購銷應電話聯繫絡經辦簽協議終開戶帳賬總詳細傳郵區廠雲術業務虛構質醫療設備貿責團裝網際聖廣東蘇滬龍馬現實產體點節與書學習門關頭項類別種資訊機發國華陳劉張楊黃趙吳鄧創",
    "编号单价数称税额计订购销应电话联系络经办签协议终开户账账总详细传邮区厂云术业务虚构质医疗设备贸责团装网际圣广东苏沪龙马现实产体点节与书学习门关头项类别种资讯机发国华陈刘张杨黄赵吴邓创",
)
_LOOK_ALIKE = str.maketrans("OoQDIl|SsZzB", "000011155228")


@dataclass(frozen=True)
class Parsed:
    """`value` is canonical, None when nothing usable was read; `problem` is a stable word, None when the check held.

    `sure` is False for a repaired or doubtful reading; such a value must not pass by itself.
    """

    value: str | None
    problem: str | None = None
    sure: bool = True


class Parser(Protocol):
    """Parses one type; `pattern` and `options` are the pack's narrowing of it, ignored where they mean nothing."""

    def __call__(self, raw: str, *, pattern: str | None, options: Mapping[str, tuple[str, ...]]) -> Parsed:
        """Never raises for any text."""


MISSING = Parsed(None, "missing")


def bad(value: str | None, problem: str) -> Parsed:
    """A value that failed its check."""
    return Parsed(value, problem, sure=False)


def folded(text: str) -> str:
    """NFKC (full-width to half-width) with runs of white space as one space."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def squeezed(text: str) -> str:
    """NFKC without any white space."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text))


def numeric(text: str) -> str:
    """NFKC without white space, dashes and full stops in their ASCII form."""
    return squeezed(text).translate(_DASHES)


def mend_digits(text: str) -> str:
    """Letters that OCR reads for digits, turned back; only for text that must be a number."""
    return text.translate(_LOOK_ALIKE)


def simplified(text: str) -> str:
    """Traditional characters that are frequent in labels and company names, turned into simplified ones."""
    return text.translate(_SIMPLIFIED)
