"""What operators do to a session, by API. Every answer carries the session with its control."""

from typing import Annotated, Literal

import pydantic

from handoff.state import Mode
from runtime.storage.operators import Role
from runtime.workspace import Done, Said, Workspace

from . import views
from .api import Call, Endpoint, Model, Nothing
from .keys import WORKSPACE
from .templates import TemplateWanted

TEXT = 20_000
HTML = 200_000


ClientId = Annotated[str, pydantic.Field(max_length=64)]
"""Chosen by who sends, so that what is sent again because its answer was lost is written once: then the
answer is that of the first time. Empty: it is always new.
"""


class Expecting(Model):
    """`epoch`: the control that you see; if it has moved, you are refused with `control_moved`."""

    epoch: int | None = None


class Reason(Model):
    reason: str = pydantic.Field(default="", max_length=1000)


class ModeWanted(Model):
    mode: Literal["copilot", "human"]


class Assignment(Expecting):
    operator_id: str | None


class FileRef(Model):
    """An upload, as its answer named it."""

    sha256: str = pydantic.Field(pattern="^[0-9a-f]{64}$")
    name: str = pydantic.Field(max_length=255)
    mime: str = pydantic.Field(max_length=255)


class NewMessage(Model):
    """Text or HTML, files, or both; or a template, which goes alone."""

    model_config = pydantic.ConfigDict(
        json_schema_extra={
            "anyOf": [
                {
                    "required": ["text"],
                    "properties": {
                        "text": {"pattern": r"\S"},
                        "html": {"maxLength": 0},
                        "template": {"type": "null"},
                    },
                },
                {
                    "required": ["html"],
                    "properties": {
                        "html": {"pattern": r"\S"},
                        "text": {"maxLength": 0},
                        "template": {"type": "null"},
                    },
                },
                {
                    "required": ["attachments"],
                    "properties": {
                        "attachments": {"minItems": 1},
                        "html": {"maxLength": 0},
                        "template": {"type": "null"},
                    },
                },
                {
                    "required": ["template"],
                    "properties": {
                        "template": {"type": "object"},
                        "text": {"maxLength": 0},
                        "html": {"maxLength": 0},
                        "attachments": {"maxItems": 0},
                    },
                },
            ]
        }
    )

    text: str = pydantic.Field(default="", max_length=TEXT)
    html: str = pydantic.Field(default="", max_length=HTML)
    """Instead of text, where the channel shows it."""
    attachments: list[FileRef] = pydantic.Field(default_factory=list, max_length=10)
    suggestion_id: str | None = None
    reply_to: str = pydantic.Field(default="", max_length=200)
    template: TemplateWanted | None = None
    client_id: ClientId = ""

    @pydantic.model_validator(mode="after")
    def _says_something(self) -> "NewMessage":
        if self.text and self.html:
            raise ValueError("a message has text or html, not both")
        words = bool(self.text.strip() or self.html.strip() or self.attachments)
        if words == bool(self.template):
            raise ValueError("a message has text, html or attachments, or else a template")
        return self


class NewNote(Model):
    text: str = pydantic.Field(min_length=1, max_length=TEXT)
    client_id: ClientId = ""


class SessionAnswer(Model):
    session: views.SessionView


class TakeoverAnswer(SessionAnswer):
    """`taken`: whether you have it; if not, `session.control.operator_id` says who does."""

    taken: bool
    in_flight: int
    """Words of the agent that were on the wire at that instant; nothing follows them."""


class MessageAnswer(SessionAnswer):
    seq: int


async def take_over(call: Call) -> TakeoverAnswer:
    """The agent falls silent, and you have the conversation unless a colleague has it already."""
    done = await _station(call).take_over(_id(call), call.operator.id, call.body.epoch)
    return TakeoverAnswer(
        session=views.session(done.session),
        taken=done.session.operator_id == call.operator.id,
        in_flight=done.in_flight,
    )


async def hand_over(call: Call) -> SessionAnswer:
    """To people; nobody has it yet."""
    return _answer(await _station(call).hand_over(_id(call), call.operator.id, call.body.reason))


async def give_back(call: Call) -> SessionAnswer:
    """The agent speaks again."""
    return _answer(
        await _station(call).return_to_agent(_id(call), call.operator.id, call.body.epoch)
    )


async def resolve(call: Call) -> SessionAnswer:
    """Finish the conversation."""
    return _answer(await _station(call).resolve(_id(call), call.operator.id))


async def mode(call: Call) -> SessionAnswer:
    """Switch Copilot on or off."""
    wanted = Mode(call.body.mode)
    return _answer(await _station(call).choose_mode(_id(call), call.operator.id, wanted))


async def assign(call: Call) -> SessionAnswer:
    """Give the conversation to a colleague, or to nobody."""
    return _answer(
        await _station(call).assign(
            _id(call), call.operator.id, call.body.operator_id, call.body.epoch
        )
    )


async def opened(call: Call) -> SessionAnswer:
    """You have read it: its unread count is 0."""
    return _answer(await _station(call).open(_id(call)))


async def message(call: Call) -> MessageAnswer:
    """Write to the customer. Accepted means: it is in the log and on its way."""
    given: NewMessage = call.body
    if given.template is not None:
        wanted = given.template.wanted()
        offered = _station(call).offer(_id(call), call.operator.id, wanted, given.client_id)
        return _message(await offered)
    said = Said(
        text=given.text,
        html=given.html,
        files=[file.model_dump() for file in given.attachments],
        suggestion_id=given.suggestion_id,
        reply_to=given.reply_to,
        client_id=given.client_id,
    )
    return _message(await _station(call).reply(_id(call), call.operator.id, said))


async def note(call: Call) -> MessageAnswer:
    """A note for colleagues; the customer never gets it."""
    given: NewNote = call.body
    noted = _station(call).note(_id(call), call.operator.id, given.text, given.client_id)
    return _message(await noted)


def _station(call: Call) -> Workspace:
    return call.app[WORKSPACE]


def _id(call: Call) -> str:
    return call.path["session_id"]


def _answer(done: Done) -> SessionAnswer:
    return SessionAnswer(session=views.session(done.session))


def _message(done: Done) -> MessageAnswer:
    return MessageAnswer(session=views.session(done.session), seq=done.seq or 0)


_FINISHED = ("session_finished", "control_moved", "not_possible")
_SESSION = "/sessions/{session_id}"
_O = Role.OPERATOR
ENDPOINTS = [
    Endpoint(
        method="POST",
        path=f"{_SESSION}/takeover",
        handler=take_over,
        least=_O,
        body=Expecting,
        answer=TakeoverAnswer,
        refusals=_FINISHED,
    ),
    Endpoint(
        method="POST",
        path=f"{_SESSION}/handover",
        handler=hand_over,
        least=_O,
        body=Reason,
        answer=SessionAnswer,
        refusals=_FINISHED,
    ),
    Endpoint(
        method="POST",
        path=f"{_SESSION}/return",
        handler=give_back,
        least=_O,
        body=Expecting,
        answer=SessionAnswer,
        refusals=_FINISHED,
    ),
    Endpoint(
        method="POST",
        path=f"{_SESSION}/resolve",
        handler=resolve,
        least=_O,
        body=Nothing,
        answer=SessionAnswer,
        refusals=_FINISHED,
    ),
    Endpoint(
        method="POST",
        path=f"{_SESSION}/mode",
        handler=mode,
        least=_O,
        body=ModeWanted,
        answer=SessionAnswer,
        refusals=_FINISHED,
    ),
    Endpoint(
        method="POST",
        path=f"{_SESSION}/assign",
        handler=assign,
        least=_O,
        body=Assignment,
        answer=SessionAnswer,
        refusals=(*_FINISHED, "operator_unavailable"),
    ),
    Endpoint(
        method="POST",
        path=f"{_SESSION}/open",
        handler=opened,
        least=_O,
        body=Nothing,
        answer=SessionAnswer,
    ),
    Endpoint(
        method="POST",
        path=f"{_SESSION}/messages",
        handler=message,
        least=_O,
        body=NewMessage,
        answer=MessageAnswer,
        status=202,
        refusals=(
            *_FINISHED,
            "not_in_control",
            "channel_not_running",
            "window_closed",
            "template_too_soon",
            "template_not_taken",
            "template_not_approved",
        ),
    ),
    Endpoint(
        method="POST",
        path=f"{_SESSION}/notes",
        handler=note,
        least=_O,
        body=NewNote,
        answer=MessageAnswer,
        status=201,
    ),
]
