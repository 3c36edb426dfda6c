"""Queries on suggestions: what the agent would say, for an operator."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import bindparam, case, func, select, update

from . import feed
from .ids import Millis, new_id
from .sql import Row, Statement, Tx, const, insert_row
from .tables import suggestions


class State(StrEnum):
    """What became of it. Only `open` changes, but what is used or edited wins over everything."""

    OPEN = "open"
    USED = "used"
    EDITED = "edited"
    DISMISSED = "dismissed"
    OVERTAKEN = "overtaken"
    """It answers what is no longer the question, or a newer one took its place."""
    IGNORED = "ignored"
    """An operator had it before his eyes and did something else."""


NEWEST = "g"
"""Above every id, for ids are hexadecimal."""
MAX_COMPARED = 250_000
"""Pairs of words that `distance` compares at most: a tenth of a second."""
SENT = frozenset({State.USED, State.EDITED})


class Suggestion(NamedTuple):
    """One row."""

    id: str
    session_id: str
    answers_seq: int
    text: str
    data: str
    state: str
    late: bool
    agent_id: str
    prompt_version: str
    instruction: str
    refines: str
    asked_at: Millis | None
    first_at: Millis | None
    created_at: Millis
    shown_at: Millis | None
    settled_at: Millis | None
    operator_id: str | None
    sent_seq: int | None
    distance: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class New:
    """What is kept of a suggestion when it is written."""

    session_id: str
    answers_seq: int
    text: str
    late: bool
    operator_id: str | None = None
    data: str = ""
    agent_id: str = ""
    prompt_version: str = ""
    instruction: str = ""
    refines: str = ""
    asked_at: Millis | None = None
    first_at: Millis | None = None


_s = suggestions.c
_columns = [_s[name] for name in Suggestion._fields]
_INSERT = insert_row(suggestions)
_GET = Statement(select(*_columns).where(_s.id == bindparam("id")))
_LOCK = Statement(select(*_columns).where(_s.id == bindparam("id")).with_for_update())
_LAST_OPEN = Statement(
    select(_s.id)
    .where(_s.session_id == bindparam("session_id"), _s.state == const(State.OPEN))
    .order_by(_s.created_at.desc(), _s.id.desc())
    .limit(1)
)
_TEXT = Statement(select(_s.text).where(_s.id == bindparam("id")))
_of_session = select(*_columns).where(_s.session_id == bindparam("session_id"))
_PAGE = Statement(
    _of_session.where(_s.id < bindparam("before")).order_by(_s.id.desc()).limit(bindparam("many"))
)
_told = (_s.id, _s.session_id, _s.answers_seq, _s.state)
_SETTLE = Statement(
    update(suggestions)
    .where(_s.id == bindparam("of"))
    .values(
        state=bindparam("state"),
        operator_id=bindparam("by"),
        settled_at=bindparam("at"),
        shown_at=func.coalesce(_s.shown_at, bindparam("at")),
    )
    .returning(*_told)
)
_SENT = Statement(
    update(suggestions)
    .where(_s.id == bindparam("of"))
    .values(sent_seq=bindparam("seq"), distance=bindparam("words"))
)
_open = update(suggestions).where(
    _s.session_id == bindparam("of_session"), _s.state == const(State.OPEN)
)
_OVERTAKE = Statement(
    _open.values(state=State.OVERTAKEN.value, settled_at=bindparam("at")).returning(*_told)
)
_IGNORE = Statement(
    _open.values(
        state=case((_s.shown_at.is_(None), const(State.OVERTAKEN)), else_=const(State.IGNORED)),
        settled_at=bindparam("at"),
    ).returning(*_told)
)
_unseen = (
    update(suggestions)
    .where(_s.shown_at.is_(None))
    .values(shown_at=bindparam("at"))
    .returning(*_told)
)
_SHOWN = Statement(_unseen.where(_s.id == bindparam("of")))
_OPEN_SHOWN = Statement(
    _unseen.where(_s.session_id == bindparam("of_session"), _s.state == const(State.OPEN))
)


def keep(tx: Tx, new: New) -> str:
    """Its id; the feed tells portals."""
    suggestion_id = new_id()
    tx.put(
        _INSERT,
        id=suggestion_id,
        **asdict(new),
        state=State.OPEN.value,
        created_at=tx.now,
        shown_at=None,
        settled_at=None,
        sent_seq=None,
        distance=None,
    )
    _tell(tx, [(suggestion_id, new.session_id, new.answers_seq, State.OPEN.value)])
    return suggestion_id


def get(tx: Tx, suggestion_id: str) -> Suggestion | None:
    return _row(tx.one(_GET, id=suggestion_id))


def lock(tx: Tx, suggestion_id: str) -> Suggestion | None:
    """The same, locked until this transaction ends."""
    return _row(tx.one(_LOCK, id=suggestion_id))


def last_open(tx: Tx, session_id: str) -> str:
    """The id of the one that an operator has before him; empty for none."""
    row = tx.one(_LAST_OPEN, session_id=session_id)
    return str(row[0]) if row else ""


def ask_text(tx: Tx, suggestion_id: str) -> Callable[[], str]:
    """Its words, called for when needed; empty if there is no such suggestion."""
    asked = tx.ask(_TEXT, id=suggestion_id)

    def answered() -> str:
        row = asked.fetchone()
        return str(row[0]) if row else ""

    return answered


def settle(tx: Tx, suggestion_id: str, state: State, operator_id: str) -> None:
    """What an operator makes of it."""
    _change(tx, _SETTLE, of=suggestion_id, state=state.value, by=operator_id)


def sent(tx: Tx, suggestion_id: str, seq: int, words: int) -> None:
    """As which entry, and how many words of it were changed."""
    tx.put(_SENT, of=suggestion_id, seq=seq, words=words)


def overtake(tx: Tx, session_id: str) -> None:
    """Open ones answer something that is no longer the question."""
    _change(tx, _OVERTAKE, of_session=session_id)


def ignore(tx: Tx, session_id: str) -> None:
    """A person did something else: what he had seen is ignored, the rest overtaken."""
    _change(tx, _IGNORE, of_session=session_id)


def shown(tx: Tx, suggestion_id: str) -> None:
    """An operator sees it; the first time counts."""
    _change(tx, _SHOWN, of=suggestion_id)


def open_shown(tx: Tx, session_id: str) -> None:
    """An operator sees all that are open."""
    _change(tx, _OPEN_SHOWN, of_session=session_id)


def _change(tx: Tx, statement: Statement, **values: str) -> None:
    _tell(tx, tx.all(statement, **values, at=tx.now))


def _tell(tx: Tx, changed: Iterable[Row]) -> None:
    for suggestion_id, session_id, seq, state in changed:
        feed.add(tx, "suggestion", session_id, seq, id=suggestion_id, state=state)


def of_session(tx: Tx, session_id: str, before: str = NEWEST, many: int = 1000) -> list[Suggestion]:
    """Newest first; `before` is the id of the last one that is known."""
    rows = tx.all(_PAGE, session_id=session_id, before=before, many=many)
    return [Suggestion(*row) for row in rows]


def _row(row: Row | None) -> Suggestion | None:
    return None if row is None else Suggestion(*row)


def distance(before: Sequence[str], after: Sequence[str]) -> int:
    """Levenshtein's, over words; of very long and very different texts its upper bound."""
    while before and after and before[-1] == after[-1]:
        before, after = before[:-1], after[:-1]
    if len(before) * len(after) > MAX_COMPARED:
        return max(len(before), len(after))
    row = list(range(len(after) + 1))
    for i, one in enumerate(before, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(after, 1):
            cost = min(row[j] + 1, row[j - 1] + 1, diagonal + (one != other))
            diagonal, row[j] = row[j], cost
    return row[-1]
