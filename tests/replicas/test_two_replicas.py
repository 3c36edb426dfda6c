"""Two replicas on one PostgreSQL and one Redis: each message answered once, also without Redis."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.llm.scripted import ScriptedLlm
from emulators import telegram
from tests.servers import RedisServer, free_port, running_redis
from tests.story import TOKEN, World, replica, settings


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.mark.slow
async def test_each_message_is_answered_once_with_redis_and_without(
    postgres_url: str, tmp_path: Path, own_redis: RedisServer
) -> None:
    llm = ScriptedLlm(["Hello!"])
    async with telegram.running() as platform:
        bot = platform.telegram.add_bot(TOKEN, name="Story", limits=False)
        first, second = (
            settings(postgres_url, tmp_path, free_port(), redis_url=own_redis.url) for _ in "ab"
        )
        async with replica(first, platform.url, llm) as one, replica(second, platform.url, llm):
            w = World(runtime=one, platform=platform, bot=bot, base=first.public_url, llm=llm)
            names = [f"P{n}" for n in range(20)]
            for name in names:
                w.write("Hi", name)
            await w.until(lambda: all(w.heard(n) for n in names), "everybody is answered")
            own_redis.kill()
            for name in names:
                w.write("Still there?", name)
            await w.until(lambda: all(len(w.heard(n)) == 2 for n in names), "without Redis too")
            rows = await w.until_rows(
                lambda r: {state for state, _ in r} == {"sent"}, "deliveries", "state", "message_id"
            )
            assert len(rows) == 40
            assert len(await w.rows("sessions", "id")) == 20
