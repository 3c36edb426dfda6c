"""Queries on presence: which operator looks at which session, and whether he types. Lossy: a row lasts
for as long as its socket says so.
"""

from typing import NamedTuple

from sqlalchemy import bindparam, delete, select
from sqlalchemy.sql.dml import Insert as AnyInsert

from .ids import Millis
from .sql import Insert, Statement, Tx
from .tables_inside import presence


class Here(NamedTuple):
    """One socket."""

    operator_id: str
    session_id: str | None
    typing_until: Millis
    seen_until: Millis


def _put(insert: Insert) -> AnyInsert:
    row = insert(presence).values({name: bindparam(name) for name in ("socket", *Here._fields)})
    statement: AnyInsert = row.on_conflict_do_update(
        index_elements=["socket"], set_={name: row.excluded[name] for name in Here._fields}
    )
    return statement


_PUT = Statement(_put)
_HERE = Statement(
    select(*(presence.c[name] for name in Here._fields))
    .where(presence.c.seen_until > bindparam("now"))
    .order_by(presence.c.operator_id, presence.c.socket)
)
_LEAVE = Statement(delete(presence).where(presence.c.socket == bindparam("socket")))
_FORGET = Statement(delete(presence).where(presence.c.seen_until <= bindparam("now")))


def put(tx: Tx, socket: str, here: Here) -> None:
    tx.put(_PUT, socket=socket, **here._asdict())


def leave(tx: Tx, socket: str) -> None:
    tx.put(_LEAVE, socket=socket)
    tx.ring("presence")


def here(tx: Tx) -> list[Here]:
    return [Here(*row) for row in tx.all(_HERE, now=tx.now)]


def forget(tx: Tx) -> None:
    """Sockets of replicas that are gone."""
    tx.put(_FORGET, now=tx.now)
