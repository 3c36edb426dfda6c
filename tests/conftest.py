"""What every test may ask for: databases that are real and fresh, and walls around the machine."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from agents.llm import openai as openai_llm
from runtime.storage import engine, migrate, operators

pytest.register_assert_rewrite("tests")  # what helpers assert is told in full, too
from tests.servers import RedisServer, running_postgres, running_redis  # noqa: E402

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")
ALONE = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
EMPTY = """
DO $$
DECLARE one regclass;
BEGIN
    SET LOCAL session_replication_role = replica;  -- references are not looked at
    FOR one IN
        SELECT oid FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
    LOOP
        EXECUTE 'DELETE FROM ' || one;
    END LOOP;
    FOR one IN SELECT oid FROM pg_class WHERE relkind = 'S' LOOP
        PERFORM setval(one, 1, false);
    END LOOP;
END $$
"""
# Hashed as ever, but in no time. What real commands store, `flows/test_command_line.py` looks at.
operators.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session", autouse=True)
def _no_real_model() -> None:
    openai_llm.ALLOW_REAL_CALLS = False


@pytest.fixture(scope="session", autouse=True)
def _only_loopback() -> Iterator[None]:
    """A test that wants to leave this machine fails there and then."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(LOOPBACK):
            raise RuntimeError(f"A test tried to reach {address[0]}.")
        real(self, address)

    socket.socket.connect = connect  # type: ignore[method-assign,assignment]
    yield
    socket.socket.connect = real  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def _postgres_database() -> Iterator[str]:
    """One for the run, migrated. Nothing here turns the power off, so it doesn't wait for the disk."""
    with running_postgres(fsync=False) as url:
        migrate.upgrade(engine.database(url))
        yield url


@pytest.fixture
def postgres_url(_postgres_database: str) -> str:
    """A migrated database on a real PostgreSQL, emptied: a fresh copy takes longer than many a test.
    Whoever wants to change its tables needs a server of his own.
    """
    with psycopg.connect(_postgres_database, autocommit=True) as connection:
        connection.execute(ALONE)
        connection.execute(EMPTY)
    url = sa.make_url(_postgres_database).set(drivername="postgresql+asyncpg")
    return url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def _sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file that databases are copied from."""
    path = tmp_path_factory.mktemp("template") / "baton.db"
    migrate.upgrade(engine.database(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(_sqlite_file: Path, tmp_path: Path) -> str:
    """A fresh migrated SQLite file."""
    return f"sqlite:///{shutil.copy(_sqlite_file, tmp_path / 'baton.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The same story on both databases."""
    name = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    return redis_server.url
