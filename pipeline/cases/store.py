"""The cases on disk: the only door to SQL. SQLite for one machine, PostgreSQL when it grows; the same statements."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from pipeline.cases.join import Keys, Match, OpenCase, match, merged
from pipeline.model import Submission, Value

_meta = sa.MetaData()

_deliveries = sa.Table(
    "cs_deliveries",
    _meta,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("token", sa.String, unique=True, nullable=False),
    sa.Column("sha256", sa.String, nullable=False, index=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("received_at", sa.String, nullable=False),
    sa.Column("duplicate", sa.Boolean, nullable=False),
)
_documents = sa.Table(
    "cs_documents",
    _meta,
    sa.Column("sha256", sa.String, primary_key=True),
    sa.Column("submission", sa.Text, nullable=False),
    sa.Column("arrived_at", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("facts", sa.String),
    sa.Column("case_id", sa.String, index=True),
    sa.Column("joined", sa.Integer),
)
_cases = sa.Table(
    "cs_cases",
    _meta,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("case_type", sa.String, nullable=False),
    sa.Column("profile", sa.String, nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
    sa.Column("rev", sa.Integer, nullable=False),
    sa.Column("published_rev", sa.Integer, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("label", sa.String, nullable=False),
    sa.Column("keys", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("opened_at", sa.String, nullable=False),
    sa.Column("changed_at", sa.String, nullable=False),
)
_papers = sa.Table(
    "cs_papers",
    _meta,
    sa.Column("case_id", sa.String, primary_key=True),
    sa.Column("code", sa.String, primary_key=True),
    sa.Column("fingerprint", sa.String, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("number", sa.String, nullable=False, unique=True),
    sa.Column("dated", sa.String, nullable=False),
    sa.Column("sha256", sa.String),
    sa.UniqueConstraint("case_id", "code", "seq"),
)
_counters = sa.Table(
    "cs_counters", _meta, sa.Column("name", sa.String, primary_key=True), sa.Column("value", sa.Integer, nullable=False)
)
_events = sa.Table(
    "cs_events",
    _meta,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.String, nullable=False, index=True),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
)


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


class DocumentRow(Value):
    """One stored document; `facts` is the hash of its facts file once it was read."""

    submission: Submission
    state: str
    facts: str | None
    case_id: str | None
    joined: int | None


class PaperRow(Value):
    """One outgoing paper; number and date are allocated once and reused by every retry."""

    case_id: str
    code: str
    fingerprint: str
    seq: int
    number: str
    dated: date
    sha256: str | None


class Delivery(Value):
    """One arrival of bytes in the inbox."""

    sha256: str
    name: str
    source: str
    received_at: datetime
    duplicate: bool


class CaseStore:
    """Transactions on cases; every method is safe to repeat."""

    def __init__(self, url: str) -> None:
        self._engine = sa.create_engine(url, pool_pre_ping=True)
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _sqlite_settings)
            sa.event.listen(self._engine, "begin", _begin_immediate)
        with self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(4211870)"))
            _meta.create_all(connection)

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    # --- arrivals -------------------------------------------------------------------------------------------------

    def receive(self, submission: Submission, token: str) -> bool:
        """Record an arrival; `token` makes a repeated call harmless. True when these bytes are new."""
        with self._begin() as connection:
            known = _one(connection, sa.select(_documents).where(_documents.c.sha256 == submission.sha256))
            seen = _one(connection, sa.select(_deliveries).where(_deliveries.c.token == token))
            if seen is None:
                connection.execute(
                    _deliveries.insert().values(
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
                    _documents.insert().values(
                        sha256=submission.sha256,
                        submission=submission.model_dump_json(),
                        arrived_at=datetime.now(UTC).isoformat(),
                        state="received",
                    )
                )
        return known is None if seen is None else not seen["duplicate"]

    def deliveries(self, sha256: str | None = None) -> tuple[Delivery, ...]:
        """All arrivals, oldest first; of one document when `sha256` is given."""
        query = sa.select(_deliveries).order_by(_deliveries.c.id)
        if sha256 is not None:
            query = query.where(_deliveries.c.sha256 == sha256)
        with self._begin() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(Delivery(**{key: row[key] for key in Delivery.model_fields}) for row in rows)

    def document(self, sha256: str) -> DocumentRow:
        """KeyError when these bytes never arrived."""
        with self._begin() as connection:
            row = _one(connection, sa.select(_documents).where(_documents.c.sha256 == sha256))
        if row is None:
            raise KeyError(sha256)
        return _document(row)

    def unfinished(self) -> tuple[str, ...]:
        """Documents that arrived and have not joined a case, so that a lost queue entry is found again."""
        query = sa.select(_documents.c.sha256).where(_documents.c.case_id.is_(None))
        with self._begin() as connection:
            return tuple(connection.execute(query).scalars())

    def reading_since(self, before: str) -> bool:
        """Whether a document that arrived before this moment (ISO, UTC) has not joined a case yet."""
        query = sa.select(sa.func.count()).where(_documents.c.case_id.is_(None), _documents.c.arrived_at <= before)
        with self._begin() as connection:
            return bool(connection.execute(query).scalar_one())

    # --- cases ----------------------------------------------------------------------------------------------------

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
    ) -> tuple[str, int]:
        """Put a document into its case and raise the case's revision; repeated calls change nothing."""
        with self._begin() as connection:
            row = _one(connection, sa.select(_documents).where(_documents.c.sha256 == sha256).with_for_update())
            if row is None:
                raise KeyError(sha256)
            if row["case_id"] is not None:
                case = _one(connection, sa.select(_cases).where(_cases.c.id == row["case_id"]))
                return row["case_id"], case["rev"] if case else 0
            found = Match() if alone else match(keys, exclusive, _open_cases(connection, case_type))
            case_id = found.case or _open(connection, case_type, profile, label, at, candidates=found.candidates)
            rev = _touch(connection, case_id, keys, label, at, taken=not found.candidates)
            order = _next(connection, f"joined:{case_id}")
            connection.execute(
                _documents.update()
                .where(_documents.c.sha256 == sha256)
                .values(case_id=case_id, facts=facts, state="joined", joined=order)
            )
            _event(connection, case_id, at, "document_joined", {"sha256": sha256, "by": found.by})
        return case_id, rev

    def case(self, case_id: str) -> CaseRow:
        """KeyError when there is no such case."""
        with self._begin() as connection:
            row = _one(connection, sa.select(_cases).where(_cases.c.id == case_id))
        if row is None:
            raise KeyError(case_id)
        return _case(row)

    def cases(self) -> tuple[CaseRow, ...]:
        """All cases, the newest change first."""
        with self._begin() as connection:
            rows = connection.execute(sa.select(_cases).order_by(_cases.c.changed_at.desc(), _cases.c.id.desc()))
            return tuple(_case(row) for row in rows.mappings())

    def documents_of(self, case_id: str) -> tuple[DocumentRow, ...]:
        """The documents of a case in the order they joined."""
        query = sa.select(_documents).where(_documents.c.case_id == case_id).order_by(_documents.c.joined)
        with self._begin() as connection:
            return tuple(_document(row) for row in connection.execute(query).mappings())

    def decided(self, case_id: str, rev: int, state: str, at: datetime) -> bool:
        """Set the state judged for `rev`; False when a newer revision exists, then nothing changes."""
        with self._begin() as connection:
            row = _one(connection, sa.select(_cases).where(_cases.c.id == case_id).with_for_update())
            if row is None or row["rev"] != rev:
                return False
            if row["state"] != state:
                _event(connection, case_id, at, "state", {"from": row["state"], "to": state, "rev": rev})
            connection.execute(_cases.update().where(_cases.c.id == case_id).values(state=state, published_rev=rev))
        return True

    def unpublished(self) -> tuple[tuple[str, int], ...]:
        """Cases whose newest revision was not judged yet."""
        query = sa.select(_cases.c.id, _cases.c.rev).where(_cases.c.published_rev < _cases.c.rev)
        with self._begin() as connection:
            return tuple((row.id, row.rev) for row in connection.execute(query))

    # --- outgoing papers ------------------------------------------------------------------------------------------

    def allocate(
        self, case_id: str, code: str, fingerprint: str, *, dated: date, number: Callable[[int, int], str]
    ) -> PaperRow:
        """The number of a paper, one for equal content, allocated once: `number(seq in the case, count of the day)`."""
        with self._begin() as connection:
            where = (_papers.c.case_id == case_id, _papers.c.code == code, _papers.c.fingerprint == fingerprint)
            row = _one(connection, sa.select(_papers).where(*where))
            if row is None:
                seq = _next(connection, f"paper:{case_id}:{code}")
                daily = _next(connection, f"daily:{code}:{dated.isoformat()}")
                connection.execute(
                    _papers.insert().values(
                        case_id=case_id,
                        code=code,
                        fingerprint=fingerprint,
                        seq=seq,
                        number=number(seq, daily),
                        dated=dated.isoformat(),
                    )
                )
                row = _one(connection, sa.select(_papers).where(*where))
        return PaperRow.model_validate(dict(row or {}))

    def paper_written(self, paper: PaperRow, sha256: str, at: datetime) -> None:
        """Record the published bytes of a paper."""
        with self._begin() as connection:
            changed = connection.execute(
                _papers.update()
                .where(_papers.c.number == paper.number, _papers.c.sha256.is_(None))
                .values(sha256=sha256)
            )
            if changed.rowcount:
                _event(connection, paper.case_id, at, "paper_drafted", {"number": paper.number, "sha256": sha256})

    def papers(self, case_id: str) -> tuple[PaperRow, ...]:
        """The papers of a case that were written, in the order of their numbers."""
        query = (
            sa.select(_papers)
            .where(_papers.c.case_id == case_id, _papers.c.sha256.is_not(None))
            .order_by(_papers.c.code, _papers.c.seq)
        )
        with self._begin() as connection:
            return tuple(PaperRow.model_validate(dict(row)) for row in connection.execute(query).mappings())

    def document_counts(self) -> Mapping[str, int]:
        """How many documents each case has; cases without any are left out."""
        query = sa.select(_documents.c.case_id, sa.func.count()).where(_documents.c.case_id.is_not(None))
        with self._begin() as connection:
            rows = connection.execute(query.group_by(_documents.c.case_id)).all()
        return {str(case_id): int(count) for case_id, count in rows}

    def paper_numbers(self) -> Mapping[str, list[str]]:
        """Numbers of the written papers by case, in their order; cases without any are left out."""
        query = sa.select(_papers.c.case_id, _papers.c.number).where(_papers.c.sha256.is_not(None))
        numbers: dict[str, list[str]] = {}
        with self._begin() as connection:
            for case_id, number in connection.execute(query.order_by(_papers.c.code, _papers.c.seq)):
                numbers.setdefault(case_id, []).append(number)
        return numbers

    def events(self, case_id: str) -> tuple[Mapping[str, Any], ...]:
        """What happened to a case, oldest first."""
        query = sa.select(_events).where(_events.c.case_id == case_id).order_by(_events.c.id)
        with self._begin() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple({"at": row["at"], "kind": row["kind"], **json.loads(row["data"])} for row in rows)

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            yield connection


def _sqlite_settings(connection: Any, _record: Any) -> None:
    # BEGIN is ours (immediate), so that two writers queue up instead of failing when they upgrade a read lock
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA busy_timeout=30000")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _one(connection: Connection, query: sa.Select[Any]) -> RowMapping | None:
    return connection.execute(query).mappings().one_or_none()


def _next(connection: Connection, name: str) -> int:
    bumped = connection.execute(
        _counters.update().where(_counters.c.name == name).values(value=_counters.c.value + 1)
    ).rowcount
    if not bumped:
        connection.execute(_counters.insert().values(name=name, value=1))
    return int(connection.execute(sa.select(_counters.c.value).where(_counters.c.name == name)).scalar_one())


def _open_cases(connection: Connection, case_type: str) -> list[OpenCase]:
    query = sa.select(_cases.c.id, _cases.c["keys"]).where(_cases.c.case_type == case_type, _cases.c.open)
    return [OpenCase(id=row["id"], keys=json.loads(row["keys"])) for row in connection.execute(query).mappings()]


def _open(
    connection: Connection, case_type: str, profile: str, label: str, at: datetime, *, candidates: tuple[str, ...]
) -> str:
    number = _next(connection, f"case:{at.year}")
    case_id = f"CS-{at.year}-{number:04d}"
    note = f"fits several cases: {', '.join(candidates)}" if candidates else ""
    connection.execute(
        _cases.insert().values(
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
    _event(connection, case_id, at, "case_opened", {"candidates": list(candidates)})
    return case_id


def _touch(connection: Connection, case_id: str, keys: Keys, label: str, at: datetime, *, taken: bool) -> int:
    row = _one(connection, sa.select(_cases).where(_cases.c.id == case_id).with_for_update())
    if row is None:
        raise KeyError(case_id)
    known = merged(json.loads(row["keys"]), keys.items() if taken else ())
    connection.execute(
        _cases.update()
        .where(_cases.c.id == case_id)
        .values(
            rev=row["rev"] + 1,
            keys=json.dumps(known, ensure_ascii=False),
            label=label if len(label) > len(row["label"]) else row["label"],
            changed_at=at.isoformat(),
        )
    )
    return int(row["rev"]) + 1


def _event(connection: Connection, case_id: str, at: datetime, kind: str, data: Mapping[str, Any]) -> None:
    connection.execute(
        _events.insert().values(
            case_id=case_id, at=at.isoformat(), kind=kind, data=json.dumps(data, ensure_ascii=False, sort_keys=True)
        )
    )


def _case(row: RowMapping) -> CaseRow:
    values = {key: row[key] for key in CaseRow.model_fields}
    return CaseRow.model_validate({**values, "keys": json.loads(row["keys"])})


def _document(row: RowMapping) -> DocumentRow:
    return DocumentRow(
        submission=Submission.model_validate_json(row["submission"]),
        state=row["state"],
        facts=row["facts"],
        case_id=row["case_id"],
        joined=row["joined"],
    )
