"""Queries on the knowledge that admins write for agents, beside what the agents' folders hold."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.sql.dml import Insert as AnyInsert

from . import feed
from .ids import Millis, new_id
from .sql import Insert, Statement, Tx
from .tables_inside import documents

MOST = 500
"""Documents of one agent."""


class Document(NamedTuple):
    """One row without its text."""

    name: str
    size: int
    """Characters."""
    operator_id: str
    changed_at: Millis


def _put(insert: Insert) -> AnyInsert:
    names = ("agent_id", "name", "text", "version", "operator_id", "changed_at")
    row = insert(documents).values({name: bindparam(name) for name in names})
    statement: AnyInsert = row.on_conflict_do_update(
        index_elements=["agent_id", "name"],
        set_={name: row.excluded[name] for name in names[2:]},
    )
    return statement


_d = documents.c
_PUT = Statement(_put)
_of_agent = _d.agent_id == bindparam("of")
_one = (_of_agent, _d.name == bindparam("named"))
_shown = (_d.name, func.length(_d.text), _d.operator_id, _d.changed_at)
_LIST = Statement(select(*_shown).where(_of_agent).order_by(_d.name))
_GET = Statement(select(*_shown, _d.text).where(*_one))
_REMOVE = Statement(delete(documents).where(*_one))
_COUNT = Statement(select(func.count()).where(_of_agent))
_VERSIONS = Statement(select(_d.agent_id, _d.name, _d.version).order_by(_d.agent_id, _d.name))
_TEXTS = Statement(select(_d.agent_id, _d.name, _d.text).order_by(_d.agent_id, _d.name))

Versions = tuple[tuple[str, str, str], ...]


def put(tx: Tx, agent_id: str, name: str, text: str, operator_id: str) -> None:
    """Write it, or write it anew."""
    tx.put(
        _PUT,
        agent_id=agent_id,
        name=name,
        text=text,
        version=new_id(),
        operator_id=operator_id,
        changed_at=tx.now,
    )
    _changed(tx, agent_id)


def remove(tx: Tx, agent_id: str, name: str) -> bool:
    """Whether there was one."""
    _changed(tx, agent_id)
    return tx.run(_REMOVE, of=agent_id, named=name) == 1


def of_agent(tx: Tx, agent_id: str) -> list[Document]:
    """By name."""
    return [Document(*row) for row in tx.all(_LIST, of=agent_id)]


def get(tx: Tx, agent_id: str, name: str) -> tuple[Document, str] | None:
    """One with its text."""
    row = tx.one(_GET, of=agent_id, named=name)
    return (Document(*row[:-1]), row[-1]) if row else None


def count(tx: Tx, agent_id: str) -> int:
    row = tx.one(_COUNT, of=agent_id)
    return int(row[0]) if row else 0


def versions(tx: Tx) -> Versions:
    """What changes whenever any of them does, and costs little to look at."""
    return tuple((row[0], row[1], row[2]) for row in tx.all(_VERSIONS))


def texts(tx: Tx) -> dict[str, Mapping[str, str]]:
    """Every text, by agent and name."""
    found: dict[str, dict[str, str]] = {}
    for agent_id, name, text in tx.all(_TEXTS):
        found.setdefault(agent_id, {})[name] = text
    return dict(found)


def _changed(tx: Tx, agent_id: str) -> None:
    """Every replica reads anew, and portals look again."""
    feed.add(tx, "agent", id=agent_id)
    tx.ring("channels")
