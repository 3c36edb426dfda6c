"""How often somebody may try a password: by address and by email, counted for all replicas."""

from math import ceil

from aiohttp import web

from runtime import errors
from runtime.storage import operators, paces

from .keys import FRONT, STORE

MINUTE = 60_000
BY_ADDRESS = (30, MINUTE / 15)
"""An office may be behind one address. How many at once, then one each so many milliseconds."""
BY_EMAIL = (10, MINUTE / 2)


async def allow(request: web.Request, email: str) -> None:
    """Counts an attempt. Raises `TooMany`, also for emails that nobody has."""
    store = request.app[STORE]
    address = request.app[FRONT].client(request)
    buckets = (_bucket("address", address, BY_ADDRESS), _bucket("email", email.lower(), BY_EMAIL))
    wait = await store.write(lambda tx: paces.take(tx, *buckets), buckets[0].key)
    if wait is not None:
        seconds = max(1, ceil((wait.until - store.clock()) / 1000))
        raise errors.TooMany("Too many attempts; wait a little.", retry_after=seconds)


def _bucket(kind: str, value: str, pace: tuple[int, float]) -> paces.Bucket:
    """Strangers choose the value, so that there are only 65,536 keys of a kind."""
    burst, every = pace
    return paces.Bucket(key=f"login/{kind}/{operators.digest(value)[:4]}", every=every, burst=burst)
