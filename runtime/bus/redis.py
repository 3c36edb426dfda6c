"""The bus between replicas: Redis publishes topic names, nothing else, once for each loop tick.

This process hears itself without Redis, so a dead Redis only means that the other replicas find
work at their next poll. A background task keeps trying to come back.
"""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterable
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from .memory import MemoryBus

CHANNEL = "baton:rings"
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
PUBLISH_SECONDS = 2.0
"""A Redis that takes longer to hear of a ring is not healthy; the ring is given up."""
PROBE_SECONDS = 0.5

_log = structlog.get_logger("bus")


class RedisBus(MemoryBus):
    """Rings here at once, and in the other replicas through Redis."""

    def __init__(self, url: str) -> None:
        super().__init__()
        # A blocking read must not time out, and a command must fail soon: see docs/adr.
        self._redis: Redis = Redis.from_url(
            url,
            socket_timeout=None,
            socket_connect_timeout=2.0,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )
        self._pending: set[str] = set()
        self._listening = False
        self._heard = True
        self._tasks: set[asyncio.Task[None]] = set()
        self._flushing = False

    @property
    def healthy(self) -> bool:
        return self._listening and self._heard

    def ring(self, topics: Iterable[str]) -> None:
        topics = set(topics)
        super().ring(topics)
        self._pending |= topics
        if not self._flushing:
            self._flushing = True
            self._spawn(self._flush())

    async def open(self) -> None:
        self._spawn(self._listen())

    async def aclose(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(RedisError, OSError):
            await self._redis.aclose()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _flush(self) -> None:
        """One at a time: whatever is rung while one is on its way goes out as the next message.

        After one that failed it goes on, with nothing if nothing was rung, until one is heard.
        """
        while self._pending or not self._heard:
            topics, self._pending = self._pending, set()
            try:
                async with asyncio.timeout(PUBLISH_SECONDS):
                    await self._redis.publish(CHANNEL, "\n".join(topics))
            except (RedisError, OSError) as error:
                self._heard = False
                _log.debug("a ring was not heard elsewhere", action="ring_lost", error=repr(error))
                await asyncio.sleep(PROBE_SECONDS)
            else:
                self._heard = True
        self._flushing = False

    async def _listen(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    async for message in pubsub.listen():
                        if message["type"] == "subscribe":
                            self._listening, pause = True, FIRST_PAUSE
                            # Whatever was rung while we were deaf: look at everything once.
                            super().ring(list(self._waiters))
                        elif message["type"] == "message":
                            super().ring(str(message["data"]).split("\n"))
            except (RedisError, OSError) as error:
                if self._listening:
                    _log.warning("redis is away", action="bus_down", error=repr(error))
                self._listening = False
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)
