"""Queries on the audit trail: who changed what about operators, tokens, channels and agents."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from .ids import Millis, new_id
from .sql import Statement, Tx, dumps, insert_row, loads
from .tables_inside import audit

SHELL = ""
"""Who acts from the command line, or as the process itself."""
NEWEST = "g"
"""After every id, which is hexadecimal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """One line of the trail."""

    id: str
    operator_id: str
    """Who did it; `SHELL`: nobody who was logged in."""
    act: str
    target: str
    data: Mapping[str, Any]
    at: Millis


_INSERT = insert_row(audit)
_PAGE = Statement(
    select(*(audit.c[name] for name in ("id", "operator_id", "act", "target", "data", "at")))
    .where(audit.c.id < bindparam("before"))
    .order_by(audit.c.id.desc())
    .limit(bindparam("many"))
)


def note(
    tx: Tx, operator_id: str, act: str, target: str, data: Mapping[str, Any] | None = None
) -> None:
    """In the same transaction as the act, such as `channel.stop`. Never secrets."""
    tx.put(
        _INSERT,
        id=new_id(),
        operator_id=operator_id,
        act=act,
        target=target,
        data=dumps(data or {}),
        at=tx.now,
    )


def page(tx: Tx, before: str, many: int) -> list[Act]:
    """The newest first, those before this one."""
    return [
        Act(id=r[0], operator_id=r[1], act=r[2], target=r[3], data=loads(r[4]), at=r[5])
        for r in tx.all(_PAGE, before=before or NEWEST, many=many)
    ]
