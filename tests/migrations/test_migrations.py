"""The migrations bring both databases to exactly what `tables.py` says."""

from runtime.storage import engine, migrate


def test_all_migrations_applied_equal_the_tables(database_url: str) -> None:
    database = engine.database(database_url)
    assert migrate.drift(database) == []
    have, newest = migrate.revisions(database)
    assert have == newest


def test_migrating_again_changes_nothing(database_url: str) -> None:
    database = engine.database(database_url)
    migrate.upgrade(database)
    assert migrate.drift(database) == []
