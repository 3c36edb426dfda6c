"""What happens to customers when a part of the machine goes away: real servers, really ended."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runtime.storage import engine, migrate
from tests.processes import Stage, serving, update
from tests.servers import PostgresServer, own_postgres

QUESTION = "How long is delivery?"


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    with own_postgres(fsync=False) as server:
        migrate.upgrade(engine.database(server.url))
        yield server


async def _refused_politely(w: Stage) -> None:
    """What the world sees of a server whose database is away."""
    assert await w.post(update(1, w.open_chat("Zoe"))) == 503
    assert (await w.get("/healthz"))[0] == 200
    status, reasons = await w.get("/readyz")
    assert status == 503
    assert "The database cannot be read now" in reasons


@pytest.mark.slow
@pytest.mark.parametrize("end", [PostgresServer.stop, PostgresServer.kill], ids=["stop", "kill"])
async def test_what_comes_while_postgres_is_away_is_answered_once_when_it_is_back(
    tmp_path: Path, postgres: PostgresServer, end: Callable[[PostgresServer], None]
) -> None:
    async with serving(postgres.url, tmp_path) as w:
        early, late = [f"E{n}" for n in range(12)], [f"L{n}" for n in range(5)]
        for name in early:
            w.write(QUESTION, name)
            await asyncio.sleep(0.01)
        await w.until(lambda: any(w.heard(name) for name in early), "the first is answered")
        await asyncio.to_thread(end, postgres)
        await _refused_politely(w)
        for name in late:
            w.write(QUESTION, name)
        await w.until(lambda: "503" in w.bot.trouble.message, "the platform is put off")
        await asyncio.to_thread(postgres.start)
        await w.until_ready()
        await w.until_at_rest()
        assert [len(w.heard(name)) for name in late] == [1] * len(late)
        result = await w.count()
        assert result.updates == len(early) + len(late)
        assert result.wrong == 0, result
        await asyncio.to_thread(end, postgres)
        assert await w.first.stop() == 0, "it can also be stopped while its database is away"
