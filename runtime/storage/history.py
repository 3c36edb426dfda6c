"""Queries behind one session's history: a page of the log, and all that is shown beside its entries."""

from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from .ids import Millis
from .log import Entry, Kind
from .sql import Statement, Tx, const, loads
from .tables import agents, attachments, deliveries, log, operators


class Delivery(NamedTuple):
    """One message of an entry on its way through the channel."""

    seq: int
    part: int
    state: str
    code: str
    detail: str
    settled_at: Millis | None


class File(NamedTuple):
    """What a customer attached to an entry."""

    seq: int
    part: int
    kind: str
    name: str
    mime: str
    size: int | None
    state: str
    sha256: str
    detail: str


class History(NamedTuple):
    """A page of the log, oldest entry first."""

    entries: list[Entry]
    more: bool
    """Whether it goes on in the direction that was asked for."""
    edited: dict[int, str]
    """What a message says since it was edited, by its number."""
    deliveries: dict[int, list[Delivery]]
    files: dict[int, list[File]]
    names: dict[str, str]
    """Of operators and agents, by id."""


_columns = [log.c[name] for name in Entry._fields]
_of_session = log.c.session_id == bindparam("session_id")
_AFTER = Statement(
    select(*_columns)
    .where(_of_session, log.c.seq > bindparam("after"))
    .order_by(log.c.seq)
    .limit(bindparam("many"))
)
_BEFORE = Statement(
    select(*_columns)
    .where(_of_session, log.c.seq < bindparam("before"))
    .order_by(log.c.seq.desc())
    .limit(bindparam("many"))
)
_EDITS = Statement(
    select(log.c.data, log.c.text)
    .where(_of_session, log.c.seq > bindparam("low"), log.c.kind == const(Kind.EDIT))
    .order_by(log.c.seq)
)
_d = deliveries.c
_DELIVERIES = Statement(
    select(*(_d[name] for name in Delivery._fields))
    .where(
        _d.session_id == bindparam("session_id"),
        _d.seq.between(bindparam("low"), bindparam("high")),
    )
    .order_by(_d.seq, _d.part)
)
_a = attachments.c
_FILES = Statement(
    select(*(_a[name] for name in File._fields))
    .where(
        _a.session_id == bindparam("session_id"),
        _a.seq.between(bindparam("low"), bindparam("high")),
    )
    .order_by(_a.seq, _a.part)
)
_NAMES = Statement(
    select(operators.c.id, operators.c.name).union_all(select(agents.c.id, agents.c.name))
)
_MESSAGES = Statement(
    select(func.count()).select_from(log).where(_of_session, log.c.kind == const(Kind.MESSAGE))
)
END = 2**31 - 1
"""No entry has a number beyond it."""


def page(
    tx: Tx, session_id: str, many: int, *, after: int | None = None, before: int | None = None
) -> History:
    """`many` entries after or before a number; with neither, the newest."""
    if after is not None:
        rows = tx.all(_AFTER, session_id=session_id, after=after, many=many + 1)
    else:
        rows = tx.all(_BEFORE, session_id=session_id, before=before or END, many=many + 1)
    entries = [Entry(*row) for row in rows[:many]]
    entries.sort(key=lambda entry: entry.seq)
    low, high = (entries[0].seq, entries[-1].seq) if entries else (0, 0)
    where = {"session_id": session_id, "low": low}
    sent = [Delivery(*row) for row in tx.all(_DELIVERIES, **where, high=high)]
    files = [File(*row) for row in tx.all(_FILES, **where, high=high)]
    return History(
        entries=entries,
        more=len(rows) > many,
        edited={loads(data)["of"]: text for data, text in tx.all(_EDITS, **where)},
        deliveries={one.seq: [d for d in sent if d.seq == one.seq] for one in sent},
        files={one.seq: [f for f in files if f.seq == one.seq] for one in files},
        names=dict(tx.all(_NAMES)),
    )


def messages(tx: Tx, session_id: str) -> int:
    """How many there are, from whomever."""
    row = tx.one(_MESSAGES, session_id=session_id)
    return row[0] if row else 0
