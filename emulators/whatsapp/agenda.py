"""What is to happen at a certain time of a clock that may jump."""

import asyncio
import heapq
import itertools
from collections.abc import Callable

from emulators.control import Clock


class Agenda:
    """Each act once, in the order of their times; nothing polls."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._alarm: asyncio.TimerHandle | None = None
        clock.watch(self.look)

    @property
    def now(self) -> float:
        return self._clock.now()

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._due, (self.now + seconds, next(self._numbers), act))
        self._arm()

    def look(self) -> None:
        while self._due and self._due[0][0] <= self.now:
            heapq.heappop(self._due)[2]()
        self._arm()

    def clear(self) -> None:
        self._due.clear()
        self._arm()

    def _arm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if self._due:
            # A little later: a timer may ring early by the clock's grain.
            wait = max(0.0, self._due[0][0] - self.now) + 0.001
            self._alarm = asyncio.get_running_loop().call_later(wait, self.look)
