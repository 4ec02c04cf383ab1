"""A record written into a message, a label and a value on every line, as a portal or a colleague sends it."""

from __future__ import annotations

import json
import re

from pipeline.read.records import is_known, known_name
from pipeline.values import is_secret_name

LEAST = 4  # known labels that make a text a record and not a letter that mentions a number
_OF_A_LINE = ("sku", "qty", "name")
_LABELLED = re.compile(r"^[\s\-*·•]*([^:：=\t]{1,40}?)\s*[:：=\t]\s*(\S.*)$")
# What follows was written before, by somebody else.
_QUOTED = re.compile(
    r"^\s*(?:-{2,}\s*(?:Original|Forwarded|原始邮件|转发|回复)|On .{5,80} wrote:|发件人\s*[:：]|From\s*:)",
    re.IGNORECASE,
)


def record_in(text: str) -> bytes | None:
    """The record as JSON with the packs' keys, quoted messages left out; None when the text is none.

    A label said twice with different values makes it none: nobody could say which one counts.
    """
    record: dict[str, str] = {}
    rows: list[dict[str, str]] = []
    for line in text.splitlines():
        if _QUOTED.match(line):
            break
        found = _LABELLED.match(line)
        if found is None or line.lstrip().startswith(">") or is_secret_name(found[1]) or not is_known(found[1]):
            continue
        key, value = known_name(found[1]), found[2].strip()
        if key in _OF_A_LINE:
            if not rows or key in rows[-1]:
                rows.append({})
            rows[-1][key] = value
        elif record.setdefault(key, value) != value:
            return None
    if len(record) < LEAST:
        return None
    return json.dumps({**record, "lines": rows} if rows else record, ensure_ascii=False, indent=1).encode()
