"""What arrived, and the documents it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from pipeline.cases import tables
from pipeline.cases.tables import Database, one
from pipeline.model import Submission, Value


class DocumentRow(Value):
    """One stored document; `facts` is the hash of its facts file once it was read.

    `whole` = the document that its pages were put together into.
    """

    submission: Submission
    state: str
    facts: str | None
    case_id: str | None
    joined: int | None
    whole: str | None = None


class Delivery(Value):
    """One arrival of bytes in the inbox."""

    sha256: str
    name: str
    source: str
    received_at: datetime
    duplicate: bool


RECEIVED = "received"  # not read yet
SPLIT = "split"  # a file whose parts are documents of their own


class Arrivals(Database):
    """Arrivals and documents; every method is safe to repeat."""

    def receive(self, submission: Submission, token: str) -> bool:
        """Record an arrival; `token` makes a repeated call harmless. True when these bytes are new."""
        with self.begin() as connection:
            known = one(connection, sa.select(tables.documents).where(tables.documents.c.sha256 == submission.sha256))
            seen = one(connection, sa.select(tables.deliveries).where(tables.deliveries.c.token == token))
            if seen is None:
                connection.execute(
                    tables.deliveries.insert().values(
                        token=token,
                        sha256=submission.sha256,
                        name=submission.name,
                        source=submission.source,
                        received_at=submission.received_at.isoformat(),
                        duplicate=known is not None,
                    )
                )
            if known is None:
                connection.execute(
                    tables.documents.insert().values(
                        sha256=submission.sha256,
                        submission=submission.model_dump_json(),
                        arrived_at=datetime.now(UTC).isoformat(),
                        state=RECEIVED,
                        carrier=submission.carrier.sha256 if submission.carrier else None,
                    )
                )
        return known is None if seen is None else not seen["duplicate"]

    def deliveries(self, sha256: str | None = None) -> tuple[Delivery, ...]:
        """All arrivals, oldest first; of one document when `sha256` is given."""
        query = sa.select(tables.deliveries).order_by(tables.deliveries.c.id)
        if sha256 is not None:
            query = query.where(tables.deliveries.c.sha256 == sha256)
        with self.begin() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(Delivery(**{key: row[key] for key in Delivery.model_fields}) for row in rows)

    def document(self, sha256: str) -> DocumentRow:
        """KeyError when these bytes never arrived."""
        with self.begin() as connection:
            row = one(connection, sa.select(tables.documents).where(tables.documents.c.sha256 == sha256))
        if row is None:
            raise KeyError(sha256)
        return document_of(row)

    def split(self, sha256: str, facts: str) -> None:
        """Mark a file as one of several documents; it joins the case of the first of them that finds one."""
        with self.begin() as connection:
            connection.execute(
                tables.documents.update()
                .where(tables.documents.c.sha256 == sha256, tables.documents.c.case_id.is_(None))
                .values(state=SPLIT, facts=facts)
            )

    def unfinished(self) -> tuple[str, ...]:
        """Documents that are to join a case and have not, so that a lost queue entry is found again."""
        waiting = tables.documents.c.case_id.is_(None) & (tables.documents.c.state == RECEIVED)
        query = sa.select(tables.documents.c.sha256).where(waiting)
        with self.begin() as connection:
            return tuple(connection.execute(query).scalars())

    def reading_since(self, before: str) -> bool:
        """Whether a document that arrived before this moment (ISO, UTC) has not joined a case yet."""
        query = sa.select(sa.func.count()).where(
            tables.documents.c.case_id.is_(None), tables.documents.c.arrived_at <= before
        )
        with self.begin() as connection:
            return bool(connection.execute(query).scalar_one())

    def being_read(self, before: str) -> bool:
        """Whether a document that arrived before this moment (ISO, UTC) was not read yet."""
        query = sa.select(sa.func.count()).where(
            tables.documents.c.state == RECEIVED, tables.documents.c.arrived_at <= before
        )
        with self.begin() as connection:
            return bool(connection.execute(query).scalar_one())

    def documents_of(self, case_id: str) -> tuple[DocumentRow, ...]:
        """The documents of a case in the order they joined."""
        query = (
            sa.select(tables.documents).where(tables.documents.c.case_id == case_id).order_by(tables.documents.c.joined)
        )
        with self.begin() as connection:
            return tuple(document_of(row) for row in connection.execute(query).mappings())

    def document_counts(self) -> Mapping[str, int]:
        """How many documents each case has; cases without any are left out."""
        query = sa.select(tables.documents.c.case_id, sa.func.count()).where(tables.documents.c.case_id.is_not(None))
        with self.begin() as connection:
            rows = connection.execute(query.group_by(tables.documents.c.case_id)).all()
        return {str(case_id): int(count) for case_id, count in rows}


def document_of(row: RowMapping) -> DocumentRow:
    """The value of a row of the table."""
    return DocumentRow(
        submission=Submission.model_validate_json(row["submission"]),
        state=row["state"],
        facts=row["facts"],
        case_id=row["case_id"],
        joined=row["joined"],
        whole=row["whole"],
    )
