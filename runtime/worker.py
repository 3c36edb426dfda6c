"""Runs the loops: ring, or poll, or stop; drains on shutdown. One for the process.

A round that fails is counted, logged and tried again at the next poll; a lost ring costs a poll.
Stopping: no new claims, wait for what runs until the deadline, then give it back.
"""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from runtime import errors
from runtime.bus.base import Bus
from runtime.observe import Metrics
from runtime.storage import workers
from runtime.storage.work import Store

_log = structlog.get_logger("worker")

BEATS = 3
"""How often within its lease a replica says that it is alive."""


def new_worker_id() -> str:
    """A name for this process's claims; another start is another worker."""
    return secrets.token_hex(8)


@dataclass(frozen=True, kw_only=True, slots=True)
class Loop:
    """A station, what wakes it, and what it owes at the end."""

    name: str
    topics: Sequence[str]
    round: Callable[[], Awaitable[float | None]]
    sweep: Callable[[], Awaitable[None]] | None = None
    drain: Callable[[], Awaitable[None]] | None = None
    abort: Callable[[], Awaitable[None]] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tempo:
    """All in seconds."""

    lease: float
    poll: float
    drain: float


class Worker:
    """`running` is the whole life of it."""

    def __init__(
        self, *, store: Store, bus: Bus, metrics: Metrics, worker: str, tempo: Tempo
    ) -> None:
        self._store = store
        self._bus = bus
        self._metrics = metrics
        self._tempo = tempo
        self._stopping = asyncio.Event()
        self._alive_until = 0.0
        self.id = worker

    @property
    def alive(self) -> bool:
        """Whether our claims are surely still ours."""
        return asyncio.get_running_loop().time() < self._alive_until

    @property
    def bus_healthy(self) -> bool:
        """Whether rings arrive; without them everything happens at the next poll."""
        return self._bus.healthy

    @contextlib.asynccontextmanager
    async def running(self, loops: Sequence[Loop]) -> AsyncIterator[None]:
        """Loops run inside; leaving stops, drains and says goodbye."""
        await self._beat()
        tasks = [asyncio.create_task(self._keep_alive(), name="alive")]
        tasks += [asyncio.create_task(self._sweep(loops), name="sweep")]
        tasks += [asyncio.create_task(self._loop(one), name=one.name) for one in loops]
        try:
            yield
        finally:
            await self._stop(loops, tasks)

    async def _stop(self, loops: Sequence[Loop], tasks: list[asyncio.Task[None]]) -> None:
        self._stopping.set()
        self._bus.ring(["stop"])
        await asyncio.wait(tasks[2:])
        drains = [loop.drain() for loop in loops if loop.drain]
        try:
            async with asyncio.timeout(self._tempo.drain):
                await asyncio.gather(*drains)
        except TimeoutError:
            _log.warning("not everything ended in time", action="drain_deadline")
            await asyncio.gather(*(loop.abort() for loop in loops if loop.abort))
        for task in tasks[:2]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(errors.Unavailable):
            await self._store.write(lambda tx: workers.leave(tx, self.id))

    async def _loop(self, loop: Loop) -> None:
        with self._bus.waiter(*loop.topics, "stop") as waiter:
            while not self._stopping.is_set():
                due = await self._round(loop)
                if not self._stopping.is_set():
                    await waiter.wait(min(self._tempo.poll, due))

    async def _round(self, loop: Loop) -> float:
        """One round; how long the loop may wait when nobody rings."""
        try:
            due = await loop.round()
        except errors.Unavailable as error:
            self._metrics.loop_errors.labels(loop.name).inc()
            _log.warning(
                "the database is away",
                action="round_unavailable",
                loop=loop.name,
                detail=error.detail,
            )
        except Exception:
            # A bug in one round must not end the loop that everybody's messages go through.
            self._metrics.loop_errors.labels(loop.name).inc()
            _log.exception("a round broke", action="round_broke", loop=loop.name)
        else:
            return self._tempo.poll if due is None else due
        return min(1.0, self._tempo.poll)

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(self._tempo.lease / BEATS)
            try:
                await self._beat()
            except errors.Unavailable as error:
                _log.warning(
                    "could not say that we live", action="beat_missed", detail=error.detail
                )

    async def _beat(self) -> None:
        until = asyncio.get_running_loop().time() + self._tempo.lease
        lease = int(self._tempo.lease * 1000)
        await self._store.write(lambda tx: workers.beat(tx, self.id, tx.now + lease))
        self._alive_until = until

    async def _sweep(self, loops: Sequence[Loop]) -> None:
        """What others left behind; by every replica, for each sweep finds only what is due."""
        while True:
            for loop in loops:
                if loop.sweep is not None:
                    await self._swept(loop.name, loop.sweep)
            await asyncio.sleep(self._tempo.lease / 2)

    async def _swept(self, name: str, sweep: Callable[[], Awaitable[None]]) -> None:
        try:
            await sweep()
        except Exception as error:
            self._metrics.loop_errors.labels(f"{name} sweep").inc()
            _log.warning("a sweep failed", action="sweep_failed", loop=name, error=repr(error))
