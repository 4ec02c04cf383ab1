"""Four eyes: what one person has consented to counts when another says the same about the same revision."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from pipeline.cases import tables
from pipeline.cases.journal import record
from pipeline.errors import RefusedError
from pipeline.model import Value
from pipeline.values import normal_name


class Consent(Value):
    """A first consent: to release the paper `item`, or to accept or correct the rule or field `item` of `evidence`.

    `digest` = of everything that was looked at and said: a consent to something else is another one.
    """

    kind: Literal["release", "accept", "correct"]
    item: str
    digest: str
    by: str
    reason: str = ""
    rev: int
    at: datetime
    evidence: str = ""


def person(name: str) -> str:
    """A person's name for telling two apart: width, case, spaces and punctuation do not make another person."""
    return "".join(char for char in normal_name(name) if char.isalnum())


def digest_of(*said: object) -> str:
    """One hash over everything a consent is about."""
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, default=str).encode()).hexdigest()


def paired(connection: Connection, case_id: str, mine: Consent) -> Consent | None:
    """The other person's consent that this one completes; None when this is the first one, which is kept.

    RefusedError when the same person has consented before. The caller has locked the case and checked its revision.
    """
    earlier = [item for item in waiting_in(connection, case_id) if item.digest == mine.digest]
    other = next((item for item in earlier if person(item.by) != person(mine.by)), None)
    if other is not None:
        return other
    if earlier:
        raise RefusedError(
            f"{earlier[0].by} has consented to {mine.item} already, on revision {earlier[0].rev}",
            advice="somebody else must confirm it, with the same command and a name of their own",
        )
    connection.execute(
        tables.consents.insert().values(case_id=case_id, rev=mine.rev, consent=mine.model_dump_json(), used=False)
    )
    data = mine.model_dump(mode="json", include={"kind", "item", "evidence", "by", "reason", "rev"})
    record(connection, case_id, mine.at, "consented", {"what": data.pop("kind"), **data})
    return None


def waiting(connection: Connection, *where: sa.ColumnElement[bool]) -> list[tuple[str, Consent]]:
    """The consents that wait for a second person, with their cases; a change of a case has voided those before it."""
    newest = (tables.cases.c.id == tables.consents.c.case_id) & (tables.cases.c.rev == tables.consents.c.rev)
    query = sa.select(tables.consents.c.case_id, tables.consents.c.consent).join_from(
        tables.consents, tables.cases, newest
    )
    rows = connection.execute(query.where(~tables.consents.c.used, *where).order_by(tables.consents.c.id))
    return [(row.case_id, Consent.model_validate_json(row.consent)) for row in rows]


def waiting_in(connection: Connection, case_id: str) -> tuple[Consent, ...]:
    """Those of one case."""
    return tuple(consent for _, consent in waiting(connection, tables.consents.c.case_id == case_id))


def use(connection: Connection, case_id: str, digest: str) -> None:
    """What two persons have said is done; neither consent can be used again."""
    found = sa.select(tables.consents).where(tables.consents.c.case_id == case_id, ~tables.consents.c.used)
    ids = [row.id for row in connection.execute(found) if Consent.model_validate_json(row.consent).digest == digest]
    connection.execute(tables.consents.update().where(tables.consents.c.id.in_(ids)).values(used=True))


def carry(connection: Connection, case_id: str, rev: int) -> None:
    """Let the consents of a revision stand for the next one, which a decision of two persons has brought about."""
    mine = (tables.consents.c.case_id == case_id) & (tables.consents.c.rev == rev) & ~tables.consents.c.used
    connection.execute(tables.consents.update().where(mine).values(rev=rev + 1))
