"""How fast a platform wants us to send: a token bucket as one number a key, shared by replicas.

The generic cell rate algorithm: `free_at` is when the bucket will be full again.
"""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.sql.dml import Insert as AnyInsert

from .ids import Millis
from .sql import Insert, Statement, Tx
from .tables import paces


@dataclass(frozen=True, kw_only=True, slots=True)
class Bucket:
    """`burst` at once, then one each `every` milliseconds."""

    key: str
    every: float
    burst: int

    @property
    def slack(self) -> float:
        """How far ahead of time a burst may run, in milliseconds."""
        return self.every * (self.burst - 1)


_GET = Statement(select(paces.c.free_at).where(paces.c.key == bindparam("key")).with_for_update())


def _put(insert: Insert) -> AnyInsert:
    row = insert(paces).values(key=bindparam("key"), free_at=bindparam("free_at"))
    statement: AnyInsert = row.on_conflict_do_update(
        index_elements=["key"], set_={"free_at": row.excluded.free_at}
    )
    return statement


_PUT = Statement(_put)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """Which bucket has no token, and when it will have one."""

    key: str
    until: Millis


def take(tx: Tx, *buckets: Bucket) -> Wait | None:
    """One token from each bucket; or none from any, and what to wait for."""
    states = [(bucket, _free_at(tx, bucket.key)) for bucket in buckets]
    for bucket, free_at in states:
        if free_at - bucket.slack > tx.now:
            return Wait(key=bucket.key, until=int(free_at - bucket.slack) + 1)
    for bucket, free_at in states:
        tx.put(_PUT, key=bucket.key, free_at=max(free_at, float(tx.now)) + bucket.every)
    return None


def block(tx: Tx, bucket: Bucket, until: Millis) -> None:
    """The platform says wait: nothing leaves through this bucket before `until`."""
    tx.put(_PUT, key=bucket.key, free_at=max(_free_at(tx, bucket.key), until + bucket.slack))


def _free_at(tx: Tx, key: str) -> float:
    row = tx.one(_GET, key=key)
    return float(row[0]) if row else 0.0
