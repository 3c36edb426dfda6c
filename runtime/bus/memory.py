"""The bus within one process: for a single replica, and as the shipped double."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class MemoryWaiter:
    """A flag that rings raise and a wait lowers."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, timeout: float) -> bool:  # noqa: ASYNC109 - a poll's interval
        try:
            async with asyncio.timeout(timeout):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True


class MemoryBus:
    """Waiters by topic."""

    def __init__(self) -> None:
        self._waiters: dict[str, set[MemoryWaiter]] = {}

    @property
    def healthy(self) -> bool:
        return True

    def ring(self, topics: Iterable[str]) -> None:
        for topic in topics:
            for waiter in self._waiters.get(topic, ()):
                waiter.ring()

    @contextmanager
    def waiter(self, *topics: str) -> Iterator[MemoryWaiter]:
        waiter = MemoryWaiter()
        for topic in topics:
            self._waiters.setdefault(topic, set()).add(waiter)
        try:
            yield waiter
        finally:
            for topic in topics:
                waiting = self._waiters[topic]
                waiting.discard(waiter)
                if not waiting:
                    del self._waiters[topic]

    async def open(self) -> None:
        """Nothing to open."""

    async def aclose(self) -> None:
        """Nothing to close."""
