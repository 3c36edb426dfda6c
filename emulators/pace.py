"""How much is allowed in how much time. How long to wait is known here; whom to ask is not."""

from collections import deque


class Bucket:
    """So many a second, and a few at once after a pause."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._at = float(burst), 0.0

    def wait(self, now: float) -> float:
        self._tokens = min(self._burst, self._tokens + max(0.0, now - self._at) * self._rate)
        self._at = now
        return 0.0 if self._tokens >= 1 else (1 - self._tokens) / self._rate

    def take(self, _: float, many: int) -> None:
        self._tokens -= many


class Window:
    """At most so many within so many seconds, wherever the seconds begin."""

    def __init__(self, many: int, seconds: float) -> None:
        self._many, self._seconds = many, seconds
        self._times: deque[float] = deque()

    def wait(self, now: float) -> float:
        while self._times and self._times[0] <= now - self._seconds:
            self._times.popleft()
        if len(self._times) < self._many:
            return 0.0
        return self._times[len(self._times) - self._many] + self._seconds - now

    def take(self, now: float, many: int) -> None:
        self._times.extend([now] * many)
