"""Queries on drafts: a suggestion while it is being written. Lossy: only the newest text counts, and
what is finished is a suggestion.
"""

from typing import NamedTuple

from sqlalchemy import bindparam, delete, literal_column, select, update
from sqlalchemy.sql.dml import Insert as AnyInsert

from .ids import Millis
from .sql import Insert, Statement, Tx
from .tables import drafts

ABANDONED: Millis = 10 * 60 * 1000
"""A draft that stands still for so long was left by a replica that died, or has ended."""


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
_OF_SESSION = Statement(
    select(*(drafts.c[name] for name in Draft._fields)).where(
        drafts.c.session_id == bindparam("session_id"), drafts.c.text != literal_column("''")
    )
)
_FORGET = Statement(delete(drafts).where(drafts.c.at < bindparam("before")))
_END = Statement(
    update(drafts)
    .where(drafts.c.session_id == bindparam("of_session"), drafts.c.text != literal_column("''"))
    .values(text="", at=bindparam("now"))
)


def put(tx: Tx, session_id: str, turn_id: str, text: str) -> None:
    """Everything that is written so far."""
    tx.put(_PUT, session_id=session_id, turn_id=turn_id, text=text, at=tx.now)
    tx.ring("drafts")


def changed_since(tx: Tx, at: Millis) -> list[Draft]:
    """Those written or ended at `at` or later; an empty text means that nothing is being written
    any more.
    """
    return [Draft(*row) for row in tx.all(_CHANGED, since=at)]


def of_session(tx: Tx, session_id: str) -> Draft | None:
    """What is being written there now."""
    row = tx.one(_OF_SESSION, session_id=session_id)
    return Draft(*row) if row else None


def forget(tx: Tx) -> None:
    """Those that nobody has touched for so long that nobody writes them any more."""
    tx.put(_FORGET, before=tx.now - ABANDONED)


def end(tx: Tx, session_id: str) -> None:
    """It is kept as a suggestion now, or dropped."""
    tx.put(_END, of_session=session_id, now=tx.now)
    tx.ring("drafts")
