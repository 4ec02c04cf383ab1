"""Finding the case a document belongs to; pure functions of keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from pipeline.model import FieldValue, Value
from pipeline.packs import CaseType
from pipeline.values import same_name, squeezed

_SHORTEST = 6  # characters of a value that is looked for in a text
Keys = Mapping[str, str]


class OpenCase(Value):
    """A case that may still take documents, with every value seen for each key."""

    id: str
    keys: Mapping[str, tuple[str, ...]]


class Match(Value):
    """One case, none (open a new one), or several (a person decides); `by` names the key that decided."""

    case: str | None = None
    candidates: tuple[str, ...] = ()
    by: str | None = None


THREAD = "mail_thread"  # the key that collects the numbers of the mails of a case


class Hints(Value):
    """Where a document belongs that came in a mail or archive and whose own keys name no case.

    `beside` = cases of what came with it; `thread` = cases of the messages the mail answers, the nearest first; `text`
    = what the mail says, in which values of `keys` are looked for, strongest first (`firm` ones belong to one case).
    """

    beside: tuple[str, ...] = ()
    thread: tuple[str, ...] = ()
    text: str = ""
    keys: tuple[str, ...] = ()
    firm: frozenset[str] = frozenset()


LED = ("same_mail", "mail_thread", "mail_text")  # in `Match.by`: led by hints


def keys_of(case_type: CaseType, document_type: str, fields: Mapping[str, FieldValue]) -> Keys:
    """The document's join keys, strongest first; values that failed their own check do not count."""
    return _keys(case_type, document_type, fields, mentioned=False)


def mentions_of(case_type: CaseType, document_type: str, fields: Mapping[str, FieldValue]) -> Keys:
    """Values that only mails are searched for."""
    return _keys(case_type, document_type, fields, mentioned=True)


def _keys(case_type: CaseType, document_type: str, fields: Mapping[str, FieldValue], *, mentioned: bool) -> Keys:
    keys = {}
    for join in case_type.join:
        field = fields.get(join.fields.get(document_type, ""))
        if join.mentioned == mentioned and field is not None and field.value and field.problem is None:
            keys[join.key] = field.value
    return keys


def match(keys: Keys, exclusive: frozenset[str], cases: Sequence[OpenCase]) -> Match:
    """Weigh the keys strongest first; a case that has another value for an exclusive key is never taken."""
    fitting = [case for case in cases if not _contradicts(case, keys, exclusive)]
    everybody: list[str] = []
    for key, value in keys.items():
        hits = [case.id for case in fitting if _has(case, key, value)]
        if len(hits) == 1:
            return Match(case=hits[0], by=key)
        everybody += [case for case in hits if case not in everybody]
    return Match(candidates=tuple(everybody))


def led(keys: Keys, hints: Hints, cases: Sequence[OpenCase]) -> Match:
    """The case that the hints lead to; one that has another value for any key of the document is never taken.

    What does not decide leaves a document with keys of its own alone: it may as well begin a new case.
    """
    fitting = [case for case in cases if not any(case.keys.get(key) and not _has(case, key, keys[key]) for key in keys)]
    open_ = {case.id for case in fitting}
    beside = [case_id for case_id in hints.beside if case_id in open_]
    if len(beside) == 1:
        return Match(case=beside[0], by=LED[0])
    if beside and not keys:
        return Match(candidates=tuple(beside))
    thread = next((case_id for case_id in hints.thread if case_id in open_), None)
    if thread is not None:
        return Match(case=thread, by=LED[1])
    for key in hints.keys:
        if keys and key not in hints.firm:
            continue
        hits = [case.id for case in fitting if any(_mentioned(value, hints.text) for value in case.keys.get(key, ()))]
        if len(hits) == 1:
            return Match(case=hits[0], by=LED[2])
        if hits and not keys:
            return Match(candidates=tuple(hits))
    return Match()


def _mentioned(value: str, text: str) -> bool:
    """Whether the value stands in the text by itself, not as a part of a longer number."""
    wanted = squeezed(value).casefold()
    if len(wanted) < _SHORTEST:
        return False
    return re.search(rf"(?<![0-9a-z]){re.escape(wanted)}(?![0-9a-z])", squeezed(text).casefold()) is not None


def _has(case: OpenCase, key: str, value: str) -> bool:
    return any(value == known or same_name(value, known).kind == "equal" for known in case.keys.get(key, ()))


def _contradicts(case: OpenCase, keys: Keys, exclusive: frozenset[str]) -> bool:
    return any(case.keys.get(key) and not _has(case, key, value) for key, value in keys.items() if key in exclusive)


def merged(known: Mapping[str, Sequence[str]], keys: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    """Known key values plus new ones, each once, in the order seen."""
    result = {key: list(values) for key, values in known.items()}
    for key, value in keys:
        values = result.setdefault(key, [])
        if value not in values:
            values.append(value)
    return {key: tuple(values) for key, values in result.items()}
