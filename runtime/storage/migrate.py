"""Brings a database to the newest schema; safe to run from several replicas at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from .engine import Database

LOCK = 0x6261746F6E
"""The advisory lock of PostgreSQL under which one replica migrates and the others wait."""


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _connected(database: Database) -> Iterator[sa.Connection]:
    if database.dialect == "sqlite":
        # Makes the folder and switches to WAL, which only works outside a transaction.
        database.connect().close()
    engine = database.engine()
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def upgrade(database: Database) -> None:
    """To the newest revision; does nothing when it is there already."""
    with _connected(database) as connection:
        if database.dialect == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
            connection.commit()
        command.upgrade(_config(connection), "head")
        connection.commit()
        if database.dialect == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
            connection.commit()


def revisions(database: Database) -> tuple[str | None, str | None]:
    """The revision that the database has, and the newest one."""
    with _connected(database) as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        return current, ScriptDirectory.from_config(_config(connection)).get_current_head()
