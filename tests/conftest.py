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
TEMPLATE = "baton_template"
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
def _postgres_server() -> Iterator[str]:
    """One server for the run, with a migrated template that databases are copied from."""
    with running_postgres() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {TEMPLATE}")
        template = sa.make_url(url).set(database=TEMPLATE)
        migrate.upgrade(engine.database(template.render_as_string(hide_password=False)))
        yield url


@pytest.fixture
def postgres_url(_postgres_server: str, tmp_path: Path) -> Iterator[str]:
    """A fresh migrated database on a real PostgreSQL."""
    name = f"t_{abs(hash(tmp_path))}"
    with psycopg.connect(_postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        url = sa.make_url(_postgres_server).set(drivername="postgresql+asyncpg", database=name)
        yield url.render_as_string(hide_password=False)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


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
