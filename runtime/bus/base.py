"""The port of the bus: it rings and it waits, and carries nothing. The database remembers.

A topic is a plain name, such as `turns` or `session:ID`. A lost ring costs a poll, never a message.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol


class Waiter(Protocol):
    """Waits for its topics."""

    async def wait(self, timeout: float) -> bool:  # noqa: ASYNC109 - a poll's interval, no cancellation
        """True as soon as one of its topics rang since the last wait; False after `timeout` seconds."""
        ...


class Bus(Protocol):
    """Wakes loops, here and in other replicas."""

    @property
    def healthy(self) -> bool:
        """Whether other replicas hear us; this process always hears itself."""
        ...

    def ring(self, topics: Iterable[str]) -> None:
        """Never blocks, never raises; many rings of one topic between two waits are one."""
        ...

    def waiter(self, *topics: str) -> AbstractContextManager[Waiter]: ...

    async def open(self) -> None: ...

    async def aclose(self) -> None: ...
