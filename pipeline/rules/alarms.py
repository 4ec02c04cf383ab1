"""Alarms over everything that comes in: nothing is done, but a person hears of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field, field_validator

from pipeline.model import Box, Facts, Page
from pipeline.packs import AlarmCheck, Judgement, World
from pipeline.rules.wording import say
from pipeline.values import folded

_SHOWN = 4  # last digits of an account that is told
# Digits in groups; not the tail of a longer word such as the number of an order.
_NUMBER = re.compile(r"(?<![\w-])(?:[A-Z]{2}\d{2}[ ]?)?\d(?:[ -]?\d){9,31}(?![\w])")
_PHONE = re.compile(r"(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}-?\d{7,8}|[48]00-?\d{3}-?\d{4}")
_DATED = re.compile(r"(?:19|20)\d{2}-?[01]\d-?[0-3]\d(?:[ -]\d{1,4})?")


class AccountAnnounced(AlarmCheck):
    """A document that speaks of another bank account than ours; our papers take the register's, whatever it says.

    `words` (regular expressions) announce a change; one of them and a number that is none of the `column` of
    `register_name` stand at most `near` characters apart. Words without a number are a remark in a mail, where the
    number may stand in a picture, and nothing elsewhere: contracts speak of such changes too.
    """

    name: ClassVar[str] = "account_announced"
    words: tuple[str, ...]
    register_name: str
    column: str
    near: int = Field(default=200, gt=0)

    @field_validator("words")
    @classmethod
    def _patterns(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        for word in words:
            try:
                re.compile(word)
            except re.error as error:
                raise ValueError(f"{word!r} is not a regular expression: {error}") from error
        return words

    def judge(self, facts: Facts, world: World) -> Iterator[Judgement]:
        ours = {_digits(str(row.get(self.column, ""))) for row in world.registers.get(self.register_name, ())}
        spoken = re.compile("|".join(f"(?:{word})" for word in self.words), re.IGNORECASE)
        remark: Judgement | None = None
        for page in facts.document.pages:
            text = folded(page.text)
            cells = [cell.text for table in page.tables for row in table.rows for cell in row]
            text = folded(f"{text} {' '.join(cells)}") if cells else text
            changes = list(spoken.finditer(text))
            alarm = self._alarm(page, text, changes, ours) if changes else None
            if alarm is not None:
                # a mail has no pages that anybody could turn to
                yield alarm if facts.parcel is None else alarm.model_copy(update={"page": None})
                return
            if changes and remark is None and facts.parcel is not None:
                remark = _spoken_only(changes[0][0])
        if remark is not None:
            yield remark

    def _alarm(self, page: Page, text: str, changes: list[re.Match[str]], ours: set[str]) -> Judgement | None:
        for number in _NUMBER.finditer(text):
            digits = _digits(number[0])
            if digits in ours or _PHONE.fullmatch(number[0].strip()) or _DATED.fullmatch(number[0].strip()):
                continue
            for change in changes:
                if max(number.start() - change.end(), change.start() - number.end()) <= self.near:
                    tail = digits[-_SHOWN:]
                    return Judgement(
                        outcome="unsure",
                        message=say(
                            f"来件称账户有变（“{change[0]}”，尾号 {tail}，非登记账户）：可能是诈骗；登记的账户没有改动",
                            f"It announces another bank account (“{change[0]}”, ending in {tail}, not ours on file): "
                            "possibly fraud; the account on file is unchanged",
                        ),
                        found=change[0],
                        page=page.number,
                        box=_line_with(page, digits[-_SHOWN:]),
                    )
        return None


def _spoken_only(words: str) -> Judgement:
    message = say(
        f"邮件提到账户变更（“{words}”），未见账号；登记的账户没有改动",
        f"The mail speaks of a changed account (“{words}”) without a number; the account on file is unchanged",
    )
    return Judgement(outcome="unsure", severity="warn", message=message, found=words)


def _line_with(page: Page, tail: str) -> Box | None:
    return next((line.box for line in page.lines if tail in _digits(line.text)), None)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
