"""Files that hold some pages of a document: waiting for the others, put together with them, or left as they are."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from pipeline.cases import tables
from pipeline.cases.arrivals import DocumentRow, document_of
from pipeline.cases.journal import entries_of, record
from pipeline.cases.tables import Database, next_number, one
from pipeline.model import Value

WAITING = "piece"  # in no case yet: the other pages may still come
LOOSE = "loose"  # in a case, though pages are missing; taken out again when they come
BOUND = "bound"  # its pages were put together with others; `whole` is judged instead


class Near(Value):
    """A document that came (again) lately: under which names, the newest first, and when."""

    row: DocumentRow
    names: tuple[str, ...]
    received_at: datetime


class Pieces(Database):
    """Pieces of documents; every method is safe to repeat."""

    def wait(self, sha256: str, facts: str) -> None:
        """Let a document that lacks pages wait for them, in no case."""
        free = tables.documents.c.case_id.is_(None) & tables.documents.c.whole.is_(None)
        with self.begin() as connection:
            connection.execute(
                tables.documents.update()
                .where(tables.documents.c.sha256 == sha256, free)
                .values(state=WAITING, facts=facts)
            )

    def waiting_pieces(self) -> tuple[str, ...]:
        """Documents that wait for pages."""
        query = sa.select(tables.documents.c.sha256).where(tables.documents.c.state == WAITING)
        with self.begin() as connection:
            return tuple(connection.execute(query).scalars())

    def arrived_since(self, moment: str, among: Collection[str]) -> bool:
        """Whether one of these documents first came after this moment (ISO, UTC)."""
        query = sa.select(sa.func.count()).where(
            tables.documents.c.sha256.in_(among), tables.documents.c.arrived_at > moment
        )
        with self.begin() as connection:
            return bool(connection.execute(query).scalar_one())

    def near(self, since: datetime) -> tuple[Near, ...]:
        """Documents that came at or after `since`."""
        query = (
            sa.select(tables.documents, tables.deliveries.c.name, tables.deliveries.c.received_at)
            .join_from(tables.deliveries, tables.documents, tables.deliveries.c.sha256 == tables.documents.c.sha256)
            .where(tables.deliveries.c.received_at >= since.isoformat())
            .order_by(tables.deliveries.c.id.desc())
        )
        with self.begin() as connection:
            rows = connection.execute(query).mappings().all()
        found: dict[str, Near] = {}
        for row in rows:
            known = found.get(row["sha256"])
            names = (*known.names, row["name"]) if known else (row["name"],)
            received_at = known.received_at if known else row["received_at"]
            found[row["sha256"]] = Near(
                row=document_of(row), names=tuple(dict.fromkeys(names)), received_at=received_at
            )
        return tuple(reversed(found.values()))

    def bind(self, pieces: Collection[str], whole: str) -> None:
        """Documents whose pages are now in `whole`; they stay where they are until it has found its case."""
        with self.begin() as connection:
            connection.execute(
                tables.documents.update().where(tables.documents.c.sha256.in_(pieces)).values(state=BOUND, whole=whole)
            )

    def bring(self, whole: str, case_id: str, containers: Collection[str], at: datetime) -> tuple[str, ...]:
        """Put the pieces of a document beside it, and the files they were cut from; the cases that lost one."""
        mine = tables.documents.c.whole == whole
        loose = tables.documents.c.sha256.in_(containers) & tables.documents.c.case_id.is_(None)
        query = sa.select(tables.documents.c.sha256, tables.documents.c.case_id).where(
            mine | loose, tables.documents.c.case_id.is_distinct_from(case_id)
        )
        with self.begin() as connection:
            rows = connection.execute(query.order_by(tables.documents.c.sha256)).all()
            for sha256, former in rows:
                connection.execute(
                    tables.documents.update()
                    .where(tables.documents.c.sha256 == sha256)
                    .values(case_id=case_id, joined=next_number(connection, f"joined:{case_id}"))
                )
                data = {"sha256": sha256, "whole": whole}
                if former is not None:
                    record(connection, former, at, "document_moved", {**data, "target": case_id})
                record(connection, case_id, at, "pages_joined", data)
            return tuple(dict.fromkeys(former for _, former in rows if former is not None))

    def untouched(self, case_id: str) -> bool:
        """Whether only the service has done anything in a case: what people decided on stays as they saw it."""
        with self.begin() as connection:
            row = one(connection, sa.select(tables.cases.c.open).where(tables.cases.c.id == case_id))
            entries = entries_of(connection, case_id)
        by_hand = [entry for entry in entries if entry["kind"] != "document_joined" and entry.get("by")]
        moved = [entry for entry in entries if entry["kind"] == "document_joined" and entry.get("reason")]
        return row is not None and bool(row["open"]) and not by_hand and not moved
