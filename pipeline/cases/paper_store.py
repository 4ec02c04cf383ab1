"""The outgoing papers of the cases: numbers, bytes, and who released them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from pipeline.cases import tables
from pipeline.cases.journal import entries_of, record
from pipeline.cases.releases import MADE
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
        """Record the published bytes of a paper; a draft may be written again, a released one never is."""
        draft, other = tables.papers.c.status == "draft", tables.papers.c.sha256 != sha256
        with self.begin() as connection:
            changed = connection.execute(
                tables.papers.update()
                .where(tables.papers.c.number == paper.number, tables.papers.c.sha256.is_(None) | (draft & other))
                .values(sha256=sha256)
            )
            if changed.rowcount:
                record(connection, paper.case_id, at, "paper_drafted", {"number": paper.number, "sha256": sha256})

    def file_made(self, paper: PaperRow, file: str, sha256: str, at: datetime) -> None:
        """Record another file of a paper before it is laid down, so that none lies there unrecorded."""
        with self.begin() as connection:
            record(connection, paper.case_id, at, MADE, {"number": paper.number, "file": file, "sha256": sha256})

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

    def all_papers(self) -> Mapping[str, tuple[PaperRow, ...]]:
        """Every paper that has a number, written or not, by case."""
        found: dict[str, tuple[PaperRow, ...]] = {}
        with self.begin() as connection:
            for row in connection.execute(sa.select(tables.papers).order_by(tables.papers.c.number)).mappings():
                paper = PaperRow.model_validate(dict(row))
                found[paper.case_id] = (*found.get(paper.case_id, ()), paper)
        return found

    def begin_sending(self, number: str, at: datetime) -> bool:
        """Mark a message as on its way, before it is; False when it is out, or a crash left it between."""
        with self.begin() as connection:
            row = one(connection, sa.select(tables.papers).where(tables.papers.c.number == number).with_for_update())
            if row is None or row["mail"] in ("sent", "unsure"):
                return False
            if row["mail"] == "sending":  # it may have reached the server before the crash: a person finds out
                self._interrupted(connection, row, at)
                return False
            self._mark(connection, number, "sending")
            record(connection, row["case_id"], at, "mail_sending", {"number": number})
        return True

    def interrupted(self, since: datetime, at: datetime) -> tuple[str, ...]:
        """Messages on their way since before `since`, of which nothing came, become unclear; their cases."""
        found = []
        with self.begin() as connection:
            query = sa.select(tables.papers).where(tables.papers.c.mail == "sending")
            for row in connection.execute(query.order_by(tables.papers.c.number)).mappings().all():
                begun = [
                    datetime.fromisoformat(str(entry["at"]))
                    for entry in entries_of(connection, row["case_id"])
                    if entry["kind"] == "mail_sending" and entry["number"] == row["number"]
                ]
                if not begun or begun[-1] <= since:
                    self._interrupted(connection, row, at)
                    found.append(str(row["case_id"]))
        return tuple(dict.fromkeys(found))

    def sent(
        self, number: str, fate: Literal["sent", "failed", "unsure"], detail: str, at: datetime, *, by: str = ""
    ) -> None:
        """Record what came of sending a message, or what a person found out about it."""
        with self.begin() as connection:
            row = one(connection, sa.select(tables.papers).where(tables.papers.c.number == number).with_for_update())
            if row is not None:
                self._mark(connection, number, fate)
                data = {"number": number, "detail": detail, **({"by": by} if by else {})}
                record(connection, row["case_id"], at, f"mail_{fate}", data)

    def send_again(self, number: str, *, by: str, reason: str, at: datetime) -> None:
        """A person has found out that the message is not out."""
        with self.begin() as connection:
            row = one(connection, sa.select(tables.papers).where(tables.papers.c.number == number).with_for_update())
            if row is not None and row["mail"]:
                self._mark(connection, number, "")
                data = {"number": number, "by": by, "reason": reason}
                record(connection, row["case_id"], at, "mail_again", data)

    def _interrupted(self, connection: Connection, row: RowMapping, at: datetime) -> None:
        self._mark(connection, row["number"], "unsure")
        record(connection, row["case_id"], at, "mail_unsure", {"number": row["number"], "detail": "interrupted"})

    @staticmethod
    def _mark(connection: Connection, number: str, mail: str) -> None:
        connection.execute(tables.papers.update().where(tables.papers.c.number == number).values(mail=mail))

    def settle(
        self,
        number: str,
        status: Literal["released", "rejected"],
        *,
        by: str,
        reason: str,
        at: datetime,
        files: Mapping[str, str] = MappingProxyType({}),
    ) -> bool:
        """Release or reject a written draft; False when that was done before. A released paper stays released.

        `files` = every file that is released, with its SHA-256.
        """
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
            told = {"files": dict(files)} if files else {}
            record(connection, row["case_id"], at, f"paper_{status}", {**data, **told})
        return True
