"""Queries of routing: which sessions wait, who could have them, and how much everybody has."""

from typing import NamedTuple

from sqlalchemy import bindparam, func, or_, select, update

from .ids import Millis
from .log import Author, Kind
from .sessions import Session
from .sql import Row, Statement, Tx, const
from .tables import log, operators, sessions

_s, _o = sessions.c, operators.c


class Queue(NamedTuple):
    """The waiting sessions of one agent."""

    agent_id: str
    many: int
    sought: int
    """For so many of them an operator is sought."""
    oldest: Millis
    look_at: Millis | None


class Person(NamedTuple):
    """An operator who may have sessions."""

    id: str
    schedule: str
    assigned_at: Millis | None


_session = [_s[name] for name in Session._fields]
_QUEUES = Statement(
    select(
        _s.agent_id,
        func.count(),
        func.count(_s.sought_since),
        func.min(_s.waiting_since),
        func.min(_s.look_at),
    )
    .where(_s.waiting_since.is_not(None))
    .group_by(_s.agent_id)
    .order_by(_s.agent_id)
)
_SOUGHT = Statement(
    select(*_session)
    .where(
        _s.agent_id == bindparam("agent_id"),
        _s.sought_since.is_not(None),
        _s.waiting_since.is_not(None),
    )
    .order_by(_s.sought_since, _s.id)
    .limit(bindparam("many"))
    .with_for_update(skip_locked=True)
)
_DUE = Statement(
    select(*_session)
    .where(_s.look_at <= bindparam("now"))
    .order_by(_s.look_at)
    .limit(bindparam("many"))
    .with_for_update(skip_locked=True)
)
_LOOKED = Statement(
    update(sessions)
    .where(_s.id == bindparam("of"))
    .values(
        look_at=bindparam("again_at"),
        reminded_at=bindparam("reminded"),
        sought_since=bindparam("sought"),
    )
)
_people = (
    select(_o.id, _o.schedule, _o.assigned_at)
    .where(_o.state == const("active"), _o.role != const("viewer"))
    .order_by(_o.id)
)
_PEOPLE = Statement(_people)
_LOCK_PEOPLE = Statement(_people.with_for_update(key_share=True))
_LOADS = Statement(
    select(_s.operator_id, func.count())
    .where(_s.operator_id.is_not(None), _s.mode != const("finished"))
    .group_by(_s.operator_id)
)
_ASSIGNED = Statement(
    update(operators).where(_o.id == bindparam("of")).values(assigned_at=bindparam("at"))
)
_TOLD = Statement(
    select(log.c.seq)
    .where(
        log.c.session_id == bindparam("session_id"),
        log.c.kind == const(Kind.MESSAGE),
        log.c.author == const(Author.NOTICE),
        log.c.author_id == bindparam("notice"),
        or_(log.c.at >= bindparam("since"), log.c.text == bindparam("words")),
    )
    .limit(1)
)


def queues(tx: Tx) -> list[Queue]:
    """Of every agent that has waiting sessions."""
    return [Queue(*row) for row in tx.all(_QUEUES)]


def sought(tx: Tx, agent_id: str, many: int) -> list[Session]:
    """The oldest for which an operator is sought, locked; what somebody else has locked is left out."""
    return _sessions(tx.all(_SOUGHT, agent_id=agent_id, many=many))


def due(tx: Tx, many: int) -> list[Session]:
    """Those whom the watchdog wanted to look at by now, locked; see `sought`."""
    return _sessions(tx.all(_DUE, now=tx.now, many=many))


def looked(tx: Tx, session: Session) -> None:
    """Store when to look again, when it was reminded of, and since when an operator is sought."""
    tx.put(
        _LOOKED,
        of=session.id,
        again_at=session.look_at,
        reminded=session.reminded_at,
        sought=session.sought_since,
    )


def people(tx: Tx, *, locked: bool = False) -> list[Person]:
    """Everybody who may have sessions; `locked`, so that nobody else gives them any meanwhile."""
    return [Person(*row) for row in tx.all(_LOCK_PEOPLE if locked else _PEOPLE)]


def loads(tx: Tx) -> dict[str, int]:
    """How many open sessions each operator has."""
    return {row[0]: row[1] for row in tx.all(_LOADS)}


def assigned(tx: Tx, operator_id: str) -> None:
    tx.put(_ASSIGNED, of=operator_id, at=tx.now)


def told(tx: Tx, session: Session, notice: str, words: str) -> bool:
    """Whether the customer has heard this notice since he waits, or ever in the same words."""
    found = tx.one(
        _TOLD,
        session_id=session.id,
        notice=notice,
        since=session.waiting_since or 0,
        words=words,
    )
    return found is not None


def _sessions(rows: list[Row]) -> list[Session]:
    return [Session(*row) for row in rows]
