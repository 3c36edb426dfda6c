"""Queries behind starting a conversation: where a customer can be reached, and what there has been."""

from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from handoff.state import Mode

from .deliveries import State
from .ids import Millis, SessionId
from .log import Author, Kind
from .sql import Statement, Tx, const
from .tables import deliveries, log, sessions
from .tables_people import customers, identities

MARK = '{"template":'
"""How the data of a log entry begins that was an approved message."""


class Identity(NamedTuple):
    """One address of a customer."""

    scope: str
    kind: str
    value: str
    chat: str | None
    reachable: bool
    reason: str


class Offered(NamedTuple):
    """An approved message that was not refused."""

    session_id: SessionId
    at: Millis


_i = identities.c
_s = sessions.c
_LOCK = Statement(select(customers.c.id).where(customers.c.id == bindparam("id")).with_for_update())
_KNOWN = Statement(select(customers.c.id).where(customers.c.id == bindparam("id")))
_IDENTITIES = Statement(
    select(_i.scope, _i.kind, _i.value, _i.chat, _i.reachable, _i.unreachable_reason)
    .where(_i.customer_id == bindparam("customer_id"))
    .order_by(_i.created_at, _i.kind, _i.value)
)
_here = (_s.customer_id == bindparam("customer_id"), _s.channel_id == bindparam("channel_id"))
_ACTIVE = Statement(
    select(_s.id)
    .where(*_here, _s.agent_id == bindparam("agent_id"), _s.mode != const(Mode.FINISHED))
    .order_by(_s.id.desc())
    .limit(1)
)
_OFFERED = Statement(
    select(_s.id, log.c.at)
    .join(log, log.c.session_id == _s.id)
    .join(
        deliveries,
        (deliveries.c.session_id == log.c.session_id) & (deliveries.c.seq == log.c.seq),
    )
    .where(
        *_here,
        log.c.kind == const(Kind.MESSAGE),
        log.c.author == const(Author.OPERATOR),
        log.c.at > bindparam("since"),
        func.substr(log.c.data, 1, len(MARK)) == bindparam("mark"),
        deliveries.c.state.not_in([const(State.FAILED), const(State.WITHDRAWN)]),
    )
    .order_by(log.c.at.desc())
    .limit(1)
)
_WROTE = Statement(select(func.max(_s.customer_wrote_at)).where(*_here))
_STATES = Statement(
    select(deliveries.c.state, deliveries.c.detail).where(
        deliveries.c.session_id == bindparam("session_id"), deliveries.c.seq == bindparam("seq")
    )
)


def lock(tx: Tx, customer_id: str) -> bool:
    """Whoever starts a conversation with this customer waits for the others; false: nobody is he."""
    return tx.one(_LOCK, id=customer_id) is not None


def known(tx: Tx, customer_id: str) -> bool:
    return tx.one(_KNOWN, id=customer_id) is not None


def identities_of(tx: Tx, customer_id: str) -> list[Identity]:
    """The oldest first."""
    return [Identity(*row) for row in tx.all(_IDENTITIES, customer_id=customer_id)]


def active(tx: Tx, customer_id: str, channel_id: str, agent_id: str) -> SessionId | None:
    """The newest session with this agent that is not finished."""
    row = tx.one(_ACTIVE, customer_id=customer_id, channel_id=channel_id, agent_id=agent_id)
    return row[0] if row else None


def unanswered(tx: Tx, customer_id: str, channel_id: str, since: Millis) -> Offered | None:
    """The last approved message after `since`, unless the customer has written after it."""
    where = {"customer_id": customer_id, "channel_id": channel_id}
    row = tx.one(_OFFERED, **where, since=since, mark=MARK)
    wrote = tx.one(_WROTE, **where)
    if row is None or (wrote is not None and (wrote[0] or 0) > row[1]):
        return None
    return Offered(*row)


def states(tx: Tx, session_id: str, seq: int) -> list[tuple[State, str]]:
    """Of each part of one message: where it is, and why it failed."""
    rows = tx.all(_STATES, session_id=session_id, seq=seq)
    return [(State(row[0]), row[1]) for row in rows]
