"""The tables of the cases and the connection to them. SQLite for one machine, PostgreSQL when it grows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

meta = sa.MetaData()

deliveries = sa.Table(
    "cs_deliveries",
    meta,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("token", sa.String, unique=True, nullable=False),
    sa.Column("sha256", sa.String, nullable=False, index=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("received_at", sa.String, nullable=False),
    sa.Column("duplicate", sa.Boolean, nullable=False),
)
documents = sa.Table(
    "cs_documents",
    meta,
    sa.Column("sha256", sa.String, primary_key=True),
    sa.Column("submission", sa.Text, nullable=False),
    sa.Column("arrived_at", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("facts", sa.String),
    sa.Column("case_id", sa.String, index=True),
    sa.Column("joined", sa.Integer),
    sa.Column("whole", sa.String),
    sa.Column("carrier", sa.String, index=True),
)
cases = sa.Table(
    "cs_cases",
    meta,
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
papers = sa.Table(
    "cs_papers",
    meta,
    sa.Column("case_id", sa.String, primary_key=True),
    sa.Column("code", sa.String, primary_key=True),
    sa.Column("fingerprint", sa.String, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("number", sa.String, nullable=False, unique=True),
    sa.Column("dated", sa.String, nullable=False),
    sa.Column("sha256", sa.String),
    sa.Column("status", sa.String, nullable=False, server_default="draft"),
    sa.Column("settled_by", sa.String, nullable=False, server_default=""),
    sa.Column("settled_at", sa.String, nullable=False, server_default=""),
    sa.Column("mail", sa.String, nullable=False, server_default=""),
    sa.UniqueConstraint("case_id", "code", "seq"),
)
counters = sa.Table(
    "cs_counters", meta, sa.Column("name", sa.String, primary_key=True), sa.Column("value", sa.Integer, nullable=False)
)
events = sa.Table(
    "cs_events",
    meta,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.String, nullable=False, index=True),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("hash", sa.String, nullable=False, server_default=""),
)
lives = sa.Table(
    "cs_lives",
    meta,
    sa.Column("case_id", sa.String, primary_key=True),
    sa.Column("life", sa.Text, nullable=False),
    sa.Column("deadlines", sa.Text, nullable=False, server_default="[]"),
)
decisions = sa.Table(
    "cs_decisions",
    meta,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.String, nullable=False, index=True),
    sa.Column("decision", sa.Text, nullable=False),
)
consents = sa.Table(
    "cs_consents",
    meta,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.String, nullable=False, index=True),
    sa.Column("rev", sa.Integer, nullable=False),
    sa.Column("consent", sa.Text, nullable=False),
    sa.Column("used", sa.Boolean, nullable=False),
)


class Database:
    """One connection pool; every statement runs in a transaction of `begin`."""

    def __init__(self, url: str) -> None:
        self._engine = sa.create_engine(url, pool_pre_ping=True)
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _sqlite_settings)
            sa.event.listen(self._engine, "begin", _begin_immediate)
        with self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(4211870)"))
            meta.create_all(connection)
            _add_missing_columns(connection)

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction; on SQLite it holds the write lock from the start."""
        with self._engine.begin() as connection:
            yield connection


def _sqlite_settings(connection: Any, _record: Any) -> None:
    # BEGIN is ours (immediate), so that two writers queue up instead of failing when they upgrade a read lock
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA busy_timeout=30000")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _add_missing_columns(connection: Connection) -> None:
    """Columns that came later than a database; they all have a default, so old rows stay readable."""
    inspector = sa.inspect(connection)
    for table in meta.sorted_tables:
        known = {column["name"] for column in inspector.get_columns(table.name)}
        for column in table.columns:
            if column.name not in known:
                kind = column.type.compile(connection.dialect)
                default = f" DEFAULT '{column.server_default.arg}'" if column.server_default else ""  # type: ignore[attr-defined]
                rule = "" if column.nullable else " NOT NULL"
                connection.exec_driver_sql(f'ALTER TABLE {table.name} ADD COLUMN "{column.name}" {kind}{rule}{default}')


def one(connection: Connection, query: sa.Select[Any]) -> RowMapping | None:
    """The only row, or None."""
    return connection.execute(query).mappings().one_or_none()


def next_number(connection: Connection, name: str) -> int:
    """Counts up the named counter, from 1, without gaps."""
    bumped = connection.execute(
        counters.update().where(counters.c.name == name).values(value=counters.c.value + 1)
    ).rowcount
    if not bumped:
        connection.execute(counters.insert().values(name=name, value=1))
    return int(connection.execute(sa.select(counters.c.value).where(counters.c.name == name)).scalar_one())
