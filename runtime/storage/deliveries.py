"""Queries on deliveries: queue, claim under the fence, settle, withdraw, and what crashes left."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import and_, bindparam, exists, func, literal_column, or_, select, update

from . import feed
from .ids import Millis
from .sql import Statement, Tx, const, insert_row
from .tables import deliveries, sessions, workers

LINGERS: Millis = 60_000
"""How long the server of an unknown delivery may still be about to send it, if it is not dead but only
slow: as long as a send may take.
"""


class State(StrEnum):
    """Where a delivery is. `unknown` may still become sent, and `failed` read; nothing else goes
    backwards.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"


BEFORE = {
    State.SENT: (State.SENDING, State.UNKNOWN),
    State.DELIVERED: (State.SENDING, State.UNKNOWN, State.SENT, State.FAILED),
    State.READ: (State.SENDING, State.UNKNOWN, State.SENT, State.DELIVERED, State.FAILED),
    State.FAILED: (State.SENDING, State.UNKNOWN, State.SENT),
    State.UNKNOWN: (State.SENDING,),
    State.QUEUED: (State.SENDING,),
}
"""From which states each state can be reached by an outcome: statuses never go backwards. What
was seen to arrive has not failed, whatever was said before.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class New:
    """A delivery that is about to be queued."""

    id: str
    session_id: str
    seq: int
    part: int
    channel_id: str
    speaker: str
    epoch: int
    body: str
    plain: str
    attachments: str = ""
    reply_to: str = ""
    extra: str = ""


class Claimable(NamedTuple):
    """A delivery that is due, with what sending needs to know of its session."""

    id: str
    session_id: str
    seq: int
    channel_id: str
    speaker: str
    epoch: int
    body: str
    plain: str
    attachments: str
    reply_to: str
    extra: str
    attempts: int
    chat: str
    thread: str
    via: str
    grouped: bool
    customer_wrote_at: Millis | None
    subject: str
    context: str
    current_epoch: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of it; `due_at` only for one that is queued again."""

    state: State
    message_id: str = ""
    code: str = ""
    detail: str = ""
    due_at: Millis = 0


class Settled(NamedTuple):
    """Which delivery an outcome was about."""

    id: str
    session_id: str
    seq: int
    speaker: str
    epoch: int


_INSERT = insert_row(deliveries)
_d = deliveries.c
_earlier = deliveries.alias("earlier")
_columns = [
    sessions.c.epoch.label("current_epoch")
    if name == "current_epoch"
    else (_d[name] if name in _d else sessions.c[name])
    for name in Claimable._fields
]
_DUE = Statement(
    select(*_columns)
    .join(sessions, sessions.c.id == _d.session_id)
    .where(
        _d.state == const(State.QUEUED),
        _d.due_at <= bindparam("now"),
        ~exists().where(
            _earlier.c.session_id == _d.session_id,
            _earlier.c.state.in_([const(State.QUEUED), const(State.SENDING)]),
            or_(
                _earlier.c.seq < _d.seq,
                and_(_earlier.c.seq == _d.seq, _earlier.c.part < _d.part),
            ),
        ),
    )
    .order_by(_d.due_at)
    .limit(bindparam("many"))
    .with_for_update(of=deliveries, skip_locked=True)
)
_TAKE = Statement(
    update(deliveries)
    .where(
        _d.id == bindparam("delivery_id"),
        _d.state == const(State.QUEUED),
        or_(
            _d.speaker == const("operator"),
            exists().where(sessions.c.id == _d.session_id, sessions.c.epoch == _d.epoch),
        ),
    )
    .values(state=State.SENDING.value, worker=bindparam("me"), attempts=_d.attempts + 1)
    .returning(_d.id)
)
_POSTPONE = Statement(
    update(deliveries)
    .where(_d.id == bindparam("delivery_id"), _d.state == const(State.QUEUED))
    .values(due_at=bindparam("until"))
)
_SETTLE = {
    state: Statement(
        update(deliveries)
        .where(
            _d.id == bindparam("delivery_id"), _d.state.in_([const(earlier) for earlier in before])
        )
        .values(
            state=state.value,
            worker=None,
            message_id=func.coalesce(func.nullif(bindparam("platform_id"), ""), _d.message_id),
            code=bindparam("code"),
            detail=bindparam("detail"),
            due_at=func.coalesce(func.nullif(bindparam("until"), 0), _d.due_at),
            settled_at=bindparam("at"),
        )
        .returning(_d.id, _d.session_id, _d.seq, _d.speaker, _d.epoch)
    )
    for state, before in BEFORE.items()
}
_with_chat = select(_d.id, sessions.c.chat).join(sessions, sessions.c.id == _d.session_id)
_BY_ID = Statement(
    _with_chat.where(_d.channel_id == bindparam("channel_id"), _d.id == bindparam("delivery_id"))
)
_BY_MESSAGE = Statement(
    _with_chat.where(
        _d.channel_id == bindparam("channel_id"),
        _d.message_id == bindparam("message_id"),
        _d.message_id != literal_column("''"),
    ).limit(1)
)
_IN_FLIGHT = Statement(
    select(func.count())
    .select_from(deliveries)
    .where(
        _d.session_id == bindparam("session_id"),
        or_(
            _d.state == const(State.SENDING),
            and_(_d.state == const(State.UNKNOWN), _d.settled_at > bindparam("since")),
        ),
        _d.speaker == const("agent"),
    )
)
_WITHDRAW = Statement(
    update(deliveries)
    .where(
        _d.session_id == bindparam("of_session"),
        _d.state == const(State.QUEUED),
        _d.speaker != const("operator"),
    )
    .values(state=State.WITHDRAWN.value, settled_at=bindparam("at"))
    .returning(_d.seq, _d.part, _d.speaker, _d.plain)
)
_CALL_OFF = Statement(
    update(deliveries)
    .where(_d.session_id == bindparam("of_session"), _d.state == const(State.QUEUED))
    .values(state=State.WITHDRAWN.value, settled_at=bindparam("at"))
)
_CARRY = Statement(
    update(deliveries)
    .where(
        _d.session_id == bindparam("of_session"),
        _d.state.in_([const(State.QUEUED), const(State.SENDING)]),
        _d.speaker != const("operator"),
        _d.epoch == bindparam("old"),
    )
    .values(epoch=bindparam("new"))
)
_alive = select(workers.c.id).where(workers.c.alive_until > bindparam("now"))
_ORPHANS = Statement(
    select(_d.id)
    .where(
        _d.state == const(State.SENDING),
        or_(_d.worker.is_(None), and_(_d.worker.not_in(_alive), _d.worker != bindparam("me"))),
    )
    .limit(bindparam("many"))
)
_HELD = Statement(
    select(_d.id).where(_d.state == const(State.SENDING), _d.worker == bindparam("me"))
)
_NEXT_DUE = Statement(select(func.min(_d.due_at)).where(_d.state == const(State.QUEUED)))


def queue(tx: Tx, new: New) -> None:
    tx.put(
        _INSERT,
        id=new.id,
        session_id=new.session_id,
        seq=new.seq,
        part=new.part,
        channel_id=new.channel_id,
        speaker=new.speaker,
        epoch=new.epoch,
        body=new.body,
        plain=new.plain,
        attachments=new.attachments,
        reply_to=new.reply_to,
        extra=new.extra,
        state=State.QUEUED.value,
        due_at=tx.now,
        attempts=0,
        worker=None,
        message_id="",
        code="",
        detail="",
        created_at=tx.now,
        settled_at=None,
    )


def due(tx: Tx, many: int) -> list[Claimable]:
    """The next deliveries of their sessions whose time has come, in the order of their times."""
    rows = tx.all(_DUE, now=tx.now, many=many)
    return [Claimable(*row) for row in rows]


def ask_take(tx: Tx, delivery_id: str, worker: str) -> Callable[[], bool]:
    """Claim it, if it still waits and, for words not an operator's, its epoch still stands;
    whether it could be is called for when needed.
    """
    asked = tx.ask(_TAKE, delivery_id=delivery_id, me=worker)
    return lambda: asked.fetchone() is not None


def postpone(tx: Tx, delivery_id: str, until: Millis) -> None:
    tx.put(_POSTPONE, delivery_id=delivery_id, until=until)


def settle(tx: Tx, delivery_id: str, outcome: Outcome) -> Callable[[], Settled | None]:
    """Record an outcome, unless it would go backwards; whether it did not is called for if needed."""
    asked = tx.ask(
        _SETTLE[outcome.state],
        delivery_id=delivery_id,
        platform_id=outcome.message_id,
        code=outcome.code,
        detail=outcome.detail,
        until=outcome.due_at,
        at=tx.now,
    )

    def settled() -> Settled | None:
        row = asked.fetchone()
        return None if row is None else Settled(*row)

    return settled


def reported(tx: Tx, channel_id: str, delivery_id: str, message_id: str) -> tuple[str, str] | None:
    """Our id of what the platform reports on, and its session's chat: found by our own id if the
    platform gives it back, else by the platform's.
    """
    row = None
    if delivery_id:
        row = tx.one(_BY_ID, channel_id=channel_id, delivery_id=delivery_id)
    if row is None:
        row = tx.one(_BY_MESSAGE, channel_id=channel_id, message_id=message_id)
    return (row[0], row[1]) if row else None


def in_flight(tx: Tx, session_id: str) -> int:
    """Words of the agent that a channel has been given and that may still arrive: on the wire, or
    unknown since a moment ago.
    """
    row = tx.one(_IN_FLIGHT, session_id=session_id, since=tx.now - LINGERS)
    return row[0] if row else 0


def withdraw(tx: Tx, session_id: str) -> list[tuple[int, str, str]]:
    """Take back what no channel has; for each entry its seq, its speaker and the whole text."""
    rows = sorted(tx.all(_WITHDRAW, of_session=session_id, at=tx.now))
    texts: dict[tuple[int, str], list[str]] = {}
    for seq, _, speaker, plain in rows:
        texts.setdefault((seq, speaker), []).append(plain)
    for seq, _ in texts:
        feed.add(tx, "delivery", session_id, seq)
    return [(seq, speaker, "\n\n".join(parts)) for (seq, speaker), parts in texts.items()]


def call_off(tx: Tx, session_id: str) -> None:
    """Nothing more of this session leaves, whoever wrote it."""
    tx.put(_CALL_OFF, of_session=session_id, at=tx.now)


def carry(tx: Tx, session_id: str, epoch: int) -> None:
    """What may leave under the epoch before this one may leave under this one too, also what a channel
    has now and may give back.
    """
    tx.put(_CARRY, of_session=session_id, old=epoch - 1, new=epoch)


def orphans(tx: Tx, worker: str, many: int) -> list[str]:
    """Deliveries that a replica claimed and then died: nobody knows whether they were sent. `worker`,
    who asks, knows what became of his own.
    """
    return [row[0] for row in tx.all(_ORPHANS, now=tx.now, me=worker, many=many)]


def held(tx: Tx, worker: str) -> set[str]:
    """What this replica has on the wire, as far as the database knows."""
    return {row[0] for row in tx.all(_HELD, me=worker)}


def next_due(tx: Tx) -> Millis | None:
    row = tx.one(_NEXT_DUE)
    return row[0] if row else None
