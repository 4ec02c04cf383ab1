"""What an archive manifest tells of a case: what happened, and which papers went out, until the case was closed.

Later entries would make every manifest differ from the last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.cases.lifecycle import EVENTS
from pipeline.report.words import term

Entry = Mapping[str, object]

_CLOSING = "originals_verified"
_TOLD = {"case_opened", "document_joined", "document_moved", "decided", "paper_released", *EVENTS} - {"reminded"}


def until_closed(entries: Sequence[Entry]) -> Sequence[Entry]:
    """The journal up to the entry that closed the case, all of it while the case is open."""
    kinds = [str(entry["kind"]) for entry in entries]
    return entries[: kinds.index(_CLOSING) + 1] if _CLOSING in kinds else entries


def history(entries: Sequence[Entry]) -> tuple[tuple[str, str], ...]:
    """Moments, to the minute, with what happened: verdicts with their outcome, decisions with their rule."""
    return tuple((_moment(entry), _words(entry)) for entry in until_closed(entries) if entry["kind"] in _TOLD)


def _moment(entry: Entry) -> str:
    return str(entry["at"])[:16].replace("T", " ")


def _words(entry: Entry) -> str:
    names = (str(entry.get(name, "")) for name in ("by", "second"))
    what, by = "".join(_said(entry)), "、".join(filter(None, names))
    if entry["kind"] == "paper_released":
        by = by or term("by", "service").zh
    elif entry["kind"] == "document_joined":
        by = ""  # the key by which it found the case
    return f"{what}（{by}）" if by else what


def _said(entry: Entry) -> Iterator[str]:
    kind = str(entry["kind"])
    yield term("event", kind).zh
    match kind:
        case "judged":
            yield f"：{term('state', str(entry['to'])).zh}"
        case "decided":
            yield f"：{term('decision', str(entry['decision'])).zh} {entry['rule']}"
        case "paper_released":
            yield f" {entry['number']}"
