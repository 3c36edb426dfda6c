"""TG31, and the sizes that Telegram allows. How long to wait is known here; whom to ask is not."""

import math

from emulators.pace import Bucket, Window

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
