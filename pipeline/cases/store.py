"""The cases on disk, with `tables` the only door to SQL; the same statements on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from pipeline.cases import tables
from pipeline.cases.arrivals import Arrivals, Delivery, DocumentRow
from pipeline.cases.consents import carry
from pipeline.cases.join import LED, Hints, Keys, Match, OpenCase, led, match, merged
from pipeline.cases.journal import Chain, entries_of, record, verify
from pipeline.cases.life import ENDED, UNPAID, Event, Situation
from pipeline.cases.life_store import Lives, life_of, save
from pipeline.cases.lifecycle import advance
from pipeline.cases.paper_store import PaperRow, Papers
from pipeline.cases.parcels import Parcels
from pipeline.cases.pieces import LOOSE, Pieces
from pipeline.cases.tables import next_number, one
from pipeline.errors import RefusedError
from pipeline.model import Value

__all__ = ["CaseRow", "CaseStore", "Delivery", "DocumentRow", "PaperRow"]


class CaseRow(Value):
    """One case; `keys` hold every value seen, `note` says why a person must look."""

    id: str
    case_type: str
    profile: str
    rev: int
    published_rev: int
    state: str
    label: str
    keys: Mapping[str, tuple[str, ...]]
    note: str
    opened_at: datetime
    changed_at: datetime


class CaseStore(Arrivals, Papers, Lives, Pieces, Parcels):
    """Transactions on cases; every method is safe to repeat."""

    def join(
        self,
        sha256: str,
        *,
        facts: str,
        case_type: str,
        profile: str,
        keys: Keys,
        exclusive: frozenset[str] = frozenset(),
        alone: bool = False,
        label: str,
        at: datetime,
        on: date | None = None,
        part_of: str | None = None,
        loose: bool = False,
        hints: Hints | None = None,
        noted: Keys | None = None,
    ) -> tuple[str, int]:
        """Put a document into its case and raise the case's revision; repeated calls change nothing.

        `on` = the day on which the arrival counts; `part_of` = the file it was cut from, which comes with it; a `loose`
        one lacks pages that may still come; `hints` lead where its own keys do not, `noted` = values that only mails
        are searched for.
        """
        with self.begin() as connection:
            row = one(
                connection, sa.select(tables.documents).where(tables.documents.c.sha256 == sha256).with_for_update()
            )
            if row is None:
                raise KeyError(sha256)
            if row["case_id"] is not None:
                case = one(connection, sa.select(tables.cases).where(tables.cases.c.id == row["case_id"]))
                return row["case_id"], case["rev"] if case else 0
            found = Match() if alone else match(keys, exclusive, _open_cases(connection, case_type))
            if hints is not None and not alone and found.case is None and not found.candidates:
                found = led(keys, hints, _open_cases(connection, case_type if keys else None))
            case_id = found.case or _open(connection, case_type, profile, label, at, candidates=found.candidates)
            told = "" if found.by in LED else label  # a file's name tells less than what the case is called
            rev = _touch(connection, case_id, {**keys, **(noted or {})}, told, at, taken=not found.candidates)
            order = next_number(connection, f"joined:{case_id}")
            connection.execute(
                tables.documents.update()
                .where(tables.documents.c.sha256 == sha256)
                .values(case_id=case_id, facts=facts, state=LOOSE if loose else "joined", joined=order)
            )
            if part_of is not None:
                connection.execute(
                    tables.documents.update()
                    .where(tables.documents.c.sha256 == part_of, tables.documents.c.case_id.is_(None))
                    .values(case_id=case_id, joined=next_number(connection, f"joined:{case_id}"))
                )
            before = life_of(connection, case_id)
            after = advance(before, Event(name="submitted", on=on or at.date()), Situation()).life
            save(connection, case_id, after)
            data = {"sha256": sha256, "by": found.by, "from": before.state, "to": after.state}
            record(connection, case_id, at, "document_joined", data)
        return case_id, rev

    def case(self, case_id: str) -> CaseRow:
        """KeyError when there is no such case."""
        with self.begin() as connection:
            row = one(connection, sa.select(tables.cases).where(tables.cases.c.id == case_id))
        if row is None:
            raise KeyError(case_id)
        return _case(row)

    def cases(self) -> tuple[CaseRow, ...]:
        """All cases, the newest change first."""
        with self.begin() as connection:
            rows = connection.execute(
                sa.select(tables.cases).order_by(tables.cases.c.changed_at.desc(), tables.cases.c.id.desc())
            )
            return tuple(_case(row) for row in rows.mappings())

    def judged(self, case_id: str, rev: int, event: Event, now: Situation, at: datetime) -> bool:
        """Let the judgement of revision `rev` happen; False when a newer revision exists, then nothing changes."""
        with self.begin() as connection:
            row = one(connection, sa.select(tables.cases).where(tables.cases.c.id == case_id).with_for_update())
            if row is None or row["rev"] != rev:
                return False
            before = life_of(connection, case_id)
            if before.state in UNPAID:
                after = advance(before, event, now).life
                if after.state != before.state:
                    data = {"from": before.state, "to": after.state, "rev": rev, "outcome": now.outcome}
                    record(connection, case_id, at, event.name, data)
                save(connection, case_id, after)
            connection.execute(tables.cases.update().where(tables.cases.c.id == case_id).values(published_rev=rev))
        return True

    def move(self, sha256: str, target: str, keys: Keys, *, by: str, reason: str, at: datetime, on: date) -> int:
        """Put a document into another case because a person says so; the target's new revision.

        RefusedError when the target has ended. What the document was cut from stays where it is.
        """
        with self.begin() as connection:
            row = one(connection, sa.select(tables.documents).where(tables.documents.c.sha256 == sha256))
            case = one(connection, sa.select(tables.cases).where(tables.cases.c.id == target).with_for_update())
            if row is None or case is None:
                raise KeyError(sha256 if row is None else target)
            source, before = row["case_id"], life_of(connection, target)
            if before.state in ENDED:
                raise RefusedError(f"{target} is {before.state}", advice="reopen it first, or name another case")
            rev = _touch(connection, target, keys, case["label"], at, taken=True)
            order = next_number(connection, f"joined:{target}")
            connection.execute(
                tables.documents.update()
                .where(tables.documents.c.sha256 == sha256)
                .values(case_id=target, joined=order)
            )
            after = advance(before, Event(name="submitted", on=on), Situation()).life
            save(connection, target, after)
            data = {"sha256": sha256, "by": by, "reason": reason}
            record(connection, source, at, "document_moved", {**data, "target": target})
            record(connection, target, at, "document_joined", {**data, "from": before.state, "to": after.state})
        return rev

    def spawn(self, case_id: str, reason: str, at: datetime, *, shared: frozenset[str]) -> str:
        """A new case with the same values of the `shared` keys, once per reason; returns its number."""
        with self.begin() as connection:
            row = one(connection, sa.select(tables.cases).where(tables.cases.c.id == case_id).with_for_update())
            if row is None:
                raise KeyError(case_id)
            for entry in entries_of(connection, case_id):
                if entry["kind"] == "case_spawned" and entry["reason"] == reason:
                    return str(entry["case"])
            label = row["label"].partition(" · ")[0]
            new = _open(connection, row["case_type"], row["profile"], label, at, candidates=())
            known = json.loads(row["keys"])
            keys = json.dumps({key: values for key, values in known.items() if key in shared}, ensure_ascii=False)
            connection.execute(tables.cases.update().where(tables.cases.c.id == new).values(keys=keys, rev=1))
            record(connection, case_id, at, "case_spawned", {"case": new, "reason": reason})
            record(connection, new, at, "case_follows", {"case": case_id, "reason": reason})
        return new

    def raise_rev(self, case_id: str, *, seconded: bool = False) -> int:
        """A new revision without a new document, e.g. after a decision; the case is judged again.

        After a `seconded` decision the other first consents still stand; any other change voids them.
        """
        with self.begin() as connection:
            rev = tables.cases.c.rev
            connection.execute(tables.cases.update().where(tables.cases.c.id == case_id).values(rev=rev + 1))
            newest = int(connection.execute(sa.select(rev).where(tables.cases.c.id == case_id)).scalar_one())
            if seconded:
                carry(connection, case_id, newest - 1)
        return newest

    def others(self, case_id: str, keys: Mapping[str, tuple[str, ...]]) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """Which other cases have the same value for a key."""
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        query = sa.select(tables.cases.c.id, tables.cases.c["keys"]).where(tables.cases.c.id != case_id)
        with self.begin() as connection:
            for row in connection.execute(query.order_by(tables.cases.c.id)).mappings():
                theirs = json.loads(row["keys"])
                for key, values in keys.items():
                    for value in set(values) & set(theirs.get(key, ())):
                        cases = found.setdefault(key, {})
                        cases[value] = (*cases.get(value, ()), row["id"])
        return found

    def chain(self) -> Chain:
        """Whether the journal is as it was written."""
        with self.begin() as connection:
            return verify(connection)

    def unpublished(self) -> tuple[tuple[str, int], ...]:
        """Cases whose newest revision was not judged yet."""
        query = sa.select(tables.cases.c.id, tables.cases.c.rev).where(
            tables.cases.c.published_rev < tables.cases.c.rev
        )
        with self.begin() as connection:
            return tuple((row.id, row.rev) for row in connection.execute(query))

    def note(self, case_id: str, kind: str, data: Mapping[str, str], at: datetime) -> None:
        """A remark in the journal; the same one right after itself is written once."""
        with self.begin() as connection:
            known = [entry for entry in entries_of(connection, case_id) if entry["kind"] == kind]
            if not known or any(known[-1].get(name) != value for name, value in data.items()):
                record(connection, case_id, at, kind, data)

    def events(self, case_id: str) -> tuple[Mapping[str, Any], ...]:
        """What happened to a case, oldest first."""
        with self.begin() as connection:
            return entries_of(connection, case_id)


def _open_cases(connection: Connection, case_type: str | None) -> list[OpenCase]:
    query = sa.select(tables.cases.c.id, tables.cases.c["keys"]).where(tables.cases.c.open)
    query = query if case_type is None else query.where(tables.cases.c.case_type == case_type)
    return [OpenCase(id=row["id"], keys=json.loads(row["keys"])) for row in connection.execute(query).mappings()]


def _open(
    connection: Connection, case_type: str, profile: str, label: str, at: datetime, *, candidates: tuple[str, ...]
) -> str:
    number = next_number(connection, f"case:{at.year}")
    case_id = f"CS-{at.year}-{number:04d}"
    note = f"fits several cases: {', '.join(candidates)}" if candidates else ""
    connection.execute(
        tables.cases.insert().values(
            id=case_id,
            case_type=case_type,
            profile=profile,
            open=not candidates,
            rev=0,
            published_rev=0,
            state="new",
            label=label,
            keys="{}",
            note=note,
            opened_at=at.isoformat(),
            changed_at=at.isoformat(),
        )
    )
    record(connection, case_id, at, "case_opened", {"candidates": list(candidates)})
    return case_id


def _touch(connection: Connection, case_id: str, keys: Keys, label: str, at: datetime, *, taken: bool) -> int:
    row = one(connection, sa.select(tables.cases).where(tables.cases.c.id == case_id).with_for_update())
    if row is None:
        raise KeyError(case_id)
    known = merged(json.loads(row["keys"]), keys.items() if taken else ())
    connection.execute(
        tables.cases.update()
        .where(tables.cases.c.id == case_id)
        .values(
            rev=row["rev"] + 1,
            keys=json.dumps(known, ensure_ascii=False),
            label=label if len(label) > len(row["label"]) else row["label"],
            changed_at=at.isoformat(),
        )
    )
    return int(row["rev"]) + 1


_CASE_FIELDS = tuple(CaseRow.model_fields)


def _case(row: RowMapping) -> CaseRow:
    return CaseRow.model_validate({**{key: row[key] for key in _CASE_FIELDS}, "keys": json.loads(row["keys"])})
