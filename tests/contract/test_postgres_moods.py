"""A PostgreSQL that is there and still not as it was: read-only, or without our connections."""

import contextlib
from functools import partial

import psycopg
import pytest
import sqlalchemy as sa

from runtime.errors import Unavailable
from runtime.storage import engine, inbound, workers
from runtime.storage.work import Store
from tests.contract.test_writer import Bell

CUT = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND pid <> %s"
)


def on_it(url: str, sql: str) -> None:
    """As an administrator, on the test's own database."""
    dsn = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(dsn, autocommit=True) as admin:
        me = (admin.info.dbname, admin.info.backend_pid)
        admin.execute(sql.encode(), me if sql is CUT else None)


async def test_a_read_only_server_asks_for_a_retry(postgres_url: str) -> None:
    """What it is after a failover, or when whoever hosts it finds its disk too full."""
    name = sa.make_url(postgres_url).database
    on_it(postgres_url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    async with contextlib.aclosing(Store(engine.database(postgres_url), Bell())) as store:
        with pytest.raises(Unavailable):
            await store.write(lambda tx: workers.beat(tx, "me", 1))
        on_it(postgres_url, f"BEGIN READ WRITE; ALTER DATABASE {name} RESET ALL; COMMIT")
        await store.write(lambda tx: workers.beat(tx, "me", tx.now + 1000))
        assert await store.read(workers.alive) == {"me"}


async def test_a_write_does_not_fail_because_its_connection_has_died(postgres_url: str) -> None:
    async with contextlib.aclosing(Store(engine.database(postgres_url), Bell())) as store:
        for n in range(5):
            assert await store.write(partial(inbound.first_time, channel_id="c", event_id=str(n)))
            on_it(postgres_url, CUT)


async def test_a_read_does_not_fail_because_its_connection_has_died(postgres_url: str) -> None:
    async with contextlib.aclosing(Store(engine.database(postgres_url), Bell())) as store:
        for _ in range(10):
            assert await store.read(workers.alive) == set()
            on_it(postgres_url, CUT)
