"""Checks on single fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from pipeline.model import Facts
from pipeline.packs import DocumentCheck, Judgement, Pack, World
from pipeline.rules.compare import equality
from pipeline.rules.reading import Reading, read_field, rows_of
from pipeline.rules.wording import say, unlike
from pipeline.values import UNLIKE


def problem_of(reading: Reading) -> Judgement | None:
    """The judgement on a required field that was not read, None when it was."""
    title = reading.title
    match reading.state:
        case "read":
            return None
        case "blank":
            return Judgement(
                outcome="fail",
                message=say(f"缺少“{title.zh}”", f"“{title.en}” is not filled in"),
                **reading.place(),
            )
        case "unread":
            return Judgement(
                outcome="unsure",
                message=say(f"“{title.zh}”未能读出，请人工查看", f"“{title.en}” could not be read; please look"),
                **reading.place(),
            )
    problem = reading.value.problem if reading.value else None
    reason = say("字迹不清", "illegible")
    if problem:
        failed = say("格式或校验不符", f"it fails its own check ({problem})")
        reason = unlike(problem) if problem in UNLIKE else failed
    return Judgement(
        outcome="fail" if reading.broken else "unsure",
        message=say(
            f"“{title.zh}”读作“{reading.text}”，{reason.zh}", f"“{title.en}” reads “{reading.text}”: {reason.en}"
        ),
        found=reading.text,
        **reading.place(),
    )


def told(facts: Facts, pack: Pack, wanted: Mapping[str, tuple[str, ...]]) -> Reading | None:
    """The first field that was read as one of the values wanted of it."""
    readings = ((read_field(facts, pack, key), values) for key, values in wanted.items())
    return next((reading for reading, values in readings if reading.state == "read" and reading.text in values), None)


class RequiredFields(DocumentCheck):
    """Every named field is filled in and holds its own check; `table.column` means each row."""

    name: ClassVar[str] = "required_fields"
    fields: tuple[str, ...]

    def field_names(self) -> tuple[str, ...]:
        return self.fields

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        readings = [read_field(facts, pack, key) for name in self.fields for key in _keys(facts, name)]
        problems = [problem for problem in map(problem_of, readings) if problem]
        yield from problems
        if not problems:
            titles = say("、".join(r.title.zh for r in readings), ", ".join(r.title.en for r in readings))
            yield Judgement(outcome="pass", message=say(f"已填写：{titles.zh}", f"Filled in: {titles.en}"))


def _keys(facts: Facts, name: str) -> list[str]:
    table, dot, column = name.partition(".")
    if not dot:
        return [name]
    return [f"{table}.{row}.{column}" for row in rows_of(facts, table) or (1,)]


class OneOf(DocumentCheck):
    """The field holds one of the allowed values; a blank `optional` field is not judged."""

    name: ClassVar[str] = "one_of"
    field: str
    allowed: tuple[str, ...]
    optional: bool = False

    def field_names(self) -> tuple[str, ...]:
        return (self.field,)

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        reading = read_field(facts, pack, self.field)
        title, expected = reading.title, " / ".join(_printed(pack, self.field, value) for value in self.allowed)
        if reading.text in self.allowed and reading.state == "read":
            yield Judgement(
                outcome="pass",
                message=say(f"{title.zh}：{_raw(reading)}", f"{title.en}: {_raw(reading)}"),
                expected=expected,
                found=_raw(reading),
                **reading.place(),
            )
        elif reading.state == "blank" and self.optional:
            yield Judgement(outcome="n/a", message=say(f"未填写“{title.zh}”", f"“{title.en}” is not filled in"))
        elif reading.state in ("read", "doubtful"):
            # a word outside the list is refused only when it is certain what was written
            raw = _raw(reading)
            yield Judgement(
                outcome="fail" if reading.sure or reading.broken else "unsure",
                message=say(f"{title.zh}为“{raw}”，应为 {expected}", f"{title.en} is “{raw}”, not {expected}"),
                expected=expected,
                found=raw,
                **reading.place(),
            )
        elif problem := problem_of(reading):
            yield problem.model_copy(update={"expected": expected})


def _raw(reading: Reading) -> str:
    return reading.value.raw if reading.value else reading.text


def _printed(pack: Pack, key: str, value: str) -> str:
    """An option as the form prints it."""
    spec = pack.column(key)
    words = spec.options.get(value) if spec else None
    return words[0] if words else value


class EqualFields(DocumentCheck):
    """Two fields name the same organisation or number."""

    name: ClassVar[str] = "equal_fields"
    left: str
    right: str

    def field_names(self) -> tuple[str, ...]:
        return (self.left, self.right)

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        left, right = read_field(facts, pack, self.left), read_field(facts, pack, self.right)
        problem = problem_of(left) or problem_of(right)
        if problem:
            yield problem
            return
        outcome = equality(left, right)
        relation = say("一致", "agrees with") if outcome == "pass" else say("不一致", "differs from")
        yield Judgement(
            outcome=outcome,
            message=say(
                f"{left.title.zh}“{left.text}”与{right.title.zh}“{right.text}”{relation.zh}",
                f"{left.title.en} “{left.text}” {relation.en} {right.title.en} “{right.text}”",
            ),
            expected=right.text,
            found=left.text,
            **left.place(),
        )


class AllowedSuffix(DocumentCheck):
    """The field ends in one of `suffixes`; `refused` names endings that are certainly wrong, by meaning."""

    name: ClassVar[str] = "allowed_suffix"
    field: str
    suffixes: tuple[str, ...]
    refused: tuple[str, ...] = ()
    optional: bool = False

    def field_names(self) -> tuple[str, ...]:
        return (self.field,)

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        reading = read_field(facts, pack, self.field)
        title, text = reading.title, reading.text.casefold()
        expected = " / ".join(f"*{suffix}" for suffix in self.suffixes)
        if reading.state == "blank" and self.optional:
            yield Judgement(outcome="n/a", message=say(f"未填写“{title.zh}”", f"“{title.en}” is not filled in"))
        elif not text:
            yield from filter(None, [problem_of(reading)])
        elif reading.state == "read" and text.endswith(self.suffixes):
            yield Judgement(
                outcome="pass",
                message=say(f"{title.zh}：{text}", f"{title.en}: {text}"),
                expected=expected,
                found=text,
                **reading.place(),
            )
        else:
            wrong = reading.sure or reading.broken or (reading.state == "read" and text.endswith(self.refused))
            yield Judgement(
                outcome="fail" if wrong else "unsure",
                message=say(f"{title.zh}“{text}”不是 {expected}", f"{title.en} “{text}” does not end as {expected}"),
                expected=expected,
                found=text,
                **reading.place(),
            )
