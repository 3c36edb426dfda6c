"""Which fields customers have, and filters of their list that are kept for everybody."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select

from agents.facts import Field

from .ids import Millis, new_id
from .sql import Statement, Tx, dumps, insert_row, loads
from .tables_people import customer_fields, customer_filters

_f = customer_fields.c
_k = customer_filters.c
_FIELDS = Statement(select(_f.name, _f.title, _f.type, _f.choices).order_by(_f.position))
_EMPTY = Statement(delete(customer_fields))
_ADD = insert_row(customer_fields)
_KEPT = Statement(
    select(_k.id, _k.name, _k.filter, _k.operator_id, _k.created_at).order_by(_k.name)
)
_KEEP = insert_row(customer_filters)
_NAMED = Statement(select(_k.id).where(_k.name == bindparam("name")))
_DROP = Statement(delete(customer_filters).where(_k.id == bindparam("of")))


class Kept(NamedTuple):
    """A filter with a name."""

    id: str
    name: str
    filter: str
    operator_id: str | None
    created_at: Millis


def many(tx: Tx) -> list[Field]:
    """In the order that people gave them."""
    return [Field(row[0], row[1], row[2], loads(row[3]) or []) for row in tx.all(_FIELDS)]


def put(tx: Tx, fields: Sequence[Field]) -> None:
    """These and no others. What customers have under a name that is none any more stays a fact."""
    tx.put(_EMPTY)
    for position, one in enumerate(fields):
        row = {**one._asdict(), "choices": dumps(one.choices), "position": position}
        tx.put(_ADD, **row)
    tx.ring("channels")  # agents are told


def kept(tx: Tx) -> list[Kept]:
    return [Kept(*row) for row in tx.all(_KEPT)]


def keep(tx: Tx, name: str, filter_: str, operator_id: str) -> str | None:
    """Its id; none if there is one of this name."""
    if tx.one(_NAMED, name=name):
        return None
    id_ = new_id()
    tx.put(_KEEP, id=id_, name=name, filter=filter_, operator_id=operator_id, created_at=tx.now)
    return id_


def drop(tx: Tx, filter_id: str) -> None:
    tx.put(_DROP, of=filter_id)
