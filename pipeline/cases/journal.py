"""The journal of everything that happened: append-only, every entry bound to the one before by its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from pipeline.cases import tables
from pipeline.model import Value

_LOCK = 4211871  # one writer at a time, so that the chain has no forks


class Chain(Value):
    """What a check of the journal found; `head` is the hash of the newest entry, worth noting down elsewhere."""

    entries: int
    head: str
    problems: tuple[str, ...] = ()


def record(connection: Connection, case_id: str, at: datetime, kind: str, data: Mapping[str, Any]) -> None:
    """Append one entry in the running transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    newest = sa.select(tables.events.c.hash).order_by(tables.events.c.id.desc()).limit(1)
    before = connection.execute(newest).scalar_one_or_none() or ""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    entry = {"case_id": case_id, "at": at.isoformat(), "kind": kind, "data": text}
    connection.execute(tables.events.insert().values(**entry, hash=_hash(before, entry)))


def entries_of(connection: Connection, case_id: str) -> tuple[Mapping[str, Any], ...]:
    """What happened to a case, oldest first; what kind of decision it was stands under `decision`."""
    query = sa.select(tables.events).where(tables.events.c.case_id == case_id).order_by(tables.events.c.id)
    rows = connection.execute(query).mappings().all()
    return tuple(_entry(row["at"], row["kind"], json.loads(row["data"])) for row in rows)


def _entry(at: str, kind: str, data: dict[str, Any]) -> Mapping[str, Any]:
    own = {"decision": data.pop("kind")} if "kind" in data else {}
    return {**data, **own, "at": at, "kind": kind}


def verify(connection: Connection) -> Chain:
    """Whether every entry still has the hash it was written with, in order; the first broken ones are named."""
    before, count, problems = "", 0, []
    for row in connection.execute(sa.select(tables.events).order_by(tables.events.c.id)).mappings():
        count += 1
        entry = {key: row[key] for key in ("case_id", "at", "kind", "data")}
        chained = bool(row["hash"])
        if not chained and not before:
            continue  # written before the journal was chained
        if row["hash"] != _hash(before, entry):
            problems.append(f"entry {row['id']} ({row['case_id']}, {row['kind']}, {row['at']}) was changed or moved")
        before = row["hash"]
    return Chain(entries=count, head=before, problems=tuple(problems[:20]))


def _hash(before: str, entry: Mapping[str, str]) -> str:
    text = json.dumps([before, entry["case_id"], entry["at"], entry["kind"], entry["data"]], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
