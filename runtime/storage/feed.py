"""Queries on the feed: the numbered list of changes that portals follow."""

from typing import Any

from sqlalchemy import bindparam, select

from .sql import Row, Statement, Tx, dumps, insert_row
from .tables import feed

_INSERT = insert_row(feed, "type", "session_id", "seq", "data", "at")
_AFTER = Statement(
    select(feed.c.n, feed.c.type, feed.c.session_id, feed.c.seq, feed.c.data, feed.c.at)
    .where(feed.c.n > bindparam("after"))
    .order_by(feed.c.n)
    .limit(bindparam("many"))
)


def add(tx: Tx, kind: str, session_id: str = "", seq: int = 0, **data: Any) -> None:
    """One change that portals hear of, numbered in the order of the commits."""
    tx.last(_INSERT, type=kind, session_id=session_id, seq=seq, data=dumps(data), at=tx.now)
    tx.ring("feed")


def after(tx: Tx, n: int, many: int) -> list[Row]:
    return tx.all(_AFTER, after=n, many=many)
