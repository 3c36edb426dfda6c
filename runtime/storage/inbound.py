"""Queries on what platforms sent: each event once, and the quarantine of what we couldn't read."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.sql.dml import Insert as AnyInsert

from . import audit, happenings
from .ids import Millis, new_id
from .sql import Insert, Statement, Tx, insert_row
from .tables import events, quarantine


@dataclass(frozen=True, kw_only=True, slots=True)
class Quarantined:
    """A genuine body that our parser or our rules could not take."""

    id: str
    channel_id: str
    event_id: str
    body: bytes
    error: str
    received_at: Millis
    replayed_at: Millis | None
    dismissed_at: Millis | None


def _once(insert: Insert) -> AnyInsert:
    names = ("channel_id", "event_id", "received_at")
    row = insert(events).values({name: bindparam(name) for name in names})
    statement: AnyInsert = row.on_conflict_do_nothing().returning(events.c.received_at)
    return statement


_ONCE = Statement(_once)
_FORGET = Statement(delete(events).where(events.c.received_at < bindparam("before")))
NEWEST = "g"
"""After every id, which is hexadecimal."""
_FIELDS = tuple(Quarantined.__dataclass_fields__)
_q = [quarantine.c[name] for name in _FIELDS]
_INSERT = insert_row(quarantine)
_ALL = Statement(
    select(*_q)
    .where(quarantine.c.id < bindparam("before"))
    .order_by(quarantine.c.id.desc())
    .limit(bindparam("many"))
)
_GET = Statement(select(*_q).where(quarantine.c.id == bindparam("id")))
_REPLAYED = Statement(
    update(quarantine).where(quarantine.c.id == bindparam("of")).values(replayed_at=bindparam("at"))
)

_DISMISSED = Statement(
    update(quarantine)
    .where(quarantine.c.id == bindparam("of"))
    .values(dismissed_at=bindparam("at"))
)


def ask_first(tx: Tx, channel_id: str, event_id: str) -> Callable[[], bool]:
    """Whether this event is new, called for when needed; from now on it isn't."""
    asked = tx.ask(_ONCE, channel_id=channel_id, event_id=event_id, received_at=tx.now)
    return lambda: asked.fetchone() is not None


def first_time(tx: Tx, channel_id: str, event_id: str) -> bool:
    """Whether this event is new; from now on it isn't."""
    return ask_first(tx, channel_id, event_id)()


def forget(tx: Tx, before: Millis) -> int:
    """Platforms repeat an event for days, not for ever."""
    return tx.run(_FORGET, before=before)


def put_aside(tx: Tx, channel_id: str, event_id: str, body: bytes, error: str) -> str:
    """Into the quarantine."""
    quarantine_id = new_id()
    tx.put(
        _INSERT,
        id=quarantine_id,
        channel_id=channel_id,
        event_id=event_id,
        body=body,
        error=error,
        received_at=tx.now,
        replayed_at=None,
        dismissed_at=None,
    )
    happenings.note(tx, channel_id, happenings.Kind.UNREADABLE, error)
    return quarantine_id


def quarantined(tx: Tx, many: int, before: str = "") -> list[Quarantined]:
    """The newest ones first, those before this one."""
    rows = tx.all(_ALL, before=before or NEWEST, many=many)
    return [_row(row) for row in rows]


def one_quarantined(tx: Tx, quarantine_id: str) -> Quarantined | None:
    row = tx.one(_GET, id=quarantine_id)
    return _row(row) if row else None


def replayed(tx: Tx, quarantine_id: str, by: str) -> None:
    tx.put(_REPLAYED, of=quarantine_id, at=tx.now)
    audit.note(tx, by, "quarantine.replay", quarantine_id)


def dismissed(tx: Tx, quarantine_id: str, by: str) -> None:
    tx.put(_DISMISSED, of=quarantine_id, at=tx.now)
    audit.note(tx, by, "quarantine.dismiss", quarantine_id)


def _row(row: tuple[object, ...]) -> Quarantined:
    values = dict(zip(_FIELDS, row, strict=True))
    values["body"] = bytes(values["body"])  # type: ignore[call-overload]  # a blob
    return Quarantined(**values)  # type: ignore[arg-type]  # the columns are the fields
