"""TG31, and the sizes that Telegram allows. How long to wait is known here; whom to ask is not."""

import math
from collections import deque

TEXT = 4096
"""Code points after parsing (TG16)."""
RAW_TEXT = 32_768
"""Bytes before parsing (TG17)."""
CAPTION = 1024
CALLBACK_DATA = 64
BUTTONS = 100
UPLOAD = 50 * 1024 * 1024
PHOTO = 10 * 1024 * 1024
DOWNLOAD = 20 * 1024 * 1024
ALBUM = range(2, 11)


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


class Pace:
    """Several limits together; who exceeds one is refused until the time he was told has passed."""

    def __init__(self, *limits: Bucket | Window) -> None:
        self._limits = limits
        self._until = 0.0

    def refusal(self, now: float) -> int:
        """Whole seconds to wait, 0 if the call may pass. A refused call makes it no longer."""
        if now >= self._until:
            wait = max(limit.wait(now) for limit in self._limits)
            self._until = now + math.ceil(wait)
        return math.ceil(self._until - now)

    def take(self, now: float, many: int) -> None:
        for limit in self._limits:
            limit.take(now, many)


def private_pace() -> Pace:
    return Pace(Bucket(1.0, 5))


def group_pace() -> Pace:
    return Pace(Bucket(1.0, 5), Window(20, 60.0))


def bot_pace() -> Pace:
    return Pace(Window(30, 1.0))
