"""The migrations bring both databases to exactly what `tables.py` says."""

import importlib

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from runtime.storage import engine, migrate
from runtime.storage.tables import metadata
from runtime.storage.tables_people import customer_marks, customers, identities


def drift(database: engine.Database) -> list[object]:
    """What differs between the database and `tables.py`."""
    sql = database.engine()
    with sql.connect() as connection:
        found = list(compare_metadata(MigrationContext.configure(connection), metadata))
    sql.dispose()
    return found


def test_all_migrations_applied_equal_the_tables(database_url: str) -> None:
    database = engine.database(database_url)
    assert drift(database) == []
    have, newest = migrate.revisions(database)
    assert have == newest


def test_migrating_again_changes_nothing(database_url: str) -> None:
    database = engine.database(database_url)
    migrate.upgrade(database)
    assert drift(database) == []


def blank(table: sa.Table, **given: object) -> sa.Insert:
    """A row with nothing in it but what is given."""
    nothing = {one.name: one.type.python_type() for one in table.columns if not one.nullable}
    return table.insert().values({**nothing, **given})


def test_words_of_addresses_that_were_marked_before_are_told_apart(database_url: str) -> None:
    """Revision 0010."""
    database = engine.database(database_url)
    sql = database.engine()
    with sql.begin() as here:
        here.execute(blank(customers, id="c", name="Ann"))
        for kind, value in (("email", "ann@b.example"), ("telegram_user", "7")):
            here.execute(blank(identities, kind=kind, value=value, customer_id="c"))
        for mark in ("w:ann|n", "w:ann|a", "w:7|a", "k:email", "k:telegram_user"):
            here.execute(blank(customer_marks, customer_id="c", mark=mark))
    with sql.begin() as here, Operations.context(MigrationContext.configure(here)):
        importlib.import_module("runtime.storage.migrations.versions.0010_worlds").upgrade()
    with sql.connect() as here:
        found = {row[0] for row in here.execute(sa.select(customer_marks.c.mark))}
    sql.dispose()
    assert {"w:ann|n", "w:ann|ae", "w:ann@b.example|ae", "w:7|a", "k:email"} <= found
    assert "w:ann|a" not in found
