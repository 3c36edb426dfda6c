"""Identities that sort by time, so that indexes stay compact, and their types."""

import os
import random
import time
from typing import NewType

SessionId = NewType("SessionId", str)
CustomerId = NewType("CustomerId", str)
ChannelId = NewType("ChannelId", str)
TurnId = NewType("TurnId", str)

Millis = int
"""Milliseconds since 1970 in UTC: how every time is stored, on both databases alike."""


_chance = random.Random()  # noqa: S311 - ids are no secrets, and asking the system is dear
os.register_at_fork(after_in_child=_chance.seed)


def new_id() -> str:
    """24 hexadecimal digits: 12 of milliseconds, 12 of chance."""
    return f"{time.time_ns() // 1_000_000:012x}{_chance.getrandbits(48):012x}"
