"""Queries on suggestions: what the agent would say, for an operator."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from sqlalchemy import bindparam, select, update

from . import feed
from .ids import Millis, new_id
from .sql import Row, Statement, Tx, const, insert_row
from .tables import suggestions

_INSERT = insert_row(suggestions)
_OVERTAKE = Statement(
    update(suggestions)
    .where(
        suggestions.c.session_id == bindparam("of_session"), suggestions.c.state == const("open")
    )
    .values(state="overtaken")
)
_LOCK = Statement(
    select(suggestions.c.session_id, suggestions.c.text, suggestions.c.state)
    .where(suggestions.c.id == bindparam("id"))
    .with_for_update()
)
_SETTLE = Statement(
    update(suggestions)
    .where(suggestions.c.id == bindparam("of"))
    .values(
        state=bindparam("state"),
        operator_id=bindparam("by"),
        sent_seq=bindparam("sent_seq"),
        distance=bindparam("distance"),
        settled_at=bindparam("at"),
    )
)
_OF_SESSION = Statement(
    select(
        suggestions.c.id,
        suggestions.c.text,
        suggestions.c.state,
        suggestions.c.late,
        suggestions.c.answers_seq,
    )
    .where(suggestions.c.session_id == bindparam("session_id"))
    .order_by(suggestions.c.created_at, suggestions.c.id)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class New:
    """What is kept of a suggestion when it is written."""

    session_id: str
    answers_seq: int
    text: str
    late: bool
    data: str = ""
    agent_id: str = ""
    instruction: str = ""
    asked_at: Millis | None = None
    first_at: Millis | None = None


def keep(tx: Tx, new: New) -> str:
    """Its id; the feed tells portals."""
    suggestion_id = new_id()
    tx.put(
        _INSERT,
        id=suggestion_id,
        **asdict(new),
        state="open",
        created_at=tx.now,
        shown_at=None,
        settled_at=None,
        operator_id=None,
        sent_seq=None,
        distance=None,
    )
    feed.add(tx, "suggestion", new.session_id, new.answers_seq, id=suggestion_id)
    return suggestion_id


def ask(tx: Tx, suggestion_id: str) -> Callable[[], Row | None]:
    """Session, text and state, locked; called for when needed."""
    return tx.ask(_LOCK, id=suggestion_id).fetchone


def settle(tx: Tx, suggestion_id: str, state: str, operator_id: str, **sent: int | None) -> None:
    """What an operator made of it; `sent_seq` and `distance` if it was sent."""
    tx.put(
        _SETTLE,
        of=suggestion_id,
        state=state,
        by=operator_id,
        sent_seq=sent.get("sent_seq"),
        distance=sent.get("distance"),
        at=tx.now,
    )


def overtake(tx: Tx, session_id: str) -> None:
    """Open ones answer something that is no longer the question."""
    tx.put(_OVERTAKE, of_session=session_id)


def of_session(tx: Tx, session_id: str) -> list[Row]:
    """Id, text, state, late, answers_seq; oldest first."""
    return tx.all(_OF_SESSION, session_id=session_id)
