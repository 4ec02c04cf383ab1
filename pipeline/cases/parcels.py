"""What came in one mail or archive: its documents join their cases together, when all of them have been read."""

from __future__ import annotations

import json
from collections.abc import Sequence

import sqlalchemy as sa

from pipeline.cases import tables
from pipeline.cases.arrivals import RECEIVED, SPLIT, DocumentRow, document_of
from pipeline.cases.join import THREAD
from pipeline.cases.pieces import BOUND, WAITING
from pipeline.cases.tables import Database

READY = "ready"  # read, and waits for what came with it
_UNREAD = (RECEIVED, WAITING)


class Parcels(Database):
    """Documents of one mail or archive; every method is safe to repeat."""

    def ready(self, sha256: str, facts: str) -> None:
        """Let a document that was read wait for what came with it."""
        with self.begin() as connection:
            connection.execute(
                tables.documents.update()
                .where(tables.documents.c.sha256 == sha256, tables.documents.c.case_id.is_(None))
                .where(tables.documents.c.state.in_(_UNREAD))
                .values(state=READY, facts=facts)
            )

    def ready_documents(self) -> tuple[str, ...]:
        """Documents that wait for what came with them."""
        query = sa.select(tables.documents.c.sha256).where(tables.documents.c.state == READY)
        with self.begin() as connection:
            return tuple(connection.execute(query).scalars())

    def carried(self, carrier: str) -> tuple[DocumentRow, ...]:
        """The documents of a mail or archive in the order they were taken out; not files that hold several."""
        own = (tables.documents.c.carrier == carrier) & tables.documents.c.state.not_in((SPLIT, BOUND))
        query = (
            sa.select(tables.documents).where(own).order_by(tables.documents.c.arrived_at, tables.documents.c.sha256)
        )
        with self.begin() as connection:
            return tuple(document_of(row) for row in connection.execute(query).mappings())

    def all_read(self, carrier: str) -> bool:
        """Whether nothing of a mail or archive is still to be read or waits for pages."""
        return not any(row.state in _UNREAD for row in self.carried(carrier))

    def thread(self, references: Sequence[str]) -> tuple[str, ...]:
        """Cases of the messages with these numbers: papers we sent, or mails that came; in the order of the numbers."""
        numbers = [reference.partition("@")[0] for reference in references]
        papers = sa.select(tables.papers.c.number, tables.papers.c.case_id).where(tables.papers.c.number.in_(numbers))
        with self.begin() as connection:
            ours = {row.number: row.case_id for row in connection.execute(papers)}
            rows = connection.execute(sa.select(tables.cases.c.id, tables.cases.c["keys"])).all() if references else ()
        theirs = {number: case_id for case_id, keys in rows for number in json.loads(keys).get(THREAD, ())}
        found = (
            case_id
            for number, reference in zip(numbers, references, strict=True)
            for case_id in (ours.get(number), theirs.get(reference))
            if case_id is not None
        )
        return tuple(dict.fromkeys(found))
