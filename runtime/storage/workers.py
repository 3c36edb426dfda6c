"""Queries on replicas: who is alive. Whoever stops saying so loses what it had claimed."""

from sqlalchemy import bindparam, delete, select
from sqlalchemy.sql.dml import Insert as AnyInsert

from .ids import Millis
from .sql import Insert, Statement, Tx
from .tables import workers


def _beat(insert: Insert) -> AnyInsert:
    row = insert(workers).values(id=bindparam("id"), alive_until=bindparam("until"))
    statement: AnyInsert = row.on_conflict_do_update(
        index_elements=["id"], set_={"alive_until": row.excluded.alive_until}
    )
    return statement


_BEAT = Statement(_beat)
_ALIVE = Statement(select(workers.c.id).where(workers.c.alive_until > bindparam("now")))
_LEAVE = Statement(delete(workers).where(workers.c.id == bindparam("id")))
_FORGET = Statement(delete(workers).where(workers.c.alive_until < bindparam("before")))


def beat(tx: Tx, worker: str, until: Millis) -> None:
    """I am alive, and will say so again before `until`."""
    tx.put(_BEAT, id=worker, until=until)


def leave(tx: Tx, worker: str) -> None:
    """A clean end: what is still claimed may be taken at once."""
    tx.put(_LEAVE, id=worker)


def forget(tx: Tx, before: Millis) -> None:
    tx.put(_FORGET, before=before)


def alive(tx: Tx) -> set[str]:
    return {row[0] for row in tx.all(_ALIVE, now=tx.now)}
