"""Queries on what operators' browsers have sent, by the ids that they gave it."""

from sqlalchemy import bindparam, select

from .sql import Statement, Tx, insert_row
from .tables import accepted

_ADD = insert_row(accepted)
_FIND = Statement(
    select(accepted.c.seq).where(
        accepted.c.session_id == bindparam("session_id"),
        accepted.c.client_id == bindparam("client_id"),
    )
)


def find(tx: Tx, session_id: str, client_id: str) -> int | None:
    """The log entry that it became; none: it is new. What has no id is always new."""
    row = tx.one(_FIND, session_id=session_id, client_id=client_id) if client_id else None
    return row[0] if row else None


def add(tx: Tx, session_id: str, client_id: str, seq: int) -> None:
    """Only while the session is locked."""
    if client_id:
        tx.put(_ADD, session_id=session_id, client_id=client_id, seq=seq)
