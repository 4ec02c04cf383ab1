"""Random single-character changes in the fixed text of a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tests.simulator.defects import ReplaceText
from tests.simulator.retype import NoRoomError
from tests.simulator.textmap import Row, TextMap, body_rows

LOOKALIKES = {
    "未": "末",
    "末": "未",
    "日": "曰",
    "人": "入",
    "入": "人",
    "己": "已",
    "已": "己",
    "土": "士",
    "士": "土",
    "千": "干",
    "天": "夭",
    "大": "太",
    "太": "大",
    "或": "戓",
    "今": "令",
    "令": "今",
    "任": "仟",
    "何": "河",
    "自": "白",
    "用": "甩",
    "侯": "候",
    "析": "折",
    "拆": "折",
    "拔": "拨",
    "沪": "泸",
    "准": "淮",
    "治": "冶",
}


def pick(kind: str, text: TextMap, rng: np.random.Generator) -> ReplaceText:
    """A random change in the fixed text; kind: digit, negation out, negation in, lookalike."""
    places = [
        (row, index)
        for page in range(1, len(text.sizes) + 1)
        for row in body_rows(text, page)
        for index in range(2, len(row.chars) - 3)
        if _fits(kind, row, index)
    ]
    if not places:
        raise NoRoomError(f"no place for a {kind} change")
    row, index = places[int(rng.integers(len(places)))]
    char = row.chars[index].text
    head, tail = row.text[index - 2 : index], row.text[index + 1 : index + 4]
    new = _changed(kind, char, rng)
    before = f"{head}{char}{tail}"
    occurrence = _occurrence(text, row, index - 2, before)
    return ReplaceText(before, f"{head}{new}{tail}", row.page, occurrence, kind)


def swap(text: TextMap, rng: np.random.Generator, pool: Mapping[str, Sequence[str]], kind: str) -> ReplaceText:
    """A random character that `pool` knows others for ("" = left out); rare characters as often as common ones."""
    places: dict[str, list[tuple[Row, int]]] = {}
    for page in range(1, len(text.sizes) + 1):
        for row in body_rows(text, page):
            for index in range(2, len(row.chars) - 3):
                if row.chars[index].text in pool and not any(c.isspace() for c in row.text[index - 2 : index + 4]):
                    places.setdefault(row.chars[index].text, []).append((row, index))
    if not places:
        raise NoRoomError(f"no place for a {kind} change")
    char = sorted(places)[int(rng.integers(len(places)))]
    row, index = places[char][int(rng.integers(len(places[char])))]
    head, tail = row.text[index - 2 : index], row.text[index + 1 : index + 4]
    new = pool[char][int(rng.integers(len(pool[char])))]
    before = f"{head}{char}{tail}"
    return ReplaceText(before, f"{head}{new}{tail}", row.page, _occurrence(text, row, index - 2, before), kind)


def _fits(kind: str, row: Row, index: int) -> bool:
    around = row.text[index - 2 : index + 4]
    if any(char.isspace() for char in around):
        return False
    char = row.chars[index].text
    if kind == "digit":
        return char.isascii() and char.isdigit()
    if kind == "negation out":
        return char in "不未"
    if kind == "negation in":
        return char in "应可得会须"
    return char in LOOKALIKES


def _changed(kind: str, char: str, rng: np.random.Generator) -> str:
    if kind == "digit":
        return str((int(char) + int(rng.integers(1, 10))) % 10)
    if kind == "negation out":
        return ""
    return f"不{char}" if kind == "negation in" else LOOKALIKES[char]


def _occurrence(text: TextMap, row: Row, start: int, words: str) -> int:
    count = 0
    for other in text.on(row.page):
        line = "".join(other.text.split())
        limit = len("".join(row.text[:start].split())) if other is row else len(line)
        at = line.find(words)
        while 0 <= at <= limit and not (other is row and at == limit):
            count += 1
            at = line.find(words, at + 1)
        if other is row:
            return count + 1
    return count + 1
