"""Small lies in a line that is otherwise read alike: a figure, a negation, a party. Scanners' misreadings are none.

An honest scanner takes 8 for B, 不 for 下, 1 for l, and leaves characters out; it hardly ever takes one figure for
another, and never puts a negation where there is none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from pipeline.read.paper import is_han

CONFUSED = str.maketrans({"o": "0", "i": "1", "l": "1", "|": "1", "〇": "0", "○": "0", "一": "-", "丨": "1"})
NUMERALS = frozenset("一二三四五六七八九十百千万亿两")
PARTIES = frozenset("甲乙丙丁")
POLAR = frozenset("不无未非免有没否勿")
NEGATION = "not"  # as it stands in may not, cannot
MISREAD = {
    "不": "下丕木小个卜丁示", "无": "元天旡夫先尤五", "未": "末来木朱本", "非": "井韭菲北兆", "免": "兔晚勉兑",
    "有": "肴育冇直右百看", "没": "设投汉役", "否": "杏吞古", "勿": "匆匁物匀",
}  # fmt: skip
NEIGHBOURS = 1  # character on either side that tells which place is meant; under a seal one further off is often lost
RUN = 4  # characters in a row that no misreading replaces or adds
WORD = 2  # Chinese ones, where nearly all of the page is read rightly: 上海 for 北京
LETTERS = 3  # there, of a word in Latin script: Shenzhen for Shanghai
OTHER_EDITS = 0.2  # share of a line's characters up to which it counts as otherwise read alike


class Char(NamedTuple):
    """A character as it is compared, as it was before that, and its index in the text."""

    folded: str
    plain: str
    at: int


@dataclass(frozen=True)
class Edit:
    """`claimed[lo:hi]` reads `shown[start:stop]`; `said` and `seen` are both, folded, with their equal neighbours.

    With these neighbours the place is `shown[first:last]`. `framed` = what stands on either side of it is read alike.
    """

    lo: int
    hi: int
    start: int
    stop: int
    first: int
    last: int
    said: str
    seen: str
    framed: bool

    @property
    def settled(self) -> bool:
        """Whether it says more than that a reader lost or added something at the edge of what it could not read."""
        return self.framed or self.stop - self.start == self.hi - self.lo


def folded(text: str) -> list[Char]:
    """Comparable characters only: width, case, spaces, punctuation and look-alikes do not count."""
    found = []
    for at, source in enumerate(text):
        for char in unicodedata.normalize("NFKC", source):
            for low in char.casefold():
                if low.isalnum() or is_mark(low):
                    found.append(Char(low.translate(CONFUSED), low, at))
    return found


def fold(text: str) -> str:
    """The comparable characters alone."""
    return "".join(char.folded for char in folded(text))


def is_mark(char: str) -> bool:
    """Characters that change a number."""
    return char in "%-〇○|"


def edits(claimed: str, shown: str, *, known: bool = False, faithful: bool = False) -> tuple[Edit, ...]:
    """Edits that tell, once for each number or word.

    Where what is shown is `known`, longer rows of characters count as well; where the claims are `faithful` otherwise,
    another word does, and if that is known, one that is not shown at all: of what is read a seal may hide it.
    () where so much else differs that neither text is a reading of the other.
    """
    left, right = folded(claimed), folded(shown)
    pairs = _paired(left, right)
    telling = {_extent(at, pairs, left, right) for at in range(len(pairs)) if _tells(at, pairs, left, right)}
    telling |= _negations(pairs, left, right)
    if known:
        telling |= _rows(pairs, left, right)
    if faithful:
        words = _words(pairs, left, right, known=known)
        telling |= {word for word in words if not any(word[0] < hi and lo < word[1] for lo, hi in telling)}
    within = sum(1 for at, pair in enumerate(pairs) if _differs(pair, left, right) and not _inside(at, telling))
    if within > max(1.0, OTHER_EDITS * max(len(left), len(right))):
        return ()
    return tuple(_edit(extent, pairs, left, right) for extent in sorted(telling))


def confirms(edit: Edit, reading: str) -> bool:
    """Whether a second reading of the place has what the picture shows and not what the layer claims."""
    again = fold(reading)
    if not edit.seen:
        return bool(again) and not _holds(again, edit.said)
    return _holds(again, edit.seen) and (edit.said in edit.seen or not _holds(again, edit.said))


Pair = tuple[int | None, int | None]  # indices into both texts; None where one of them has nothing
Extent = tuple[int, int]  # first and last+1 pair


def _paired(left: Sequence[Char], right: Sequence[Char]) -> list[Pair]:
    pairs: list[Pair] = []
    one, other = "".join(char.folded for char in left), "".join(char.folded for char in right)
    for code in Levenshtein.opcodes(one, other):
        sources, targets = range(code.src_start, code.src_end), range(code.dest_start, code.dest_end)
        if code.tag == "delete":
            pairs += [(at, None) for at in sources]
        elif code.tag == "insert":
            pairs += [(None, at) for at in targets]
        else:
            pairs += zip(sources, targets, strict=True)
    return pairs


def _differs(pair: Pair, left: Sequence[Char], right: Sequence[Char]) -> bool:
    return pair[0] is None or pair[1] is None or left[pair[0]].folded != right[pair[1]].folded


def _tells(at: int, pairs: Sequence[Pair], left: Sequence[Char], right: Sequence[Char]) -> bool:
    pair = pairs[at]
    if not _differs(pair, left, right):
        return False
    claimed = left[pair[0]].plain if pair[0] is not None else ""
    shown = right[pair[1]].plain if pair[1] is not None else ""
    if claimed and shown:
        return _another(claimed, shown)
    single = claimed or shown
    if single.isdecimal():  # a figure more or less matters inside a number; a lone one may be a speck, or unread
        near = [pairs[other] for other in (at - 1, at + 1) if 0 <= other < len(pairs)]
        return any(_both_figures(other, left, right) for other in near)
    return single in POLAR


def _another(claimed: str, shown: str) -> bool:
    """Whether one stands for the other on purpose."""
    if claimed.isdecimal() and shown.isdecimal():
        return True
    if any(claimed in group and shown in group for group in (NUMERALS, PARTIES, POLAR)):
        return True
    for polar, other in ((claimed, shown), (shown, claimed)):
        if polar in POLAR:
            return is_han(other) and other not in MISREAD[polar]
    return False


def _both_figures(pair: Pair, left: Sequence[Char], right: Sequence[Char]) -> bool:
    return (
        pair[0] is not None
        and pair[1] is not None
        and left[pair[0]].plain.isdecimal()
        and right[pair[1]].plain.isdecimal()
    )


def _extent(at: int, pairs: Sequence[Pair], left: Sequence[Char], right: Sequence[Char]) -> Extent:
    """The whole number about a figure, else the pair alone."""
    lo, hi = at, at + 1
    if any(_figures(pairs[at], left, right)):
        while lo > 0 and all(_figures(pairs[lo - 1], left, right)):
            lo -= 1
        while hi < len(pairs) and all(_figures(pairs[hi], left, right)):
            hi += 1
    return lo, hi


def _figures(pair: Pair, left: Sequence[Char], right: Sequence[Char]) -> list[bool]:
    """For each side that has a character, whether it is a figure."""
    sides = ((left, pair[0]), (right, pair[1]))
    return [chars[index].plain.isdecimal() for chars, index in sides if index is not None]


def _rows(pairs: Sequence[Pair], left: Sequence[Char], right: Sequence[Char]) -> set[Extent]:
    """Stretches of the claimed text too long for a misreading."""
    differing = [at for at, pair in enumerate(pairs) if pair[0] is not None and _differs(pair, left, right)]
    return {(row[0], row[-1] + 1) for row in _stretches(differing, 1) if len(row) >= RUN}


def _negations(pairs: Sequence[Pair], left: Sequence[Char], right: Sequence[Char]) -> set[Extent]:
    """An English one more or less: may not, cannot."""
    found: set[Extent] = set()
    for own, other, chars in ((0, 1, left), (1, 0, right)):
        alone = [(at, pair[own]) for at, pair in enumerate(pairs) if pair[other] is None]
        plain = {at: chars[index].plain for at, index in alone if index is not None}
        rows = _stretches(sorted(plain), 1)
        found |= {(row[0], row[-1] + 1) for row in rows if "".join(plain[at] for at in row) == NEGATION}
    return found


def _words(pairs: Sequence[Pair], left: Sequence[Char], right: Sequence[Char], *, known: bool) -> set[Extent]:
    """Words in one script for other words in it; letters of two names may agree here and there."""
    found: set[Extent] = set()
    for script, least, step in ((is_han, WORD, 1), (_is_latin, LETTERS, 2)):
        differing = [
            at
            for at, (one, other) in enumerate(pairs)
            if one is not None and script(left[one].plain) and _differs(pairs[at], left, right)
            if (script(right[other].plain) if other is not None else known)
        ]
        found |= {(row[0], row[-1] + 1) for row in _stretches(differing, step) if len(row) >= least}
    return found


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _stretches(places: Sequence[int], step: int) -> Iterator[list[int]]:
    """Rising places parted where more than `step` lies between two."""
    row: list[int] = []
    for at in places:
        if row and at - row[-1] > step:
            yield row
            row = []
        row.append(at)
    if row:
        yield row


def _inside(at: int, extents: set[Extent]) -> bool:
    return any(lo <= at < hi for lo, hi in extents)


def _edit(extent: Extent, pairs: Sequence[Pair], left: Sequence[Char], right: Sequence[Char]) -> Edit:
    lo, hi = extent
    first, last = lo, hi
    while first > 0 and lo - first < NEIGHBOURS and _is_context(pairs[first - 1], left, right):
        first -= 1
    while last < len(pairs) and last - hi < NEIGHBOURS and _is_context(pairs[last], left, right):
        last += 1
    figures = any(_figures(pairs[lo], left, right))  # the last ones of a line are easily lost
    framed = (first < lo or (lo == 0 and not figures)) and (last > hi or (hi == len(pairs) and not figures))
    ours, theirs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return Edit(
        *_span(ours, lo, hi, left),
        *_span(theirs, lo, hi, right),
        *_span(theirs, first, last, right),
        "".join(left[at].folded for at in ours[first:last] if at is not None),
        "".join(right[at].folded for at in theirs[first:last] if at is not None),
        framed,
    )


def _is_context(pair: Pair, left: Sequence[Char], right: Sequence[Char]) -> bool:
    """Equal in both, and no part of another number, which would be cut in two."""
    return not _differs(pair, left, right) and not any(_figures(pair, left, right))


def _span(indices: Sequence[int | None], lo: int, hi: int, chars: Sequence[Char]) -> tuple[int, int]:
    """Where pairs `lo:hi` stand in the text; an empty place after the character before them."""
    own = [index for index in indices[lo:hi] if index is not None]
    if own:
        return chars[own[0]].at, chars[own[-1]].at + 1
    before = [index for index in indices[:lo] if index is not None]
    place = chars[before[-1]].at + 1 if before else 0
    return place, place


def _holds(text: str, part: str) -> bool:
    """Whether a text has a part, its figures as whole numbers."""
    before = r"(?<!\d)" if part[:1].isdecimal() else ""
    after = r"(?!\d)" if part[-1:].isdecimal() else ""
    return bool(part) and re.search(before + re.escape(part) + after, text) is not None
