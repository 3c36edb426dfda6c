"""A witness inside the database, which the runtime knows nothing of: triggers note each claim of an
agent's delivery and each change of control, and the order of their commits is read afterwards.

SQLite has one writer, so the order of the notes is that of the commits. PostgreSQL keeps the time of
each transaction's commit (`track_commit_timestamp`).
"""

from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa

from runtime.storage.engine import Database

POSTGRES_SETTINGS = {"track_commit_timestamp": "on"}
_COLUMNS = "session_id, delivery_id, epoch, operator_id"
_CLAIM = f"INSERT INTO witness ({_COLUMNS}) VALUES (NEW.session_id, NEW.id, NEW.epoch, NULL);"
_CONTROL = f"INSERT INTO witness ({_COLUMNS}) VALUES (NEW.id, NULL, NEW.epoch, NEW.operator_id);"
_TRIGGERS = (
    (
        "claimed",
        "UPDATE OF state ON deliveries",
        "NEW.speaker = 'agent' AND NEW.state = 'sending' AND OLD.state <> 'sending'",
        _CLAIM,
    ),
    ("moved", "UPDATE OF epoch ON sessions", "NEW.epoch <> OLD.epoch", _CONTROL),
    ("opened", "INSERT ON sessions", "NEW.epoch >= 0", _CONTROL),
)
_NOTES = {
    "sqlite": f"SELECT {_COLUMNS} FROM witness ORDER BY n",
    "postgresql": f"SELECT {_COLUMNS} FROM witness"
    " ORDER BY pg_xact_commit_timestamp(xact::text::xid), n",
}


class Note(NamedTuple):
    """A claim if it names a delivery, otherwise the control from then on."""

    session_id: str
    delivery_id: str | None
    epoch: int
    operator_id: str | None


def call(database: Database) -> None:
    """Make the witness, on a migrated, empty database."""
    with database.engine().begin() as connection:
        for statement in _made(database.dialect):
            connection.exec_driver_sql(statement)


def _made(dialect: str) -> Iterator[str]:
    facts = "session_id TEXT, delivery_id TEXT, epoch INTEGER, operator_id TEXT"
    if dialect == "sqlite":
        yield f"CREATE TABLE witness (n INTEGER PRIMARY KEY AUTOINCREMENT, {facts})"
        for name, what, when, act in _TRIGGERS:
            yield f"CREATE TRIGGER {name} AFTER {what} WHEN {when} BEGIN {act} END"
        return
    number = "n BIGINT GENERATED ALWAYS AS IDENTITY"
    yield f"CREATE TABLE witness ({number}, xact BIGINT DEFAULT txid_current(), {facts})"
    for name, what, when, act in _TRIGGERS:
        yield (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
            f" AS $$ BEGIN {act} RETURN NULL; END $$"
        )
        yield (
            f"CREATE TRIGGER {name} AFTER {what} FOR EACH ROW WHEN ({when})"
            f" EXECUTE FUNCTION {name}()"
        )


def deadlocks(database: Database) -> int:
    """How often the server had to end one; each costs a second, and the unit is run again."""
    if database.dialect == "sqlite":
        return 0
    with database.engine().connect() as connection:
        return int(connection.scalar(sa.text("SELECT sum(deadlocks) FROM pg_stat_database")) or 0)


def notes(database: Database) -> list[Note]:
    """Everything it saw, in the order of the commits."""
    with database.engine().connect() as connection:
        return [Note(*row) for row in connection.execute(sa.text(_NOTES[database.dialect]))]
