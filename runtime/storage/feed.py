"""Queries on the feed: the numbered list of changes that portals follow."""

from sqlalchemy import bindparam, select

from .sql import Row, Statement, Tx, insert_row
from .tables import feed

_INSERT = insert_row(feed, "type", "session_id", "seq", "at")
_AFTER = Statement(
    select(feed.c.n, feed.c.type, feed.c.session_id, feed.c.seq, feed.c.at)
    .where(feed.c.n > bindparam("after"))
    .order_by(feed.c.n)
    .limit(bindparam("many"))
)


def add(tx: Tx, kind: str, session_id: str, seq: int) -> None:
    tx.put(_INSERT, type=kind, session_id=session_id, seq=seq, at=tx.now)
    tx.ring("feed")


def after(tx: Tx, n: int, many: int) -> list[Row]:
    return tx.all(_AFTER, after=n, many=many)
