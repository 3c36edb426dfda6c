"""From a database URL to connections: SQLite with full durability, PostgreSQL by psycopg.

The writer and the readers use bare driver connections; SQLAlchemy's engine serves migrations.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from runtime.errors import Misconfigured

BUSY_MS = 10_000
"""How long a second SQLite process waits for the first one's transaction; `?timeout=SECONDS` in the
URL is another time."""

Connection = Any
"""A `sqlite3.Connection` or a `psycopg.Connection`: the few methods we need are the same."""

Gone = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.ReadOnlySqlTransaction,
    sqlite3.OperationalError,
)
"""What the drivers raise when the database cannot take anything now."""

Again = (
    psycopg.errors.PipelineAborted,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.LockNotAvailable,
    psycopg.errors.SerializationFailure,
    psycopg.errors.UniqueViolation,
    psycopg.errors.ForeignKeyViolation,  # a customer was merged into another meanwhile
    sqlite3.IntegrityError,
)
"""What a unit of work may meet because another one was faster: run it again alone."""

Late = (psycopg.Error,)
"""What a pipeline may raise at a later statement than the one that is to blame."""

Writing = tuple[Callable[[], Any], Callable[[], None] | None]
"""How to get a cursor for the next statement, and how to wait for a pipeline's answers."""


QUEUE_UP = ("SET LOCAL lock_timeout = 0", "SELECT pg_advisory_xact_lock(7023411)")
"""Waited for as long as it takes, for nobody in this queue waits for anything else. Held from the last
statements of a transaction to its commit: so short that it costs nothing, and commits have an order
that whoever reads the feed can rely on.
"""


WAIT_SHORTLY = "SET LOCAL lock_timeout = 100"
"""Milliseconds. Two groups may wait for each other's sessions, which PostgreSQL would notice after a
second in which both lanes stand still.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Database:
    """Where the data lies and how to reach it."""

    dialect: str
    url: sa.URL
    connect: Callable[[], Connection]

    def writing(
        self, connection: Connection, *, grouped: bool = False
    ) -> contextlib.AbstractContextManager[Writing]:
        """One transaction; leaving the block commits it. An error must be followed by a rollback.
        `grouped`: it holds the locks of several units, and so waits for others only shortly.
        """
        if self.dialect == "sqlite":
            return _write_sqlite(connection)
        return _pipe(connection, grouped=grouped)

    def reading(self, connection: Connection) -> contextlib.AbstractContextManager[Writing]:
        """One snapshot."""
        return _read(connection, _SNAPSHOT[self.dialect])

    def engine(self) -> sa.Engine:
        """For migrations and tools; keeps no connection open."""
        return sa.create_engine(self.url, poolclass=NullPool)


def database(url: str) -> Database:
    """Reads a URL such as `sqlite:///var/baton.db` or `postgresql+asyncpg://…` (any driver name).

    Raises `Misconfigured` for anything that is neither SQLite nor PostgreSQL.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise Misconfigured("BATON_DATABASE_URL is not a database URL.") from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise Misconfigured("BATON_DATABASE_URL: SQLite needs a file; memory forgets.")
        path, busy = parsed.database, _busy_ms(parsed)
        return Database(
            dialect="sqlite",
            url=parsed.set(drivername="sqlite"),
            connect=lambda: _open_sqlite(path, busy),
        )
    if backend == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        dsn = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
        return Database(dialect="postgresql", url=parsed, connect=lambda: _open_postgres(dsn))
    raise Misconfigured(f"BATON_DATABASE_URL: {backend} is not supported; sqlite or postgresql is.")


def _busy_ms(url: sa.URL) -> int:
    given = url.query.get("timeout", BUSY_MS / 1000)
    try:
        return int(float(given) * 1000)  # type: ignore[arg-type]  # given twice it is a tuple
    except (TypeError, ValueError, OverflowError):
        raise Misconfigured(
            f"BATON_DATABASE_URL: timeout must be a number of seconds, not {given!r}."
        ) from None


def _open_sqlite(path: str, busy_ms: int) -> sqlite3.Connection:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    for pragma in (
        f"busy_timeout = {busy_ms}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        "cache_size = -65536",
    ):
        connection.execute(f"PRAGMA {pragma}").close()
    # SQLite's own knows only ASCII; whoever searches also writes in other alphabets.
    connection.create_function("lower", 1, _lower, deterministic=True)
    return connection


def _lower(value: str | None) -> str | None:
    return None if value is None else value.lower()


def _open_postgres(dsn: str) -> psycopg.Connection[Any]:
    return psycopg.connect(dsn, connect_timeout=5, application_name="baton", autocommit=True)


_SNAPSHOT = {
    "sqlite": "BEGIN",
    "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}


@contextlib.contextmanager
def _write_sqlite(connection: sqlite3.Connection) -> Iterator[Writing]:
    cursor = connection.cursor()
    cursor.execute("BEGIN IMMEDIATE")
    yield lambda: cursor, None
    cursor.execute("COMMIT")


@contextlib.contextmanager
def _pipe(connection: psycopg.Connection[Any], *, grouped: bool) -> Iterator[Writing]:
    """Leaving the pipeline waits for every answer, that of the commit too, and raises errors."""
    with connection.pipeline() as pipeline:
        connection.execute("BEGIN")
        if grouped:
            connection.execute(WAIT_SHORTLY)
        yield connection.cursor, pipeline.sync
        connection.execute("COMMIT", prepare=False)


@contextlib.contextmanager
def _read(connection: Connection, begin: str) -> Iterator[Writing]:
    connection.execute(begin)
    try:
        yield connection.cursor, None
    finally:
        connection.rollback()
