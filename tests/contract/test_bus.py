"""One suite over both buses: rings wake, waiting ends, and a dead Redis only costs a poll."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import pytest

from runtime.bus.base import Bus
from runtime.bus.memory import MemoryBus
from runtime.bus.redis import RedisBus
from tests.servers import RedisServer, running_redis

LONG = 40.0


@pytest.fixture(params=["memory", "redis"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    found: Bus = MemoryBus()
    if request.param == "redis":
        found = RedisBus(request.getfixturevalue("redis_url"))
    await found.open()
    await healthy(found)
    yield found
    await found.aclose()


async def healthy(bus: Bus) -> None:
    async with asyncio.timeout(LONG):
        while not bus.healthy:
            await asyncio.sleep(0.01)


async def test_a_ring_ends_the_wait(bus: Bus) -> None:
    with bus.waiter("turns", "stop") as waiter:
        asyncio.get_running_loop().call_later(0.01, bus.ring, ["turns"])
        assert await waiter.wait(LONG)


async def test_a_ring_between_two_waits_is_not_lost(bus: Bus) -> None:
    with bus.waiter("turns") as waiter:
        bus.ring(["turns"])
        assert await waiter.wait(LONG)


async def test_nobody_is_woken_by_another_topic(bus: Bus) -> None:
    with bus.waiter("turns") as waiter:
        await waiter.wait(0.2)  # whatever coming alive may have rung
        bus.ring(["outbox"])
        assert not await waiter.wait(0.1)


async def test_ten_thousand_rings_are_one(bus: Bus) -> None:
    with bus.waiter("turns") as waiter:
        await waiter.wait(0.2)
        for _ in range(10_000):
            bus.ring(["turns"])
        assert await waiter.wait(LONG)
        heard = 1
        while await waiter.wait(1.0):
            heard += 1
        assert heard <= 3, "what came round through the server"


async def test_everybody_who_waits_is_woken(bus: Bus) -> None:
    async def one() -> bool:
        with bus.waiter("turns") as waiter:
            return await waiter.wait(LONG)

    tasks = [asyncio.create_task(one()) for _ in range(200)]
    await asyncio.sleep(0.05)
    bus.ring(["turns"])
    assert all(await asyncio.gather(*tasks))


async def test_two_replicas_hear_each_other(redis_url: str) -> None:
    here, there = RedisBus(redis_url), RedisBus(redis_url)
    await asyncio.gather(here.open(), there.open())
    await asyncio.gather(healthy(here), healthy(there))
    with there.waiter("turns") as waiter:
        await waiter.wait(0.2)
        here.ring(["turns"])
        assert await waiter.wait(LONG)
    await asyncio.gather(here.aclose(), there.aclose())


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


async def test_a_killed_redis_is_noticed_and_found_again(own_redis: RedisServer) -> None:
    bus = RedisBus(own_redis.url)
    await bus.open()
    await healthy(bus)
    own_redis.kill()
    async with asyncio.timeout(LONG):
        while bus.healthy:
            await asyncio.sleep(0.01)
    with bus.waiter("turns") as waiter:
        bus.ring(["turns"])
        assert await waiter.wait(LONG), "this process hears itself"
        own_redis.start()
        await healthy(bus)
        bus.ring(["turns"])
        assert await waiter.wait(LONG)
    await bus.aclose()


async def test_a_frozen_redis_is_noticed_and_takes_nothing_with_it(own_redis: RedisServer) -> None:
    async with contextlib.aclosing(RedisBus(own_redis.url)) as bus:
        await bus.open()
        await healthy(bus)
        with own_redis.frozen():
            for _ in range(200):
                bus.ring(["turns"])
                await asyncio.sleep(0.001)
            assert len(asyncio.all_tasks()) < 10, "each ring waits in a connection of its own"
            async with asyncio.timeout(LONG):
                while bus.healthy:
                    await asyncio.sleep(0.01)
            with bus.waiter("turns") as waiter:
                bus.ring(["turns"])
                assert await waiter.wait(LONG), "this process hears itself"
        await healthy(bus)
