"""Queries on the log: append an entry, read the newest ones."""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from .ids import Millis
from .sql import Statement, Tx, const, insert_row
from .tables import deliveries, log, sessions


class Kind(StrEnum):
    """What an entry is."""

    MESSAGE = "message"
    EDIT = "edit"
    CONTROL = "control"
    NOTE = "note"
    OUTCOME = "outcome"


class Author(StrEnum):
    """Who wrote it."""

    CUSTOMER = "customer"
    AGENT = "agent"
    OPERATOR = "operator"
    NOTICE = "notice"
    EVENT = "event"


class Entry(NamedTuple):
    """One line of the history. `seq` is the server's order within the session."""

    session_id: str
    seq: int
    kind: str
    author: str
    at: Millis
    author_id: str = ""
    text: str = ""
    message_id: str = ""
    data: str = ""


_columns = [log.c[name] for name in Entry._fields]
_INSERT = insert_row(log)
_NEWEST = Statement(
    select(*_columns)
    .where(log.c.session_id == bindparam("session_id"))
    .order_by(log.c.seq.desc())
    .limit(bindparam("many"))
)
_UNTIL = Statement(
    select(*_columns)
    .where(log.c.session_id == bindparam("session_id"), log.c.seq <= bindparam("seq"))
    .order_by(log.c.seq.desc())
    .limit(bindparam("many"))
)
_AFTER = Statement(
    select(*_columns)
    .where(log.c.session_id == bindparam("session_id"), log.c.seq > bindparam("seq"))
    .order_by(log.c.seq)
    .limit(bindparam("many"))
)
_ONE = Statement(
    select(*_columns).where(
        log.c.session_id == bindparam("session_id"), log.c.seq == bindparam("seq")
    )
)
_BY_MESSAGE = Statement(
    select(log.c.seq)
    .where(
        log.c.session_id == bindparam("session_id"),
        log.c.message_id == bindparam("message_id"),
        log.c.kind == const(Kind.MESSAGE),
    )
    .order_by(log.c.seq.desc())
    .limit(1)
)
_HEARD = Statement(
    select(log.c.message_id)
    .where(
        log.c.session_id == bindparam("session_id"),
        log.c.author == const(Author.CUSTOMER),
        log.c.kind == const(Kind.MESSAGE),
    )
    .order_by(log.c.seq.desc())
    .limit(1)
)
_UNHEARD = Statement(
    select(deliveries.c.seq)
    .where(
        deliveries.c.session_id == bindparam("session_id"),
        deliveries.c.state.in_([const("withdrawn"), const("failed")]),
    )
    .distinct()
)
_ANSWERS = Statement(
    select(func.count())
    .select_from(log)
    .join(sessions, sessions.c.id == log.c.session_id)
    .where(
        sessions.c.customer_id == bindparam("customer_id"),
        sessions.c.channel_id == bindparam("channel_id"),
        log.c.author == const(Author.AGENT),
        log.c.kind == const(Kind.MESSAGE),
        log.c.at > bindparam("since"),
    )
)


def append(tx: Tx, entry: Entry) -> None:
    tx.put(_INSERT, **entry._asdict())


def ask_newest(tx: Tx, session_id: str, many: int) -> Callable[[], list[Entry]]:
    """The last `many` entries, oldest first; called for when needed."""
    asked = tx.ask(_NEWEST, session_id=session_id, many=many)
    return lambda: [Entry(*row) for row in reversed(asked.fetchall())]


def until(tx: Tx, session_id: str, seq: int, many: int) -> list[Entry]:
    """The last `many` entries up to `seq`, oldest first."""
    rows = tx.all(_UNTIL, session_id=session_id, seq=seq, many=many)
    return [Entry(*row) for row in reversed(rows)]


def after(tx: Tx, session_id: str, seq: int, many: int) -> list[Entry]:
    """The first `many` entries after `seq`."""
    return [Entry(*row) for row in tx.all(_AFTER, session_id=session_id, seq=seq, many=many)]


def one(tx: Tx, session_id: str, seq: int) -> Entry | None:
    row = tx.one(_ONE, session_id=session_id, seq=seq)
    return Entry(*row) if row else None


def seq_of(tx: Tx, session_id: str, message_id: str) -> int | None:
    """Which entry carries the platform's `message_id`: the newest, for a group that became a supergroup
    numbers its messages from the start again.
    """
    row = tx.one(_BY_MESSAGE, session_id=session_id, message_id=message_id)
    return row[0] if row else None


def answers(tx: Tx, customer_id: str, channel_id: str, since: Millis) -> int:
    """How often agents have answered this customer there."""
    row = tx.one(_ANSWERS, customer_id=customer_id, channel_id=channel_id, since=since)
    return row[0] if row else 0


def heard(tx: Tx, session_id: str) -> str:
    """The platform's id of the customer's last message; empty: there is none."""
    row = tx.one(_HEARD, session_id=session_id)
    return row[0] if row else ""


def ask_unheard(tx: Tx, session_id: str) -> Callable[[], frozenset[int]]:
    """Entries of ours that never reached the customer; called for when needed."""
    asked = tx.ask(_UNHEARD, session_id=session_id)
    return lambda: frozenset(row[0] for row in asked.fetchall())
