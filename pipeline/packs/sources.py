"""Where the values of outgoing papers come from: the grammar of `values` and `mail` in case.toml.

text:<words>                        the words as they stand
number                              the paper's own number
body                                what the body's block of this name holds
<type>.<field>                      a field of a document, also of a row: <type>.lines.1.start
register:<name>.<column>            of the register's first row, or with [<column>=<source>, …] of the row that fits
life:<name>                         a date or value the case holds
if:<name>:<words>                   the words, when the case holds that date or value
within:<n>:<from>:<to>:<words>      the words, when the date <to> is at most n business days after <from>
late:<n>:<from>:<to>:<words>        the words, when it is more
clock:<id>                          the last good day of a clock that runs
reminder:<id>                       how many reminders of a clock there were
due:<list|discount|net>             an amount of the settlement; due:net_capitals in words
case:<id|label>                     of the case itself
before:<n>:<source>                 the n-th business day before that date; after:<n>:<source> behind it
date: money: capitals: masked:      before another source: written as a date, an amount, an amount in words, or
                                    with all but the last four characters hidden
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

AMOUNTS = ("list", "discount", "net")
CAPITALS = "_capitals"
CASE_NAMES = ("id", "label")
STYLES = ("date", "money", "capitals", "masked")
_NAMED = ("text", "life", "clock", "reminder", "due", "case")
_DISTANCES = ("before", "after")
_SPANS = ("within", "late")
_ALONE = ("number", "body")
KINDS = ("<type>.<field>", "register", "if", *_NAMED, *_SPANS, *_DISTANCES, *STYLES, *_ALONE)
_REGISTER = re.compile(r"(?P<name>\w+)\.(?P<column>\w+)(?:\[(?P<where>.+)\])?")


@dataclass(frozen=True)
class Source:
    """One source, taken apart; `kind` is `field` for a document's field, `inner` the source it is made of.

    `name` is the document type, register, clock or value; `column` the field or column; `other` the second date.
    """

    kind: str
    name: str = ""
    column: str = ""
    where: tuple[tuple[str, Source], ...] = ()
    inner: Source | None = None
    days: int = 0
    other: str = ""
    words: str = ""

    def parts(self) -> Iterator[Source]:
        """This source and those inside it."""
        yield self
        for source in (self.inner, *(condition for _, condition in self.where)):
            if source is not None:
                yield from source.parts()


def parse_source(text: str) -> Source:
    """ValueError names the valid kinds."""
    if text in _ALONE:
        return Source(text)
    kind, colon, rest = text.partition(":")
    if colon and kind in _NAMED:
        return Source(kind, name=rest, words=rest)
    if colon and kind in STYLES:
        return Source(kind, inner=parse_source(rest))
    if colon and kind == "if":
        name, _, words = rest.partition(":")
        return Source(kind, name=name, words=words)
    if colon and kind in _DISTANCES:
        days, _, inner = rest.partition(":")
        return Source(kind, days=_count(text, days), inner=parse_source(inner))
    if colon and kind in _SPANS:
        return _span(text, kind, rest)
    if colon and kind == "register":
        return _register(text, rest)
    name, dot, column = text.partition(".")
    if not colon and dot and name and column:
        return Source("field", name=name, column=column)
    raise ValueError(f"{text!r} is no source; valid: {', '.join(KINDS)}")


def _count(text: str, days: str) -> int:
    if not days.isdecimal():
        raise ValueError(f"{text!r}: {days!r} is no number of business days")
    return int(days)


def _span(text: str, kind: str, rest: str) -> Source:
    parts = rest.split(":", 3)
    if len(parts) != 4:
        raise ValueError(f"{text!r} is not {kind}:<n>:<from>:<to>:<words>")
    days, start, end, words = parts
    return Source(kind, days=_count(text, days), name=start, other=end, words=words)


def _register(text: str, rest: str) -> Source:
    found = _REGISTER.fullmatch(rest)
    if found is None:
        raise ValueError(f"{text!r} is not register:<name>.<column> or register:<name>.<column>[<column>=<source>]")
    where = []
    for condition in (found["where"] or "").split(","):
        column, equals, source = condition.strip().partition("=")
        if equals:
            where.append((column.strip(), parse_source(source.strip())))
        elif condition:
            raise ValueError(f"{text!r}: {condition!r} is not <column>=<source>")
    return Source("register", name=found["name"], column=found["column"], where=tuple(where))
