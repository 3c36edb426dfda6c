"""Queries on drafts: a suggestion while it is being written. Lossy: only the newest text counts, and
what is finished is a suggestion.
"""

from typing import NamedTuple

from sqlalchemy import bindparam, delete, select
from sqlalchemy.sql.dml import Insert as AnyInsert

from .ids import Millis
from .sql import Insert, Statement, Tx
from .tables import drafts


class Draft(NamedTuple):
    """All of the text so far."""

    session_id: str
    turn_id: str
    text: str
    at: Millis


def _put(insert: Insert) -> AnyInsert:
    row = insert(drafts).values({name: bindparam(name) for name in Draft._fields})
    statement: AnyInsert = row.on_conflict_do_update(
        index_elements=["session_id"],
        set_={name: row.excluded[name] for name in ("turn_id", "text", "at")},
    )
    return statement


_PUT = Statement(_put)
_CHANGED = Statement(
    select(*(drafts.c[name] for name in Draft._fields))
    .where(drafts.c.at >= bindparam("since"))
    .order_by(drafts.c.at)
)
_END = Statement(delete(drafts).where(drafts.c.session_id == bindparam("session_id")))


def put(tx: Tx, session_id: str, turn_id: str, text: str) -> None:
    tx.put(_PUT, session_id=session_id, turn_id=turn_id, text=text, at=tx.now)
    tx.ring("drafts")


def changed_since(tx: Tx, at: Millis) -> list[Draft]:
    """Those put at `at` or later."""
    return [Draft(*row) for row in tx.all(_CHANGED, since=at)]


def end(tx: Tx, session_id: str) -> None:
    """It became a suggestion, or nothing."""
    tx.put(_END, session_id=session_id)
