"""The feed is numbered in the order of the commits: who follows it by number misses nothing."""

import asyncio
from functools import partial

from runtime.storage import engine, feed
from runtime.storage.sql import Tx
from runtime.storage.work import Store

MANY = 400


class Silent:
    def ring(self, topics: set[str]) -> None:
        """Nobody listens."""


def change(tx: Tx, name: str) -> None:
    feed.add(tx, "session", name)


async def follow(store: Store, until: int) -> list[str]:
    """Every change once, by the last number that was seen."""
    last, seen = 0, list[str]()
    async with asyncio.timeout(30):
        while len(seen) < until:
            for n, _, name, *_ in await store.read(partial(feed.after, n=last, many=7)):
                assert n > last
                last = n
                seen.append(name)
            await asyncio.sleep(0)
    return seen


async def test_nobody_who_follows_by_number_misses_a_change_of_several_replicas(
    database_url: str,
) -> None:
    replicas = [Store(engine.database(database_url), Silent()) for _ in range(2)]
    try:
        names = [f"{r}/{n}" for r in range(len(replicas)) for n in range(MANY)]
        following = asyncio.create_task(follow(replicas[0], len(names)))
        await asyncio.gather(
            *(
                store.write(partial(change, name=f"{r}/{n}"), key=str(n))
                for n in range(MANY)
                for r, store in enumerate(replicas)
            )
        )
        assert sorted(await following) == sorted(names)
    finally:
        for store in replicas:
            await store.aclose()
