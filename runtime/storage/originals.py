"""Queries on originals: all of a message whose log entry has only what agents read."""

from sqlalchemy import bindparam, select

from channels.messages import Original

from .sql import Statement, Tx, insert_row
from .tables import originals

_FIELDS = tuple(Original.__dataclass_fields__)
_INSERT = insert_row(originals)
_ONE = Statement(
    select(*(originals.c[name] for name in _FIELDS)).where(
        originals.c.session_id == bindparam("session_id"), originals.c.seq == bindparam("seq")
    )
)


def keep(tx: Tx, session_id: str, seq: int, original: Original) -> None:
    values = {name: getattr(original, name) for name in _FIELDS}
    tx.put(_INSERT, session_id=session_id, seq=seq, **values)


def get(tx: Tx, session_id: str, seq: int) -> Original | None:
    row = tx.one(_ONE, session_id=session_id, seq=seq)
    return None if row is None else Original(**dict(zip(_FIELDS, row, strict=True)))
