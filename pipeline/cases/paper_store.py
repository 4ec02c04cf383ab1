"""The outgoing papers of the cases: numbers, bytes, and who released them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from pipeline.cases import tables
from pipeline.cases.journal import record
from pipeline.cases.tables import Database, next_number, one
from pipeline.errors import RefusedError
from pipeline.model import Value


class PaperRow(Value):
    """One outgoing paper; number and date are allocated once and reused by every retry."""

    case_id: str
    code: str
    fingerprint: str
    seq: int
    number: str
    dated: date
    sha256: str | None
    status: Literal["draft", "released", "rejected"] = "draft"
    settled_by: str = ""
    settled_at: str = ""
    mail: Literal["", "sending", "sent", "failed", "unsure"] = ""


class Papers(Database):
    """Drafts, numbers, releases; every method is safe to repeat."""

    def allocate(
        self, case_id: str, code: str, fingerprint: str, *, dated: date, number: Callable[[int, int], str]
    ) -> PaperRow:
        """The number of a paper, one for equal content, allocated once: `number(seq in the case, count of the day)`."""
        with self.begin() as connection:
            where = (
                tables.papers.c.case_id == case_id,
                tables.papers.c.code == code,
                tables.papers.c.fingerprint == fingerprint,
            )
            row = one(connection, sa.select(tables.papers).where(*where))
            if row is None:
                seq = next_number(connection, f"paper:{case_id}:{code}")
                daily = next_number(connection, f"daily:{code}:{dated.isoformat()}")
                connection.execute(
                    tables.papers.insert().values(
                        case_id=case_id,
                        code=code,
                        fingerprint=fingerprint,
                        seq=seq,
                        number=number(seq, daily),
                        dated=dated.isoformat(),
                    )
                )
                row = one(connection, sa.select(tables.papers).where(*where))
        return PaperRow.model_validate(dict(row or {}))

    def paper_written(self, paper: PaperRow, sha256: str, at: datetime) -> None:
        """Record the published bytes of a paper."""
        with self.begin() as connection:
            changed = connection.execute(
                tables.papers.update()
                .where(tables.papers.c.number == paper.number, tables.papers.c.sha256.is_(None))
                .values(sha256=sha256)
            )
            if changed.rowcount:
                record(connection, paper.case_id, at, "paper_drafted", {"number": paper.number, "sha256": sha256})

    def papers(self, case_id: str) -> tuple[PaperRow, ...]:
        """The papers of a case that were written, in the order of their numbers."""
        query = (
            sa.select(tables.papers)
            .where(tables.papers.c.case_id == case_id, tables.papers.c.sha256.is_not(None))
            .order_by(tables.papers.c.code, tables.papers.c.seq)
        )
        with self.begin() as connection:
            return tuple(PaperRow.model_validate(dict(row)) for row in connection.execute(query).mappings())

    def waiting(self) -> Mapping[str, list[str]]:
        """The newest drafts (`<code>-<seq>`) that wait for a person, by case; cases without any are left out."""
        query = sa.select(tables.papers.c.case_id, tables.papers.c.code, tables.papers.c.seq, tables.papers.c.status)
        newest: dict[str, dict[str, str]] = {}
        with self.begin() as connection:
            rows = connection.execute(query.where(tables.papers.c.sha256.is_not(None)).order_by(tables.papers.c.seq))
            for case_id, code, seq, status in rows:
                newest.setdefault(case_id, {})[code] = f"{code}-{seq}" if status == "draft" else ""
        return {case: found for case, codes in newest.items() if (found := sorted(filter(None, codes.values())))}

    def released(self) -> tuple[PaperRow, ...]:
        """All released papers."""
        query = sa.select(tables.papers).where(tables.papers.c.status == "released").order_by(tables.papers.c.number)
        with self.begin() as connection:
            return tuple(PaperRow.model_validate(dict(row)) for row in connection.execute(query).mappings())

    def begin_sending(self, number: str, at: datetime) -> bool:
        """Mark a message as on its way, before it is; False when it is out, or a crash left it between."""
        with self.begin() as connection:
            row = one(connection, sa.select(tables.papers).where(tables.papers.c.number == number).with_for_update())
            if row is None or row["mail"] in ("sent", "unsure"):
                return False
            interrupted = row["mail"] == "sending"
            self._mark(connection, number, "unsure" if interrupted else "sending")
            if interrupted:  # it may have reached the server before the crash: a person finds out
                data = {"number": number, "detail": "interrupted"}
                record(connection, row["case_id"], at, "mail_unsure", data)
        return not interrupted

    def sent(self, number: str, fate: Literal["sent", "failed", "unsure"], detail: str, at: datetime) -> None:
        """Record what came of sending a message."""
        with self.begin() as connection:
            row = one(connection, sa.select(tables.papers).where(tables.papers.c.number == number).with_for_update())
            if row is not None:
                self._mark(connection, number, fate)
                record(connection, row["case_id"], at, f"mail_{fate}", {"number": number, "detail": detail})

    def send_again(self, number: str) -> None:
        """A person has found out that the message is not out."""
        with self.begin() as connection:
            self._mark(connection, number, "")

    @staticmethod
    def _mark(connection: Connection, number: str, mail: str) -> None:
        connection.execute(tables.papers.update().where(tables.papers.c.number == number).values(mail=mail))

    def settle(
        self, number: str, status: Literal["released", "rejected"], *, by: str, reason: str, at: datetime
    ) -> bool:
        """Release or reject a written draft; False when that was done before. A released paper stays released."""
        with self.begin() as connection:
            row = one(connection, sa.select(tables.papers).where(tables.papers.c.number == number).with_for_update())
            if row is None or row["sha256"] is None:
                raise RefusedError(f"there is no paper {number!r}", advice="see `countersign cases show`")
            if row["status"] == status:
                return False
            if row["status"] == "released":
                raise RefusedError(f"{number} is released", advice="a released paper cannot be called back here")
            connection.execute(
                tables.papers.update()
                .where(tables.papers.c.number == number)
                .values(status=status, settled_by=by, settled_at=at.isoformat())
            )
            data = {"number": number, "sha256": row["sha256"], "by": by, "reason": reason}
            record(connection, row["case_id"], at, f"paper_{status}", data)
        return True
