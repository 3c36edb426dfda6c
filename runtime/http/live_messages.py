"""What travels on the websocket of `GET /api/v1/live`, as it looks on the wire.

Events with `n` come in order, each once. What has no `n` (presence, drafts) may be lost, and the next
one says all that matters.
"""

from typing import Annotated, Any, Literal, assert_never

import pydantic

from runtime.live import Present
from runtime.storage.changes import Change, Part
from runtime.storage.drafts import Draft

from . import views
from .api import Model


class Hello(Model):
    """The first message. `n` is the newest number; you can resume from `oldest` - 1 on."""

    type: Literal["hello"] = "hello"
    n: int
    oldest: int


class Resync(Model):
    """What you asked for is no longer kept: fetch afresh what you show. Events go on after `n`."""

    type: Literal["resync"] = "resync"
    n: int


class SessionEvent(Model):
    """The session as it is now (at `n` or later), and its new log entries. If the first one is not
    the next after your last, there were too many: fetch the log after your last.
    """

    n: int
    type: Literal["session"] = "session"
    session_id: str
    session: views.SessionView
    log: list[views.EntryView]


class DeliveryEvent(Model):
    """How far the delivery of an entry is, by its worst part."""

    n: int
    type: Literal["delivery"] = "delivery"
    session_id: str
    seq: int
    state: str
    code: str
    detail: str


class ChangeEvent(Model):
    """Something else changed: fetch it, if you show it. `id` says which `channel`, `agent`,
    `operator`, `suggestion` …
    """

    n: int
    type: str
    session_id: str | None
    seq: int
    id: str
    data: dict[str, Any]


class OperatorHere(Model):
    """One line for each session that an operator looks at; none: they are here and look at none."""

    id: str
    session_id: str | None
    typing: bool


class PresenceMessage(Model):
    """Everybody who is here, you too."""

    type: Literal["presence"] = "presence"
    operators: list[OperatorHere]


class DraftMessage(Model):
    """All that the agent has written so far of a suggestion in the session that you look at."""

    type: Literal["draft"] = "draft"
    session_id: str
    turn_id: str
    text: str


_Id = Annotated[str, pydantic.Field(max_length=64)]


class Looking(Model):
    """You look at this session, or at none; and you do not type."""

    type: Literal["looking"]
    session_id: _Id | None


class Typing(Model):
    """You type; say it again every three seconds."""

    type: Literal["typing"]
    session_id: _Id


SCHEMAS: list[type[Model]] = [
    Hello,
    Resync,
    SessionEvent,
    DeliveryEvent,
    ChangeEvent,
    PresenceMessage,
    DraftMessage,
    Looking,
    Typing,
]
"""What the OpenAPI document lists under its components; the last two are what you send."""

heard: pydantic.TypeAdapter[Looking | Typing] = pydantic.TypeAdapter(
    Annotated[Looking | Typing, pydantic.Field(discriminator="type")]
)

_FROM_WORST = "failed unknown withdrawn queued sending sent delivered read".split()


def encode(message: Change | Present | Draft) -> bytes:
    """One text frame."""
    match message:
        case Change():
            shape = _event(message)
        case Present():
            lines = [
                OperatorHere(id=id_, session_id=session_id, typing=typing)
                for id_, session_id, typing in message.operators
            ]
            shape = PresenceMessage(operators=lines)
        case Draft():
            shape = DraftMessage(
                session_id=message.session_id, turn_id=message.turn_id, text=message.text
            )
        case _:
            assert_never(message)
    return shape.model_dump_json().encode()


def _event(change: Change) -> Model:
    if change.session is not None:
        return SessionEvent(
            n=change.n,
            session_id=change.session_id,
            session=views.session(change.session),
            log=[views.entry(entry) for entry in change.entries],
        )
    if change.parts:
        worst = min(change.parts, key=_badness)
        return DeliveryEvent(
            n=change.n,
            session_id=change.session_id,
            seq=change.seq,
            state=worst.state,
            code=worst.code,
            detail=worst.detail,
        )
    data = dict(change.data)
    return ChangeEvent(
        n=change.n,
        type=change.type,
        session_id=change.session_id or None,
        seq=change.seq,
        id=data.pop("id", ""),
        data=data,
    )


def _badness(part: Part) -> int:
    return _FROM_WORST.index(part.state)
