"""Queries on the feed: the numbered list of changes that portals follow."""

from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select

from .ids import Millis
from .sql import Row, Statement, Tx, dumps, insert_row
from .tables import feed

_f = feed.c
_INSERT = insert_row(feed, "type", "session_id", "seq", "since", "data", "at")
_AFTER = Statement(
    select(_f.n, _f.type, _f.session_id, _f.seq, _f.data, _f.at)
    .where(_f.n > bindparam("after"))
    .order_by(_f.n)
    .limit(bindparam("many"))
)
_newest = select(func.max(_f.n)).scalar_subquery()
_BOUNDS = Statement(select(select(func.min(_f.n)).scalar_subquery(), _newest))
_FORGET = Statement(
    delete(feed).where(
        _f.n.in_(select(_f.n).order_by(_f.n).limit(bindparam("many"))),
        _f.n < _newest,
        or_(_f.at < bindparam("before"), _f.n <= _newest - bindparam("keep")),
    )
)


def add(
    tx: Tx, kind: str, session_id: str = "", seq: int = 0, *, since: int | None = None, **data: Any
) -> None:
    """One change that portals hear of, numbered in the order of the commits. `since`: the log's
    length before, if this change made it longer.
    """
    tx.last(
        _INSERT,
        type=kind,
        session_id=session_id,
        seq=seq,
        since=seq if since is None else since,
        data=dumps(data),
        at=tx.now,
    )
    tx.ring("feed")


def after(tx: Tx, n: int, many: int) -> list[Row]:
    """Number, type, session, seq, data and time of each."""
    return tx.all(_AFTER, after=n, many=many)


def bounds(tx: Tx) -> tuple[int, int]:
    """The oldest number that is kept, and the newest; the newest is always kept."""
    row = tx.one(_BOUNDS)
    oldest, newest = row or (None, None)
    return oldest or 0, newest or 0


def forget(tx: Tx, before: Millis, keep: int, many: int) -> int:
    """Of the `many` oldest, those from before a time and those beyond the newest `keep`; how many."""
    return tx.run(_FORGET, before=before, keep=keep, many=many)
