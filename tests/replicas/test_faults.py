"""What happens to customers when a part of the machine goes away: real servers, really ended."""

import asyncio
import contextlib
import random
import resource
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bench import kills
from channels.messages import Request
from emulators import openai
from emulators.openai import Scripted
from runtime.storage import engine, migrate
from tests.line import Line
from tests.processes import Stage, serving, update
from tests.servers import PostgresServer, RedisServer, free_port, own_postgres, running_redis
from tests.story import CHANNEL

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
QUESTION = "How long is delivery?"
ASKS = {"Q": QUESTION, "H": "I want to talk to a human"}
SPOILT = {
    "failed (500)": Scripted(fault="status", status=500),
    "failed (502)": Scripted(fault="html_502"),
    "unreadable": Scripted(fault="not_json"),
    "broke off": Scripted(fault="cut", text="one two three four"),
    "an error in its answer": Scripted(fault="error_event"),
}


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    with own_postgres(fsync=False) as server:
        migrate.upgrade(engine.database(server.url))
        yield server


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture
async def model() -> AsyncIterator[openai.Running]:
    async with openai.running() as server:
        yield server


@contextlib.contextmanager
def _full_disk(server: kills.Server) -> Iterator[None]:
    """No file of this process can be written to."""
    _, hard = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (hard, hard))


async def _refused_politely(w: Stage) -> None:
    """What the world sees of a server whose database is away."""
    assert await w.post(update(1, w.chat("Zoe"))) == 503
    assert (await w.get("/healthz"))[0] == 200
    status, reasons = await w.get("/readyz")
    assert status == 503
    assert "The database cannot be read now" in reasons


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


async def test_an_update_is_one_turn_however_often_it_comes_and_whatever_dies_meanwhile(
    database_url: str, tmp_path: Path, model: openai.Running
) -> None:
    model.server.script.append(Scripted(fault="slow", delay=600))
    async with serving(database_url, tmp_path, {"OPENAI_BASE_URL": model.url}) as w:
        chat = w.chat("Ann")
        body = update(1, chat)
        assert await asyncio.gather(*(w.post(body) for _ in range(5))) == [200] * 5
        await w.until(lambda: len(model.server.asked) == 1, "the model is asked")
        await w.first.kill()
        await w.first.start()
        await w.until_ready()
        assert await asyncio.gather(*(w.post(body) for _ in range(5))) == [200] * 5
        await w.until(lambda: w.heard() == ["This is the emulated model."], "the answer")
        await w.until_at_rest()
        assert await asyncio.gather(*(w.post(body) for _ in range(5))) == [200] * 5
        assert await w.post(update(2, chat, "And how long is a return?")) == 200
        await w.until(lambda: len(w.heard()) == 2, "an answer to what is new")
        await w.until_at_rest()
        assert len(w.heard()) == 2
        entries = [e.author for e in (await w.logs())[chat] if e.kind == "message"]
        assert entries == ["customer", "agent", "customer", "agent"]


async def test_a_thousand_updates_over_two_servers_are_in_order_in_each_chat(
    postgres_url: str, tmp_path: Path
) -> None:
    chance, chats, many = random.Random(7), range(1, 51), 20
    async with serving(postgres_url, tmp_path, {"BATON_QUIET_SECONDS": "600"}, many=2) as w:

        async def one_chat(chat: int) -> None:
            """One after the other, as a platform does; but some several times at once."""
            for n in range(many):
                body = update(chat * 100 + n, chat, str(n))
                copies = [
                    w.post(body, chance.choice(w.servers))
                    for _ in range(chance.choice((1, 1, 2, 3)))
                ]
                assert await asyncio.gather(*copies) == [200] * len(copies)

        await asyncio.gather(*(one_chat(chat) for chat in chats))
        told = await w.logs()
        assert len(told) == len(chats)
        for entries in told.values():
            assert [entry.text for entry in entries] == [str(n) for n in range(many)]
        assert await w.rows("quarantine", "id") == []


async def test_a_full_disk_puts_the_platform_off_until_there_is_room(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with serving(sqlite_url, tmp_path) as w:
        body = update(1, w.chat("Ann"))
        with _full_disk(w.first):
            assert await w.post(body) == 503
            await w.until_readyz("lease lost", 503)
            assert (await w.get("/healthz"))[0] == 200
        assert await w.post(body) == 200
        await w.until(lambda: len(w.heard()) == 1, "the answer")
        await w.until_readyz('"loops": "ok"', 200)
        await w.until_at_rest()
        assert len(w.heard()) == 1


async def test_a_locked_sqlite_puts_the_platform_off_until_it_is_free(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with serving(f"{sqlite_url}?timeout=0.5", tmp_path) as w:
        body = update(1, w.chat("Ann"))
        with contextlib.closing(
            sqlite3.connect(tmp_path / "baton.db", isolation_level=None)
        ) as other:
            other.execute("BEGIN EXCLUSIVE")
            assert await w.post(body) == 503
            await w.until_readyz("lease lost", 503)
        assert await w.post(body) == 200
        await w.until(lambda: len(w.heard()) == 1, "the answer")
        await w.until_readyz('"loops": "ok"', 200)


async def test_a_dead_redis_loses_nothing_and_rings_again_when_it_is_back(
    postgres_url: str, tmp_path: Path, redis: RedisServer
) -> None:
    more = {"BATON_REDIS_URL": redis.url, "BATON_POLL_SECONDS": "600"}
    async with serving(postgres_url, tmp_path, more) as w:
        await w.until_readyz('"bus": "ok"', 200)
        redis.kill()
        await w.until_readyz("down: slower, nothing is lost", 200)
        w.write(QUESTION)
        await w.until(lambda: len(w.heard()) == 1, "the answer without Redis")
        await asyncio.to_thread(redis.start)
        await w.until_readyz('"bus": "ok"', 200)
        # The test is the other replica: it stores what came, and leaves the answer to the server.
        await w.runtime.bus.open()
        await w.runtime.holders.refresh()
        body = update(1, w.chat("Ben"))
        await w.runtime.inbox.accept(CHANNEL, Request(body=body, trusted=True))
        await w.until(lambda: len(w.heard("Ben")) == 1, "the server hears of it by Redis")
        await w.until_at_rest()
        assert [len(w.heard(name)) for name in ("Ann", "Ben")] == [1, 1]


async def test_whatever_the_model_does_the_customer_is_told_and_people_are_told_why(
    sqlite_url: str, tmp_path: Path
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/v1"
    async with serving(sqlite_url, tmp_path, {"OPENAI_BASE_URL": url}) as w:
        w.write(QUESTION, "cannot be reached")
        await w.until_heard("cannot be reached")
        async with openai.running(port) as model:
            for reason, answer in SPOILT.items():
                model.server.script.extend([answer] * 2)  # the client tries some of them again
                w.write(QUESTION, reason)
                await w.until_heard(reason)
                model.server.script.clear()
        await w.until_at_rest()
        assert await w.modes() == ["waiting"] * (1 + len(SPOILT))
        told = await w.logs()
        for reason in ("cannot be reached", *SPOILT):
            (said,) = w.heard(reason)
            assert "colleague" in said
            assert reason in " ".join(e.text for e in told[w.chat(reason)] if e.kind == "control")


@pytest.mark.parametrize(
    ("answer", "drain", "asked"),
    [(Scripted(delay=0.1), 60, 1), (Scripted(fault="slow", delay=600), 0.5, 2)],
    ids=["ends", "leaves"],
)
async def test_a_server_that_is_told_to_stop_ends_its_turn_or_leaves_it_to_the_next(
    sqlite_url: str,
    tmp_path: Path,
    model: openai.Running,
    answer: Scripted,
    drain: float,
    asked: int,
) -> None:
    model.server.script.append(answer)
    more = {"OPENAI_BASE_URL": model.url, "BATON_DRAIN_SECONDS": str(drain)}
    async with serving(sqlite_url, tmp_path, more) as w:
        w.write(QUESTION)
        await w.until(lambda: len(model.server.asked) == 1, "the model is asked")
        assert await w.first.stop() == 0
        await w.first.start()
        await w.until(lambda: len(w.heard()) == 1, "the answer")
        await w.until_at_rest()
        assert w.heard() == ["This is the emulated model."]
        assert len(model.server.asked) == asked


async def test_a_commit_that_nobody_hears_of_is_neither_lost_nor_done_twice(
    postgres_url: str, tmp_path: Path
) -> None:
    there = sa.make_url(postgres_url)
    line = Line(there.port or 0, random.Random(5))
    async with line.running() as port:
        url = there.set(port=port).render_as_string(hide_password=False)
        async with serving(url, tmp_path) as w:
            line.losing = 0.3
            names = [f"{'QH'[n % 2]}{n}" for n in range(40)]
            for name in names:
                w.write(ASKS[name[0]], name)
                await asyncio.sleep(0.05)
            await w.until(lambda: line.lost > 30, "many commits go unheard")
            line.losing = 0.0
            await w.until_ready()
            await w.until_at_rest()
            result = await w.count()
            assert result.updates == len(names)
            assert result.wrong == 0, result
            assert await w.rows("suggestions", "text") == [], "said and proposed once more"
