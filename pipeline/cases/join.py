"""Finding the case a document belongs to; pure functions of keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipeline.model import FieldValue, Value
from pipeline.packs import CaseType
from pipeline.values import same_name

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


def keys_of(case_type: CaseType, document_type: str, fields: Mapping[str, FieldValue]) -> Keys:
    """The document's join keys, strongest first; values that failed their own check do not count."""
    keys = {}
    for join in case_type.join:
        field = fields.get(join.fields.get(document_type, ""))
        if field is not None and field.value and field.problem is None:
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
