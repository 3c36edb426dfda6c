"""How a session begins: a new row, before anything has happened to it."""

import dataclasses
from dataclasses import dataclass

from handoff.state import Control
from runtime.storage import sessions
from runtime.storage.ids import SessionId, new_id
from runtime.storage.sql import Tx


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """What a new session is made of."""

    channel_id: str
    customer_id: str
    agent_id: str
    chat: str
    thread: str = ""
    via: str = ""
    grouped: bool = False
    subject: str = ""


def opened(tx: Tx, opening: Opening, control: Control) -> sessions.Session:
    """A new session, stored and locked by its own insertion."""
    session = sessions.Session(
        id=SessionId(new_id()),
        **dataclasses.asdict(opening),
        mode=control.mode.value,
        operator_id=control.operator_id,
        epoch=control.epoch,
        last_seq=0,
        unread=0,
        opened_at=tx.now,
        customer_wrote_at=None,
        answered_at=None,
        idle_at=None,
        finished_at=None,
        waiting_since=None,
        sought_since=None,
        look_at=None,
        reminded_at=None,
        summary="",
    )
    sessions.insert(tx, session)
    return session
