"""Queries on suggestions: what the agent would say, for an operator."""

from sqlalchemy import bindparam, select, update

from .ids import new_id
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


def keep(tx: Tx, session_id: str, answers_seq: int, text: str, data: str, *, late: bool) -> str:
    suggestion_id = new_id()
    tx.put(
        _INSERT,
        id=suggestion_id,
        session_id=session_id,
        answers_seq=answers_seq,
        text=text,
        data=data,
        state="open",
        late=late,
        created_at=tx.now,
    )
    return suggestion_id


def overtake(tx: Tx, session_id: str) -> None:
    """Open ones answer something that is no longer the question."""
    tx.put(_OVERTAKE, of_session=session_id)


def of_session(tx: Tx, session_id: str) -> list[Row]:
    """Id, text, state, late, answers_seq; oldest first."""
    return tx.all(_OF_SESSION, session_id=session_id)
