"""Queries on sessions: the row that a change locks, and how an inbound message finds it."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, exists, func, select, update
from sqlalchemy.sql.dml import Insert as AnyInsert

from handoff.state import Control, Mode

from .ids import ChannelId, CustomerId, Millis, SessionId
from .operators import Role
from .sql import Insert, Row, Statement, Tx, const, dumps, loads
from .tables import operators, sessions
from .tables_people import customers, identities


class Session(NamedTuple):
    """One row, as it was when it was locked."""

    id: SessionId
    channel_id: ChannelId
    customer_id: CustomerId
    agent_id: str
    chat: str
    thread: str
    via: str
    grouped: bool
    mode: str
    operator_id: str | None
    epoch: int
    last_seq: int
    unread: int
    opened_at: Millis
    customer_wrote_at: Millis | None
    answered_at: Millis | None
    idle_at: Millis | None
    finished_at: Millis | None
    waiting_since: Millis | None
    sought_since: Millis | None
    look_at: Millis | None
    reminded_at: Millis | None
    summary: str
    resolved_by: str = ""
    """`agent`, `clock`, `outside`, or `operator:` and his id; empty: it is not finished."""
    first_agent_at: Millis | None = None
    """When the agent, and when a person, first wrote to the customer."""
    first_human_at: Millis | None = None
    handed_over_at: Millis | None = None
    """When control first left the agent for people, who wanted it, and why."""
    handed_over_by: str = ""
    handover_reason: str = ""
    subject: str = ""
    context: str = ""
    """JSON that the channel wants to see again; empty: nobody has written to us here."""

    @property
    def control(self) -> Control:
        return Control(mode=Mode(self.mode), operator_id=self.operator_id, epoch=self.epoch)


_columns = [sessions.c[name] for name in Session._fields]


def _begun(insert: Insert) -> AnyInsert:
    row: dict[str, Any] = {name: bindparam(name) for name in (*Session._fields, "learnt")}
    known = select(customers.c.facts).where(customers.c.id == bindparam("customer_id"))
    statement: AnyInsert = insert(sessions).values({**row, "known": known.scalar_subquery()})
    return statement


_INSERT = Statement(_begun)
_LOCK = Statement(select(*_columns).where(sessions.c.id == bindparam("id")).with_for_update())
_GET = Statement(select(*_columns).where(sessions.c.id == bindparam("id")))
_LOCK_OPEN = Statement(
    select(*_columns)
    .where(
        sessions.c.channel_id == bindparam("channel_id"),
        sessions.c.chat == bindparam("chat"),
        sessions.c.thread == bindparam("thread"),
        sessions.c.via == bindparam("via"),
        sessions.c.mode != const(Mode.FINISHED),
    )
    .order_by(sessions.c.opened_at.desc())
    .limit(1)
    .with_for_update()
)


@cache
def _save(names: tuple[str, ...]) -> Statement:
    """Only what has changed: every column that is named costs its indexes, even with the same value."""
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    return Statement(update(sessions).where(sessions.c.id == bindparam("of")).values(values))


_FACTS = Statement(
    select(sessions.c.known, sessions.c.learnt).where(sessions.c.id == bindparam("id"))
)
_LEARN = Statement(
    update(sessions).where(sessions.c.id == bindparam("of")).values(learnt=bindparam("learnt"))
)
_IDLE = Statement(
    select(sessions.c.id)
    .where(sessions.c.idle_at <= bindparam("now"))
    .order_by(sessions.c.idle_at)
    .limit(bindparam("many"))
)
_gone = select(operators.c.id).where(
    (operators.c.state != const("active")) | (operators.c.role == const(Role.VIEWER))
)
_LEFT_BEHIND = Statement(
    select(sessions.c.id)
    .where(sessions.c.mode != const(Mode.FINISHED), sessions.c.operator_id.in_(_gone))
    .limit(bindparam("many"))
    .with_for_update(of=sessions)
)
_NEXT_IDLE = Statement(select(func.min(sessions.c.idle_at)).where(sessions.c.idle_at.is_not(None)))
_there = sessions.alias("there")
_MOVE = Statement(
    update(sessions)
    .where(
        sessions.c.channel_id == bindparam("of_channel"),
        sessions.c.chat == bindparam("old"),
        sessions.c.mode != const(Mode.FINISHED),
        ~exists().where(
            _there.c.channel_id == sessions.c.channel_id,
            _there.c.chat == bindparam("new"),
            _there.c.thread == sessions.c.thread,
            _there.c.via == sessions.c.via,
            _there.c.mode != const(Mode.FINISHED),
        ),
    )
    .values(chat=bindparam("new"))
)
_MOVE_IDENTITY = Statement(
    update(identities)
    .where(identities.c.scope == bindparam("of_channel"), identities.c.chat == bindparam("old"))
    .values(chat=bindparam("new"))
)


def _row(row: Row | None) -> Session | None:
    return None if row is None else Session(*row)


def insert(tx: Tx, session: Session) -> None:
    tx.put(_INSERT, **session._asdict(), learnt="")


def ask_lock(tx: Tx, session_id: str) -> Callable[[], Session | None]:
    """The session, locked until this transaction ends; called for when needed."""
    asked = tx.ask(_LOCK, id=session_id)
    return lambda: _row(asked.fetchone())


def lock(tx: Tx, session_id: str) -> Session | None:
    """The session, locked until this transaction ends."""
    return ask_lock(tx, session_id)()


def ask(tx: Tx, session_id: str) -> Callable[[], Session | None]:
    """The session as it is, called for when needed."""
    asked = tx.ask(_GET, id=session_id)
    return lambda: _row(asked.fetchone())


def get(tx: Tx, session_id: str) -> Session | None:
    return ask(tx, session_id)()


def ask_open(
    tx: Tx, channel_id: str, chat: str, thread: str, via: str
) -> Callable[[], Session | None]:
    """The newest session of this chat, by this way, that is not finished; locked, called for when
    needed.
    """
    asked = tx.ask(_LOCK_OPEN, channel_id=channel_id, chat=chat, thread=thread, via=via)
    return lambda: _row(asked.fetchone())


def save(tx: Tx, before: Session, changed: Mapping[str, Any]) -> Session:
    """Write back what is not as it was; the session as it is now."""
    new = {name: value for name, value in changed.items() if getattr(before, name) != value}
    if new:
        tx.put(_save(tuple(new)), of=before.id, **new)
    return before._replace(**new)


def facts(tx: Tx, session_id: str) -> tuple[dict[str, str], dict[str, str]]:
    """Of its customer: what was known when it began, and what was learnt in it."""
    row = tx.one(_FACTS, id=session_id)
    return (loads(row[0]), loads(row[1])) if row else ({}, {})


def learn(tx: Tx, session_id: str, learnt: Mapping[str, str]) -> None:
    """These facts were learnt in it; whoever calls this has it locked."""
    _, before = facts(tx, session_id)
    if {**before, **learnt} != before:
        tx.put(_LEARN, of=session_id, learnt=dumps({**before, **learnt}))


def idle(tx: Tx, many: int) -> list[SessionId]:
    """Sessions whose time is up."""
    return [row[0] for row in tx.all(_IDLE, now=tx.now, many=many)]


def left_behind(tx: Tx, many: int) -> list[SessionId]:
    """Those of operators who can no longer have any; locked."""
    return [row[0] for row in tx.all(_LEFT_BEHIND, many=many)]


def next_idle(tx: Tx) -> Millis | None:
    row = tx.one(_NEXT_IDLE)
    return row[0] if row else None


def move(tx: Tx, channel_id: str, old: str, new: str) -> int:
    """The platform renamed a chat: its open sessions and identities follow, but none to where another
    session is open already.
    """
    tx.put(_MOVE_IDENTITY, of_channel=channel_id, old=old, new=new)
    return tx.run(_MOVE, of_channel=channel_id, old=old, new=new)
