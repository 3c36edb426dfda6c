"""What operators note about a customer, for each other."""

from typing import NamedTuple

from sqlalchemy import bindparam, delete, select

from . import feed
from .ids import Millis, new_id
from .sql import Statement, Tx, insert_row
from .tables import operators
from .tables_people import customer_notes

_n = customer_notes.c
_INSERT = insert_row(customer_notes)
_MANY = Statement(
    select(_n.id, _n.text, _n.operator_id, operators.c.name, _n.created_at)
    .outerjoin(operators, operators.c.id == _n.operator_id)
    .where(_n.customer_id == bindparam("customer_id"), _n.id < bindparam("after"))
    .order_by(_n.id.desc())
    .limit(bindparam("many"))
)
_OF = Statement(
    select(_n.operator_id).where(
        _n.id == bindparam("id"), _n.customer_id == bindparam("customer_id")
    )
)
_DELETE = Statement(delete(customer_notes).where(_n.id == bindparam("of")))
_END = "~"
"""After every id."""


class Note(NamedTuple):
    """`operator` is none where he is gone."""

    id: str
    text: str
    operator_id: str | None
    operator: str | None
    created_at: Millis


def add(tx: Tx, customer_id: str, text: str, operator_id: str) -> str:
    """Its id."""
    id_ = new_id()
    tx.put(
        _INSERT,
        id=id_,
        customer_id=customer_id,
        text=text,
        operator_id=operator_id,
        created_at=tx.now,
    )
    feed.add(tx, "customer", id=customer_id)
    return id_


def page(tx: Tx, customer_id: str, after: str, many: int) -> list[Note]:
    """The newest first."""
    rows = tx.all(_MANY, customer_id=customer_id, after=after or _END, many=many)
    return [Note(*row) for row in rows]


def author(tx: Tx, customer_id: str, note_id: str) -> str | None:
    """Raises `KeyError` where there is no such note of this customer."""
    row = tx.one(_OF, id=note_id, customer_id=customer_id)
    if row is None:
        raise KeyError(note_id)
    return row[0]  # type: ignore[no-any-return]


def drop(tx: Tx, customer_id: str, note_id: str) -> None:
    tx.put(_DELETE, of=note_id)
    feed.add(tx, "customer", id=customer_id)
