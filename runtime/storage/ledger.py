"""Queries on what became of suggestions: counted in the database, and read in order of time."""

from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import and_, bindparam, case, func, or_, select

from .ids import Millis
from .sql import Statement, Tx, const
from .suggestions import State, Suggestion
from .tables import suggestions


class By(StrEnum):
    """What the ledger is grouped by."""

    AGENT = "agent"
    PROMPT_VERSION = "prompt_version"
    OPERATOR = "operator"


class Counts(NamedTuple):
    """Of one agent, prompt version or operator. Times are milliseconds from being asked for."""

    key: str | None
    made: int
    late: int
    shown: int
    used: int
    edited: int
    dismissed: int
    overtaken: int
    ignored: int
    distance: float | None
    """Words changed on average, where something was."""
    first_after: float | None
    kept_after: float | None
    kept_after_at_most: int | None


_s = suggestions.c
_KEYS = {By.AGENT: _s.agent_id, By.PROMPT_VERSION: _s.prompt_version, By.OPERATOR: _s.operator_id}
COUNTED = [
    func.count(case((_s.state == const(state), 1)))
    for state in (State.USED, State.EDITED, State.DISMISSED, State.OVERTAKEN, State.IGNORED)
]
"""How many were used, edited, dismissed, overtaken, ignored."""
_COUNT = {
    by: Statement(
        select(
            key,
            func.count(),
            func.count(case((_s.late, 1))),
            func.count(_s.shown_at),
            *COUNTED,
            func.avg(case((_s.state == const(State.EDITED), _s.distance))),
            func.avg(_s.first_at - _s.asked_at),
            func.avg(_s.created_at - _s.asked_at),
            func.max(_s.created_at - _s.asked_at),
        )
        .where(_s.created_at >= bindparam("since"), _s.created_at < bindparam("before"))
        .group_by(key)
        .order_by(key)
    )
    for by, key in _KEYS.items()
}
_later = or_(
    _s.created_at > bindparam("at"), and_(_s.created_at == bindparam("at"), _s.id > bindparam("id"))
)
_written = (
    select(*(_s[name] for name in Suggestion._fields))
    .where(_s.created_at >= bindparam("at"), _later)
    .order_by(_s.created_at, _s.id)
    .limit(bindparam("many"))
)
_AFTER = Statement(_written)
_AFTER_OF = Statement(_written.where(_s.agent_id == bindparam("agent_id")))


def count(tx: Tx, by: By, since: Millis, before: Millis) -> list[Counts]:
    """Of suggestions that were made from `since` to just before `before`."""
    rows = tx.all(_COUNT[by], since=since, before=before)
    return [Counts._make((*row[:9], *map(_float, row[9:12]), row[12])) for row in rows]


def after(tx: Tx, at: Millis, suggestion_id: str, agent_id: str, many: int) -> list[Suggestion]:
    """The next ones in order of time, of one agent or, with an empty id, of all."""
    place = {"at": at, "id": suggestion_id, "many": many}
    rows = tx.all(_AFTER_OF, **place, agent_id=agent_id) if agent_id else tx.all(_AFTER, **place)
    return [Suggestion(*row) for row in rows]


def _float(value: object) -> float | None:
    """PostgreSQL's averages are decimals."""
    return None if value is None else float(str(value))
