"""What the API shows of what is stored: one shape for each thing, used by every endpoint."""

from datetime import UTC, datetime
from typing import Literal

from runtime.storage import log, operators, sessions
from runtime.storage.sql import loads

from . import schedules
from .api import Model
from .schedules import ScheduleView

ModeName = Literal["autonomous", "waiting", "copilot", "human", "finished"]
RoleName = Literal["admin", "operator", "viewer"]
AuthorName = Literal["customer", "agent", "operator", "notice", "event"]


class OperatorView(Model):
    id: str
    email: str
    name: str
    role: RoleName
    state: Literal["active", "disabled"]
    schedule: ScheduleView | None
    """When they are on shift; empty: always; none: it cannot be read, and they get nothing until it is set
    again.
    """


class ControlView(Model):
    """Who may speak to the customer now. `epoch` grows with every change."""

    mode: ModeName
    operator_id: str | None
    epoch: int


class SessionView(Model):
    id: str
    channel_id: str
    customer_id: str
    agent_id: str
    control: ControlView
    last_seq: int
    unread: int
    opened_at: datetime
    customer_wrote_at: datetime | None
    answered_at: datetime | None
    finished_at: datetime | None
    waiting_since: datetime | None
    subject: str
    """Empty where the channel has none."""
    summary: str
    resolved_by: Literal["agent", "operator", "clock", "outside"] | None
    """Who finished it; `clock`: nobody wrote for too long."""
    resolved_by_id: str | None
    """The operator."""


class EntryView(Model):
    """One line of a session's log; `seq` is the server's order."""

    seq: int
    kind: Literal["message", "edit", "control", "note", "outcome"]
    author: AuthorName
    author_id: str
    text: str
    at: datetime
    data: dict[str, object]


def operator(one: operators.Operator) -> OperatorView:
    return OperatorView(
        id=one.id,
        email=one.email,
        name=one.name,
        role=one.role,  # type: ignore[arg-type]  # stored words
        state=one.state,  # type: ignore[arg-type]  # stored words
        schedule=schedules.shown(one.schedule),
    )


def session(one: sessions.Session) -> SessionView:
    return SessionView(
        id=one.id,
        channel_id=one.channel_id,
        customer_id=one.customer_id,
        agent_id=one.agent_id,
        control=ControlView(mode=one.mode, operator_id=one.operator_id, epoch=one.epoch),  # type: ignore[arg-type]  # stored words
        last_seq=one.last_seq,
        unread=one.unread,
        opened_at=time(one.opened_at),
        customer_wrote_at=maybe(one.customer_wrote_at),
        answered_at=maybe(one.answered_at),
        finished_at=maybe(one.finished_at),
        waiting_since=maybe(one.waiting_since),
        subject=one.subject,
        summary=one.summary,
        resolved_by=one.resolved_by.partition(":")[0] or None,  # type: ignore[arg-type]  # a stored word
        resolved_by_id=one.resolved_by.partition(":")[2] or None,
    )


def entry(one: log.Entry) -> EntryView:
    return EntryView(
        seq=one.seq,
        kind=one.kind,  # type: ignore[arg-type]  # stored words
        author=one.author,  # type: ignore[arg-type]  # stored words
        author_id=one.author_id,
        text=one.text,
        at=time(one.at),
        data=loads(one.data),
    )


def time(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def maybe(at: int | None) -> datetime | None:
    return None if at is None else time(at)
