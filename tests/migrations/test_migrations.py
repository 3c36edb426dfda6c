"""The migrations bring both databases to exactly what `tables.py` says."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from runtime.storage import engine, migrate
from runtime.storage.tables import metadata


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
