"""Queries on turns: leased rows, at most one for each session; a new id supersedes the old."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import (
    and_,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    null,
    select,
    update,
)
from sqlalchemy.sql.dml import Insert as AnyInsert

from .ids import Millis, new_id
from .sql import Insert, Statement, Tx
from .tables import turns, workers


class Kind(StrEnum):
    """What the agent is asked for."""

    REPLY = "reply"
    SUGGESTION = "suggestion"


class Turn(NamedTuple):
    """A turn that this replica has claimed."""

    session_id: str
    id: str
    kind: str
    epoch: int
    asked_at: Millis
    attempts: int
    instruction: str
    refines: str


class Wish(NamedTuple):
    """What an operator wants of a suggestion."""

    instruction: str = ""
    refines: str = ""
    """The suggestion that he has and wants otherwise."""


NO_WISH = Wish()


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """When a turn is due, and how long a customer's burst or a running turn may put it off."""

    quiet: Millis
    longest_burst: Millis
    """However fast the customer writes, the turn begins this long after the first message."""
    patience: Millis
    """A turn that is running this long after the first message is no longer superseded."""


_columns = [turns.c[name] for name in Turn._fields]


def _ask(insert: Insert) -> AnyInsert:
    row = insert(turns).values(
        session_id=bindparam("session_id"),
        id=bindparam("id"),
        kind=bindparam("kind"),
        epoch=bindparam("epoch"),
        asked_at=bindparam("at"),
        due_at=bindparam("due_at"),
        again_at=None,
        worker=None,
        attempts=0,
        instruction=bindparam("instruction"),
        refines=bindparam("refines"),
    )
    new, old = row.excluded, turns.c
    same = old.kind == new.kind
    asked = case((same, old.asked_at), else_=new.asked_at)
    latest = asked + bindparam("longest_burst")
    due = case((new.due_at < latest, new.due_at), else_=latest)
    patient = old.asked_at > bindparam("impatient_before")
    stays = and_(old.worker.is_not(None), same, ~patient)
    superseding = {
        "id": new.id,
        "kind": new.kind,
        "epoch": new.epoch,
        "asked_at": asked,
        "due_at": due,
        "worker": null(),
        "attempts": literal_column("0"),
        "instruction": new.instruction,
        "refines": new.refines,
    }
    statement: AnyInsert = row.on_conflict_do_update(
        index_elements=["session_id"],
        set_={
            "again_at": case((stays, new.due_at), else_=null()),
            **{name: case((stays, old[name]), else_=it) for name, it in superseding.items()},
        },
    )
    return statement


_ASK = Statement(_ask)
_ASKED = Statement(select(turns.c.id).where(turns.c.session_id == bindparam("session_id")))
_STANDS = Statement(
    select(turns.c.id).where(
        turns.c.session_id == bindparam("session_id"), turns.c.id == bindparam("id")
    )
)
_DROP = Statement(delete(turns).where(turns.c.session_id == bindparam("session_id")))
_DROP_UNWISHED = Statement(
    delete(turns).where(
        turns.c.session_id == bindparam("session_id"),
        turns.c.instruction == literal_column("''"),
        turns.c.refines == literal_column("''"),
    )
)
_due = (
    select(turns.c.session_id)
    .where(turns.c.worker.is_(None), turns.c.due_at <= bindparam("now"))
    .order_by(turns.c.due_at)
    .limit(bindparam("many"))
    .with_for_update(skip_locked=True)
)
_CLAIM = Statement(
    update(turns)
    .where(turns.c.session_id.in_(_due.scalar_subquery()))
    .values(worker=bindparam("me"), attempts=turns.c.attempts + 1)
    .returning(*_columns)
)
_NEXT_DUE = Statement(select(func.min(turns.c.due_at)).where(turns.c.worker.is_(None)))
_END = Statement(
    delete(turns)
    .where(turns.c.session_id == bindparam("session_id"), turns.c.id == bindparam("id"))
    .returning(turns.c.again_at)
)
_RELEASE = Statement(
    update(turns)
    .where(turns.c.worker == bindparam("me"), turns.c.id == bindparam("turn_id"))
    .values(worker=None, attempts=turns.c.attempts - 1)
)
_alive = select(workers.c.id).where(workers.c.alive_until > bindparam("now"))
_FREE_ORPHANS = Statement(
    update(turns)
    .where(
        turns.c.worker.is_not(None),
        turns.c.worker != bindparam("me"),
        turns.c.worker.not_in(_alive),
    )
    .values(worker=None)
)
_HELD = Statement(select(turns.c.id).where(turns.c.worker == bindparam("me")))
_FREE = Statement(
    update(turns)
    .where(turns.c.worker == bindparam("me"), turns.c.id == bindparam("turn_id"))
    .values(worker=None)
)


def ask(  # noqa: PLR0917 - one row's facts
    tx: Tx, session_id: str, kind: Kind, epoch: int, waiting: Waiting, wish: Wish = NO_WISH
) -> None:
    """Make a turn due after the quiet time. Supersedes one that runs, unless patience is over:
    then that one may end, and another follows it.
    """
    tx.put(
        _ASK,
        session_id=session_id,
        id=new_id(),
        kind=kind.value,
        epoch=epoch,
        at=tx.now,
        due_at=tx.now + waiting.quiet,
        instruction=wish.instruction,
        refines=wish.refines,
        longest_burst=waiting.longest_burst,
        impatient_before=tx.now - waiting.patience,
    )


def asked(tx: Tx, session_id: str) -> bool:
    """Whether a turn waits or runs, which means that the last words have no answer yet."""
    return tx.one(_ASKED, session_id=session_id) is not None


def stands(tx: Tx, turn: Turn) -> bool:
    """Whether what this turn writes is still wanted."""
    return tx.one(_STANDS, session_id=turn.session_id, id=turn.id) is not None


def drop_unwished(tx: Tx, session_id: str) -> None:
    """As `drop`, except for a turn with an operator's wish."""
    tx.put(_DROP_UNWISHED, session_id=session_id)


def drop(tx: Tx, session_id: str) -> None:
    """No turn is wanted any more. One that runs will find its row gone."""
    tx.put(_DROP, session_id=session_id)


def claim(tx: Tx, worker: str, many: int) -> list[Turn]:
    """Take up to `many` turns that are due."""
    rows = tx.all(_CLAIM, me=worker, now=tx.now, many=many)
    return [Turn(*row) for row in rows]


def next_due(tx: Tx) -> Millis | None:
    row = tx.one(_NEXT_DUE)
    return row[0] if row else None


def end(tx: Tx, turn: Turn) -> tuple[bool, Millis | None]:
    """Whether this turn was still the session's turn, and when another one is due after it. Who was
    taken for dead and comes back first has ended it, too.
    """
    row = tx.one(_END, session_id=turn.session_id, id=turn.id)
    return (False, None) if row is None else (True, row[0])


def release(tx: Tx, turn: Turn, worker: str) -> None:
    """Give a turn back that this replica won't finish; it counts as not tried."""
    tx.ring("turns")
    tx.put(_RELEASE, me=worker, turn_id=turn.id)


def free_orphans(tx: Tx, me: str) -> int:
    """Turns of replicas that are gone can be claimed again; ours are not, whatever our lease says."""
    return tx.run(_FREE_ORPHANS, me=me, now=tx.now)


def free_unheard(tx: Tx, me: str, running: Collection[str]) -> None:
    """Claims of ours that we never heard of can be claimed again."""
    for (turn_id,) in tx.all(_HELD, me=me):
        if turn_id not in running:
            tx.run(_FREE, me=me, turn_id=turn_id)
