"""Queries on what happened to channels: connected, refused, failed deliveries. Short and bounded: the
same again only counts, and what is old or beyond the newest is forgotten.
"""

from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, update

from .ids import Millis
from .sql import Statement, Tx, insert_row
from .tables_inside import happenings

KEEP = 500
"""Of each channel."""
NEWEST = 2**53
"""After every number."""


class Kind(StrEnum):
    """What can happen to a channel."""

    STARTED = "started"
    """An admin wants it to run."""
    STOPPED = "stopped"
    CONNECTED = "connected"
    RETRYING = "retrying"
    """No connection now; tried again by itself."""
    REFUSED = "refused"
    """An admin must react."""
    DELIVERY_FAILED = "delivery_failed"
    DELIVERY_UNKNOWN = "delivery_unknown"
    UNREADABLE = "unreadable"
    """A genuine body is in the quarantine."""
    AUTOMATIC = "automatic"
    """What a machine wrote, and belongs to no conversation."""
    ACCOUNT = "account"
    """The platform says something about the account."""


class Happening(NamedTuple):
    """One row; the same that happened `times` times from `at` to `last_at`."""

    n: int
    channel_id: str
    kind: str
    code: str
    detail: str
    session_id: str
    """Of the last time; empty: of none."""
    times: int
    at: Millis
    last_at: Millis


_h = happenings.c
_columns = [_h[name] for name in Happening._fields]
_of = _h.channel_id == bindparam("of")
_INSERT = insert_row(happenings, *Happening._fields[1:])
_LAST = Statement(select(*_columns).where(_of).order_by(_h.n.desc()).limit(1))
_AGAIN = Statement(
    update(happenings)
    .where(_h.n == bindparam("of"))
    .values(times=_h.times + 1, last_at=bindparam("now"), session_id=bindparam("session"))
)
_PAGE = Statement(
    select(*_columns)
    .where(_of, _h.n < bindparam("before"))
    .order_by(_h.n.desc())
    .limit(bindparam("many"))
)
_beyond = happenings.alias("beyond")
_newer = (
    select(_beyond.c.n)
    .where(_beyond.c.channel_id == _h.channel_id)
    .order_by(_beyond.c.n.desc())
    .limit(1)
    .offset(KEEP - 1)
    .correlate(happenings)
    .scalar_subquery()
)
_FORGET_OLD = Statement(delete(happenings).where(_h.last_at < bindparam("before")))
_FORGET_MANY = Statement(delete(happenings).where(_h.n < _newer))


def note(
    tx: Tx, channel_id: str, kind: Kind, detail: str = "", *, code: str = "", session_id: str = ""
) -> None:
    """In the same transaction as what happened."""
    row = tx.one(_LAST, of=channel_id)
    last = Happening(*row) if row else None
    if last and (last.kind, last.code, last.detail) == (kind, code, detail):
        tx.put(_AGAIN, of=last.n, now=tx.now, session=session_id)
        return
    tx.put(
        _INSERT,
        channel_id=channel_id,
        kind=kind.value,
        code=code,
        detail=detail,
        session_id=session_id,
        times=1,
        at=tx.now,
        last_at=tx.now,
    )


def page(tx: Tx, channel_id: str, before: int, many: int) -> list[Happening]:
    """The newest first, those before this one."""
    rows = tx.all(_PAGE, of=channel_id, before=before or NEWEST, many=many)
    return [Happening(*row) for row in rows]


def forget(tx: Tx, before: Millis) -> None:
    """What is from before a time, and what is beyond the newest of each channel."""
    tx.put(_FORGET_OLD, before=before)
    tx.put(_FORGET_MANY)
