"""What the numbers of the feed stand for: a page of changes, with the rows that portals show of them.

Numbers are in the order of commits, but rows are read as they are now: a session is shown as it is
at its number or later. The log grows only, so each entry comes with exactly one change.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, select

from . import feed as numbers
from .log import Entry
from .sessions import Session
from .sql import Statement, Tx, const, loads
from .tables import deliveries, feed, log, sessions

MOST_ENTRIES = 50
"""Of one change; portals see by the gap in `seq` that there were more."""


class Part(NamedTuple):
    """What became of one message of an entry."""

    state: str
    code: str
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One line of the feed. Only those of type `session` and `delivery` carry rows."""

    n: int
    type: str
    session_id: str
    seq: int
    data: dict[str, Any]
    session: Session | None = None
    entries: tuple[Entry, ...] = ()
    parts: tuple[Part, ...] = ()


_of_page = and_(feed.c.n > bindparam("after"), feed.c.n <= bindparam("until"))
_SESSIONS = Statement(
    select(*(sessions.c[name] for name in Session._fields)).where(
        sessions.c.id.in_(
            select(feed.c.session_id).where(_of_page, feed.c.type == const("session"))
        )
    )
)
_ENTRIES = Statement(
    select(feed.c.n, *(log.c[name] for name in Entry._fields))
    .join(
        log,
        and_(
            log.c.session_id == feed.c.session_id,
            log.c.seq > feed.c.since,
            log.c.seq > feed.c.seq - MOST_ENTRIES,
            log.c.seq <= feed.c.seq,
        ),
    )
    .where(_of_page, feed.c.type == const("session"))
    .order_by(feed.c.n, log.c.seq)
)
_PARTS = Statement(
    select(feed.c.n, deliveries.c.state, deliveries.c.code, deliveries.c.detail)
    .join(
        deliveries,
        and_(deliveries.c.session_id == feed.c.session_id, deliveries.c.seq == feed.c.seq),
    )
    .where(_of_page, feed.c.type == const("delivery"))
    .order_by(feed.c.n, deliveries.c.part)
)


def after(tx: Tx, n: int, many: int) -> list[Change]:
    """The next changes after number `n`, in their order."""
    page = numbers.after(tx, n, many)
    if not page:
        return []
    types = {row[1] for row in page}
    span = {"after": n, "until": page[-1][0]}
    found: dict[str, Session] = {}
    entries: dict[int, list[Entry]] = {}
    parts: dict[int, list[Part]] = {}
    if "session" in types:
        found = {row[0]: Session(*row) for row in tx.all(_SESSIONS, **span)}
        for of, *entry in tx.all(_ENTRIES, **span):
            entries.setdefault(of, []).append(Entry(*entry))
    if "delivery" in types:
        for of, *part in tx.all(_PARTS, **span):
            parts.setdefault(of, []).append(Part(*part))
    return [
        Change(
            n=number,
            type=kind,
            session_id=session_id,
            seq=seq,
            data=loads(data),
            session=found.get(session_id) if kind == "session" else None,
            entries=tuple(entries.get(number, ())),
            parts=tuple(parts.get(number, ())),
        )
        for number, kind, session_id, seq, data, _ in page
    ]
